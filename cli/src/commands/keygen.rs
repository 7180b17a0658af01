//! `nodelock keygen`

use std::path::PathBuf;

use nodelock::Role;
use nodelock_authority::{SecretKey, Signer, write_key_files_with};
use serde::Serialize;

use crate::input::shown;
use crate::passphrase::PassphraseArgs;
use crate::report::{Failure, Report, Status};
use crate::values;

/// Make a signing key: KID.key.pem (keep it secret) and KID.pub.pem
///
/// The first line of the output is the key id and nothing else.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Directory for the two files; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What the key may sign: production everything, evaluation trials, development everything for
    /// devices that accept development keys
    #[arg(long, default_value = "production", value_parser = values::roles())]
    role: Role,
    /// Encrypt the private key with a passphrase
    #[arg(long)]
    encrypt: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Serialize)]
struct Shape {
    id: String,
    role: &'static str,
    private_key: String,
    public_key: String,
    encrypted: bool,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let encrypt = args.encrypt || args.passphrase.passphrase_file.is_some();
    let passphrase = encrypt.then(|| args.passphrase.new_one()).transpose()?;
    let key = SecretKey::generate(args.role)?;
    let files =
        write_key_files_with(&args.out, &key, passphrase.as_ref().map(|text| text.as_str()))?;
    let anchor = key.anchor();
    let shape = Shape {
        id: anchor.id.to_string(),
        role: anchor.role.name(),
        private_key: files.secret.display().to_string(),
        public_key: files.public.display().to_string(),
        encrypted: encrypt,
    };
    let plain = format!(
        "{}\nrole:        {}\nprivate key: {} ({})\npublic key:  {}\n",
        shape.id,
        shape.role,
        shown(&files.secret),
        if encrypt { "encrypted" } else { "keep it secret" },
        shown(&files.public)
    );
    Ok(Report::new(Status::Yes, plain, &shape))
}
