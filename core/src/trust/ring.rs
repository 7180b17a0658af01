//! The ring of trusted keys: roots that are built in, and keys that a root has delegated.

use crate::crypto::{SignatureVerifier, check_signature};
use crate::reason::Reason;
use crate::record::{KeyRecord, KeyTerms, LicenseTerms, Message, RepairTerms, Signed};
use crate::value::date::Date;
use crate::value::key::{KeyId, PublicKey, Role};
use crate::value::signature::Signature;
use crate::value::udi::Udi;

/// A root: a key that is trusted because it is built into the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustAnchor {
    /// The id of `key`.
    pub id: KeyId,
    /// The key.
    pub key: PublicKey,
    /// What it may sign.
    pub role: Role,
}

impl TrustAnchor {
    /// From a key, with its id computed.
    #[cfg(feature = "sha256")]
    #[must_use]
    pub fn new(key: PublicKey, role: Role) -> Self {
        Self { id: KeyId::of(&key), key, role }
    }

    /// Whether the id belongs to the key. A wrong one would make lines look as if signed by an
    /// unknown key; check it once at start-up or in a test.
    ///
    /// # Errors
    /// [`Reason::KeyIdMismatch`], or what the verifier's hash reports.
    pub fn check<V: SignatureVerifier + ?Sized>(&self, verifier: &V) -> Result<(), Reason> {
        check_key_id(self.id, &self.key, verifier)
    }
}

/// Room for one delegated key.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeySlot<'a>(Option<KeyRecord<'a>>);

impl KeySlot<'_> {
    /// Nothing in it.
    pub const EMPTY: Self = Self(None);
}

/// The keys that are trusted while a file is read.
#[derive(Debug)]
pub struct KeyRing<'r, 'a> {
    anchors: &'r [TrustAnchor],
    delegated: &'r mut [KeySlot<'a>],
    accepts_development: bool,
}

/// Names a root in what a device stores behind a MAC: 15 bytes of its key, and its role. A line
/// that is stored with the name of a trusted root was verified under it.
pub(crate) type VerifiedUnder = [u8; 16];

impl TrustAnchor {
    fn name(&self) -> VerifiedUnder {
        let mut name = [0; 16];
        for (to, from) in name.iter_mut().zip(self.key.as_bytes()) {
            *to = *from;
        }
        if let Some(last) = name.last_mut() {
            *last = self.role as u8;
        }
        name
    }
}

/// A key found for a signature.
pub(crate) struct Signer<'k, 'a> {
    pub(crate) key: &'k PublicKey,
    /// The root that trust comes from.
    pub(crate) root: VerifiedUnder,
    /// The record that delegated it; `None` for a root.
    pub(crate) delegation: Option<&'k KeyRecord<'a>>,
}

impl<'r, 'a> KeyRing<'r, 'a> {
    /// A ring of these roots, with room for as many delegated keys as there are slots. Keys with
    /// the role "development" are refused.
    pub fn new(anchors: &'r [TrustAnchor], slots: &'r mut [KeySlot<'a>]) -> Self {
        Self { anchors, delegated: slots, accepts_development: false }
    }

    /// Accepts development keys too. Never in a product that ships: who has the development key
    /// has every feature.
    #[must_use]
    pub fn danger_accept_development_keys(mut self) -> Self {
        self.accepts_development = true;
        self
    }

    /// Checks a `KEY` record and takes its key in. A second record for the same key may widen
    /// what the key may sign; a record that is there already changes nothing.
    ///
    /// # Errors
    /// [`Reason::UnknownKey`], [`Reason::NotARoot`], [`Reason::DevelopmentKey`],
    /// [`Reason::KeyRole`], [`Reason::KeyIdMismatch`], [`Reason::SignatureNotLowS`],
    /// [`Reason::SignatureMismatch`], [`Reason::InvalidKey`], [`Reason::CryptoFailure`],
    /// [`Reason::KeySlotsFull`]. The ring is then unchanged.
    // As in `verify` of a line: no frame of its own.
    #[inline(always)]
    pub fn admit<V: SignatureVerifier + ?Sized>(
        &mut self,
        record: &KeyRecord<'a>,
        verifier: &V,
    ) -> Result<(), Reason> {
        self.admit_unless(record, verifier, None)
    }

    /// The same for a record that may have been admitted before, under this root.
    pub(crate) fn admit_unless<V: SignatureVerifier + ?Sized>(
        &mut self,
        record: &KeyRecord<'a>,
        verifier: &V,
        before: Option<VerifiedUnder>,
    ) -> Result<(), Reason> {
        let terms = record.terms();
        let root = self.root(record.signer()).ok_or_else(|| {
            let delegated = self.delegated_with(record.signer()).next().is_some();
            if delegated { Reason::NotARoot } else { Reason::UnknownKey }
        })?;
        self.check_development(root.role)?;
        if !root.role.may_delegate(terms.role) {
            return Err(Reason::KeyRole);
        }
        self.check_development(terms.role)?;
        if before != Some(root.name()) {
            check_signature(&root.key, &record.message(), &record.signature(), verifier)?;
            check_key_id(terms.id, &terms.key, verifier)?;
        }
        if self.delegated_with(terms.id).any(|known| known == terms) {
            return Ok(());
        }
        let slot = self.delegated.iter_mut().find(|slot| slot.0.is_none());
        *slot.ok_or(Reason::KeySlotsFull)? = KeySlot(Some(*record));
        Ok(())
    }

    /// Makes room for another delegated key: the one that came first is forgotten.
    pub(crate) fn forget_oldest(&mut self) {
        for next in 1..=self.delegated.len() {
            let moved = self.delegated.get(next).copied().unwrap_or(KeySlot::EMPTY);
            if let Some(slot) = self.delegated.get_mut(next.saturating_sub(1)) {
                *slot = moved;
            }
        }
    }

    /// The key that may have signed a line with these terms.
    pub(crate) fn signer_of(
        &self,
        terms: &LicenseTerms<'_>,
        id: KeyId,
    ) -> Result<Signer<'_, 'a>, Reason> {
        let may_sign = |role: Role| role.may_sign(terms.license_type, self.accepts_development);
        if let Some(root) = self.root(id) {
            let signer = Signer { key: &root.key, root: root.name(), delegation: None };
            return may_sign(root.role).map(|()| signer);
        }
        let mut refusal = Reason::UnknownKey;
        for record in self.records().filter(|record| record.terms().id == id) {
            let delegated = record.terms();
            let permitted = may_sign(delegated.role)
                .and_then(|()| delegated.permits(terms.feature, terms.udi.as_ref(), terms.issued));
            match permitted {
                Ok(()) => {
                    let root = self.root(record.signer()).ok_or(Reason::UnknownKey)?;
                    return Ok(Signer {
                        key: &delegated.key,
                        root: root.name(),
                        delegation: Some(record),
                    });
                }
                Err(reason) => refusal = reason,
            }
        }
        Err(refusal)
    }

    /// Checks the signature of an instruction to a device: by a root, or by a delegated key that may sign
    /// for every feature of this product. Evaluation keys instruct nobody.
    // Not generic, so that firmware has it once and not for every kind.
    pub(crate) fn verify_instruction<V: SignatureVerifier + ?Sized>(
        &self,
        signer: KeyId,
        message: &Message<'_>,
        signature: &Signature,
        to: (Option<&Udi<'_>>, Date),
        verifier: &V,
    ) -> Result<(), Reason> {
        let check = |key: &PublicKey| check_signature(key, message, signature, verifier);
        if let Some(root) = self.root(signer) {
            return self.may_instruct(root.role).and_then(|()| check(&root.key));
        }
        let mut refusal = Reason::UnknownKey;
        for delegated in self.delegated_with(signer) {
            let permitted = self
                .may_instruct(delegated.role)
                .and_then(|()| delegated.permits_instruction(to.0, to.1));
            match permitted {
                Ok(()) => return check(&delegated.key),
                Err(reason) => refusal = reason,
            }
        }
        Err(refusal)
    }

    fn may_instruct(&self, role: Role) -> Result<(), Reason> {
        self.check_development(role)?;
        if role == Role::Evaluation { Err(Reason::KeyRole) } else { Ok(()) }
    }

    /// The record that has delegated this key, unless it is a root.
    #[cfg(feature = "transfer")]
    pub(crate) fn delegation_of(&self, id: KeyId) -> Option<&KeyRecord<'a>> {
        match self.root(id) {
            Some(_) => None,
            None => self.records().find(|record| record.terms().id == id),
        }
    }

    /// The delegated keys taken in so far.
    pub fn delegated(&self) -> impl Iterator<Item = &KeyTerms<'a>> {
        self.records().map(KeyRecord::terms)
    }

    fn records(&self) -> impl Iterator<Item = &KeyRecord<'a>> {
        self.delegated.iter().filter_map(|slot| slot.0.as_ref())
    }

    fn root(&self, id: KeyId) -> Option<&'r TrustAnchor> {
        self.anchors.iter().find(|anchor| anchor.id == id)
    }

    fn delegated_with(&self, id: KeyId) -> impl Iterator<Item = &KeyTerms<'a>> {
        self.delegated().filter(move |terms| terms.id == id)
    }

    fn check_development(&self, role: Role) -> Result<(), Reason> {
        if role == Role::Development && !self.accepts_development {
            Err(Reason::DevelopmentKey)
        } else {
            Ok(())
        }
    }
}

impl Signed<'_, RepairTerms<'_>> {
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
        let terms = self.terms();
        let (message, to) = (self.message(), (Some(&terms.udi), terms.issued));
        ring.verify_instruction(self.signer(), &message, &self.signature(), to, verifier)
    }
}

/// The records of the vendor with which rights move.
#[cfg(feature = "transfer")]
mod transfer {
    use super::KeyRing;
    use crate::crypto::SignatureVerifier;
    use crate::reason::Reason;
    use crate::record::transfer::{PermissionTerms, RevokeTerms};
    use crate::record::{Signed, TimeTerms};
    use crate::value::date::Date;

    impl Signed<'_, PermissionTerms<'_>> {
        /// Checks the vendor's signature, as of a `REPAIR` record for the device that gives up.
        ///
        /// # Errors
        /// As of a [`RepairRecord`](crate::record::RepairRecord).
        pub fn verify<V: SignatureVerifier + ?Sized>(
            &self,
            ring: &KeyRing<'_, '_>,
            verifier: &V,
        ) -> Result<(), Reason> {
            let terms = self.terms();
            let (message, to) = (self.message(), (Some(&terms.from), terms.issued));
            ring.verify_instruction(self.signer(), &message, &self.signature(), to, verifier)
        }
    }

    impl Signed<'_, RevokeTerms<'_>> {
        /// Checks the vendor's signature, as of a `REPAIR` record.
        ///
        /// # Errors
        /// As of a [`RepairRecord`](crate::record::RepairRecord).
        pub fn verify<V: SignatureVerifier + ?Sized>(
            &self,
            ring: &KeyRing<'_, '_>,
            verifier: &V,
        ) -> Result<(), Reason> {
            let terms = self.terms();
            let (message, to) = (self.message(), (Some(&terms.udi), terms.issued));
            ring.verify_instruction(self.signer(), &message, &self.signature(), to, verifier)
        }
    }

    impl Signed<'_, TimeTerms> {
        /// Checks the vendor's signature: of a root, or of a delegated key without limits of features or
        /// products, which may issue on the day that it tells.
        ///
        /// # Errors
        /// As of a [`RepairRecord`](crate::record::RepairRecord).
        pub fn verify<V: SignatureVerifier + ?Sized>(
            &self,
            ring: &KeyRing<'_, '_>,
            verifier: &V,
        ) -> Result<(), Reason> {
            let day = Date::from_unix_seconds(self.terms().time.0).ok_or(Reason::BadDate)?;
            let (message, to) = (self.message(), (None, day));
            ring.verify_instruction(self.signer(), &message, &self.signature(), to, verifier)
        }
    }
}

fn check_key_id<V: SignatureVerifier + ?Sized>(
    id: KeyId,
    key: &PublicKey,
    verifier: &V,
) -> Result<(), Reason> {
    let digest = verifier.sha256(&Message::PublicKey(key))?;
    if KeyId::from_digest(&digest) == id { Ok(()) } else { Err(Reason::KeyIdMismatch) }
}
