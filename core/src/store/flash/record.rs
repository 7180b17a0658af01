//! What stands in a page, byte by byte: docs/SPEC.md section 16.

use crate::store::crc::{Crc, Flip, flipped_bit};

/// Bytes of a header, of a page and of a record, before they are filled up to whole words.
pub(super) const HEADER_LEN: usize = HEADER_BYTES as usize;
/// The same for places in the flash.
pub(super) const HEADER_BYTES: u32 = 12;

/// Version of this layout.
const VERSION: u8 = 1;
/// First bytes of a page.
const MAGIC: [u8; 2] = *b"NL";

/// In the flags: what stands before this was cut off while it was written.
const AFTER_CUT: u8 = 0x5A;
const AFTER_WHOLE: u8 = 0xA5;

/// What a record says. No kind is one bit away from an erased byte or from another kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    /// A value.
    Value = 0x11,
    /// There is no value under this key any more.
    Removed = 0x22,
    /// There was a value under this key, and it could not be read when it was to be moved.
    Lost = 0x44,
    /// All that counts in the page with this number was moved to behind it.
    Retired = 0x77,
}

/// The header of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PageHeader {
    /// Counts the pages that were ever begun, from 1.
    pub(super) sequence: u32,
    /// The page before it ends with a record that was cut off.
    pub(super) after_cut: bool,
}

/// Why a page cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoPage {
    /// Erased, or not ours, or cut off while it was begun.
    Nothing,
    /// Of a version that this library does not know.
    OtherVersion,
}

impl PageHeader {
    pub(super) fn encode(self) -> [u8; HEADER_LEN] {
        let [a, b] = MAGIC;
        let [s0, s1, s2, s3] = self.sequence.to_le_bytes();
        seal(Crc::new(), [a, b, VERSION, flags(self.after_cut), s0, s1, s2, s3])
    }

    pub(super) fn decode(raw: [u8; HEADER_LEN]) -> Result<Self, NoPage> {
        let [a, b, version, flags, s0, s1, s2, s3] =
            open(Crc::new(), raw).ok_or(NoPage::Nothing)?;
        if [a, b] != MAGIC {
            return Err(NoPage::Nothing);
        }
        if version != VERSION {
            return Err(NoPage::OtherVersion);
        }
        let sequence = u32::from_le_bytes([s0, s1, s2, s3]);
        if sequence == 0 {
            return Err(NoPage::Nothing);
        }
        Ok(Self { sequence, after_cut: flags == AFTER_CUT })
    }
}

/// The header of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RecordHeader {
    pub(super) kind: Kind,
    /// The record before it was cut off.
    pub(super) after_cut: bool,
    pub(super) key: u16,
    /// Bytes of the value.
    pub(super) len: u16,
}

impl RecordHeader {
    /// `Retired` has the number of the page where others have key and length.
    pub(super) const fn retired(page: u32, after_cut: bool) -> Self {
        let [k0, k1, l0, l1] = page.to_le_bytes();
        let (key, len) = (u16::from_le_bytes([k0, k1]), u16::from_le_bytes([l0, l1]));
        Self { kind: Kind::Retired, after_cut, key, len }
    }

    pub(super) const fn retired_page(&self) -> u32 {
        let ([k0, k1], [l0, l1]) = (self.key.to_le_bytes(), self.len.to_le_bytes());
        u32::from_le_bytes([k0, k1, l0, l1])
    }

    /// Bytes of the value.
    pub(super) const fn value_len(&self) -> u32 {
        match self.kind {
            Kind::Value => self.len as u32,
            _ => 0,
        }
    }

    /// A record is bound to its place, so that a value that looks like one is none.
    pub(super) fn encode(&self, sequence: u32, offset: u32) -> [u8; HEADER_LEN] {
        let ([k0, k1], [l0, l1]) = (self.key.to_le_bytes(), self.len.to_le_bytes());
        let content = [self.kind as u8, flags(self.after_cut), k0, k1, l0, l1, 0, 0];
        seal(place(sequence, offset), content)
    }

    pub(super) fn decode(raw: [u8; HEADER_LEN], sequence: u32, offset: u32) -> Option<Self> {
        // No header begins with an erased byte, not even a damaged one.
        if raw.first() == Some(&0xFF) {
            return None;
        }
        let [kind, flags, k0, k1, l0, l1, 0, 0] = open(place(sequence, offset), raw)? else {
            return None;
        };
        let kinds = [Kind::Value, Kind::Removed, Kind::Lost, Kind::Retired];
        let kind = kinds.into_iter().find(|known| *known as u8 == kind)?;
        let (key, len) = (u16::from_le_bytes([k0, k1]), u16::from_le_bytes([l0, l1]));
        Some(Self { kind, after_cut: flags == AFTER_CUT, key, len })
    }

    /// The checksum of a value, begun with what it is the value of.
    pub(super) fn checksum(&self) -> Crc {
        Crc::new().update(&self.key.to_le_bytes()).update(&self.len.to_le_bytes())
    }
}

const fn flags(after_cut: bool) -> u8 {
    if after_cut { AFTER_CUT } else { AFTER_WHOLE }
}

/// What a header is bound to: the words that its checksum begins with.
fn place(sequence: u32, offset: u32) -> Crc {
    Crc::new().word(sequence).word(offset)
}

fn seal(bound_to: Crc, content: [u8; 8]) -> [u8; HEADER_LEN] {
    let sum = bound_to.update(&content).sum();
    let ([a, b, c, d, e, f, g, h], [s0, s1, s2, s3]) = (content, sum.to_le_bytes());
    [a, b, c, d, e, f, g, h, s0, s1, s2, s3]
}

/// The content, with its one flipped bit put right if there is one.
fn open(bound_to: Crc, raw: [u8; HEADER_LEN]) -> Option<[u8; 8]> {
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
