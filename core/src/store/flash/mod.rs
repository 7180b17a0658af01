//! Values in raw NOR flash: a log of records in a ring of pages, docs/SPEC.md section 16.
//!
//! ```text
//!   oldest                                newest
//!  ┌────────┬────────┬────────┐         ┌────────┐
//!  │ page 3 │ page 4 │ page 5 │  free   │ page 6 │   sequence numbers, in a ring
//!  └────────┴────────┴────────┘         └────────┘
//!    records; the newest for a key counts    ▲ written here
//! ```
//!
//! Nothing is ever written over. A value is replaced by a newer record, removed by a record that
//! says so, and what still counts in the oldest page is moved behind the rest when room runs out;
//! then that page is free. One page is always free, so a power cut finds either the old or the new.
//!
//! Three things can be wrong with a record, and each has its own answer: one that was *cut off*
//! while it was written was never acknowledged, and the older one counts; *flipped bits* are put
//! right, two in a header and one in a value; one that is *damaged* beyond that is reported, and the
//! older one does not come back. Each record says where the one before it ended and what its key
//! was: that tells the first from the last.
//!
//! Words that fail are passed over. After a failure nothing that was known is relied on: what a
//! `load` finds then is what it finds after the next mount.

mod embedded;
mod index;
mod log;
mod record;
mod room;
mod stock;
mod value;
mod write;

pub use embedded::{Embedded, NorFlash};

use crate::reason::Reason;
use crate::store::{Storage, StorageKey};
use index::Index;
use log::Record;
use record::{HEADER_BYTES, HEADER_LEN, Kind, NO_KEY, NoPage, PageHeader, RecordHeader};

/// Most pages.
pub const MAX_FLASH_PAGES: usize = 32;
/// Smallest page.
const MIN_PAGE_LEN: u32 = 256;
/// Bytes that are read or written at a time: a multiple of every word.
const CHUNK: usize = CHUNK_BYTES as usize;
/// The same for places in the flash.
const CHUNK_BYTES: u32 = 64;

/// What flash is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlashGeometry {
    /// Bytes of a page: one block that is erased at a time, or several. At least 256, and a multiple
    /// of the word. A value takes at most a page.
    pub page_len: u32,
    /// Number of pages, from 2 to 32.
    pub pages: u8,
    /// Bytes that are written at a time: 1, 2, 4, 8, 16 or 32.
    pub word_len: u8,
}

impl FlashGeometry {
    /// Whether values can be kept in it: 2 to 32 pages of at least 256 bytes, words of 1, 2, 4, 8, 16
    /// or 32 bytes that fill a page.
    #[must_use]
    pub fn is_possible(self) -> bool {
        let word = u32::from(self.word_len);
        matches!(word, 1 | 2 | 4 | 8 | 16 | 32)
            && self.page_len >= MIN_PAGE_LEN
            && self.page_len.checked_rem(word) == Some(0)
            && (2..=MAX_FLASH_PAGES).contains(&usize::from(self.pages))
            && self.page_len.checked_mul(u32::from(self.pages)).is_some()
    }
}

/// Raw flash of a platform, for the library alone. Erased bytes read as 0xFF.
///
/// Power may be cut at any moment: what was being written or erased then may hold anything, all else
/// is as it was.
pub trait Nor {
    /// What it is made of. Always the same.
    fn geometry(&self) -> FlashGeometry;

    /// Reads from an address of any alignment.
    ///
    /// # Errors
    /// [`Reason::StorageFailed`].
    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason>;

    /// Writes whole words, none of which was written since its page was erased. When it returns,
    /// they are durable.
    ///
    /// # Errors
    /// [`Reason::StorageFailed`]; what was to be written may hold anything then: nothing of it, a
    /// part, or all.
    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason>;

    /// Erases a page, counted from 0.
    ///
    /// # Errors
    /// [`Reason::StorageFailed`]; the page may hold anything then.
    fn erase(&mut self, page: u8) -> Result<(), Reason>;
}

impl<N: Nor + ?Sized> Nor for &mut N {
    fn geometry(&self) -> FlashGeometry {
        (**self).geometry()
    }

    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason> {
        (**self).read(address, to)
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        (**self).write(address, data)
    }

    fn erase(&mut self, page: u8) -> Result<(), Reason> {
        (**self).erase(page)
    }
}

/// [`Storage`] in raw NOR flash.
///
/// It needs no index in RAM that knows every key: what is not remembered is searched for, from the
/// newest page on. Erased or foreign flash is an empty storage.
#[derive(Debug, Clone)]
pub struct FlashStorage<F> {
    nor: F,
    geometry: FlashGeometry,
    /// Sequence number of each page; 0 for one that is free.
    sequences: [u32; MAX_FLASH_PAGES],
    /// The newest page, written to.
    head: Option<usize>,
    /// Where its next record goes.
    end: u32,
    /// Where its last record ends, and the key of that. What lies between was written in vain.
    last_end: u32,
    last_key: u16,
    /// Words that may read differently the next time stand behind the last record, or a call of the
    /// flash failed: nothing is taken for done before something is written behind that.
    doubt: bool,
    /// What is known is not what is there.
    stale: bool,
    /// A page that holds copies alone. Nothing is written before it is erased, or it could count as
    /// the newest one.
    unfinished: Option<usize>,
    index: Index,
}

impl<F: Nor> FlashStorage<F> {
    /// Takes stock of what is in the flash; writes nothing.
    ///
    /// # Errors
    /// [`Reason::FlashGeometry`]; [`Reason::UnsupportedFormat`] if a newer version of this library
    /// has written there, whose values are left alone; or what reading reports. The flash is dropped
    /// then: who needs it back lends it, as `&mut nor` is a [`Nor`], too.
    pub fn mount(nor: F) -> Result<Self, Reason> {
        let geometry = nor.geometry();
        if !geometry.is_possible() {
            return Err(Reason::FlashGeometry);
        }
        let mut storage = Self {
            nor,
            geometry,
            sequences: [0; MAX_FLASH_PAGES],
            head: None,
            end: 0,
            last_end: 0,
            last_key: NO_KEY,
            doubt: false,
            stale: true,
            unfinished: None,
            index: Index::EMPTY,
        };
        storage.take_stock()?;
        Ok(storage)
    }

    /// Gives the flash back.
    pub fn into_flash(self) -> F {
        self.nor
    }

    /// The flash.
    pub fn flash(&mut self) -> &mut F {
        &mut self.nor
    }

    /// Bytes of a header with what fills its last word.
    fn header_len(&self) -> u32 {
        self.whole_words(HEADER_BYTES)
    }

    /// Bytes that a record takes.
    fn record_len(&self, header: &RecordHeader) -> u32 {
        let value = match header.kind {
            Kind::Value => self.whole_words(header.value_len().saturating_add(4)),
            _ => 0,
        };
        self.header_len().saturating_add(value)
    }

    fn whole_words(&self, len: u32) -> u32 {
        len.checked_next_multiple_of(u32::from(self.geometry.word_len)).unwrap_or(u32::MAX)
    }

    fn page_header(&mut self, page: usize) -> Result<Result<PageHeader, NoPage>, Reason> {
        let mut raw = [0; HEADER_LEN];
        self.read(page, 0, &mut raw)?;
        Ok(PageHeader::decode(raw))
    }

    fn read(&mut self, page: usize, offset: u32, to: &mut [u8]) -> Result<(), Reason> {
        let address = self.address(page, offset)?;
        self.nor.read(address, to)
    }

    fn address(&self, page: usize, offset: u32) -> Result<u32, Reason> {
        let page = u32::try_from(page).ok();
        let start = page.and_then(|page| page.checked_mul(self.geometry.page_len));
        start.and_then(|start| start.checked_add(offset)).ok_or(Reason::StorageFailed)
    }
}

/// No place in the flash is beyond 32 bits.
fn bytes(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl<F: Nor> FlashStorage<F> {
    /// What counts for a key, after a failure as the flash has it now.
    fn current(&mut self, key: StorageKey) -> Result<Option<Record>, Reason> {
        if self.stale {
            self.take_stock()?;
        }
        if self.may_hold(key) { self.newest(key.0) } else { Ok(None) }
    }
}

impl<F: Nor> Storage for FlashStorage<F> {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(record) = self.current(key)? else { return Ok(None) };
        match record.header.kind {
            Kind::Value => self.read_all(&record, buffer).map(Some),
            Kind::Lost => Err(Reason::StorageCorrupted),
            Kind::Removed | Kind::Retired => Ok(None),
        }
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        let len = u16::try_from(value.len()).map_err(|_| Reason::StorageFull)?;
        let old = self.current(key)?;
        if let Some(old) = &old
            && !self.doubt
            && self.is_same(old, value)?
        {
            return Ok(());
        }
        let header = RecordHeader { kind: Kind::Value, copied: false, key: key.0, len };
        let replaced = old.map_or(0, |old| match old.header.kind {
            Kind::Value => self.record_len(&old.header),
            _ => 0,
        });
        self.write(header, value, replaced)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        let old = self.current(key)?;
        let is_done = old.is_none_or(|old| old.header.kind == Kind::Removed && old.exact);
        if is_done && !self.doubt {
            return Ok(());
        }
        let header = RecordHeader { kind: Kind::Removed, copied: false, key: key.0, len: 0 };
        self.write(header, &[], u32::MAX)
    }
}

#[cfg(test)]
mod tests;
