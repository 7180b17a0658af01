//! Integers modulo the order n of the group (SP 800-186 section 3.2.1.3).

use crate::words::{self, Word, Words, words};

pub(crate) const N: Words = words([
    0xFC63_2551,
    0xF3B9_CAC2,
    0xA717_9E84,
    0xBCE6_FAAD,
    0xFFFF_FFFF,
    0xFFFF_FFFF,
    0x0000_0000,
    0xFFFF_FFFF,
]);

/// 2^512 mod n.
const R_SQUARED: Words = words([
    0xBE79_EEA2,
    0x8324_4C95,
    0x49BD_6FA6,
    0x4699_799C,
    0x2B6B_EC59,
    0x2845_B239,
    0xF3D9_5620,
    0x66E1_2D94,
]);

/// 1 / n modulo a word.
#[allow(clippy::cast_possible_truncation, reason = "modulo a word")]
const N_INVERSE: Word = 0x332E_3755_11FF_43B1_u64 as Word;

/// Reads 32 bytes; `None` outside 1 to n - 1.
#[inline(never)]
pub(crate) fn read(out: &mut Words, bytes: &[u8; 32]) -> Option<()> {
    words::read(out, bytes);
    (!words::is_zero(out) && words::is_below(out, &N)).then_some(())
}

/// s (1 to n - 1) becomes 2^256 / s, the factor that makes [`multiply`] a division by s.
#[inline(never)]
pub(crate) fn invert(s: &mut Words) {
    crate::inverse::invert(s, &N, N_INVERSE);
    multiply(s, &R_SQUARED);
}

/// a becomes a * b / 2^256 mod n (Montgomery): below n if one of the numbers is.
#[inline(never)]
pub(crate) fn multiply(a: &mut Words, b: &Words) {
    let (mut t, mut top) = (words::ZERO, false);
    let ([b_lowest, b @ ..], [n_lowest, n @ ..]) = (b, &N);
    for a in a.iter() {
        let [t_lowest, t @ ..] = &mut t;
        // t + a b + m n, with m such that the lowest word is 0: the others move down.
        let (sum, mut carry) = words::multiply_add(*a, *b_lowest, *t_lowest, 0);
        let m = sum.wrapping_mul(N_INVERSE.wrapping_neg());
        let (_, mut second) = words::multiply_add(m, *n_lowest, sum, 0);
        let mut below = t_lowest;
        for ((t, b), n) in t.iter_mut().zip(b).zip(n) {
            let sum;
            (sum, carry) = words::multiply_add(*a, *b, *t, carry);
            (*below, second) = words::multiply_add(m, *n, sum, second);
            below = t;
        }
        (*below, top) = words::add_carry(carry, second, top);
    }
    *a = t;
    if top || !words::is_below(a, &N) {
        words::subtract(a, &N);
    }
}

/// Turns k (below n) into its digits for a [comb](crate::comb): the odd one of k and k - n, which stand
/// for the same multiple of a point, half, rounded down, in two's complement. With v for that number,
/// (v + 2^w - 1) / 2 = v / 2 + 2^(w - 1) has the bits that, read as 1 for one and -1 for zero in w
/// places, make v: those of v / 2 with its sign before them, but for the highest, which is the other one.
#[inline(never)]
pub(crate) fn make_digits(k: &mut Words) {
    let even = words::bit(k, 0) == 0;
    if even {
        words::subtract(k, &N);
    }
    words::halve(k, even);
}
