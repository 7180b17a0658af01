//! Signed records as they come in: parsed and canonical, but **not trusted**. docs/SPEC.md sections 3 to 7.
//!
//! [`Records`] goes through a license file, text or binary, and gives one result for each record. A
//! record says something only after the ring of keys has [verified](crate::record::Line::verify) it.
//!
//! What a kind of record says is one file: its struct, and the trait [`Terms`] with grammar, twin
//! and rules. The list below is the only other place that names it.

mod binary;
mod extras;
mod found;
mod key;
mod kind;
mod license;
pub(crate) mod message;
#[cfg(feature = "heapless")]
mod owned;
mod records;
mod repair;
mod signature_block;
mod signed;
mod text;
#[cfg(feature = "transfer")]
mod time;
#[cfg(feature = "transfer")]
pub mod transfer;

pub(crate) use binary::BinaryRecords;
pub use binary::MARK as BINARY_MARK;
pub use extras::Extras;
pub use found::{Found, ParseError};
pub use key::{KeyTerms, List};
pub use kind::Terms;
pub use license::LicenseTerms;
pub(crate) use message::HmacKey;
pub use message::{KeyBlock, Message};
#[cfg(feature = "heapless")]
pub use owned::OwnedLicenseTerms;
pub use records::Records;
pub use repair::{Repair, RepairTerms};
pub use signature_block::emit_signature;
pub(crate) use signature_block::split_signature;
pub use signed::Signed;
pub(crate) use text::without_mark;
#[cfg(feature = "transfer")]
pub use time::TimeTerms;
#[cfg(feature = "transfer")]
use transfer::{ConfirmTerms, CredentialTerms, PermissionTerms, RehostTerms, RevokeTerms};

use crate::bytes::sink::{BufferTooSmall, Sink, SliceSink};
use crate::reason::Reason;
use crate::value::key::KeyId;
use crate::value::signature::Signature;
use text::Fields;

/// A license line: well-formed, and nothing more. Whoever wrote it may have made it up.
pub type Line<'a> = Signed<'a, LicenseTerms<'a>>;
/// A parsed `KEY` record, not trusted until [`KeyRing::admit`](crate::trust::KeyRing::admit).
pub type KeyRecord<'a> = Signed<'a, KeyTerms<'a>>;
/// A parsed `REPAIR` record, not trusted until the agent has verified it.
pub type RepairRecord<'a> = Signed<'a, RepairTerms<'a>>;
/// A parsed `PERMISSION` record, not trusted.
#[cfg(feature = "transfer")]
pub type Permission<'a> = Signed<'a, PermissionTerms<'a>>;
/// A parsed `REHOST` record, not trusted.
#[cfg(feature = "transfer")]
pub type Rehost<'a> = Signed<'a, RehostTerms<'a>>;
/// A parsed `REVOKE` record, not trusted.
#[cfg(feature = "transfer")]
pub type Revoke<'a> = Signed<'a, RevokeTerms<'a>>;

/// Makes [`Record`] and [`AnyTerms`] from the kinds, and all that asks each of them. A kind may depend on a
/// feature of the crate.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $(#[cfg($cfg:meta)])? $kind:ident($terms:ident)),+ $(,)?) => {
        /// One record of a license file.
        #[derive(Debug, Clone, Copy)]
        #[non_exhaustive]
        pub enum Record<'a> {
            $($(#[doc = $doc])+ $(#[cfg($cfg)])? $kind(Signed<'a, $terms<'a>>)),+
        }

        /// What a record of any kind says.
        #[derive(Debug, Clone, Copy)]
        #[non_exhaustive]
        #[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
        pub enum AnyTerms<'m> {
            $($(#[doc = $doc])+ $(#[cfg($cfg)])? $kind(&'m $terms<'m>)),+
        }

        $($(#[cfg($cfg)])?
        impl<'a> From<Signed<'a, $terms<'a>>> for Record<'a> {
            fn from(record: Signed<'a, $terms<'a>>) -> Self {
                Self::$kind(record)
            }
        }

        $(#[cfg($cfg)])?
        impl<'m> From<&'m $terms<'_>> for AnyTerms<'m> {
            fn from(terms: &'m $terms<'_>) -> Self {
                Self::$kind(terms)
            }
        })+

        /// What it says, under the name of its kind; not its signature.
        #[cfg(feature = "serde")]
        impl serde::Serialize for Record<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.terms().serialize(serializer)
            }
        }

        impl<'a> Record<'a> {
            /// The record that begins with this keyword.
            fn parse(keyword: &[u8], fields: &mut Fields<'a>) -> Result<Self, ParseError> {
                $($(#[cfg($cfg)])?
                if keyword == <$terms<'_>>::KEYWORD {
                    return parsed::<$terms<'_>>(fields);
                })+
                Err(fields.refused(Reason::StrayText))
            }

            /// The record in a frame of this kind.
            fn decode(kind: u8, body: &'a [u8]) -> Result<Self, Reason> {
                match kind {
                    $($(#[cfg($cfg)])? <$terms<'_>>::KIND => decoded::<$terms<'_>>(body),)+
                    _ => Err(Reason::UnsupportedFormat),
                }
            }

            /// The first word of its text.
            #[must_use]
            pub const fn keyword(&self) -> &'static [u8] {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(_) => <$terms<'_>>::KEYWORD,)+
                }
            }

            /// Id of the key that is said to have signed it.
            #[must_use]
            pub const fn signer(&self) -> KeyId {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(record) => record.signer(),)+
                }
            }

            /// The signature.
            #[must_use]
            pub fn signature(&self) -> Signature {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(record) => record.signature(),)+
                }
            }

            /// The bytes under the signature, domain prefix included.
            #[must_use]
            pub fn message(&self) -> Message<'_> {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(record) => record.message(),)+
                }
            }

            fn terms(&self) -> AnyTerms<'_> {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(record) => AnyTerms::$kind(record.terms()),)+
                }
            }

            pub(crate) fn emit_binary(&self, out: &mut SliceSink<'_>) {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(record) => record.emit_binary(out),)+
                }
            }
        }

        impl AnyTerms<'_> {
            /// Writes the text from the keyword to the last field before `sig=`.
            pub fn emit(&self, out: &mut impl Sink) {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(terms) => terms.emit(out),)+
                }
            }

            const fn domain(&self) -> &'static [u8] {
                match self {
                    $($(#[cfg($cfg)])? Self::$kind(_) => <$terms<'_>>::DOMAIN,)+
                }
            }
        }

        /// Whether a token begins a record.
        pub(crate) fn is_keyword(token: &[u8]) -> bool {
            $($(#[cfg($cfg)])?
            if token == <$terms<'_>>::KEYWORD {
                return true;
            })+
            false
        }

        /// Whether some kind of record has a field with this key. Others are unknown and, unless
        /// they begin with `x-`, critical.
        fn is_known_key(key: &[u8]) -> bool {
            $($(#[cfg($cfg)])?
            if <$terms<'_>>::KEYS.contains(&key) {
                return true;
            })+
            key == b"sig"
        }
    };
}

kinds! {
    /// A license line.
    License(LicenseTerms),
    /// A delegated signing key.
    Key(KeyTerms),
    /// Lets one device go on from a state that it does not trust.
    Repair(RepairTerms),
    /// A device says who it is and what it has.
    #[cfg(feature = "transfer")]
    Credential(CredentialTerms),
    /// A ticket: a device may give rights up for another one.
    #[cfg(feature = "transfer")]
    Permission(PermissionTerms),
    /// A device's word on a ticket.
    #[cfg(feature = "transfer")]
    Rehost(RehostTerms),
    /// The vendor takes rights back.
    #[cfg(feature = "transfer")]
    Revoke(RevokeTerms),
    /// A device's word on what was taken back.
    #[cfg(feature = "transfer")]
    Confirm(ConfirmTerms),
    /// The vendor says what time it is.
    #[cfg(feature = "transfer")]
    Time(TimeOnly),
}

/// All kinds borrow but this one.
#[cfg(feature = "transfer")]
type TimeOnly<'a> = TimeTerms;

// These are functions of their own for each kind in machine code too: only one of them runs, and each has
// a record on its stack.
#[inline(never)]
fn parsed<'a, T: Terms<'a>>(fields: &mut Fields<'a>) -> Result<Record<'a>, ParseError>
where
    Record<'a>: From<Signed<'a, T>>,
{
    Signed::<T>::parse(fields).map(Record::from)
}

#[inline(never)]
fn decoded<'a, T: Terms<'a>>(body: &'a [u8]) -> Result<Record<'a>, Reason>
where
    Record<'a>: From<Signed<'a, T>>,
{
    Signed::<T>::decode(body).map(Record::from)
}

/// Writes a record with its signature: a text with the end of its line, or a frame.
#[cfg(feature = "transfer")]
pub(crate) fn write_signed<'a, T: Terms<'a>>(
    terms: &T,
    signer: KeyId,
    signature: &Signature,
    binary: bool,
    out: &mut SliceSink<'_>,
) {
    if binary {
        signed::frame(T::KIND, out, |out| {
            terms.encode(out);
            out.put(&signer.0);
            out.put(signature.as_bytes());
        });
    } else {
        terms.emit(out);
        emit_signature(signer, signature, out);
        out.put(b"\n");
    }
}

impl Record<'_> {
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
        self.terms().emit(out);
        emit_signature(self.signer(), &self.signature(), out);
    }

    /// Writes the binary twin: a frame that decodes to the same signed text.
    ///
    /// # Errors
    /// [`BufferTooSmall`]; [`MAX_RECORD_LEN`](crate::limits::MAX_RECORD_LEN) bytes always do.
    pub fn write_binary<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], BufferTooSmall> {
        let mut out = SliceSink::new(buffer);
        self.emit_binary(&mut out);
        out.finish()
    }
}

#[cfg(all(test, feature = "p256"))]
mod tests;
