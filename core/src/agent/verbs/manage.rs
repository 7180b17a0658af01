//! Changing what is installed: clear, priority, comment, agreements.

use crate::agent::journal::{self, Group, HistoryKind, LineValue, key};
use crate::agent::memory::{AgentLine, ByOperator, LineSource};
use crate::agent::verbs::transaction::Change;
use crate::agent::{Agent, Ports, Priority};
use crate::bytes::sink::{Sink, SliceSink};
use crate::limits::MAX_COMMENT_LEN;
use crate::reason::Reason;
use crate::record::{BinaryRecords, Record};
use crate::store::Protection;
use crate::trust::VerifiedUnder;
use crate::value::license::LineId;
use crate::value::time::Now;
use crate::value::udi::UdiSource;

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
        if held.serving && self.is_running(held) {
            return Err(Reason::LineInUse);
        }
        let key = self.line_key(index)?;
        let cleared = self
            .transact(&Change::of_line(HistoryKind::Cleared, id, Some(index)), |agent| {
                agent.journal.vault.remove(key, agent.journal.scratch)
            });
        if cleared.happened {
            self.let_go(index);
        }
        cleared.written
    }

    /// A line is no longer there.
    pub(in crate::agent) fn let_go(&mut self, index: usize) {
        self.free(index);
        self.settle_change();
    }

    /// Another line may serve now, another level be next.
    pub(in crate::agent) fn settle_change(&mut self) {
        let _ = self.look_at_clock() | self.count_time();
        self.update();
        self.finish_update();
        self.announce_levels();
    }

    /// Sets the priority of a trial: high or low. `None` sets it back to the default.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::PriorityFixed`], or what storage reports.
    pub fn set_priority(&mut self, id: LineId, priority: Option<Priority>) -> Result<(), Reason> {
        let (index, held) = self.installed(id)?;
        if !held.license_type().is_temporary() || priority == Some(Priority::Medium) {
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
            self.unheld &= !self.unheld_bit(place);
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
                self.stored_line(index).ok().flatten().map(|stored| stored.own)
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

    pub(in crate::agent) fn installed(&self, id: LineId) -> Result<(usize, &AgentLine), Reason> {
        let (index, held) = self.find_line(id).ok_or(Reason::NoSuchLine)?;
        match held.source {
            LineSource::Installed => Ok((index, held)),
            LineSource::BuiltIn => Err(Reason::BuiltInLine),
        }
    }

    pub(in crate::agent) fn line_key(
        &self,
        index: usize,
    ) -> Result<crate::store::StorageKey, Reason> {
        u8::try_from(index).map(|place| key(Group::Lines, place)).map_err(|_| Reason::SlotsFull)
    }
}
