//! [`OwnedLicenseTerms`]: what a license line says, borrowed from nobody.

use heapless::String;

use crate::bytes::sink::SliceSink;
use crate::bytes::text::Text;
use crate::limits::{MAX_COUNT, MAX_EXTRA_KEY_LEN, MAX_EXTRAS, MAX_FEATURE_LEN, MAX_VALUE_LEN};
use crate::reason::Reason;
use crate::record::extras::{Extras, parse_value};
use crate::record::kind::Terms;
use crate::record::license::LicenseTerms;
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureName, Version};
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
use crate::value::ticket::TicketDigest;
use crate::value::udi::OwnedUdi;

/// The longest extension fields, with single spaces between.
const MAX_EXTRAS_LEN: usize = MAX_EXTRAS * (MAX_EXTRA_KEY_LEN + MAX_VALUE_LEN + 2) - 1;

/// The same as [`LicenseTerms`] with room of its own, about 750 bytes: for structs that outlive the file, and for what
/// is read through `serde`. Always [valid](Terms::validate).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(try_from = "wire::Fields"))]
pub struct OwnedLicenseTerms {
    feature: String<MAX_FEATURE_LEN>,
    version: Version,
    license_type: LicenseType,
    count: Count,
    id: LineId,
    udi: Option<OwnedUdi>,
    issued: Date,
    start: Option<Date>,
    end: Option<Date>,
    usage: Option<Period>,
    combine: Combine,
    expiry: ExpiryPolicy,
    /// Empty if there is none, which no value is.
    eula: String<MAX_VALUE_LEN>,
    pak: String<MAX_VALUE_LEN>,
    needs: Option<TicketDigest>,
    extras: String<MAX_EXTRAS_LEN>,
}

impl OwnedLicenseTerms {
    /// The same, borrowed.
    #[must_use]
    pub fn terms(&self) -> LicenseTerms<'_> {
        LicenseTerms {
            feature: FeatureName::known(known(&self.feature).unwrap_or_default()),
            version: self.version,
            license_type: self.license_type,
            count: self.count,
            id: self.id,
            udi: self.udi.as_ref().map(OwnedUdi::udi),
            issued: self.issued,
            start: self.start,
            end: self.end,
            usage: self.usage,
            combine: self.combine,
            expiry: self.expiry,
            eula: known(&self.eula),
            pak: known(&self.pak),
            needs: self.needs,
            extras: Extras::checked(self.extras.as_bytes()),
        }
    }
}

impl TryFrom<&LicenseTerms<'_>> for OwnedLicenseTerms {
    type Error = Reason;

    /// # Errors
    /// [`Reason::BadValue`] for an agreement or a reference that no line can have, [`Reason::BadCount`], and what
    /// [`validate`](Terms::validate) finds. A line that was parsed has none of these.
    fn try_from(terms: &LicenseTerms<'_>) -> Result<Self, Reason> {
        terms.validate()?;
        if matches!(terms.count, Count::Units(units) if !(1..=MAX_COUNT).contains(&units)) {
            return Err(Reason::BadCount);
        }
        let value = |text: Option<Text<'_>>| match text {
            Some(text) => string(parse_value(text.as_bytes())?.as_str()),
            None => Ok(String::new()),
        };
        let mut extras = [0; MAX_EXTRAS_LEN];
        let mut out = SliceSink::new(&mut extras);
        terms.extras.emit(&mut out);
        let extras = out.finish().map_err(|_| Reason::BadValue)?;
        Ok(Self {
            feature: string(terms.feature.text().as_str())?,
            version: terms.version,
            license_type: terms.license_type,
            count: terms.count,
            id: terms.id,
            udi: terms.udi.map(OwnedUdi::from),
            issued: terms.issued,
            start: terms.start,
            end: terms.end,
            usage: terms.usage,
            combine: terms.combine,
            expiry: terms.expiry,
            eula: value(terms.eula)?,
            pak: value(terms.pak)?,
            needs: terms.needs,
            extras: string(core::str::from_utf8(extras).unwrap_or_default())?,
        })
    }
}

/// What was a text of a line before; `None` if there was none.
fn known(text: &str) -> Option<Text<'_>> {
    Text::new(text.as_bytes()).filter(|text| !text.is_empty())
}

fn string<const N: usize>(text: &str) -> Result<String<N>, Reason> {
    String::try_from(text).map_err(|_| Reason::BadValue)
}

#[cfg(feature = "serde")]
mod wire {
    use core::fmt::{self, Formatter};

    use heapless::String;
    use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
    use serde::ser::{Serialize, Serializer};

    use super::*;

    impl Serialize for OwnedLicenseTerms {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.terms().serialize(serializer)
        }
    }

    /// As [`LicenseTerms`] is written; nothing of it is checked yet.
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Fields {
        feature: String<MAX_FEATURE_LEN>,
        version: Version,
        #[serde(rename = "type")]
        license_type: LicenseType,
        count: Count,
        id: LineId,
        udi: Option<OwnedUdi>,
        issued: Date,
        start: Option<Date>,
        end: Option<Date>,
        usage: Option<Period>,
        combine: Combine,
        expiry: ExpiryPolicy,
        eula: Option<String<MAX_VALUE_LEN>>,
        pak: Option<String<MAX_VALUE_LEN>>,
        #[serde(default)]
        needs: Option<TicketDigest>,
        extra: Extra,
    }

    impl TryFrom<Fields> for OwnedLicenseTerms {
        type Error = Reason;

        fn try_from(fields: Fields) -> Result<Self, Reason> {
            Self::try_from(&LicenseTerms {
                feature: FeatureName::parse(fields.feature.as_bytes())?,
                version: fields.version,
                license_type: fields.license_type,
                count: fields.count,
                id: fields.id,
                udi: fields.udi.as_ref().map(OwnedUdi::udi),
                issued: fields.issued,
                start: fields.start,
                end: fields.end,
                usage: fields.usage,
                combine: fields.combine,
                expiry: fields.expiry,
                eula: value(fields.eula.as_ref())?,
                pak: value(fields.pak.as_ref())?,
                needs: fields.needs,
                extras: Extras::parse(fields.extra.0.as_bytes())?,
            })
        }
    }

    fn value(text: Option<&String<MAX_VALUE_LEN>>) -> Result<Option<Text<'_>>, Reason> {
        text.map(|text| Text::new(text.as_bytes()).ok_or(Reason::BadValue)).transpose()
    }

    /// Keys and values, put together as they stand in a line.
    struct Extra(String<MAX_EXTRAS_LEN>);

    impl<'de> Deserialize<'de> for Extra {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            from.deserialize_map(Pairs)
        }
    }

    struct Pairs;

    impl<'de> Visitor<'de> for Pairs {
        type Value = Extra;

        fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("extension fields with their values")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Extra, A::Error> {
            let mut text = String::new();
            while let Some((key, value)) =
                pairs.next_entry::<String<MAX_EXTRA_KEY_LEN>, String<MAX_VALUE_LEN>>()?
            {
                // A comment would hide what stands behind it, and white space make two fields of one.
                if !key.starts_with("x-") {
                    return Err(A::Error::custom(Reason::UnknownField));
                }
                if Text::new(key.as_bytes()).is_none() || Text::new(value.as_bytes()).is_none() {
                    return Err(A::Error::custom(Reason::BadCharacter));
                }
                let space = if text.is_empty() { "" } else { " " };
                for piece in [space, &key, "=", &value] {
                    text.push_str(piece).map_err(|_| A::Error::custom(Reason::TooManyExtras))?;
                }
            }
            Ok(Extra(text))
        }
    }
}
