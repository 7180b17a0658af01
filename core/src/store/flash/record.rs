//! What stands in a page, byte by byte: docs/SPEC.md section 16.

use crate::store::crc::{Crc, Flip, flipped_bit};

/// Bytes of a header, of a page and of a record, before they are filled up to whole words.
pub(super) const HEADER_LEN: usize = HEADER_BYTES as usize;
/// The same for places in the flash.
pub(super) const HEADER_BYTES: u32 = 12;

/// Version of this layout.
const VERSION: u8 = 1;
/// What the checksum of a page's header begins with, so that no other format has the same one.
const MAGIC: u32 = u32::from_le_bytes(*b"NLOG");

/// The key of what has none: the record that retires a page, and what stands before the first one.
pub(super) const NO_KEY: u16 = u16::MAX;

/// What a record says. Each kind, and what a copy makes of it, is four bits away from the others and
/// from an erased byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    /// A value.
    Value = 0x0F,
    /// There is no value under this key any more.
    Removed = 0x33,
    /// There was a value under this key, and it cannot be read any more.
    Lost = 0x55,
    /// All that counts in the oldest page, so many pages ago, was moved to behind it.
    Retired = 0x66,
}

/// The header of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PageHeader {
    /// Counts the pages that were ever begun, from 1.
    pub(super) sequence: u32,
    /// Where the last record of the page before it ends, in words; of that the lowest byte.
    pub(super) last_end: u8,
    /// The key of that record.
    pub(super) last_key: u16,
}

/// Why a page cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoPage {
    Erased,
    /// Not ours, or cut off while it was begun or erased.
    Nothing,
    /// Of a version that this library does not know.
    OtherVersion,
}

impl PageHeader {
    pub(super) fn encode(self) -> [u8; HEADER_LEN] {
        let ([s0, s1, s2, s3], [k0, k1]) =
            (self.sequence.to_le_bytes(), self.last_key.to_le_bytes());
        seal(Self::bound_to(), [VERSION, self.last_end, k0, k1, s0, s1, s2, s3])
    }

    pub(super) fn decode(raw: [u8; HEADER_LEN]) -> Result<Self, NoPage> {
        if raw == [0xFF; HEADER_LEN] {
            return Err(NoPage::Erased);
        }
        let [first, ..] = raw;
        let near = (first ^ VERSION).count_ones() <= 2;
        let [version, last_end, k0, k1, s0, s1, s2, s3] =
            open(Self::bound_to(), raw, near).ok_or(NoPage::Nothing)?;
        if version != VERSION {
            return Err(NoPage::OtherVersion);
        }
        let sequence = u32::from_le_bytes([s0, s1, s2, s3]);
        if sequence == 0 {
            return Err(NoPage::Nothing);
        }
        Ok(Self { sequence, last_end, last_key: u16::from_le_bytes([k0, k1]) })
    }

    fn bound_to() -> Crc {
        Crc::new().word(MAGIC)
    }
}

/// Where a record stands. It is bound to that, so that a value that looks like a record is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SlotState {
    pub(super) sequence: u32,
    pub(super) offset: u32,
}

impl SlotState {
    fn bound_to(self) -> Crc {
        Crc::new().word(self.sequence).word(self.offset)
    }
}

/// What a record says of the one before it: what was cut off can be told from what was damaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Link {
    /// How far before this one it ends: what lies between was written in vain.
    pub(super) gap: u8,
    pub(super) key: u16,
}

/// The header of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RecordHeader {
    pub(super) kind: Kind,
    /// It says again what an older page says, which has not been retired yet.
    pub(super) copied: bool,
    pub(super) key: u16,
    /// Bytes of the value; or how many pages before this one the retired page was begun.
    pub(super) len: u16,
}

impl RecordHeader {
    /// Bytes of the value.
    pub(super) const fn value_len(&self) -> u32 {
        match self.kind {
            Kind::Value => self.len as u32,
            _ => 0,
        }
    }

    pub(super) fn encode(&self, place: SlotState, link: Link) -> [u8; HEADER_LEN] {
        let kind = self.kind as u8;
        let kind = if self.copied { !kind } else { kind };
        let ([k0, k1], [l0, l1]) = (self.key.to_le_bytes(), self.len.to_le_bytes());
        let [b0, b1] = link.key.to_le_bytes();
        seal(place.bound_to(), [kind, link.gap, k0, k1, l0, l1, b0, b1])
    }

    /// One flipped bit is always put right, two where the record says of the one before it what is
    /// known: noise never does.
    pub(super) fn decode(
        raw: [u8; HEADER_LEN],
        place: SlotState,
        known: Option<Link>,
    ) -> Option<(Self, Link)> {
        let [first, gap, .., b0, b1, _, _, _, _] = raw;
        // No header begins with an erased byte, not even a damaged one.
        if first == 0xFF {
            return None;
        }
        let near = known.is_some_and(|known| {
            let key = known.key ^ u16::from_le_bytes([b0, b1]);
            (known.gap ^ gap).count_ones().saturating_add(key.count_ones()) <= 2
        });
        let [kind, gap, k0, k1, l0, l1, b0, b1] = open(place.bound_to(), raw, near)?;
        let kinds = [Kind::Value, Kind::Removed, Kind::Lost, Kind::Retired];
        let known = kinds.into_iter().find(|known| matches!(*known as u8 ^ kind, 0 | 0xFF))?;
        let (key, len) = (u16::from_le_bytes([k0, k1]), u16::from_le_bytes([l0, l1]));
        let header = Self { kind: known, copied: known as u8 != kind, key, len };
        Some((header, Link { gap, key: u16::from_le_bytes([b0, b1]) }))
    }

    /// The checksum of a value, begun with what it is the value of.
    pub(super) fn checksum(&self) -> Crc {
        Crc::new().update(&self.key.to_le_bytes()).update(&self.len.to_le_bytes())
    }
}

fn seal(bound_to: Crc, content: [u8; 8]) -> [u8; HEADER_LEN] {
    let sum = bound_to.update(&content).sum();
    let ([a, b, c, d, e, f, g, h], [s0, s1, s2, s3]) = (content, sum.to_le_bytes());
    [a, b, c, d, e, f, g, h, s0, s1, s2, s3]
}

/// The content, with its flipped bits put right: one, or `two`. Over so few bytes any two headers
/// differ in seven bits at least (Koopman, as in `crc.rs`), so two flipped ones lead back to one
/// header alone.
fn open(bound_to: Crc, raw: [u8; HEADER_LEN], two: bool) -> Option<[u8; 8]> {
    let found = open_one(bound_to, raw);
    if found.is_some() || !two {
        return found;
    }
    let mut bits = 0..96_u8;
    bits.find_map(|bit| {
        let mut other = raw;
        *other.get_mut(usize::from(bit / 8))? ^= 1_u8.wrapping_shl(u32::from(bit));
        open_one(bound_to, other)
    })
}

fn open_one(bound_to: Crc, raw: [u8; HEADER_LEN]) -> Option<[u8; 8]> {
    let [a, b, c, d, e, f, g, h, s0, s1, s2, s3] = raw;
    let mut content = [a, b, c, d, e, f, g, h];
    let sum = bound_to.update(&content).sum();
    let difference = sum ^ u32::from_le_bytes([s0, s1, s2, s3]);
    if difference != 0
        && let Flip::Content { byte, mask } = flipped_bit(difference, 8)?
    {
        *content.get_mut(usize::try_from(byte).ok()?)? ^= mask;
    }
    Some(content)
}
