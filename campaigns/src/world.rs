//! A device: storage, a clock that somebody sets, power that goes, and the real agent.

use std::rc::Rc;

use nodelock::agent::{FeatureSlot, LineSlot, Memory, SCRATCH_LEN};
use nodelock::calendar::ClockRules;
use nodelock::catalog::{BuiltIn, Catalog};
use nodelock::event::EventSlot;
use nodelock::lease::LeaseSlot;
use nodelock::testing::{HostileClock, HostileStorage};
use nodelock::value::{Date, Period, UnixTime, Version};
use nodelock::{Denial, Feature, FeatureHandle, Now, Product, Reason, Rules, Udi};

use crate::history::{FEATURES, History, Step};
use crate::session::Session;
pub use crate::session::{granted_for, install};
use crate::toy::{self, ANCHORS, Toy};

/// The storage of the device, with room for all that it keeps.
pub type Disk = HostileStorage<200>;

/// The agent under test.
pub type Agent<'a> = nodelock::Agent<'a, (&'a Disk, Toy, Udi<'a>)>;

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
    /// The moment that a clock shows, in a boot.
    pub(crate) fn of(clock: &HostileClock, started: u64, boot: usize) -> Self {
        let uptime = clock.now().uptime;
        Self { uptime, truth: clock.truth(), wall: clock.wall(), started, boot }
    }

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
    clock: HostileClock,
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
pub fn feature(place: usize) -> FeatureHandle {
    FeatureHandle::at(u16::try_from(place).unwrap_or(u16::MAX))
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
            clock: HostileClock::new(0),
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
        self.clock = HostileClock::new(history.begin);
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
        self.clock.restart(boot.off, boot.uptime);
        self.clock.set(boot.clock);
        self.disk.power_on(boot.cut);
        self.tally.boots += 1;
        let at = Moment::of(&self.clock, boot.uptime, number);
        let memory = Memory {
            lines: &mut self.lines[..if history.small { 4 } else { 12 }],
            features: &mut self.features,
            leases: &self.leases,
            events: &mut self.events,
            scratch: &mut self.scratch,
            gates: &[],
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
            clock: &mut self.clock,
            patience: self.patience,
            tally: &mut self.tally,
            tokens: Vec::new(),
        };
        session.all(boot, &mut agent, watch)?;
        let at = session.at;
        watch.off(&at, &self.disk)
    }
}
