//! A signature that costs nothing to check, so that the fuzzer spends its time on the library: the
//! digest, masked with the key. Nobody makes one by chance, but anybody could on purpose.

use std::cell::Cell;

use super::{Message, PublicKey, Reason, Role, TrustAnchor, Udi};
use nodelock::crypto::{SignatureVerifier, sha256};
use nodelock::value::Signature;

/// Built into the device.
pub(crate) const ROOT: u8 = 1;
/// Delegated by the root.
pub(crate) const DELEGATED: u8 = 2;
/// Nobody trusts it.
pub(crate) const STRANGER: u8 = 3;

pub(crate) fn own_udi() -> Udi<'static> {
    Udi::parse(b"ISR4331/K9:FDO1234ABCD").expect("a valid UDI")
}

pub(crate) const fn key(number: u8) -> PublicKey {
    PublicKey::from_xy([number; 64])
}

pub(crate) fn anchor(number: u8) -> TrustAnchor {
    TrustAnchor::new(key(number), Role::Production)
}

pub(crate) fn sign(number: u8, message: &Message<'_>) -> Signature {
    masked(&key(number), &sha256(message))
}

fn masked(key: &PublicKey, digest: &[u8; 32]) -> Signature {
    let mut rs = [0; 64];
    for (i, byte) in rs.iter_mut().enumerate() {
        *byte = digest[i % 32] ^ key.as_bytes()[i];
    }
    // Low s, as the library asks for.
    rs[32] &= 0x3F;
    Signature::from_rs(rs)
}

/// Checks toy signatures and counts how often it was asked.
#[derive(Debug, Default)]
pub(crate) struct ToyVerifier {
    pub(crate) calls: Cell<u32>,
}

impl SignatureVerifier for ToyVerifier {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        Ok(sha256(message))
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        self.calls.set(self.calls.get() + 1);
        if *signature == masked(key, digest) { Ok(()) } else { Err(Reason::SignatureMismatch) }
    }
}
