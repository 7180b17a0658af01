//! [`LicenseSpec`]: what license lines shall say, from the flag or the order file to the signed
//! record.

use nodelock::record::{Extras, LicenseTerms};
use nodelock::value::{Combine, Count, Date, ExpiryPolicy, LicenseType, LineId, Period};
use serde::Deserialize;

use super::toml_value::{many, one};
use super::value::{DeviceUdi, ExtraFields, FeatureVersion, Label, Value, ValueError};
use crate::error::Error;

/// Lines that one order may make. A few characters more in an order can ask for a thousand times as
/// many lines, and all of them are in memory before the first is given out: all or none.
pub const MAX_ORDER_LINES: usize = 100_000;

/// What license lines shall say: a line for every feature on every device that it names.
///
/// The fields have the names that they have in an order file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LicenseSpec {
    /// The devices; without any, lines that hold on every device.
    #[serde(deserialize_with = "many")]
    pub udi: Vec<DeviceUdi>,
    /// The features.
    #[serde(deserialize_with = "many")]
    pub feature: Vec<FeatureVersion>,
    /// The type; permanent if not given.
    #[serde(rename = "type", deserialize_with = "one")]
    pub license_type: Option<LicenseType>,
    /// Units; uncounted if not given.
    #[serde(deserialize_with = "one")]
    pub count: Option<Count>,
    /// Running time, of metered types.
    #[serde(deserialize_with = "one")]
    pub usage: Option<Period>,
    /// First day, of dated types.
    #[serde(deserialize_with = "one")]
    pub start: Option<Date>,
    /// Last day, of dated types.
    #[serde(deserialize_with = "one")]
    pub end: Option<Date>,
    /// The line's id, if it is one line; random if not given.
    #[serde(deserialize_with = "one")]
    pub id: Option<LineId>,
    /// Day of issue; today if not given.
    #[serde(deserialize_with = "one")]
    pub issued: Option<Date>,
    /// Whether units add to those of other lines.
    pub additive: Option<bool>,
    /// What happens at the end.
    #[serde(deserialize_with = "one")]
    pub expiry: Option<ExpiryPolicy>,
    /// Name of the license agreement.
    #[serde(deserialize_with = "one")]
    pub eula: Option<Label>,
    /// Reference to the order.
    #[serde(deserialize_with = "one")]
    pub pak: Option<Label>,
    /// Extension fields.
    pub extra: ExtraFields,
    /// Where it stands in its order, for messages; empty for flags.
    #[serde(skip)]
    pub place: String,
}

impl LicenseSpec {
    /// A permanent, uncounted line for a feature: `NAME`, for version 1.0, or `NAME:VERSION`.
    ///
    /// # Errors
    /// [`ValueError`].
    pub fn new(feature: &str) -> Result<Self, ValueError> {
        Ok(Self { feature: vec![FeatureVersion::read(feature)?], ..Self::default() })
    }

    /// This, and what it leaves open from the defaults of its order. An id is never a default.
    pub(super) fn or(&self, defaults: &Self) -> Self {
        Self {
            udi: if self.udi.is_empty() { &defaults.udi } else { &self.udi }.clone(),
            feature: if self.feature.is_empty() { &defaults.feature } else { &self.feature }
                .clone(),
            license_type: self.license_type.or(defaults.license_type),
            count: self.count.or(defaults.count),
            usage: self.usage.or(defaults.usage),
            start: self.start.or(defaults.start),
            end: self.end.or(defaults.end),
            id: self.id,
            issued: self.issued.or(defaults.issued),
            additive: self.additive.or(defaults.additive),
            expiry: self.expiry.or(defaults.expiry),
            eula: self.eula.as_ref().or(defaults.eula.as_ref()).cloned(),
            pak: self.pak.as_ref().or(defaults.pak.as_ref()).cloned(),
            extra: self.extra.or(&defaults.extra),
            place: self.place.clone(),
        }
    }

    /// The terms of each line, every feature on every device, one after another. Without a day of
    /// issue, of this day; without an id, of one that means nothing.
    pub(crate) fn each(
        &self,
        today: Date,
        mut make: impl FnMut(&LicenseTerms<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.check()?;
        let extra = self.extra.text();
        let id = self.id.unwrap_or(LineId([1; 10]));
        for (udi, feature) in self.pairs() {
            make(&self.terms(udi, feature, id, self.issued.unwrap_or(today), &extra)?)?;
        }
        Ok(())
    }

    /// Every feature on every device. Without devices, on one that is none: the line holds on every
    /// device.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Option<&DeviceUdi>, &FeatureVersion)> {
        let every = self.udi.is_empty().then_some(None);
        let devices = every.into_iter().chain(self.udi.iter().map(Some));
        devices.flat_map(|udi| self.feature.iter().map(move |feature| (udi, feature)))
    }

    /// The terms of one line. `extra` is the text of the extension fields.
    pub(crate) fn terms<'s>(
        &'s self,
        udi: Option<&'s DeviceUdi>,
        feature: &'s FeatureVersion,
        id: LineId,
        issued: Date,
        extra: &'s str,
    ) -> Result<LicenseTerms<'s>, Error> {
        Ok(LicenseTerms {
            feature: feature.feature()?,
            version: feature.version(),
            license_type: self.license_type(),
            count: self.count.unwrap_or(Count::Uncounted),
            id,
            udi: udi.map(DeviceUdi::udi).transpose().map_err(Error::Refused)?,
            issued,
            start: self.start,
            end: self.end,
            usage: self.usage,
            combine: self.combine(),
            expiry: self.expiry.unwrap_or_default(),
            eula: self.eula.as_ref().map(Label::text).transpose()?,
            pak: self.pak.as_ref().map(Label::text).transpose()?,
            needs: None,
            extras: Extras::parse(extra.as_bytes()).map_err(Error::Refused)?,
        })
    }

    /// Checks what no single field can show, before any line is made.
    ///
    /// # Errors
    /// [`Error::Order`] says which field is missing, or does not belong to the others.
    pub fn check(&self) -> Result<(), Error> {
        let (devices, features) = (self.udi.len().max(1), self.feature.len());
        if features == 0 {
            return Err(Error::Order("no feature is named".into()));
        }
        let lines = lines_of(&self.udi, &self.feature);
        if self.id.is_some() && lines > 1 {
            return Err(Error::Order("one id for several lines; each line needs its own".into()));
        }
        within_limit(lines, &format!(" ({devices} devices times {features} features)"))?;
        if let Some(problem) = self.problem() {
            return Err(Error::Order(problem));
        }
        let fields = self.extra.text();
        Extras::parse(fields.as_bytes()).map(drop).map_err(|reason| {
            Error::Order(format!("extra {fields:?}: {}; {}", reason.text(), reason.remedy()))
        })
    }

    /// The rules of the types. The core has the same rules ([`LicenseTerms::validate`]), but sees a line
    /// and not an order, and names no field.
    fn problem(&self) -> Option<String> {
        let kind = self.license_type();
        let name = kind.name();
        let (metered, dated) = (kind.is_metered(), kind.is_dated());
        let (start, end) = (self.start, self.end);
        if metered && self.usage.is_none() {
            return Some(format!("type {name} is metered: give usage, e.g. 60d"));
        }
        if !metered && self.usage.is_some() {
            return Some(format!("type {name} is not metered: usage does not belong to it"));
        }
        if dated && end.is_none() {
            return Some(format!("type {name} ends on a day: give end"));
        }
        if !dated && (start.is_some() || end.is_some()) {
            return Some(format!("type {name} has no days: start and end do not belong to it"));
        }
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Some(format!("end {end} is before start {start}"));
        }
        if kind.must_be_locked() && self.udi.is_empty() {
            return Some(format!("type {name} is locked to a device: give udi"));
        }
        let counted = matches!(self.count, Some(Count::Units(_)));
        if self.combine() == Combine::Additive && !counted {
            return Some("additive belongs to counted lines: give count".into());
        }
        if !metered && !dated && self.expiry.unwrap_or_default() != ExpiryPolicy::UntilReboot {
            return Some(format!("type {name} never ends: expiry does not belong to it"));
        }
        None
    }

    fn license_type(&self) -> LicenseType {
        self.license_type.unwrap_or(LicenseType::Permanent)
    }

    fn combine(&self) -> Combine {
        if self.additive == Some(true) { Combine::Additive } else { Combine::Exclusive }
    }
}

pub(crate) fn lines_of(devices: &[DeviceUdi], features: &[FeatureVersion]) -> usize {
    devices.len().max(1).saturating_mul(features.len())
}

pub(crate) fn within_limit(lines: usize, of: &str) -> Result<(), Error> {
    if lines > MAX_ORDER_LINES {
        return Err(Error::Order(format!(
            "this makes {lines} lines{of}, and an order may make up to {MAX_ORDER_LINES}; split it \
             into several orders"
        )));
    }
    Ok(())
}

/// The day it is, UTC.
///
/// # Errors
/// [`Error::Order`] if the system's clock stands before 1970 or after 9999.
pub fn today() -> Result<Date, Error> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.ok().and_then(|now| Date::from_unix_seconds(now.as_secs())).ok_or_else(|| {
        Error::Order("the system's clock gives no usable date; give the day of issue".into())
    })
}
