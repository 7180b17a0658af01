//! `nodelock transfer`

mod accept;
mod books;
mod list;
mod permit;
mod redirect;
mod shape;

pub(crate) use books::{BooksArg, DeskArgs};
pub(crate) use shape::{RecordsOut, encoded, issued};

use clap::Subcommand;

use crate::report::{Failure, Report};

/// Move licenses from one device to another
///
/// The device that gives writes a credential (license save credential), from which "transfer permit" makes a
/// ticket. Applied there (license revoke), it gives a proof, for which "transfer accept" writes the lines of the other
/// device. Each step may be done again, and gives the same answer. The books remember what went where.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

const AFTER_HELP: &str = "Examples:
  nodelock transfer permit --key K.key.pem --books books --credential a.cred \\
      --licenses a.lic --to R1:SN2 -o ticket.lic
  nodelock transfer accept --key K.key.pem --books books proof.lic -o b.lic
  nodelock transfer list --books books";

#[derive(Debug, Subcommand)]
enum Verb {
    Permit(Box<permit::Args>),
    Accept(accept::Args),
    Redirect(redirect::Args),
    List(list::Args),
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.verb {
        Verb::Permit(args) => permit::run(args),
        Verb::Accept(args) => accept::run(args),
        Verb::Redirect(args) => redirect::run(args),
        Verb::List(args) => list::run(args),
    }
}
