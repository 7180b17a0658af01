//! The license agent against its specification: a reference model that was written from the text
//! alone, promises that need no model, storage and flash that fail, and values that somebody changes.
//! See `src/main.rs` for how to run it.

pub mod bounds;
pub mod compare;
pub mod dice;
pub mod effort;
pub mod failures;
pub mod flash;
pub mod generate;
pub mod history;
pub mod reference;
mod session;
pub mod shrink;
pub mod toy;
pub mod transfer;
pub mod values;
pub mod world;
