//! A license agent on a host, driven by a loop of its own: its memory, and license files with the report
//! that a [`Device`](crate::Device) gives. A [`Service`](crate::Service) does all this by itself.

use nodelock::agent::{AgentLine, FeatureSlot, LineSlot, Memory, Ports, SCRATCH_LEN};
use nodelock::catalog::Catalog;
use nodelock::event::EventSlot;
use nodelock::lease::LeaseSlot;
use nodelock::limits::MAX_UDIS;
use nodelock::record::{KeyRecord, Line};
use nodelock::rights::{Answer, Fact};
use nodelock::value::{LineId, UdiSource};
use nodelock::{Agent, FeatureHandle, InstallMode, Now, Reason};

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

/// The [answer](Agent::answer) with what only a host knows: the name of an agreement that a line names itself, and
/// whether this product has its text. `name` is room for it.
///
/// # Example
/// ```no_run
/// # fn show<P: nodelock::agent::Ports>(agent: &mut nodelock::Agent<'_, P>, voice: nodelock::FeatureHandle) {
/// let mut name = String::new();
/// let answer = nodelock_std::answer_on_agent(agent, voice, 1, &mut name, |agreement| agreement == "voice-2026");
/// println!("{answer}; {}", answer.remedy());
/// # }
/// ```
pub fn answer_on_agent<'n, 'a: 'n, P: Ports>(
    agent: &mut Agent<'a, P>,
    feature: FeatureHandle,
    units: u64,
    name: &'n mut String,
    has_text: impl FnOnce(&str) -> bool,
) -> Answer<'n> {
    let mut answer: Answer<'n> = agent.answer(feature, units);
    if answer.reason() != Some(Reason::EulaNotAccepted) {
        return answer;
    }
    if let Some(named) = agreement_of(agent, feature) {
        *name = named;
        let name = name.as_str();
        answer.fact = if has_text(name) { Fact::Agreement { name } } else { Fact::NoText { name } };
    }
    answer
}

/// The agreement that must be accepted for a feature: what a line names itself, else what the catalog does.
pub(crate) fn agreement_of<P: Ports>(
    agent: &mut Agent<'_, P>,
    feature: FeatureHandle,
) -> Option<String> {
    let open =
        |held: &&AgentLine| held.feature() == Some(feature) && held.eula_accepted() == Some(false);
    let ids: Vec<LineId> = agent.lines().filter(open).map(|held| held.right().id()).collect();
    let of_line = ids.into_iter().find_map(|id| {
        let mut name = None;
        agent.line_terms(id, |terms, _| name = terms.eula.map(|name| name.to_string())).ok()?;
        name
    });
    of_line.or_else(|| agent.catalog().feature(feature)?.eula_name().map(str::to_owned))
}

/// The device's own UDIs, as far as they can be read.
pub(crate) fn own_udis<P: Ports>(agent: &Agent<'_, P>) -> Vec<String> {
    let members = 0..u8::try_from(MAX_UDIS).unwrap_or(u8::MAX);
    let udi = |member| Some(agent.device().udi(member).ok()??.to_string());
    members.map_while(udi).collect()
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
    let own = own_udis(agent);
    let signature = |line: &Line<'_>, key: Option<&KeyRecord<'_>>| agent.check_signature(line, key);
    rows.look_again_at_others(&own, signature);
    rows.report()
}
