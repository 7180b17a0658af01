//! What stands behind every stored value: a checksum, or with a device secret a MAC.

use crate::crypto::{SignatureVerifier, hmac};
use crate::reason::Reason;
use crate::record::HmacKey;
use crate::store::StorageKey;
use crate::store::crc::Crc;

/// Version of a value that ends with a checksum.
pub(super) const WITH_CHECKSUM: u8 = 2;
/// Version of a value that ends with a MAC.
pub(super) const WITH_MAC: u8 = 3;

/// Longest trailer.
pub(super) const MAX_TRAILER: usize = 16;

/// Half of a MAC: one is stored behind the value, the other is never shown to anybody.
pub(super) type MacHalf = [u8; 16];

const DOMAIN: &[u8] = b"nodelock store 1\n";

/// CRC-32 of the key and then the value: a value under another key is damaged.
pub(crate) fn checksum(key: StorageKey, content: &[u8]) -> [u8; 4] {
    Crc::new().update(&key.0.to_le_bytes()).update(content).sum().to_le_bytes()
}

/// HMAC-SHA-256 (RFC 2104) of the key and the value, in halves.
pub(super) fn mac<V: SignatureVerifier>(
    hash: &V,
    secret: &HmacKey,
    key: StorageKey,
    content: &[u8],
) -> Result<(MacHalf, MacHalf), Reason> {
    halves(hmac(hash, secret, &[DOMAIN, &key.0.to_le_bytes(), content])?)
}

pub(super) fn halves(mac: [u8; 32]) -> Result<(MacHalf, MacHalf), Reason> {
    let (first, rest) = mac.split_first_chunk().ok_or(Reason::CryptoFailure)?;
    Ok((*first, rest.try_into().map_err(|_| Reason::CryptoFailure)?))
}

/// Compares without stopping at the first difference.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

pub(super) fn xor(a: MacHalf, b: MacHalf) -> MacHalf {
    let mut sum = a;
    for (to, from) in sum.iter_mut().zip(b) {
        *to ^= from;
    }
    sum
}
