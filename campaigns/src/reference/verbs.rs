//! What verbs answer, and what they change (SPEC 11 and 13).

use nodelock::Reason;
use nodelock::value::LicenseType;

use super::rights::{TRIALS, must_be_activated};
use super::{Expected, Installed, Maybe, Model, default_priority, has_low_priority};
use crate::history::Step;

impl Model {
    fn in_use(&self, number: usize) -> Maybe {
        let feature = self.specs[number].feature;
        if !self.runs(feature) {
            return Maybe::No;
        }
        let alone =
            self.installed.iter().filter(|l| self.specs[l.number].feature == feature).count();
        if alone > 1 || self.serving(feature) != Some(number) { Maybe::Open } else { Maybe::Yes }
    }

    /// What a verb must answer, or `None` where the text does not settle it.
    #[must_use]
    pub fn answer(&self, step: Step) -> Option<Result<(), Reason>> {
        let refused = |reason| Some(Err(reason));
        match step {
            Step::Install(number) => {
                let spec = &self.specs[number];
                if self.revoked.contains(&number) {
                    return refused(Reason::LicenseRevoked);
                }
                if self.holds(number).is_some() {
                    return refused(Reason::AlreadyInstalled);
                }
                if spec.license_type == LicenseType::EvaluationSubscription {
                    for (other, of) in self.specs.iter().enumerate() {
                        let same = other != number
                            && of.feature == spec.feature
                            && of.license_type == spec.license_type;
                        if same && self.holds(other).is_some() {
                            return refused(Reason::AlreadyEvaluated);
                        }
                        let used = self.uses.get(&other).copied().unwrap_or_default();
                        if same && used.low > used.at_risk {
                            // A use value that was only made at the install does not count (SPEC 11.10).
                            return refused(Reason::AlreadyEvaluated);
                        }
                        if same && used.begun {
                            // Whether it has really run is known by bounds only.
                            return None;
                        }
                    }
                }
                Some(Ok(()))
            }
            Step::Clear(number) if self.holds(number).is_none() => refused(Reason::NoSuchLine),
            Step::Clear(number) => match self.in_use(number) {
                Maybe::Yes => refused(Reason::LineInUse),
                Maybe::No => Some(Ok(())),
                Maybe::Open => None,
            },
            Step::Revoke(_) | Step::Accept(_) | Step::RepairClock => Some(Ok(())),
            Step::Priority(number, _) if self.holds(number).is_none() => {
                refused(Reason::NoSuchLine)
            }
            Step::Priority(number, _) if self.uses.get(&number).is_some_and(|u| u.converted) => {
                None
            }
            Step::Priority(number, _) => {
                let free = has_low_priority(self.specs[number].license_type);
                Some(if free { Ok(()) } else { Err(Reason::PriorityFixed) })
            }
            Step::Acquire(feature, units) => {
                let taken: u64 =
                    self.leases.iter().filter(|l| l.0 == feature).map(|lease| lease.1).sum();
                match self.units(feature) {
                    Some(0) => refused(Reason::NoLicense).filter(|_| !TRIALS.contains(&feature)),
                    Some(all) if taken + units > all => refused(Reason::CountTooLow),
                    Some(_) if self.leases.len() < 4 => Some(Ok(())),
                    _ => None,
                }
            }
            Step::Activate(feature) => match self.expect(feature) {
                Expected::Granted(_) => Some(Ok(())),
                Expected::Denied(reasons) if reasons == [Reason::NoLicense] => {
                    refused(Reason::NoLicense)
                }
                Expected::Denied(reasons) if reasons == [Reason::NotActivated] => Some(Ok(())),
                _ => None,
            },
            Step::Deactivate(_) => Some(Ok(())),
            _ => None,
        }
    }

    /// A verb that succeeded.
    pub fn apply(&mut self, step: Step) {
        match step {
            Step::Install(number) => {
                let spec = self.specs[number].clone();
                let converted = self.uses.get(&number).is_some_and(|used| used.converted);
                let priority = if converted { 2 } else { default_priority(spec.license_type) };
                self.installed.push(Installed { number, priority, activated: false });
                self.clock.signed(spec.issued);
            }
            Step::Clear(number) => {
                self.clock.cleared = true;
                self.installed.retain(|line| line.number != number);
            }
            Step::Revoke(number) => {
                self.clock.cleared = true;
                self.installed.retain(|line| line.number != number);
                self.revoked.push(number);
            }
            Step::Accept(feature) => self.accepted.push(feature),
            Step::Priority(number, priority) => {
                let converted = self.uses.get(&number).is_some_and(|used| used.converted);
                let usual =
                    if converted { 2 } else { default_priority(self.specs[number].license_type) };
                for line in self.installed.iter_mut().filter(|line| line.number == number) {
                    line.priority = if priority == 0 { usual } else { priority };
                }
            }
            Step::Activate(feature) => {
                self.active.push(feature);
                self.activate(feature, true);
            }
            Step::Deactivate(feature) => {
                self.active.retain(|other| *other != feature);
                self.activate(feature, false);
            }
            Step::Acquire(feature, units) => self.leases.push((feature, units)),
            Step::Release if !self.leases.is_empty() => {
                self.leases.remove(0);
            }
            _ => {}
        }
        let days = self.installed.iter().map(|line| self.specs[line.number].issued);
        self.clock.signed = u64::from(days.max().unwrap_or(0)) * crate::history::DAY;
    }

    fn activate(&mut self, feature: usize, on: bool) {
        let here = |line: &&Installed| self.specs[line.number].feature == feature;
        if self.installed.iter().filter(here).count() > 1 {
            // Which of them remembers it is open.
            self.open.push(feature);
        }
        for line in &mut self.installed {
            let spec = &self.specs[line.number];
            if spec.feature == feature && must_be_activated(spec.license_type) {
                line.activated = on;
            }
        }
    }
}
