//! Values as people write them in flags and order files.

use nodelock::{
    Count, Date, ExpiryPolicy, FeatureName, LicenseType, LineId, Period, Reason, Role, Version,
};

use crate::error::Error;

pub(crate) fn field_error(field: &'static str, value: &str) -> impl FnOnce(Reason) -> Error {
    let value = value.to_owned();
    move |reason| Error::Field { field, value, reason }
}

/// `NAME` or `NAME:VERSION`. Without a version it is 1.0.
///
/// # Errors
/// [`Error::Field`].
pub fn parse_feature(text: &str) -> Result<(String, Version), Error> {
    let (name, version) = match text.split_once(':') {
        None => (text, Version::ONE),
        Some((name, version)) => {
            let version = Version::parse_lenient(version.as_bytes());
            (name, version.map_err(field_error("feature", text))?)
        }
    };
    FeatureName::parse(name.as_bytes()).map_err(field_error("feature", text))?;
    Ok((name.to_owned(), version))
}

/// A day, e.g. `2026-11-22`.
///
/// # Errors
/// [`Error::Field`], with the name of the field.
pub fn parse_date(field: &'static str, text: &str) -> Result<Date, Error> {
    Date::parse(text.as_bytes()).map_err(field_error(field, text))
}

/// A line id: 20 hexadecimal digits.
///
/// # Errors
/// [`Error::Field`].
pub fn parse_id(text: &str) -> Result<LineId, Error> {
    let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
    let id = bytes.and_then(|bytes| <[u8; 10]>::try_from(bytes).ok()).map(LineId);
    id.ok_or_else(|| field_error("id", text)(Reason::BadId))
}

/// A key's role.
///
/// # Errors
/// [`Error::Field`].
pub fn parse_role(text: &str) -> Result<Role, Error> {
    Role::parse(text.as_bytes()).map_err(field_error("role", text))
}

pub(crate) fn parse_type(text: &str) -> Result<LicenseType, Error> {
    LicenseType::parse(text.as_bytes()).map_err(|_| {
        let names: Vec<_> = LicenseType::ALL.iter().map(|kind| kind.name()).collect();
        Error::Order(format!("type {text:?}: not a license type; types are {}", names.join(", ")))
    })
}

pub(crate) fn parse_count(text: &str) -> Result<Count, Error> {
    Count::parse(text.as_bytes()).map_err(field_error("count", text))
}

/// A period in any unit: `24h` is taken as the `1d` that lines write.
pub(crate) fn parse_usage(text: &str) -> Result<Period, Error> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match text.strip_prefix(digits) {
        Some("d") => 86_400,
        Some("h") => 3_600,
        Some("m") => 60,
        Some("s") => 1,
        _ => 0,
    };
    let seconds = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    let period = seconds.and_then(Period::from_seconds);
    period.ok_or_else(|| field_error("usage", text)(Reason::BadPeriod))
}

pub(crate) fn parse_expiry(text: &str) -> Result<ExpiryPolicy, Error> {
    [ExpiryPolicy::UntilReboot, ExpiryPolicy::Immediate, ExpiryPolicy::Report]
        .into_iter()
        .find(|policy| policy.name() == text)
        .ok_or_else(|| {
            Error::Order(format!(
                "expiry {text:?}: not a policy; there are until-reboot, immediate and report"
            ))
        })
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
