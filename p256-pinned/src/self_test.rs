//! What cannot be tested on a host: the arithmetic of the machine against the portable one.

use crate::field::{Field, P, add, multiply, multiply_portable, subtract};
use crate::words::{self, Word, Words};

/// Whether products, sums and differences of so many random numbers, and of extreme ones, are the
/// same.
#[must_use]
pub fn arithmetic_agrees(count: u32) -> bool {
    let top = words::sub(&P, &number(|at| Word::from(at == 0))).0;
    let extremes = [
        words::ZERO,
        number(|at| Word::from(at == 0)),
        top,
        number(|at| if at == words::COUNT.wrapping_sub(1) { 0 } else { Word::MAX }),
        number(|at| top.get(at).copied().unwrap_or(0) & !Word::from(at == 0)),
        number(|at| if at < 3 { Word::MAX } else { 0 }),
    ];
    let same = |a: &Words, b: &Words| {
        multiply(a, b) == multiply_portable(a, b)
            && add(a, b) == words::add_mod(a, b, &P)
            && subtract(a, b) == words::sub_mod(a, b, &P)
    };
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        let any = number(|_| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            (state >> 32) as Word
        });
        words::reduce_once(&any, false, &P)
    };
    let extreme = extremes.iter().all(|a| extremes.iter().all(|b| same(a, b)));
    let mixed = (0..count).all(|_| {
        let (a, b) = (random(), random());
        same(&a, &b) && same(&a, &a) && extremes.iter().all(|extreme| same(&a, extreme))
    });
    // Products that are to be just below p, or just above 0: where the last subtraction is decided.
    let near = (0..256_u32).all(|bit| {
        let a = Field(random());
        let distance = number(|at| match bit.checked_div(Word::BITS) == u32::try_from(at).ok() {
            true => Word::from(true).wrapping_shl(bit),
            false => 0,
        });
        let edges =
            [distance, words::sub_mod(&words::ZERO, &words::reduce_once(&distance, false, &P), &P)];
        let inverse = a.invert();
        edges.iter().map(|edge| words::reduce_once(edge, false, &P)).all(|edge| {
            let b = Field(edge).mul(&inverse);
            same(&a.0, &b.0) && multiply(&a.0, &b.0) == edge
        })
    });
    extreme && mixed && near
}

fn number(mut word: impl FnMut(usize) -> Word) -> Words {
    let mut out = words::ZERO;
    for (at, out) in (0..).zip(&mut out) {
        *out = word(at);
    }
    out
}
