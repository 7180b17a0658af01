//! The ids of lines that were taken back.

use crate::agent::journal::Journal;
#[cfg(feature = "transfer")]
use crate::agent::journal::WordKind;
use crate::agent::journal::keys::{Group, MAX_REVOKED, REVOKED_PER_VALUE, key};
use crate::bytes::sink::Sink;
use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::store::Storage;
use crate::value::license::LineId;

/// What was taken of a line.
#[derive(Debug, Clone, Copy)]
pub(in crate::agent) struct TakenLine {
    /// Units that are left.
    pub(in crate::agent) left: u64,
    /// The word by which it went; 0 if by none.
    #[cfg_attr(not(feature = "transfer"), expect(dead_code, reason = "only tickets ask"))]
    pub(in crate::agent) word: u64,
    /// What is said of it.
    pub(in crate::agent) reason: Reason,
}

impl<S: Storage, V: SignatureVerifier> Journal<'_, S, V> {
    /// Goes through the ids of lines that were taken back, with the place of their value.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    pub(in crate::agent) fn each_revoked(
        &mut self,
        mut take: impl FnMut(u8, LineId),
    ) -> Result<(), Reason> {
        self.each(Group::Revoked, 0..MAX_REVOKED, |place, reader| {
            for _ in 0..reader.byte()? {
                take(place, LineId(reader.array()?));
            }
            Some(())
        })
    }

    /// Goes through the lines of which something was taken, with what is left of them: what was taken back, and
    /// what was given up by a ticket.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    #[inline(never)]
    pub(in crate::agent) fn each_taken(
        &mut self,
        mut take: impl FnMut(LineId, TakenLine),
    ) -> Result<(), Reason> {
        let revoked = TakenLine { left: 0, word: 0, reason: Reason::LicenseRevoked };
        let read = self.each_revoked(|_, id| take(id, revoked));
        #[cfg(feature = "transfer")]
        let read = read.and(self.each_word(&mut |_, word| {
            let reason = match word.kind {
                WordKind::Confirmed => Reason::LicenseRevoked,
                _ => Reason::LineMoved,
            };
            for line in word.left() {
                take(line.id, TakenLine { left: line.units, word: word.number, reason });
            }
        }));
        read
    }

    /// Adds an id to those that were taken back: for good, and before anything else happens. One that is
    /// there already is stored again, because a storage that failed may show what is not durable.
    #[inline(never)]
    pub(in crate::agent) fn store_revoked(&mut self, id: LineId) -> Result<(), Reason> {
        let mut known_at = None;
        let _ = self.each_revoked(|place, known| {
            known_at = known_at.or((known == id).then_some(place));
        });
        let places = known_at.map_or(0..MAX_REVOKED, |place| place..place.saturating_add(1));
        for place in places {
            let mut known = [LineId([0; 10]); REVOKED_PER_VALUE];
            let mut len = 0_usize;
            let mut collect = |at, id| {
                if at == place {
                    if let Some(slot) = known.get_mut(len) {
                        *slot = id;
                    }
                    len = len.saturating_add(1);
                }
            };
            // A value that cannot be read is not overwritten.
            if self
                .each(Group::Revoked, place..place.saturating_add(1), |at, reader| {
                    for _ in 0..reader.byte()? {
                        collect(at, LineId(reader.array()?));
                    }
                    Some(())
                })
                .is_err()
                || (len >= REVOKED_PER_VALUE && known_at.is_none())
            {
                continue;
            }
            if let Some(slot) = known.get_mut(len).filter(|_| known_at.is_none()) {
                *slot = id;
                len = len.saturating_add(1);
            }
            let news = known_at.is_none();
            return self.vault.store_revocation(
                key(Group::Revoked, place),
                self.scratch,
                news,
                |out| {
                    out.put(&[u8::try_from(len).unwrap_or(u8::MAX)]);
                    for id in known.iter().take(len) {
                        out.put(&id.0);
                    }
                },
            );
        }
        Err(Reason::RevocationsFull)
    }
}
