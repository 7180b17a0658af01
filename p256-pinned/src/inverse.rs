//! 1 / x modulo an odd number: Bernstein and Yang, "Fast constant-time gcd computation and modular
//! inversion" (2019), in variable time.
//!
//! Division steps on (f, g), which begin as (m, x), look at the lowest bits only. A word's worth of
//! them is gathered into a matrix, which is then applied to the whole numbers: to f and g, and to
//! d and e with d x = f and e x = g modulo m.

use crate::words::{self, Double, Signed, SignedDouble, Word, Words};

/// Division steps in one matrix, and bits in a limb.
const STEPS: u32 = Word::BITS - 2;
const MASK: Word = Word::MAX >> 2;
/// As many limbs as hold 256 bits and a sign.
const LIMBS: usize = 256 / STEPS as usize + 1;
/// Theorem 11.2 of the paper: 741 steps are enough for 256 bits.
const ROUNDS: u32 = 741 / STEPS + 1;

/// Limbs of `STEPS` bits, the last one signed.
type Number = [Signed; LIMBS];

/// What a round does: f' = (u f + v g) / 2^STEPS, g' = (q f + r g) / 2^STEPS.
struct Matrix {
    u: Signed,
    v: Signed,
    q: Signed,
    r: Signed,
}

/// 1 / x mod m, for x below m; 0 for 0. `m_inverse` is 1 / m modulo a word.
#[inline(never)]
pub(crate) fn invert(x: &Words, m: &Words, m_inverse: Word) -> Words {
    let modulus = split(m);
    let (mut f, mut g) = (modulus, split(x));
    let (mut d, mut e) = ([0; LIMBS], [0; LIMBS]);
    if let Some(lowest) = e.first_mut() {
        *lowest = 1;
    }
    let mut delta = 1;
    for _ in 0..ROUNDS {
        if g.iter().all(|limb| *limb == 0) {
            break;
        }
        let matrix = divsteps(&mut delta, low(&f), low(&g));
        (d, e) = matrix.apply_modulo(&d, &e, &modulus, m_inverse);
        (f, g) = matrix.apply(&f, &g);
    }
    // f is 1 or -1, and d in (-2m, m).
    d = if is_negative(&d) { combine(&d, 1, &modulus) } else { d };
    d = if is_negative(&f) { combine(&[0; LIMBS], -1, &d) } else { d };
    d = if is_negative(&d) { combine(&d, 1, &modulus) } else { d };
    join(&d)
}

/// The lowest bits of a number, as many as a word has (the limb above gives the two that lack, but
/// `STEPS` steps don't look at them).
fn low(number: &Number) -> Word {
    number.first().copied().unwrap_or_default().cast_unsigned()
}

/// `STEPS` division steps, the even ones several at a time, and several odd ones at a time, too:
/// a multiple of f is added that makes up to six bits of g zero.
fn divsteps(delta: &mut i32, mut f: Word, mut g: Word) -> Matrix {
    let (mut u, mut v, mut q, mut r): (Word, Word, Word, Word) = (1, 0, 0, 1);
    let mut left = STEPS;
    loop {
        let zeros = (g | Word::MAX.wrapping_shl(left)).trailing_zeros();
        g = g.wrapping_shr(zeros);
        u = u.wrapping_shl(zeros);
        v = v.wrapping_shl(zeros);
        *delta = delta.wrapping_add(zeros.cast_signed());
        left = left.wrapping_sub(zeros);
        if left == 0 {
            break;
        }
        // g is odd.
        if *delta > 0 {
            *delta = delta.wrapping_neg();
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // Until delta is positive again, steps only add f. 1 / f = f (2 - f^2) modulo 64.
        let together = (1_u32.wrapping_sub(delta.cast_unsigned())).min(left).min(6);
        let inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let times = g.wrapping_mul(inverse) & !Word::MAX.wrapping_shl(together);
        g = g.wrapping_add(f.wrapping_mul(times));
        q = q.wrapping_add(u.wrapping_mul(times));
        r = r.wrapping_add(v.wrapping_mul(times));
    }
    let [u, v, q, r] = [u, v, q, r].map(Word::cast_signed);
    Matrix { u, v, q, r }
}

fn product(a: Signed, b: Signed) -> SignedDouble {
    SignedDouble::from(a).wrapping_mul(SignedDouble::from(b))
}

#[allow(clippy::cast_possible_truncation, reason = "the lowest bits are meant")]
fn limb(sum: SignedDouble) -> Signed {
    sum as Signed & MASK.cast_signed()
}

/// (a x + b y + c z) / 2^STEPS.
fn row(a: Signed, x: &Number, b: Signed, y: &Number, c: Signed, z: &Number) -> Number {
    let mut out = [0; LIMBS];
    let mut sum: SignedDouble = 0;
    let mut slots = out.iter_mut();
    for (at, ((x, y), z)) in (0..LIMBS).zip(x.iter().zip(y).zip(z)) {
        sum = sum.wrapping_add(product(a, *x)).wrapping_add(product(b, *y));
        sum = sum.wrapping_add(product(c, *z));
        if at > 0
            && let Some(slot) = slots.next()
        {
            *slot = limb(sum);
        }
        sum >>= STEPS;
    }
    if let Some(slot) = slots.next() {
        *slot = narrow(sum);
    }
    out
}

#[allow(clippy::cast_possible_truncation, reason = "the top limb of a number in range fits")]
fn narrow(sum: SignedDouble) -> Signed {
    sum as Signed
}

impl Matrix {
    fn apply(&self, f: &Number, g: &Number) -> (Number, Number) {
        let none = [0; LIMBS];
        (row(self.u, f, self.v, g, 0, &none), row(self.q, f, self.r, g, 0, &none))
    }

    /// The same modulo m: a multiple of m is added that makes the division exact.
    fn apply_modulo(&self, d: &Number, e: &Number, m: &Number, inverse: Word) -> (Number, Number) {
        let one = |a: Signed, b: Signed| {
            // Brings negative numbers up by m, which keeps the results in (-2m, m).
            let up = |factor: Signed, x| if is_negative(x) { factor } else { 0 };
            let up = up(a, d).wrapping_add(up(b, e)).cast_unsigned();
            let lowest = low(d).wrapping_mul(a.cast_unsigned());
            let lowest = lowest.wrapping_add(low(e).wrapping_mul(b.cast_unsigned()));
            let exact = lowest.wrapping_mul(inverse).wrapping_add(up) & MASK;
            row(a, d, b, e, up.wrapping_sub(exact).cast_signed(), m)
        };
        (one(self.u, self.v), one(self.q, self.r))
    }
}

fn is_negative(number: &Number) -> bool {
    number.last().is_some_and(|limb| *limb < 0)
}

/// a + b * c, for b = 1 or -1.
fn combine(a: &Number, b: Signed, c: &Number) -> Number {
    let mut out = *a;
    let mut sum: SignedDouble = 0;
    for (out, c) in out.iter_mut().zip(c) {
        sum = sum.wrapping_add(SignedDouble::from(*out)).wrapping_add(product(b, *c));
        *out = limb(sum);
        sum >>= STEPS;
    }
    // The sign, which the mask has cut off.
    if let Some(top) = out.last_mut() {
        *top |= narrow(sum) << STEPS;
    }
    out
}

fn split(number: &Words) -> Number {
    let mut out = [0; LIMBS];
    for (at, out) in (0..).step_by(STEPS as usize).zip(&mut out) {
        let index = at >> Word::BITS.ilog2();
        let shift = at & (Word::BITS as usize).wrapping_sub(1);
        let word = |at: usize| number.get(at).copied().unwrap_or_default();
        let both =
            Double::from(word(index)) | Double::from(word(index.wrapping_add(1))) << Word::BITS;
        *out = limb((both >> shift).cast_signed());
    }
    out
}

#[allow(clippy::cast_possible_truncation, reason = "the lowest bits are meant")]
fn join(number: &Number) -> Words {
    let mut out = words::ZERO;
    let mut limbs = number.iter();
    let (mut held, mut bits): (Double, u32) = (0, 0);
    for out in &mut out {
        while bits < Word::BITS
            && let Some(limb) = limbs.next()
        {
            held |= Double::from(limb.cast_unsigned()).wrapping_shl(bits);
            bits = bits.wrapping_add(STEPS);
        }
        *out = held as Word;
        held >>= Word::BITS;
        bits = bits.wrapping_sub(Word::BITS);
    }
    out
}
