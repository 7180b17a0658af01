//! `nodelock revoke`

use std::path::PathBuf;

use nodelock::value::LineId;
use nodelock_authority::transfer::{Books, revoke};
use nodelock_authority::{DeviceUdi, Value};

use crate::commands::issue::deliver_warning;
use crate::commands::transfer::{DeskArgs, issued};
use crate::input::Form;
use crate::output::OutArgs;
use crate::report::{Failure, Report};

/// Write a REVOKE record: a device gives lines back, and proves it
///
/// The owner applies it with license revoke, and sends the proof back: with books, to "nodelock transfer accept".
/// With books, the same wish gets the same record until the device has said something.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    /// The device
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    udi: DeviceUdi,
    /// Line to take back; may be repeated
    #[arg(long = "line", value_name = "ID", required = true, value_parser = LineId::read)]
    lines: Vec<LineId>,
    /// Directory of the books, which remember it
    #[arg(long, value_name = "DIR")]
    books: Option<PathBuf>,
    /// Id of this request: the same one gets the same record for ever
    #[arg(long, value_name = "ID", requires = "books")]
    request_id: Option<String>,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let desk = args.desk.open()?;
    args.out.check()?;
    let records = match &args.books {
        Some(path) => {
            let mut books = Books::open_or_make(path)?;
            let request = args.request_id.as_deref();
            let booked = books.revoke(&args.udi, &args.lines, request, &desk.desk())?;
            issued(&[&booked.keys[..], std::slice::from_ref(&booked.record)].concat())?
        }
        None => {
            let mut records = desk.keys();
            records.push(revoke(&args.udi, &args.lines, &desk.desk())?);
            records
        }
    };
    Ok(deliver_warning(&records, args.format, &args.out, &desk.warnings)?.note(desk.note))
}
