//! A change of several writes, as one: noted before its first write, made, and told by an event and
//! the history. What the power cut or a failure leaves open, the next call or boot ends.
//! docs/SPEC.md section 13.4.

use crate::agent::journal::{Group, HistoryEntry, HistoryKind, PendingChange, key};
use crate::agent::{Agent, Ports};
use crate::bytes::sink::{Sink, SliceSink};
use crate::event::EventKind;
use crate::limits::MAX_FEATURE_LEN;
use crate::reason::Reason;
use crate::value::feature::FeatureHandle;
use crate::value::license::LineId;

/// A change of several writes.
#[derive(Clone, Copy)]
pub(in crate::agent) struct Change<'d> {
    pub(in crate::agent) kind: HistoryKind,
    /// Of the line, or of the first one that it concerns.
    pub(in crate::agent) id: LineId,
    /// Place of the line that is held, or of the agreement's value.
    pub(in crate::agent) place: Option<u8>,
    /// Of agreements: whose, and the digest of the text.
    pub(in crate::agent) agreement: Option<(FeatureHandle, &'d [u8; 32])>,
    /// Of tickets: the digest, with zeros behind it.
    pub(in crate::agent) ticket: Option<&'d [u8; 32]>,
    /// And the units that it leaves of the line.
    pub(in crate::agent) left: u64,
}

impl Change<'_> {
    /// Of a line, which is held at this index if it is.
    pub(in crate::agent) fn of_line(kind: HistoryKind, id: LineId, index: Option<usize>) -> Self {
        let place = index.and_then(|index| u8::try_from(index).ok());
        Self { kind, id, place, agreement: None, ticket: None, left: 0 }
    }

    /// Index of the line, if it is about one that is held.
    fn index(&self) -> Option<usize> {
        self.place.filter(|_| self.agreement.is_none()).map(usize::from)
    }

    /// As it is stored: the last place for none.
    fn stored_place(&self) -> u8 {
        self.place.unwrap_or(u8::MAX)
    }
}

/// What became of a change.
#[must_use]
pub(in crate::agent) struct Outcome {
    /// It shows in the storage, in full: also where a write reported a failure.
    pub(in crate::agent) happened: bool,
    /// What the verb answers.
    pub(in crate::agent) written: Result<(), Reason>,
}

impl<P: Ports> Agent<'_, P> {
    /// Makes a change. `Ok` means that all of it is durable; after a failure the storage is asked
    /// whether it has happened, and what has happened is told all the same.
    #[inline(always)]
    pub(in crate::agent) fn transact(
        &mut self,
        change: &Change<'_>,
        write: impl FnOnce(&mut Self) -> Result<(), Reason>,
    ) -> Outcome {
        let mut begun = self.finish_before().and_then(|()| self.begin(change));
        // Clearing makes room: it needs none.
        if change.kind == HistoryKind::Cleared && begun == Err(Reason::StorageFull) {
            begun = Ok(());
        }
        match begun {
            Ok(()) => {
                let written = write(self);
                self.end(change, written)
            }
            Err(reason) => self.not_begun(reason),
        }
    }

    /// The same where the last change is known to be finished: a shorter way for what comes with time.
    #[inline(always)]
    pub(in crate::agent) fn transact_next(
        &mut self,
        change: &Change<'_>,
        write: impl FnOnce(&mut Self) -> Result<(), Reason>,
    ) -> Outcome {
        match self.begin(change) {
            Ok(()) => {
                let written = write(self);
                self.end(change, written)
            }
            Err(reason) => self.not_begun(reason),
        }
    }

    /// Nothing of it was written, so what the storage shows is not its doing; what is still open ends
    /// before the next change, or at the next tick.
    fn not_begun(&mut self, reason: Reason) -> Outcome {
        self.doubt();
        Outcome { happened: false, written: Err(reason) }
    }

    #[inline(never)]
    fn begin(&mut self, change: &Change<'_>) -> Result<(), Reason> {
        self.journal.is_open = true;
        let held = change.index().and_then(|index| self.lines.get(index)?.held());
        let (feature, digest) = match change.agreement {
            Some((id, digest)) => {
                let feature = self.product.catalog.feature(id);
                (feature.map_or(&b""[..], |feature| feature.name().as_bytes()), digest)
            }
            None => {
                let digest = change.ticket.unwrap_or(&[0; 32]);
                (held.map_or(&b""[..], |held| held.right.feature()), digest)
            }
        };
        let (number, place) = (self.journal.next_number, change.stored_place());
        let Change { kind, id, .. } = *change;
        let pending = PendingChange { number, kind, id, place, digest, feature };
        self.journal.store_pending(&pending)
    }

    #[inline(never)]
    fn end(&mut self, change: &Change<'_>, written: Result<(), Reason>) -> Outcome {
        let catalog = self.product.catalog;
        let feature = change.agreement.and_then(|(id, _)| catalog.feature(id));
        let feature = feature.map_or(&b""[..], |feature| feature.name().as_bytes());
        let digest = change.agreement.map(|(_, digest)| digest).or(change.ticket);
        let digest = digest.unwrap_or(&[0; 32]);
        let happened = written.is_ok()
            || self.has_happened(change.kind, change.id, change.stored_place(), digest, feature)
                == Ok(true);
        if happened {
            self.tell(change, feature);
        }
        if written.is_err() {
            // What is still open ends before the next change, or at the next tick.
            self.doubt();
        }
        Outcome { happened, written }
    }

    /// An event and an entry of the history.
    #[inline(always)]
    fn tell(&mut self, change: &Change<'_>, feature: &[u8]) {
        match change.index().and_then(|index| Some((index, self.held(index)?))) {
            Some((index, held)) => {
                let about = held.about();
                self.event(event_of(change.kind), about, change.left);
                self.remember(change.kind, index);
            }
            None => {
                let told = self.write_history(change.kind, change.id, feature);
                self.storage_failed(told);
            }
        }
    }

    /// Before the next change: what the last one could not tell the history. It is not written over
    /// before, or its entry would be lost; unless it cannot be read.
    pub(in crate::agent) fn finish_before(&mut self) -> Result<(), Reason> {
        match if self.journal.is_open { self.finish_pending() } else { Ok(()) } {
            Err(reason @ (Reason::StorageFailed | Reason::StorageFull)) => Err(reason),
            _ => Ok(()),
        }
    }

    /// Ends the last change, if the power went or the storage failed before it told the history: what
    /// has happened is told, what has not is forgotten.
    ///
    /// # Errors
    /// Why its entry is still open.
    #[inline(never)]
    pub(in crate::agent) fn finish_pending(&mut self) -> Result<(), Reason> {
        let mut open = OpenChange::NONE;
        let read = self.open_change(&mut open);
        // A damaged one tells nothing more.
        self.journal.is_open = read.unwrap_or_else(|reason| reason != Reason::StorageCorrupted);
        if !read? {
            return Ok(());
        }
        let feature = open.feature.get(..open.feature_len).unwrap_or_default();
        match self.has_happened(open.kind, open.id, open.place, &open.digest, feature) {
            Ok(true) => self.write_history(open.kind, open.id, feature),
            Ok(false) => {
                let _ = self.journal.remove(key(Group::Pending, 0));
                self.journal.is_open = false;
                Ok(())
            }
            // The next boot tries again.
            Err(reason) => Err(reason),
        }
    }

    /// Reads the change that the history does not know; whether there is one.
    #[inline(never)]
    fn open_change(&mut self, open: &mut OpenChange) -> Result<bool, Reason> {
        let next = self.journal.next_number;
        let mut is_open = false;
        self.journal
            .load_pending(|pending| {
                let mut feature = SliceSink::new(&mut open.feature);
                feature.put(pending.feature);
                open.feature_len = feature.finish().map_or(0, <[u8]>::len);
                (open.kind, open.id, open.place) = (pending.kind, pending.id, pending.place);
                // Assigned, it would bring `memmove`, which nothing else needs.
                SliceSink::new(&mut open.digest).put(pending.digest);
                is_open = pending.number >= next;
            })
            .map(|()| is_open)
    }

    /// Whether a change has had its effect: the storage says.
    ///
    /// # Errors
    /// Why that cannot be read: the next boot knows more.
    #[inline(never)]
    fn has_happened(
        &mut self,
        kind: HistoryKind,
        id: LineId,
        place: u8,
        digest: &[u8; 32],
        feature: &[u8],
    ) -> Result<bool, Reason> {
        let index = usize::from(place);
        match kind {
            // Another line may stand there: one that was revoked, and could not be removed.
            HistoryKind::Installed => {
                Ok(self.stored_line(index)?.is_some_and(|stored| stored.id == id))
            }
            HistoryKind::Cleared => self.is_stored(index).map(|stored| !stored),
            HistoryKind::EulaAccepted => {
                let mut accepted = false;
                self.journal
                    .each_accepted_eula(|_, agreement| {
                        accepted |= agreement.feature == feature && agreement.digest == digest;
                    })
                    .map(|()| accepted)
            }
            HistoryKind::Converted => {
                let Some((index, _)) = self.find_line(id) else { return Ok(false) };
                self.recall_usage(Some(index))?;
                Ok(self.held(index).is_some_and(|held| held.converted))
            }
            // By a REVOKE of the vendor, or by a verb of the product.
            #[cfg(feature = "transfer")]
            HistoryKind::Revoked if *digest != [0; 32] => self.has_word_on(digest),
            HistoryKind::Revoked => self.is_revoked(id),
            #[cfg(feature = "transfer")]
            HistoryKind::Moved
            | HistoryKind::Reduced
            | HistoryKind::TicketCancelled
            | HistoryKind::GivenUp => self.has_word_on(digest),
            HistoryKind::Arrived => {
                let stored = self.stored_line(index)?;
                Ok(stored.is_some_and(|stored| stored.id == id && !stored.waits))
            }
            #[cfg(not(feature = "transfer"))]
            HistoryKind::Moved
            | HistoryKind::Reduced
            | HistoryKind::TicketCancelled
            | HistoryKind::GivenUp => Ok(false),
            HistoryKind::Expired | HistoryKind::Repaired => Ok(false),
        }
    }

    /// Tells the history what happened to a line that is held. A failure is an event and nothing more:
    /// what the entry tells has happened, and the next boot writes it.
    pub(in crate::agent) fn remember(&mut self, kind: HistoryKind, index: usize) {
        let (number, wall) = (self.journal.next_number, self.wall());
        let Some(held) = self.lines.get(index).and_then(|slot| slot.held()) else { return };
        let (id, feature) = (held.right.id(), held.right.feature());
        let entry = HistoryEntry { number, kind, id, wall, feature };
        let stored = self.journal.store_next_entry(&entry);
        self.storage_failed(stored);
    }

    pub(in crate::agent) fn write_history(
        &mut self,
        kind: HistoryKind,
        id: LineId,
        feature: &[u8],
    ) -> Result<(), Reason> {
        let (number, wall) = (self.journal.next_number, self.wall());
        let entry = HistoryEntry { number, kind, id, wall, feature };
        self.journal.store_next_entry(&entry)
    }
}

/// The event that tells a change.
const fn event_of(kind: HistoryKind) -> EventKind {
    match kind {
        HistoryKind::Installed => EventKind::Install,
        HistoryKind::Cleared => EventKind::Clear,
        HistoryKind::Expired => EventKind::Expired,
        HistoryKind::EulaAccepted => EventKind::EulaAccepted,
        HistoryKind::Converted => EventKind::RightToUse,
        HistoryKind::Revoked => EventKind::Revoked,
        HistoryKind::Repaired => EventKind::Repaired,
        HistoryKind::Moved | HistoryKind::Reduced | HistoryKind::GivenUp => EventKind::Moved,
        HistoryKind::TicketCancelled => EventKind::TicketCancelled,
        HistoryKind::Arrived => EventKind::Arrived,
    }
}

/// The change that the storage knows and the history does not.
struct OpenChange {
    kind: HistoryKind,
    id: LineId,
    place: u8,
    /// Of the agreement.
    digest: [u8; 32],
    feature: [u8; MAX_FEATURE_LEN],
    feature_len: usize,
}

impl OpenChange {
    const NONE: Self = Self {
        kind: HistoryKind::Expired,
        id: LineId([0; 10]),
        place: 0,
        digest: [0; 32],
        feature: [0; MAX_FEATURE_LEN],
        feature_len: 0,
    };
}
