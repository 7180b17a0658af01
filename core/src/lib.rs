//! Embeddable licensing: a device decides by itself, offline, which features its owner has paid
//! for.
//!
//! # Modules
//!
//! What a first program needs is here; everything else is in the module of its idea. Each knows only
//! those above it:
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`value`] | dates, versions, UDIs, keys, ids: each checked when it is made |
//! | [`record`] | signed records as they come in, canonical but *not trusted*: [`Records`], [`Line`] |
//! | [`crypto`] | the port to hash and signature, and what is bundled for it |
//! | [`trust`] | who may sign what: [`KeyRing`]; [`VerifiedLine`], and [`BoundLine`] for this device |
//! | [`rights`] | what bound lines grant: [`Entitlements`], the [`Verdict`], its [`Denial`] |
//! | [`meter`] [`calendar`] [`lease`] [`mod@catalog`] [`event`] | time of use, dates under clocks that lie, units in use, the product's features, what a device tells; none knows another |
//! | [`store`] | the [`Storage`] port, counters against rollback, and a log for raw flash |
//! | [`agent`] | [`Agent`]: what lives in a device that has more than permanent licenses; it brings all of them together |
//! | [`job`] [`show`] | work for the agent from afar; what operators read |
//!
//! Trust is in the types: `Line` to `VerifiedLine` to `BoundLine`, each made only by the check
//! that its name says. [`rights::install`] does all steps for a whole file.
//!
//! [`Records`]: record::Records
//! [`Line`]: record::Line
//! [`KeyRing`]: trust::KeyRing
//! [`VerifiedLine`]: trust::VerifiedLine
//! [`BoundLine`]: trust::BoundLine
//! [`Entitlements`]: rights::Entitlements
//! [`Verdict`]: rights::Verdict
//! [`SignatureVerifier`]: crypto::SignatureVerifier
//!
//! # What it does not do
//!
//! No I/O, no clock, no allocation, no global state, no `unsafe`, no panic. It does not hide keys
//! (there is no secret on the device that could sign), does not fingerprint hosts (the product
//! gives its UDI), and does not stop somebody who can replace the firmware.
//!
//! # Example
//!
#![cfg_attr(feature = "p256", doc = "```")]
#![cfg_attr(not(feature = "p256"), doc = "```ignore")]
#![doc = include_str!("../examples/minimal.rs")]
//! ```
//!
//! # Features
//!
//! * `p256` (default): [`P256Verifier`], on the crates `p256` and `sha2`.
//! * `pinned`: `PinnedVerifier`, on the crate `nodelock-p256`: several times faster for keys that are
//!   known when the program is built.
//! * `sha256`: only the hash; the signature is checked by the caller's [`SignatureVerifier`].
//! * `serde`, `heapless`, `defmt`: values, events, reasons, verdicts and reports for other programs, owned, and logged.
//!
//! Without a verifier, hash and signature come from the caller's [`SignatureVerifier`]; without
//! any feature the crate has no dependency at all.

#![no_std]
#![forbid(unsafe_code)]
#![deny(
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

#[cfg(test)]
extern crate std;

pub mod agent;
pub mod bytes;
pub mod calendar;
pub mod catalog;
mod convert;
pub mod crypto;
pub mod event;
#[cfg(all(test, feature = "p256"))]
mod fixtures;
pub mod job;
pub mod lease;
pub mod limits;
#[cfg(feature = "defmt")]
mod log;
pub mod meter;
mod named;
mod reason;
pub mod record;
pub mod rights;
pub mod show;
pub mod store;
#[cfg(any(feature = "testing", test))]
pub mod testing;
pub mod trust;
pub mod value;

// What a first program needs, and what its errors are; everything else is in its module.
#[doc(inline)]
pub use agent::{Agent, AgentMemory, Gates, InstallMode, Product, Rules};
#[doc(inline)]
pub use catalog::Feature;
#[cfg(feature = "p256")]
#[doc(inline)]
pub use crypto::P256Verifier;
#[cfg(feature = "pinned")]
#[doc(inline)]
pub use crypto::PinnedVerifier;
#[doc(inline)]
pub use event::Event;
pub use reason::Reason;
#[doc(inline)]
pub use rights::Denial;
#[doc(inline)]
pub use store::Storage;
#[doc(inline)]
pub use trust::TrustAnchor;
#[doc(inline)]
pub use value::{FeatureHandle, KeyId, Now, PublicKey, Role, Udi};
