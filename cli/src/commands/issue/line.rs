//! What a line says, from flags.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use nodelock::value::{Count, Date, ExpiryPolicy, LicenseType, LineId, Period};
use nodelock_authority::{
    DeviceUdi, ExtraField, ExtraFields, FeatureVersion, Label, LicenseSpec, Value,
};

use crate::report::Failure;

/// What a line says. An order file says it all itself.
#[derive(Debug, clap::Args)]
pub(super) struct LineArgs {
    /// Device that the line is locked to; may be repeated, with a line for each
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read, conflicts_with = "order")]
    udi: Vec<DeviceUdi>,
    /// Feature to license; may be repeated, with a line for each
    #[arg(long, value_name = "NAME[:VERSION]", value_parser = FeatureVersion::read)]
    feature: Vec<FeatureVersion>,
    /// License type [default: permanent]
    #[arg(long = "type", value_name = "TYPE", value_parser = types(), conflicts_with = "order")]
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
    /// Day of issue, of an order that of lines which say none [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = Date::read)]
    pub(super) issued: Option<Date>,
    /// The units are added to those of other lines
    #[arg(long, conflicts_with = "order")]
    additive: bool,
    /// What happens when the right ends while it is in use [default: until-reboot]
    #[arg(long, value_name = "POLICY", value_parser = policies(), conflicts_with = "order")]
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

impl LineArgs {
    pub(super) fn spec(self) -> Result<LicenseSpec, Failure> {
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
            place: String::new(),
        };
        spec.check()?;
        Ok(spec)
    }
}

fn types() -> impl TypedValueParser<Value = LicenseType> {
    let names = LicenseType::ALL.iter().map(|kind| kind.name());
    PossibleValuesParser::new(names).try_map(|name| LicenseType::read(&name))
}

fn policies() -> impl TypedValueParser<Value = ExpiryPolicy> {
    let all = [ExpiryPolicy::UntilReboot, ExpiryPolicy::Immediate, ExpiryPolicy::Report];
    PossibleValuesParser::new(all.map(ExpiryPolicy::name)).try_map(|name| ExpiryPolicy::read(&name))
}

#[cfg(test)]
mod tests {
    use clap::Args;

    use nodelock_authority::read_order;

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
