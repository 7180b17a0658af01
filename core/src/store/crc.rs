//! CRC-32 as in IEEE 802.3, over pieces, and finding the one bit that was flipped.

const POLYNOMIAL: u32 = 0xEDB8_8320;

/// What half a byte does to the register. 64 bytes of flash make it many times as fast as bit by
/// bit; a boot reads all there is.
#[allow(clippy::indexing_slicing, reason = "at compile time")]
const HALF_BYTES: [u32; 16] = {
    let mut table = [0; 16];
    let mut half = 0_u32;
    while half < 16 {
        let mut register = half;
        let mut bit = 0;
        while bit < 4 {
            register = step(register);
            bit += 1;
        }
        table[half as usize] = register;
        half += 1;
    }
    table
};

const fn step(register: u32) -> u32 {
    (register >> 1) ^ (POLYNOMIAL & (register & 1).wrapping_neg())
}

/// The register after the lowest half byte of it went through.
#[inline(always)]
fn half_byte(register: u32) -> u32 {
    // Never out of range, which the compiler sees.
    (register >> 4) ^ HALF_BYTES.get((register & 15) as usize).copied().unwrap_or(0)
}

/// A checksum that is being made.
#[derive(Clone, Copy)]
pub(super) struct Crc(u32);

impl Crc {
    pub(super) const fn new() -> Self {
        Self(u32::MAX)
    }

    pub(super) fn update(self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks();
        let sum = words.iter().fold(self, |sum, word| sum.word(u32::from_le_bytes(*word)));
        Self(
            rest.iter()
                .fold(sum.0, |register, byte| half_byte(half_byte(register ^ u32::from(*byte)))),
        )
    }

    /// The same for four bytes, the first of which is the lowest.
    pub(super) fn word(self, word: u32) -> Self {
        let two = |register| half_byte(half_byte(register));
        Self(two(two(two(two(self.0 ^ word)))))
    }

    pub(super) const fn sum(self) -> u32 {
        !self.0
    }
}

/// The bit that was flipped.
#[cfg(any(feature = "flash", test))]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flip {
    /// A bit of the checksum itself: the content is whole.
    Checksum,
    /// A bit of this byte of the content.
    Content { byte: u32, mask: u8 },
}

/// Which single bit makes the stored sum of `len` bytes differ from the sum of what is there by
/// this. Each bit leaves a difference of its own, and two flipped bits leave none of these: the
/// Hamming distance of this CRC is 4 up to 91,607 bits (Koopman, "32-Bit Cyclic Redundancy Codes
/// for Internet Applications", DSN 2002).
#[cfg(any(feature = "flash", test))]
pub(super) fn flipped_bit(difference: u32, len: u32) -> Option<Flip> {
    if difference.count_ones() == 1 {
        return Some(Flip::Checksum);
    }
    let mut left_by_bit = POLYNOMIAL;
    for byte in (0..len).rev() {
        for mask in [0x80, 0x40, 0x20, 0x10, 8, 4, 2, 1] {
            if left_by_bit == difference {
                return Some(Flip::Content { byte, mask });
            }
            left_by_bit = step(left_by_bit);
        }
    }
    None
}
