//! `REPAIR` records: the vendor lets one device go on from a state that it does not trust any more.
//! docs/SPEC.md section 17.

use crate::bytes::decimal::Digits;
use crate::bytes::sink::Sink;
use crate::date::Date;
use crate::key::{KeyId, KeyRing};
use crate::line::{LineId, Seal, emit_hex, emit_udi};
use crate::reason::Reason;
use crate::udi::Udi;
use crate::verify::{Message, Signature, SignatureVerifier};

/// What is repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Repair {
    /// The stored values are older than the anchor: from now on they are the latest.
    Rollback = 1,
    /// Stored values cannot be read: they are removed, and use that was lost with them begins anew.
    Damage = 2,
    /// The device believes in a date that is not true: the clock begins at the day of issue.
    Clock = 3,
}

impl Repair {
    /// All of them, by number.
    pub const ALL: [Repair; 3] = [Self::Rollback, Self::Damage, Self::Clock];

    /// The name in a record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Damage => "damage",
            Self::Clock => "clock",
        }
    }

    /// The repair of this name.
    ///
    /// # Errors
    /// [`Reason::BadValue`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        let found = Self::ALL.into_iter().find(|repair| repair.name().as_bytes() == text);
        found.ok_or(Reason::BadValue)
    }

    /// The repair with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&repair| repair as u8 == number)
    }
}

/// What a `REPAIR` record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepairTerms<'a> {
    /// What is repaired.
    pub repair: Repair,
    /// The number that the device gave for it; it changes when the repair is done.
    pub number: u64,
    /// Unique among all records of a vendor.
    pub id: LineId,
    /// The device.
    pub udi: Udi<'a>,
    /// Day of issue.
    pub issued: Date,
}

/// A parsed `REPAIR` record, not trusted until the agent has verified it.
#[derive(Debug, Clone, Copy)]
pub struct RepairRecord<'a> {
    terms: RepairTerms<'a>,
    seal: Seal<'a>,
}

impl<'a> RepairRecord<'a> {
    pub(crate) const fn new(terms: RepairTerms<'a>, seal: Seal<'a>) -> Self {
        Self { terms, seal }
    }

    /// What it says, not yet trusted.
    #[must_use]
    pub const fn terms(&self) -> &RepairTerms<'a> {
        &self.terms
    }

    /// Id of the key that is said to have signed it.
    #[must_use]
    pub const fn signer(&self) -> KeyId {
        self.seal.signer
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Signature {
        self.seal.signature.decode()
    }

    /// Checks the signature: of a root, or of a delegated key that may sign for every feature of
    /// this product; no evaluation key. Whether it is for this device and its state is for the
    /// agent to see.
    ///
    /// # Errors
    /// [`Reason::UnknownKey`], [`Reason::DevelopmentKey`], [`Reason::KeyRole`],
    /// [`Reason::KeyFeature`], [`Reason::KeyProduct`], [`Reason::KeyPeriod`],
    /// [`Reason::SignatureNotLowS`], [`Reason::SignatureMismatch`], [`Reason::InvalidKey`],
    /// [`Reason::CryptoFailure`].
    pub fn verify<V: SignatureVerifier + ?Sized>(
        &self,
        ring: &KeyRing<'_, '_>,
        verifier: &V,
    ) -> Result<(), Reason> {
        ring.verify_repair(self, verifier)
    }

    /// The bytes under the signature, domain prefix included.
    #[must_use]
    pub const fn message(&self) -> Message<'_> {
        match self.seal.text {
            Some(text) => Message::Repair(text),
            None => Message::RepairTerms(&self.terms),
        }
    }
}

impl RepairTerms<'_> {
    /// Writes the text from the keyword to the last field before `sig=`.
    pub fn emit(&self, out: &mut impl Sink) {
        out.put(b"REPAIR 1 ");
        out.put(self.repair.name().as_bytes());
        out.put(b" ");
        out.put(Digits::new(self.number).as_bytes());
        out.put(b" id=");
        emit_hex(&self.id.0, out);
        out.put(b" udi=");
        emit_udi(&self.udi, out);
        out.put(b" issued=");
        self.issued.emit(out);
    }
}

#[cfg(all(test, feature = "p256"))]
mod tests;
