//! `KEY` records: a root names a key that may sign license lines, and within which limits.

use crate::bytes::{Text, is_name_byte};
use crate::date::Date;
use crate::feature::FeatureName;
use crate::key::{KeyId, PublicKey, Role};
use crate::limits::{MAX_FEATURE_LEN, MAX_LIST_ENTRIES, MAX_LIST_LEN, MAX_PID_LEN};
use crate::line::Seal;
use crate::reason::Reason;
use crate::udi::Udi;
use crate::verify::{Message, Signature};

/// What a `KEY` record says. Empty lists mean "no limit".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Checks the fields against each other.
    ///
    /// # Errors
    /// [`Reason::EndBeforeStart`].
    pub fn validate(&self) -> Result<(), Reason> {
        if self.not_after < self.not_before { Err(Reason::EndBeforeStart) } else { Ok(()) }
    }

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

    /// Whether the limits of the delegation allow a `REPAIR` record. The role is not looked at.
    ///
    /// # Errors
    /// [`Reason::KeyFeature`] for a key that may not sign for every feature,
    /// [`Reason::KeyProduct`], [`Reason::KeyPeriod`].
    pub fn permits_repair(&self, udi: &Udi<'_>, issued: Date) -> Result<(), Reason> {
        if !self.features.is_empty() {
            return Err(Reason::KeyFeature);
        }
        self.permits_product(Some(udi), issued)
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

/// A list in a `KEY` record: entries in strictly ascending order of their bytes, commas between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct List<'a>(Text<'a>);

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

/// A parsed `KEY` record, not trusted until [`KeyRing::admit`](crate::KeyRing::admit).
#[derive(Debug, Clone, Copy)]
pub struct KeyRecord<'a> {
    terms: KeyTerms<'a>,
    seal: Seal<'a>,
}

impl<'a> KeyRecord<'a> {
    pub(crate) const fn new(terms: KeyTerms<'a>, seal: Seal<'a>) -> Self {
        Self { terms, seal }
    }

    /// What it says, not yet trusted.
    #[must_use]
    pub const fn terms(&self) -> &KeyTerms<'a> {
        &self.terms
    }

    /// Id of the root that is said to have signed it.
    #[must_use]
    pub const fn signer(&self) -> KeyId {
        self.seal.signer
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Signature {
        self.seal.signature.decode()
    }

    /// The bytes under the signature, domain prefix included.
    #[must_use]
    pub const fn message(&self) -> Message<'_> {
        match self.seal.text {
            Some(text) => Message::Key(text),
            None => Message::KeyTerms(&self.terms),
        }
    }
}
