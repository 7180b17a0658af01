//! Points of the curve y^2 = x^3 - 3x + b.

use crate::field::Field;
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
    /// From x and y, big-endian; `None` if they are not below p or not on the curve.
    pub(crate) fn from_bytes(xy: &[u8; 64]) -> Option<Self> {
        let (x, y) = xy.split_first_chunk::<32>()?;
        let x = Field::new(&words::from_bytes(x))?;
        let y = Field::new(&words::from_bytes(y.first_chunk()?))?;
        let three = Field::ONE.double().add(&Field::ONE);
        let right = x.square().sub(&three).mul(&x).add(&B);
        (y.square() == right).then_some(Self { x, y })
    }

    pub(crate) fn negate(&self) -> Self {
        Self { x: self.x, y: self.y.negate() }
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
    pub(crate) const INFINITY: Self = Self { x: Field::ONE, y: Field::ONE, z: Field::ZERO };

    pub(crate) fn from_affine(point: &Affine) -> Self {
        Self { x: point.x, y: point.y, z: Field::ONE }
    }

    /// `dbl-2001-b` of the Explicit-Formulas Database. Infinity stays, since Z' = 2 Y Z; and no
    /// point has order 2, because the group's order is odd.
    pub(crate) fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta = self.x.mul(&gamma);
        let alpha = self.x.sub(&delta).mul(&self.x.add(&delta));
        let alpha = alpha.double().add(&alpha);
        let beta4 = beta.double().double();
        let x = alpha.square().sub(&beta4.double());
        let z = self.y.add(&self.z).square().sub(&gamma).sub(&delta);
        let gamma2 = gamma.double();
        let y = alpha.mul(&beta4.sub(&x)).sub(&gamma2.square().double());
        Self { x, y, z }
    }

    /// Mixed addition (Hankerson, Menezes, Vanstone: Guide to Elliptic Curve Cryptography,
    /// algorithm 3.22), with all its exceptions. For opposite points Z' = Z H = 0: infinity.
    pub(crate) fn add(&self, other: &Affine) -> Self {
        if self.z.is_zero() {
            return Self::from_affine(other);
        }
        let z2 = self.z.square();
        let h = other.x.mul(&z2).sub(&self.x);
        let r = other.y.mul(&z2.mul(&self.z)).sub(&self.y);
        if h.is_zero() && r.is_zero() {
            return self.double();
        }
        let h2 = h.square();
        let h3 = h2.mul(&h);
        let v = self.x.mul(&h2);
        let x = r.square().sub(&h3).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&self.y.mul(&h3));
        Self { x, y, z: self.z.mul(&h) }
    }

    /// Whether x mod n = r, for r from 1 to n - 1. Without a division: x Z^2 is compared with X,
    /// for both values of x that r can stand for, as p is above n.
    pub(crate) fn has_x(&self, r: &Words) -> bool {
        if self.z.is_zero() {
            return false;
        }
        let z2 = self.z.square();
        let is = |x: &Words| Field::new(x).is_some_and(|x| x.mul(&z2) == self.x);
        let (above, carry) = words::add(r, &crate::scalar::N);
        is(r) || !carry && is(&above)
    }
}

/// The points with Z = 1; one division for all of them (Montgomery's trick). `None` if one of them
/// is at infinity.
pub(crate) fn normalize<const COUNT: usize>(points: &[Point; COUNT]) -> Option<[Affine; COUNT]> {
    const NONE: Affine = Affine { x: Field::ZERO, y: Field::ZERO };
    let mut out = [NONE; COUNT];
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
