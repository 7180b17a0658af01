//! ECDSA verification (FIPS 186-5 section 6.4.2).

use crate::comb::Table;
use crate::point::Affine;
use crate::scalar;
use crate::sum;
use crate::words::{self, Words};

/// The base point G: x and y, big-endian (SP 800-186 section 3.2.1.3).
pub const GENERATOR: [u8; 64] = [
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96,
    0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16,
    0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
];

/// A key with its table.
#[derive(Clone, Copy, Debug)]
pub struct PinnedKey<'t> {
    /// x and y, 32 bytes each, big-endian.
    pub xy: [u8; 64],
    /// Made by [`build`](crate::build) from `xy`. Trust material exactly like the key.
    pub table: Table<'t>,
}

/// Why a signature was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// The key is no point of the curve.
    Key,
    /// A table was damaged.
    Table,
    /// r or s is not in 1 to n - 1, or the signature is not of this key and digest.
    Signature,
}

/// Checks a signature (r and s, 32 bytes each, big-endian) of a digest. Keys among `pinned` are
/// fast, any other one takes two to three times as long. Both s and n - s are accepted, as ECDSA has it.
///
/// # Errors
/// [`Error::Key`] for a key that is not pinned and no point of the curve; [`Error::Table`];
/// [`Error::Signature`].
pub fn verify(
    generator: &Table<'_>,
    pinned: &[PinnedKey<'_>],
    key: &[u8; 64],
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), Error> {
    match pinned.iter().find(|pinned| pinned.xy == *key) {
        Some(pinned) => verify_pinned(generator, &pinned.table, digest, signature),
        None => verify_unpinned(generator, key, digest, signature),
    }
}

#[inline(never)]
fn verify_unpinned(
    generator: &Table<'_>,
    key: &[u8; 64],
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), Error> {
    let point = Affine::from_bytes(key).ok_or(Error::Key)?;
    check(generator, Key::Point(&point), digest, signature)
}

/// Checks a signature of the key that a table belongs to, and of no other: what is left of [`verify`]
/// where every key is pinned. A program that calls only this does without the code for other keys.
///
/// # Errors
/// [`Error::Table`], [`Error::Signature`].
pub fn verify_pinned(
    generator: &Table<'_>,
    key: &Table<'_>,
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), Error> {
    if !key.is_whole() {
        return Err(Error::Table);
    }
    check(generator, Key::Table(key), digest, signature)
}

/// What is there of a key.
enum Key<'k> {
    Table(&'k Table<'k>),
    Point(&'k Affine),
}

fn check(
    generator: &Table<'_>,
    key: Key<'_>,
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), Error> {
    if !generator.is_whole() {
        return Err(Error::Table);
    }
    let mut factors = Factors { r: words::ZERO, of_generator: words::ZERO, of_key: words::ZERO };
    let accepted = factors.read(digest, signature).and_then(|()| {
        let Factors { r, of_generator, of_key } = &mut factors;
        scalar::make_digits(of_generator);
        match key {
            Key::Table(table) => {
                scalar::make_digits(of_key);
                sum::of_tables_has_x([(of_generator, generator), (of_key, table)], r)
            }
            Key::Point(point) => {
                sum::with_point_has_x((of_generator, generator), (of_key, point), r)
            }
        }
    });
    if accepted == Some(true) { Ok(()) } else { Err(Error::Signature) }
}

/// What a signature says of the point u1 G + u2 Q: that its x is r.
struct Factors {
    r: Words,
    of_generator: Words,
    of_key: Words,
}

impl Factors {
    /// `None` for r and s outside 1 to n - 1. In place, and step by step: so copies and the stack frames
    /// of the steps don't add up.
    fn read(&mut self, digest: &[u8; 32], signature: &[u8; 64]) -> Option<()> {
        let Self { r, of_generator, of_key } = self;
        scalar::read(r, signature.first_chunk()?)?;
        scalar::read(of_key, signature.last_chunk()?)?;
        scalar::invert(of_key);
        words::read(of_generator, digest);
        scalar::multiply(of_generator, of_key);
        scalar::multiply(of_key, r);
        Some(())
    }
}
