//! The agent as its firmware drives it, over storage in memory that can lose power.

mod classic;
mod clocks;
mod face;
mod faults;
mod flash;
mod installer;
mod model;
mod names;
mod promises;
mod protection;
mod repair;
pub(crate) mod rig;
mod rows;
mod storage;
#[cfg(feature = "transfer")]
mod transfer;
