//! What is called `cargo xtask VERB`, where it is not one of the proofs, packs or reports.

pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod header;
pub(crate) mod library;
pub(crate) mod public_api;
pub(crate) mod readme;
mod steps;
pub(crate) mod test;
pub(crate) mod vectors;
