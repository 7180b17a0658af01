//! `nodelock keygen`

use std::path::PathBuf;

use nodelock::Role;
use nodelock_authority::{SecretKey, Signer, write_key_files};
use serde::Serialize;

use crate::input::shown;
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
    /// What the key may sign: production (everything), evaluation (trials), or development
    /// (everything, for devices that accept development keys)
    #[arg(long, default_value = "production", value_parser = values::role)]
    role: Role,
}

#[derive(Serialize)]
struct Shape {
    id: String,
    role: &'static str,
    private_key: String,
    public_key: String,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let key = SecretKey::generate(args.role)?;
    let files = write_key_files(&args.out, &key)?;
    let anchor = key.anchor();
    let shape = Shape {
        id: anchor.id.to_string(),
        role: anchor.role.name(),
        private_key: files.secret.display().to_string(),
        public_key: files.public.display().to_string(),
    };
    let plain = format!(
        "{}\nrole:        {}\nprivate key: {} (keep it secret)\npublic key:  {}\n",
        shape.id,
        shape.role,
        shown(&files.secret),
        shown(&files.public)
    );
    Ok(Report::new(Status::Yes, plain, &shape))
}
