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
use crate::bytes::sink::Sink;
use crate::reason::Reason;

/// A number of any size: of words, and of repairs.
fn parse_number(text: &[u8]) -> Result<u64, Reason> {
    decimal::decode(text, u64::MAX).ok_or(Reason::BadValue)
}

/// The number of a word: from 1.
fn parse_word(text: &[u8]) -> Result<u64, Reason> {
    parse_number(text).ok().filter(|word| *word > 0).ok_or(Reason::BadValue)
}

/// ` KEY=NUMBER`.
fn emit_number(key: &'static [u8], value: u64, out: &mut impl Sink) {
    out.put(key);
    out.put(Digits::new(value).as_bytes());
}
