//! `nodelock repair`

use nodelock::record::Repair;
use nodelock::value::{Date, LineId};
use nodelock_authority::{DeviceUdi, Issued, RepairSpec, Value, repair};

use crate::commands::issue::deliver_warning;
use crate::input::Form;
use crate::keys::SignArgs;
use crate::output::OutArgs;
use crate::report::{Failure, Report};
use crate::slips::{SlipArgs, day_of_issue};

/// Write a REPAIR record: one device then accepts a state that it does not trust
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
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    udi: DeviceUdi,
    /// The repair number that the device shows
    #[arg(long, value_name = "N")]
    number: u64,
    /// Id of the record, 20 hexadecimal digits [default: random]
    #[arg(long, value_parser = LineId::read)]
    id: Option<LineId>,
    /// Day of issue [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = Date::read)]
    issued: Option<Date>,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    slips: SlipArgs,
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
        issued: Some(args.issued.map_or_else(day_of_issue, Ok)?),
    };
    let delegations = args.sign.delegations()?;
    let warnings = args.slips.check(|check| {
        args.sign.look(check, signer.as_ref(), delegations.as_ref());
        let issued = spec.issued.map_or_else(nodelock_authority::today, Ok)?;
        check.repair(&spec.terms(LineId([1; 10]), issued)?);
        Ok(())
    })?;
    args.out.check()?;
    let anchor = signer.anchor();
    let keys = delegations.iter().flat_map(|known| known.of(&anchor)).cloned();
    let mut records: Vec<Issued> = keys.collect();
    records.push(repair(&spec, signer.as_ref(), delegations.as_ref())?);
    Ok(deliver_warning(&records, args.format, &args.out, &warnings)?.note(note))
}

fn what(text: &str) -> Result<Repair, String> {
    Repair::parse(text.as_bytes()).map_err(|_| "write rollback, damage or clock".to_owned())
}
