//! Embeddable licensing: a device decides by itself, offline, which features its owner has paid
//! for.
//!
//! # Layers, bottom up
//!
//! * `bytes`: tokens, hexadecimal, base64url, numbers. Knows no licenses.
//! * **Records**: [`Records`] goes through a license file and gives a [`Line`] or a [`KeyRecord`]
//!   for each record, canonical but *not trusted*. It refuses everything that the emitter would
//!   not write, up to white space.
//! * **Keys and signatures**: a [`KeyRing`] of built-in [`TrustAnchor`]s and of keys that they have
//!   delegated; [`Line::verify`] gives a [`VerifiedLine`]. The mathematics is behind
//!   [`SignatureVerifier`].
//! * **Binding**: [`VerifiedLine::bind`] compares the UDI and gives a [`BoundLine`].
//! * **Entitlement**: [`Entitlements`] keep what bound lines grant, and give the [`Verdict`].
//!
//! * **Agent**: [`Agent`] is what lives in a device that has more than permanent licenses. It brings
//!   together what knows nothing of each other: metered time ([`Meter`]), dates under clocks that
//!   lie ([`Calendar`]), units in use ([`Leases`]), the product's features ([`Catalog`]), [`Events`]
//!   and the [`Storage`] port. [`Show`] writes what operators read.
//!
//! Trust is in the types: `Line` to `VerifiedLine` to `BoundLine`, each made only by the check
//! that its name says. [`install`] does all steps for a whole file.
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
//!
//! Without both, hash and signature come from the caller's [`SignatureVerifier`], and the crate
//! has no dependency at all.

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

mod agent;
mod binary;
mod bind;
mod bytes;
mod calendar;
mod catalog;
mod count;
mod date;
mod entitle;
mod eval;
mod event;
mod feature;
#[cfg(all(test, feature = "p256"))]
mod fixtures;
mod install;
mod job;
mod key;
pub mod limits;
mod line;
mod reason;
mod repair;
mod show;
mod spot;
mod store;
#[cfg(any(feature = "testing", test))]
pub mod testing;
mod time;
mod udi;
mod verify;

pub use agent::{
    Agent, Deed, Effect, FeatureSlot, Held, HistoryEntry, Intent, JobHost, LineSlot, LineState,
    MIN_SCRATCH_LEN, Material, Memory, Priority, Product, Refused, Rules, SCRATCH_LEN, Source,
    Taken,
};
pub use binary::MARK as BINARY_MARK;
pub use bind::BoundLine;
pub use bytes::sink::Sink;
pub use bytes::{BufferTooSmall, SliceSink, Text};
pub use calendar::{Calendar, ClockRules, ClockState, Dated, Reading};
pub use catalog::{BuiltIn, Catalog, CatalogError, Enforcement, Feature, FeatureId, Kind};
pub use count::{Lease, LeaseSlot, LeaseToken, Leases};
pub use date::{Date, Period};
pub use entitle::{Denial, Entitlements, Grant, Right, RightsView, Slot, Verdict};
pub use eval::{Charge, Meter, Warning};
pub use event::{Event, EventGroup, EventKind, EventSlot, Events, write_duration};
pub use feature::{FeatureName, FeatureRequest, Version};
pub use install::{Installed, RecordReport, Tally, install};
pub use job::{
    Action, Cause, Job, JobError, JobId, JobRequest, JobResult, JobSlot, JobState, Jobs,
    RESULT_RETENTION, ResultSlot,
};
pub use key::{
    KeyId, KeyRecord, KeyRing, KeySlot, KeyTerms, List, PublicKey, Role, SPKI_PREFIX, TrustAnchor,
};
pub use line::{
    Combine, Count, ExpiryPolicy, Extras, Found, LicenseType, Line, LineId, ParseError, Record,
    Records, Terms, emit_signature,
};
/// What [`PinnedVerifier`] is made of.
#[cfg(feature = "pinned")]
pub use nodelock_p256 as pinned;
pub use reason::Reason;
pub use repair::{Repair, RepairRecord, RepairTerms};
pub use show::Show;
pub use spot::{MAX_SPOT_LINES, spot_check};
#[cfg(any(feature = "flash", test))]
pub use store::flash;
pub use store::{
    Anchor, AnchorLevel, Anchored, Counters, NoAnchor, Standing, Storage, StorageAnchor, StorageKey,
};
pub use time::{Now, UnixTime};
pub use udi::{Udi, UdiSource, WithSecret};
#[cfg(feature = "p256")]
pub use verify::P256Verifier;
#[cfg(feature = "pinned")]
pub use verify::PinnedVerifier;
#[cfg(feature = "sha256")]
pub use verify::sha256;
pub use verify::{
    KEY_DOMAIN, KeyBlock, LICENSE_DOMAIN, Message, REPAIR_DOMAIN, Signature, SignatureVerifier,
    VerifiedLine,
};
