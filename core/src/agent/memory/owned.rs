//! [`AgentMemory`]: all that an agent works in, as one value.

use crate::agent::memory::{FeatureSlot, Gates, LineSlot, Memory, SCRATCH_LEN};
use crate::event::EventSlot;
use crate::lease::LeaseSlot;

/// All the memory of an agent, as one value: in a `static`, on the stack, or in a struct of the
/// program.
///
/// `LINES`: installed lines and built-in trials. `FEATURES`: features of the catalog. `LEASES`: leases
/// that may be out at a time. `EVENTS`: events that wait to be fetched. `SCRATCH`: bytes for one stored
/// line, at least [`MIN_SCRATCH_LEN`](super::MIN_SCRATCH_LEN).
///
/// ```
/// # #[cfg(feature = "p256")] {
/// # use nodelock::{Agent, Feature, Now, P256Verifier, Product, Rules, Udi};
/// # use nodelock::catalog::Catalog;
/// # use nodelock::testing::HostileStorage as Storage;
/// # const CATALOG: Catalog<'static> = nodelock::catalog!(&[Feature::new("vpn")]);
/// # let product = Product { catalog: &CATALOG, anchors: &[], rules: Rules::DEFAULT };
/// # let (udi, storage) = (Udi::parse(b"R1:SN1").unwrap(), &Storage::<32>::new());
/// use nodelock::AgentMemory;
/// let mut memory = AgentMemory::<8, 1, 4, 16>::new();
/// let agent = Agent::boot(product, udi, P256Verifier, storage, &mut memory, Now::uptime(0));
/// # assert!(agent.is_ok());
/// # }
/// ```
#[derive(Debug)]
pub struct AgentMemory<
    const LINES: usize,
    const FEATURES: usize,
    const LEASES: usize,
    const EVENTS: usize,
    const SCRATCH: usize = SCRATCH_LEN,
> {
    lines: [LineSlot; LINES],
    features: [FeatureSlot; FEATURES],
    leases: [LeaseSlot; LEASES],
    events: [EventSlot; EVENTS],
    scratch: [u8; SCRATCH],
}

impl<
    const LINES: usize,
    const FEATURES: usize,
    const LEASES: usize,
    const EVENTS: usize,
    const SCRATCH: usize,
> AgentMemory<LINES, FEATURES, LEASES, EVENTS, SCRATCH>
{
    /// Nothing in it.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            lines: [LineSlot::EMPTY; LINES],
            features: [FeatureSlot::EMPTY; FEATURES],
            leases: [const { LeaseSlot::new() }; LEASES],
            events: [EventSlot::EMPTY; EVENTS],
            scratch: [0; SCRATCH],
        }
    }

    /// For [`Agent::boot`](crate::Agent::boot), which takes a `&mut AgentMemory` as well.
    pub fn as_memory(&mut self) -> Memory<'_> {
        Memory {
            lines: &mut self.lines,
            features: &mut self.features,
            leases: &self.leases,
            events: &mut self.events,
            scratch: &mut self.scratch,
            gates: &[],
        }
    }

    /// The same, for an agent that publishes its verdicts at these gates: as many as there are
    /// features. For [`Agent::boot`](crate::Agent::boot).
    pub fn with_gates<'m>(&'m mut self, gates: &'m Gates<FEATURES>) -> Memory<'m> {
        Memory { gates: gates.as_slice(), ..self.as_memory() }
    }
}

impl<
    const LINES: usize,
    const FEATURES: usize,
    const LEASES: usize,
    const EVENTS: usize,
    const SCRATCH: usize,
> Default for AgentMemory<LINES, FEATURES, LEASES, EVENTS, SCRATCH>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<
    'm,
    const LINES: usize,
    const FEATURES: usize,
    const LEASES: usize,
    const EVENTS: usize,
    const SCRATCH: usize,
> From<&'m mut AgentMemory<LINES, FEATURES, LEASES, EVENTS, SCRATCH>> for Memory<'m>
{
    fn from(memory: &'m mut AgentMemory<LINES, FEATURES, LEASES, EVENTS, SCRATCH>) -> Self {
        memory.as_memory()
    }
}
