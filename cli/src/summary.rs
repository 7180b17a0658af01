//! Records in words.

use std::fmt::Write;

use nodelock::{
    Combine, Count, ExpiryPolicy, KeyTerms, LicenseType, Line, Period, Record, Repair, RepairTerms,
    Role, Terms,
};

/// The fields of a record with what they mean, one on each line, indented.
pub(crate) fn fields(record: &Record<'_>) -> String {
    let mut table = Table(String::new());
    match record {
        Record::License(line) => license(line.terms(), &mut table),
        Record::Key(key) => key_record(key.terms(), &mut table),
        Record::Repair(record) => repair(record.terms(), &mut table),
    }
    table.0
}

/// A record on one line: what it is for.
pub(crate) fn one_line(record: &Record<'_>) -> String {
    match record {
        Record::License(line) => line_summary(line),
        Record::Key(key) => {
            format!("delegates to key {} ({})", key.terms().id, key.terms().role.name())
        }
        Record::Repair(record) => {
            let terms = record.terms();
            format!("repairs {} of {} (number {})", terms.repair.name(), terms.udi, terms.number)
        }
    }
}

fn line_summary(line: &Line<'_>) -> String {
    let terms = line.terms();
    format!(
        "{} {} {} {} id={}",
        terms.feature,
        terms.version,
        terms.license_type.name(),
        terms.count,
        terms.id
    )
}

struct Table(String);

impl Table {
    fn row(&mut self, name: &str, value: impl core::fmt::Display, meaning: &str) {
        let _ = if meaning.is_empty() {
            writeln!(self.0, "  {name:<12}{value}")
        } else {
            writeln!(self.0, "  {name:<12}{value} ({meaning})")
        };
    }
}

fn license(terms: &Terms<'_>, table: &mut Table) {
    table.row("feature", terms.feature, "");
    table.row("version", terms.version, "and every lower one");
    table.row("type", terms.license_type.name(), type_meaning(terms.license_type));
    table.row("count", terms.count, count_meaning(terms));
    table.row("id", terms.id, "");
    match terms.udi {
        Some(udi) => table.row("udi", udi, &format!("PID {}, SN {}", udi.pid(), udi.sn())),
        None => table.row("udi", "none", "for every device that trusts the key"),
    }
    table.row("issued", terms.issued, "");
    if let Some(start) = terms.start {
        table.row("start", start, "first day, UTC");
    }
    if let Some(end) = terms.end {
        table.row("end", end, "last day, UTC");
    }
    if let Some(usage) = terms.usage {
        table.row("usage", usage, &usage_meaning(usage));
    }
    if terms.license_type.is_metered() || terms.license_type.is_dated() {
        table.row("expiry", terms.expiry.name(), expiry_meaning(terms.expiry));
    }
    if let Some(eula) = terms.eula {
        table.row("eula", eula, "license agreement");
    }
    if let Some(pak) = terms.pak {
        table.row("pak", pak, "reference to the order");
    }
    for (key, value) in terms.extras.iter() {
        table.row(key.as_str(), value, "extension: signed, ignored by devices");
    }
}

fn key_record(terms: &KeyTerms<'_>, table: &mut Table) {
    let role = match terms.role {
        Role::Production => "may sign every type",
        Role::Evaluation => "may sign trials only",
        Role::Development => "only for devices that accept development keys",
    };
    table.row("key id", terms.id, "");
    table.row("role", terms.role.name(), role);
    table.row("key", data_encoding::HEXLOWER.encode(terms.key.as_bytes()), "x and y");
    match terms.features.is_empty() {
        true => table.row("features", "all", ""),
        false => table.row("features", terms.features.text(), "beginnings of their names"),
    }
    match terms.pids.is_empty() {
        true => table.row("pids", "all", ""),
        false => table.row("pids", terms.pids.text(), "products"),
    }
    table.row("not-before", terms.not_before, "first day of issue");
    table.row("not-after", terms.not_after, "last day of issue");
}

fn repair(terms: &RepairTerms<'_>, table: &mut Table) {
    let meaning = match terms.repair {
        Repair::Rollback => "restored storage is taken as the latest",
        Repair::Damage => "values that cannot be read are removed, lost use begins anew",
        Repair::Clock => "the clock begins at the day of issue",
    };
    table.row("repairs", terms.repair.name(), meaning);
    table.row("number", terms.number, "of the device's state");
    table.row("id", terms.id, "");
    let parts = format!("PID {}, SN {}", terms.udi.pid(), terms.udi.sn());
    table.row("udi", terms.udi, &parts);
    table.row("issued", terms.issued, "");
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

fn count_meaning(terms: &Terms<'_>) -> &'static str {
    match (terms.count, terms.combine) {
        (Count::Uncounted, _) => "as many as one likes",
        (Count::Units(_), Combine::Additive) => "units, added to those of other lines",
        (Count::Units(_), Combine::Exclusive) => "units; of several such lines the largest counts",
    }
}

fn usage_meaning(usage: Period) -> String {
    format!("{} seconds of running time", usage.seconds())
}

fn expiry_meaning(policy: ExpiryPolicy) -> &'static str {
    match policy {
        ExpiryPolicy::UntilReboot => "a feature in use goes on until the next reboot",
        ExpiryPolicy::Immediate => "the feature ends at once",
        ExpiryPolicy::Report => "the feature goes on, and it is reported",
    }
}
