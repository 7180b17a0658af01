//! The commands and their arguments.

use clap::{Parser, Subcommand};

use crate::commands::{
    check, completions, convert, delegate, device, inspect, issue, keygen, keys, man, pubkey, qr,
    repair, revoke, rma, signed_bytes, ticket, time, transfer,
};
use crate::report::Status;

/// Makes signing keys, issues license files, explains and checks them
#[derive(Debug, Parser)]
#[command(name = "nodelock", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = Status::table() + "\nA file argument - is the standard input.")]
pub(crate) struct Cli {
    /// Print the result as one JSON object
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Keygen(keygen::Args),
    Keys(keys::Args),
    Delegate(delegate::Args),
    Device(device::Args),
    Issue(Box<issue::Args>),
    Repair(repair::Args),
    Transfer(transfer::Args),
    Rma(rma::Args),
    Ticket(ticket::Args),
    Revoke(revoke::Args),
    Time(time::Args),
    Inspect(inspect::Args),
    SignedBytes(signed_bytes::Args),
    Check(check::Args),
    Convert(convert::Args),
    Qr(qr::Args),
    Pubkey(pubkey::Args),
    Completions(completions::Args),
    Man(man::Args),
}
