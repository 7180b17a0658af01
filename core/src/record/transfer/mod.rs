//! The records with which a right moves from one device to another, or back to its vendor. docs/SPEC.md
//! sections 19 to 21.
//!
//! The vendor signs [`PermissionTerms`] and [`RevokeTerms`], a device signs [`CredentialTerms`], [`RehostTerms`] and
//! [`ConfirmTerms`]: its *words*.

mod confirm;
mod credential;
mod lines;
mod permission;
mod rehost;
mod revoke;

pub use confirm::ConfirmTerms;
pub use credential::CredentialTerms;
pub use lines::{Entries, Entry, Holding, Lines, Removal, Taken, UsedTime};
pub use permission::PermissionTerms;
pub use rehost::{Outcome, RehostTerms};
pub use revoke::RevokeTerms;

use crate::bytes::decimal::{self, Digits};
use crate::bytes::reader::{OrDamaged, Reader};
use crate::bytes::sink::{CountSink, Sink};
use crate::limits::MAX_RECORD_LEN;
use crate::reason::Reason;
use crate::record::emit_signature;
use crate::record::kind::Terms;
use crate::value::key::KeyId;
use crate::value::signature::Signature;

/// A number of any size: of words, and of repairs.
fn parse_number(text: &[u8]) -> Result<u64, Reason> {
    decimal::decode(text, u64::MAX).ok_or(Reason::BadValue)
}

/// The number of a word: from 1.
fn parse_word(text: &[u8]) -> Result<u64, Reason> {
    parse_number(text).ok().filter(|word| *word > 0).ok_or(Reason::BadValue)
}

/// The same in the twin.
fn decode_word(reader: &mut Reader<'_>) -> Result<u64, Reason> {
    Some(reader.number().or_damaged()?).filter(|word| *word > 0).ok_or(Reason::BadValue)
}

/// Whether a record with these terms has no more bytes than any may have. Its twin is so much shorter that
/// there it must be asked.
fn check_length<'a>(terms: &impl Terms<'a>) -> Result<(), Reason> {
    let mut text = CountSink::default();
    terms.emit(&mut text);
    emit_signature(KeyId([0; 4]), &Signature::NONE, &mut text);
    if text.0 > MAX_RECORD_LEN { Err(Reason::RecordTooLong) } else { Ok(()) }
}

/// ` KEY=NUMBER`.
fn emit_number(key: &'static [u8], value: u64, out: &mut impl Sink) {
    out.put(key);
    out.put(Digits::new(value).as_bytes());
}
