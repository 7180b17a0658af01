//! Bringing what is held to what is stored: at boot, and after a verb that failed.

use crate::agent::journal::{Group, LineValue, key};
use crate::agent::memory::{ByOperator, EventSubject, LineSlot, LineSource, SlotState};
#[cfg(feature = "transfer")]
use crate::agent::verbs::transfer::check_proof;
use crate::agent::{Agent, Part, Ports};
use crate::event::EventKind;
use crate::reason::Reason;
use crate::record::{BinaryRecords, Record};
use crate::store::Protection;
use crate::trust::{KeyRing, KeySlot, VerifiedUnder};

/// Delegated keys that are stored with a line: its own, and that of the ticket by which it came.
const STORED_KEYS: usize = if cfg!(feature = "transfer") { 2 } else { 1 };

/// Places without a line, one behind the other, after which no more are looked for beyond the slots: lines take
/// the first free place.
const LOOK_AHEAD: u8 = 8;

impl<P: Ports> Agent<'_, P> {
    pub(in crate::agent) fn read_lines(&mut self) {
        let mut empty = 0_u8;
        for place in 0..=u8::MAX {
            if usize::from(place) < self.lines.len() {
                self.take_in(place);
            } else if empty < LOOK_AHEAD {
                empty = if self.note_unheld(place) { 0 } else { empty.saturating_add(1) };
            }
        }
    }

    /// Whether a line is stored at a place for which there is no slot: it stays there, and grants nothing.
    #[inline(never)]
    fn note_unheld(&mut self, place: u8) -> bool {
        let stored = self.journal.vault.load(key(Group::Lines, place), self.journal.scratch);
        if !matches!(stored, Ok(Some(_))) {
            return false;
        }
        self.unheld |= self.unheld_bit(place);
        let number = u64::from(Reason::SlotsFull.code().unsigned_abs());
        self.event(EventKind::Refused, EventSubject::NOTHING, number);
        true
    }

    /// Reads the line of a place and holds it, or notes why not.
    #[inline(never)]
    fn take_in(&mut self, place: u8) {
        let index = usize::from(place);
        let read = self.read_line(place).and_then(|seal| Ok((seal, self.is_twin(index)?)));
        match read {
            Ok((_, true)) => {
                let removed =
                    self.journal.vault.remove(key(Group::Lines, place), self.journal.scratch);
                self.storage_failed(removed);
                self.free(index);
            }
            Ok((Some(unsealed), false)) => {
                let own = self.held(index).map(|held| held.own).unwrap_or_default();
                let sealed = self.rewrite(index, own, None, Some(unsealed));
                self.storage_failed(sealed);
            }
            Ok((None, false)) => {}
            Err(reason) => {
                let number = u64::from(reason.code().unsigned_abs());
                self.event(EventKind::Refused, EventSubject::NOTHING, number);
                if let Some(slot) = self.lines.get_mut(index) {
                    *slot = LineSlot(SlotState::Refused(reason));
                }
            }
        }
    }

    /// After a verb that failed: brings the lines that are held to what is stored, as a boot would.
    /// What cannot be read now is read a while later.
    #[inline(never)]
    pub(in crate::agent) fn reread(&mut self) {
        let failed = Err(Reason::StorageFailed);
        // Only what has failed is read once more: damage is for the next boot to judge.
        let mut again = false;
        for place in 0..=u8::MAX {
            let index = usize::from(place);
            let id = match self.lines.get(index).map(|slot| &slot.0) {
                None => break,
                Some(SlotState::Free) => None,
                Some(SlotState::AgentLine(held)) if held.source == LineSource::Installed => {
                    Some(held.right.id())
                }
                Some(_) => continue,
            };
            match self.stored_line(index) {
                Ok(Some(stored)) if Some(stored.id) == id => {
                    if let Some(held) = self.held_mut(index) {
                        held.own = stored.own;
                        held.waits &= stored.waits;
                    }
                }
                Ok(stored) => {
                    self.free(index);
                    if stored.is_some() {
                        self.take_in(place);
                        again |= self.recall_usage(Some(index)) == failed;
                    }
                }
                Err(reason) => again |= reason == Reason::StorageFailed,
            }
        }
        self.remove_revoked();
        again |= self.recall_accepted_eulas() == failed;
        self.stale = again;
        if again {
            self.failed(Reason::StorageFailed);
        }
    }

    /// Whether a line stands at an earlier place as well: it was installed again while that could not
    /// be read, or an older value was put back.
    ///
    /// # Errors
    /// [`Reason::ConflictingId`] if another line with its id does.
    fn is_twin(&self, index: usize) -> Result<bool, Reason> {
        let Some(held) = self.held(index) else { return Ok(false) };
        match self.find_line(held.right.id()) {
            Some((first, other)) if first != index => {
                if other.right == held.right {
                    Ok(true)
                } else {
                    Err(Reason::ConflictingId)
                }
            }
            _ => Ok(false),
        }
    }

    /// Where the power went between taking a right back and removing its line.
    #[inline(never)]
    pub(in crate::agent) fn remove_revoked(&mut self) {
        let lines = &mut *self.lines;
        let mut revoked = false;
        let read = self.journal.each_taken(|id, taken| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.id() == id) {
                held.left = held.left.min(taken.left);
                held.revoked |= held.left == 0;
                revoked |= held.revoked;
            }
        });
        if let Err(reason) = read {
            self.cannot_read(Part::Revocations, reason);
        }
        self.end_own_waits();
        for index in 0..if revoked { self.lines.len() } else { 0 } {
            if self.held(index).is_some_and(|held| held.revoked) {
                let place = u8::try_from(index).unwrap_or(u8::MAX);
                let removed =
                    self.journal.vault.remove(key(Group::Lines, place), self.journal.scratch);
                self.storage_failed(removed);
                if let Some(slot) = self.lines.get_mut(index) {
                    *slot = LineSlot::EMPTY;
                }
            }
        }
    }

    /// Reads one stored line, checks it as if it had just come in, and holds it. Gives the seal that
    /// it should have, if that is not there.
    #[inline(never)]
    fn read_line(&mut self, place: u8) -> Result<Option<VerifiedUnder>, Reason> {
        let loaded = self.journal.vault.load(key(Group::Lines, place), self.journal.scratch)?;
        let Some((content, protection)) = loaded else { return Ok(None) };
        let value = LineValue::decode(content)?;
        let seal = value.seal.filter(|_| protection == Protection::Mac);
        let mut key_slots = [KeySlot::EMPTY; STORED_KEYS];
        #[cfg(feature = "transfer")]
        let (mut permission, mut rehost) = (None, None);
        let mut ring = KeyRing::new(self.product.anchors, &mut key_slots);
        if self.product.rules.danger_accept_development_keys {
            ring = ring.danger_accept_development_keys();
        }
        let mut records = BinaryRecords::new(value.frames);
        while let Some(found) = &records.next() {
            match &found.record {
                Err(error) => return Err(error.reason),
                Ok(Record::Key(record)) => {
                    ring.admit_unless(record, &self.journal.vault.verifier, seal)?;
                }
                #[cfg(feature = "transfer")]
                Ok(Record::Permission(record)) => permission = Some(*record),
                #[cfg(feature = "transfer")]
                Ok(Record::Rehost(record)) => rehost = Some(*record),
                Ok(Record::License(line)) => {
                    let (verified, now) =
                        line.verify_unless(&ring, &self.journal.vault.verifier, seal)?;
                    #[cfg(feature = "transfer")]
                    let proven = match (&permission, &rehost) {
                        (_, Some(rehost)) if line.terms().needs != Some(rehost.terms().ticket) => {
                            return Err(Reason::StorageCorrupted);
                        }
                        // Behind a MAC the proof was seen before the seal was written.
                        (Some(_), Some(_)) if seal == Some(now) => true,
                        (Some(permission), Some(rehost)) => {
                            check_proof(
                                permission,
                                rehost,
                                &ring,
                                &self.device,
                                &self.journal.vault.verifier,
                            )?;
                            true
                        }
                        _ => false,
                    };
                    let bound = verified.bind(&self.device)?;
                    let own = ByOperator::decode(value.priority, value.activated);
                    self.calendar.raise_signed(line.terms().issued);
                    let slot = self.lines.get_mut(usize::from(place));
                    let slot = slot.ok_or(Reason::MemoryTooSmall)?;
                    slot.hold_line(self.product.catalog, &bound)?;
                    if let Some(held) = slot.held_mut() {
                        held.own = own;
                        #[cfg(feature = "transfer")]
                        {
                            held.waits &= !proven;
                        }
                    }
                    let unsealed = self.journal.vault.secret().is_some() && seal != Some(now);
                    return Ok(unsealed.then_some(now));
                }
                // No device stores others.
                Ok(_) => return Err(Reason::StorageCorrupted),
            }
        }
        Err(Reason::StorageCorrupted)
    }

    /// Brings lines, or one, to what is remembered of their use.
    ///
    /// # Errors
    /// Why some of it could not be read.
    #[inline(never)]
    pub(in crate::agent) fn recall_usage(&mut self, only: Option<usize>) -> Result<(), Reason> {
        let lines = match only {
            Some(index) => self.lines.get_mut(index..=index).unwrap_or_default(),
            None => &mut *self.lines,
        };
        let read = self.journal.each_usage(|place, usage| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.id() == usage.id) {
                held.recall(place, usage);
            }
        });
        // A line whose use is counted never stands without its use value.
        for held in lines.iter_mut().filter_map(LineSlot::held_mut) {
            let never_used = read.is_ok() && held.source == LineSource::BuiltIn;
            let counted = held.is_metered() || (held.right.end().is_some() && !held.is_paid());
            held.use_unknown |= counted && held.usage.is_none() && !never_used;
        }
        read
    }

    #[inline(never)]
    pub(in crate::agent) fn recall_accepted_eulas(&mut self) -> Result<(), Reason> {
        let lines = &mut *self.lines;
        self.journal.each_accepted_eula(|_, agreement| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.feature() == agreement.feature) {
                held.accepted = true;
            }
        })
    }
}
