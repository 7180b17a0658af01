//! 1 / x modulo an odd number: Bernstein and Yang, "Fast constant-time gcd computation and modular
//! inversion" (2019), in variable time.
//!
//! Division steps on (f, g), which begin as (m, x), look at the lowest bits only. A word's worth of
//! them is gathered into a matrix, which is then applied to the whole numbers: to f and g, and to
//! d and e with d x = f and e x = g modulo m.

use crate::words::{Signed, SignedDouble, Word, Words};

/// Division steps in one matrix, and bits in a limb.
const STEPS: u32 = Word::BITS - 2;
const MASK: Word = Word::MAX >> 2;
/// As many limbs as hold 256 bits and a sign.
const LIMBS: usize = 256 / STEPS as usize + 1;
/// Theorem 11.2 of the paper: 741 steps are enough for 256 bits.
const ROUNDS: u32 = 741 / STEPS + 1;

/// Limbs of `STEPS` bits, the last one signed.
type Number = [Word; LIMBS];

/// What a round does: x' = (u x + v y) / 2^STEPS, y' = (q x + r y) / 2^STEPS.
struct Matrix {
    u: Signed,
    v: Signed,
    q: Signed,
    r: Signed,
}

/// x becomes 1 / x mod m, for x below m; 0 for 0. `m_inverse` is 1 / m modulo a word.
#[inline(never)]
pub(crate) fn invert(x: &mut Words, m: &Words, m_inverse: Word) {
    let (mut f, mut g, mut d, mut e) = ([0; LIMBS], [0; LIMBS], [0; LIMBS], [0; LIMBS]);
    split(m, &mut f);
    split(x, &mut g);
    let modulus = f;
    if let Some(lowest) = e.first_mut() {
        *lowest = 1;
    }
    let mut delta = 1;
    for _ in 0..ROUNDS {
        if g.iter().all(|limb| *limb == 0) {
            break;
        }
        let matrix = divsteps(&mut delta, low(&f), low(&g));
        matrix.apply_modulo(&mut d, &mut e, &modulus, m_inverse);
        matrix.apply(&mut f, &mut g, &modulus, (0, 0));
    }
    // f is 1 or -1, and d in (-2m, m): up into (-m, m), then the product with f up into [0, m).
    for sign in [1, if is_negative(&f) { -1 } else { 1 }] {
        let up = if is_negative(&d) == (sign > 0) { 1 } else { 0 };
        let mut sum: SignedDouble = 0;
        for (d, m) in d.iter_mut().zip(&modulus) {
            sum = sum.wrapping_add(product(sign, *d)).wrapping_add(product(up, *m));
            *d = limb(sum);
            sum >>= STEPS;
        }
        // The sign, which the mask has cut off.
        if let Some(top) = d.last_mut() {
            *top |= narrow(sum) << STEPS;
        }
    }
    join(&d, x);
}

/// The lowest bits of a number, as many as a word has (the limb above gives the two that lack, but
/// `STEPS` steps don't look at them).
fn low(number: &Number) -> Word {
    number.first().copied().unwrap_or_default()
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

fn product(a: Signed, limb: Word) -> SignedDouble {
    SignedDouble::from(a).wrapping_mul(SignedDouble::from(limb.cast_signed()))
}

#[allow(clippy::cast_possible_truncation, reason = "the lowest bits are meant")]
fn limb(sum: SignedDouble) -> Word {
    (sum as Signed).cast_unsigned() & MASK
}

#[allow(clippy::cast_possible_truncation, reason = "the top limb of a number in range fits")]
fn narrow(sum: SignedDouble) -> Word {
    (sum as Signed).cast_unsigned()
}

impl Matrix {
    /// The same in place, with multiples of m added to both sums.
    #[inline(never)]
    fn apply(&self, x: &mut Number, y: &mut Number, m: &Number, multiples: (Signed, Signed)) {
        let (mut first, mut second): (SignedDouble, SignedDouble) = (0, 0);
        let mut below: Option<(&mut Word, &mut Word)> = None;
        for ((x, y), m) in x.iter_mut().zip(y).zip(m) {
            let sum =
                |a, b, c| product(a, *x).wrapping_add(product(b, *y)).wrapping_add(product(c, *m));
            first = first.wrapping_add(sum(self.u, self.v, multiples.0));
            second = second.wrapping_add(sum(self.q, self.r, multiples.1));
            // Divided: everything moves down by a limb, and the lowest one is zero.
            if let Some((x, y)) = below {
                (*x, *y) = (limb(first), limb(second));
            }
            below = Some((x, y));
            first >>= STEPS;
            second >>= STEPS;
        }
        if let Some((x, y)) = below {
            (*x, *y) = (narrow(first), narrow(second));
        }
    }

    /// The same modulo m: a multiple of m is added that makes the division exact.
    fn apply_modulo(&self, d: &mut Number, e: &mut Number, m: &Number, inverse: Word) {
        let multiple = |a: Signed, b: Signed| {
            // Brings negative numbers up by m, which keeps the results in (-2m, m).
            let up = |factor: Signed, x| if is_negative(x) { factor } else { 0 };
            let up = up(a, d).wrapping_add(up(b, e)).cast_unsigned();
            let lowest = low(d).wrapping_mul(a.cast_unsigned());
            let lowest = lowest.wrapping_add(low(e).wrapping_mul(b.cast_unsigned()));
            let exact = lowest.wrapping_mul(inverse).wrapping_add(up) & MASK;
            up.wrapping_sub(exact).cast_signed()
        };
        let multiples = (multiple(self.u, self.v), multiple(self.q, self.r));
        self.apply(d, e, m, multiples);
    }
}

fn is_negative(number: &Number) -> bool {
    number.last().is_some_and(|limb| limb.cast_signed() < 0)
}

/// Word by word: `STEPS` is two less than a word, so each limb begins two bits lower in its word.
fn split(number: &Words, limbs: &mut Number) {
    let mut words = number.iter();
    let (mut below, mut shift): (Word, u32) = (0, 0);
    for limb in limbs {
        let word = words.next().copied().unwrap_or_default();
        let carried = (below >> 1).wrapping_shr(Word::BITS.wrapping_sub(1).wrapping_sub(shift));
        *limb = (word.wrapping_shl(shift) | carried) & MASK;
        below = word;
        shift = shift.wrapping_add(2);
    }
}

/// The way back.
fn join(number: &Number, out: &mut Words) {
    let [lowest, above @ ..] = number;
    let (mut limb, mut shift): (Word, u32) = (*lowest, 0);
    for (out, above) in out.iter_mut().zip(above) {
        *out = limb.wrapping_shr(shift) | above.wrapping_shl(STEPS.wrapping_sub(shift));
        limb = *above;
        shift = shift.wrapping_add(2);
    }
}
