//! Reading the log: pages and records in their order, and which of them count.

use super::record::{HEADER_BYTES, HEADER_LEN, Kind, Link, NO_KEY, RecordHeader, SlotState};
use super::{CHUNK, CHUNK_BYTES, FlashStorage, Nor, bytes};
use crate::reason::Reason;

/// A record with its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Record {
    pub(super) page: usize,
    pub(super) offset: u32,
    /// Behind it.
    pub(super) end: u32,
    pub(super) header: RecordHeader,
    /// Where the record before it ended, and its key.
    pub(super) before: u32,
    pub(super) before_key: u16,
    /// No bit of the header is flipped.
    pub(super) exact: bool,
}

/// On the way through a page, from record to record.
pub(super) struct Walk {
    page: usize,
    /// Behind the last record that counts, and its key.
    pub(super) end: u32,
    pub(super) key: u16,
    /// The next one, before it is known what follows it.
    next: Option<Record>,
}

impl<F: Nor> FlashStorage<F> {
    pub(super) fn walk(&mut self, page: usize) -> Result<Walk, Reason> {
        let end = self.header_len();
        let mut walk = Walk { page, end, key: NO_KEY, next: None };
        walk.next = self.look(&walk, end, NO_KEY)?;
        Ok(walk)
    }

    /// The next record that counts. Each says where the one before it ended. So one that was cut off,
    /// and looks whole since another bit was flipped, is passed over; and where one was damaged beyond
    /// repair, its key is known, and is `Lost`.
    pub(super) fn step(&mut self, walk: &mut Walk) -> Result<Option<Record>, Reason> {
        while let Some(record) = walk.next.take() {
            if record.before > walk.end {
                let (offset, end, key) = (walk.end, record.before, record.before_key);
                (walk.end, walk.key, walk.next) = (end, key, Some(record));
                let copied = record.header.copied;
                let header = RecordHeader { kind: Kind::Lost, copied, key, len: 0 };
                return Ok(Some(Record { offset, end, header, exact: false, ..record }));
            }
            if record.offset >= self.geometry.page_len {
                break;
            }
            walk.next = self.look(walk, record.end, record.header.key)?;
            if walk.next.is_none_or(|next| next.before >= record.end) {
                (walk.end, walk.key) = (record.end, record.header.key);
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// What follows a record that ends here.
    fn look(&mut self, walk: &Walk, from: u32, key: u16) -> Result<Option<Record>, Reason> {
        let (page, page_len) = (walk.page, self.geometry.page_len);
        match self.read_record(page, from, Some((from, key)))? {
            Ok(record) => Ok(Some(record)),
            Err(Rest::Erased) => Ok(None),
            // The next page says where this one ended.
            Err(Rest::Written) => {
                let Some(newer) = self.newer(page) else { return Ok(None) };
                let Ok(newer) = self.page_header(newer)? else { return Ok(None) };
                let ends = [from, walk.end];
                let before = ends.into_iter().find(|end| self.short(*end) == newer.last_end);
                let nothing =
                    RecordHeader { kind: Kind::Retired, copied: false, key: NO_KEY, len: 0 };
                Ok(Some(Record {
                    page,
                    offset: page_len,
                    end: page_len,
                    header: nothing,
                    before: before.unwrap_or(page_len),
                    before_key: newer.last_key,
                    exact: false,
                }))
            }
        }
    }

    /// The first record of a page at or behind an offset, known or not what was before that.
    pub(super) fn read_record(
        &mut self,
        page: usize,
        from: u32,
        known: Option<(u32, u16)>,
    ) -> Result<Result<Record, Rest>, Reason> {
        let sequence = self.sequence(page);
        let limit = if self.head == Some(page) { self.end } else { self.geometry.page_len };
        let word = u32::from(self.geometry.word_len);
        let (mut offset, mut rest) = (from, Rest::Erased);
        while offset.saturating_add(HEADER_BYTES) <= limit {
            let mut raw = [0; HEADER_LEN];
            self.read(page, offset, &mut raw)?;
            if raw.first() == Some(&0xFF) {
                offset = self.skip_erased(page, offset, limit)?;
                continue;
            }
            rest = Rest::Written;
            let place = SlotState { sequence, offset };
            let link = known.and_then(|(end, key)| self.link(end, key, offset));
            if let Some((header, link)) = RecordHeader::decode(raw, place, link) {
                let end = offset.saturating_add(self.record_len(&header));
                let before =
                    offset.saturating_sub(u32::from(link.gap).saturating_mul(self.grain()));
                if end <= self.geometry.page_len && before >= self.header_len() {
                    let exact = header.encode(place, link) == raw;
                    let before_key = link.key;
                    return Ok(Ok(Record { page, offset, end, header, before, before_key, exact }));
                }
            }
            offset = offset.saturating_add(word);
        }
        Ok(Err(rest))
    }

    /// What a record at this offset says of one that ends there.
    pub(super) fn link(&self, end: u32, key: u16, offset: u32) -> Option<Link> {
        let (gap, grain) = (offset.checked_sub(end)?, self.grain());
        let whole = gap.checked_rem(grain) == Some(0);
        let gap = gap.checked_div(grain).filter(|_| whole)?;
        Some(Link { gap: u8::try_from(gap).ok()?, key })
    }

    /// In these a gap is counted: a byte is enough for all of a page.
    pub(super) fn grain(&self) -> u32 {
        self.whole_words(self.geometry.page_len.div_ceil(256))
    }

    /// An offset in words; of that the lowest byte.
    pub(super) fn short(&self, offset: u32) -> u8 {
        let words = offset.checked_div(u32::from(self.geometry.word_len)).unwrap_or(0);
        let [low, ..] = words.to_le_bytes();
        low
    }

    /// The next word from here on that is not erased.
    pub(super) fn skip_erased(
        &mut self,
        page: usize,
        from: u32,
        limit: u32,
    ) -> Result<u32, Reason> {
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
    pub(super) fn newest(&mut self, key: u16) -> Result<Option<Record>, Reason> {
        if let Some(record) = self.remembered(key)? {
            return Ok(Some(record));
        }
        let mut page = self.head;
        while let Some(at) = page {
            let (mut walk, mut found) = (self.walk(at)?, None);
            while let Some(record) = self.step(&mut walk)? {
                if record.is_of(key) {
                    found = Some(record);
                }
            }
            if found.is_some() {
                return Ok(found);
            }
            page = self.older(at);
        }
        Ok(None)
    }

    pub(super) fn sequence(&self, page: usize) -> u32 {
        self.sequences.get(page).copied().unwrap_or(0)
    }

    fn pages(&self) -> impl Iterator<Item = usize> + use<'_, F> {
        (0..usize::from(self.geometry.pages)).filter(|page| self.sequence(*page) != 0)
    }

    pub(super) fn last_page(&self) -> Option<usize> {
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

    pub(super) fn set_sequence(&mut self, page: usize, sequence: u32) {
        if let Some(place) = self.sequences.get_mut(page) {
            *place = sequence;
        }
    }
}

impl Record {
    pub(super) fn is_of(&self, key: u16) -> bool {
        self.header.kind != Kind::Retired && self.header.key == key
    }

    /// Whether it is the same one, though bits may read differently.
    pub(super) fn is_at(&self, other: &Self) -> bool {
        self.page == other.page && self.offset == other.offset
    }
}

/// What a page holds where no more records are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rest {
    Erased,
    Written,
}

/// How many bytes at the beginning are erased, looked at by fours first.
fn erased_bytes(part: &[u8]) -> u32 {
    let (fours, _) = part.as_chunks::<4>();
    let erased = fours.iter().take_while(|four| **four == [0xFF; 4]).count().saturating_mul(4);
    let rest = part.get(erased..).unwrap_or_default();
    bytes(rest.iter().take_while(|byte| **byte == 0xFF).count().saturating_add(erased))
}
