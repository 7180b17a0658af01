//! Integers modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1, in Montgomery form: a is kept as
//! a * 2^256 mod p (Montgomery, 1985).

use crate::words::{self, Word, Words, words};

pub(crate) const P: Words = words([
    0xFFFF_FFFF,
    0xFFFF_FFFF,
    0xFFFF_FFFF,
    0x0000_0000,
    0x0000_0000,
    0x0000_0000,
    0x0000_0001,
    0xFFFF_FFFF,
]);

/// An integer modulo p, below p.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Field(pub(crate) Words);

impl Field {
    pub(crate) const ZERO: Self = Self(words::ZERO);

    /// 2^256 mod p.
    pub(crate) const ONE: Self = Self(words([
        0x0000_0001,
        0x0000_0000,
        0x0000_0000,
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        0xFFFF_FFFE,
        0x0000_0000,
    ]));

    /// 2^512 mod p.
    pub(crate) const R_SQUARED: Self = Self(words([
        0x0000_0003,
        0x0000_0000,
        0xFFFF_FFFF,
        0xFFFF_FFFB,
        0xFFFF_FFFE,
        0xFFFF_FFFF,
        0xFFFF_FFFD,
        0x0000_0004,
    ]));

    /// From a number; `None` if it is not below p.
    pub(crate) fn new(number: &Words) -> Option<Self> {
        words::is_below(number, &P).then(|| Self(*number).mul(&Self::R_SQUARED))
    }

    pub(crate) fn is_zero(&self) -> bool {
        words::is_zero(&self.0)
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        Self(add(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self(subtract(&self.0, &other.0))
    }

    #[inline]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        Self(multiply(&self.0, &other.0))
    }

    #[inline]
    pub(crate) fn square(&self) -> Self {
        Self(multiply(&self.0, &self.0))
    }

    // In place, for formulas on small stacks: a result by value is a copy more.

    #[inline(always)]
    pub(crate) fn add_to(&mut self, other: &Self) {
        in_place::add(&mut self.0, &other.0);
    }

    #[inline(always)]
    pub(crate) fn sub_from(&mut self, other: &Self) {
        in_place::subtract(&mut self.0, &other.0);
    }

    #[inline(always)]
    pub(crate) fn negate(&mut self) {
        in_place::negate(&mut self.0);
    }

    #[inline(always)]
    pub(crate) fn double(&mut self) {
        in_place::double(&mut self.0);
    }

    #[inline(always)]
    pub(crate) fn mul_by(&mut self, other: &Self) {
        in_place::multiply(&mut self.0, &other.0);
    }

    #[inline(always)]
    pub(crate) fn square_it(&mut self) {
        in_place::square(&mut self.0);
    }

    /// 1 / self; zero for zero.
    pub(crate) fn invert(&self) -> Self {
        // 1 / (a R), and twice times R^2 / R.
        let mut inverse = *self;
        crate::inverse::invert(&mut inverse.0, &P, P_INVERSE);
        inverse.mul(&Self::R_SQUARED).mul(&Self::R_SQUARED)
    }
}

/// 1 / p modulo a word: p is -1 there.
const P_INVERSE: Word = Word::MAX;

/// a * b / 2^256 mod p, of numbers below p.
///
/// Row by row: t + a_i b + m p, with m such that the lowest word vanishes. Since p is -1 modulo a
/// word, m is that word itself. Before each row t < 2p, so t + a_i b < (2^w + 1) p < 2^(256 + w).
#[cfg(any(not(umaal), feature = "self-test"))]
#[inline]
pub(crate) fn multiply_portable(a: &Words, b: &Words) -> Words {
    let (mut t, mut top) = (words::ZERO, false);
    for a in a {
        let (sum, carry) = words::add_row(&t, *a, b);
        (t, top) = divide(&sum, carry.wrapping_add(Word::from(top)));
    }
    words::reduce_once(&t, top, &P)
}

#[cfg(not(umaal))]
pub(crate) use multiply_portable as multiply;

#[cfg(umaal)]
pub(crate) use crate::umaal::{add, in_place, multiply, subtract};

#[cfg(not(umaal))]
mod in_place {
    use crate::words::Words;

    #[inline(always)]
    pub(super) fn multiply(a: &mut Words, b: &Words) {
        *a = super::multiply(a, b);
    }

    #[inline(always)]
    pub(super) fn square(a: &mut Words) {
        *a = super::multiply(a, a);
    }

    #[inline(always)]
    pub(super) fn add(a: &mut Words, b: &Words) {
        *a = super::add(a, b);
    }

    #[inline(always)]
    pub(super) fn double(a: &mut Words) {
        *a = super::add(a, a);
    }

    #[inline(always)]
    pub(super) fn subtract(a: &mut Words, b: &Words) {
        *a = super::subtract(a, b);
    }

    #[inline(always)]
    pub(super) fn negate(a: &mut Words) {
        *a = super::subtract(&crate::words::ZERO, a);
    }
}

// Eight words in line at each place cost 3 KB of flash on a Cortex-M33, and save 0.3 % of the instructions.
#[cfg(not(umaal))]
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) fn add(a: &Words, b: &Words) -> Words {
    words::add_mod(a, b, &P)
}

#[cfg(not(umaal))]
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) fn subtract(a: &Words, b: &Words) -> Words {
    words::sub_mod(a, b, &P)
}

/// (t + m p) / 2^64 for m = t mod 2^64: m p = m (2^256 - 2^224 + 2^192) + m 2^96 - m.
#[cfg(all(target_pointer_width = "64", not(feature = "words32")))]
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the halves of a double word")]
fn divide(t: &Words, above: Word) -> (Words, bool) {
    let [m, t1, t2, t3] = *t;
    let high = u128::from(m).wrapping_mul(0xFFFF_FFFF_0000_0001);
    let (t0, carry) = words::add_carry(t1, m << 32, false);
    let (t1, carry) = words::add_carry(t2, m >> 32, carry);
    let (t2, carry) = words::add_carry(t3, high as u64, carry);
    let (t3, carry) = words::add_carry(above, (high >> 64) as u64, carry);
    ([t0, t1, t2, t3], carry)
}

/// (t + m p) / 2^32 for m = t mod 2^32: m p = (m 2^256 - m 2^224) + m 2^192 + m 2^96 - m.
#[cfg(any(not(target_pointer_width = "64"), feature = "words32"))]
#[cfg(any(not(umaal), feature = "self-test"))]
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the halves of a double word")]
fn divide(t: &Words, above: Word) -> (Words, bool) {
    let [m, t1, t2, t3, t4, t5, t6, t7] = *t;
    let high = (u64::from(m) << 32).wrapping_sub(u64::from(m));
    let (t3, carry) = words::add_carry(t3, m, false);
    let (t4, carry) = words::add_carry(t4, 0, carry);
    let (t5, carry) = words::add_carry(t5, 0, carry);
    let (t6, carry) = words::add_carry(t6, m, carry);
    let (t7, carry) = words::add_carry(t7, high as u32, carry);
    let (t8, carry) = words::add_carry(above, (high >> 32) as u32, carry);
    ([t1, t2, t3, t4, t5, t6, t7, t8], carry)
}
