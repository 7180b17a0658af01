//! A line that the agent holds.

use crate::agent::journal::{Usage, UsageKind};
use crate::agent::memory::priority::Priority;
use crate::bytes::decimal::saturating_u32;
use crate::calendar::{Dated, Days, Term};
use crate::catalog::Catalog;
use crate::meter::Meter;
use crate::named::named;
use crate::reason::Reason;
use crate::rights::Right;
use crate::trust::BoundLine;
use crate::value::feature::FeatureHandle;
use crate::value::license::{Count, ExpiryPolicy, LicenseType, LineId};

named! {
    /// State of a line, as operators see it.
    pub enum LineState {
        /// It cannot be chosen now: a better license, a missing acceptance or activation, another
        /// version, or dates that are not its own.
        Inactive = 1 "inactive",
        /// It could serve its feature, which does not run.
        NotInUse = 2 "not-in-use",
        /// It serves its feature.
        InUse = 3 "in-use",
        /// It has ended, and its feature goes on until the next boot.
        ExpiredInUse = 4 "expired-in-use",
        /// It has ended.
        ExpiredNotInUse = 5 "expired-not-in-use",
        /// It serves its feature, and all its units are in use.
        CountConsumed = 6 "count-consumed",
    }
}

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum LineSource {
    /// Installed, and kept in storage.
    Installed,
    /// Part of the firmware.
    BuiltIn,
}

/// What the operator has set for a line; stored with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::agent) struct ByOperator {
    pub(in crate::agent) priority: Option<Priority>,
    pub(in crate::agent) activated: bool,
}

impl ByOperator {
    pub(in crate::agent) const fn decode(priority: u8, activated: bool) -> Self {
        let priority = match priority {
            1 => Some(Priority::High),
            3 => Some(Priority::Low),
            _ => None,
        };
        Self { priority, activated }
    }

    pub(in crate::agent) fn encode(self) -> [u8; 2] {
        [self.priority.map_or(0, |priority| priority as u8), u8::from(self.activated)]
    }
}

/// What an event is about.
#[derive(Debug, Clone, Copy)]
pub(in crate::agent) struct EventSubject {
    pub(in crate::agent) feature: Option<FeatureHandle>,
    pub(in crate::agent) line: Option<LineId>,
}

impl EventSubject {
    pub(in crate::agent) const NOTHING: Self = Self { feature: None, line: None };
}

/// The end of a line that goes on.
pub(in crate::agent) const NOT_SEEN: u64 = u64::MAX;

/// In place of warnings given: the end of the line is known, and the history does not tell of it again.
pub(in crate::agent) const NO_NEWS: u16 = u16::MAX;

/// In place of warnings given: only a jump of the clock shows the end of the line, and nobody is told of that.
pub(in crate::agent) const NOT_BELIEVED: u16 = u16::MAX - 1;

/// A line that the agent holds.
#[derive(Debug, Clone, Copy)]
pub struct AgentLine {
    pub(in crate::agent) right: Right,
    /// `None` if this firmware has no such feature.
    pub(in crate::agent) feature: Option<FeatureHandle>,
    pub(in crate::agent) source: LineSource,
    /// What happens at its end: what the line says, else the catalog.
    pub(in crate::agent) at_expiry: ExpiryPolicy,
    pub(in crate::agent) own: ByOperator,
    pub(in crate::agent) needs_eula: bool,
    pub(in crate::agent) accepted: bool,
    pub(in crate::agent) meter: Option<Meter>,
    /// Place of its usage value, once it has one.
    pub(in crate::agent) usage: Option<u8>,
    /// It was taken back, and is about to be removed.
    pub(in crate::agent) revoked: bool,
    /// It depends on a ticket, and there is no proof yet that that was applied.
    pub(in crate::agent) waits: bool,
    /// Units that tickets have left of it; as many as it had if none was applied.
    pub(in crate::agent) left: u64,
    /// What was used of it is on record and cannot be read.
    pub(in crate::agent) use_unknown: bool,
    /// It was metered and has turned into a right to use.
    pub(in crate::agent) converted: bool,
    /// The charge that is due could not be made durable.
    pub(in crate::agent) unpaid: bool,
    pub(in crate::agent) dated: Option<Dated>,
    /// Of a dated right: how long it has run.
    pub(in crate::agent) term: Term,
    /// Chosen for its feature.
    pub(in crate::agent) serving: bool,
    /// It has ended while its feature was running, which goes on.
    pub(in crate::agent) running_out: bool,
    /// Warnings given so far, and weeks or days since its end that were reported.
    pub(in crate::agent) warned: u16,
    pub(in crate::agent) end_reports: u32,
    /// Uptime at which its end was seen, or [`NOT_SEEN`].
    pub(in crate::agent) ended_at: u64,
}

impl AgentLine {
    pub(in crate::agent) const fn new(
        right: Right,
        feature: Option<FeatureHandle>,
        source: LineSource,
    ) -> Self {
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
            needs_eula: false,
            accepted: false,
            meter,
            usage: None,
            revoked: false,
            waits: right.needs().is_some(),
            left: u64::MAX,
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

    pub(in crate::agent) const fn about(&self) -> EventSubject {
        EventSubject { feature: self.feature, line: Some(self.right.id()) }
    }

    /// What the line grants.
    #[must_use]
    pub const fn right(&self) -> &Right {
        &self.right
    }

    /// Its feature in the catalog, if this firmware has it.
    #[must_use]
    pub const fn feature(&self) -> Option<FeatureHandle> {
        self.feature
    }

    /// Units that it has now: those of its right, less what was given up.
    #[must_use]
    pub const fn count(&self) -> Count {
        match self.right.count() {
            Count::Units(units) if self.left < units => Count::Units(self.left),
            count => count,
        }
    }

    /// Whether it waits for the proof that another device has given it up.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.waits
    }

    /// Where it came from.
    #[must_use]
    pub const fn source(&self) -> LineSource {
        self.source
    }

    /// Its type; a trial that has turned into a right to use is one.
    #[must_use]
    pub const fn license_type(&self) -> LicenseType {
        if self.converted { LicenseType::RightToUse } else { self.right.license_type() }
    }

    /// Whether its agreement must be accepted before use, and whether it was.
    #[must_use]
    pub const fn eula_accepted(&self) -> Option<bool> {
        if self.needs_eula { Some(self.accepted) } else { None }
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
    pub(in crate::agent) fn recall(&mut self, place: u8, usage: &Usage<'_>) {
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
    pub(in crate::agent) fn ended_at(&self) -> Option<u64> {
        Some(self.ended_at).filter(|&at| at != NOT_SEEN)
    }

    /// Whether it may be had once for each feature.
    pub(in crate::agent) const fn is_trial(&self) -> bool {
        matches!(self.right.license_type(), LicenseType::EvaluationSubscription)
    }

    /// Whether it has dates and was paid for, so that no doubt may end it.
    pub(in crate::agent) const fn is_paid(&self) -> bool {
        matches!(self.right.license_type(), LicenseType::Subscription)
    }

    /// Its days, if it has any.
    pub(in crate::agent) fn days(&self) -> Option<Days> {
        let (issued, start) = (self.right.issued(), self.right.start());
        Some(Days { issued, start, end: self.right.end()? })
    }

    /// Whether it may serve although its period is over: while its feature goes on, or for good
    /// and only reported.
    pub(in crate::agent) fn outlives_its_end(&self, running: bool) -> bool {
        match self.at_expiry {
            ExpiryPolicy::UntilReboot => self.running_out && running,
            ExpiryPolicy::Immediate => false,
            ExpiryPolicy::Report => true,
        }
    }

    /// Whether its period is over.
    pub(in crate::agent) fn has_ended(&self, uptime: u64) -> bool {
        let metered = !self.converted && self.meter.is_some_and(|meter| meter.is_exhausted(uptime));
        metered || self.dated == Some(Dated::Ended)
    }

    /// Seconds that are left of its period: 0 if it has ended, has not begun, or nobody knows;
    /// `None` if it has no end.
    #[must_use]
    pub fn left(&self, uptime: u64) -> Option<u64> {
        match (self.meter, self.dated) {
            (Some(meter), _) if !self.converted => Some(meter.left(uptime)),
            (_, Some(Dated::Active { left })) => Some(left),
            (_, Some(_)) => Some(0),
            _ => None,
        }
    }
}

/// A stored line that was refused at boot. Its value stays in storage until it is
/// [discarded](crate::Agent::discard_refused).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Refused {
    /// Place in the store of lines, from 0.
    pub place: u8,
    /// Why.
    pub reason: Reason,
}

/// Room for one line: installed, built in, or refused at boot.
#[derive(Debug, Clone, Copy)]
pub struct LineSlot(pub(in crate::agent) SlotState);

#[derive(Debug, Clone, Copy)]
#[allow(clippy::large_enum_variant, reason = "a slot is room for a line, and there is no heap")]
pub(in crate::agent) enum SlotState {
    Free,
    AgentLine(AgentLine),
    /// A stored value that was refused. It stays in storage and is not overwritten.
    Refused(Reason),
}

impl Default for LineSlot {
    /// Nothing in it; writes no more than what says so, where a constant is copied whole.
    fn default() -> Self {
        Self(SlotState::Free)
    }
}

impl LineSlot {
    /// Nothing in it.
    pub const EMPTY: Self = Self(SlotState::Free);

    /// Takes a line in as it is before anything is known of its past.
    #[inline(never)]
    pub(in crate::agent) fn hold_line(
        &mut self,
        catalog: &Catalog<'_>,
        bound: &BoundLine<'_>,
    ) -> Result<(), Reason> {
        let right = Right::new(bound);
        let right = right.as_ref().ok_or(Reason::BadFeature)?;
        self.hold(catalog, right, LineSource::Installed, bound.terms().eula.is_some());
        Ok(())
    }

    #[inline(never)]
    pub(in crate::agent) fn hold(
        &mut self,
        catalog: &Catalog<'_>,
        right: &Right,
        source: LineSource,
        needs_eula: bool,
    ) {
        let feature = catalog.find(right.feature());
        let entry = feature.and_then(|id| catalog.feature(id));
        let mut held = AgentLine::new(*right, feature, source);
        let explicit = right.license_type().is_temporary()
            || right.license_type() == LicenseType::PermanentRightToUse;
        let named = needs_eula || entry.is_some_and(|entry| entry.eula.is_some());
        held.needs_eula = explicit && named;
        if let Some(entry) = entry.filter(|_| held.at_expiry == ExpiryPolicy::default()) {
            held.at_expiry = entry.at_expiry;
        }
        self.0 = SlotState::AgentLine(held);
    }

    pub(in crate::agent) const fn held(&self) -> Option<&AgentLine> {
        match &self.0 {
            SlotState::AgentLine(held) => Some(held),
            _ => None,
        }
    }

    pub(in crate::agent) const fn held_mut(&mut self) -> Option<&mut AgentLine> {
        match &mut self.0 {
            SlotState::AgentLine(held) => Some(held),
            _ => None,
        }
    }

    pub(in crate::agent) const fn is_free(&self) -> bool {
        matches!(self.0, SlotState::Free)
    }
}
