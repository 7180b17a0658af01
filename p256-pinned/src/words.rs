//! Numbers of 256 bits in the words of the machine, lowest first.

pub(crate) use width::{COUNT, Double, Signed, SignedDouble, Word, words};

/// A number of 256 bits.
pub(crate) type Words = [Word; COUNT];

#[cfg(all(target_pointer_width = "64", not(feature = "words32")))]
mod width {
    pub(crate) type Word = u64;
    pub(crate) type Double = u128;
    pub(crate) type Signed = i64;
    pub(crate) type SignedDouble = i128;
    pub(crate) const COUNT: usize = 4;

    /// From the form in which tables and constants are written down.
    #[inline(always)]
    pub(crate) const fn words(from: [u32; 8]) -> [u64; 4] {
        const fn join(low: u32, high: u32) -> u64 {
            low as u64 | (high as u64) << 32
        }
        let [a, b, c, d, e, f, g, h] = from;
        [join(a, b), join(c, d), join(e, f), join(g, h)]
    }
}

#[cfg(any(not(target_pointer_width = "64"), feature = "words32"))]
mod width {
    pub(crate) type Word = u32;
    pub(crate) type Double = u64;
    pub(crate) type Signed = i32;
    pub(crate) type SignedDouble = i64;
    pub(crate) const COUNT: usize = 8;

    /// From the form in which tables and constants are written down.
    #[inline(always)]
    pub(crate) const fn words(from: [u32; 8]) -> [u32; 8] {
        from
    }
}

pub(crate) const ZERO: Words = [0; COUNT];

/// From 32 bytes, big-endian.
pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Words {
    let mut out = ZERO;
    read(&mut out, bytes);
    out
}

/// The same in place.
#[inline(never)]
pub(crate) fn read(out: &mut Words, bytes: &[u8; 32]) {
    for (word, bytes) in out.iter_mut().zip(bytes.rchunks_exact(size_of::<Word>())) {
        *word = bytes.iter().fold(0, |word: Word, &byte| word.wrapping_shl(8) | Word::from(byte));
    }
}

/// The form in which tables are written down.
#[allow(
    clippy::unnecessary_cast,
    clippy::identity_op,
    reason = "a word may be one of these already"
)]
pub(crate) fn to_table(from: &Words) -> [u32; 8] {
    let mut out = [0; 8];
    for (out, from) in out.chunks_exact_mut(size_of::<Word>() / 4).zip(from) {
        let mut rest = *from;
        for out in out {
            *out = (rest & 0xFFFF_FFFF) as u32;
            rest = rest.rotate_right(32);
        }
    }
    out
}

/// a + b + carry, and the carry (0 or 1).
#[inline(always)]
pub(crate) fn add_carry(a: Word, b: Word, carry: bool) -> (Word, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(Word::from(carry));
    (sum, first | second)
}

/// a - b - borrow, and the borrow (0 or 1).
#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
pub(crate) fn sub_borrow(a: Word, b: Word, borrow: bool) -> (Word, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(Word::from(borrow));
    (difference, first | second)
}

#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
pub(crate) fn add(a: &Words, b: &Words) -> (Words, bool) {
    let (mut out, mut carry) = (ZERO, false);
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        (*out, carry) = add_carry(*a, *b, carry);
    }
    (out, carry)
}

#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
pub(crate) fn sub(a: &Words, b: &Words) -> (Words, bool) {
    let (mut out, mut borrow) = (ZERO, false);
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        (*out, borrow) = sub_borrow(*a, *b, borrow);
    }
    (out, borrow)
}

/// a - m where a and a carry above it are not below m; a must be below 2m.
#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
pub(crate) fn reduce_once(a: &Words, carry: bool, m: &Words) -> Words {
    let (reduced, borrow) = sub(a, m);
    if carry || !borrow { reduced } else { *a }
}

/// a + b mod m, of numbers below m.
#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
pub(crate) fn add_mod(a: &Words, b: &Words, m: &Words) -> Words {
    let (sum, carry) = add(a, b);
    reduce_once(&sum, carry, m)
}

/// a - b mod m, of numbers below m.
#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
pub(crate) fn sub_mod(a: &Words, b: &Words, m: &Words) -> Words {
    let (difference, borrow) = sub(a, b);
    let mask = if borrow { Word::MAX } else { 0 };
    let (mut out, mut carry) = (ZERO, false);
    for ((out, a), m) in out.iter_mut().zip(difference).zip(m) {
        (*out, carry) = add_carry(a, m & mask, carry);
    }
    out
}

/// t + a * b, and the word above.
#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
pub(crate) fn add_row(t: &Words, a: Word, b: &Words) -> (Words, Word) {
    let (mut out, mut carry) = (ZERO, 0);
    for ((out, t), b) in out.iter_mut().zip(t).zip(b) {
        (*out, carry) = multiply_add(a, *b, *t, carry);
    }
    (out, carry)
}

/// a b + c + d, the lower and the upper word. Cannot overflow: (2^w - 1)^2 + 2 (2^w - 1) = 2^2w - 1.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the halves of a double word")]
pub(crate) fn multiply_add(a: Word, b: Word, c: Word, d: Word) -> (Word, Word) {
    let product = Double::from(a).wrapping_mul(Double::from(b));
    let sum = product.wrapping_add(Double::from(c)).wrapping_add(Double::from(d));
    (sum as Word, (sum >> Word::BITS) as Word)
}

pub(crate) fn is_zero(a: &Words) -> bool {
    a.iter().all(|word| *word == 0)
}

/// a becomes a - b, which is a + !b + 1; the borrow. Apart, and small, for what is not done often.
#[inline(never)]
pub(crate) fn subtract(a: &mut Words, b: &Words) -> bool {
    let mut carry = true;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, carry) = add_carry(*a, !b, carry);
    }
    !carry
}

/// a becomes a + b; the carry.
#[inline(never)]
pub(crate) fn increase(a: &mut Words, b: &Words) -> bool {
    let mut carry = false;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, carry) = add_carry(*a, *b, carry);
    }
    carry
}

/// Whether a < b.
#[inline(never)]
pub(crate) fn is_below(a: &Words, b: &Words) -> bool {
    let mut carry = true;
    for (a, b) in a.iter().zip(b) {
        carry = add_carry(*a, !b, carry).1;
    }
    !carry
}

/// a becomes half of it and of a bit above it, rounded down.
pub(crate) fn halve(a: &mut Words, above: bool) {
    let mut above = Word::from(above);
    for word in a.iter_mut().rev() {
        let odd = *word & 1;
        *word = *word >> 1 | above << (Word::BITS - 1);
        above = odd;
    }
}

/// The bit at a position; 0 above the number.
#[inline(always)]
pub(crate) fn bit(a: &Words, at: usize) -> Word {
    let word = a.get(at >> Word::BITS.ilog2()).copied().unwrap_or_default();
    word >> (at & (Word::BITS as usize).wrapping_sub(1)) & 1
}
