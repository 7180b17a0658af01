//! Reading the log: records in their order, which of them count, and where the log ends.

use super::record::{HEADER_BYTES, HEADER_LEN, Kind, RecordHeader};
use super::{CHUNK, CHUNK_BYTES, FlashStorage, Nor, bytes};
use crate::reason::Reason;
use crate::store::crc::{Flip, flipped_bit};

/// A record with its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Record {
    pub(super) page: usize,
    pub(super) offset: u32,
    /// Behind it.
    pub(super) end: u32,
    pub(super) header: RecordHeader,
}

/// What the value of a record is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Whole,
    /// But for this bit.
    OneBit(Flip),
    /// It was acknowledged, and is not readable any more.
    Damaged,
    /// It was cut off while it was written, so it never counted.
    CutOff,
}

/// A record that counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) record: Record,
    pub(super) state: State,
}

impl<F: Nor> FlashStorage<F> {
    /// The first record of a page at or behind an offset.
    pub(super) fn next_record(&mut self, page: usize, from: u32) -> Result<Option<Record>, Reason> {
        let sequence = self.sequence(page);
        let limit = if self.head == Some(page) { self.end } else { self.geometry.page_len };
        let word = u32::from(self.geometry.word_len);
        let mut offset = from;
        while offset.saturating_add(HEADER_BYTES) <= limit {
            let mut raw = [0; HEADER_LEN];
            self.read(page, offset, &mut raw)?;
            if let Some(header) = RecordHeader::decode(raw, sequence, offset) {
                let end = offset.saturating_add(self.record_len(&header));
                if end <= self.geometry.page_len {
                    return Ok(Some(Record { page, offset, end, header }));
                }
            }
            offset = match raw.first() {
                Some(0xFF) => self.skip_erased(page, offset, limit)?,
                _ => offset.saturating_add(word),
            };
        }
        Ok(None)
    }

    /// The next word from here on that is not erased.
    fn skip_erased(&mut self, page: usize, from: u32, limit: u32) -> Result<u32, Reason> {
        let word = u32::from(self.geometry.word_len);
        let mut offset = from;
        let mut chunk = [0; CHUNK];
        while offset < limit {
            let len = limit.saturating_sub(offset).min(CHUNK_BYTES);
            let part = chunk.get_mut(..len as usize).unwrap_or_default();
            self.read(page, offset, part)?;
            let erased = erased_bytes(part);
            offset = offset.saturating_add(erased);
            if erased < len {
                break;
            }
        }
        // Down to the word, but always forward.
        let whole = offset.saturating_sub(offset.checked_rem(word).unwrap_or(0));
        Ok(whole.max(from.saturating_add(word)))
    }

    /// The record that counts for a key.
    pub(super) fn newest(&mut self, key: u16) -> Result<Option<Found>, Reason> {
        let mut page = self.head;
        while let Some(at) = page {
            let found = self.newest_in(at, key)?;
            if found.is_some() {
                return Ok(found);
            }
            page = self.older(at);
        }
        Ok(None)
    }

    pub(super) fn newest_in(&mut self, page: usize, key: u16) -> Result<Option<Found>, Reason> {
        let mut found = None;
        let mut offset = self.header_len();
        while let Some(record) = self.next_record(page, offset)? {
            offset = record.end;
            if record.header.kind == Kind::Retired || record.header.key != key {
                continue;
            }
            let state = self.state(&record)?;
            if state != State::CutOff {
                found = Some(Found { record, state });
            }
        }
        Ok(found)
    }

    pub(super) fn state(&mut self, record: &Record) -> Result<State, Reason> {
        // The header says it all, and it is whole.
        if record.header.kind != Kind::Value {
            return Ok(State::Whole);
        }
        let len = record.header.value_len();
        let (mut sum, mut done) = (record.header.checksum(), 0);
        let mut chunk = [0; CHUNK];
        while done < len {
            let part_len = len.saturating_sub(done).min(CHUNK_BYTES);
            let part = chunk.get_mut(..part_len as usize).unwrap_or_default();
            self.read(record.page, self.value_offset(record).saturating_add(done), part)?;
            sum = sum.update(part);
            done = done.saturating_add(part_len);
        }
        let mut stored = [0; 4];
        self.read(record.page, self.value_offset(record).saturating_add(len), &mut stored)?;
        match sum.sum() ^ u32::from_le_bytes(stored) {
            0 => return Ok(State::Whole),
            difference => {
                if let Some(flip) = flipped_bit(difference, len) {
                    return Ok(State::OneBit(flip));
                }
            }
        }
        let cut = match self.next_record(record.page, record.end)? {
            Some(next) => next.header.after_cut,
            None => match self.newer(record.page) {
                Some(page) => self.page_header(page)?.is_ok_and(|header| header.after_cut),
                None => true,
            },
        };
        Ok(if cut { State::CutOff } else { State::Damaged })
    }

    /// Reads a value whose checksum fits, if it fits into the buffer.
    pub(super) fn read_whole(
        &mut self,
        record: &Record,
        buffer: &mut [u8],
    ) -> Result<Option<usize>, Reason> {
        let len = usize::from(record.header.len);
        let Some(value) = buffer.get_mut(..len) else { return Ok(None) };
        let offset = self.value_offset(record);
        self.read(record.page, offset, value)?;
        let mut stored = [0; 4];
        self.read(record.page, offset.saturating_add(bytes(len)), &mut stored)?;
        let sum = record.header.checksum().update(value).sum();
        Ok((sum == u32::from_le_bytes(stored)).then_some(len))
    }

    fn value_offset(&self, record: &Record) -> u32 {
        record.offset.saturating_add(self.header_len())
    }

    /// Reads a piece of a value that is whole, or but for one bit, which is put right.
    pub(super) fn read_value(
        &mut self,
        found: &Found,
        from: u32,
        to: &mut [u8],
    ) -> Result<(), Reason> {
        let offset = self.value_offset(&found.record).saturating_add(from);
        self.read(found.record.page, offset, to)?;
        if let State::OneBit(Flip::Content { byte, mask }) = found.state
            && let Some(place) = byte.checked_sub(from)
            && let Some(byte) = to.get_mut(place as usize)
        {
            *byte ^= mask;
        }
        Ok(())
    }

    /// Whether a value is there just like that, without a flipped bit.
    pub(super) fn is_same(&mut self, found: &Found, value: &[u8]) -> Result<bool, Reason> {
        let header = &found.record.header;
        if header.kind != Kind::Value
            || found.state != State::Whole
            || usize::from(header.len) != value.len()
        {
            return Ok(false);
        }
        let mut chunk = [0; CHUNK];
        let mut done = 0_u32;
        for wanted in value.chunks(CHUNK) {
            let part = chunk.get_mut(..wanted.len()).unwrap_or_default();
            self.read_value(found, done, part)?;
            if part != wanted {
                return Ok(false);
            }
            done = done.saturating_add(bytes(wanted.len()));
        }
        Ok(true)
    }

    /// Finds out which pages count, where the log ends, and which keys have values.
    pub(super) fn take_stock(&mut self) -> Result<(), Reason> {
        self.set_head(self.last_page());
        let (mut retired, mut last) = (0, None);
        let mut page = self.oldest();
        while let Some(at) = page {
            let mut offset = self.header_len();
            last = None;
            while let Some(record) = self.next_record(at, offset)? {
                offset = record.end;
                last = Some(record);
                if record.header.kind == Kind::Retired {
                    // A page never retires itself or a newer one.
                    let number = record.header.retired_page();
                    retired = retired.max(if number < self.sequence(at) { number } else { 0 });
                }
                self.remember(&record);
            }
            page = self.newer(at);
        }
        for sequence in self.sequences.iter_mut().filter(|sequence| **sequence <= retired) {
            *sequence = 0;
        }
        self.find_end_behind(last)?;
        self.drop_unfinished()
    }

    /// Without a free page, the power went while the oldest page was moved to the newest. It is
    /// begun again: nothing else was written since.
    pub(super) fn drop_unfinished(&mut self) -> Result<(), Reason> {
        let (Some(head), Some(oldest)) = (self.head, self.oldest()) else { return Ok(()) };
        if self.free_pages() > 0 || head == oldest {
            return Ok(());
        }
        // If there is more in the newest page, the record that retires the oldest was lost.
        if self.is_copy(head, oldest)? {
            self.unfinished = Some(head);
            self.forget_page(head);
        } else {
            self.forget_page(oldest);
        }
        self.set_head(self.last_page());
        self.find_end()
    }

    /// Whether everything in a page stands in an older one too.
    fn is_copy(&mut self, page: usize, older: usize) -> Result<bool, Reason> {
        let mut offset = self.header_len();
        while let Some(record) = self.next_record(page, offset)? {
            offset = record.end;
            let new = Found { record, state: self.state(&record)? };
            if new.state == State::CutOff {
                continue;
            }
            let same = match (record.header.kind, self.newest_in(older, record.header.key)?) {
                (Kind::Value, Some(old)) => {
                    old.record.header.kind == Kind::Value
                        && old.record.header.len == record.header.len
                        && (new.state == State::Damaged || self.same_value(&new, &old)?)
                }
                (Kind::Lost, Some(_)) => true,
                _ => false,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn same_value(&mut self, new: &Found, old: &Found) -> Result<bool, Reason> {
        let mut done = 0;
        let len = u32::from(new.record.header.len);
        let (mut left, mut right) = ([0; CHUNK], [0; CHUNK]);
        while done < len {
            let part = len.saturating_sub(done).min(CHUNK_BYTES);
            let left = left.get_mut(..part as usize).unwrap_or_default();
            let right = right.get_mut(..part as usize).unwrap_or_default();
            self.read_value(new, done, left)?;
            self.read_value(old, done, right)?;
            if left != right {
                return Ok(false);
            }
            done = done.saturating_add(part);
        }
        Ok(true)
    }

    /// Where the next record goes, and whether what stands before it was cut off.
    pub(super) fn find_end(&mut self) -> Result<(), Reason> {
        self.find_end_behind(None)
    }

    /// The same with a record of the newest page that is known, if any.
    fn find_end_behind(&mut self, known: Option<Record>) -> Result<(), Reason> {
        let Some(head) = self.head else { return Ok(()) };
        let page_len = self.geometry.page_len;
        self.end = page_len;
        let mut end = known.map_or(self.header_len(), |record| record.end);
        let mut last = known;
        while let Some(record) = self.next_record(head, end)? {
            end = record.end;
            last = Some(record);
        }
        let mut cut = match last {
            Some(last) => self.state(&last)? == State::CutOff,
            None => false,
        };
        // Whatever else is not erased was written in vain.
        let mut offset = end;
        while offset < page_len {
            if self.is_written(head, offset)? {
                offset = self.whole_words(offset.saturating_add(1));
                (end, cut) = (offset, true);
            } else {
                offset = self.skip_erased(head, offset, page_len)?;
            }
        }
        (self.end, self.after_cut) = (end, cut);
        Ok(())
    }

    /// Whether any byte of a word is not erased.
    fn is_written(&mut self, page: usize, offset: u32) -> Result<bool, Reason> {
        let mut word = [0xFF; 32];
        let word = word.get_mut(..usize::from(self.geometry.word_len)).unwrap_or_default();
        self.read(page, offset, word)?;
        Ok(word.iter().any(|byte| *byte != 0xFF))
    }

    pub(super) fn sequence(&self, page: usize) -> u32 {
        self.sequences.get(page).copied().unwrap_or(0)
    }

    fn pages(&self) -> impl Iterator<Item = usize> + use<'_, F> {
        (0..usize::from(self.geometry.pages)).filter(|page| self.sequence(*page) != 0)
    }

    fn last_page(&self) -> Option<usize> {
        self.pages().max_by_key(|page| self.sequence(*page))
    }

    pub(super) fn oldest(&self) -> Option<usize> {
        self.pages().min_by_key(|page| self.sequence(*page))
    }

    pub(super) fn older(&self, page: usize) -> Option<usize> {
        let limit = self.sequence(page);
        let older = self.pages().filter(|other| self.sequence(*other) < limit);
        older.max_by_key(|other| self.sequence(*other))
    }

    pub(super) fn newer(&self, page: usize) -> Option<usize> {
        let limit = self.sequence(page);
        let newer = self.pages().filter(|other| self.sequence(*other) > limit);
        newer.min_by_key(|other| self.sequence(*other))
    }

    pub(super) fn free_pages(&self) -> usize {
        let used = self.pages().fold(0_usize, |used, _| used.saturating_add(1));
        usize::from(self.geometry.pages).saturating_sub(used)
    }

    pub(super) fn forget_page(&mut self, page: usize) {
        if let Some(sequence) = self.sequences.get_mut(page) {
            *sequence = 0;
        }
    }

    pub(super) fn set_head(&mut self, page: Option<usize>) {
        self.head = page;
        // Until the end is found, all of it may hold records.
        self.end = self.geometry.page_len;
        self.after_cut = false;
    }
}

/// How many bytes at the beginning are erased, looked at by fours first.
fn erased_bytes(part: &[u8]) -> u32 {
    let (fours, _) = part.as_chunks::<4>();
    let erased = fours.iter().take_while(|four| **four == [0xFF; 4]).count().saturating_mul(4);
    let rest = part.get(erased..).unwrap_or_default();
    bytes(rest.iter().take_while(|byte| **byte == 0xFF).count().saturating_add(erased))
}
