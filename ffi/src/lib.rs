//! The C interface of nodelock: conversion only. What may run is decided in the crate `nodelock`.
//!
//! The headers in `include/` are made from this crate, and the comments on public items are written
//! for its reader, who knows C and need not know Rust. They therefore have none of the usual
//! headings, neither "Safety" nor "Errors": preconditions and results stand in the text.
//!
//! This is the one crate of the library with `unsafe`. All handling of raw pointers that can be
//! shared is in `ptr`; nothing here indexes, divides, formats or panics, so that the library for
//! firmware links without a panic. Libraries for hosts have `hosted` as well, which stands on `nodelock-std`.

#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::undocumented_unsafe_blocks
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
// The header's names, and the header's way to state preconditions.
#![allow(non_camel_case_types, clippy::missing_safety_doc, clippy::doc_markdown)]

// Hosts have a panic handler and an unwinder in std, which a static library needs to link.
#[cfg(not(target_os = "none"))]
extern crate std;

mod result;
mod result_text;
mod usage;
mod verdict;
mod version;

mod config;
// With it the configuration.
mod pinned;

mod rights;

#[cfg(feature = "agent")]
mod agent;

#[cfg(feature = "agent")]
mod job;

#[cfg(feature = "agent")]
mod flash;

// In a header of its own, include/nodelock_std.h.
#[cfg(feature = "hosted")]
mod hosted;

// Not in the header.
#[cfg(all(target_os = "none", feature = "panic-handler"))]
mod panic;
mod port;
mod ptr;
#[cfg(feature = "testing")]
#[allow(missing_docs, reason = "its header is written by hand")]
mod testing;
#[cfg(feature = "agent")]
mod udis;

#[cfg(feature = "agent")]
pub use agent::*;
pub use config::*;
#[cfg(feature = "agent")]
pub use flash::*;
#[cfg(feature = "hosted")]
pub use hosted::*;
#[cfg(feature = "agent")]
pub use job::*;
pub use pinned::*;
pub use result::*;
pub use result_text::*;
pub use rights::*;
#[cfg(feature = "testing")]
pub use testing::*;
pub use verdict::*;
pub use version::*;
