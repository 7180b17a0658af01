//! [`Terms`]: what every kind of record has.

use crate::bytes::reader::Reader;
use crate::bytes::sink::Sink;
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::text::Fields;

/// What a record of one kind says, and its forms. Text and twin have the same fields in the same
/// order; the signature behind them belongs to [`Signed`](super::Signed).
pub trait Terms<'a>: Copy {
    /// The first word of its text.
    const KEYWORD: &'static [u8];
    /// Stands before the tokens under the signature, so that no other signed object can pass for one.
    const DOMAIN: &'static [u8];
    /// Its number in the binary twin.
    const KIND: u8;
    /// The keys of its fields.
    const KEYS: &'static [&'static [u8]];

    /// Takes the fields of a text, one after another.
    ///
    /// # Errors
    /// What is wrong with a field, and where.
    #[doc(hidden)]
    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError>;

    /// Takes the fields of the binary twin.
    ///
    /// # Errors
    /// [`Reason::BadBinary`], or what is wrong with a field.
    #[doc(hidden)]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason>;

    /// Checks what no single field can show.
    ///
    /// # Errors
    /// The kind's reasons.
    fn validate(&self) -> Result<(), Reason> {
        Ok(())
    }

    /// Writes the text from the keyword to the last field before `sig=`, without white space at
    /// the end: what is signed, behind the domain prefix. Device and vendor both emit with this and
    /// nothing else.
    fn emit(&self, out: &mut impl Sink);

    /// Writes the fields of the binary twin.
    fn encode(&self, out: &mut impl Sink);
}
