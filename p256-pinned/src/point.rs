//! Points of the curve y^2 = x^3 - 3x + b.

use crate::field::{Field, P};
use crate::words::{self, Words, words};

/// The curve's b.
const B: Field = Field(words([
    0x29C4_BDDF,
    0xD89C_DF62,
    0x7884_3090,
    0xACF0_05CD,
    0xF721_2ED6,
    0xE5A2_20AB,
    0x0487_4834,
    0xDC30_061D,
]));

/// A point other than the one at infinity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Affine {
    pub(crate) x: Field,
    pub(crate) y: Field,
}

impl Affine {
    /// No point: room for one.
    pub(crate) const NONE: Self = Self { x: Field::ZERO, y: Field::ZERO };

    /// From x and y, big-endian; `None` if they are not below p or not on the curve.
    pub(crate) fn from_bytes(xy: &[u8; 64]) -> Option<Self> {
        let (x, y) = xy.split_first_chunk::<32>()?;
        let x = Field::new(&words::from_bytes(x))?;
        let y = Field::new(&words::from_bytes(y.first_chunk()?))?;
        let three = Field::ONE.add(&Field::ONE).add(&Field::ONE);
        let right = x.square().sub(&three).mul(&x).add(&B);
        (y.square() == right).then_some(Self { x, y })
    }

    pub(crate) fn opposite(&self) -> Self {
        let mut point = *self;
        point.y.negate();
        point
    }
}

/// A point in Jacobian coordinates, (X / Z^2, Y / Z^3); the one at infinity has Z = 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) x: Field,
    pub(crate) y: Field,
    pub(crate) z: Field,
}

impl Point {
    pub(crate) const INFINITY: Self = Self { x: Field::ZERO, y: Field::ZERO, z: Field::ZERO };

    pub(crate) fn from_affine(point: &Affine) -> Self {
        Self { x: point.x, y: point.y, z: Field::ONE }
    }

    /// `dbl-2001-b` of the Explicit-Formulas Database. Infinity stays, since Z' = 2 Y Z; and no
    /// point has order 2, because the group's order is odd.
    #[inline(never)]
    pub(crate) fn double(&mut self) {
        let Self { x, y, z } = self;
        let delta = z.square();
        let mut gamma = y.square();
        let mut beta = x.mul(&gamma);
        // Z' = (Y + Z)^2 - gamma - delta
        z.add_to(y);
        z.square_it();
        z.sub_from(&gamma);
        z.sub_from(&delta);
        // alpha = 3 (X - delta) (X + delta)
        let mut alpha = x.add(&delta);
        x.sub_from(&delta);
        x.mul_by(&alpha);
        alpha = x.add(x);
        alpha.add_to(x);
        // X' = alpha^2 - 8 beta
        *x = alpha.square();
        beta.double();
        beta.double();
        x.sub_from(&beta);
        x.sub_from(&beta);
        // Y' = alpha (4 beta - X') - 8 gamma^2
        beta.sub_from(x);
        gamma.double();
        gamma.square_it();
        gamma.double();
        *y = alpha.mul(&beta);
        y.sub_from(&gamma);
    }

    /// Mixed addition (Hankerson, Menezes, Vanstone: Guide to Elliptic Curve Cryptography,
    /// algorithm 3.22), with all its exceptions. For opposite points Z' = Z H = 0: infinity.
    #[inline]
    pub(crate) fn add(&mut self, other: &Affine) {
        if self.z.is_zero() {
            // Field by field, which needs no copy of all.
            self.x = other.x;
            self.y = other.y;
            self.z = Field::ONE;
        } else if !self.add_other(other) {
            self.double();
        }
    }

    /// Adds another point to one that is not at infinity; not if they are equal: then `false`.
    // Apart, so that a doubling does not stand on the frame of an addition.
    #[inline(never)]
    fn add_other(&mut self, other: &Affine) -> bool {
        let mut h = self.z.square();
        let mut r = self.z.mul(&h);
        h.mul_by(&other.x);
        h.sub_from(&self.x);
        r.mul_by(&other.y);
        r.sub_from(&self.y);
        if h.is_zero() && r.is_zero() {
            return false;
        }
        let Self { x, y, z } = self;
        z.mul_by(&h);
        let mut v = h.square();
        h.mul_by(&v);
        v.mul_by(x);
        // X' = r^2 - h^3 - 2 v, Y' = r (v - X') - Y h^3
        y.mul_by(&h);
        *x = r.square();
        x.sub_from(&h);
        x.sub_from(&v);
        x.sub_from(&v);
        v.sub_from(x);
        r.mul_by(&v);
        r.sub_from(y);
        *y = r;
        true
    }

    /// Whether x mod n = r, for r from 1 to n - 1. Without a division: x Z^2 is compared with X,
    /// for both values of x that r can stand for, as p is above n.
    #[inline(never)]
    pub(crate) fn has_x(&self, r: &Words) -> bool {
        if self.z.is_zero() {
            return false;
        }
        // Times 2^256 once more, which x as a plain number lacks.
        let z2 = self.z.square().mul(&Field::R_SQUARED);
        let (mut x, mut beyond) = (*r, false);
        while !beyond {
            if words::is_below(&x, &P) && Field(x).mul(&z2) == self.x {
                return true;
            }
            beyond = words::increase(&mut x, &crate::scalar::N);
        }
        false
    }
}

/// The points with Z = 1; one division for all of them (Montgomery's trick). `None` if one of them
/// is at infinity.
pub(crate) fn normalize<const COUNT: usize>(points: &[Point; COUNT]) -> Option<[Affine; COUNT]> {
    let mut out = [Affine::NONE; COUNT];
    let mut product = Field::ONE;
    for (out, point) in out.iter_mut().zip(points) {
        out.x = product;
        product = product.mul(&point.z);
    }
    if product.is_zero() {
        return None;
    }
    let mut inverse = product.invert();
    for (out, point) in out.iter_mut().zip(points).rev() {
        let z = out.x.mul(&inverse);
        inverse = inverse.mul(&point.z);
        let z2 = z.square();
        *out = Affine { x: point.x.mul(&z2), y: point.y.mul(&z2.mul(&z)) };
    }
    Some(out)
}
