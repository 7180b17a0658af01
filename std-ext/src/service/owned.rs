//! What a service answers with: what the agent lends or says in several calls, owned and in one value.

use std::fmt;

use nodelock::agent::{AgentLine, HistoryEntry, HistoryKind, LineState, Refused};
use nodelock::calendar::Reading;
use nodelock::rights::Verdict;
use nodelock::store::{RollbackLevel, RollbackState};
use nodelock::value::{LineId, UnixTime};
use nodelock::{Agent, Denial, FeatureHandle, Reason};

use super::ports::ServicePorts;
use crate::device::Denied;
use crate::error::Error;

type ServiceAgent<'a> = Agent<'a, ServicePorts>;

/// A line that the device holds, with what the agent says of it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct License {
    /// The line.
    pub line: AgentLine,
    /// Its state.
    pub state: LineState,
    /// Why it cannot serve its feature, if it cannot.
    pub usable: Result<(), Reason>,
    /// Seconds that are left of its period; `None` if it has no end.
    pub left: Option<u64>,
}

impl License {
    fn of(agent: &ServiceAgent<'_>, line: &AgentLine, usable: Result<(), Reason>) -> Self {
        Self { line: *line, state: agent.state(line), usable, left: line.left(agent.uptime()) }
    }

    /// All that the agent holds, in its order.
    pub(super) fn all(agent: &ServiceAgent<'_>) -> Vec<Self> {
        let usable = |line: &AgentLine| {
            let feature = line.feature().ok_or(Reason::UnknownFeature)?;
            let same = |other: &AgentLine| other.right().id() == line.right().id();
            let mut considered = agent.explain(feature);
            considered.find(|(other, ..)| same(other)).map_or(Ok(()), |(.., why)| why)
        };
        agent.lines().map(|line| Self::of(agent, line, usable(line))).collect()
    }

    /// Id of the line.
    #[must_use]
    pub const fn id(&self) -> LineId {
        self.line.right().id()
    }

    /// Name of the feature.
    #[must_use]
    pub fn feature_name(&self) -> &str {
        // The name of a feature is ASCII.
        std::str::from_utf8(self.line.right().feature()).unwrap_or_default()
    }
}

/// A feature of the catalog, and whether it may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeatureStatus {
    /// Its handle.
    pub feature: FeatureHandle,
    /// Its name.
    pub name: &'static str,
    /// Whether it may run. Units in use are not subtracted.
    pub verdict: Verdict,
    /// Units that are in use.
    pub in_use: u64,
    /// Units in use beyond what is licensed, which honour-based features allow.
    pub violation: u64,
}

impl FeatureStatus {
    pub(super) fn of(agent: &ServiceAgent<'_>, feature: FeatureHandle, name: &'static str) -> Self {
        let verdict = agent.check(feature, agent.uptime());
        let (in_use, violation) = (agent.in_use(feature), agent.violation(feature));
        Self { feature, name, verdict, in_use, violation }
    }
}

/// Why a feature runs or does not. Printed, it is what an operator reads.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Explanation {
    /// The feature.
    pub feature: FeatureHandle,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, with the fact that decided: `its last day was 2026-11-30, and it is 2026-12-02 or later`; or
    /// `granted`.
    pub why: String,
    /// What can be done about a denial here and now.
    pub remedy: String,
    /// The lines for it.
    pub lines: Vec<License>,
    /// What of the device's memory cannot be read.
    pub unreadable: Vec<Reason>,
    text: String,
}

impl Explanation {
    pub(super) fn of(agent: &ServiceAgent<'_>, feature: FeatureHandle) -> Self {
        let lines = agent.explain(feature).map(|(line, _, why)| License::of(agent, line, why));
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = agent.show_explanation(feature, 0, &mut text);
        let answer = agent.answer(feature, 0);
        Self {
            feature,
            verdict: answer.verdict,
            why: answer.to_string(),
            remedy: answer.remedy().to_string(),
            lines: lines.collect(),
            unreadable: agent.unreadable().collect(),
            text,
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The history of installed lines, the oldest entry first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct History {
    /// What can be read.
    pub entries: Vec<OwnedHistoryEntry>,
    /// Why something cannot be read.
    pub unreadable: Option<Reason>,
}

/// A [`HistoryEntry`] that owns its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedHistoryEntry {
    /// Counts all entries since the device was made.
    pub number: u64,
    /// What happened.
    pub kind: HistoryKind,
    /// To which line.
    pub id: LineId,
    /// When, if the device knew.
    pub wall: Option<UnixTime>,
    /// The line's feature.
    pub feature: String,
}

impl From<&HistoryEntry<'_>> for OwnedHistoryEntry {
    fn from(entry: &HistoryEntry<'_>) -> Self {
        let HistoryEntry { number, kind, id, wall, feature } = *entry;
        let feature = String::from_utf8_lossy(feature).into_owned();
        Self { number, kind, id, wall, feature }
    }
}

impl History {
    pub(super) fn of(agent: &mut ServiceAgent<'_>) -> Self {
        let mut entries = Vec::new();
        let unreadable = agent.history(|entry| entries.push(entry.into())).err();
        entries.sort_by_key(|entry: &OwnedHistoryEntry| entry.number);
        Self { entries, unreadable }
    }
}

/// How the device is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The uptime at which this was so.
    pub uptime: u64,
    /// What is known of the date.
    pub clock: Reading,
    /// Whether the stored values are the latest ones.
    pub rollback_state: RollbackState,
    /// How well an older copy of the storage would be noticed.
    pub rollback_level: RollbackLevel,
    /// What of the device's memory cannot be read, or written.
    pub unreadable: Vec<Reason>,
    /// Stored lines that were refused at boot.
    pub refused: Vec<Refused>,
    /// The uptime at which time makes a difference again.
    pub next_deadline: Option<u64>,
}

impl Status {
    pub(super) fn of(agent: &mut ServiceAgent<'_>) -> Self {
        Self {
            uptime: agent.uptime(),
            clock: *agent.clock(),
            rollback_state: agent.rollback_state(),
            rollback_level: agent.rollback_level(),
            unreadable: agent.unreadable().collect(),
            refused: agent.refused().collect(),
            next_deadline: agent.next_deadline(),
        }
    }
}

/// A denial of so many units, with the name of its feature and the fact that decided. The verb has said why; if the
/// agent would say something else by now, the verb counts.
pub(super) fn denied(agent: &ServiceAgent<'_>, feature: FeatureHandle, denial: Denial) -> Error {
    let name = agent.catalog().feature(feature).map(|feature| feature.name().to_owned());
    let name = name.unwrap_or_else(|| format!("feature {}", feature.index()));
    let answer = agent.answer(feature, denial.needed);
    if answer.reason() == Some(denial.reason) {
        return Denied::of(name, denial, &answer).into();
    }
    Denied::new(name, denial).into()
}
