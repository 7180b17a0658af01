//! What tickets are named by.

use crate::bytes::hex;
use crate::convert::one_text;
use crate::reason::Reason;

/// Names a ticket: the first 16 bytes of SHA-256 over what is signed of its `PERMISSION` or `REVOKE` record. Nobody
/// chooses it, because the record has a number that the vendor drew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketDigest(pub [u8; 16]);

impl TicketDigest {
    /// From 32 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`Reason::BadValue`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        hex::decode(text).map(Self).ok_or(Reason::BadValue)
    }

    /// From the digest of the record.
    #[must_use]
    pub const fn from_digest(digest: &[u8; 32]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = *digest;
        Self([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
    }
}

impl core::fmt::Display for TicketDigest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

one_text!(TicketDigest, plain: [u8; 16], |digest| digest.0, |bytes| Some(Self(bytes)));

/// A random number that makes a record unlike any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce(pub [u8; 8]);

impl Nonce {
    /// From 16 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`Reason::BadValue`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        hex::decode(text).map(Self).ok_or(Reason::BadValue)
    }
}

impl core::fmt::Display for Nonce {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

one_text!(Nonce, plain: [u8; 8], |nonce| nonce.0, |bytes| Some(Self(bytes)));
