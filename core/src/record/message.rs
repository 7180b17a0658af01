//! What a hash is computed over.

use crate::bytes::sink::Sink;
use crate::bytes::token::{self, Tokens};
use crate::record::AnyTerms;
use crate::value::key::{PublicKey, SPKI_PREFIX};

/// What a hash is computed over. [`write`](Message::write) gives the bytes in pieces, straight
/// from the input: nothing is copied into a buffer.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Message<'m> {
    /// A record that came as text.
    Text {
        /// Of its kind.
        domain: &'static [u8],
        /// From the keyword to the last field before the signature.
        text: &'m [u8],
    },
    /// A record that came in binary, or is about to be signed.
    Terms(AnyTerms<'m>),
    /// The `SubjectPublicKeyInfo` of a key, for its id.
    PublicKey(&'m PublicKey),
    /// The text of a license agreement, for the record of its acceptance.
    Eula(&'m [u8]),
    /// One half of HMAC (RFC 2104): the padded key, and what is authenticated, in pieces.
    Keyed(KeyBlock<'m>, &'m [&'m [u8]]),
}

impl<'m> Message<'m> {
    /// What is signed of these terms.
    #[must_use]
    pub fn of<T>(terms: &'m T) -> Self
    where
        AnyTerms<'m>: From<&'m T>,
    {
        Self::Terms(AnyTerms::from(terms))
    }

    /// Writes the bytes, piece by piece.
    #[inline(always)]
    pub fn write(&self, out: &mut impl Sink) {
        match self {
            Self::Text { domain, text } => {
                out.put(domain);
                write_tokens(text, out);
            }
            Self::Terms(terms) => {
                out.put(terms.domain());
                terms.emit(out);
            }
            Self::PublicKey(key) => {
                out.put(&SPKI_PREFIX);
                out.put(key.as_bytes());
            }
            Self::Eula(text) => out.put(text),
            Self::Keyed(block, pieces) => {
                out.put(&block.bytes());
                for piece in *pieces {
                    out.put(piece);
                }
            }
        }
    }
}

/// A key of HMAC. The hash inside the library goes on from the states after the padded key, as section 4
/// of the RFC advises: that spares two of the four blocks that a short value takes.
#[derive(Clone, Copy)]
pub(crate) struct HmacKey {
    pub(crate) key: [u8; 32],
    /// Of SHA-256 after the first block of the inner and of the outer half.
    #[cfg(feature = "sha256")]
    pub(crate) states: [[u32; 8]; 2],
}

/// The first block of one half of HMAC: the padded key.
#[derive(Clone, Copy)]
pub struct KeyBlock<'k> {
    pub(crate) key: &'k HmacKey,
    pub(crate) outer: bool,
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
    pub(crate) const fn state(&self) -> &[u32; 8] {
        let [inner, outer] = &self.key.states;
        if self.outer { outer } else { inner }
    }
}

/// A key as it stands in the first block of a half.
pub(crate) fn padded(key: &[u8; 32], outer: bool) -> [u8; 64] {
    let mut block = [if outer { 0x5C } else { 0x36 }; 64];
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    block
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
