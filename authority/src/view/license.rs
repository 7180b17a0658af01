//! License lines.

use nodelock::record::LicenseTerms;
use nodelock::value::{Combine, Count, ExpiryPolicy, LicenseType, Period};

use super::{Field, RecordView};

pub(super) fn view(terms: &LicenseTerms<'_>) -> RecordView {
    let kind = terms.license_type;
    let mut view = RecordView::new("license");
    view.field("feature", terms.feature, "");
    view.field("version", terms.version, "and every lower one");
    view.field("type", kind.name(), type_meaning(kind));
    view.json("count", units(terms.count));
    view.row("count", terms.count, count_meaning(terms));
    view.field("id", terms.id, "");
    view.udi(terms.udi);
    view.field("issued", terms.issued, "");
    view.optional("start", terms.start, "first day, UTC");
    view.optional("end", terms.end, "last day, UTC");
    let seconds = terms.usage.map(Period::seconds);
    let running = seconds.map(|seconds| format!("{seconds} seconds of running time"));
    view.optional("usage", terms.usage, &running.unwrap_or_default());
    view.json("usage_seconds", seconds.map_or(Field::Nothing, Field::Number));
    view.json("combine", Field::Text(terms.combine.name().to_owned()));
    view.json("expiry", Field::Text(terms.expiry.name().to_owned()));
    if kind.is_metered() || kind.is_dated() {
        view.row("expiry", terms.expiry.name(), expiry_meaning(terms.expiry));
    }
    view.optional("eula", terms.eula, "license agreement");
    view.optional("pak", terms.pak, "reference to the order");
    let extras = terms.extras.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    view.json("extra", Field::Object(extras.collect()));
    for (key, value) in terms.extras.iter() {
        view.row(key.as_str(), value, "extension: signed, ignored by devices");
    }
    view
}

pub(super) fn summary(terms: &LicenseTerms<'_>) -> String {
    let LicenseTerms { feature, version, license_type, count, id, .. } = terms;
    format!("{feature} {version} {} {count} id={id}", license_type.name())
}

/// "Uncounted" is no number.
fn units(count: Count) -> Field {
    match count {
        Count::Uncounted => Field::Nothing,
        Count::Units(units) => Field::Number(units),
    }
}

fn type_meaning(kind: LicenseType) -> &'static str {
    match kind {
        LicenseType::Evaluation => "a trial, measured by running time",
        LicenseType::Extension => "a longer trial, measured by running time",
        LicenseType::Grace => "bridges the time after a move to another device",
        LicenseType::Permanent => "for ever, on one device",
        LicenseType::Subscription => "until its last day",
        LicenseType::EvaluationSubscription => "a trial until its last day, once for each device",
        LicenseType::ExtensionSubscription => "a trial until its last day, may be repeated",
        LicenseType::EvaluationRightToUse => "a trial that turns into a right to use",
        LicenseType::RightToUse => "for the life of the device",
        LicenseType::PermanentRightToUse => "for ever, once the operator activates it",
    }
}

fn count_meaning(terms: &LicenseTerms<'_>) -> &'static str {
    match (terms.count, terms.combine) {
        (Count::Uncounted, _) => "as many as one likes",
        (Count::Units(_), Combine::Additive) => "units, added to those of other lines",
        (Count::Units(_), Combine::Exclusive) => "units; of several such lines the largest counts",
    }
}

fn expiry_meaning(policy: ExpiryPolicy) -> &'static str {
    match policy {
        ExpiryPolicy::UntilReboot => "a feature in use goes on until the next reboot",
        ExpiryPolicy::Immediate => "the feature ends at once",
        ExpiryPolicy::Report => "the feature goes on, and it is reported",
    }
}
