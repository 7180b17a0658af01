//! `nodelock time`

use nodelock::value::UnixTime;
use nodelock_authority::tell_time;

use crate::commands::issue::deliver_warning;
use crate::commands::transfer::DeskArgs;
use crate::input::Form;
use crate::output::OutArgs;
use crate::report::{Failure, Report};
use crate::slips;
use crate::values::parse_time;

/// Write a TIME record: what time it is, for devices without a clock
///
/// It is for every device, and installed like a license file. A device takes it as the earliest time that it can
/// be; an old one changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    /// Another time, UTC, e.g. 2026-11-22T10:30:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<UnixTime>,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

fn time(text: &str) -> Result<UnixTime, String> {
    parse_time(text)?.ok_or_else(|| "that is no time".to_owned())
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let desk = args.desk.open()?;
    let now = slips::time_of_day()?;
    let at = args.at.unwrap_or(now);
    if at > now.plus(86_400) {
        return Err(Failure::no(format!(
            "{at} is more than a day from now: no device that takes it comes back from there; give the time that it is"
        )));
    }
    args.out.check()?;
    let mut records = desk.keys();
    let desk_of = desk.desk();
    records.push(tell_time(at, desk_of.signer, desk_of.delegations)?);
    Ok(deliver_warning(&records, args.format, &args.out, &desk.warnings)?.note(desk.note))
}
