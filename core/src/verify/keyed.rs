//! HMAC-SHA-256 (RFC 2104) with keys of 32 bytes.

use crate::reason::Reason;
use crate::verify::{Message, SignatureVerifier};

/// A key. The hash inside the library goes on from the states after the padded key, as section 4 of
/// the RFC advises: that spares two of the four blocks that a short value takes.
#[derive(Clone, Copy)]
pub(crate) struct HmacKey {
    key: [u8; 32],
    #[cfg(feature = "sha256")]
    states: [super::sha256::State; 2],
}

/// The first block of one half of HMAC: the padded key.
#[derive(Clone, Copy)]
pub struct KeyBlock<'k> {
    key: &'k HmacKey,
    outer: bool,
}

impl core::fmt::Debug for KeyBlock<'_> {
    /// Without the key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("KeyBlock").field("outer", &self.outer).finish_non_exhaustive()
    }
}

impl KeyBlock<'_> {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 64] {
        padded(&self.key.key, self.outer)
    }

    #[cfg(feature = "sha256")]
    pub(super) const fn state(&self) -> &super::sha256::State {
        let [inner, outer] = &self.key.states;
        if self.outer { outer } else { inner }
    }
}

fn padded(key: &[u8; 32], outer: bool) -> [u8; 64] {
    let mut block = [if outer { 0x5C } else { 0x36 }; 64];
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    block
}

impl HmacKey {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            #[cfg(feature = "sha256")]
            states: [false, true].map(|outer| super::sha256::State::after(&padded(&key, outer))),
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
