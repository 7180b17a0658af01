//! Reading values, in which one flipped bit is put right.

use super::log::Record;
use super::record::Kind;
use super::{CHUNK, CHUNK_BYTES, FlashStorage, Nor, bytes};
use crate::reason::Reason;
use crate::store::crc::{Flip, flipped_bit};

/// How often a value is read before it is taken for damaged: a weak bit reads otherwise the next time.
const READS: u8 = 3;

/// In values that are longer, two flipped bits can look like one.
const MOST_TO_MEND: u32 = 11_000;

/// A record whose value can be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) record: Record,
    /// But for this bit.
    pub(super) flip: Option<Flip>,
    /// The checksum of the value with that bit put right.
    pub(super) sum: u32,
}

impl<F: Nor> FlashStorage<F> {
    /// `None` if it is damaged.
    pub(super) fn inspect(&mut self, record: &Record) -> Result<Option<Found>, Reason> {
        // The header says it all, and it is whole.
        if record.header.kind != Kind::Value {
            return Ok(Some(Found { record: *record, flip: None, sum: 0 }));
        }
        let len = record.header.value_len();
        for _ in 0..READS {
            let (mut sum, mut done) = (record.header.checksum(), 0);
            let mut chunk = [0; CHUNK];
            while done < len {
                let part_len = len.saturating_sub(done).min(CHUNK_BYTES);
                let part = chunk.get_mut(..part_len as usize).unwrap_or_default();
                self.read(record.page, self.value_offset(record).saturating_add(done), part)?;
                sum = sum.update(part);
                done = done.saturating_add(part_len);
            }
            let (sum, stored) = (sum.sum(), self.stored_sum(record)?);
            if let Ok(flip) = judge(sum ^ stored, len) {
                let sum = if flip == Some(Flip::Checksum) { sum } else { stored };
                return Ok(Some(Found { record: *record, flip, sum }));
            }
        }
        Ok(None)
    }

    /// Reads a value into the beginning of a buffer.
    pub(super) fn read_all(&mut self, record: &Record, to: &mut [u8]) -> Result<usize, Reason> {
        let len = usize::from(record.header.len);
        let to = to.get_mut(..len).ok_or(Reason::StorageFull)?;
        for _ in 0..READS {
            self.read(record.page, self.value_offset(record), to)?;
            let difference = record.header.checksum().update(to).sum() ^ self.stored_sum(record)?;
            if let Ok(flip) = judge(difference, bytes(len)) {
                put_right(flip, 0, to);
                return Ok(len);
            }
        }
        Err(Reason::StorageCorrupted)
    }

    /// Reads a piece of a value that can be read.
    pub(super) fn read_value(
        &mut self,
        found: &Found,
        from: u32,
        to: &mut [u8],
    ) -> Result<(), Reason> {
        let offset = self.value_offset(&found.record).saturating_add(from);
        self.read(found.record.page, offset, to)?;
        put_right(found.flip, from, to);
        Ok(())
    }

    /// Whether a value is there just like that, without a flipped bit.
    pub(super) fn is_same(&mut self, record: &Record, value: &[u8]) -> Result<bool, Reason> {
        let header = &record.header;
        if header.kind != Kind::Value || !record.exact || usize::from(header.len) != value.len() {
            return Ok(false);
        }
        let sum = header.checksum().update(value).sum();
        match self.inspect(record)? {
            Some(found) if found.flip.is_none() && found.sum == sum => self.holds(&found, value),
            _ => Ok(false),
        }
    }

    /// Whether a value that can be read is this one, byte for byte. A checksum does not tell: values that
    /// end with one of their own, as those of the agent do, have the same one for each length.
    pub(super) fn holds(&mut self, found: &Found, value: &[u8]) -> Result<bool, Reason> {
        let mut chunk = [0; CHUNK];
        let mut from = 0_u32;
        for wanted in value.chunks(CHUNK) {
            let part = chunk.get_mut(..wanted.len()).unwrap_or_default();
            self.read_value(found, from, part)?;
            if part != wanted {
                return Ok(false);
            }
            from = from.saturating_add(bytes(wanted.len()));
        }
        Ok(true)
    }

    fn stored_sum(&mut self, record: &Record) -> Result<u32, Reason> {
        let mut stored = [0; 4];
        let offset = self.value_offset(record).saturating_add(record.header.value_len());
        self.read(record.page, offset, &mut stored)?;
        Ok(u32::from_le_bytes(stored))
    }

    fn value_offset(&self, record: &Record) -> u32 {
        record.offset.saturating_add(self.header_len())
    }
}

/// What was flipped in a value of this length, if it can be put right.
fn judge(difference: u32, len: u32) -> Result<Option<Flip>, ()> {
    match difference {
        0 => Ok(None),
        _ if len > MOST_TO_MEND => Err(()),
        _ => flipped_bit(difference, len).map(Some).ok_or(()),
    }
}

fn put_right(flip: Option<Flip>, from: u32, to: &mut [u8]) {
    if let Some(Flip::Content { byte, mask }) = flip
        && let Some(place) = byte.checked_sub(from)
        && let Some(byte) = to.get_mut(place as usize)
    {
        *byte ^= mask;
    }
}
