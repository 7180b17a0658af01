//! Writing to the log, and making room in it.

use super::log::Record;
use super::record::{Kind, NO_KEY, RecordHeader};
use super::write::Content;
use super::{FlashStorage, Nor, bytes};
use crate::reason::Reason;

impl<F: Nor> FlashStorage<F> {
    /// Makes room for a record in the newest page, in place of one that took `replaced` bytes. What
    /// grows must leave enough that every value can still be replaced and removed: a full storage
    /// is no dead end.
    pub(super) fn make_room(&mut self, header: &RecordHeader, replaced: u32) -> Result<(), Reason> {
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
            if self.head.is_none() || self.free_pages() > 1 {
                self.open_page()?;
                continue;
            }
            if !checked {
                self.check_room(len, None)?;
                checked = true;
            }
            // There was enough room for what is moved: words that failed took it.
            self.free_oldest().map_err(|reason| match reason {
                Reason::StorageFull => Reason::StorageFailed,
                other => other,
            })?;
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
            let mut walk = self.walk(at)?;
            while let Some(record) = self.step(&mut walk)? {
                if self.counts(&record)? {
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
    fn counts(&mut self, record: &Record) -> Result<bool, Reason> {
        if !matches!(record.header.kind, Kind::Value | Kind::Lost) {
            return Ok(false);
        }
        let newest = self.newest(record.header.key)?;
        Ok(newest.is_some_and(|newest| newest.is_at(record)))
    }

    /// Moves what counts in the oldest page behind the rest, and retires it.
    fn free_oldest(&mut self) -> Result<(), Reason> {
        let Some(oldest) = self.oldest() else { return Ok(()) };
        if self.head == Some(oldest) {
            self.open_page()?;
        }
        let mut walk = self.walk(oldest)?;
        while let Some(record) = self.step(&mut walk)? {
            if !self.counts(&record)? {
                continue;
            }
            let found = self.inspect(&record)?;
            let header = match found {
                None => RecordHeader { kind: Kind::Lost, len: 0, ..record.header },
                Some(_) => record.header,
            };
            let header = RecordHeader { copied: true, ..header };
            if !self.fits(self.record_len(&header)) {
                self.open_page()?;
            }
            self.append(header, found.as_ref().map_or(Content::Bytes(&[]), Content::Copy))?;
        }
        if self.end.saturating_add(self.header_len()) > self.geometry.page_len {
            self.open_page()?;
        }
        let newest = self.head.map_or(0, |head| self.sequence(head));
        let back = newest.saturating_sub(self.sequence(oldest));
        let len = u16::try_from(back).map_err(|_| Reason::StorageFailed)?;
        let header = RecordHeader { kind: Kind::Retired, copied: false, key: NO_KEY, len };
        self.append(header, Content::Bytes(&[]))?;
        self.set_sequence(oldest, 0);
        Ok(())
    }
}
