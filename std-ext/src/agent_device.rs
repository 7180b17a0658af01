//! A license agent on a host, driven by a loop of its own: its memory, and license files with the report
//! that a [`Device`](crate::Device) gives. A [`Service`](crate::Service) does all this by itself.

use nodelock::agent::{FeatureSlot, LineSlot, Memory, Ports, SCRATCH_LEN};
use nodelock::catalog::Catalog;
use nodelock::event::EventSlot;
use nodelock::lease::LeaseSlot;
use nodelock::{Agent, InstallMode, Now};

use crate::reading::Reading;
use crate::report::{InstallReport, Rows};

/// Memory for an agent, as large as its catalog needs. It must live longer than the agent.
#[derive(Debug)]
pub struct HeapMemory {
    lines: Vec<LineSlot>,
    features: Vec<FeatureSlot>,
    leases: Vec<LeaseSlot>,
    events: Vec<EventSlot>,
    scratch: Vec<u8>,
}

impl HeapMemory {
    /// Room for so many installed lines besides the built-in trials, for leases that are out at a
    /// time, and for events that wait to be fetched.
    #[must_use]
    pub fn new(catalog: &Catalog<'_>, lines: usize, leases: usize, events: usize) -> Self {
        let features = catalog.features().len();
        Self {
            lines: vec![LineSlot::EMPTY; lines + features],
            features: vec![FeatureSlot::EMPTY; features],
            leases: (0..leases).map(|_| LeaseSlot::new()).collect(),
            events: vec![EventSlot::EMPTY; events],
            scratch: vec![0; SCRATCH_LEN],
        }
    }

    /// As the agent takes it.
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
}

impl<'m> From<&'m mut HeapMemory> for Memory<'m> {
    fn from(memory: &'m mut HeapMemory) -> Self {
        memory.as_memory()
    }
}

/// Installs a license file in any form on an agent, or only sees what would happen. What was done to the file
/// on its way is [undone](Reading).
pub fn install_on_agent<P: Ports>(
    agent: &mut Agent<'_, P>,
    file: &[u8],
    mode: InstallMode,
    now: Now,
) -> InstallReport {
    install_reading(agent, &Reading::of_bytes(file), mode, now)
}

pub(crate) fn install_reading<P: Ports>(
    agent: &mut Agent<'_, P>,
    reading: &Reading<'_>,
    mode: InstallMode,
    now: Now,
) -> InstallReport {
    let mut rows = Rows::new(reading);
    agent.install(reading.bytes(), mode, now, |taken| {
        rows.push(taken.number, taken.offset, taken.record, taken.result);
    });
    rows.report()
}
