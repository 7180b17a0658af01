//! Which line serves, and what is granted (SPEC 11).

use nodelock::Reason;
use nodelock::value::LicenseType;

use super::{Expected, Installed, Maybe, Model, has_low_priority};

/// The place of a type in the order of SPEC 11.4.
fn rank(of: LicenseType) -> u8 {
    match of {
        LicenseType::Permanent => 0,
        LicenseType::PermanentRightToUse => 1,
        LicenseType::RightToUse => 2,
        LicenseType::Subscription => 3,
        LicenseType::ExtensionSubscription => 4,
        LicenseType::Extension => 5,
        LicenseType::Grace => 6,
        LicenseType::EvaluationSubscription => 7,
        LicenseType::EvaluationRightToUse => 8,
        LicenseType::Evaluation => 9,
    }
}

fn must_be_accepted(of: LicenseType) -> bool {
    has_low_priority(of) || of == LicenseType::PermanentRightToUse
}

pub(super) fn must_be_activated(of: LicenseType) -> bool {
    matches!(of, LicenseType::RightToUse | LicenseType::PermanentRightToUse)
}

/// The feature whose catalog entry names an agreement.
const WITH_TERMS: usize = 6;
/// The features with a built-in trial.
pub(super) const TRIALS: [usize; 2] = [5, 7];
/// The feature that needs version 2, and the counted one.
const NEEDS_TWO: usize = 8;
const COUNTED: (usize, u64) = (4, 10);

impl Model {
    /// Whether a line has ended.
    #[must_use]
    pub fn ended(&self, number: usize) -> Maybe {
        let spec = &self.specs[number];
        let used = self.uses.get(&number).copied().unwrap_or_default();
        if used.converted {
            return Maybe::Open;
        }
        let length = match spec.license_type {
            of if of.is_metered() => spec.usage,
            of if of.is_dated() && self.clock.over(spec) => return Maybe::Yes,
            of if of.is_dated() => spec.length(),
            _ => return Maybe::No,
        };
        // It is counted in arrears, at the end of a step (SPEC 12.6).
        let arrears = if spec.license_type.is_dated() { 2 * self.interval } else { 0 };
        if used.low >= length + arrears {
            Maybe::Yes
        } else {
            // What is paid ahead may be the end, too.
            let ahead = if spec.license_type.is_metered() { self.interval } else { 0 };
            if used.high + ahead < length { Maybe::No } else { Maybe::Open }
        }
    }

    /// Why a line cannot be chosen; none if it can; `None` if that is open.
    fn obstacles(&self, line: &Installed) -> Option<Vec<Reason>> {
        let spec = &self.specs[line.number];
        let of = spec.license_type;
        let mut reasons = Vec::new();
        if spec.feature == NEEDS_TWO && spec.version < 2 {
            reasons.push(Reason::VersionTooLow);
        }
        let named = spec.eula || spec.feature == WITH_TERMS;
        if must_be_accepted(of) && named && !self.accepted.contains(&spec.feature) {
            reasons.push(Reason::EulaNotAccepted);
        }
        if must_be_activated(of) && !line.activated {
            reasons.push(Reason::NotActivated);
        }
        let ended = self.ended(line.number);
        if ended == Maybe::Yes {
            reasons.push(Reason::Expired);
        }
        if of.is_dated() {
            if self.clock.begun(spec) == Maybe::No {
                reasons.push(Reason::NotStarted);
                if self.clock.wall.is_none() {
                    // Without a clock nobody knows: the text names no reason.
                    reasons.push(Reason::ClockUnknown);
                }
            }
            if self.clock.missing(spec) {
                reasons.push(Reason::ClockUnknown);
            }
        }
        if self.open.contains(&spec.feature) {
            return None;
        }
        if ended == Maybe::Open && reasons.is_empty() { None } else { Some(reasons) }
    }

    /// The line that serves a feature, if that is settled.
    #[must_use]
    pub fn serving(&self, feature: usize) -> Option<usize> {
        if TRIALS.contains(&feature) {
            // A built-in trial that became a right to use may serve.
            return None;
        }
        let runs = self.runs(feature);
        let mut best: Option<(_, usize)> = None;
        for line in &self.installed {
            let spec = &self.specs[line.number];
            if spec.feature != feature {
                continue;
            }
            let obstacles = self.obstacles(line)?;
            let goes_on = self.uses.get(&line.number).is_some_and(|used| used.goes_on);
            if goes_on {
                return None;
            }
            if !obstacles.is_empty() {
                continue;
            }
            let of = spec.license_type;
            let units = if spec.units == 0 { u64::MAX } else { spec.units };
            let must_start = of.is_metered() && !runs;
            let last = must_start && line.priority == 3;
            let order =
                (last, line.priority, must_start, rank(of), spec.additive, u64::MAX - units);
            // "Less time left" and the place in the store are not settled: two such lines are open.
            match best {
                Some((other, _)) if order == other => return None,
                Some((other, _)) if order > other => {}
                _ => best = Some((order, line.number)),
            }
        }
        best.map(|(_, number)| number)
    }

    /// What a check of a feature must say right after a call.
    #[must_use]
    pub fn expect(&self, feature: usize) -> Expected {
        let runs = self.runs(feature);
        let lines: Vec<&Installed> = self
            .installed
            .iter()
            .filter(|line| self.specs[line.number].feature == feature)
            .collect();
        let mut reasons = Vec::new();
        let mut open = TRIALS.contains(&feature);
        if lines.is_empty() {
            let none = vec![Reason::NoLicense];
            return if open { Expected::Open } else { Expected::Denied(none) };
        }
        let mut granted = false;
        for line in &lines {
            let spec = &self.specs[line.number];
            let used = self.uses.get(&line.number).copied().unwrap_or_default();
            match self.obstacles(line) {
                None => open = true,
                Some(_) if used.goes_on && spec.expiry != 1 && runs => open = true,
                Some(list) if !list.is_empty() => reasons.extend(list),
                // A metered line serves while the feature runs.
                Some(_) if spec.license_type.is_metered() && !runs => {
                    reasons.push(Reason::NotActivated);
                }
                Some(_) => granted = true,
            }
            open |= spec.expiry == 2 && self.ended(line.number) != Maybe::No;
            open |= used.converted;
            open |= spec.license_type == LicenseType::EvaluationRightToUse
                && self.ended(line.number) != Maybe::No;
        }
        // What is added never takes away (SPEC 11.6).
        if granted {
            let first = lines.iter().any(|line| {
                line.priority == 1 && self.specs[line.number].license_type.is_metered()
            });
            let sole = lines.len() == 1 && !TRIALS.contains(&feature);
            let serving = if sole { Some(lines[0].number) } else { self.serving(feature) };
            return match serving {
                // A trial with high priority denies until it is started (SPEC 11.5).
                Some(number) if self.specs[number].license_type.is_metered() && !runs => {
                    Expected::Denied(vec![Reason::NotActivated])
                }
                None if first && !runs => Expected::Open,
                serving => Expected::Granted(serving),
            };
        }
        if open { Expected::Open } else { Expected::Denied(reasons) }
    }

    /// The units of a counted feature, if that is settled (SPEC 11.6).
    #[must_use]
    pub fn units(&self, feature: usize) -> Option<u64> {
        let (mut exclusive, mut additive) = (0, 0u64);
        for line in &self.installed {
            let spec = &self.specs[line.number];
            if spec.feature != feature {
                continue;
            }
            if spec.license_type != LicenseType::Permanent || !self.obstacles(line)?.is_empty() {
                return None;
            }
            let units = if spec.units == 0 { u64::MAX } else { spec.units };
            if spec.additive && spec.units > 0 {
                additive += units;
            } else {
                exclusive = exclusive.max(units);
            }
        }
        let most = if feature == COUNTED.0 { COUNTED.1 } else { u64::MAX };
        Some(exclusive.saturating_add(additive).min(most))
    }
}

/// Whether something must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It must.
    Sure,
    /// It need not.
    Open,
}

impl Model {
    /// Whether a feature is granted only as long as the agent is told the time (SPEC 12.9).
    #[must_use]
    pub fn needs_ticks(&self, feature: usize) -> Obstacle {
        let mut any = false;
        for line in self.installed.iter().filter(|l| self.specs[l.number].feature == feature) {
            let of = self.specs[line.number].license_type;
            let goes_on = self.uses.get(&line.number).is_some_and(|used| used.goes_on);
            let converted = self.uses.get(&line.number).is_some_and(|used| used.converted);
            if goes_on || converted || !(of.is_metered() || of.is_dated()) {
                return Obstacle::Open;
            }
            any = true;
        }
        if any && !TRIALS.contains(&feature) { Obstacle::Sure } else { Obstacle::Open }
    }

    /// It is open what the lines of this feature were told last.
    pub fn doubt(&mut self, feature: usize) {
        self.open.push(feature);
    }

    /// A trial has turned into a right to use.
    /// What somebody set as its priority before may stay: that is open.
    pub fn convert(&mut self, number: usize, priority: u8) {
        self.uses.entry(number).or_default().converted = true;
        for line in self.installed.iter_mut().filter(|line| line.number == number) {
            line.priority = priority;
        }
    }

    /// The clock was repaired (SPEC 17.6): what ran before is forgotten.
    pub fn repaired(&mut self, floor: u64, state: super::State, uptime: u64) {
        self.clock.told = uptime;
        self.clock.restart(floor, state);
        self.forget_running();
    }

    /// How long rights with dates have run is forgotten.
    pub fn forget_running(&mut self) {
        for (number, used) in &mut self.uses {
            if self.specs[*number].license_type.is_dated() {
                (used.low, used.at_risk) = (0, 0);
            }
        }
    }
}
