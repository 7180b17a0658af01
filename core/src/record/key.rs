//! `KEY` records: a root names a key that may sign records, and within which limits. docs/SPEC.md
//! section 5.

use crate::bytes::reader::{OrDamaged, Reader, optional};
use crate::bytes::sink::Sink;
use crate::bytes::text::{Text, is_name_byte};
use crate::bytes::writer::text;
use crate::bytes::{base64url, hex};
use crate::limits::{MAX_FEATURE_LEN, MAX_LIST_ENTRIES, MAX_LIST_LEN, MAX_PID_LEN};
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::value::date::Date;
use crate::value::feature::FeatureName;
use crate::value::key::{KeyId, PublicKey, Role};
use crate::value::udi::Udi;

/// What a `KEY` record says. Empty lists mean "no limit".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct KeyTerms<'a> {
    /// Id of the delegated key; must be the one of `key`.
    pub id: KeyId,
    /// What it may sign.
    pub role: Role,
    /// The key.
    pub key: PublicKey,
    /// Prefixes of the features that it may sign for.
    pub features: List<'a>,
    /// Products that it may sign for; a line without UDI is for none of them.
    pub pids: List<'a>,
    /// First day on which it may issue.
    pub not_before: Date,
    /// Last day on which it may issue.
    pub not_after: Date,
}

impl KeyTerms<'_> {
    /// Whether the limits of the delegation allow a line. The role is not looked at.
    ///
    /// # Errors
    /// [`Reason::KeyFeature`], [`Reason::KeyProduct`], [`Reason::KeyPeriod`].
    pub fn permits(
        &self,
        feature: FeatureName<'_>,
        udi: Option<&Udi<'_>>,
        issued: Date,
    ) -> Result<(), Reason> {
        let name = feature.as_bytes();
        let feature_ok = self.features.is_empty()
            || self.features.entries().any(|prefix| name.starts_with(prefix));
        if !feature_ok {
            return Err(Reason::KeyFeature);
        }
        self.permits_product(udi, issued)
    }

    /// Whether the limits of the delegation allow an instruction to a device, such as a `REPAIR` record, or to
    /// all devices, such as a `TIME` record, that was issued on that day. The role is not looked at.
    ///
    /// # Errors
    /// [`Reason::KeyFeature`] for a key that may not sign for every feature,
    /// [`Reason::KeyProduct`], [`Reason::KeyPeriod`].
    pub fn permits_instruction(&self, to: Option<&Udi<'_>>, issued: Date) -> Result<(), Reason> {
        if !self.features.is_empty() {
            return Err(Reason::KeyFeature);
        }
        self.permits_product(to, issued)
    }

    fn permits_product(&self, udi: Option<&Udi<'_>>, issued: Date) -> Result<(), Reason> {
        let product_ok = self.pids.is_empty()
            || udi.is_some_and(|udi| self.pids.entries().any(|pid| pid == udi.pid().as_bytes()));
        if !product_ok {
            Err(Reason::KeyProduct)
        } else if issued < self.not_before || issued > self.not_after {
            Err(Reason::KeyPeriod)
        } else {
            Ok(())
        }
    }
}

impl<'a> Terms<'a> for KeyTerms<'a> {
    const KEYWORD: &'static [u8] = b"KEY";
    const DOMAIN: &'static [u8] = b"nodelock key 1\n";
    const KIND: u8 = 2;
    const KEYS: &'static [&'static [u8]] =
        &[b"key", b"features", b"pids", b"not-before", b"not-after"];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self {
            id: fields.positional(KeyId::parse)?,
            role: fields.positional(Role::parse)?,
            key: fields.required(b"key", PublicKey::parse)?,
            features: fields.optional(b"features", List::features)?.unwrap_or_default(),
            pids: fields.optional(b"pids", List::pids)?.unwrap_or_default(),
            not_before: fields.required(b"not-before", Date::parse)?,
            not_after: fields.required(b"not-after", Date::parse)?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        Ok(Self {
            id: reader.array().map(KeyId).or_damaged()?,
            role: reader.byte().and_then(Role::from_number).or_damaged()?,
            key: reader.array().map(PublicKey::from_xy).or_damaged()?,
            features: optional(reader.text().or_damaged()?, List::features)?.unwrap_or_default(),
            pids: optional(reader.text().or_damaged()?, List::pids)?.unwrap_or_default(),
            not_before: Date::decode(reader).or_damaged()?,
            not_after: Date::decode(reader).or_damaged()?,
        })
    }

    /// # Errors
    /// [`Reason::EndBeforeStart`].
    fn validate(&self) -> Result<(), Reason> {
        if self.not_after < self.not_before { Err(Reason::EndBeforeStart) } else { Ok(()) }
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"KEY 1 ");
        hex::emit(&self.id.0, out);
        out.put(b" ");
        out.put(self.role.name().as_bytes());
        out.put(b" key=");
        base64url::encode(self.key.as_bytes(), out);
        if !self.features.is_empty() {
            out.put(b" features=");
            out.put(self.features.text().as_bytes());
        }
        if !self.pids.is_empty() {
            out.put(b" pids=");
            out.put(self.pids.text().as_bytes());
        }
        out.put(b" not-before=");
        self.not_before.emit(out);
        out.put(b" not-after=");
        self.not_after.emit(out);
    }

    fn encode(&self, out: &mut impl Sink) {
        out.put(&self.id.0);
        out.put(&[self.role as u8]);
        out.put(self.key.as_bytes());
        text(self.features.text().as_bytes(), out);
        text(self.pids.text().as_bytes(), out);
        self.not_before.encode(out);
        self.not_after.encode(out);
    }
}

/// A list in a `KEY` record: entries in strictly ascending order of their bytes, commas between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct List<'a>(Text<'a>);

/// Its entries.
#[cfg(feature = "serde")]
impl serde::Serialize for List<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        // Not `count()`, which panics where overflow checks are on.
        let len = self.entries().fold(0_usize, |len, _| len.saturating_add(1));
        let mut list = serializer.serialize_seq(Some(len))?;
        for entry in self.entries() {
            list.serialize_element(&Text::new(entry).unwrap_or_default())?;
        }
        list.end()
    }
}

impl<'a> List<'a> {
    /// A list of feature prefixes.
    ///
    /// # Errors
    /// [`Reason::BadValue`].
    pub fn features(text: &'a [u8]) -> Result<Self, Reason> {
        Self::parse(text, |entry| {
            entry.len() <= MAX_FEATURE_LEN
                && entry.first().is_some_and(u8::is_ascii_alphanumeric)
                && entry.iter().all(|&b| is_name_byte(b))
        })
    }

    /// A list of product ids.
    ///
    /// # Errors
    /// [`Reason::BadValue`].
    pub fn pids(text: &'a [u8]) -> Result<Self, Reason> {
        Self::parse(text, |entry| {
            (1..=MAX_PID_LEN).contains(&entry.len()) && entry.iter().all(|&b| b != b':')
        })
    }

    /// The entries.
    pub fn entries(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let some = !self.0.is_empty();
        self.0.as_bytes().split(|&b| b == b',').filter(move |_| some)
    }

    /// The list as it stands in the record.
    #[must_use]
    pub const fn text(&self) -> Text<'a> {
        self.0
    }

    /// Whether there is no entry.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn parse(text: &'a [u8], valid: impl Fn(&[u8]) -> bool) -> Result<Self, Reason> {
        let mut last: &[u8] = &[];
        let mut count = 0_usize;
        for entry in text.split(|&b| b == b',') {
            count = count.wrapping_add(1);
            if !valid(entry) || entry <= last || count > MAX_LIST_ENTRIES {
                return Err(Reason::BadValue);
            }
            last = entry;
        }
        if text.len() > MAX_LIST_LEN {
            return Err(Reason::BadValue);
        }
        Text::new(text).map(Self).ok_or(Reason::BadValue)
    }
}
