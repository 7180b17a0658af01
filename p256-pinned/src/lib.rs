//! Variable time, public data only: no secret may ever touch this crate.
//!
//! ECDSA P-256 signature *verification* for keys that a program knows when it is built. With a
//! table of multiples for both fixed points, the group's G and the key, a check is a few dozen
//! doublings and look-ups. A key that is not pinned works, too, more slowly.
//!
//! ```
//! use nodelock_p256::{GENERATOR, PinnedKey, Table, build, digest, verify};
//!
//! // RFC 6979 appendix A.2.5, "sample" with SHA-256.
//! # fn bytes<const N: usize>(hex: &str) -> [u8; N] {
//! #     core::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
//! # }
//! let key = bytes(concat!(
//!     "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
//!     "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
//! ));
//! let hash = bytes("AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF");
//! let signature = bytes(concat!(
//!     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
//!     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
//! ));
//! // A program keeps both tables as constants; they depend on the key only.
//! let (of_generator, of_key) = (build::<16>(&GENERATOR).unwrap(), build::<16>(&key).unwrap());
//! let generator = Table::new(&of_generator, digest(&of_generator)).unwrap();
//! let table = Table::new(&of_key, digest(&of_key)).unwrap();
//! let pinned = [PinnedKey { xy: key, table }];
//! assert!(verify(&generator, &pinned, &key, &hash, &signature).is_ok());
//! ```
//!
//! | teeth | entries | one table | two tables |
//! | --- | --- | --- | --- |
//! | 3 | 4 | 256 B | 0.5 KB |
//! | 4 | 8 | 512 B | 1 KB |
//! | 5 | 16 | 1 KB | 2 KB |
//! | 6 | 32 | 2 KB | 4 KB |
//! | 7 | 64 | 4 KB | 8 KB |
//! | 8 | 128 | 8 KB | 16 KB |

#![no_std]
// Only `umaal` may.
#![cfg_attr(not(umaal), forbid(unsafe_code))]
#![deny(
    unsafe_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod comb;
mod field;
mod generator;
mod inverse;
mod point;
mod scalar;
#[cfg(any(feature = "self-test", test))]
#[doc(hidden)]
pub mod self_test;
mod sum;
#[cfg(umaal)]
mod umaal;
mod verify;
mod words;

pub use comb::{Entry, TEETH, Table, build, digest};
pub use generator::GENERATOR_TABLE;
pub use verify::{Error, GENERATOR, PinnedKey, verify, verify_pinned};

#[cfg(test)]
extern crate std;

#[cfg(test)]
mod tests;
