//! Changing what is installed: clear, priority, comment, agreements.

use crate::agent::held::{Held, LineSlot, Place, Source};
use crate::agent::persist::{self, Agreement, Deed, Group, LineValue, key};
use crate::agent::{Agent, Priority, SCRATCH_LEN, is_trial_like};
use crate::bytes::sink::SliceSink;
use crate::catalog::FeatureId;
use crate::event::EventKind;
use crate::limits::MAX_RECORD_LEN;
use crate::line::{LineId, Records};
use crate::reason::Reason;
use crate::store::Storage;
use crate::time::Now;
use crate::udi::UdiSource;
use crate::verify::{Message, SignatureVerifier};

/// Longest comment, in bytes.
const MAX_COMMENT: usize = 255;

impl<S: Storage, V: SignatureVerifier, U: UdiSource> Agent<'_, S, V, U> {
    /// Removes a line. What was used of it stays remembered, so installing it again gives nothing
    /// back.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::BuiltInLine`], [`Reason::LineInUse`], or what storage
    /// reports; the line is still there then.
    pub fn clear(&mut self, id: LineId, now: Now) -> Result<(), Reason> {
        self.tick(now);
        let (index, held) = self.installed(id)?;
        if held.serving && self.is_running(&held) {
            return Err(Reason::LineInUse);
        }
        self.storage.remove(self.line_key(index)?)?;
        if let Some(slot) = self.lines.get_mut(index) {
            *slot = LineSlot::EMPTY;
        }
        self.update();
        self.conclude();
        self.event(EventKind::Cleared, Some(&held), 0);
        self.remember(Deed::Cleared, &held);
        self.announce_levels();
        Ok(())
    }

    /// Sets the priority of a trial: high or low. `None` sets it back to the default.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::PriorityFixed`], or what storage reports.
    pub fn set_priority(&mut self, id: LineId, priority: Option<Priority>) -> Result<(), Reason> {
        let (index, mut held) = self.installed(id)?;
        if !is_trial_like(held.license_type()) || priority == Some(Priority::Medium) {
            return Err(Reason::PriorityFixed);
        }
        held.priority = priority;
        self.rewrite(index, &held, None)?;
        self.update();
        self.conclude();
        self.announce_levels();
        Ok(())
    }

    /// Replaces the comment of a line; an empty one deletes it.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::CommentTooLong`], or what storage reports.
    pub fn comment(&mut self, id: LineId, text: &[u8]) -> Result<(), Reason> {
        if text.len() > MAX_COMMENT {
            return Err(Reason::CommentTooLong);
        }
        let (index, held) = self.installed(id)?;
        self.rewrite(index, &held, Some(text))
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
        let len = self.storage.load(self.line_key(index)?, self.scratch)?;
        let value = len.and_then(|len| self.scratch.get(..len)).ok_or(Reason::StorageCorrupted)?;
        let comment = LineValue::decode(value)?.comment;
        let mut out = SliceSink::new(buffer);
        crate::bytes::sink::Sink::put(&mut out, comment);
        out.finish().map_err(|_| Reason::CommentTooLong)
    }

    /// Gives the text of an installed line back, with its `KEY` record before it if the key was
    /// delegated: what a backup holds.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::BuiltInLine`], or what storage reports.
    pub fn line_text(&mut self, id: LineId, mut record: impl FnMut(&[u8])) -> Result<(), Reason> {
        let (index, _) = self.installed(id)?;
        let len = self.storage.load(self.line_key(index)?, self.scratch)?;
        let value = len.and_then(|len| self.scratch.get(..len)).ok_or(Reason::StorageCorrupted)?;
        for found in Records::new(LineValue::decode(value)?.frames) {
            let stored = found.record.map_err(|error| error.reason)?;
            let mut text = [0; MAX_RECORD_LEN];
            record(stored.write_text(&mut text).map_err(|_| Reason::StorageCorrupted)?);
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
        let feature = self.product.catalog.feature(id).ok_or(Reason::UnknownFeature)?;
        let name = feature.name().as_bytes();
        let digest = self.verifier.sha256(&Message::Agreement(text))?;
        let place = self.agreement_place(name)?;
        let agreement = Agreement { feature: name, digest, wall: self.wall() };
        persist::store_agreement(&mut self.storage, place, &agreement)?;
        for index in 0..self.lines.len() {
            let Some(held) = self.lines.get_mut(index).and_then(LineSlot::held_mut) else {
                continue;
            };
            if held.feature != Some(id) || !held.agreement || held.accepted {
                continue;
            }
            held.accepted = true;
            let held = *held;
            self.event(EventKind::EulaAccepted, Some(&held), 0);
            self.remember(Deed::EulaAccepted, &held);
        }
        self.update();
        self.conclude();
        self.announce_levels();
        Ok(())
    }

    /// Stores a line anew with what the operator set; the comment stays unless another is given.
    pub(super) fn rewrite(
        &mut self,
        index: usize,
        held: &Held,
        comment: Option<&[u8]>,
    ) -> Result<(), Reason> {
        let key = self.line_key(index)?;
        let len = self.storage.load(key, self.scratch)?.ok_or(Reason::StorageCorrupted)?;
        let value = self.scratch.get(..len).ok_or(Reason::StorageCorrupted)?;
        let old = LineValue::decode(value)?;
        let new = LineValue {
            priority: held.priority.map_or(0, |priority| priority as u8),
            activated: held.activated,
            comment: comment.unwrap_or(old.comment),
            frames: old.frames,
        };
        let mut buffer = [0; SCRATCH_LEN];
        let mut out = SliceSink::new(&mut buffer);
        new.encode(&mut out);
        let value = out.finish().map_err(|_| Reason::MemoryTooSmall)?;
        self.storage.store(key, value)?;
        if let Some(slot) = self.lines.get_mut(index) {
            *slot = LineSlot(Place::Held(*held));
        }
        Ok(())
    }

    fn installed(&self, id: LineId) -> Result<(usize, Held), Reason> {
        let (index, held) = self.find_line(id).ok_or(Reason::NoSuchLine)?;
        match held.source {
            Source::Installed => Ok((index, *held)),
            Source::BuiltIn => Err(Reason::BuiltInLine),
        }
    }

    fn line_key(&self, index: usize) -> Result<crate::store::StorageKey, Reason> {
        u8::try_from(index).map(|place| key(Group::Lines, place)).map_err(|_| Reason::SlotsFull)
    }

    /// The place of a feature's agreement: the one it has, or a free one.
    fn agreement_place(&mut self, name: &[u8]) -> Result<u8, Reason> {
        let mut taken = [false; persist::MAX_AGREEMENTS as usize];
        let mut own = None;
        // A damaged value keeps its place too.
        let read = persist::each_agreement(&mut self.storage, |place, agreement| {
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
