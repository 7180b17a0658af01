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

mod agent;
mod bytes;
mod calendar;
mod catalog;
mod convert;
mod crypto;
mod event;
#[cfg(all(test, feature = "p256"))]
mod fixtures;
mod job;
mod lease;
pub mod limits;
#[cfg(feature = "defmt")]
mod log;
mod meter;
mod named;
mod reason;
pub mod record;
mod rights;
mod show;
mod store;
#[cfg(any(feature = "testing", test))]
pub mod testing;
mod trust;
mod value;

pub use agent::{
    Agent, AgentLine, AgentMemory, FeatureSlot, Gate, Gates, HistoryEntry, HistoryKind,
    InstallMode, LineSlot, LineSource, LineState, MIN_SCRATCH_LEN, Memory, Ports, Priority,
    Product, Refused, Rules, SCRATCH_LEN,
};
pub use bytes::sink::{BufferTooSmall, Sink, SliceSink};
pub use bytes::text::Text;
pub use calendar::{Calendar, ClockRules, ClockState, Dated, Reading};
pub use catalog::{BuiltIn, Catalog, CatalogError, Enforcement, Feature, FeatureKind};
#[cfg(feature = "p256")]
pub use crypto::P256Verifier;
#[cfg(feature = "pinned")]
pub use crypto::PinnedVerifier;
pub use crypto::SignatureVerifier;
#[cfg(feature = "sha256")]
pub use crypto::sha256;
pub use event::{Event, EventGroup, EventKind, EventSlot, Events};
pub use job::{
    Action, Job, JobCause, JobError, JobHost, JobId, JobRequest, JobResult, JobSlot, JobState,
    Jobs, Material, RESULT_RETENTION, ResultSlot,
};
pub use lease::{Lease, LeaseSlot, LeaseToken, Leases};
pub use meter::{Charge, Meter, Warning};
/// What [`PinnedVerifier`] is made of.
#[cfg(feature = "pinned")]
pub use nodelock_p256 as pinned;
pub use reason::Reason;
#[cfg(feature = "heapless")]
pub use record::OwnedLicenseTerms;
pub use record::{
    BINARY_MARK, Extras, Found, KeyBlock, KeyRecord, KeyTerms, LicenseTerms, Line, List, Message,
    ParseError, Record, Records, Repair, RepairRecord, RepairTerms, Terms, emit_signature,
};
pub use rights::{
    Denial, Entitlements, Grant, InstallEffect, MAX_CHECKED_LINES, RecordReport, Right, RightsView,
    Slot, Tally, Verdict, check_lines, install,
};
pub use show::{Show, write_duration};
#[cfg(any(feature = "flash", test))]
pub use store::flash;
pub use store::{
    Counters, MonotonicCounters, NoCounters, RollbackLevel, RollbackState, Storage,
    StorageCounters, StorageKey, WithCounters,
};
pub use trust::{BoundLine, KeyRing, KeySlot, TrustAnchor, VerifiedLine};
pub use value::date::{Date, Period};
pub use value::feature::{FeatureHandle, FeatureName, FeatureRequest, Version};
pub use value::key::{KeyId, PublicKey, Role, SPKI_PREFIX};
pub use value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
pub use value::signature::Signature;
pub use value::time::{Now, UnixTime};
#[cfg(feature = "heapless")]
pub use value::udi::OwnedUdi;
pub use value::udi::{Udi, UdiSource, WithSecret};
