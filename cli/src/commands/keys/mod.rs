//! `nodelock keys`

mod list;
mod tables;

use std::path::PathBuf;

use clap::Subcommand;
use nodelock::Role;
use nodelock_authority::{Signer, public_to_pem};
use serde::Serialize;

use crate::input::shown;
use crate::keys;
use crate::output::OutArgs;
use crate::passphrase::{self, PassphraseArgs};
use crate::report::{Failure, Report, Status};
use crate::values;

/// Look after key files, and prepare public keys for a product
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::ListArgs),
    Passphrase(NewPassphraseArgs),
    Public(PublicArgs),
    Tables(tables::TablesArgs),
}

/// Set, change or remove the passphrase of a private key
///
/// The file is replaced as a whole, for its owner only; the text before the key stays. The result is
/// PKCS#8 with PBES2 (PBKDF2 with SHA-256, AES-256-CBC), which OpenSSL reads.
#[derive(Debug, clap::Args)]
struct NewPassphraseArgs {
    /// Private key (PEM)
    #[arg(value_name = "KEY")]
    key: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// File whose first line is the new passphrase [default: NODELOCK_NEW_PASSPHRASE, or it is asked for]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// Leave the key without a passphrase
    #[arg(long, conflicts_with = "new_passphrase_file")]
    remove: bool,
}

/// Write the public key of a private one, with its role
#[derive(Debug, clap::Args)]
struct PublicArgs {
    /// Private key (PEM)
    #[arg(value_name = "KEY")]
    key: PathBuf,
    /// Role of the key, if its file does not say it
    #[arg(long, value_parser = values::roles())]
    role: Option<Role>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.verb {
        Verb::List(args) => list::run(args),
        Verb::Passphrase(args) => new_passphrase(args),
        Verb::Public(args) => public(args),
        Verb::Tables(args) => tables::run(args),
    }
}

#[derive(Serialize)]
struct Changed {
    file: String,
    encrypted: bool,
}

fn new_passphrase(args: &NewPassphraseArgs) -> Result<Report, Failure> {
    // The old one first: who does not know it is not asked for a new one.
    let new = if args.remove {
        None
    } else {
        keys::opens(&args.key, &args.passphrase)?;
        Some(passphrase::replacement(args.new_passphrase_file.as_deref())?)
    };
    keys::rekey(&args.key, &args.passphrase, new.as_ref().map(|text| text.as_str()))?;
    let encrypted = new.is_some();
    let how =
        if encrypted { "encrypted with the new passphrase" } else { "not encrypted any more" };
    let shape = Changed { file: args.key.display().to_string(), encrypted };
    Ok(Report::new(Status::Yes, format!("{}: {how}\n", shown(&args.key)), &shape))
}

#[derive(Serialize)]
struct Public {
    /// `null` if it went to the standard output.
    file: Option<String>,
    id: String,
    role: &'static str,
    pem: String,
}

fn public(args: &PublicArgs) -> Result<Report, Failure> {
    let anchor = keys::secret_key(&args.key, args.role, &args.passphrase)?.anchor();
    let shape = Public {
        file: args.out.file().map(|path| path.display().to_string()),
        id: anchor.id.to_string(),
        role: anchor.role.name(),
        pem: public_to_pem(&anchor)?,
    };
    match args.out.file() {
        None => Ok(Report::exact(shape.pem.clone().into_bytes(), &shape)),
        Some(path) => {
            args.out.write(path, shape.pem.as_bytes())?;
            let plain = format!("{}: public key {} ({})\n", shown(path), shape.id, shape.role);
            Ok(Report::new(Status::Yes, plain, &shape))
        }
    }
}
