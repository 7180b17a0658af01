//! ECDSA signatures.

use crate::bytes::base64url;
use crate::convert::one_text;
#[cfg(feature = "serde")]
use crate::convert::wire;
use crate::reason::Reason;

/// An ECDSA signature: r and s, 32 bytes each, big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// Half the order n of P-256's group, rounded down (FIPS 186-5, SP 800-186): the highest s that is
/// accepted, because s and n - s are two signatures of one message.
pub(crate) const HALF_ORDER: [u8; 32] = [
    0x7F, 0xFF, 0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xDE, 0x73, 0x7D, 0x56, 0xD3, 0x8B, 0xCF, 0x42, 0x79, 0xDC, 0xE5, 0x61, 0x7E, 0x31, 0x92, 0xA8,
];

/// The order n itself.
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

impl Signature {
    /// From r and s.
    #[must_use]
    pub const fn from_rs(rs: [u8; 64]) -> Self {
        Self(rs)
    }

    /// From 86 characters of base64url, the form of a record.
    ///
    /// # Errors
    /// [`Reason::BadSignatureText`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        base64url::decode_64(text).map(Self).ok_or(Reason::BadSignatureText)
    }

    /// r and s.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// Whether s is in the lower half, the only form that is accepted.
    #[must_use]
    pub fn is_low_s(&self) -> bool {
        self.0.get(32..).is_some_and(|s| s <= &HALF_ORDER)
    }

    /// The form with s in the lower half: s, or n - s, which signs the same.
    #[must_use]
    pub fn to_low_s(self) -> Self {
        if self.is_low_s() {
            return self;
        }
        let mut low = self;
        let mut borrow = 0_u16;
        // From the last byte on; the order is above every s that is valid.
        for (s, n) in low.0.iter_mut().rev().zip(ORDER.iter().rev()) {
            let taken = u16::from(*s).wrapping_add(borrow);
            let [byte, below] = u16::from(*n).wrapping_sub(taken).to_le_bytes();
            (*s, borrow) = (byte, u16::from(below != 0));
        }
        low
    }

    /// None yet; low, and no signature of anything.
    pub(crate) const NONE: Self = Self([0; 64]);

    /// From text that has the form of one.
    pub(crate) fn decode(text: &[u8]) -> Self {
        let mut signature = Self::NONE;
        base64url::fill_64(text, &mut signature.0);
        signature
    }

    /// Decodes in place.
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<()> {
        base64url::decode_64_into(text, &mut self.0)
    }
}

impl core::fmt::Display for Signature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        base64url::display(&self.0, f)
    }
}

one_text!(Signature, plain: [[u8; 32]; 2], |rs| wire::halves(&rs.0), |rs| wire::joined(rs).map(Self));
