//! License lines as they come in: parsed and canonical, but **not trusted**.
//!
//! [`Records`] goes through a license file, text or binary, and gives one result for each record.
//! A [`Line`] says something only after [`Line::verify`](crate::Line::verify) and
//! [`VerifiedLine::bind`](crate::VerifiedLine::bind).

mod emit;
mod extras;
mod parse;
mod records;
mod terms;

pub use emit::emit_signature;
pub(crate) use emit::{emit_hex, emit_udi};
pub use extras::Extras;
pub(crate) use extras::parse_value;
pub(crate) use parse::split_signature;
pub(crate) use records::without_mark;
pub use records::{Found, ParseError, Records};
pub use terms::{Combine, Count, ExpiryPolicy, LicenseType, LineId, Terms};

use crate::bytes::sink::{BufferTooSmall, Sink, SliceSink};
use crate::key::{KeyId, KeyRecord};
use crate::repair::RepairRecord;
use crate::udi::{Udi, UdiSource};
use crate::verify::{Message, Signature, WrittenSignature};

/// One record of a license file.
#[derive(Debug, Clone, Copy)]
pub enum Record<'a> {
    /// A license line.
    License(Line<'a>),
    /// A delegated signing key.
    Key(KeyRecord<'a>),
    /// Lets one device go on from a state that it does not trust.
    Repair(RepairRecord<'a>),
}

impl<'a> Record<'a> {
    /// Writes the canonical text, tokens joined by single spaces, `sig=` included.
    ///
    /// # Errors
    /// [`BufferTooSmall`]; [`MAX_RECORD_LEN`](crate::limits::MAX_RECORD_LEN) bytes always do.
    pub fn write_text<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], BufferTooSmall> {
        let mut out = SliceSink::new(buffer);
        self.emit_text(&mut out);
        out.finish()
    }

    pub(crate) fn emit_text(&self, out: &mut impl Sink) {
        match self {
            Self::License(line) => line.terms.emit(out),
            Self::Key(key) => key.terms().emit(out),
            Self::Repair(repair) => repair.terms().emit(out),
        }
        emit_signature(self.signer(), &self.signature(), out);
    }

    /// The bytes under the signature, domain prefix included.
    #[must_use]
    pub const fn message(&self) -> Message<'_> {
        match self {
            Self::License(line) => line.message(),
            Self::Key(key) => key.message(),
            Self::Repair(repair) => repair.message(),
        }
    }

    /// Id of the key that is said to have signed it.
    #[must_use]
    pub const fn signer(&self) -> KeyId {
        match self {
            Self::License(line) => line.signer(),
            Self::Key(key) => key.signer(),
            Self::Repair(repair) => repair.signer(),
        }
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Signature {
        match self {
            Self::License(line) => line.signature(),
            Self::Key(key) => key.signature(),
            Self::Repair(repair) => repair.signature(),
        }
    }
}

/// A license line: well-formed, and nothing more. Whoever wrote it may have made it up.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    terms: Terms<'a>,
    seal: Seal<'a>,
}

impl<'a> Line<'a> {
    pub(crate) const fn new(terms: Terms<'a>, seal: Seal<'a>) -> Self {
        Self { terms, seal }
    }

    /// What the line says, not yet trusted.
    #[must_use]
    pub const fn terms(&self) -> &Terms<'a> {
        &self.terms
    }

    /// Id of the key that is said to have signed it.
    #[must_use]
    pub const fn signer(&self) -> KeyId {
        self.seal.signer
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Signature {
        self.seal.signature.decode()
    }

    /// The bytes under the signature, domain prefix included.
    #[must_use]
    pub const fn message(&self) -> Message<'_> {
        match self.seal.text {
            Some(text) => Message::License(text),
            None => Message::LicenseTerms(&self.terms),
        }
    }

    /// Whether it is worth a signature check here: locked to one of the device's UDIs, or to none.
    /// Only a hint; what counts is [`VerifiedLine::bind`](crate::VerifiedLine::bind).
    #[must_use]
    pub fn may_concern<U: UdiSource + ?Sized>(&self, device: &U) -> bool {
        match self.udi() {
            Some(udi) => !matches!(device.member_with(udi), Ok(None)),
            None => true,
        }
    }

    pub(crate) const fn udi(&self) -> Option<&Udi<'a>> {
        self.terms.udi.as_ref()
    }
}

/// What stands behind the terms of a record: who signed, and the text if it came as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seal<'a> {
    /// From the keyword to the last field before `sig=`; `None` if it came in binary.
    pub(crate) text: Option<&'a [u8]>,
    pub(crate) signer: KeyId,
    pub(crate) signature: WrittenSignature<'a>,
}

/// Whether a token begins a record.
pub(crate) fn is_keyword(token: &[u8]) -> bool {
    token == b"LICENSE" || token == b"KEY" || token == b"REPAIR"
}

#[cfg(all(test, feature = "p256"))]
mod tests;
