//! Writing to the log, and making room in it.

use super::log::{Found, Record, State};
use super::record::{HEADER_LEN, Kind, PageHeader, RecordHeader};
use super::{CHUNK, CHUNK_BYTES, FlashStorage, Nor, bytes};
use crate::reason::Reason;

/// How often a record is written anew where words cannot be written.
const TRIES: u8 = 3;

/// Where the value of a new record comes from.
#[derive(Clone, Copy)]
enum Content<'v> {
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
    /// Makes room for a record in the newest page, in place of one that took `replaced` bytes. What
    /// grows must leave enough that every value can still be replaced and removed: a full storage
    /// is no dead end.
    fn make_room(&mut self, header: &RecordHeader, replaced: u32) -> Result<(), Reason> {
        let len = self.record_len(header);
        if len > self.capacity() {
            return Err(Reason::StorageFull);
        }
        let grows = len > replaced;
        if grows {
            self.check_room(len, Some(replaced))?;
        }
        let mut checked = grows;
        // In so many steps every page has been the oldest one.
        for _ in 0..=u16::from(self.geometry.pages).saturating_mul(3) {
            if self.fits(len) {
                return Ok(());
            }
            self.drop_unfinished()?;
            if self.head.is_none() || self.free_pages() > 1 {
                self.open_page()?;
                continue;
            }
            if !checked {
                self.check_room(len, None)?;
                checked = true;
            }
            self.free_oldest()?;
        }
        Err(Reason::StorageFull)
    }

    /// Bytes of a page that records may take. The record that retires a page always has room.
    fn capacity(&self) -> u32 {
        self.geometry.page_len.saturating_sub(self.header_len().saturating_mul(2))
    }

    /// Whether a record fits behind the others.
    fn fits(&self, len: u32) -> bool {
        let end = self.end.saturating_add(len).saturating_add(self.header_len());
        self.head.is_some() && end <= self.geometry.page_len
    }

    /// Whether moving everything that counts to one place would make enough room; for what grows,
    /// in place of `replaced` bytes, also for replacing the largest value after that.
    fn check_room(&mut self, len: u32, replaced: Option<u32>) -> Result<(), Reason> {
        let full = u32::from(self.geometry.pages).saturating_sub(1);
        let used = full.saturating_add(1).saturating_sub(bytes(self.free_pages()));
        let capacity = self.capacity();
        // Most of the time there is no need to count.
        let roughly = used.saturating_add(3).saturating_mul(capacity);
        if roughly <= full.saturating_mul(capacity) {
            return Ok(());
        }
        let (counting, largest) = self.count()?;
        let largest = largest.max(len);
        let word = u32::from(self.geometry.word_len);
        // What does not fit into the rest of a page goes to the next one, and each page that is
        // moved is retired by a record.
        let lost = full
            .saturating_sub(1)
            .saturating_mul(largest.saturating_sub(word))
            .saturating_add(full.saturating_add(1).saturating_mul(self.header_len()));
        let kept_free = replaced.map_or(0, |replaced| {
            largest.saturating_sub(replaced).saturating_add(self.header_len())
        });
        let needed = counting.saturating_add(len).saturating_add(lost).saturating_add(kept_free);
        if needed <= full.saturating_mul(capacity) { Ok(()) } else { Err(Reason::StorageFull) }
    }

    /// Bytes of all records that count, and of the largest.
    fn count(&mut self) -> Result<(u32, u32), Reason> {
        let (mut all, mut largest) = (0_u32, 0);
        let mut page = self.head;
        while let Some(at) = page {
            let mut offset = self.header_len();
            while let Some(record) = self.next_record(at, offset)? {
                offset = record.end;
                if self.counts(&record)?.is_some() {
                    let len = self.record_len(&record.header);
                    all = all.saturating_add(len);
                    largest = largest.max(len);
                }
            }
            page = self.older(at);
        }
        Ok((all, largest))
    }

    /// A record that must be kept: the newest for its key, if that has a value. A record that says
    /// that there is none need not be, in the oldest page.
    fn counts(&mut self, record: &Record) -> Result<Option<Found>, Reason> {
        if !matches!(record.header.kind, Kind::Value | Kind::Lost) {
            return Ok(None);
        }
        Ok(self.newest(record.header.key)?.filter(|found| found.record == *record))
    }

    /// Moves what counts in the oldest page behind the rest, and retires it.
    fn free_oldest(&mut self) -> Result<(), Reason> {
        let Some(oldest) = self.oldest() else { return Ok(()) };
        if self.head == Some(oldest) {
            self.open_page()?;
        }
        let mut offset = self.header_len();
        while let Some(record) = self.next_record(oldest, offset)? {
            offset = record.end;
            let Some(found) = self.counts(&record)? else { continue };
            let header = match found.state {
                State::Damaged => RecordHeader { kind: Kind::Lost, len: 0, ..record.header },
                _ => record.header,
            };
            if !self.fits(self.record_len(&header)) {
                self.open_page()?;
            }
            self.append(header, Content::Copy(&found))?;
        }
        let header = RecordHeader::retired(self.sequence(oldest), false);
        if self.end.saturating_add(self.header_len()) > self.geometry.page_len {
            self.open_page()?;
        }
        self.append(header, Content::Bytes(&[]))?;
        self.forget_page(oldest);
        Ok(())
    }

    /// Begins the free page behind the newest one: round and round, so that all wear alike.
    fn open_page(&mut self) -> Result<(), Reason> {
        let pages = usize::from(self.geometry.pages);
        let start = self.head.map_or(0, |head| head.saturating_add(1));
        let mut ring = (start..pages).chain(0..start.min(pages));
        let page = ring.find(|page| self.sequence(*page) == 0).ok_or(Reason::StorageFull)?;
        let newest = self.head.map_or(0, |head| self.sequence(head));
        let sequence = newest.checked_add(1).ok_or(Reason::StorageFailed)?;
        let header = PageHeader { sequence, after_cut: self.after_cut };
        self.erase(page)?;
        let mut frame = Frame { page, offset: 0, bytes: [0xFF; CHUNK], used: 0 };
        self.put(&mut frame, &header.encode())?;
        self.flush(&mut frame)?;
        if self.page_header(page)? != Ok(header) {
            return Err(Reason::StorageFailed);
        }
        if let Some(place) = self.sequences.get_mut(page) {
            *place = sequence;
        }
        self.set_head(Some(page));
        self.end = self.header_len();
        Ok(())
    }

    fn erase(&mut self, page: usize) -> Result<(), Reason> {
        self.nor.erase(u8::try_from(page).map_err(|_| Reason::StorageFailed)?)?;
        self.unfinished = self.unfinished.filter(|unfinished| *unfinished != page);
        Ok(())
    }

    /// Writes a record where there is room for it. If words do not take it, for example because the
    /// power was cut when they were first written, it is written elsewhere.
    pub(super) fn write(
        &mut self,
        header: RecordHeader,
        value: &[u8],
        replaced: u32,
    ) -> Result<(), Reason> {
        let mut outcome = Err(Reason::StorageFailed);
        for _ in 0..TRIES {
            outcome = self.make_room(&header, replaced);
            if outcome == Ok(()) {
                outcome = self.append(header, Content::Bytes(value));
            }
            match outcome {
                Ok(()) | Err(Reason::StorageFull) => break,
                // The next try is in another page.
                Err(_) => self.end = self.geometry.page_len,
            }
        }
        outcome
    }

    /// Writes a record behind the others, and reads it again.
    fn append(&mut self, header: RecordHeader, content: Content<'_>) -> Result<(), Reason> {
        if let Some(page) = self.unfinished {
            self.erase(page)?;
        }
        self.forget_place(header.key);
        let mut outcome = Err(Reason::StorageFailed);
        for _ in 0..TRIES {
            let page = self.head.ok_or(Reason::StorageFailed)?;
            let header = RecordHeader { after_cut: self.after_cut, ..header };
            let (offset, len) = (self.end, self.record_len(&header));
            let end = offset.saturating_add(len);
            if end > self.geometry.page_len {
                break;
            }
            outcome = self.write_record(page, offset, &header, content);
            let record = Record { page, offset, end, header };
            // From here on the page is read up to there.
            (self.end, self.after_cut) = (end, false);
            let there = self.next_record(page, offset)? == Some(record);
            if there && self.state(&record)? == State::Whole {
                self.remember(&record);
                return Ok(());
            }
            outcome = outcome.and(Err(Reason::StorageFailed));
            self.find_end()?;
            self.end = self.end.max(end);
        }
        outcome
    }

    fn write_record(
        &mut self,
        page: usize,
        offset: u32,
        header: &RecordHeader,
        content: Content<'_>,
    ) -> Result<(), Reason> {
        if header.kind == Kind::Value {
            self.write_value(page, offset, header, content)?;
        }
        let mut frame = Frame { page, offset, bytes: [0xFF; CHUNK], used: 0 };
        self.put(&mut frame, &header.encode(self.sequence(page), offset))?;
        self.flush(&mut frame)
    }

    /// The value comes before its header. A record that was cut off has none, and no accident can
    /// make its value look like one in which a single bit was flipped.
    fn write_value(
        &mut self,
        page: usize,
        offset: u32,
        header: &RecordHeader,
        content: Content<'_>,
    ) -> Result<(), Reason> {
        let offset = offset.saturating_add(self.header_len());
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
            }
        }
        self.put(&mut frame, &sum.sum().to_le_bytes())?;
        self.flush(&mut frame)
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
