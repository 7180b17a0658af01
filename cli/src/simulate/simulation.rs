//! One boot of the simulated device: the agent, its memory, and time that passes when told.

use std::collections::BTreeMap;

use nodelock::catalog::Catalog;
use nodelock::job::{JobSlot, Jobs, ResultSlot};
use nodelock::value::{Date, UnixTime};
use nodelock::{Agent, Now, P256Verifier, Product, Reason, Rules, TrustAnchor, Udi};
use nodelock_std::{Command, HeapMemory, Host, JobQueue, WithKey, answer_on_agent, run};

use super::answers::{Answers, Recorder};
use super::step::{Printed, Step};
use super::storage::Shared;
use super::views::{EventView, FeatureView, InstallView, JobView, LeaseView, LineView};
use crate::report::{Status, WhyJson};

/// Lines that a simulated device has room for, besides its built-in trials.
const LINES: usize = 64;
/// Leases that can be out at a time.
const LEASES: usize = 64;
/// Events that wait until the end of a step; the oldest make room for new ones.
pub(crate) const EVENTS: usize = 256;
/// Jobs that it has room for.
const JOBS: usize = 16;

pub(super) type Simulated<'a> = Agent<'a, (Shared, P256Verifier, &'a WithKey<&'a [Udi<'a>]>)>;

/// What stays the same from boot to boot.
pub(crate) struct Model<'m> {
    pub(crate) catalog: &'m Catalog<'m>,
    pub(crate) agreements: &'m BTreeMap<String, String>,
    pub(crate) anchors: &'m [TrustAnchor],
    /// Its UDIs, and the key with which it proves its words.
    pub(crate) device: &'m WithKey<&'m [Udi<'m>]>,
    pub(crate) development: bool,
    /// Day on which the firmware was built.
    pub(crate) built: Date,
}

/// A booted device.
pub(crate) struct Simulation<'a> {
    agent: Simulated<'a>,
    jobs: JobQueue<'a>,
    agreements: &'a BTreeMap<String, String>,
    storage: Shared,
    now: Now,
}

/// Boots, and hands the device over for as long as it is on.
pub(crate) fn boot<R>(
    model: &Model<'_>,
    storage: &Shared,
    wall: Option<u64>,
    then: impl FnOnce(&mut Simulation<'_>) -> R,
) -> Result<R, Reason> {
    let mut memory = HeapMemory::new(model.catalog, LINES, LEASES, EVENTS);
    let rules = Rules {
        built: model.built,
        danger_accept_development_keys: model.development,
        ..Rules::DEFAULT
    };
    let product = Product { catalog: model.catalog, anchors: model.anchors, rules };
    let now = Now { uptime: 0, wall: wall.map(UnixTime) };
    let agent =
        Agent::boot(product, model.device, P256Verifier, storage.clone(), &mut memory, now)?;
    let mut job_slots = vec![JobSlot::EMPTY; JOBS];
    let mut results = vec![ResultSlot::EMPTY; JOBS * LINES];
    let jobs = JobQueue::new(Jobs::new(&mut job_slots, &mut results));
    let agreements = model.agreements;
    let mut simulation = Simulation { agent, jobs, agreements, storage: storage.clone(), now };
    Ok(then(&mut simulation))
}

impl Simulation<'_> {
    /// Keeps the file in which people read what is installed.
    pub(crate) fn keep_license_file(&mut self, path: &std::path::Path) -> std::io::Result<()> {
        nodelock_std::keep_license_file(&mut self.agent, path)
    }

    /// Does one step. With answers from an earlier time it asks nobody.
    pub(crate) fn step(
        &mut self,
        step: &Step,
        answers: &mut Answers,
        outside: Option<&mut dyn Host>,
    ) -> Printed {
        let dropped = self.agent.dropped_events();
        if let Some(writes) = step.power_cut {
            self.storage.cut_power_after(writes);
        }
        let broken = step.fault.map_or(Ok(()), |change| self.storage.change_faults(change));
        if let Some(wall) = step.set_wall {
            self.now.wall = wall.map(UnixTime);
            self.agent.tick(self.now);
        }
        self.pass(step.advance);
        let mut install = None;
        let (text, status) = match (broken, step.command.as_deref()) {
            (Err(problem), _) => (problem, Status::No),
            (Ok(()), None) => (String::new(), Status::Yes),
            (Ok(()), Some(line)) => self.command(line, answers, outside, &mut install),
        };
        let asked = step.command.as_deref().filter(|_| status == Status::No);
        let reason = asked.and_then(|line| self.why(line));
        let features = FeatureView::all(&mut self.agent, self.agreements);
        let (agent, jobs) = (&self.agent, self.jobs.jobs());
        let leases = agent.leases().map(|lease| LeaseView::of(&lease, agent)).collect();
        let jobs = jobs.all().map(|job| JobView::of(job, jobs)).collect();
        Printed {
            text,
            done: status == Status::Yes,
            status,
            reason,
            install,
            features,
            leases,
            jobs,
            events: self.events(),
            events_dropped: self.agent.dropped_events().saturating_sub(dropped),
            uptime: self.now.uptime,
            wall: self.now.wall.map(|wall| wall.0),
            licenses: self
                .agent
                .lines()
                .map(|held| LineView::of(held, &self.agent, self.now))
                .collect(),
        }
    }

    /// Why a feature, or so many units of it, that a command asked for are denied.
    fn why(&mut self, line: &str) -> Option<WhyJson> {
        let mut command = Command::parse(line).ok()?;
        while let Command::Filtered { command: inner, .. } = command {
            command = *inner;
        }
        let (feature, units) = match &command {
            Command::Acquire { feature, units } | Command::Explain { feature, units } => {
                (feature, *units)
            }
            Command::Activate(feature) => (feature, 0),
            _ => return None,
        };
        let id = self.agent.find(feature.as_bytes())?;
        let mut name = String::new();
        let has_text = |name: &str| self.agreements.contains_key(name);
        WhyJson::of(&answer_on_agent(&mut self.agent, id, units, &mut name, has_text))
    }

    /// What has happened since they were last fetched.
    fn events(&mut self) -> Vec<EventView> {
        let mut events = Vec::new();
        while let Some(event) = self.agent.poll_event() {
            events.push(EventView::of(&event, &self.agent));
        }
        events
    }

    fn command(
        &mut self,
        line: &str,
        answers: &mut Answers,
        outside: Option<&mut dyn Host>,
        install: &mut Option<InstallView>,
    ) -> (String, Status) {
        match Command::parse(line) {
            Ok(command) => {
                let mut host = Recorder::new(answers, outside, self.agreements);
                let outcome = run(&mut self.agent, &mut self.jobs, &command, self.now, &mut host);
                *install = outcome.report.as_ref().map(InstallView::of);
                (outcome.text, outcome.ending.into())
            }
            Err(error) => (error.to_string(), Status::Usage),
        }
    }

    /// Time passes, with a tick at each deadline.
    fn pass(&mut self, seconds: u64) {
        let end = self.now.uptime.saturating_add(seconds);
        while self.now.uptime < end {
            let deadline =
                self.agent.next_deadline().filter(|&deadline| deadline > self.now.uptime);
            let next = deadline.unwrap_or(u64::MAX).min(end);
            let step = next - self.now.uptime;
            self.now = Now { uptime: next, wall: self.now.wall.map(|wall| wall.plus(step)) };
            self.agent.tick(self.now);
        }
    }
}
