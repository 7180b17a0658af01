//! Feature names, feature versions, and what a caller asks for.

use crate::bytes::decimal::{self, Digits};
use crate::bytes::sink::Sink;
use crate::bytes::text::Text;
use crate::convert::{borrowed_text, one_text};
use crate::limits::MAX_FEATURE_LEN;
use crate::reason::Reason;

/// Words that begin a record now or may in a later format, so no feature is called so.
pub(crate) const RESERVED: [&[u8]; 12] = [
    b"LICENSE",
    b"KEY",
    b"CREDENTIAL",
    b"PERMISSION",
    b"REHOST",
    b"REQUEST",
    b"RESPONSE",
    b"REVOKE",
    b"REPAIR",
    b"TIME",
    b"CONFIRM",
    b"RETURN",
];

/// The name of a feature: 1 to 64 letters, digits, `.`, `_`, `-`, beginning with a letter or
/// digit. Case matters. Words that begin a record are no names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureName<'a>(Text<'a>);

impl<'a> FeatureName<'a> {
    /// Checks the name.
    ///
    /// # Errors
    /// [`Reason::BadFeature`].
    pub fn parse(text: &'a [u8]) -> Result<Self, Reason> {
        let long = text.len() > MAX_FEATURE_LEN;
        let begins = text.first().is_some_and(u8::is_ascii_alphanumeric);
        if long || !begins || RESERVED.contains(&text) {
            return Err(Reason::BadFeature);
        }
        Text::of_name_bytes(text).map(Self).ok_or(Reason::BadFeature)
    }

    /// A text that was a name before.
    #[cfg(feature = "heapless")]
    pub(crate) const fn known(text: Text<'a>) -> Self {
        Self(text)
    }

    /// The name.
    #[must_use]
    pub const fn text(self) -> Text<'a> {
        self.0
    }

    /// The name as bytes.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0.as_bytes()
    }
}

impl core::fmt::Display for FeatureName<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

borrowed_text!(FeatureName);

/// A feature version: 2 to 4 numbers up to 65535, compared part by part, missing parts as 0.
///
/// One version has one text: `1.0`, never `1` or `1.0.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version([u16; 4]);

impl Version {
    /// 1.0, the version of a feature that nobody counts versions of.
    pub const ONE: Self = Self([1, 0, 0, 0]);

    /// From its parts.
    #[must_use]
    pub const fn from_parts(parts: [u16; 4]) -> Self {
        Self(parts)
    }

    /// The four parts.
    #[must_use]
    pub const fn parts(self) -> [u16; 4] {
        self.0
    }

    /// Reads the one text of a version.
    ///
    /// # Errors
    /// [`Reason::BadVersion`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        let (version, given) = Self::parse_parts(text).ok_or(Reason::BadVersion)?;
        if given == version.written_parts() { Ok(version) } else { Err(Reason::BadVersion) }
    }

    /// Reads a version as people write it: `2` and `2.0.0` are taken as 2.0.
    ///
    /// # Errors
    /// [`Reason::BadVersion`].
    pub fn parse_lenient(text: &[u8]) -> Result<Self, Reason> {
        Self::parse_parts(text).map(|(version, _)| version).ok_or(Reason::BadVersion)
    }

    pub(crate) fn emit(self, out: &mut impl Sink) {
        for (i, &part) in self.0.iter().take(self.written_parts()).enumerate() {
            if i > 0 {
                out.put(b".");
            }
            out.put(Digits::new(u64::from(part)).as_bytes());
        }
    }

    fn parse_parts(text: &[u8]) -> Option<(Self, usize)> {
        let mut parts = [0; 4];
        let mut given = 0_usize;
        for number in text.split(|&b| b == b'.') {
            let part = parts.get_mut(given)?;
            *part = u16::try_from(decimal::decode(number, u64::from(u16::MAX))?).ok()?;
            given = given.wrapping_add(1);
        }
        Some((Self(parts), given))
    }

    /// How many parts are written: two, or up to the last that is not 0.
    const fn written_parts(self) -> usize {
        match self.0 {
            [_, _, 0, 0] => 2,
            [_, _, _, 0] => 3,
            _ => 4,
        }
    }
}

impl core::fmt::Display for Version {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (i, part) in self.0.iter().take(self.written_parts()).enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            write!(f, "{part}")?;
        }
        Ok(())
    }
}

one_text!(Version, plain: [u16; 4], |version| version.0, |parts| Some(Self(parts)));

/// What a caller asks for: a feature, perhaps a version of it, perhaps several units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureRequest<'a> {
    /// The feature.
    pub feature: FeatureName<'a>,
    /// The version that will run; `None` when the feature has no versions.
    pub version: Option<Version>,
    /// Units needed, at least 1.
    pub count: u64,
}

impl<'a> FeatureRequest<'a> {
    /// From `NAME` or `NAME:VERSION`, one unit.
    ///
    /// # Errors
    /// [`Reason::BadFeature`], [`Reason::BadVersion`].
    ///
    /// ```
    /// let request = nodelock::value::FeatureRequest::parse(b"voice:2.1")?.units(16);
    /// assert_eq!(request.feature.text().as_str(), "voice");
    /// # Ok::<(), nodelock::Reason>(())
    /// ```
    pub fn parse(text: &'a [u8]) -> Result<Self, Reason> {
        let (name, version) = match text.iter().position(|&b| b == b':') {
            None => (text, None),
            Some(colon) => {
                let (name, rest) = text.split_at_checked(colon).ok_or(Reason::BadFeature)?;
                let (_, version) = rest.split_first().ok_or(Reason::BadVersion)?;
                (name, Some(Version::parse_lenient(version)?))
            }
        };
        Ok(Self { feature: FeatureName::parse(name)?, version, count: 1 })
    }

    /// Whether a right that covers versions up to this one covers what is asked.
    pub(crate) fn is_within(&self, version: Version) -> Result<(), Reason> {
        match self.version {
            Some(wanted) if wanted > version => Err(Reason::VersionTooLow),
            _ => Ok(()),
        }
    }

    /// The same for this many units; 0 asks for one.
    #[must_use]
    pub const fn units(mut self, count: u64) -> Self {
        self.count = if count == 0 { 1 } else { count };
        self
    }
}

/// A feature of a catalog: its place in the table. The handle for checks that must be fast.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureHandle(pub(crate) u16);

impl FeatureHandle {
    /// The feature at this place. A catalog that has none there has no license for it either:
    /// whatever is asked with it, the answer is that it is unknown.
    #[must_use]
    pub const fn at(index: u16) -> Self {
        Self(index)
    }

    /// Its place in the table.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests;
