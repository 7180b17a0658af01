//! [`Gates`]: the verdicts, for whoever cannot reach the agent: interrupts, other threads, hot loops.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::value::feature::FeatureHandle;

/// Until which uptime one feature is granted. One word, so that nobody ever reads half an answer.
#[derive(Debug)]
pub struct Gate(AtomicU32);

/// For ever: no uptime in seconds comes to it.
const ALWAYS: u32 = u32::MAX;

impl Gate {
    /// Closed.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Whether the feature may run at this uptime, in seconds since power-on. As
    /// [`Agent::check`](crate::Agent::check) it denies once the agent has not been ticked for too long. Up to an
    /// uptime of 2^32 seconds, which are 136 years.
    #[must_use]
    #[inline(always)]
    pub fn is_open(&self, uptime: u64) -> bool {
        let until = self.0.load(Ordering::Acquire);
        uptime < u64::from(until) || until == ALWAYS
    }

    pub(in crate::agent) fn set(&self, granted: bool, valid_until: u64) {
        let until = if granted { u32::try_from(valid_until).unwrap_or(ALWAYS) } else { 0 };
        self.0.store(until, Ordering::Release);
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

/// The verdicts of an agent for every feature of its catalog, readable without the agent: from
/// interrupts, other priorities and threads, at the cost of one load. Closed until the agent has
/// started.
///
/// The agent writes them whenever it chooses lines anew. Nothing else does: a program that stops to
/// tick its agent finds the gates of metered and dated rights closed at the
/// [deadline](crate::Agent::next_deadline) and a charge interval later, those of others as they were.
///
/// ```
/// use nodelock::{AgentMemory, FeatureHandle, Gates};
/// static GATES: Gates<2> = Gates::new();
/// let mut memory = AgentMemory::<8, 2, 4, 16>::new();
/// let memory = memory.with_gates(&GATES); // for Agent::boot
/// assert!(!GATES.is_open(FeatureHandle::at(0), 10));
/// ```
#[derive(Debug)]
pub struct Gates<const FEATURES: usize>([Gate; FEATURES]);

impl<const FEATURES: usize> Gates<FEATURES> {
    /// All closed.
    #[must_use]
    pub const fn new() -> Self {
        Self([const { Gate::new() }; FEATURES])
    }

    /// Whether a feature may run at this uptime, in seconds since power-on.
    #[must_use]
    #[inline(always)]
    pub fn is_open(&self, feature: impl Into<FeatureHandle>, uptime: u64) -> bool {
        self.0.get(feature.into().index()).is_some_and(|gate| gate.is_open(uptime))
    }

    /// For [`Memory::gates`](crate::agent::Memory::gates), where the memory is put together by hand;
    /// else [`AgentMemory::with_gates`](crate::AgentMemory::with_gates).
    #[must_use]
    pub const fn as_slice(&self) -> &[Gate] {
        &self.0
    }
}

impl<const FEATURES: usize> Default for Gates<FEATURES> {
    fn default() -> Self {
        Self::new()
    }
}
