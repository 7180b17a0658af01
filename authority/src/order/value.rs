//! The values of a license line as people write them. Flags and order files read them here, and
//! nothing behind them reads them a second time.

use std::collections::BTreeMap;

use nodelock::bytes::Text;
use nodelock::limits::{MAX_EXTRA_KEY_LEN, MAX_USAGE_SECONDS, MAX_VALUE_LEN};
use nodelock::record::Extras;
use nodelock::value::{
    Count, Date, ExpiryPolicy, FeatureName, LicenseType, LineId, Period, Version,
};
use nodelock::{Reason, Udi};

use crate::error::Error;

/// A value that is written in a flag or in an order file.
pub trait Value: Sized {
    /// How an order file may write it, if not as a text.
    const TOML: TomlForm = TomlForm::Text;

    /// Reads the text.
    ///
    /// # Errors
    /// [`ValueError`] says what is wrong, and what to write.
    fn read(text: &str) -> Result<Self, ValueError>;
}

/// Forms of a value in an order file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TomlForm {
    /// Only as a text.
    Text,
    /// As a text or as a number.
    Number,
    /// As a text or as a date.
    Date,
}

/// Why a text is not the value that is wanted, and what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(String);

impl ValueError {
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }
}

impl From<Reason> for ValueError {
    fn from(reason: Reason) -> Self {
        Self(format!("{}; {}", reason.text(), reason.remedy()))
    }
}

/// A feature and its highest licensed version: `NAME`, for version 1.0, or `NAME:VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureVersion {
    name: String,
    version: Version,
}

impl FeatureVersion {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    pub(super) fn feature(&self) -> Result<FeatureName<'_>, Error> {
        FeatureName::parse(self.name.as_bytes()).map_err(Error::Refused)
    }
}

impl Value for FeatureVersion {
    fn read(text: &str) -> Result<Self, ValueError> {
        let (name, version) = match text.split_once(':') {
            None => (text, Version::ONE),
            Some((name, version)) => (name, Version::parse_lenient(version.as_bytes())?),
        };
        FeatureName::parse(name.as_bytes())?;
        Ok(Self { name: name.to_owned(), version })
    }
}

/// A device: `PID:SN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceUdi(String);

impl DeviceUdi {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts.
    ///
    /// # Errors
    /// None: the text was read when this was made.
    pub fn udi(&self) -> Result<Udi<'_>, Reason> {
        Udi::parse(self.0.as_bytes())
    }
}

impl Value for DeviceUdi {
    fn read(text: &str) -> Result<Self, ValueError> {
        Udi::parse(text.as_bytes())?;
        Ok(Self(text.to_owned()))
    }
}

/// A name that the vendor gives: of a license agreement, or of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn text(&self) -> Result<Text<'_>, Error> {
        Text::new(self.0.as_bytes()).ok_or(Error::Refused(Reason::BadField))
    }
}

impl Value for Label {
    fn read(text: &str) -> Result<Self, ValueError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > MAX_VALUE_LEN || !text.bytes().all(allowed) {
            return Err(ValueError(format!(
                "write 1 to {MAX_VALUE_LEN} letters, digits, '.', '_' or '-'"
            )));
        }
        Ok(Self(text.to_owned()))
    }
}

/// One extension field: `x-KEY=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraField {
    key: String,
    value: String,
}

impl ExtraField {
    /// From its two halves.
    ///
    /// # Errors
    /// [`ValueError`]: neither of them may make two fields of one, or another key.
    pub fn new(key: &str, value: &str) -> Result<Self, ValueError> {
        let alone = format!("{key}={value}");
        let one_token = alone.bytes().all(|b| b.is_ascii_graphic()) && !key.contains('=');
        if !one_token || Extras::parse(alone.as_bytes()).is_err() {
            return Err(ValueError(format!(
                "write x-key=value; the key has up to {MAX_EXTRA_KEY_LEN} lower-case letters, \
                 digits or '-', the value up to {MAX_VALUE_LEN} printable characters without \
                 blanks"
            )));
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

impl Value for ExtraField {
    fn read(text: &str) -> Result<Self, ValueError> {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        Self::new(key, value)
    }
}

/// The extension fields of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtraFields(BTreeMap<String, String>);

impl ExtraFields {
    /// Adds a field.
    ///
    /// # Errors
    /// [`ValueError`] if there is one with this key.
    pub fn add(&mut self, field: ExtraField) -> Result<(), ValueError> {
        let ExtraField { key, value } = field;
        if self.0.contains_key(&key) {
            return Err(ValueError(format!("{key} is given twice")));
        }
        self.0.insert(key, value);
        Ok(())
    }

    /// Keys and values, in the order of the line.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// These, and of the others those whose keys are not among them.
    pub(super) fn or(&self, defaults: &Self) -> Self {
        let mut all = defaults.0.clone();
        all.extend(self.0.clone());
        Self(all)
    }

    pub(crate) fn text(&self) -> String {
        let fields: Vec<_> = self.iter().map(|(key, value)| format!("{key}={value}")).collect();
        fields.join(" ")
    }
}

impl Value for Count {
    const TOML: TomlForm = TomlForm::Number;

    fn read(text: &str) -> Result<Self, ValueError> {
        Self::parse(text.as_bytes()).map_err(|reason| match without_groups(text) {
            Some(number) => ValueError(format!("{}; write {number}", reason.text())),
            None => reason.into(),
        })
    }
}

/// A number whose digits somebody has put into groups of three: `1,000`, `1.000`, `1 000`.
fn without_groups(text: &str) -> Option<String> {
    let mut groups = text.split([',', '.', ' ', '_', '\'', '\u{a0}', '\u{202f}']);
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().filter(|group| (1..=3).contains(&group.len()) && digits(group))?;
    let mut number = first.to_owned();
    for group in groups {
        if group.len() != 3 || !digits(group) {
            return None;
        }
        number.push_str(group);
    }
    Some(number).filter(|number| Count::parse(number.as_bytes()).is_ok())
}

impl Value for Date {
    const TOML: TomlForm = TomlForm::Date;

    fn read(text: &str) -> Result<Self, ValueError> {
        Ok(Self::parse(text.as_bytes())?)
    }
}

/// A period in any unit: `24h` is taken as the `1d` that lines write.
impl Value for Period {
    fn read(text: &str) -> Result<Self, ValueError> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit: u64 = match text.strip_prefix(digits) {
            Some("d") => 86_400,
            Some("h") => 3_600,
            Some("m") => 60,
            Some("s") => 1,
            _ => 0,
        };
        if unit == 0 || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Reason::BadPeriod.into());
        }
        // What has more digits than a number here is too long in any unit.
        let seconds = digits.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(unit);
        if seconds > MAX_USAGE_SECONDS {
            let days = MAX_USAGE_SECONDS / 86_400;
            return Err(ValueError(format!("longer than a period may be, which is {days}d")));
        }
        Ok(Self::from_seconds(seconds).ok_or(Reason::BadPeriod)?)
    }
}

impl Value for LicenseType {
    fn read(text: &str) -> Result<Self, ValueError> {
        Self::parse(text.as_bytes()).map_err(|_| {
            let names: Vec<_> = Self::ALL.iter().map(|kind| kind.name()).collect();
            ValueError(format!("not a license type; types are {}", names.join(", ")))
        })
    }
}

impl Value for ExpiryPolicy {
    fn read(text: &str) -> Result<Self, ValueError> {
        let all = [Self::UntilReboot, Self::Immediate, Self::Report];
        all.into_iter().find(|policy| policy.name() == text).ok_or_else(|| {
            let names = all.map(Self::name).join(", ");
            ValueError(format!("not what can happen at the end; there are {names}"))
        })
    }
}

/// 20 hexadecimal digits.
impl Value for LineId {
    fn read(text: &str) -> Result<Self, ValueError> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        let id = bytes.and_then(|bytes| bytes.try_into().ok()).map(LineId);
        Ok(id.ok_or(Reason::BadId)?)
    }
}
