//! Changing what is installed: clear, priority, comment, agreements.

use crate::agent::journal::{self, Agreement, Deed, Group, LineValue, PendingChange, key};
use crate::agent::memory::{ByOperator, Held, Source};
use crate::agent::{Agent, Ports, Priority};
use crate::bytes::sink::{Sink, SliceSink};
use crate::catalog::FeatureId;
use crate::crypto::SignatureVerifier;
use crate::event::EventKind;
use crate::limits::MAX_COMMENT_LEN;
use crate::reason::Reason;
use crate::record::{BinaryRecords, Message, Record};
use crate::store::Protection;
use crate::trust::VerifiedUnder;
use crate::value::license::LineId;
use crate::value::time::Now;
use crate::value::udi::UdiSource;

/// The part of a text from an offset on. A whole record would be a kilobyte of stack; so it is written once
/// for each part.
struct Part {
    before: usize,
    bytes: [u8; 128],
    len: usize,
}

impl Part {
    fn of(record: &Record<'_>, before: usize) -> Self {
        let mut part = Self { before, bytes: [0; 128], len: 0 };
        record.emit_text(&mut part);
        part.put(b"\n");
        part
    }
}

impl Sink for Part {
    fn put(&mut self, bytes: &[u8]) {
        let skipped = self.before.min(bytes.len());
        self.before = self.before.saturating_sub(skipped);
        let room = self.bytes.iter_mut().skip(self.len);
        for (to, from) in room.zip(bytes.iter().skip(skipped)) {
            *to = *from;
            self.len = self.len.saturating_add(1);
        }
    }
}

impl<P: Ports> Agent<'_, P> {
    /// Removes a line. What was used of it stays remembered, so installing it again gives nothing
    /// back.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::BuiltInLine`], [`Reason::LineInUse`], or what storage
    /// reports; the line is still there then.
    pub fn clear(&mut self, id: LineId, now: Now) -> Result<(), Reason> {
        self.tick(now);
        let (index, held) = self.installed(id)?;
        let about = held.about();
        if held.serving && self.is_running(held) {
            return Err(Reason::LineInUse);
        }
        let key = self.line_key(index)?;
        match self.finish_before().and_then(|()| self.intend(Deed::Cleared, index)) {
            // Clearing makes room: it needs none.
            Ok(()) | Err(Reason::StorageFull) => {}
            Err(reason) => return Err(self.undone(reason)),
        }
        let removed = self.journal.vault.remove(key, self.journal.scratch);
        // What has failed may have happened: the storage says.
        if removed.is_ok() || self.is_stored(index) == Ok(false) {
            self.event(EventKind::Cleared, about, 0);
            self.remember(Deed::Cleared, index);
            self.let_go(index);
        }
        removed.map_err(|reason| self.undone(reason))
    }

    /// The verb failed. What has happened of it all the same is told the history, as a boot would.
    fn undone(&mut self, reason: Reason) -> Reason {
        self.doubt();
        let _ = self.finish_intent();
        reason
    }

    /// A line is no longer there.
    fn let_go(&mut self, index: usize) {
        self.free(index);
        self.settle_change();
    }

    /// Another line may serve now, another level be next.
    pub(in crate::agent) fn settle_change(&mut self) {
        let _ = self.look_at_clock() | self.count_time();
        self.update();
        self.conclude();
        self.announce_levels();
    }

    /// Takes a right back for good: its line is removed, and neither it nor a copy of it from before
    /// is ever accepted again on this device. With an anchor this holds for older copies of the
    /// storage too. What a permission ticket of the vendor asks for.
    ///
    /// The line may be in use; its feature is denied from now on. An id that is not installed is
    /// remembered all the same.
    ///
    /// # Errors
    /// [`Reason::RevocationsFull`], or what storage and anchor report; nothing has happened then.
    pub fn revoke(&mut self, id: LineId, now: Now) -> Result<(), Reason> {
        self.tick(now);
        let installed = match self.installed(id) {
            Ok((index, held)) => Some((index, held.about())),
            Err(Reason::NoSuchLine) => None,
            Err(reason) => return Err(reason),
        };
        let deed = Deed::Revoked;
        let intended = self.finish_before().and_then(|()| match installed {
            Some((index, _)) => self.intend(deed, index),
            None => {
                self.journal.is_open = true;
                let (number, place, digest) = (self.journal.next_number, u8::MAX, &[0; 32]);
                let change = PendingChange { number, deed, id, place, digest, feature: b"" };
                self.journal.store_pending(&change)
            }
        });
        let known = self.is_revoked(id) == Ok(true);
        let stored = intended.and_then(|()| self.journal.store_revoked(id));
        // What has failed may have happened. If nobody can tell, it is denied.
        let is_revoked = stored.is_ok() || self.is_revoked(id) == Ok(true);
        match installed {
            Some((index, about)) if is_revoked => {
                // If this fails, the next boot removes it.
                let key = self.line_key(index)?;
                let removed = self.journal.vault.remove(key, self.journal.scratch);
                self.storage_failed(removed);
                self.event(EventKind::Revoked, about, 0);
                self.remember(deed, index);
                self.let_go(index);
            }
            // Once is enough for the history.
            None if stored.is_ok() && !known => {
                let told = self.write_history(deed, id, b"");
                self.storage_failed(told);
            }
            _ => {}
        }
        stored.map_err(|reason| self.undone(reason))
    }

    /// Whether a line was taken back.
    ///
    /// # Errors
    /// Why the list could not be read, if it is not in what could.
    #[inline(never)]
    pub(in crate::agent) fn is_revoked(&mut self, id: LineId) -> Result<bool, Reason> {
        let mut revoked = false;
        let read = self.journal.each_revoked(|_, known| revoked |= known == id);
        if revoked { Ok(true) } else { read.map(|()| false) }
    }

    /// Sets the priority of a trial: high or low. `None` sets it back to the default.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::PriorityFixed`], or what storage reports.
    pub fn set_priority(&mut self, id: LineId, priority: Option<Priority>) -> Result<(), Reason> {
        let (index, held) = self.installed(id)?;
        if !held.license_type().is_trial_like() || priority == Some(Priority::Medium) {
            return Err(Reason::PriorityFixed);
        }
        self.rewrite(index, ByOperator { priority, ..held.own }, None, None)?;
        self.settle_change();
        Ok(())
    }

    /// Removes a stored line that was refused at boot, so that its place is free again. What it
    /// said is gone for good.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`] if no refused line is at that place, or what storage reports.
    pub fn discard_refused(&mut self, place: u8) -> Result<(), Reason> {
        let index = usize::from(place);
        if !self.refused().any(|refused| refused.place == place) {
            return Err(Reason::NoSuchLine);
        }
        let key = self.line_key(index)?;
        let removed = self.journal.remove(key);
        if removed.is_ok() || self.journal.vault.load(key, self.journal.scratch) == Ok(None) {
            self.free(index);
        }
        removed
    }

    /// Replaces the comment of a line; an empty one deletes it.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::CommentTooLong`], or what storage reports.
    pub fn comment(&mut self, id: LineId, text: &[u8]) -> Result<(), Reason> {
        if text.len() > MAX_COMMENT_LEN {
            return Err(Reason::CommentTooLong);
        }
        let (index, held) = self.installed(id)?;
        self.rewrite(index, held.own, Some(text), None)
    }

    /// Reads the comment of a line into a buffer.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], or what storage reports.
    pub fn read_comment<'b>(
        &mut self,
        id: LineId,
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], Reason> {
        let (index, _) = self.installed(id)?;
        let loaded = self.journal.vault.load(self.line_key(index)?, self.journal.scratch)?;
        let (value, _) = loaded.ok_or(Reason::StorageCorrupted)?;
        let comment = LineValue::decode(value)?.comment;
        let mut out = SliceSink::new(buffer);
        out.put(comment);
        out.finish().map_err(|_| Reason::CommentTooLong)
    }

    /// Gives the text of an installed line back, with its `KEY` record before it if the key was
    /// delegated: what a backup holds. It comes in pieces, with a line feed behind each record.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::BuiltInLine`], or what storage reports.
    pub fn line_text(&mut self, id: LineId, mut text: impl FnMut(&[u8])) -> Result<(), Reason> {
        let (index, _) = self.installed(id)?;
        let loaded = self.journal.vault.load(self.line_key(index)?, self.journal.scratch)?;
        let (value, _) = loaded.ok_or(Reason::StorageCorrupted)?;
        let mut records = BinaryRecords::new(LineValue::decode(value)?.frames);
        while let Some(found) = &records.next() {
            let record = found.record.as_ref().map_err(|error| error.reason)?;
            let mut written = 0_usize;
            loop {
                let part = Part::of(record, written);
                if part.len == 0 {
                    break;
                }
                text(part.bytes.get(..part.len).unwrap_or_default());
                written = written.saturating_add(part.len);
            }
        }
        Ok(())
    }

    /// Records that the license agreement of a feature was accepted: when, and the digest of the
    /// text that was shown.
    ///
    /// # Errors
    /// [`Reason::UnknownFeature`], [`Reason::StorageFull`], or what hash and storage report.
    pub fn accept_eula(&mut self, id: FeatureId, text: &[u8], now: Now) -> Result<(), Reason> {
        self.tick(now);
        self.accept(id, text)
    }

    /// The same, where the time is known already.
    pub(crate) fn accept(&mut self, id: FeatureId, text: &[u8]) -> Result<(), Reason> {
        let feature = self.product.catalog.feature(id).ok_or(Reason::UnknownFeature)?;
        let name = feature.name().as_bytes();
        let digest = &self.journal.vault.verifier.sha256(&Message::Agreement(text))?;
        let place = self.agreement_place(name)?;
        let agreement = Agreement { feature: name, digest, wall: self.wall() };
        let first = self.lines().find(|held| held.feature == Some(id));
        let first = first.map_or(LineId([0; 10]), |held| held.right.id());
        self.finish_before()?;
        self.journal.is_open = true;
        let number = self.journal.next_number;
        let deed = Deed::EulaAccepted;
        let change = PendingChange { number, deed, id: first, place, digest, feature: name };
        let stored = self
            .journal
            .store_pending(&change)
            .and_then(|()| self.journal.store_agreement(place, &agreement));
        if let Err(reason) = stored {
            // What has failed may have happened.
            let _ = self.read_agreements();
            self.settle_change();
            return Err(self.undone(reason));
        }
        for index in 0..self.lines.len() {
            let Some(held) = self.held_mut(index) else { continue };
            if held.feature != Some(id) || !held.agreement || held.accepted {
                continue;
            }
            held.accepted = true;
            let about = held.about();
            self.event(EventKind::EulaAccepted, about, 0);
        }
        let told = self.write_history(deed, first, name);
        self.storage_failed(told);
        self.settle_change();
        Ok(())
    }

    /// Stores a line anew with what the operator set; the comment stays unless another is given.
    pub(in crate::agent) fn rewrite(
        &mut self,
        index: usize,
        own: ByOperator,
        comment: Option<&[u8]>,
        seal: Option<VerifiedUnder>,
    ) -> Result<(), Reason> {
        let key = self.line_key(index)?;
        let loaded = self.journal.vault.load(key, self.journal.scratch)?;
        let (value, protection) = loaded.ok_or(Reason::StorageCorrupted)?;
        let old = LineValue::decode(value)?;
        // A seal that no MAC protects is none.
        let seal = seal.or(old.seal.filter(|_| protection == Protection::Mac)).unwrap_or_default();
        let comment_at = value.len().saturating_sub(old.comment.len()).saturating_sub(1);
        let new_len = |new: &[u8]| comment_at.saturating_add(new.len()).saturating_add(1);
        let len = comment.map_or(value.len(), new_len);
        // In place: a second buffer for a line would be most of the stack.
        let stored = self.journal.vault.store_changed(key, self.journal.scratch, len, |value| {
            SliceSink::new(value).put(&own.encode());
            SliceSink::new(value.get_mut(journal::SEAL).unwrap_or_default()).put(&seal);
            if let Some(new) = comment {
                let mut end = SliceSink::new(value.get_mut(comment_at..).unwrap_or_default());
                end.put(new);
                end.put(&[u8::try_from(new.len()).unwrap_or(u8::MAX)]);
            }
        });
        let own = match stored {
            Ok(()) => Some(own),
            // What has failed may have happened.
            Err(_) => {
                self.doubt();
                self.stored_line(index).ok().flatten().map(|(_, own)| own)
            }
        };
        if let Some((held, own)) = self.held_mut(index).zip(own) {
            held.own = own;
        }
        stored
    }

    /// Whether an installed line is for this member of the stack; a line that is locked to none
    /// belongs to the first.
    pub(crate) fn is_for_member(&mut self, id: LineId, member: u8) -> Result<bool, Reason> {
        let key = self.installed(id).and_then(|(index, _)| self.line_key(index))?;
        let loaded = self.journal.vault.load(key, self.journal.scratch)?;
        let (value, _) = loaded.ok_or(Reason::StorageCorrupted)?;
        let mut records = BinaryRecords::new(LineValue::decode(value)?.frames);
        while let Some(found) = &records.next() {
            if let Ok(Record::License(line)) = &found.record {
                return match &line.terms().udi {
                    Some(udi) => Ok(self.device.udi(member)? == Some(*udi)),
                    None => Ok(member == 0),
                };
            }
        }
        Err(Reason::StorageCorrupted)
    }

    pub(in crate::agent) fn installed(&self, id: LineId) -> Result<(usize, &Held), Reason> {
        let (index, held) = self.find_line(id).ok_or(Reason::NoSuchLine)?;
        match held.source {
            Source::Installed => Ok((index, held)),
            Source::BuiltIn => Err(Reason::BuiltInLine),
        }
    }

    pub(in crate::agent) fn line_key(
        &self,
        index: usize,
    ) -> Result<crate::store::StorageKey, Reason> {
        u8::try_from(index).map(|place| key(Group::Lines, place)).map_err(|_| Reason::SlotsFull)
    }

    /// The place of a feature's agreement: the one it has, or a free one.
    #[inline(never)]
    fn agreement_place(&mut self, name: &[u8]) -> Result<u8, Reason> {
        let mut taken = [false; journal::MAX_AGREEMENTS as usize];
        let mut own = None;
        // A damaged value keeps its place too.
        let read = self.journal.each_agreement(|place, agreement| {
            if let Some(mark) = taken.get_mut(usize::from(place)) {
                *mark = true;
            }
            if agreement.feature == name {
                own = Some(place);
            }
        });
        if own.is_none() {
            read?;
        }
        let free = taken.iter().position(|&mark| !mark).and_then(|place| u8::try_from(place).ok());
        own.or(free).ok_or(Reason::StorageFull)
    }
}
