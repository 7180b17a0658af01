//! [`LicenseSpec`]: one license line to be issued.

use std::collections::BTreeMap;

use nodelock::limits::{MAX_EXTRA_KEY_LEN, MAX_VALUE_LEN};
use nodelock::{
    Combine, Count, Date, ExpiryPolicy, Extras, FeatureName, LicenseType, LineId, Period, Terms,
    Text, Udi, Version,
};

use super::fields::{field_error, today};
use crate::error::Error;

/// What a license line shall say. Made by hand, or by [`Entry::specs`](crate::Entry::specs).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseSpec {
    /// Name of the feature.
    pub feature: String,
    /// The highest version that is licensed.
    pub version: Version,
    /// The type.
    pub license_type: LicenseType,
    /// Units.
    pub count: Count,
    /// The line's id; random if not given.
    pub id: Option<LineId>,
    /// The device, `PID:SN`.
    pub udi: Option<String>,
    /// Day of issue; today if not given.
    pub issued: Option<Date>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Running time.
    pub usage: Option<Period>,
    /// How units go together with other lines.
    pub combine: Combine,
    /// What happens at the end.
    pub expiry: ExpiryPolicy,
    /// Name of the license agreement.
    pub eula: Option<String>,
    /// Reference to the order.
    pub pak: Option<String>,
    /// Extension fields by their keys (`x-...`).
    pub extras: BTreeMap<String, String>,
}

impl LicenseSpec {
    /// A permanent, uncounted line for version 1.0 of a feature.
    #[must_use]
    pub fn new(feature: impl Into<String>) -> Self {
        Self {
            feature: feature.into(),
            version: Version::ONE,
            license_type: LicenseType::Permanent,
            count: Count::Uncounted,
            id: None,
            udi: None,
            issued: None,
            start: None,
            end: None,
            usage: None,
            combine: Combine::Exclusive,
            expiry: ExpiryPolicy::UntilReboot,
            eula: None,
            pak: None,
            extras: BTreeMap::new(),
        }
    }

    /// Checks everything that can be checked before the line has its id.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.with_terms(LineId([0; 10]), |_| Ok(()))
    }

    /// Checks the fields one by one and together, and hands them over as the core's terms.
    pub(crate) fn with_terms<T>(
        &self,
        id: LineId,
        then: impl FnOnce(&Terms<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.check_together()?;
        let extras: Vec<_> =
            self.extras.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let extras = extras.join(" ");
        let terms = Terms {
            feature: FeatureName::parse(self.feature.as_bytes())
                .map_err(field_error("feature", &self.feature))?,
            version: self.version,
            license_type: self.license_type,
            count: self.count,
            id,
            udi: match &self.udi {
                None => None,
                Some(udi) => Some(Udi::parse(udi.as_bytes()).map_err(field_error("udi", udi))?),
            },
            issued: self.issued.map_or_else(today, Ok)?,
            start: self.start,
            end: self.end,
            usage: self.usage,
            combine: self.combine,
            expiry: self.expiry,
            eula: value("eula", self.eula.as_deref())?,
            pak: value("pak", self.pak.as_deref())?,
            extras: self.checked_extras(&extras)?,
        };
        then(&terms)
    }

    /// The rules of the types, each with the field that is missing or too many. The core has the
    /// same rules, but sees a line and not an order.
    fn check_together(&self) -> Result<(), Error> {
        let kind = self.license_type;
        let name = kind.name();
        let wrong = |text: String| Err(Error::Order(text));
        if kind.is_metered() && self.usage.is_none() {
            return wrong(format!("type {name} is metered: give usage, e.g. 60d"));
        }
        if !kind.is_metered() && self.usage.is_some() {
            return wrong(format!("type {name} is not metered: usage does not belong to it"));
        }
        if kind.is_dated() && self.end.is_none() {
            return wrong(format!("type {name} ends on a day: give end"));
        }
        if !kind.is_dated() && (self.start.is_some() || self.end.is_some()) {
            return wrong(format!("type {name} has no days: start and end do not belong to it"));
        }
        if let (Some(start), Some(end)) = (self.start, self.end)
            && end < start
        {
            return wrong(format!("end {end} lies before start {start}"));
        }
        if kind.must_be_locked() && self.udi.is_none() {
            return wrong(format!("type {name} is locked to a device: give udi"));
        }
        if self.combine == Combine::Additive && self.count == Count::Uncounted {
            return wrong("additive belongs to counted lines: give count".into());
        }
        let ends = kind.is_metered() || kind.is_dated();
        if !ends && self.expiry != ExpiryPolicy::UntilReboot {
            return wrong(format!("type {name} never ends: expiry does not belong to it"));
        }
        Ok(())
    }

    fn checked_extras<'t>(&self, text: &'t str) -> Result<Extras<'t>, Error> {
        // One by one first: neither key nor value may make two fields of one, or another key.
        for (key, value) in &self.extras {
            let alone = format!("{key}={value}");
            let one_token = alone.bytes().all(|b| b.is_ascii_graphic()) && !key.contains('=');
            if !one_token || Extras::parse(alone.as_bytes()).is_err() {
                return Err(Error::Order(format!(
                    "extra {alone:?}: write x-key=value; the key has up to {MAX_EXTRA_KEY_LEN} \
                     lower-case letters, digits or '-', the value up to {MAX_VALUE_LEN} printable \
                     characters without blanks"
                )));
            }
        }
        Extras::parse(text.as_bytes()).map_err(field_error("extra", text))
    }
}

/// A free value, with the rule in the words of an order. The core checks it again in the line.
fn value<'t>(field: &'static str, text: Option<&'t str>) -> Result<Option<Text<'t>>, Error> {
    let Some(text) = text else { return Ok(None) };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    if text.is_empty() || text.len() > MAX_VALUE_LEN || !text.bytes().all(allowed) {
        return Err(Error::Order(format!(
            "{field} {text:?}: write 1 to {} letters, digits, '.', '_' or '-'",
            MAX_VALUE_LEN
        )));
    }
    Ok(Text::new(text.as_bytes()))
}
