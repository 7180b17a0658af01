//! `nodelock repair`

use nodelock::{Date, LineId, Repair};
use nodelock_authority::{RepairSpec, repair};

use crate::args;
use crate::commands::issue::deliver;
use crate::input::Form;
use crate::keys::SignArgs;
use crate::output::OutArgs;
use crate::report::{Failure, Report};

/// Let one device go on from a state that it does not trust: writes a REPAIR record
///
/// The owner of the device reads the number from "show license status", and installs the record
/// like a license file. It works once, on that device only.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to repair: rollback (take restored storage as the latest), damage (remove values that
    /// cannot be read; use lost with them begins anew) or clock (begin at the day of issue)
    #[arg(value_name = "WHAT", value_parser = what)]
    what: Repair,
    #[command(flatten)]
    sign: SignArgs,
    /// The device
    #[arg(long, value_name = "PID:SN", value_parser = args::udi)]
    udi: String,
    /// The repair number that the device shows
    #[arg(long, value_name = "N")]
    number: u64,
    /// Id of the record, 20 hexadecimal digits [default: random]
    #[arg(long, value_parser = id)]
    id: Option<LineId>,
    /// Day of issue [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = args::date)]
    issued: Option<Date>,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let (signer, note) = args.sign.signer()?;
    let spec = RepairSpec {
        repair: args.what,
        number: args.number,
        udi: args.udi.clone(),
        id: args.id,
        issued: args.issued,
    };
    let records = match args.sign.delegations()? {
        None => vec![repair(&spec, signer.as_ref(), None)?],
        Some(delegations) => {
            let record = repair(&spec, signer.as_ref(), Some(&delegations))?;
            delegations.of(&signer.anchor()).cloned().chain([record]).collect()
        }
    };
    Ok(deliver(&records, args.format, &args.out)?.note(note))
}

fn what(text: &str) -> Result<Repair, String> {
    Repair::parse(text.as_bytes()).map_err(|_| "write rollback, damage or clock".to_owned())
}

fn id(text: &str) -> Result<LineId, String> {
    nodelock_authority::parse_id(text).map_err(|error| error.to_string())
}
