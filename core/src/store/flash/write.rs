//! Writing to the log.

use super::log::Record;
use super::record::{HEADER_LEN, Kind, Link, NO_KEY, PageHeader, RecordHeader, SlotState};
use super::value::Found;
use super::{CHUNK, CHUNK_BYTES, FlashStorage, Nor, bytes};
use crate::reason::Reason;

/// How often a record is written anew where words cannot be written.
const TRIES: u8 = 3;

/// Where the value of a new record comes from.
#[derive(Clone, Copy)]
pub(super) enum Content<'v> {
    Bytes(&'v [u8]),
    Copy(&'v Found),
}

/// Bytes on their way to the flash, in whole words.
struct Frame {
    page: usize,
    offset: u32,
    bytes: [u8; CHUNK],
    used: usize,
}

impl<F: Nor> FlashStorage<F> {
    /// Writes a record where there is room for it. If words do not take it, for example because the
    /// power was cut when they were first written, it is written elsewhere.
    pub(super) fn write(
        &mut self,
        header: RecordHeader,
        value: &[u8],
        mut replaced: u32,
    ) -> Result<(), Reason> {
        let mut outcome = self.try_to_write(header, value, replaced);
        for _ in 1..TRIES {
            if !self.stale {
                return outcome;
            }
            self.take_stock()?;
            // What was written may be there, and is replaced then.
            if let Some(there) = self.newest(header.key)? {
                replaced = replaced.max(self.record_len(&there.header));
            }
            // The next try is in another page.
            self.end = self.geometry.page_len;
            outcome = self.try_to_write(header, value, replaced);
        }
        // What is answered is what is there.
        if outcome.is_err() {
            self.take_stock()?;
            if self.is_there(header, value)? {
                return Ok(());
            }
        }
        outcome
    }

    fn try_to_write(
        &mut self,
        header: RecordHeader,
        value: &[u8],
        replaced: u32,
    ) -> Result<(), Reason> {
        let mut outcome = self.make_room(&header, replaced);
        if outcome == Ok(()) {
            outcome = self.append(header, Content::Bytes(value));
        }
        if !matches!(outcome, Ok(()) | Err(Reason::StorageFull)) {
            // Something may be there, or all of it.
            (self.stale, self.doubt) = (true, true);
        }
        outcome
    }

    /// Whether what was to be written can be read, though it was not written well.
    fn is_there(&mut self, header: RecordHeader, value: &[u8]) -> Result<bool, Reason> {
        let Some(record) = self.newest(header.key)? else { return Ok(false) };
        if record.header.kind != header.kind || record.header.len != header.len {
            return Ok(false);
        }
        match self.inspect(&record)? {
            Some(found) => Ok(header.kind == Kind::Removed || self.holds(&found, value)?),
            None => Ok(false),
        }
    }

    /// Begins the free page behind the newest one: round and round, so that all wear alike.
    pub(super) fn open_page(&mut self) -> Result<(), Reason> {
        let pages = usize::from(self.geometry.pages);
        let start = self.head.map_or(0, |head| head.saturating_add(1));
        let mut ring = (start..pages).chain(0..start.min(pages));
        let free = || ring.find(|page| self.sequence(*page) == 0);
        // There are never two of the same number.
        let page = self.unfinished.or_else(free).ok_or(Reason::StorageFull)?;
        let newest = self.head.map_or(0, |head| self.sequence(head));
        let sequence = newest.checked_add(1).ok_or(Reason::StorageFailed)?;
        let (last_end, last_key) = (self.short(self.last_end), self.last_key);
        let header = PageHeader { sequence, last_end, last_key };
        self.erase(page)?;
        let mut frame = Frame { page, offset: 0, bytes: [0xFF; CHUNK], used: 0 };
        self.put(&mut frame, &header.encode())?;
        self.flush(&mut frame)?;
        let there = self.page_header(page)? == Ok(header);
        self.set_sequence(page, sequence);
        self.set_head(Some(page));
        // If it was not erased, it may hold records of the same number.
        let start = self.header_len();
        if !there || self.read_record(page, start, None)?.is_ok() {
            return Err(Reason::StorageFailed);
        }
        (self.end, self.last_end, self.last_key) = (start, start, NO_KEY);
        self.unfinished = None;
        Ok(())
    }

    fn erase(&mut self, page: usize) -> Result<(), Reason> {
        self.nor.erase(u8::try_from(page).map_err(|_| Reason::StorageFailed)?)
    }

    /// Writes a record behind the others, and reads it again.
    pub(super) fn append(
        &mut self,
        header: RecordHeader,
        content: Content<'_>,
    ) -> Result<(), Reason> {
        if let Some(page) = self.unfinished {
            self.erase(page)?;
            if self.page_header(page)?.is_ok() {
                return Err(Reason::StorageFailed);
            }
            self.unfinished = None;
        }
        self.forget_place(header.key);
        let mut outcome = Err(Reason::StorageFailed);
        for _ in 0..TRIES {
            let page = self.head.ok_or(Reason::StorageFailed)?;
            let offset = self.end;
            let end = offset.saturating_add(self.record_len(&header));
            let (before, before_key) = (self.last_end, self.last_key);
            let Some(link) = self.link(before, before_key, offset) else { break };
            if end > self.geometry.page_len {
                break;
            }
            let record = Record { page, offset, end, header, before, before_key, exact: true };
            outcome = self.write_record(&record, link, content);
            // From here on the page is read up to there.
            self.end = end;
            if outcome.is_ok() && self.read_record(page, offset, None)? == Ok(record) {
                (self.last_end, self.last_key, self.doubt) = (end, header.key, false);
                self.remember(&record);
                return Ok(());
            }
            outcome = outcome.and(Err(Reason::StorageFailed));
            self.find_end(end)?;
        }
        outcome
    }

    /// The value comes before its header, which is written when the value was read again. A record
    /// that was cut off has none, and no accident can make its value look like one in which a single
    /// bit was flipped.
    fn write_record(
        &mut self,
        record: &Record,
        link: Link,
        content: Content<'_>,
    ) -> Result<(), Reason> {
        let (page, offset) = (record.page, record.offset);
        if record.header.kind == Kind::Value {
            let sum = self.write_value(record, content)?;
            let found = self.inspect(record)?;
            if !found.is_some_and(|found| found.flip.is_none() && found.sum == sum) {
                return Err(Reason::StorageFailed);
            }
        }
        let mut frame = Frame { page, offset, bytes: [0xFF; CHUNK], used: 0 };
        let place = SlotState { sequence: self.sequence(page), offset };
        self.put(&mut frame, &record.header.encode(place, link))?;
        self.flush(&mut frame)
    }

    /// Returns the checksum.
    fn write_value(&mut self, record: &Record, content: Content<'_>) -> Result<u32, Reason> {
        let (page, header) = (record.page, &record.header);
        let offset = record.offset.saturating_add(self.header_len());
        let mut frame = Frame { page, offset, bytes: [0xFF; CHUNK], used: 0 };
        let mut sum = header.checksum();
        match content {
            Content::Bytes(value) => {
                sum = sum.update(value);
                self.put(&mut frame, value)?;
            }
            Content::Copy(found) => {
                let (len, mut done) = (header.value_len(), 0);
                let mut chunk = [0; CHUNK];
                while done < len {
                    let part_len = len.saturating_sub(done).min(CHUNK_BYTES);
                    let part = chunk.get_mut(..part_len as usize).unwrap_or_default();
                    self.read_value(found, done, part)?;
                    sum = sum.update(part);
                    self.put(&mut frame, part)?;
                    done = done.saturating_add(part_len);
                }
                // A weak bit may have read differently this time.
                if sum.sum() != found.sum {
                    return Err(Reason::StorageFailed);
                }
            }
        }
        self.put(&mut frame, &sum.sum().to_le_bytes())?;
        self.flush(&mut frame)?;
        Ok(sum.sum())
    }

    fn put(&mut self, frame: &mut Frame, bytes: &[u8]) -> Result<(), Reason> {
        for byte in bytes {
            if frame.used >= CHUNK {
                self.flush(frame)?;
            }
            if let Some(place) = frame.bytes.get_mut(frame.used) {
                *place = *byte;
            }
            frame.used = frame.used.saturating_add(1);
        }
        Ok(())
    }

    /// Goes on with the next word.
    fn fill_word(&self, frame: &mut Frame) {
        // A frame is whole words long, and begins as erased bytes.
        frame.used = self.whole_words(bytes(frame.used)) as usize;
    }

    /// Writes what is in the frame, filled up to whole words.
    fn flush(&mut self, frame: &mut Frame) -> Result<(), Reason> {
        self.fill_word(frame);
        let address = self.address(frame.page, frame.offset)?;
        self.nor.write(address, frame.bytes.get(..frame.used).unwrap_or_default())?;
        frame.offset = frame.offset.saturating_add(bytes(frame.used));
        frame.bytes = [0xFF; CHUNK];
        frame.used = 0;
        Ok(())
    }
}

const _: () = assert!(HEADER_LEN <= CHUNK);
