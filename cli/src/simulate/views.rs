//! What a step tells machines: the shapes of `--json`. The shapes and their fields are described in README.md.

use std::collections::BTreeMap;

use nodelock::agent::{AgentLine, LineSource, Ports};
use nodelock::event::{Event, EventKind};
use nodelock::job::{Job, JobResult, Jobs};
use nodelock::lease::LeaseOut;
use nodelock::rights::{InstallEffect, Verdict};
use nodelock::value::Count;
use nodelock::{Agent, FeatureHandle, Now, Reason};
use nodelock_std::{InstallReport, Subject, answer_on_agent};
use serde::Serialize;

use crate::report::{ReasonJson, WhyJson};

/// What became of a license file.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InstallView {
    installed: u32,
    existing: u32,
    keys: u32,
    for_others: u32,
    refused: u32,
    stray: u32,
    records: Vec<RecordView>,
}

#[derive(Debug, Clone, Serialize)]
struct RecordView {
    record: u32,
    line: Option<usize>,
    offset: usize,
    kind: Option<&'static str>,
    feature: Option<String>,
    #[serde(rename = "type")]
    license_type: Option<&'static str>,
    count: Option<u64>,
    id: Option<String>,
    udi: Option<String>,
    outcome: &'static str,
    effect: Option<&'static str>,
    reason: Option<ReasonJson>,
    fact: Option<String>,
}

impl InstallView {
    pub(super) fn of(report: &InstallReport) -> Self {
        let tally = report.tally;
        Self {
            installed: tally.installed,
            existing: tally.existing,
            keys: tally.keys,
            for_others: tally.for_others,
            refused: tally.refused,
            stray: tally.stray,
            records: report.rows.iter().map(RecordView::of).collect(),
        }
    }
}

impl RecordView {
    fn of(row: &nodelock_std::Row) -> Self {
        let mut view = Self {
            record: row.number,
            line: row.line,
            offset: row.offset,
            kind: None,
            feature: None,
            license_type: None,
            count: None,
            id: None,
            udi: None,
            outcome: match row.result {
                Ok(_) => "installed",
                Err(Reason::AlreadyInstalled) => "existing",
                Err(Reason::OtherDevice) => "not-for-this-device",
                Err(Reason::StrayText) => "stray",
                Err(_) => "refused",
            },
            effect: row.result.ok().map(|effect| match effect {
                InstallEffect::Key => "key",
                InstallEffect::New => "new",
                InstallEffect::Joins => "joins",
                InstallEffect::AddsNothing => "adds-nothing",
                InstallEffect::Adds(_) => "adds",
                InstallEffect::Repairs => "repairs",
                InstallEffect::Ticket => "ticket",
                InstallEffect::Activates(_) => "activates",
                InstallEffect::Time => "time",
                InstallEffect::Replaces(_) => "replaces",
            }),
            reason: row.result.err().map(ReasonJson::from),
            fact: row.fact.clone(),
        };
        match &row.subject {
            Some(Subject::License { feature, license_type, count, id, udi, .. }) => {
                view.kind = Some("license");
                view.feature = Some(feature.clone());
                view.license_type = Some(license_type.name());
                view.count = units(*count);
                view.id = Some(id.to_string());
                view.udi.clone_from(udi);
            }
            Some(Subject::Key(id)) => {
                view.kind = Some("key");
                view.id = Some(id.to_string());
            }
            Some(Subject::Repair { .. }) => view.kind = Some("repair"),
            _ => {}
        }
        view
    }
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EventView {
    /// As a system log has it.
    pub(crate) text: String,
    kind: &'static str,
    severity: u8,
    group: &'static str,
    uptime: u64,
    feature: Option<String>,
    id: Option<String>,
    value: u64,
    reason: Option<ReasonJson>,
}

impl EventView {
    pub(super) fn of<P: Ports>(event: &Event, agent: &Agent<'_, P>) -> Self {
        let mut text = String::new();
        let _ = event.render(agent.catalog(), &mut text);
        let reason = match event.kind {
            EventKind::Storage | EventKind::Refused => {
                let code = i32::try_from(event.value).ok().map(|value| -value);
                code.and_then(Reason::from_code)
            }
            _ => None,
        };
        Self {
            text,
            kind: event.kind.name(),
            severity: event.kind.severity(),
            group: event.kind.group().name(),
            uptime: event.uptime,
            feature: event.feature.and_then(|id| name(agent, id)),
            id: event.line.map(|id| id.to_string()),
            value: event.value,
            reason: reason.map(ReasonJson::from),
        }
    }
}

/// A line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LineView {
    id: String,
    feature: String,
    #[serde(rename = "type")]
    license_type: &'static str,
    state: &'static str,
    count: Option<u64>,
    in_use: u64,
    priority: &'static str,
    built_in: bool,
    seconds_used: Option<u64>,
    seconds_left: Option<u64>,
    eula_accepted: Option<bool>,
}

impl LineView {
    pub(super) fn of<P: Ports>(held: &AgentLine, agent: &Agent<'_, P>, now: Now) -> Self {
        let right = held.right();
        let meter = held.meter().filter(|_| held.is_metered());
        Self {
            id: right.id().to_string(),
            feature: String::from_utf8_lossy(right.feature()).into_owned(),
            license_type: held.license_type().name(),
            state: agent.state(held).name(),
            count: units(right.count()),
            in_use: held.feature().map_or(0, |id| agent.in_use(id)),
            priority: held.priority().name(),
            built_in: held.source() == LineSource::BuiltIn,
            seconds_used: meter.map(|meter| meter.used(now.uptime)),
            seconds_left: held.left(now.uptime),
            eula_accepted: held.eula_accepted(),
        }
    }
}

/// Whether a feature may run, and why not.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FeatureView {
    feature: String,
    granted: bool,
    /// The line that grants it, or that came closest.
    id: Option<String>,
    in_use: u64,
    reason: Option<WhyJson>,
}

impl FeatureView {
    pub(super) fn all<P: Ports>(
        agent: &mut Agent<'_, P>,
        agreements: &BTreeMap<String, String>,
    ) -> Vec<Self> {
        let ids = agent.catalog().ids();
        let view = |id| {
            let mut name_of = String::new();
            let has_text = |name: &str| agreements.contains_key(name);
            let answer = answer_on_agent(agent, id, 0, &mut name_of, has_text);
            let line = match &answer.verdict {
                Verdict::Granted(grant) if grant.id.0 != [0; 10] => Some(grant.id.to_string()),
                _ => None,
            };
            let (granted, reason) = (answer.verdict.is_granted(), WhyJson::of(&answer));
            let in_use = agent.in_use(id);
            Some(Self { feature: name(agent, id)?, granted, id: line, in_use, reason })
        };
        ids.filter_map(view).collect()
    }
}

/// Units that somebody has.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LeaseView {
    token: String,
    feature: Option<String>,
    units: u64,
    owner: u32,
}

impl LeaseView {
    pub(super) fn of<P: Ports>(lease: &LeaseOut, agent: &Agent<'_, P>) -> Self {
        Self {
            token: lease.token.to_bits().to_string(),
            feature: name(agent, FeatureHandle::at(lease.subject)),
            units: lease.units,
            owner: lease.owner,
        }
    }
}

/// A job, with what became of each license.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct JobView {
    job: u32,
    action: &'static str,
    member: u8,
    state: &'static str,
    cause: Option<&'static str>,
    failures: u32,
    for_others: u32,
    results: Vec<JobResultView>,
}

#[derive(Debug, Clone, Serialize)]
struct JobResultView {
    number: u32,
    state: &'static str,
    cause: Option<&'static str>,
    reason: Option<ReasonJson>,
}

impl JobView {
    pub(super) fn of(job: &Job, jobs: &Jobs<'_>) -> Self {
        let result = |result: &JobResult| JobResultView {
            number: result.number,
            state: result.state.name(),
            cause: cause(result.cause),
            reason: result.reason.map(ReasonJson::from),
        };
        Self {
            job: job.id.0,
            action: job.request.action.name(),
            member: job.request.member.saturating_add(1),
            state: job.state.name(),
            cause: cause(job.cause),
            failures: job.failures,
            for_others: job.for_others,
            results: jobs.results(job.id).map(result).collect(),
        }
    }
}

fn cause(cause: nodelock::job::JobCause) -> Option<&'static str> {
    (cause != nodelock::job::JobCause::None).then(|| cause.name())
}

fn units(count: Count) -> Option<u64> {
    match count {
        Count::Uncounted => None,
        Count::Units(units) => Some(units),
    }
}

fn name<P: Ports>(agent: &Agent<'_, P>, id: FeatureHandle) -> Option<String> {
    Some(agent.catalog().feature(id)?.name().to_owned())
}
