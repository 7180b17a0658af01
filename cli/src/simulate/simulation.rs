//! One boot of the simulated device: the agent, its memory, and time that passes when told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use nodelock::{
    Agent, Catalog, Date, Held, JobSlot, Jobs, Now, P256Verifier, Product, Reason, ResultSlot,
    Rules, Storage, StorageKey, TrustAnchor, Udi, UnixTime,
};
use nodelock_std::{AgentMemory, Command, Host, JobQueue, MemoryStorage, run};
use serde::{Deserialize, Serialize};

use super::faults::{Change, Faults};
use super::worn::{Chip, show};

/// Lines that a simulated device has room for, besides its built-in trials.
const LINES: usize = 64;
/// Leases that can be out at a time.
const LEASES: usize = 64;
/// Events that wait until the end of a step; the oldest make room for new ones.
pub(crate) const EVENTS: usize = 256;
/// Jobs that it has room for.
const JOBS: usize = 16;

/// The storage of the device, which is looked at while the agent works on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared(Rc<RefCell<Faulty>>);

/// Values, and what is wrong with them.
#[derive(Debug, Default)]
struct Faulty {
    values: MemoryStorage,
    faults: Faults,
    /// Where the values lie, if that is bad flash.
    chip: Option<Chip>,
}

impl Faulty {
    fn build_chip(&mut self) {
        // What is stored has been in there before.
        self.chip = self.faults.worn().and_then(|worn| worn.holding(&self.values).ok());
    }

    /// A write that is not meant to fail, before the flash has its say.
    fn write(
        &mut self,
        key: StorageKey,
        on: impl Fn(&mut dyn Storage) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        let Self { values, faults, chip } = self;
        if let Some(worn) = faults.worn() {
            worn.done = worn.done.saturating_add(1);
        }
        faults.write(|| {
            // The power comes first.
            on(values)?;
            let Some(chip) = chip else { return Ok(()) };
            let result = on(chip);
            if result.is_err() {
                show(chip, key, values);
            }
            result
        })
    }
}

impl Shared {
    pub(crate) fn new(values: MemoryStorage, faults: Faults) -> Self {
        let mut faulty = Faulty { values, faults, chip: None };
        faulty.build_chip();
        Self(Rc::new(RefCell::new(faulty)))
    }

    pub(crate) fn copy(&self) -> MemoryStorage {
        self.0.borrow().values.clone()
    }

    pub(crate) fn faults(&self) -> Faults {
        self.0.borrow().faults.clone()
    }

    fn cut_power_after(&self, writes: u64) {
        self.0.borrow_mut().values.cut_power_after(writes);
    }

    fn change_faults(&self, change: Change) -> Result<(), String> {
        let faulty = &mut *self.0.borrow_mut();
        faulty.faults.change(change, &mut faulty.values)?;
        faulty.build_chip();
        Ok(())
    }
}

impl Storage for Shared {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Faulty { values, faults, chip } = &mut *self.0.borrow_mut();
        let found = match chip {
            Some(chip) => chip.load(key, buffer)?,
            None => values.load(key, buffer)?,
        };
        faults.read(key, buffer.get_mut(..found.unwrap_or_default()).unwrap_or_default());
        Ok(found)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.0.borrow_mut().write(key, |storage| storage.store(key, value))
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.0.borrow_mut().write(key, |storage| storage.remove(key))
    }
}

/// What one step asks for, in the order in which it happens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Seconds that pass.
    pub(crate) advance: u64,
    /// The wall clock is set, if at all, to a time or to none.
    #[serde(default, with = "clock_setting")]
    pub(crate) set_wall: Option<Option<u64>>,
    pub(crate) command: Option<String>,
    /// The power goes after so many writes.
    pub(crate) power_cut: Option<u64>,
    /// Something is done to the storage from outside.
    #[serde(default)]
    pub(crate) fault: Option<Change>,
}

/// `null` for a clock that is left as it is, a number, or `"none"`: both kinds of nothing must come back as they
/// were.
mod clock_setting {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Setting {
        Time(u64),
        Word(String),
    }

    #[allow(clippy::option_option, reason = "it is the field's type")]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(
        setting: &Option<Option<u64>>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        match setting {
            None => out.serialize_none(),
            Some(None) => out.serialize_str("none"),
            Some(Some(time)) => out.serialize_u64(*time),
        }
    }

    #[allow(clippy::option_option, reason = "it is the field's type")]
    pub(super) fn deserialize<'d, D: Deserializer<'d>>(
        input: D,
    ) -> Result<Option<Option<u64>>, D::Error> {
        match Option::<Setting>::deserialize(input)? {
            None => Ok(None),
            Some(Setting::Time(time)) => Ok(Some(Some(time))),
            Some(Setting::Word(word)) if word == "none" => Ok(Some(None)),
            Some(Setting::Word(_)) => Err(serde::de::Error::custom("the wall clock is no time")),
        }
    }
}

/// What a console was given from outside, kept so that a step can be repeated.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Answers {
    #[serde(with = "base64_map")]
    reads: BTreeMap<String, Vec<u8>>,
    confirms: Vec<bool>,
    /// Whether each file could be written.
    #[serde(default)]
    writes: Vec<bool>,
}

/// Contents in base64: as lists of numbers, which older versions wrote, they take twenty times their
/// size.
mod base64_map {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::encode::{from_base64, to_base64};

    type Map = BTreeMap<String, Vec<u8>>;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Content {
        Base64(String),
        Numbers(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(map: &Map, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(map.iter().map(|(name, content)| (name, to_base64(content))))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(input: D) -> Result<Map, D::Error> {
        let map = BTreeMap::<String, Content>::deserialize(input)?;
        let bytes = |content| match content {
            Content::Base64(text) => from_base64(text.as_bytes())
                .ok_or_else(|| serde::de::Error::custom("a content is not base64")),
            Content::Numbers(bytes) => Ok(bytes),
        };
        map.into_iter().map(|(name, content)| Ok((name, bytes(content)?))).collect()
    }
}

/// What a step printed.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Printed {
    pub(crate) text: String,
    pub(crate) done: bool,
    pub(crate) events: Vec<String>,
    /// Events before these for which the queue had no room.
    pub(crate) events_dropped: u64,
    pub(crate) uptime: u64,
    pub(crate) wall: Option<u64>,
    pub(crate) licenses: Vec<LineView>,
}

/// A line in machine-readable output.
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

type Simulated<'a> = Agent<'a, Shared, P256Verifier, &'a [Udi<'a>]>;

/// What stays the same from boot to boot.
pub(crate) struct Model<'m> {
    pub(crate) catalog: &'m Catalog<'m>,
    pub(crate) agreements: &'m BTreeMap<String, String>,
    pub(crate) anchors: &'m [TrustAnchor],
    pub(crate) udis: &'m [Udi<'m>],
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
    let mut memory = AgentMemory::new(model.catalog, LINES, LEASES, EVENTS);
    let rules = Rules {
        built: model.built,
        danger_accept_development_keys: model.development,
        ..Rules::DEFAULT
    };
    let product = Product { catalog: model.catalog, anchors: model.anchors, rules };
    let now = Now { uptime: 0, wall: wall.map(UnixTime) };
    let agent =
        Agent::boot(product, model.udis, P256Verifier, storage.clone(), memory.lend(), now)?;
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
        let (text, done) = match (broken, step.command.as_deref()) {
            (Err(problem), _) => (problem, false),
            (Ok(()), None) => (String::new(), true),
            (Ok(()), Some(line)) => self.command(line, answers, outside),
        };
        let mut events = Vec::new();
        while let Some(event) = self.agent.poll_event() {
            let mut rendered = String::new();
            let _ = event.render(self.agent.catalog(), &mut rendered);
            events.push(rendered);
        }
        Printed {
            text,
            done,
            events,
            events_dropped: self.agent.dropped_events().saturating_sub(dropped),
            uptime: self.now.uptime,
            wall: self.now.wall.map(|wall| wall.0),
            licenses: self.agent.lines().map(|held| self.view(held)).collect(),
        }
    }

    fn command(
        &mut self,
        line: &str,
        answers: &mut Answers,
        outside: Option<&mut dyn Host>,
    ) -> (String, bool) {
        match Command::parse(line) {
            Ok(command) => {
                let agreements = self.agreements;
                let mut host = Recorder { answers, outside, agreements, confirmed: 0, written: 0 };
                let outcome = run(&mut self.agent, &mut self.jobs, &command, self.now, &mut host);
                (outcome.text, outcome.done)
            }
            Err(error) => (format!("{error}\n"), false),
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

    fn view(&self, held: &Held) -> LineView {
        let right = held.right();
        let meter = held.meter().filter(|_| held.is_metered());
        LineView {
            id: right.id().to_string(),
            feature: String::from_utf8_lossy(right.feature()).into_owned(),
            license_type: held.license_type().name(),
            state: self.agent.state(held).name(),
            count: match right.count() {
                nodelock::Count::Uncounted => None,
                nodelock::Count::Units(units) => Some(units),
            },
            in_use: held.feature().map_or(0, |id| self.agent.in_use(id)),
            priority: held.priority().name(),
            built_in: held.source() == nodelock::Source::BuiltIn,
            seconds_used: meter.map(|meter| meter.used(self.now.uptime)),
            seconds_left: match (meter, held.dated()) {
                (Some(meter), _) => Some(meter.left(self.now.uptime)),
                (None, Some(nodelock::Dated::Active { left })) => Some(left),
                (None, Some(nodelock::Dated::Ended)) => Some(0),
                _ => None,
            },
            eula_accepted: held.agreement(),
        }
    }
}

/// Asks the outside once and remembers what it said.
struct Recorder<'h, 'o> {
    answers: &'h mut Answers,
    outside: Option<&'o mut dyn Host>,
    agreements: &'h BTreeMap<String, String>,
    confirmed: usize,
    written: usize,
}

impl Host for Recorder<'_, '_> {
    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        match (self.answers.reads.get(name), &mut self.outside) {
            (Some(content), _) => Ok(content.clone()),
            (None, Some(outside)) => {
                let content = outside.read(name)?;
                self.answers.reads.insert(name.to_owned(), content.clone());
                Ok(content)
            }
            (None, None) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn write(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        // Written when it was asked for; not again when the step is repeated.
        let place = self.written;
        self.written += 1;
        match (self.answers.writes.get(place), &mut self.outside) {
            (Some(true), _) => Ok(()),
            (None, Some(outside)) => {
                let result = outside.write(name, content);
                self.answers.writes.push(result.is_ok());
                result
            }
            _ => Err(io::ErrorKind::Other.into()),
        }
    }

    fn agreement(&mut self, name: &str) -> Option<String> {
        self.agreements.get(name).cloned()
    }

    fn confirm(&mut self, text: &str, question: &str) -> bool {
        let place = self.confirmed;
        self.confirmed += 1;
        if let Some(&known) = self.answers.confirms.get(place) {
            return known;
        }
        let answer = self.outside.as_mut().is_some_and(|outside| outside.confirm(text, question));
        self.answers.confirms.push(answer);
        answer
    }
}
