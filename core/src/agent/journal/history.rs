//! The history of installed lines: a ring of entries in storage, docs/SPEC.md section 13.

use crate::agent::journal::keys::{Group, MAX_HISTORY, key};
use crate::agent::journal::{Journal, read_wall, small, wall};
use crate::bytes::reader::Reader;
use crate::bytes::sink::Sink;
use crate::bytes::writer::{number, text};
#[cfg(feature = "serde")]
use crate::convert::wire::string_or_bytes;
use crate::crypto::SignatureVerifier;
use crate::named::named;
use crate::reason::Reason;
use crate::store::Storage;
use crate::value::license::LineId;
use crate::value::time::UnixTime;

named! {
    /// What the history remembers of a line.
    #[non_exhaustive]
    pub enum HistoryKind {
        /// Installed.
        Installed = 1 "installed",
        /// Cleared.
        Cleared = 2 "cleared",
        /// Ended.
        Expired = 3 "expired",
        /// Its agreement was accepted.
        EulaAccepted = 4 "eula-accepted",
        /// Turned into a right to use.
        Converted = 5 "converted",
        /// Taken back for good.
        Revoked = 6 "revoked",
        /// What was damaged or too old was cleared by the vendor; the id is that of the REPAIR record.
        Repaired = 7 "repaired",
        /// Given up by a ticket.
        Moved = 8 "moved",
        /// A ticket for it will never be applied.
        TicketCancelled = 9 "ticket-cancelled",
        /// It came by a ticket and was given up for good.
        GivenUp = 10 "given-up",
        /// The proof of its transfer was accepted.
        Arrived = 11 "arrived",
        /// Some of its units were given up by a ticket.
        Reduced = 12 "reduced",
    }
}

/// One entry of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct HistoryEntry<'v> {
    /// Counts all entries since the device was made.
    pub number: u64,
    /// What happened.
    pub kind: HistoryKind,
    /// To which line.
    pub id: LineId,
    /// When, if the device knew.
    pub wall: Option<UnixTime>,
    /// The line's feature.
    #[cfg_attr(feature = "serde", serde(serialize_with = "string_or_bytes"))]
    pub feature: &'v [u8],
}

impl<S: Storage, V: SignatureVerifier> Journal<'_, S, V> {
    pub(in crate::agent) fn store_entry(&mut self, entry: &HistoryEntry<'_>) -> Result<(), Reason> {
        let place = entry.number.checked_rem(u64::from(MAX_HISTORY)).unwrap_or(0);
        let place = u8::try_from(place).unwrap_or(0);
        self.store(key(Group::History, place), |out| {
            number(entry.number, out);
            out.put(&[entry.kind as u8]);
            out.put(&entry.id.0);
            wall(entry.wall, out);
            text(entry.feature, out);
        })
    }

    /// Adds the entry with the next number, which ends the pending change.
    pub(in crate::agent) fn store_next_entry(
        &mut self,
        entry: &HistoryEntry<'_>,
    ) -> Result<(), Reason> {
        self.store_entry(entry)?;
        self.next_number = self.next_number.saturating_add(1);
        self.is_open = false;
        Ok(())
    }

    /// Goes through the history.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    pub(in crate::agent) fn each_entry(
        &mut self,
        mut take: impl FnMut(&HistoryEntry<'_>),
    ) -> Result<(), Reason> {
        self.each(Group::History, 0..MAX_HISTORY, |_, reader| {
            read(reader).map(|entry| take(&entry))
        })
    }

    /// The number that the next entry of the history gets: more than the newest, or 0.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others count.
    pub(in crate::agent) fn find_next_number(&mut self) -> (u64, Result<(), Reason>) {
        if let Some(next) = self.search() {
            return (next, Ok(()));
        }
        let (mut next, mut hidden, mut read) = (0, 0_u64, Ok(()));
        for place in 0..MAX_HISTORY {
            match self.number_at(place) {
                Ok(number) => next = next.max(number.map_or(0, |number| number.saturating_add(1))),
                Err(reason) => (hidden, read) = (hidden.saturating_add(1), Err(reason)),
            }
        }
        // Each that cannot be read may be a newer one: no number comes twice.
        (next.saturating_add(hidden), read)
    }

    /// The places of the ring are filled in turn, so halving finds the newest entry with six looks.
    /// `None` if there is a gap, or a value that cannot be read.
    fn search(&mut self) -> Option<u64> {
        let first = self.number_at(0).ok()??;
        let (mut newest, mut end) = (0, MAX_HISTORY);
        while end.saturating_sub(newest) > 1 {
            let middle = newest.midpoint(end);
            match self.number_at(middle).ok()? {
                Some(number) if number == first.saturating_add(u64::from(middle)) => {
                    newest = middle
                }
                // In the first round nothing stands behind the newest.
                None if first > 0 => return None,
                _ => end = middle,
            }
        }
        for place in end..if first > 0 { end } else { MAX_HISTORY } {
            if self.number_at(place) != Ok(None) {
                return None;
            }
        }
        first.checked_add(u64::from(end))
    }

    #[inline(never)]
    fn number_at(&mut self, place: u8) -> Result<Option<u64>, Reason> {
        let Some((content, _)) =
            self.vault.load(key(Group::History, place), small(self.scratch))?
        else {
            return Ok(None);
        };
        Reader::new(content).number().map(Some).ok_or(Reason::StorageCorrupted)
    }
}

fn read<'v>(reader: &mut Reader<'v>) -> Option<HistoryEntry<'v>> {
    Some(HistoryEntry {
        number: reader.number()?,
        kind: HistoryKind::from_number(reader.byte()?)?,
        id: LineId(reader.array()?),
        wall: read_wall(reader)?,
        feature: reader.text()?,
    })
}
