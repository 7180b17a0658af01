//! Tables of multiples of a fixed point.
//!
//! A comb with h teeth (Lim and Lee, CRYPTO '94) cuts a scalar into h blocks of d = ceil(256 / h)
//! digits and looks up one digit of each block at once, so that d doublings serve all blocks. The
//! digits are 1 and -1 instead of 1 and 0 (Hamburg, "Fast and compact elliptic-curve cryptography",
//! 2012, section 3.3): the table needs only the combinations whose highest digit is 1.

use crate::point::{Affine, Point, normalize};
use crate::words::{self, Words, to_table, words};

/// A point in a table: x and y in Montgomery form (times 2^256 modulo p), 8 words each, lowest
/// first.
pub type Entry = [u32; 16];

/// The fewest and the most teeth.
pub const TEETH: core::ops::RangeInclusive<u32> = 3..=8;

/// As many entries as teeth ask for, and their digest, which is compared before each use.
#[derive(Clone, Copy, Debug)]
pub struct Table<'t> {
    shape: Shape,
    entries: &'t [Entry],
    digest: u64,
}

/// How a table cuts a scalar.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Blocks.
    teeth: usize,
    /// Digits in a block.
    columns: usize,
}

impl Shape {
    const FOUR_TEETH: Self = Self { teeth: 4, columns: 64 };

    /// Of a table with so many entries.
    const fn of(entries: usize) -> Option<Self> {
        let (teeth, columns) = match entries {
            4 => (3, 86),
            8 => return Some(Self::FOUR_TEETH),
            16 => (5, 52),
            32 => (6, 43),
            64 => (7, 37),
            128 => (8, 32),
            _ => return None,
        };
        Some(Self { teeth, columns })
    }
}

impl<'t> Table<'t> {
    /// A table as [`build`] has made it, with its [`digest`]. `None` if it has another length than 4,
    /// 8, 16, 32, 64 or 128 entries.
    ///
    /// The digest finds damage. Who can change the table on purpose can change the key as well.
    #[must_use]
    pub const fn new(entries: &'t [Entry], digest: u64) -> Option<Self> {
        match Shape::of(entries.len()) {
            Some(shape) => Some(Self { shape, entries, digest }),
            None => None,
        }
    }

    /// The same for four teeth, which cannot be wrong.
    pub(crate) const fn with_eight(entries: &'t [Entry; 8], digest: u64) -> Self {
        Self { shape: Shape::FOUR_TEETH, entries, digest }
    }

    /// Whether the entries are those of the digest.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        digest(self.entries) == self.digest
    }

    #[cfg(test)]
    pub(crate) const fn entries(&self) -> &'t [Entry] {
        self.entries
    }

    /// Doublings that it asks for.
    pub(crate) fn columns(&self) -> usize {
        self.shape.columns
    }

    /// Puts the sum of the points of one column into `point`.
    #[inline]
    pub(crate) fn load(&self, point: &mut Affine, digits: &Words, column: usize) -> Option<()> {
        let Shape { teeth, columns } = self.shape;
        let mut index = 0;
        for tooth in (0..teeth).rev() {
            let at = tooth.wrapping_mul(columns).wrapping_add(column);
            // Above the number stands its sign.
            index = index << 1 | usize::from(words::bit(digits, at.min(255)) == 1);
        }
        let half = self.entries.len();
        if column.wrapping_add(1) == columns {
            index ^= half;
        }
        let negative = index & half == 0;
        // All digits change their sign with the highest one.
        let index = if negative { !index } else { index } & half.wrapping_sub(1);
        let (x, y) = self.entries.get(index)?.split_first_chunk()?;
        point.x.0 = words(*x);
        point.y.0 = words(*y.first_chunk()?);
        if negative {
            point.y.negate();
        }
        Some(())
    }
}

/// FNV-1a in eight lanes (32 bits, of words instead of bytes), and over their results (64 bits). Every
/// change within one word changes it, because each step is a bijection. In lanes, so that a processor
/// need not wait for one multiplication to begin the next: it is compared at every use.
#[must_use]
pub fn digest(entries: &[Entry]) -> u64 {
    let mut lanes = [0x811C_9DC5_u32; 8];
    for half in entries.as_flattened().as_chunks::<8>().0 {
        for (lane, word) in lanes.iter_mut().zip(half) {
            *lane = (*lane ^ word).wrapping_mul(0x0100_0193);
        }
    }
    lanes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, lane| {
        (hash ^ u64::from(*lane)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// The table of a key (x and y, 32 bytes each, big-endian), for log2(`COUNT`) + 1 teeth. `None` if it is no
/// point of the curve, or if `COUNT` is not 4, 8, 16, 32, 64 or 128.
#[must_use]
pub fn build<const COUNT: usize>(key: &[u8; 64]) -> Option<[Entry; COUNT]> {
    let mut entries = [[0; 16]; COUNT];
    let Shape { teeth, columns } = Shape::of(COUNT)?;
    let points = block_points(key, teeth, columns)?;
    let (low, rest) = points.split_at_checked(teeth.wrapping_sub(1))?;
    for (entry, point) in entries.iter_mut().zip(&sums::<COUNT>(low, rest.first()?)?) {
        let (x, y) = entry.split_first_chunk_mut::<8>()?;
        *x = to_table(&point.x.0);
        *y.first_chunk_mut()? = to_table(&point.y.0);
    }
    Some(entries)
}

/// The points of the blocks: 2^(i d) times the key. Apart from `build`, as is `sums`, so that their
/// stack frames do not add up.
#[inline(never)]
fn block_points(key: &[u8; 64], teeth: usize, columns: usize) -> Option<[Affine; 8]> {
    let mut powers = [Point::from_affine(&Affine::from_bytes(key)?); 8];
    let mut power = powers.first().copied()?;
    for slot in powers.iter_mut().take(teeth).skip(1) {
        for _ in 0..columns {
            power.double();
        }
        *slot = power;
    }
    normalize(&powers)
}

/// All sums of a point and these others, each added or subtracted.
#[inline(never)]
fn sums<const COUNT: usize>(low: &[Affine], highest: &Affine) -> Option<[Affine; COUNT]> {
    // All digits but the highest are -1; then bit i of the index turns digit i to 1.
    let mut first = Point::from_affine(highest);
    for power in low {
        first.add(&power.opposite());
    }
    let mut points = [first; COUNT];
    for (power, half) in low.iter().zip((0..).map(|i| 1_usize << (i & 7))) {
        let (done, open) = points.split_at_mut_checked(half)?;
        for (to, from) in open.iter_mut().zip(done.iter()) {
            *to = *from;
            to.add(power);
            to.add(power);
        }
    }
    normalize(&points)
}
