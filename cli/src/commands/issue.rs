//! `nodelock issue`

use std::path::PathBuf;

use nodelock::value::{Count, Date, ExpiryPolicy, LicenseType, LineId, Period};
use nodelock_authority::{
    DeviceUdi, ExtraField, ExtraFields, FeatureVersion, Issued, Label, LicenseSpec, RecordView,
    Value, issue, read_order,
};
use serde::Serialize;

use crate::encode;
use crate::input::{self, Form};
use crate::keys::SignArgs;
use crate::output::OutArgs;
use crate::report::{Failure, Report, Status};

/// Issue license lines, from flags or from an order file
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["feature", "order"])))]
pub(crate) struct Args {
    #[command(flatten)]
    sign: SignArgs,
    /// Order file (TOML): defaults at the top, then one [[license]] for each entry
    #[arg(long, value_name = "FILE")]
    order: Option<PathBuf>,
    #[command(flatten)]
    line: LineArgs,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

/// What a line says. An order file says it all itself.
#[derive(Debug, clap::Args)]
struct LineArgs {
    /// Device that the line is locked to; may be repeated, with a line for each
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read, conflicts_with = "order")]
    udi: Vec<DeviceUdi>,
    /// Feature to license; may be repeated, with a line for each
    #[arg(long, value_name = "NAME[:VERSION]", value_parser = FeatureVersion::read)]
    feature: Vec<FeatureVersion>,
    /// License type [default: permanent]
    #[arg(long = "type", value_name = "TYPE", value_parser = LicenseType::read, conflicts_with = "order")]
    license_type: Option<LicenseType>,
    /// Units; uncounted if not given
    #[arg(long, value_name = "N", value_parser = Count::read, conflicts_with = "order")]
    count: Option<Count>,
    /// Running time of metered types, e.g. 60d
    #[arg(long, value_name = "PERIOD", value_parser = Period::read, conflicts_with = "order")]
    usage: Option<Period>,
    /// First day of dated types
    #[arg(long, value_name = "DATE", value_parser = Date::read, conflicts_with = "order")]
    start: Option<Date>,
    /// Last day of dated types
    #[arg(long, value_name = "DATE", value_parser = Date::read, conflicts_with = "order")]
    end: Option<Date>,
    /// Id of the line, 20 hexadecimal digits [default: random]
    #[arg(long, value_parser = LineId::read, conflicts_with = "order")]
    id: Option<LineId>,
    /// Day of issue [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = Date::read, conflicts_with = "order")]
    issued: Option<Date>,
    /// The units are added to those of other lines
    #[arg(long, conflicts_with = "order")]
    additive: bool,
    /// What happens when the right ends while it is in use: until-reboot, immediate or report [default: until-reboot]
    #[arg(long, value_name = "POLICY", value_parser = ExpiryPolicy::read, conflicts_with = "order")]
    expiry: Option<ExpiryPolicy>,
    /// Name of the license agreement
    #[arg(long, value_name = "NAME", value_parser = Label::read, conflicts_with = "order")]
    eula: Option<Label>,
    /// Product authorization key or another reference to the order
    #[arg(long, value_name = "REF", value_parser = Label::read, conflicts_with = "order")]
    pak: Option<Label>,
    /// Extension field; may be repeated
    #[arg(long, value_name = "x-KEY=VALUE", value_parser = ExtraField::read, conflicts_with = "order")]
    extra: Vec<ExtraField>,
}

pub(crate) fn run(args: Args) -> Result<Report, Failure> {
    // The order first: a mistake in it needs no key.
    let specs = match &args.order {
        Some(path) => {
            let text = input::read_text(path, nodelock::limits::MAX_FILE_LEN)?;
            read_order(&text)
                .map_err(|e| Failure::no(format!("{}: {e}", input::shown(path)).trim_end()))?
        }
        None => vec![args.line.spec()?],
    };
    let (signer, note) = args.sign.signer()?;
    let delegations = args.sign.delegations()?;
    let anchor = signer.anchor();
    let keys = delegations.iter().flat_map(|known| known.of(&anchor)).cloned();
    let mut records: Vec<Issued> = keys.collect();
    for spec in &specs {
        records.extend(issue(spec, signer.as_ref(), delegations.as_ref())?);
    }
    Ok(deliver(&records, args.format, &args.out)?.note(note))
}

impl LineArgs {
    fn spec(self) -> Result<LicenseSpec, Failure> {
        let mut extra = ExtraFields::default();
        for field in self.extra {
            extra.add(field).map_err(|error| Failure::usage(format!("--extra {error}")))?;
        }
        let spec = LicenseSpec {
            udi: self.udi,
            feature: self.feature,
            license_type: self.license_type,
            count: self.count,
            usage: self.usage,
            start: self.start,
            end: self.end,
            id: self.id,
            issued: self.issued,
            additive: Some(self.additive),
            expiry: self.expiry,
            eula: self.eula,
            pak: self.pak,
            extra,
        };
        spec.check()?;
        Ok(spec)
    }
}

#[derive(Serialize)]
struct Shape {
    /// `null` if the records went to the standard output.
    file: Option<String>,
    format: Form,
    records: Vec<RecordShape>,
}

#[derive(Serialize)]
struct RecordShape {
    #[serde(flatten)]
    fields: Option<RecordView>,
    text: String,
    base64: String,
}

/// Writes records that were just made, to the file or to the standard output.
pub(crate) fn deliver(records: &[Issued], form: Form, out: &OutArgs) -> Result<Report, Failure> {
    let content = encode::records(records.iter(), form);
    let shape = Shape {
        file: out.file().map(|path| path.display().to_string()),
        format: form,
        records: records.iter().map(RecordShape::of).collect(),
    };
    match out.file() {
        None => Ok(Report::exact(content, &shape)),
        Some(path) => {
            out.write(path, &content)?;
            let many = if records.len() == 1 { "record" } else { "records" };
            let plain = format!("{}: {} {many} written\n", input::shown(path), records.len());
            Ok(Report::new(Status::Yes, plain, &shape))
        }
    }
}

impl RecordShape {
    fn of(issued: &Issued) -> Self {
        let record = nodelock::record::Records::new(issued.text.as_bytes()).next();
        Self {
            fields: record.and_then(|found| found.record.ok()).map(|r| RecordView::of(&r)),
            text: issued.text.clone(),
            base64: encode::to_base64(&issued.binary),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Args;

    use super::*;

    /// A field that only one of them had would be a field that half of the vendors cannot write.
    #[test]
    fn flags_and_order_files_have_the_same_fields() {
        let flags = LineArgs::augment_args(clap::Command::new("issue"));
        let flags: Vec<_> = flags.get_arguments().filter_map(clap::Arg::get_long).collect();
        let unknown = read_order("nothing = 1\n[[license]]\n").unwrap_err().to_string();
        let listed = unknown.split("expected one of").nth(1).expect("the list of fields");
        let fields: Vec<_> = listed.split('`').skip(1).step_by(2).collect();
        assert_eq!(flags, fields);
    }
}
