//! `nodelock transfer redirect`

use nodelock::value::TicketDigest;
use nodelock_authority::{DeviceUdi, Value};

use super::accept::deliver;
use super::books::{BooksArg, DeskArgs};
use crate::input::Form;
use crate::output::OutArgs;
use crate::report::{Failure, Report};

/// Give a ticket another destination, after the one that it has has given up
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The ticket: 32 hexadecimal digits, as transfer list shows it
    #[arg(value_name = "TICKET", value_parser = ticket)]
    ticket: TicketDigest,
    /// The device that gets
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    to: DeviceUdi,
    #[command(flatten)]
    desk: DeskArgs,
    #[command(flatten)]
    books: BooksArg,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

fn ticket(text: &str) -> Result<TicketDigest, String> {
    TicketDigest::parse(text.as_bytes()).map_err(|_| "write 32 hexadecimal digits".to_owned())
}

pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let desk = args.desk.open()?;
    args.out.check()?;
    let answer = args.books.open()?.redirect(args.ticket, &args.to, &desk.desk())?;
    deliver(&answer, args.format, &args.out, &desk)
}
