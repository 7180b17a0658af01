//! The change that is being made: written down before its first value, so that boot can tell what
//! happened of it.

use crate::agent::journal::Journal;
use crate::agent::journal::history::HistoryKind;
use crate::agent::journal::keys::{Group, key};
use crate::bytes::sink::Sink;
use crate::bytes::writer::{number, text};
use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::store::Storage;
use crate::value::license::LineId;

/// What a verb that writes several values is about to do. It is done when the history has the
/// entry with this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) struct PendingChange<'v> {
    /// Number that the entry in the history will have.
    pub(in crate::agent) number: u64,
    pub(in crate::agent) kind: HistoryKind,
    pub(in crate::agent) id: LineId,
    /// Place of the line, if it is about one.
    pub(in crate::agent) place: u8,
    /// Of the agreement.
    pub(in crate::agent) digest: &'v [u8; 32],
    pub(in crate::agent) feature: &'v [u8],
}

impl<S: Storage, V: SignatureVerifier> Journal<'_, S, V> {
    pub(in crate::agent) fn store_pending(
        &mut self,
        change: &PendingChange<'_>,
    ) -> Result<(), Reason> {
        self.store(key(Group::Pending, 0), |out| {
            number(change.number, out);
            out.put(&[change.kind as u8, change.place]);
            out.put(&change.id.0);
            out.put(change.digest);
            text(change.feature, out);
        })
    }

    /// Reads what the last verb with several writes was about to do.
    ///
    /// # Errors
    /// Why it could not be read.
    pub(in crate::agent) fn load_pending(
        &mut self,
        mut take: impl FnMut(&PendingChange<'_>),
    ) -> Result<(), Reason> {
        self.each(Group::Pending, 0..1, |_, reader| {
            let number = reader.number()?;
            let kind = HistoryKind::from_number(reader.byte()?)?;
            take(&PendingChange {
                number,
                kind,
                place: reader.byte()?,
                id: LineId(reader.array()?),
                digest: reader.array_here()?,
                feature: reader.text()?,
            });
            Some(())
        })
    }
}
