//! The memory that the agent works in, which the caller gives.

mod feature;
mod gates;
mod line;
mod name_index;
mod owned;
mod priority;

pub use feature::FeatureSlot;
pub(in crate::agent) use feature::denied;
pub use gates::{Gate, Gates};
pub use line::{AgentLine, LineSlot, LineSource, LineState, Refused};
pub(in crate::agent) use line::{
    ByOperator, EventSubject, NO_NEWS, NOT_BELIEVED, NOT_SEEN, SlotState,
};
pub(in crate::agent) use name_index::{enter, find};
pub use owned::AgentMemory;
pub use priority::Priority;

use crate::event::EventSlot;
use crate::lease::LeaseSlot;

/// Length of the scratch buffer that is enough for every line: stored, with its comment and its `KEY` record.
pub const SCRATCH_LEN: usize = 2048;

/// The least: enough for a line of some 300 bytes with a short comment. What does not fit is refused with
/// [`Reason::StorageFull`](crate::Reason::StorageFull).
pub const MIN_SCRATCH_LEN: usize = 512;

/// The memory that an agent works in. Nothing of it needs to be kept over a reboot.
#[derive(Debug)]
pub struct Memory<'m> {
    /// One for each installed line and each built-in trial.
    pub lines: &'m mut [LineSlot],
    /// One for each feature of the catalog.
    pub features: &'m mut [FeatureSlot],
    /// One for each lease that may be out at a time.
    pub leases: &'m [LeaseSlot],
    /// Events that wait to be fetched.
    pub events: &'m mut [EventSlot],
    /// [`SCRATCH_LEN`] bytes, or at least [`MIN_SCRATCH_LEN`] on a device whose lines are short.
    pub scratch: &'m mut [u8],
    /// Where the verdicts are published: one for each feature of the catalog, or none where nobody
    /// reads them ([`Gates`]).
    pub gates: &'m [Gate],
}
