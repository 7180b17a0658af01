//! Finding out what is in the flash: which pages count, where the log ends, which keys have values.

use super::index::Index;
use super::record::{HEADER_LEN, Kind, NO_KEY, NoPage, RecordHeader, SlotState};
use super::{FlashStorage, MAX_FLASH_PAGES, Nor};
use crate::reason::Reason;

impl<F: Nor> FlashStorage<F> {
    /// Whatever was known is forgotten, and found out anew; writes nothing. After a failure this
    /// makes sure that the same is there as after the next mount.
    pub(super) fn take_stock(&mut self) -> Result<(), Reason> {
        self.stale = true;
        self.index = Index::EMPTY;
        self.sequences = [0; MAX_FLASH_PAGES];
        (self.head, self.unfinished) = (None, None);
        for page in 0..usize::from(self.geometry.pages) {
            match self.page_header(page)? {
                // Two of the same number cannot be; whichever is second is none of ours.
                Ok(header) if !self.sequences.contains(&header.sequence) => {
                    self.set_sequence(page, header.sequence);
                }
                Err(NoPage::OtherVersion) => return Err(Reason::UnsupportedFormat),
                _ => {}
            }
        }
        for page in 0..usize::from(self.geometry.pages) {
            if self.sequence(page) == 0 && self.page_header(page)? == Err(NoPage::Nothing) {
                self.recover_page(page)?;
            }
        }
        // What holds only copies is not finished, or was not begun: the others say it all.
        if let Some(page) = self.last_page()
            && !self.is_begun(page)?
        {
            self.set_sequence(page, 0);
            self.unfinished = Some(page);
        }
        self.set_head(self.last_page());
        let (mut retired, mut end) = (0, (0, NO_KEY));
        let mut page = self.oldest();
        while let Some(at) = page {
            let mut walk = self.walk(at)?;
            while let Some(record) = self.step(&mut walk)? {
                if record.header.kind == Kind::Retired {
                    // A page never retires itself or a newer one.
                    let back = u32::from(record.header.len).max(1);
                    retired = retired.max(self.sequence(at).saturating_sub(back));
                }
                self.remember(&record);
            }
            end = (walk.end, walk.key);
            page = self.newer(at);
        }
        for sequence in self.sequences.iter_mut().filter(|sequence| **sequence <= retired) {
            *sequence = 0;
        }
        // What is written to the last free page, but for copies, is written after the oldest was
        // retired: that record was damaged.
        if self.free_pages() == 0
            && let Some(oldest) = self.oldest()
        {
            self.set_sequence(oldest, 0);
        }
        (self.last_end, self.last_key) = end;
        self.find_end_behind(0)?;
        self.doubt |= self.end != self.last_end;
        self.stale = false;
        Ok(())
    }

    /// Of a page whose header is damaged beyond repair the first record tells its number.
    fn recover_page(&mut self, page: usize) -> Result<(), Reason> {
        let offset = self.header_len();
        let mut raw = [0; HEADER_LEN];
        self.read(page, offset, &mut raw)?;
        let newest = self.last_page().map_or(0, |page| self.sequence(page));
        let most = u32::try_from(MAX_FLASH_PAGES).unwrap_or(0);
        let numbers = newest.saturating_sub(most)..=newest.saturating_add(most);
        for sequence in numbers.rev() {
            let is_free = sequence != 0 && !self.sequences.contains(&sequence);
            if is_free && RecordHeader::decode(raw, SlotState { sequence, offset }, None).is_some()
            {
                self.set_sequence(page, sequence);
                break;
            }
        }
        Ok(())
    }

    /// Whether a page holds more than copies.
    fn is_begun(&mut self, page: usize) -> Result<bool, Reason> {
        let mut walk = self.walk(page)?;
        while let Some(record) = self.step(&mut walk)? {
            if !record.header.copied {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the next record goes after one that failed and ended here.
    pub(super) fn find_end(&mut self, failed: u32) -> Result<(), Reason> {
        let Some(head) = self.head else { return Ok(()) };
        self.end = self.geometry.page_len;
        let mut walk = self.walk(head)?;
        while self.step(&mut walk)?.is_some() {}
        (self.last_end, self.last_key) = (walk.end, walk.key);
        self.find_end_behind(failed)
    }

    /// The same behind the last record.
    fn find_end_behind(&mut self, failed: u32) -> Result<(), Reason> {
        let Some(head) = self.head else { return Ok(()) };
        let page_len = self.geometry.page_len;
        let mut end = self.last_end.max(failed);
        // Whatever else is not erased was written in vain.
        let mut offset = end;
        while offset < page_len {
            if self.is_written(head, offset)? {
                offset = self.whole_words(offset.saturating_add(1));
                end = offset;
            } else {
                offset = self.skip_erased(head, offset, page_len)?;
            }
        }
        let gap = end.saturating_sub(self.last_end).checked_next_multiple_of(self.grain());
        self.end = self.last_end.saturating_add(gap.unwrap_or(page_len)).min(page_len);
        Ok(())
    }

    /// Whether any byte of a word is not erased.
    fn is_written(&mut self, page: usize, offset: u32) -> Result<bool, Reason> {
        let mut word = [0xFF; 32];
        let word = word.get_mut(..usize::from(self.geometry.word_len)).unwrap_or_default();
        self.read(page, offset, word)?;
        Ok(word.iter().any(|byte| *byte != 0xFF))
    }

    pub(super) fn set_head(&mut self, page: Option<usize>) {
        self.head = page;
        // Until the end is found, all of it may hold records.
        self.end = self.geometry.page_len;
    }
}
