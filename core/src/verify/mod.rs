//! Signatures: what exactly is signed, the port to whatever checks it, and [`VerifiedLine`].

#[cfg(feature = "p256")]
mod p256;

#[cfg(feature = "pinned")]
mod pinned;

mod keyed;
#[cfg(feature = "sha256")]
mod sha256;

#[cfg(feature = "p256")]
pub use self::p256::P256Verifier;
#[cfg(feature = "pinned")]
pub use self::pinned::PinnedVerifier;
#[cfg(feature = "sha256")]
pub use self::sha256::sha256;
pub use keyed::KeyBlock;
pub(crate) use keyed::{HmacKey, hmac};

use crate::bytes::base64url;
use crate::bytes::sink::Sink;
use crate::bytes::token::{self, Tokens};
use crate::key::{KeyRing, KeyTerms, PublicKey, SPKI_PREFIX, Seal};
use crate::line::{Line, Terms};
use crate::reason::Reason;
use crate::repair::RepairTerms;

/// An ECDSA signature: r and s, 32 bytes each, big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// Half the order n of P-256's group, rounded down (FIPS 186-5, SP 800-186): the highest s that is
/// accepted, because s and n - s are two signatures of one message.
const HALF_ORDER: [u8; 32] = [
    0x7F, 0xFF, 0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xDE, 0x73, 0x7D, 0x56, 0xD3, 0x8B, 0xCF, 0x42, 0x79, 0xDC, 0xE5, 0x61, 0x7E, 0x31, 0x92, 0xA8,
];

impl Signature {
    /// From r and s.
    #[must_use]
    pub const fn from_rs(rs: [u8; 64]) -> Self {
        Self(rs)
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

    /// None yet; low, and no signature of anything.
    pub(crate) const NONE: Self = Self([0; 64]);

    /// Decodes in place.
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<()> {
        base64url::decode_64_into(text, &mut self.0)
    }
}

/// A signature where it stands in its record. It is well-formed, and decoded where it is needed: 64
/// bytes less in every record that is kept, moved or handed on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WrittenSignature<'a> {
    Text(&'a [u8]),
    Binary(&'a [u8; 64]),
}

impl<'a> WrittenSignature<'a> {
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        base64url::is_encoding_of_64(text).then_some(Self::Text(text))
    }

    pub(crate) fn decode(&self) -> Signature {
        let mut signature = Signature::NONE;
        match self {
            Self::Text(text) => base64url::fill_64(text, &mut signature.0),
            Self::Binary(bytes) => signature = Signature(**bytes),
        }
        signature
    }
}

/// What a hash is computed over. [`write`](Message::write) gives the bytes in pieces, straight
/// from the input: nothing is copied into a buffer.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Message<'m> {
    /// The text of a license line up to its signature.
    License(&'m [u8]),
    /// A license line that came in binary.
    LicenseTerms(&'m Terms<'m>),
    /// The text of a `KEY` record up to its signature.
    Key(&'m [u8]),
    /// A `KEY` record that came in binary.
    KeyTerms(&'m KeyTerms<'m>),
    /// The text of a `REPAIR` record up to its signature.
    Repair(&'m [u8]),
    /// A `REPAIR` record that came in binary.
    RepairTerms(&'m RepairTerms<'m>),
    /// The `SubjectPublicKeyInfo` of a key, for its id.
    PublicKey(&'m PublicKey),
    /// The text of a license agreement, for the record of its acceptance.
    Agreement(&'m [u8]),
    /// One half of HMAC (RFC 2104): the padded key, and what is authenticated, in pieces.
    Keyed(KeyBlock<'m>, &'m [&'m [u8]]),
}

/// Stands before the tokens of a license line, so that no other signed object can pass for one.
pub const LICENSE_DOMAIN: &[u8] = b"nodelock license 1\n";
/// Stands before the tokens of a `KEY` record.
pub const KEY_DOMAIN: &[u8] = b"nodelock key 1\n";
/// Stands before the tokens of a `REPAIR` record.
pub const REPAIR_DOMAIN: &[u8] = b"nodelock repair 1\n";

impl Message<'_> {
    /// Writes the bytes, piece by piece.
    #[inline(always)]
    pub fn write(&self, out: &mut impl Sink) {
        match self {
            Self::License(text) => {
                out.put(LICENSE_DOMAIN);
                write_tokens(text, out);
            }
            Self::LicenseTerms(terms) => {
                out.put(LICENSE_DOMAIN);
                terms.emit(out);
            }
            Self::Key(text) => {
                out.put(KEY_DOMAIN);
                write_tokens(text, out);
            }
            Self::KeyTerms(terms) => {
                out.put(KEY_DOMAIN);
                terms.emit(out);
            }
            Self::Repair(text) => {
                out.put(REPAIR_DOMAIN);
                write_tokens(text, out);
            }
            Self::RepairTerms(terms) => {
                out.put(REPAIR_DOMAIN);
                terms.emit(out);
            }
            Self::PublicKey(key) => {
                out.put(&SPKI_PREFIX);
                out.put(key.as_bytes());
            }
            Self::Agreement(text) => out.put(text),
            Self::Keyed(block, pieces) => {
                out.put(&block.bytes());
                for piece in *pieces {
                    out.put(piece);
                }
            }
        }
    }
}

/// Writes the tokens of a parsed record, joined by single spaces. Stretches that are in this form
/// already go out in one piece.
fn write_tokens(text: &[u8], out: &mut impl Sink) {
    if token::surely_canonical(text) {
        return out.put(text);
    }
    let mut tokens = Tokens::new(text);
    let mut stretch = 0..0;
    while let Ok(Some(token)) = tokens.next() {
        let gap = text.get(stretch.end..token.offset).unwrap_or_default();
        if gap != b" " && stretch.end > 0 {
            out.put(text.get(stretch.clone()).unwrap_or_default());
            out.put(b" ");
            stretch.start = token.offset;
        }
        stretch.end = token.end();
    }
    out.put(text.get(stretch).unwrap_or_default());
}

/// Checks signatures: the bundled [`P256Verifier`], or what the firmware has already (a crypto
/// library, a secure element, an accelerator).
///
/// Public data only, so variable time is fine here.
pub trait SignatureVerifier {
    /// SHA-256 (FIPS 180-4) of a message. With the feature `sha256`, [`sha256`](crate::sha256)
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

/// A license line whose signature was checked against a trusted key that may sign it. It may
/// still be for another device.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedLine<'l> {
    line: &'l Line<'l>,
}

impl Line<'_> {
    /// Checks the signature, and that the key may sign such a line.
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
    ) -> Result<VerifiedLine<'_>, Reason> {
        self.verify_sealed(ring, verifier, None).map(|(line, _)| line)
    }

    /// The same for a line that may have been verified before, under the root with this seal; and
    /// the seal that it has now.
    pub(crate) fn verify_sealed<V: SignatureVerifier + ?Sized>(
        &self,
        ring: &KeyRing<'_, '_>,
        verifier: &V,
        seal: Option<Seal>,
    ) -> Result<(VerifiedLine<'_>, Seal), Reason> {
        let signer = ring.signer_of(self.terms(), self.signer())?;
        if seal != Some(signer.seal) {
            check_signature(signer.key, &self.message(), &self.signature(), verifier)?;
        }
        Ok((VerifiedLine { line: self }, signer.seal))
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
    pub const fn terms(&self) -> &'l Terms<'l> {
        self.line.terms()
    }
}

#[cfg(all(test, feature = "p256"))]
mod tests;
