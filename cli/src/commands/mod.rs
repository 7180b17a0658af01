//! One file for each command.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod delegate;
pub(crate) mod device;
pub(crate) mod inspect;
pub(crate) mod issue;
pub(crate) mod keygen;
pub(crate) mod keys;
pub(crate) mod man;
pub(crate) mod pubkey;
pub(crate) mod qr;
pub(crate) mod repair;
pub(crate) mod revoke;
pub(crate) mod rma;
pub(crate) mod signed_bytes;
pub(crate) mod ticket;
pub(crate) mod time;
pub(crate) mod transfer;

use crate::cli::Command;
use crate::report::{Failure, Report};

pub(crate) fn run(command: Command, json: bool) -> Result<Report, Failure> {
    match command {
        Command::Keygen(args) => keygen::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Delegate(args) => delegate::run(&args),
        Command::Device(args) => device::run(&args, json),
        Command::Issue(args) => issue::run(*args, json),
        Command::Repair(args) => repair::run(&args),
        Command::Transfer(args) => transfer::run(&args),
        Command::Rma(args) => rma::run(&args),
        Command::Ticket(args) => ticket::run(&args),
        Command::Revoke(args) => revoke::run(&args),
        Command::Time(args) => time::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::SignedBytes(args) => signed_bytes::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Qr(args) => qr::run(&args),
        Command::Pubkey(args) => pubkey::run(&args, json),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
