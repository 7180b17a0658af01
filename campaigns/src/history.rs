//! What happens to a device: the lines of its vendor, its boots, and what is done in each.

use std::fmt;

pub use nodelock::testing::ClockSetting as Clock;
use nodelock::testing::PowerCut;
use nodelock::value::LicenseType;

use crate::toy::day;

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// A license line that the vendor issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSpec {
    /// Place of its feature in the catalog.
    pub feature: usize,
    /// Its version, the major part.
    pub version: u8,
    /// Its type.
    pub license_type: LicenseType,
    /// Its units, 0 for uncounted.
    pub units: u64,
    /// Whether they add to those of others.
    pub additive: bool,
    /// Day of issue.
    pub issued: u32,
    /// First day, of dated types.
    pub start: Option<u32>,
    /// Last day, of dated types.
    pub end: u32,
    /// Running time, of metered types.
    pub usage: u64,
    /// 0 until reboot, 1 immediate, 2 report.
    pub expiry: u8,
    /// Whether it names an agreement.
    pub eula: bool,
}

impl LineSpec {
    /// The second at which the first day begins (SPEC 12.5).
    #[must_use]
    pub fn first(&self) -> u64 {
        u64::from(self.start.unwrap_or(0).max(self.issued)) * DAY
    }

    /// The second at which the last day is over.
    #[must_use]
    pub fn over(&self) -> u64 {
        (u64::from(self.end) + 1) * DAY
    }

    /// Its length (SPEC 12.5).
    #[must_use]
    pub fn length(&self) -> u64 {
        self.over().saturating_sub(self.first())
    }
}

/// When the agent is told the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticks {
    /// At its deadlines.
    Deadlines,
    /// Every so many seconds, and at its deadlines.
    Every(u64),
    /// So many seconds after each deadline.
    Late(u64),
    /// Not at all.
    Never,
}

/// One thing that happens while the device runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Time passes.
    Run(u64, Ticks),
    /// Time passes without a tick for as long as this line's feature is granted, and a day at most.
    Drain(usize),
    /// The clock is set, and the agent is told.
    Set(Clock),
    /// The agent is told the time.
    Tick,
    /// A line is installed.
    Install(usize),
    /// A line is cleared.
    Clear(usize),
    /// A line is revoked.
    Revoke(usize),
    /// A feature is activated.
    Activate(usize),
    /// A feature is deactivated.
    Deactivate(usize),
    /// Units of a feature are acquired.
    Acquire(usize, u64),
    /// The oldest lease is released.
    Release,
    /// The agreement of a feature is accepted.
    Accept(usize),
    /// A line gets a priority: 0 default, 1 high, 3 low.
    Priority(usize, u8),
    /// The vendor repairs the clock, on the true day.
    RepairClock,
}

/// From power-on to the loss of power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boot {
    /// Seconds without power before.
    pub off: u64,
    /// Uptime at which the agent is started.
    pub uptime: u64,
    /// The clock when it is started.
    pub clock: Clock,
    /// The write at which the power goes, if it goes before the steps are done.
    pub cut: Option<PowerCut>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The true time at which it begins.
    pub begin: u64,
    /// Metered time is charged so many seconds ahead.
    pub interval: u64,
    /// Whether the firmware has only three plain features.
    pub small: bool,
    /// The lines.
    pub lines: Vec<LineSpec>,
    /// The boots.
    pub boots: Vec<Boot>,
}

/// The features of the firmware, by name.
pub const FEATURES: [&str; 9] =
    ["alpha", "bravo", "delta", "echo", "count", "trial", "agree", "convert", "version"];

impl fmt::Display for LineSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", FEATURES[self.feature], self.license_type.name())?;
        match (self.units, self.additive) {
            (0, _) => {}
            (units, false) => write!(f, " {units} units")?,
            (units, true) => write!(f, " +{units} units")?,
        }
        write!(f, " issued={}", day(self.issued))?;
        if self.license_type.is_dated() {
            if let Some(start) = self.start {
                write!(f, " start={}", day(start))?;
            }
            write!(f, " end={}", day(self.end))?;
        }
        if self.license_type.is_metered() {
            write!(f, " usage={}s", self.usage)?;
        }
        f.write_str(["", " expiry=immediate", " expiry=report"][usize::from(self.expiry)])?;
        if self.version != 1 {
            write!(f, " version {}", self.version)?;
        }
        f.write_str(if self.eula { " eula" } else { "" })
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let today = u32::try_from(self.begin / DAY).unwrap_or(0);
        let interval = self.interval;
        writeln!(f, "  begins {} + {} s, interval {interval} s", day(today), self.begin % DAY)?;
        for (number, line) in self.lines.iter().enumerate() {
            writeln!(f, "  line {number}: {line}")?;
        }
        for (number, boot) in self.boots.iter().enumerate() {
            write!(f, "  boot {number}: off {} s, uptime {}", boot.off, boot.uptime)?;
            write!(f, ", clock {:?}", boot.clock)?;
            if let Some(cut) = boot.cut {
                let side = if cut.after { "after" } else { "before" };
                write!(f, ", power cut {side} write {}", cut.write)?;
            }
            writeln!(f)?;
            for step in &boot.steps {
                writeln!(f, "    {step:?}")?;
            }
        }
        Ok(())
    }
}
