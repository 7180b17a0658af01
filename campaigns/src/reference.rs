//! The license agent as SPEC 10 to 13 describe it: slow, simple, and written from the text alone.
//!
//! Where the text leaves open what is kept when the power goes (how much of a step, which floor), the
//! model knows a lower and an upper bound, and says nothing where they lead to different verdicts.

pub mod rights;
pub mod time;
pub mod verbs;

use std::collections::BTreeMap;

use nodelock::Reason;
use nodelock::value::LicenseType;

use crate::history::LineSpec;
pub use time::{Clockwork, State};

/// Yes, no, or not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maybe {
    /// For sure.
    Yes,
    /// For sure not.
    No,
    /// The text does not settle it.
    Open,
}

impl Maybe {
    /// From what is certain.
    #[must_use]
    pub fn sure(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// What has run of a line, for the life of the device.
#[derive(Debug, Clone, Copy, Default)]
pub struct Use {
    /// It has run for so many seconds at least, as the agent must know.
    pub low: u64,
    /// And for so many at most.
    pub high: u64,
    /// Whether it was ever granted.
    pub begun: bool,
    /// Seconds of this boot that are lost if the power goes now.
    pub at_risk: u64,
    /// It turned into a right to use.
    pub converted: bool,
    /// It has ended while its feature ran, in this boot.
    pub goes_on: bool,
}

/// A line that is installed.
#[derive(Debug, Clone, Copy)]
pub struct Installed {
    /// Its number in the history.
    pub number: usize,
    /// Priority: 1 high, 2 medium, 3 low.
    pub priority: u8,
    /// Whether it was activated, of rights to use.
    pub activated: bool,
}

/// What the model expects of a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Granted; by this line, if that is settled.
    Granted(Option<usize>),
    /// Denied for one of these reasons.
    Denied(Vec<Reason>),
    /// Not settled.
    Open,
}

/// The device.
#[derive(Debug, Clone)]
pub struct Model {
    /// The lines that the vendor issued.
    pub specs: Vec<LineSpec>,
    /// Those that are installed, in the order of installation.
    pub installed: Vec<Installed>,
    /// What has run, by the number of the line; never forgotten (SPEC 11.10, 13.1).
    pub uses: BTreeMap<usize, Use>,
    /// Revoked lines.
    pub revoked: Vec<usize>,
    /// Features whose agreement was accepted.
    pub accepted: Vec<usize>,
    /// Features that are activated in this boot.
    pub active: Vec<usize>,
    /// Leases: feature and units.
    pub leases: Vec<(usize, u64)>,
    /// The clock.
    pub clock: Clockwork,
    /// The charge interval.
    pub interval: u64,
    /// Features of which something is open.
    pub open: Vec<usize>,
    /// Uptime that was told last.
    pub told: u64,
    /// Uptime at which this boot began.
    pub started: u64,
}

/// Priority of a type until somebody changes it (SPEC 11.5).
#[must_use]
pub fn default_priority(of: LicenseType) -> u8 {
    if has_low_priority(of) { 3 } else { 2 }
}

/// Whether the priority is low, and can be changed (SPEC 11.5).
#[must_use]
pub fn has_low_priority(of: LicenseType) -> bool {
    of.is_metered()
        || matches!(of, LicenseType::EvaluationSubscription | LicenseType::ExtensionSubscription)
}

impl Model {
    /// A new device.
    #[must_use]
    pub fn new(specs: &[LineSpec], interval: u64, built: u64) -> Self {
        Self {
            specs: specs.to_vec(),
            installed: Vec::new(),
            uses: BTreeMap::new(),
            revoked: Vec::new(),
            accepted: Vec::new(),
            active: Vec::new(),
            leases: Vec::new(),
            clock: Clockwork::new(built),
            interval,
            open: Vec::new(),
            told: 0,
            started: 0,
        }
    }

    /// Whether a line is installed.
    #[must_use]
    pub fn holds(&self, number: usize) -> Option<&Installed> {
        self.installed.iter().find(|line| line.number == number)
    }

    /// Whether a feature runs (SPEC 11.2).
    #[must_use]
    pub fn runs(&self, feature: usize) -> bool {
        self.active.contains(&feature) || self.leases.iter().any(|lease| lease.0 == feature)
    }

    /// The power goes, and comes back; the clock is told by [`Clockwork::boot`].
    pub fn boot(&mut self, uptime: u64) {
        self.active.clear();
        self.leases.clear();
        (self.told, self.started) = (uptime, uptime);
        self.clock.told = uptime;
        for (number, used) in &mut self.uses {
            used.goes_on = false;
            if self.specs[*number].license_type.is_metered() {
                // What was paid ahead is lost (SPEC 12.1).
                used.high += self.interval;
            }
            // Of a right with dates two steps, and what ran while nobody ticked (SPEC 12.6, 12.7).
            used.low -= used.low.min(used.at_risk);
            used.at_risk = 0;
        }
    }

    /// Time goes on until a call of the agent at this uptime.
    pub fn advance(&mut self, uptime: u64) {
        let seconds = uptime.saturating_sub(self.told);
        let serving: Vec<Option<usize>> =
            (0..crate::history::FEATURES.len()).map(|feature| self.serving(feature)).collect();
        for line in self.installed.clone() {
            let spec = &self.specs[line.number];
            let used = self.uses.entry(line.number).or_default();
            if spec.license_type.is_metered() {
                let runs = self.active.contains(&spec.feature)
                    || self.leases.iter().any(|lease| lease.0 == spec.feature);
                if runs && serving[spec.feature] == Some(line.number) {
                    let more = seconds.min(spec.usage.saturating_sub(used.low));
                    used.low += more;
                    used.at_risk += more;
                    used.begun = true;
                }
                if runs {
                    used.high += seconds;
                }
            } else if spec.license_type.is_dated() && used.begun {
                used.high += seconds;
                used.at_risk += seconds;
                // Whether its first day is to come decides whether it is counted.
                if self.clock.begun(spec) == Maybe::Yes {
                    used.low += seconds;
                }
            }
        }
        for (number, used) in &mut self.uses {
            let spec = &self.specs[*number];
            let gone = !self.installed.iter().any(|line| line.number == *number);
            if gone && used.begun && spec.license_type.is_dated() {
                // It goes on while the line is cleared, if any right with dates is held (SPEC 12.6).
                used.high += seconds;
            }
        }
        self.told = uptime.max(self.told);
    }

    /// The agent was told the time: from now on the power takes away at most two steps of what has run
    /// of a right with dates (SPEC 12.6), and whatever runs until it is told again.
    pub fn kept(&mut self) {
        for (number, used) in &mut self.uses {
            let metered = self.specs[*number].license_type.is_metered();
            used.at_risk = if metered { 0 } else { used.at_risk.min(2 * self.interval) };
        }
    }

    /// After a call: what has been granted is counted from now on, and what has ended while its feature
    /// runs goes on.
    pub fn settle(&mut self) {
        for line in self.installed.clone() {
            let spec = self.specs[line.number].clone();
            let ended = self.ended(line.number);
            let runs = self.runs(spec.feature);
            // A trial is not granted without a clock, and is counted from when it is (SPEC 12.5, 12.6).
            let begun = self.clock.begun(&spec) != Maybe::No && !self.clock.missing(&spec);
            let used = self.uses.entry(line.number).or_default();
            if spec.license_type.is_dated() && begun && ended != Maybe::Yes {
                used.begun = true;
            }
            if ended != Maybe::No && runs {
                used.goes_on = true;
            }
        }
    }
}
