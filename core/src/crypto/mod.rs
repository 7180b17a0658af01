//! Cryptography: the port to whatever hashes and checks signatures, and what is bundled for it.

mod hmac;
#[cfg(feature = "p256")]
mod p256;
#[cfg(feature = "pinned")]
mod pinned;
#[cfg(feature = "sha256")]
mod sha256;

#[cfg(feature = "p256")]
pub use self::p256::P256Verifier;
#[cfg(feature = "pinned")]
pub use self::pinned::PinnedVerifier;
#[cfg(feature = "sha256")]
pub use self::sha256::sha256;
pub(crate) use hmac::hmac;
/// What [`PinnedVerifier`] is made of.
#[cfg(feature = "pinned")]
pub use nodelock_p256 as pinned_tables;

use crate::reason::Reason;

use crate::record::Message;
use crate::value::key::{KeyId, PublicKey};
use crate::value::signature::Signature;

/// Checks signatures: the bundled [`P256Verifier`], or what the firmware has already (a crypto
/// library, a secure element, an accelerator).
///
/// Public data only, so variable time is fine here.
pub trait SignatureVerifier {
    /// SHA-256 (FIPS 180-4) of a message. With the feature `sha256`, [`sha256`](fn@sha256)
    /// does it.
    ///
    /// # Errors
    /// [`Reason::CryptoFailure`] if it could not be computed.
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason>;

    /// ECDSA over P-256 (FIPS 186-5 section 6.4) of a SHA-256 digest. Must refuse r and s outside
    /// 1 to n - 1, and keys that are not points of the curve.
    ///
    /// # Errors
    /// [`Reason::SignatureMismatch`], [`Reason::InvalidKey`], or [`Reason::CryptoFailure`] if
    /// nothing could be decided.
    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason>;
}

impl<V: SignatureVerifier + ?Sized> SignatureVerifier for &V {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        (**self).sha256(message)
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        (**self).verify(key, digest, signature)
    }
}

impl KeyId {
    /// The id of a key.
    #[cfg(feature = "sha256")]
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        Self::from_digest(&sha256(&Message::PublicKey(key)))
    }
}

/// The one place where a signature is judged: low s, hash, verification.
pub(crate) fn check_signature<V: SignatureVerifier + ?Sized>(
    key: &PublicKey,
    message: &Message<'_>,
    signature: &Signature,
    verifier: &V,
) -> Result<(), Reason> {
    if !signature.is_low_s() {
        return Err(Reason::SignatureNotLowS);
    }
    // By reference: moved out of its result, it would be copied.
    let digest = verifier.sha256(message);
    verifier.verify(key, digest.as_ref().map_err(|reason| *reason)?, signature)
}
