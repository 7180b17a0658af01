//! What one line says, without knowing the product.

use nodelock::Udi;
use nodelock::record::LicenseTerms;
use nodelock::value::{Count, Date, LicenseType, Version};

use super::{SlipCheck, SlipKind};

const YEAR: u32 = 365;

pub(super) fn check(to: &mut SlipCheck<'_>, terms: &LicenseTerms<'_>, place: &str) {
    issued(to, terms.issued, place);
    days(to, terms, place);
    amounts(to, terms, place);
    match &terms.udi {
        Some(at) => udi(to, at, place),
        None => {
            let (name, kind) = (terms.feature, terms.license_type.name());
            to.warn(
                SlipKind::EveryDevice,
                place,
                format!("{name} ({kind}) names no device and holds on every device of the product"),
            );
        }
    }
    if terms.license_type.is_trial() && terms.eula.is_none() {
        let known = to.product.and_then(|product| super::names::entry(product, terms.feature));
        // What the catalog names must be accepted, whatever the line says.
        if known.is_none_or(|feature| feature.eula_name().is_none()) {
            let (name, kind) = (terms.feature, terms.license_type.name());
            to.warn(
                SlipKind::NoAgreement,
                place,
                format!("{name} ({kind}) is a trial and names no license agreement (eula): it starts without one"),
            );
        }
    }
    for (key, _) in terms.extras.iter() {
        let meant = key.as_str().strip_prefix("x-").unwrap_or_default();
        if FIELDS.contains(&meant) {
            to.warn(
                SlipKind::IgnoredField,
                place,
                format!("{key} is an extension field, which devices ignore; the field itself is called {meant}"),
            );
        }
    }
    if terms.id.0.iter().all(|byte| byte == &terms.id.0[0]) && matches!(terms.id.0[0], 0 | 0xff) {
        to.warn(
            SlipKind::OddId,
            place,
            format!("id {} looks like a placeholder: devices take one line under an id", terms.id),
        );
    }
}

/// What a line may be told by a field.
const FIELDS: [&str; 15] = [
    "udi", "feature", "version", "type", "count", "usage", "start", "end", "id", "issued",
    "combine", "additive", "expiry", "eula", "pak",
];

pub(super) fn issued(to: &mut SlipCheck<'_>, issued: Date, place: &str) {
    let today = to.today;
    if issued > today {
        to.refuse(
            SlipKind::FutureIssue,
            place,
            format!("issued {issued} is to come: today is {today} (UTC)"),
        );
    } else if today.days() - issued.days() > YEAR {
        to.warn(
            SlipKind::OldIssue,
            place,
            format!("issued {issued} is more than a year ago: today is {today}"),
        );
    }
}

fn days(to: &mut SlipCheck<'_>, terms: &LicenseTerms<'_>, place: &str) {
    let (today, issued) = (to.today, terms.issued);
    if let Some(end) = terms.end {
        if end < issued {
            let text = format!("end {end} is before the day of issue, {issued}: it never holds");
            to.refuse(SlipKind::EndBeforeIssue, place, text);
        } else if end < today {
            let text = format!("end {end} is past: today is {today} (UTC)");
            to.refuse(SlipKind::Ended, place, text);
        }
        let first = terms.start.map_or(issued, |start| start.max(issued));
        let length = end.days().saturating_sub(first.days()) + 1;
        let text = |how: &str| format!("from {first} to {end} are {how}");
        if length > 100 * YEAR {
            let years = length / YEAR;
            to.refuse(
                SlipKind::OddLength,
                place,
                text(&format!("{years} years; for ever is the type permanent")),
            );
        } else if length > 20 * YEAR {
            to.warn(SlipKind::OddLength, place, text(&format!("{} years", length / YEAR)));
        } else if length == 1 && end >= issued {
            to.warn(SlipKind::OddLength, place, format!("it holds on one day only, {end}"));
        }
    }
    if let Some(start) = terms.start {
        let text = |far: &str| format!("start {start} is {far} the day of issue, {issued}");
        if start.days() > issued.days() + 2 * YEAR {
            to.warn(SlipKind::OddStart, place, text("more than two years after"));
        } else if start.days() + 31 < issued.days() {
            to.warn(SlipKind::OddStart, place, text("long before") + ", from which it counts");
        }
    }
}

fn amounts(to: &mut SlipCheck<'_>, terms: &LicenseTerms<'_>, place: &str) {
    if let Some(usage) = terms.usage {
        let (days, trial) = (usage.seconds() / 86_400, terms.license_type != LicenseType::Grace);
        if days > 50 * u64::from(YEAR) {
            let text =
                format!("usage {usage} are {} years of running time", days / u64::from(YEAR));
            to.refuse(SlipKind::OddUsage, place, text);
        } else if days > 2 * u64::from(YEAR) {
            let text = format!("usage {usage} are more than two years of running time");
            to.warn(SlipKind::OddUsage, place, text);
        } else if usage.seconds() < 3600 && trial {
            let text = format!("usage {usage} is less than an hour of running time");
            to.warn(SlipKind::OddUsage, place, text);
        }
    }
    if let Count::Units(units @ 1_000_001..) = terms.count {
        to.warn(SlipKind::OddCount, place, format!("count {units} is more than a million units"));
    }
    if terms.version < Version::ONE {
        let (name, version) = (terms.feature, terms.version);
        let text =
            format!("{name}:{version} covers no version above {version}; a first version is 1.0");
        to.warn(SlipKind::OddVersion, place, text);
    }
    year(to, terms, place);
}

/// A year stands where a version must, unless the product counts its versions so.
fn year(to: &mut SlipCheck<'_>, terms: &LicenseTerms<'_>, place: &str) {
    let (name, version) = (terms.feature, terms.version);
    let is_year = |version: Version| (1970..2200).contains(&version.parts()[0]);
    let usual = to.product.and_then(|product| product.version(name.text().as_str()));
    if is_year(version) && !usual.is_some_and(is_year) {
        let text = format!(
            "{name}:{version} covers all versions up to {version}, which looks like a year"
        );
        to.warn(SlipKind::OddVersion, place, text);
    }
}

pub(super) fn udi(to: &mut SlipCheck<'_>, udi: &Udi<'_>, place: &str) {
    let (pid, sn) = (udi.pid(), udi.sn());
    let (pid, sn) = (pid.as_str(), sn.as_str());
    let again = format!("/{pid}:");
    if sn.contains([',', ';', '|']) || sn.contains(&again) {
        to.refuse(
            SlipKind::SerialList,
            place,
            format!("udi {udi} is one device with the serial number {sn}; several devices are given one by one"),
        );
    }
    let odd =
        |c: char| matches!(c, '"' | '\'' | '<' | '>' | '=' | '*' | '?' | '`' | '{' | '}' | '$');
    if let Some(c) = pid.chars().chain(sn.chars()).find(|&c| odd(c)) {
        to.warn(
            SlipKind::OddUdi,
            place,
            format!("udi {udi} contains {c}, which is seldom part of a device's name"),
        );
    }
    let lower = |c: char| c.is_ascii_lowercase();
    let upper = |c: char| c.is_ascii_uppercase();
    if pid.contains(lower) && !pid.contains(upper) && sn.contains(upper) && !sn.contains(lower) {
        let meant = pid.to_ascii_uppercase();
        to.warn(
            SlipKind::OddUdi,
            place,
            format!("udi {udi} has its PID in lower case; {meant} would be another device, because case matters"),
        );
    }
    let placeholder =
        ["SN", "SERIAL", "SERIALNUMBER", "XXX", "TODO", "UNKNOWN", "N/A", "NONE", "NULL"];
    if pid.eq_ignore_ascii_case("UDI") {
        let text = format!("udi {udi} has the word UDI as its PID; a UDI is PID:SN without it");
        to.warn(SlipKind::OddUdi, place, text);
    }
    if placeholder.contains(&sn.to_ascii_uppercase().as_str()) || pid.eq_ignore_ascii_case("PID") {
        to.warn(SlipKind::OddUdi, place, format!("udi {udi} looks like a placeholder"));
    }
}
