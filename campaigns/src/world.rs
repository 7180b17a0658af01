//! A device: storage, a clock that somebody sets, power that goes, and the real agent.

use std::rc::Rc;

use nodelock::{
    BuiltIn, Catalog, ClockRules, Date, Denial, EventSlot, Feature, FeatureId, FeatureSlot, Intent,
    LeaseSlot, LeaseToken, LineId, LineSlot, Memory, Now, Period, Priority, Product, Reason,
    Repair, Rules, SCRATCH_LEN, Udi, UnixTime, Version,
};

use crate::disk::Disk;
use crate::history::{Boot, Clock, DAY, FEATURES, History, Step, Ticks};
use crate::toy::{self, ANCHORS, Toy};

/// The agent under test.
pub type Agent<'a> = nodelock::Agent<'a, &'a Disk, Toy, Udi<'a>>;

const TABLE: &[Feature<'static>] = &[
    Feature::new(FEATURES[0]),
    Feature::new(FEATURES[1]),
    Feature::new(FEATURES[2]),
    Feature::new(FEATURES[3]),
    Feature::new(FEATURES[4]).counted(10),
    Feature::new(FEATURES[5]).built_in(BuiltIn::days(1)),
    Feature::new(FEATURES[6]).eula("terms"),
    Feature::new(FEATURES[7]).built_in(BuiltIn::days(1).then_right_to_use()),
    Feature::new(FEATURES[8]).version(Version::from_parts([2, 0, 0, 0])),
];

const SMALL_TABLE: &[Feature<'static>] =
    &[Feature::new(FEATURES[0]), Feature::new(FEATURES[1]), Feature::new(FEATURES[2])];

static SMALL: Catalog<'static> = nodelock::catalog!(SMALL_TABLE);

/// The features of the firmware.
pub static CATALOG: Catalog<'static> = nodelock::catalog!(TABLE);

/// Day on which the firmware was built: 2026-01-01.
pub const BUILT: u32 = 20_454;

/// A moment on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Uptime as the agent is told it.
    pub uptime: u64,
    /// The true time.
    pub truth: u64,
    /// What the wall clock shows.
    pub wall: Option<u64>,
    /// The uptime at which the agent was started.
    pub started: u64,
    /// Number of the boot.
    pub boot: usize,
}

impl Moment {
    /// For the agent.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { uptime: self.uptime, wall: self.wall.map(UnixTime) }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded.
    Done,
    /// It was refused.
    Refused(Reason),
    /// Nothing was asked of the agent.
    Nothing,
}

impl Outcome {
    /// Whether it succeeded.
    #[must_use]
    pub fn is_done(self) -> bool {
        self == Self::Done
    }
}

impl<T> From<Result<T, Reason>> for Outcome {
    fn from(result: Result<T, Reason>) -> Self {
        result.map_or_else(Self::Refused, |_| Self::Done)
    }
}

impl<T> From<Result<T, Denial>> for Outcome {
    fn from(result: Result<T, Denial>) -> Self {
        result.map_or_else(|denial| Self::Refused(denial.reason), |_| Self::Done)
    }
}

/// What was found wrong.
pub type Finding = String;

/// Who looks at the device while a history happens.
pub trait Watch {
    /// The agent has started, or the power went while it did (`None`).
    ///
    /// # Errors
    /// What is wrong.
    fn booted(&mut self, at: &Moment, agent: Option<&mut Agent<'_>>) -> Result<(), Finding>;

    /// The agent was told the time.
    ///
    /// # Errors
    /// What is wrong.
    fn ticked(&mut self, at: &Moment, agent: &mut Agent<'_>) -> Result<(), Finding>;

    /// Something else was asked of it. If the power went meanwhile, `cut` is true.
    ///
    /// # Errors
    /// What is wrong.
    fn done(
        &mut self,
        at: &Moment,
        step: Step,
        outcome: Outcome,
        agent: &mut Agent<'_>,
    ) -> Result<(), Finding>;

    /// So many seconds pass, in which the agent is not called.
    ///
    /// # Errors
    /// What is wrong.
    fn passed(&mut self, at: &Moment, seconds: u64, agent: &mut Agent<'_>) -> Result<(), Finding>;

    /// The power went.
    ///
    /// # Errors
    /// What is wrong.
    fn off(&mut self, _at: &Moment, _disk: &Disk) -> Result<(), Finding> {
        Ok(())
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Histories.
    pub histories: u64,
    /// Boots.
    pub boots: u64,
    /// Ticks.
    pub ticks: u64,
    /// Other calls.
    pub calls: u64,
}

#[derive(Debug, Clone, Copy)]
enum Rtc {
    None,
    Going(i64),
    Stuck(u64),
}

impl Rtc {
    fn shows(self, truth: u64) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Going(off) => Some(truth.saturating_add_signed(off)),
            Self::Stuck(at) => Some(at),
        }
    }

    fn set(self, clock: Clock, truth: u64) -> Self {
        match (clock, self) {
            (Clock::GoesOn, _) => self,
            (Clock::Right, _) => Self::Going(0),
            (Clock::None, _) => Self::None,
            (Clock::Off(off), _) => Self::Going(off),
            (Clock::At(at), _) => Self::Going(at.cast_signed() - truth.cast_signed()),
            (Clock::Moved(by), Self::Going(off)) => Self::Going(off + by),
            (Clock::Moved(by), Self::Stuck(at)) => Self::Stuck(at.saturating_add_signed(by)),
            (Clock::Moved(by), Self::None) => Self::Going(by),
            (Clock::Stuck(off), _) => Self::Stuck(truth.saturating_add_signed(off)),
        }
    }
}

/// The rules of the product.
#[must_use]
pub fn rules(interval: u64) -> Rules {
    Rules {
        charge_interval: Period::from_seconds(interval).unwrap_or(Rules::DEFAULT.charge_interval),
        clock: ClockRules::DEFAULT,
        built: Date::from_days(BUILT).unwrap_or(Date::EPOCH),
        ..Rules::DEFAULT
    }
}

/// The memory of the device and what lives as long as it.
pub struct World {
    /// The storage.
    pub disk: Rc<Disk>,
    /// What was done.
    pub tally: Tally,
    /// Who ticks at deadlines comes no sooner than so many seconds after the last tick.
    pub patience: u64,
    /// Called between boots: a storage that does not keep its promises.
    pub meddle: Option<fn(&Disk, usize)>,
    lines: Vec<LineSlot>,
    features: Vec<FeatureSlot>,
    leases: Vec<LeaseSlot>,
    events: Vec<EventSlot>,
    scratch: Vec<u8>,
    rtc: Rtc,
    truth: u64,
    texts: Vec<String>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("tally", &self.tally).finish_non_exhaustive()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// The handle of a feature.
#[must_use]
pub fn feature(place: usize) -> FeatureId {
    FeatureId::at(u16::try_from(place).unwrap_or(u16::MAX))
}

impl World {
    /// A device.
    #[must_use]
    pub fn new() -> Self {
        Self {
            disk: Rc::new(Disk::new()),
            tally: Tally::default(),
            patience: 0,
            meddle: None,
            lines: vec![LineSlot::EMPTY; 12],
            features: vec![FeatureSlot::EMPTY; TABLE.len()],
            leases: (0..4).map(|_| LeaseSlot::new()).collect(),
            events: vec![EventSlot::EMPTY; 16],
            scratch: vec![0; SCRATCH_LEN],
            rtc: Rtc::None,
            truth: 0,
            texts: Vec::new(),
        }
    }

    /// A device whose driver has some patience.
    #[must_use]
    pub fn patient(patience: u64) -> Self {
        Self { patience, ..Self::new() }
    }

    /// Lets a history happen to a new device.
    ///
    /// # Errors
    /// What the watch found wrong.
    pub fn run(&mut self, history: &History, watch: &mut impl Watch) -> Result<(), Finding> {
        self.disk.wipe();
        self.rtc = Rtc::None;
        self.truth = history.begin;
        self.texts.clear();
        for (number, spec) in history.lines.iter().enumerate() {
            self.texts.push(toy::license(number, spec, FEATURES[spec.feature]));
        }
        self.tally.histories += 1;
        for number in 0..history.boots.len() {
            if let Some(meddle) = self.meddle {
                meddle(&self.disk, number);
            }
            self.boot(number, history, watch).map_err(|what| format!("boot {number}: {what}"))?;
        }
        Ok(())
    }

    fn boot(
        &mut self,
        number: usize,
        history: &History,
        watch: &mut impl Watch,
    ) -> Result<(), Finding> {
        let boot = &history.boots[number];
        self.truth += boot.off;
        self.rtc = self.rtc.set(boot.clock, self.truth);
        self.disk.power_on(boot.cut);
        self.tally.boots += 1;
        let at = Moment {
            uptime: boot.uptime,
            truth: self.truth,
            wall: self.rtc.shows(self.truth),
            started: boot.uptime,
            boot: number,
        };
        let memory = Memory {
            lines: &mut self.lines[..if history.small { 4 } else { 12 }],
            features: &mut self.features,
            leases: &self.leases,
            events: &mut self.events,
            scratch: &mut self.scratch,
        };
        let catalog = if history.small { &SMALL } else { &CATALOG };
        let product = Product { catalog, anchors: &ANCHORS, rules: rules(history.interval) };
        let device = Udi::parse(toy::UDI.as_bytes()).map_err(|reason| reason.to_string())?;
        let started = Agent::boot(product, device, Toy, &*self.disk, memory, at.now());
        let mut agent = started.map_err(|reason| format!("the agent does not start: {reason}"))?;
        let mut session = Session {
            at,
            disk: &self.disk,
            texts: &self.texts,
            rtc: self.rtc,
            patience: self.patience,
            tally: &mut self.tally,
            tokens: Vec::new(),
        };
        session.all(boot, &mut agent, watch)?;
        (self.truth, self.rtc) = (session.at.truth, session.rtc);
        let at = session.at;
        watch.off(&at, &self.disk)
    }
}

struct Session<'w> {
    at: Moment,
    disk: &'w Disk,
    texts: &'w [String],
    rtc: Rtc,
    patience: u64,
    tally: &'w mut Tally,
    tokens: Vec<LeaseToken>,
}

impl Session<'_> {
    fn all<W: Watch>(
        &mut self,
        boot: &Boot,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        if self.disk.is_off() {
            return watch.booted(&self.at, None);
        }
        watch.booted(&self.at, Some(agent))?;
        for (number, step) in boot.steps.iter().enumerate() {
            self.step(*step, agent, watch).map_err(|what| format!("step {number}: {what}"))?;
            if self.disk.is_off() {
                break;
            }
        }
        Ok(())
    }

    fn step<W: Watch>(
        &mut self,
        step: Step,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        match step {
            Step::Run(seconds, ticks) => return self.run(seconds, ticks, agent, watch),
            Step::Drain(place) => return self.drain(place, agent, watch),
            Step::Set(clock) => {
                self.rtc = self.rtc.set(clock, self.at.truth);
                self.at.wall = self.rtc.shows(self.at.truth);
                return self.tick(agent, watch);
            }
            Step::Tick => return self.tick(agent, watch),
            _ => {}
        }
        self.tally.calls += 1;
        let outcome = self.ask(step, agent);
        watch.done(&self.at, step, outcome, agent)
    }

    fn ask(&mut self, step: Step, agent: &mut Agent<'_>) -> Outcome {
        let now = self.at.now();
        match step {
            Step::Install(line) => {
                let Some(text) = self.texts.get(line) else { return Outcome::Nothing };
                install(agent, text, now)
            }
            Step::Clear(line) => agent.clear(LineId(toy::line_id(line)), now).into(),
            Step::Revoke(line) => agent.revoke(LineId(toy::line_id(line)), now).into(),
            Step::Activate(place) => agent.activate(feature(place), now).into(),
            Step::Deactivate(place) => agent.deactivate(feature(place), now).into(),
            Step::Acquire(place, units) => {
                let result = agent.acquire(feature(place), units, 7, now);
                self.tokens.extend(result.iter().copied());
                result.into()
            }
            Step::Release if self.tokens.is_empty() => Outcome::Nothing,
            Step::Release => agent.release(self.tokens.remove(0), 7, now).into(),
            Step::Accept(place) => agent.accept_eula(feature(place), b"the terms", now).into(),
            Step::Priority(line, priority) => {
                let priority = match priority {
                    1 => Some(Priority::High),
                    3 => Some(Priority::Low),
                    _ => None,
                };
                agent.set_priority(LineId(toy::line_id(line)), priority).into()
            }
            Step::RepairClock => match agent.repair_number(Repair::Clock) {
                Ok(number) => {
                    let today = u32::try_from(self.at.truth / DAY).unwrap_or(0);
                    install(agent, &toy::repair("clock", number, today), now)
                }
                Err(reason) => Outcome::Refused(reason),
            },
            Step::Run(..) | Step::Drain(_) | Step::Set(_) | Step::Tick => Outcome::Nothing,
        }
    }

    fn pass<W: Watch>(
        &mut self,
        seconds: u64,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        if seconds == 0 {
            return Ok(());
        }
        watch.passed(&self.at, seconds, agent)?;
        self.at.uptime += seconds;
        self.at.truth += seconds;
        self.at.wall = self.rtc.shows(self.at.truth);
        Ok(())
    }

    fn tick<W: Watch>(&mut self, agent: &mut Agent<'_>, watch: &mut W) -> Result<(), Finding> {
        self.tally.ticks += 1;
        agent.tick(self.at.now());
        watch.ticked(&self.at, agent)
    }

    fn run<W: Watch>(
        &mut self,
        seconds: u64,
        ticks: Ticks,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        let end = self.at.uptime + seconds;
        while self.at.uptime < end {
            let deadline = agent.next_deadline();
            if let Some(deadline) = deadline.filter(|deadline| *deadline <= agent.uptime()) {
                return Err(format!("at {} the deadline is {deadline}", agent.uptime()));
            }
            let deadline = deadline.unwrap_or(u64::MAX);
            let next = match ticks {
                Ticks::Deadlines => deadline.max(agent.uptime() + self.patience),
                Ticks::Every(interval) => deadline.min(self.at.uptime + interval),
                Ticks::Late(extra) => deadline.saturating_add(extra),
                Ticks::Never => u64::MAX,
            };
            let next = next.max(self.at.uptime);
            self.pass(next.min(end) - self.at.uptime, agent, watch)?;
            if next <= end {
                self.tick(agent, watch)?;
                if self.disk.is_off() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn drain<W: Watch>(
        &mut self,
        place: usize,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        let seconds = granted_for(agent, place, self.at.uptime, DAY);
        self.pass(seconds, agent, watch)
    }
}

/// Installs one record.
pub fn install(agent: &mut Agent<'_>, text: &str, now: Now) -> Outcome {
    let mut outcome = Outcome::Nothing;
    agent.install(text.as_bytes(), Intent::Install, now, |taken| outcome = taken.result.into());
    outcome
}

/// For how many of the next seconds a feature is granted, if the agent is not called: a right that
/// is denied is not granted again without a call.
#[must_use]
pub fn granted_for(agent: &Agent<'_>, place: usize, from: u64, at_most: u64) -> u64 {
    let granted = |after: u64| agent.check(feature(place), from + after).is_granted();
    if at_most == 0 || !granted(0) {
        return 0;
    }
    if granted(at_most - 1) {
        return at_most;
    }
    let (mut yes, mut no) = (0, at_most - 1);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if granted(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    no
}
