//! HMAC-SHA-256 (RFC 2104) with keys of 32 bytes.

use crate::crypto::SignatureVerifier;
#[cfg(feature = "sha256")]
use crate::crypto::sha256;
use crate::reason::Reason;
#[cfg(feature = "sha256")]
use crate::record::message::padded;
use crate::record::message::{HmacKey, KeyBlock, Message};

impl HmacKey {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            #[cfg(feature = "sha256")]
            states: [false, true].map(|outer| sha256::after(&padded(&key, outer))),
        }
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.key
    }
}

/// The MAC of what is in the pieces.
pub(crate) fn hmac<V: SignatureVerifier + ?Sized>(
    hash: &V,
    key: &HmacKey,
    pieces: &[&[u8]],
) -> Result<[u8; 32], Reason> {
    let inner = hash.sha256(&Message::Keyed(KeyBlock { key, outer: false }, pieces))?;
    hash.sha256(&Message::Keyed(KeyBlock { key, outer: true }, &[&inner]))
}
