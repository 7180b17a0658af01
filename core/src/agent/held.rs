//! A line that the agent holds, and a feature of the catalog with its present verdict.

use crate::agent::names::Named;
use crate::agent::persist::{Usage, UsageKind};
use crate::agent::{Priority, is_trial_like};
use crate::bytes::decimal::saturating_u32;
use crate::calendar::{Dated, Days, Term};
use crate::catalog::{Catalog, FeatureId};
use crate::meter::Meter;
use crate::reason::Reason;
use crate::rights::{Denial, Grant, Right, Verdict};
use crate::trust::BoundLine;
use crate::value::feature::Version;
use crate::value::license::{Count, ExpiryPolicy, LicenseType, LineId};

/// State of a line, as operators see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineState {
    /// It cannot be chosen now: a better license, a missing acceptance or activation, another
    /// version, or dates that are not its own.
    Inactive,
    /// It could serve its feature, which does not run.
    NotInUse,
    /// It serves its feature.
    InUse,
    /// It has ended, and its feature goes on until the next boot.
    ExpiredInUse,
    /// It has ended.
    ExpiredNotInUse,
    /// It serves its feature, and all its units are in use.
    CountConsumed,
}

impl LineState {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::NotInUse => "not-in-use",
            Self::InUse => "in-use",
            Self::ExpiredInUse => "expired-in-use",
            Self::ExpiredNotInUse => "expired-not-in-use",
            Self::CountConsumed => "count-consumed",
        }
    }
}

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Installed, and kept in storage.
    Installed,
    /// Part of the firmware.
    BuiltIn,
}

/// What the operator has set for a line; stored with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ByOperator {
    pub(super) priority: Option<Priority>,
    pub(super) activated: bool,
}

impl ByOperator {
    pub(super) const fn decode(priority: u8, activated: bool) -> Self {
        let priority = match priority {
            1 => Some(Priority::High),
            3 => Some(Priority::Low),
            _ => None,
        };
        Self { priority, activated }
    }

    pub(super) fn encode(self) -> [u8; 2] {
        [self.priority.map_or(0, |priority| priority as u8), u8::from(self.activated)]
    }
}

/// What an event is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) feature: Option<FeatureId>,
    pub(super) line: Option<LineId>,
}

impl About {
    pub(super) const NOTHING: Self = Self { feature: None, line: None };
}

/// The end of a line that goes on.
pub(super) const NOT_SEEN: u64 = u64::MAX;

/// A line that the agent holds.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    pub(super) right: Right,
    /// `None` if this firmware has no such feature.
    pub(super) feature: Option<FeatureId>,
    pub(super) source: Source,
    /// What happens at its end: what the line says, else the catalog.
    pub(super) at_expiry: ExpiryPolicy,
    pub(super) own: ByOperator,
    pub(super) agreement: bool,
    pub(super) accepted: bool,
    pub(super) meter: Option<Meter>,
    /// Place of its usage value, once it has one.
    pub(super) usage: Option<u8>,
    /// It was taken back, and is about to be removed.
    pub(super) revoked: bool,
    /// What was used of it is on record and cannot be read.
    pub(super) use_unknown: bool,
    /// It was metered and has turned into a right to use.
    pub(super) converted: bool,
    /// The charge that is due could not be made durable.
    pub(super) unpaid: bool,
    pub(super) dated: Option<Dated>,
    /// Of a dated right: how long it has run.
    pub(super) term: Term,
    /// Chosen for its feature.
    pub(super) serving: bool,
    /// It has ended while its feature was running, which goes on.
    pub(super) running_out: bool,
    /// Warnings given so far, and weeks or days since its end that were reported.
    pub(super) warned: u16,
    pub(super) end_reports: u32,
    /// Uptime at which its end was seen, or [`NOT_SEEN`].
    pub(super) ended_at: u64,
}

impl Held {
    pub(super) const fn new(right: Right, feature: Option<FeatureId>, source: Source) -> Self {
        let meter = match right.usage() {
            Some(usage) => Some(Meter::restore(usage, 0)),
            None => None,
        };
        Self {
            right,
            feature,
            source,
            at_expiry: right.expiry(),
            own: ByOperator { priority: None, activated: false },
            agreement: false,
            accepted: false,
            meter,
            usage: None,
            revoked: false,
            use_unknown: false,
            converted: false,
            unpaid: false,
            dated: None,
            term: Term { had: 0, since: 0 },
            serving: false,
            running_out: false,
            warned: 0,
            end_reports: 0,
            ended_at: NOT_SEEN,
        }
    }

    pub(super) const fn about(&self) -> About {
        About { feature: self.feature, line: Some(self.right.id()) }
    }

    /// What the line grants.
    #[must_use]
    pub const fn right(&self) -> &Right {
        &self.right
    }

    /// Its feature in the catalog, if this firmware has it.
    #[must_use]
    pub const fn feature(&self) -> Option<FeatureId> {
        self.feature
    }

    /// Where it came from.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }

    /// Its type; a trial that has turned into a right to use is one.
    #[must_use]
    pub const fn license_type(&self) -> LicenseType {
        if self.converted { LicenseType::RightToUse } else { self.right.license_type() }
    }

    /// Whether its agreement must be accepted before use, and whether it was.
    #[must_use]
    pub const fn agreement(&self) -> Option<bool> {
        if self.agreement { Some(self.accepted) } else { None }
    }

    /// The meter, of metered types.
    #[must_use]
    pub const fn meter(&self) -> Option<&Meter> {
        self.meter.as_ref()
    }

    /// What is known of its dates, of dated types.
    #[must_use]
    pub const fn dated(&self) -> Option<Dated> {
        self.dated
    }

    /// The priority in the choice between lines.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.own.priority.unwrap_or_else(|| Priority::default_of(self.license_type()))
    }

    /// Whether it is metered now.
    #[must_use]
    pub const fn is_metered(&self) -> bool {
        self.meter.is_some() && !self.converted
    }

    /// Brings it to what is remembered of its use. What a line of its type cannot have is not
    /// believed: what was used of it is unknown then.
    pub(super) fn recall(&mut self, place: u8, usage: &Usage<'_>) {
        let own = UsageKind::of(self.right.license_type());
        let converts = self.right.license_type() == LicenseType::EvaluationRightToUse;
        self.usage = Some(place);
        self.converted = usage.kind == UsageKind::Converted && converts;
        self.use_unknown = !self.converted && own != Some(usage.kind) && !self.is_paid();
        if self.use_unknown || own != Some(usage.kind) && !self.converted {
            return;
        }
        match self.right.usage() {
            Some(period) => self.meter = Some(Meter::restore(period, usage.charged)),
            None => {
                self.term = Term { had: saturating_u32(usage.charged), since: usage.since };
            }
        }
    }

    /// Uptime at which its end was seen.
    pub(super) fn ended_at(&self) -> Option<u64> {
        Some(self.ended_at).filter(|&at| at != NOT_SEEN)
    }

    /// Whether it may be had once for each feature.
    pub(super) const fn is_trial(&self) -> bool {
        matches!(self.right.license_type(), LicenseType::EvaluationSubscription)
    }

    /// Whether it has dates and was paid for, so that no doubt may end it.
    pub(super) const fn is_paid(&self) -> bool {
        matches!(self.right.license_type(), LicenseType::Subscription)
    }

    /// Its days, if it has any.
    pub(super) fn days(&self) -> Option<Days> {
        let (issued, start) = (self.right.issued(), self.right.start());
        Some(Days { issued, start, end: self.right.end()? })
    }

    /// Whether it may serve although its period is over: while its feature goes on, or for good
    /// and only reported.
    pub(super) fn outlives_its_end(&self, running: bool) -> bool {
        match self.at_expiry {
            ExpiryPolicy::UntilReboot => self.running_out && running,
            ExpiryPolicy::Immediate => false,
            ExpiryPolicy::Report => true,
        }
    }

    /// Whether its period is over.
    pub(super) fn has_ended(&self, uptime: u64) -> bool {
        let metered = !self.converted && self.meter.is_some_and(|meter| meter.is_exhausted(uptime));
        metered || self.dated == Some(Dated::Ended)
    }

    /// Seconds left of its period; the most there is for lines without one.
    pub(super) fn left(&self, uptime: u64) -> u64 {
        match (self.meter, self.dated) {
            (Some(meter), _) if !self.converted => meter.left(uptime),
            (_, Some(Dated::Active { left })) => left,
            (_, Some(_)) => 0,
            _ => u64::MAX,
        }
    }
}

/// A stored line that was refused at boot. Its value stays in storage until it is
/// [discarded](crate::Agent::discard_refused).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Place in the store of lines, from 0.
    pub place: u8,
    /// Why.
    pub reason: Reason,
}

/// Room for one line: installed, built in, or refused at boot.
#[derive(Debug, Clone, Copy)]
pub struct LineSlot(pub(super) Place);

#[derive(Debug, Clone, Copy)]
#[allow(clippy::large_enum_variant, reason = "a slot is room for a line, and there is no heap")]
pub(super) enum Place {
    Free,
    Held(Held),
    /// A stored value that was refused. It stays in storage and is not overwritten.
    Refused(Reason),
}

impl Default for LineSlot {
    /// Nothing in it; writes no more than what says so, where a constant is copied whole.
    fn default() -> Self {
        Self(Place::Free)
    }
}

impl LineSlot {
    /// Nothing in it.
    pub const EMPTY: Self = Self(Place::Free);

    /// Takes a line in as it is before anything is known of its past.
    #[inline(never)]
    pub(super) fn hold_line(
        &mut self,
        catalog: &Catalog<'_>,
        bound: &BoundLine<'_>,
    ) -> Result<(), Reason> {
        let right = Right::new(bound);
        let right = right.as_ref().ok_or(Reason::BadFeature)?;
        self.hold(catalog, right, Source::Installed, bound.terms().eula.is_some());
        Ok(())
    }

    #[inline(never)]
    pub(super) fn hold(
        &mut self,
        catalog: &Catalog<'_>,
        right: &Right,
        source: Source,
        agreement: bool,
    ) {
        let feature = catalog.find(right.feature());
        let entry = feature.and_then(|id| catalog.feature(id));
        let mut held = Held::new(*right, feature, source);
        let explicit = is_trial_like(right.license_type())
            || right.license_type() == LicenseType::PermanentRightToUse;
        let named = agreement || entry.is_some_and(|entry| entry.eula.is_some());
        held.agreement = explicit && named;
        if let Some(entry) = entry.filter(|_| held.at_expiry == ExpiryPolicy::default()) {
            held.at_expiry = entry.at_expiry;
        }
        self.0 = Place::Held(held);
    }

    pub(super) const fn held(&self) -> Option<&Held> {
        match &self.0 {
            Place::Held(held) => Some(held),
            _ => None,
        }
    }

    pub(super) const fn held_mut(&mut self) -> Option<&mut Held> {
        match &mut self.0 {
            Place::Held(held) => Some(held),
            _ => None,
        }
    }

    pub(super) const fn is_free(&self) -> bool {
        matches!(self.0, Place::Free)
    }
}

/// Room for what the agent knows of one feature of the catalog.
#[derive(Debug, Clone, Copy)]
pub struct FeatureSlot {
    /// The [number](Verdict::number) of the answer to "may it run?", and until which uptime it holds.
    pub(super) number: u32,
    pub(super) valid_until: u64,
    /// The rest of the answer: why not, by which line, of what type and version, and for how many units.
    refusal: Option<Reason>,
    line: Option<LineId>,
    license_type: LicenseType,
    version: Option<Version>,
    uncounted: bool,
    units: u64,
    /// It is granted, and not because a level brings it.
    pub(super) by_itself: bool,
    /// Switched on by the operator or the firmware.
    pub(super) activated: bool,
    /// Of levels: chosen at boot.
    pub(super) booted: bool,
    /// Of levels: a lower one than the one that was booted.
    pub(super) contained: bool,
    /// Of levels: asked for; would be chosen at the next boot.
    pub(super) requested: bool,
    pub(super) next: bool,
    /// 80 % and 100 % of the units were reported.
    pub(super) count_reports: u8,
    /// Nothing of this feature: an entry of the agent's index of names (`agent/names.rs`).
    pub(super) named: Named,
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
    pub(super) const fn answer(&mut self, verdict: &Verdict, valid_until: u64) {
        self.number = verdict.number();
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

    pub(super) const fn is_granted(&self) -> bool {
        self.refusal.is_none()
    }

    /// It is granted by something else too.
    pub(super) fn widen(&mut self, licensed: Count, valid_until: u64) {
        self.valid_until = self.valid_until.max(valid_until);
        match licensed {
            Count::Uncounted => self.uncounted = true,
            Count::Units(units) => self.units = self.units.max(units),
        }
    }

    pub(super) const fn verdict(&self) -> Verdict {
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
    pub(super) const fn licensed(&self) -> Count {
        if self.uncounted { Count::Uncounted } else { Count::Units(self.units) }
    }
}

/// A denial that is about no line in particular.
pub(super) const fn denied(reason: Reason) -> Verdict {
    Verdict::Denied(Denial { reason, closest: None, needed: 1, licensed: 0, version: None })
}
