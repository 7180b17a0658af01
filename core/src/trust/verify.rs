//! [`VerifiedLine`]: signed by a key that may.

use crate::crypto::{SignatureVerifier, check_signature};
use crate::reason::Reason;
use crate::record::{LicenseTerms, Line, Signed};
use crate::trust::ring::{KeyRing, VerifiedUnder};

/// A license line whose signature was checked against a trusted key that may sign it. It may
/// still be for another device.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedLine<'l> {
    line: &'l Line<'l>,
}

impl Signed<'_, LicenseTerms<'_>> {
    /// Checks the signature, and that the key may sign such a line.
    ///
    /// # Errors
    /// [`Reason::UnknownKey`], [`Reason::DevelopmentKey`], [`Reason::KeyRole`],
    /// [`Reason::KeyFeature`], [`Reason::KeyProduct`], [`Reason::KeyPeriod`],
    /// [`Reason::SignatureNotLowS`], [`Reason::SignatureMismatch`], [`Reason::InvalidKey`],
    /// [`Reason::CryptoFailure`].
    // A frame of its own would lie under the verifier's, which is the deepest.
    #[inline(always)]
    pub fn verify<V: SignatureVerifier + ?Sized>(
        &self,
        ring: &KeyRing<'_, '_>,
        verifier: &V,
    ) -> Result<VerifiedLine<'_>, Reason> {
        self.verify_unless(ring, verifier, None).map(|(line, _)| line)
    }

    /// The same for a line that may have been verified before, under this root; and the root that it
    /// is verified under now.
    pub(crate) fn verify_unless<V: SignatureVerifier + ?Sized>(
        &self,
        ring: &KeyRing<'_, '_>,
        verifier: &V,
        before: Option<VerifiedUnder>,
    ) -> Result<(VerifiedLine<'_>, VerifiedUnder), Reason> {
        let signer = ring.signer_of(self.terms(), self.signer())?;
        if before != Some(signer.root) {
            check_signature(signer.key, &self.message(), &self.signature(), verifier)?;
        }
        Ok((VerifiedLine { line: self }, signer.root))
    }
}

impl<'l> VerifiedLine<'l> {
    /// The line.
    #[must_use]
    pub const fn line(&self) -> &'l Line<'l> {
        self.line
    }

    /// What the vendor has signed.
    #[must_use]
    pub const fn terms(&self) -> &'l LicenseTerms<'l> {
        self.line.terms()
    }
}
