//! A feature of the catalog with its present verdict.

use crate::reason::Reason;
use crate::rights::{Denial, Grant, Verdict};
use crate::value::feature::{FeatureHandle, Version};
use crate::value::license::{Count, LicenseType, LineId};

/// One name of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) hash: u16,
    pub(super) id: FeatureHandle,
    /// Nothing of this name: there are as many stretches of hashes as names, and here stands where
    /// the one with this number begins.
    pub(super) first: u16,
}

impl Named {
    pub(super) const NONE: Self = Self { hash: 0, id: FeatureHandle(0), first: u16::MAX };
}

/// Room for what the agent knows of one feature of the catalog.
#[derive(Debug, Clone, Copy)]
pub struct FeatureSlot {
    /// The [code](Verdict::to_code) of the answer to "may it run?", and until which uptime it holds.
    pub(in crate::agent) number: u32,
    pub(in crate::agent) valid_until: u64,
    /// The rest of the answer: why not, by which line, of what type and version, and for how many units.
    refusal: Option<Reason>,
    line: Option<LineId>,
    license_type: LicenseType,
    version: Option<Version>,
    uncounted: bool,
    units: u64,
    /// It is granted, and not because a level brings it.
    pub(in crate::agent) by_itself: bool,
    /// Switched on by the operator or the firmware.
    pub(in crate::agent) activated: bool,
    /// Of levels: chosen at boot.
    pub(in crate::agent) booted: bool,
    /// Of levels: a lower one than the one that was booted.
    pub(in crate::agent) contained: bool,
    /// Of levels: asked for; would be chosen at the next boot.
    pub(in crate::agent) requested: bool,
    pub(in crate::agent) next: bool,
    /// 80 % and 100 % of the units were reported.
    pub(in crate::agent) count_reports: u8,
    /// Nothing of this feature: an entry of the agent's index of names (`name_index`).
    pub(in crate::agent::memory) named: Named,
}

impl FeatureSlot {
    /// Nothing known: denied.
    pub const EMPTY: Self = Self {
        number: Reason::NoLicense.code().unsigned_abs(),
        valid_until: u64::MAX,
        refusal: Some(Reason::NoLicense),
        line: None,
        license_type: LicenseType::Permanent,
        version: None,
        uncounted: false,
        units: 0,
        by_itself: false,
        activated: false,
        booted: false,
        contained: false,
        requested: false,
        next: false,
        count_reports: 0,
        named: Named::NONE,
    };

    /// Takes in the answer to a request for one unit.
    pub(in crate::agent) const fn answer(&mut self, verdict: &Verdict, valid_until: u64) {
        self.number = verdict.to_code();
        self.valid_until = valid_until;
        match verdict {
            Verdict::Granted(grant) => {
                self.refusal = None;
                self.line = Some(grant.id);
                self.license_type = grant.license_type;
                (self.uncounted, self.units) = match grant.licensed {
                    Count::Uncounted => (true, 0),
                    Count::Units(units) => (false, units),
                };
            }
            Verdict::Denied(denial) => {
                self.refusal = Some(denial.reason);
                self.line = denial.closest;
                self.version = denial.version;
                (self.uncounted, self.units) = (false, denial.licensed);
            }
        }
    }

    pub(in crate::agent) const fn is_granted(&self) -> bool {
        self.refusal.is_none()
    }

    /// No line is for it.
    pub(in crate::agent) const fn has_no_license(&self) -> bool {
        matches!(self.refusal, Some(Reason::NoLicense))
    }

    /// It is licensed by a level that was not booted, or is that level.
    pub(in crate::agent) const fn waits_for_boot(&self) -> bool {
        matches!(self.refusal, Some(Reason::LevelNotBooted))
    }

    /// It is granted by something else too.
    pub(in crate::agent) fn widen(&mut self, licensed: Count, valid_until: u64) {
        self.valid_until = self.valid_until.max(valid_until);
        match licensed {
            Count::Uncounted => self.uncounted = true,
            Count::Units(units) => self.units = self.units.max(units),
        }
    }

    pub(in crate::agent) const fn verdict(&self) -> Verdict {
        match (self.refusal, self.line) {
            (None, Some(id)) => Verdict::Granted(Grant {
                id,
                license_type: self.license_type,
                licensed: self.licensed(),
            }),
            // Nothing is granted by no line.
            (None, None) => denied(Reason::NoLicense),
            (Some(reason), closest) => Verdict::Denied(Denial {
                reason,
                closest,
                needed: 1,
                licensed: self.units,
                version: self.version,
            }),
        }
    }

    /// Units that are licensed.
    pub(in crate::agent) const fn licensed(&self) -> Count {
        if self.uncounted { Count::Uncounted } else { Count::Units(self.units) }
    }
}

/// A denial that is about no line in particular.
pub(in crate::agent) const fn denied(reason: Reason) -> Verdict {
    Verdict::Denied(Denial::new(reason, 1))
}
