//! [`Entry`]: an order as flags or an order file give it, before its values are checked.

use std::collections::{BTreeMap, BTreeSet};

use nodelock::{Combine, Count, LicenseType};
use serde::Deserialize;
use toml::Spanned;

use super::fields::{
    parse_count, parse_date, parse_expiry, parse_feature, parse_id, parse_type, parse_usage,
};
use super::spec::LicenseSpec;
use crate::error::Error;

/// Lines that one order may make. A few characters more in an order can ask for a thousand times as
/// many lines, and all of them are in memory before the first is given out: all or none.
pub const MAX_ORDER_LINES: usize = 100_000;

/// One entry of an order: a line for every feature on every device that it names.
///
/// In an order file the entry at the top holds defaults for the `[[license]]` entries below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// Devices, `PID:SN`.
    #[serde(deserialize_with = "lenient::texts")]
    pub udi: Vec<String>,
    /// Features, `NAME` or `NAME:VERSION`.
    #[serde(deserialize_with = "lenient::texts")]
    pub feature: Vec<String>,
    /// Name of the license type; "permanent" if not given.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// A number, or "uncounted".
    #[serde(deserialize_with = "lenient::text")]
    pub count: Option<String>,
    /// Running time, e.g. `60d`.
    pub usage: Option<String>,
    /// First day.
    #[serde(deserialize_with = "lenient::text")]
    pub start: Option<String>,
    /// Last day.
    #[serde(deserialize_with = "lenient::text")]
    pub end: Option<String>,
    /// The line's id; only for an entry that makes one line.
    pub id: Option<String>,
    /// Day of issue.
    #[serde(deserialize_with = "lenient::text")]
    pub issued: Option<String>,
    /// Whether units add to those of other lines.
    pub additive: Option<bool>,
    /// What happens at the end.
    pub expiry: Option<String>,
    /// Name of the license agreement.
    pub eula: Option<String>,
    /// Reference to the order.
    pub pak: Option<String>,
    /// Extension fields, keys with `x-`.
    pub extra: BTreeMap<String, String>,
    /// The entries of an order file.
    pub license: Vec<Spanned<Entry>>,
}

impl Entry {
    /// Reads an order file.
    ///
    /// # Errors
    /// [`Error::Toml`] with line and column; [`Error::Order`] with the entry and its line.
    pub fn toml(text: &str) -> Result<Vec<LicenseSpec>, Error> {
        let defaults: Self = toml::from_str(text).map_err(|e| Error::Toml(one_message(&e)))?;
        if defaults.license.is_empty() {
            return Err(Error::Order("the order has no [[license]] entry".into()));
        }
        if defaults.id.is_some() {
            return Err(Error::Order("an id belongs into one [[license]] entry".into()));
        }
        // Before the first line is made.
        let all = defaults.license.iter().map(|entry| {
            let entry = entry.get_ref();
            let own_or = |own: &Vec<String>, other: &Vec<String>| match own.len() {
                0 => other.len(),
                own => own,
            };
            let devices = own_or(&entry.udi, &defaults.udi).max(1);
            devices.saturating_mul(own_or(&entry.feature, &defaults.feature))
        });
        within_limit(all.fold(0, usize::saturating_add), "")?;
        let mut specs: Vec<LicenseSpec> = Vec::new();
        let mut ids = BTreeSet::new();
        let (mut counted, mut line) = (0, 1);
        for (i, entry) in defaults.license.iter().enumerate() {
            let begin = entry.span().start;
            // Entries come in the order of the text, so each byte is looked at once.
            let passed = text.as_bytes().get(counted..begin).unwrap_or_default();
            line += passed.iter().filter(|&&b| b == b'\n').count();
            counted = counted.max(begin);
            let number = i + 1;
            let made = entry.get_ref().with_defaults(&defaults).specs();
            let made =
                made.map_err(|e| Error::Order(format!("license {number}, line {line}: {e}")))?;
            if let Some(id) = made.iter().filter_map(|spec| spec.id).find(|id| !ids.insert(id.0)) {
                return Err(Error::Order(format!(
                    "license {number}, line {line}: id {id} is in the order already"
                )));
            }
            specs.extend(made);
        }
        Ok(specs)
    }

    /// The lines that this entry asks for: every feature on every device.
    ///
    /// # Errors
    /// [`Error::Field`] or [`Error::Order`] for the first value that does not fit.
    pub fn specs(&self) -> Result<Vec<LicenseSpec>, Error> {
        if !self.license.is_empty() {
            return Err(Error::Order("a license entry cannot hold others".into()));
        }
        if self.feature.is_empty() {
            return Err(Error::Order("no feature is named".into()));
        }
        if self.id.is_some() && self.feature.len().saturating_mul(self.udi.len().max(1)) > 1 {
            return Err(Error::Order("one id for several lines; every line needs its own".into()));
        }
        let (devices, features) = (self.udi.len().max(1), self.feature.len());
        let product = format!(" ({devices} devices times {features} features)");
        within_limit(devices.saturating_mul(features), &product)?;
        let devices: Vec<Option<&String>> =
            if self.udi.is_empty() { vec![None] } else { self.udi.iter().map(Some).collect() };
        let mut specs = Vec::with_capacity(devices.len() * self.feature.len());
        for udi in devices {
            for feature in &self.feature {
                specs.push(self.spec(feature, udi.cloned())?);
            }
        }
        Ok(specs)
    }

    fn spec(&self, feature: &str, udi: Option<String>) -> Result<LicenseSpec, Error> {
        let (feature, version) = parse_feature(feature)?;
        let date = |field, value: &Option<String>| {
            value.as_deref().map(|text| parse_date(field, text)).transpose()
        };
        let spec = LicenseSpec {
            feature,
            version,
            license_type: self.kind.as_deref().map_or(Ok(LicenseType::Permanent), parse_type)?,
            count: self.count.as_deref().map_or(Ok(Count::Uncounted), parse_count)?,
            id: self.id.as_deref().map(parse_id).transpose()?,
            udi,
            issued: date("issued", &self.issued)?,
            start: date("start", &self.start)?,
            end: date("end", &self.end)?,
            usage: self.usage.as_deref().map(parse_usage).transpose()?,
            combine: if self.additive == Some(true) {
                Combine::Additive
            } else {
                Combine::Exclusive
            },
            expiry: self.expiry.as_deref().map(parse_expiry).transpose()?.unwrap_or_default(),
            eula: self.eula.clone(),
            pak: self.pak.clone(),
            extras: self.extra.clone(),
        };
        spec.check()?;
        Ok(spec)
    }

    fn with_defaults(&self, defaults: &Self) -> Self {
        let list = |own: &Vec<String>, other: &Vec<String>| {
            if own.is_empty() { other.clone() } else { own.clone() }
        };
        let one =
            |own: &Option<String>, other: &Option<String>| own.as_ref().or(other.as_ref()).cloned();
        let mut extra = defaults.extra.clone();
        extra.extend(self.extra.clone());
        Self {
            udi: list(&self.udi, &defaults.udi),
            feature: list(&self.feature, &defaults.feature),
            kind: one(&self.kind, &defaults.kind),
            count: one(&self.count, &defaults.count),
            usage: one(&self.usage, &defaults.usage),
            start: one(&self.start, &defaults.start),
            end: one(&self.end, &defaults.end),
            id: self.id.clone(),
            issued: one(&self.issued, &defaults.issued),
            additive: self.additive.or(defaults.additive),
            expiry: one(&self.expiry, &defaults.expiry),
            eula: one(&self.eula, &defaults.eula),
            pak: one(&self.pak, &defaults.pak),
            extra,
            license: self.license.clone(),
        }
    }
}

fn within_limit(lines: usize, of: &str) -> Result<(), Error> {
    if lines > MAX_ORDER_LINES {
        return Err(Error::Order(format!(
            "this makes {lines} lines{of}, and an order may make up to {MAX_ORDER_LINES}; split it \
             into several orders"
        )));
    }
    Ok(())
}

/// The place, the quoted line and the message; a message is one line, whatever a key may hold.
fn one_message(error: &toml::de::Error) -> String {
    let (shown, message) = (error.to_string(), error.message());
    match shown.trim_end().strip_suffix(message) {
        Some(place) => format!("{place}{}", message.replace('\n', "\\n")),
        None => shown,
    }
}

/// TOML values that may be written in more than one way.
mod lenient {
    use serde::{Deserialize, Deserializer};

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a text, a number or a date")]
    enum Scalar {
        Text(String),
        Number(u64),
        Date(toml::value::Datetime),
    }

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a text or a list of texts")]
    enum Texts {
        One(String),
        Many(Vec<String>),
    }

    pub(super) fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
        Ok(Some(match Scalar::deserialize(input)? {
            Scalar::Text(text) => text,
            Scalar::Number(number) => number.to_string(),
            Scalar::Date(date) => date.to_string(),
        }))
    }

    pub(super) fn texts<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
        Ok(match Texts::deserialize(input)? {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        })
    }
}
