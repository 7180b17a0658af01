//! What is remembered of the log: which keys may have a value, and where the newest records are.

use super::log::Record;
use super::record::Kind;
use super::{FlashStorage, Nor};
use crate::reason::Reason;
use crate::store::StorageKey;

/// Keys whose records are remembered.
const PLACES: u16 = 128;

/// A quarter of what a key is told from others by. The keys of one group follow each other, so the
/// groups are set apart by what of them is there in most devices.
const GROUPS: [u16; 8] = [120, 0, 76, 100, 44, 112, 116, 124];

/// An index with a bit for each of some keys, and a place for each of fewer. Several keys may share
/// either: it speeds up the search for a value, and does not replace it.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// A bit for each key that may have a value: most keys have none, and are not searched for.
    present: [u32; 16],
    /// Words of the flash before the newest record of a key. 0 if that is not known: a page's header
    /// stands there.
    places: [u16; PLACES as usize],
}

impl Index {
    pub(super) const EMPTY: Self = Self { present: [0; 16], places: [0; PLACES as usize] };

    fn bit(key: u16) -> (usize, u32) {
        let [low, group] = key.to_le_bytes();
        let base = GROUPS.get(usize::from(group % 8)).copied().unwrap_or(0);
        let number = u16::from(low).wrapping_add(base.wrapping_mul(4)) % 512;
        (usize::from(number / 32), 1_u32.wrapping_shl(u32::from(number)))
    }

    fn place(&mut self, key: u16) -> Option<&mut u16> {
        let [low, group] = key.to_le_bytes();
        let base = GROUPS.get(usize::from(group % 8)).copied().unwrap_or(0);
        self.places.get_mut(usize::from(u16::from(low).wrapping_add(base) % PLACES))
    }
}

impl<F: Nor> FlashStorage<F> {
    /// False if there is no value under this key for sure, without looking at the flash.
    #[must_use]
    pub fn may_hold(&self, key: StorageKey) -> bool {
        let (word, bit) = Index::bit(key.0);
        self.index.present.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// The length of a value, if it is known without a search.
    ///
    /// # Errors
    /// [`Reason::StorageFailed`].
    pub fn likely_len(&mut self, key: StorageKey) -> Result<Option<usize>, Reason> {
        let record = self.remembered(key.0)?;
        Ok(record.map(|record| usize::from(record.header.len)))
    }

    /// A record was found, or written, that is newer than all that are known.
    pub(super) fn remember(&mut self, record: &Record) {
        if record.header.kind == Kind::Retired {
            return;
        }
        let key = record.header.key;
        let (word, bit) = Index::bit(key);
        if let Some(bits) = self.index.present.get_mut(word) {
            *bits |= bit;
        }
        let address = self.address(record.page, record.offset).unwrap_or(0);
        let words = address.checked_div(u32::from(self.geometry.word_len)).unwrap_or(0);
        if let Some(place) = self.index.place(key) {
            // What is too far away is searched for.
            *place = u16::try_from(words).unwrap_or(0);
        }
    }

    /// A record of this key is about to be written.
    pub(super) fn forget_place(&mut self, key: u16) {
        if let Some(place) = self.index.place(key) {
            *place = 0;
        }
    }

    /// The newest record of a key; `None` if it must be searched for.
    pub(super) fn remembered(&mut self, key: u16) -> Result<Option<Record>, Reason> {
        let words = self.index.place(key).map_or(0, |place| u32::from(*place));
        let address = words.saturating_mul(u32::from(self.geometry.word_len));
        let page = address.checked_div(self.geometry.page_len).unwrap_or(0) as usize;
        let offset = address.checked_rem(self.geometry.page_len).unwrap_or(0);
        // A page that is free now holds nothing.
        if words == 0 || self.sequence(page) == 0 {
            return Ok(None);
        }
        let record = self.read_record(page, offset, None)?.ok();
        Ok(record.filter(|record| record.offset == offset && record.is_of(key)))
    }
}
