//! The simulated device: the real agent on a directory, with a clock that only goes when told.
//!
//! What a device keeps in its storage is kept in `state/`. What it has in memory (units in use,
//! activated features, the level that was booted) is not kept anywhere: every command since the
//! last boot is remembered in `session.json` and carried out again, on the storage as it was at
//! that boot. The agent does no I/O and reads no clock, so it comes to the same state each time. What is
//! wrong with the storage is repeated with it: faults count writes, not time.

mod answers;
mod catalog;
mod faults;
mod files;
mod session;
mod shell;
mod simulation;
mod step;
mod storage;
mod views;
mod worn;

pub(crate) use answers::Answers;
pub(crate) use catalog::read as read_catalog;
pub(crate) use faults::{Change, Effect, Faults, Rule};
pub(crate) use files::{DeviceFiles, Identity, MAX_CATALOG};
pub(crate) use session::Session;
pub(crate) use shell::{Editor, Pasted};
pub(crate) use simulation::EVENTS;
pub(crate) use step::{Printed, Step};
pub(crate) use worn::Worn;
