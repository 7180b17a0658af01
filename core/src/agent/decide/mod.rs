//! Which line serves a feature: docs/SPEC.md section 11.

use crate::agent::Priority;
use crate::agent::memory::{AgentLine, FeatureSlot, LineSlot, LineSource, denied};
use crate::calendar::Dated;
use crate::catalog::{Catalog, Feature, FeatureKind};
use crate::lease::Leases;
use crate::reason::Reason;
use crate::rights::{Denial, Grant, Verdict};
use crate::store::RollbackState;
use crate::value::feature::FeatureHandle;
use crate::value::license::{Combine, Count, LicenseType};

/// What the choice looks at.
pub(in crate::agent) struct View<'v> {
    pub(in crate::agent) catalog: &'v Catalog<'v>,
    pub(in crate::agent) leases: Leases<'v>,
    pub(in crate::agent) uptime: u64,
    /// What is known of the storage's age.
    pub(in crate::agent) rollback_state: RollbackState,
    /// Seconds for which an answer about metered use still holds after its deadline.
    pub(in crate::agent) slack: u64,
    /// The uptime until which an answer about dated rights holds.
    pub(in crate::agent) overdue: u64,
    /// Dated rights wait at this moment of the boot.
    pub(in crate::agent) waits: bool,
    /// Running time is kept, so that trials with dates may run.
    pub(in crate::agent) is_kept: bool,
    /// Why it is not.
    pub(in crate::agent) not_kept: Reason,
    /// Why a line whose agreement was not accepted cannot serve.
    pub(in crate::agent) not_accepted: Reason,
}

/// Chooses anew for all features, and writes the answers. Whether a line was chosen whose use must be
/// paid first.
pub(in crate::agent) fn refresh(
    view: &View<'_>,
    lines: &mut [LineSlot],
    features: &mut [FeatureSlot],
) -> bool {
    for held in lines.iter_mut().filter_map(LineSlot::held_mut) {
        held.serving = false;
    }
    let mut to_pay = false;
    for id in view.catalog.ids() {
        let (Some(feature), Some(slot)) = (view.catalog.feature(id), features.get(id.index()))
        else {
            continue;
        };
        let (verdict, valid_until) = serve(view, id, feature, slot, lines, &mut to_pay);
        if let Some(slot) = features.get_mut(id.index()) {
            slot.by_itself = verdict.is_granted();
            slot.answer(&verdict, valid_until);
        }
    }
    // Few entries bring others, and comparing names is what costs.
    for level in view.catalog.ids() {
        if view.catalog.feature(level).is_some_and(Feature::brings_others) {
            bring(view.catalog, level, features);
        }
    }
    to_pay
}

/// Whether a feature is running: activated, leased, or a level that was booted.
pub(in crate::agent) fn is_running(
    leases: &Leases<'_>,
    id: FeatureHandle,
    slot: &FeatureSlot,
) -> bool {
    slot.activated || slot.booted || leases.in_use(id.0) > 0
}

/// Chooses among the lines of one feature and marks those that serve.
fn serve(
    view: &View<'_>,
    id: FeatureHandle,
    feature: &Feature<'_>,
    slot: &FeatureSlot,
    lines: &mut [LineSlot],
    to_pay: &mut bool,
) -> (Verdict, u64) {
    let running = is_running(&view.leases, id, slot);
    let is_feature = matches!(feature.kind(), FeatureKind::Feature);
    let mut closest: Option<(Reason, usize)> = None;
    let mut best: Option<(Rank, usize, Option<Reason>)> = None;
    let mut units = Units::default();
    let mut unlimited = false;
    for index in 0..lines.len() {
        let held = lines.get(index).and_then(LineSlot::held);
        let Some(held) = held.filter(|held| held.feature == Some(id)) else { continue };
        if let Err(reason) = usable(view, feature, running, held, lines) {
            if closest.is_none_or(|(known, _)| closeness(reason) > closeness(known)) {
                closest = Some((reason, index));
            }
            continue;
        }
        // What has to happen before it grants: it must be booted, or started, or paid. A level below
        // the one that runs has no running time that could be charged.
        let needs = match held.meter.filter(|_| held.is_metered() && !held.running_out) {
            None if is_feature || slot.booted || slot.contained => None,
            Some(_) if is_feature && !running => Some(Reason::NotActivated),
            Some(meter) if is_feature || slot.booted => {
                Some(Reason::StorageFailed).filter(|_| !meter.is_paid(view.uptime))
            }
            _ => Some(Reason::LevelNotBooted),
        };
        let rank = rank(held, needs, view.uptime, index);
        let adds = held.right.combine() == Combine::Additive;
        // What is added never takes away: it counts when it is paid, and the others do without it.
        if needs.is_none() && (adds || !held.is_metered()) {
            units.add(held, adds);
        }
        unlimited |= !held.is_metered() && held.dated.is_none();
        if best.is_none_or(|(other, ..)| rank < other) {
            best = Some((rank, index, needs));
        }
        if adds {
            *to_pay |= needs == Some(Reason::StorageFailed) && running;
            serves(lines, index);
        }
    }
    if let Some((_, index, needs)) = best {
        *to_pay |= needs == Some(Reason::StorageFailed) && running;
        serves(lines, index);
        if let Some(reason) = needs {
            closest = Some((reason, index));
        }
    }
    let of = |index: usize| lines.get(index).and_then(LineSlot::held);
    let chosen = best.filter(|(.., needs)| needs.is_none()).and_then(|(_, index, _)| of(index));
    let Some(held) = chosen else {
        let verdict =
            match (feature.kind(), closest.and_then(|(reason, at)| Some((reason, of(at)?)))) {
                // The base needs no license.
                (FeatureKind::Level { rank: 0, .. }, _) if slot.booted || slot.contained => {
                    Verdict::Granted(BASE_LEVEL)
                }
                (_, Some((reason, held))) => Verdict::Denied(Denial {
                    reason,
                    closest: Some(held.right.id()),
                    needed: 1,
                    licensed: 0,
                    version: Some(held.right.version()),
                }),
                (_, None) => denied(Reason::NoLicense),
            };
        return (verdict, u64::MAX);
    };
    if held.is_metered() && held.right.combine() == Combine::Exclusive {
        units.add(held, false);
    }
    let mut valid_until = u64::MAX;
    if unlimited {
        // Whatever the driver forgets: another line grants without a clock.
    } else if held.dated.is_some() {
        valid_until = view.overdue;
    } else if let Some(deadline) = held.meter.and_then(|meter| meter.next_deadline()) {
        valid_until = deadline.saturating_add(view.slack);
    }
    let licensed = units.capped(feature.maximum());
    let grant = Grant { id: held.right.id(), license_type: held.license_type(), licensed };
    (Verdict::Granted(grant), valid_until)
}

fn serves(lines: &mut [LineSlot], index: usize) {
    if let Some(held) = lines.get_mut(index).and_then(LineSlot::held_mut) {
        held.serving = true;
    }
}

/// Whether a line could serve its feature now.
pub(in crate::agent) fn usable(
    view: &View<'_>,
    feature: &Feature<'_>,
    running: bool,
    held: &AgentLine,
    lines: &[LineSlot],
) -> Result<(), Reason> {
    if let Some(reason) = view.rollback_state.doubt()
        && (view.rollback_state.denies_all()
            || held.is_metered()
            || (held.dated.is_some() && !view.rollback_state.spares(held.is_paid())))
    {
        return Err(reason);
    }
    if held.waits {
        return Err(Reason::LineWaits);
    }
    if held.use_unknown && !held.converted {
        return Err(Reason::UseUnknown);
    }
    if feature.version.is_some_and(|version| version > held.right.version()) {
        return Err(Reason::VersionTooLow);
    }
    if held.source == LineSource::BuiltIn
        && !held.converted
        && lines.iter().filter_map(LineSlot::held).any(|other| outdoes_built_in(other, held))
    {
        return Err(Reason::BetterLicense);
    }
    if held.needs_eula && !held.accepted {
        return Err(view.not_accepted);
    }
    if held.license_type().must_be_activated() && !held.converted && !held.own.activated {
        return Err(Reason::NotActivated);
    }
    if held.has_ended(view.uptime) {
        return if held.outlives_its_end(running) { Ok(()) } else { Err(Reason::Expired) };
    }
    let waits = match held.dated {
        Some(Dated::NotStarted) => Some(Reason::NotStarted),
        Some(Dated::Unknown) => Some(Reason::ClockUnknown),
        Some(_) if view.waits => Some(Reason::RestartedTooOften),
        Some(_) if !held.is_paid() && !view.is_kept => Some(view.not_kept),
        Some(_) if !held.is_paid() && held.unpaid => Some(Reason::StorageFailed),
        None if held.unpaid && running => Some(Reason::StorageFailed),
        _ => None,
    };
    waits.map_or(Ok(()), Err)
}

/// A line is better the smaller its rank: what grants before what is over, before trials that must be
/// started first, before what waits for a boot; then priority, not to be started first, type, base
/// before adder, more units, less time left, and place.
type Rank = (u8, Priority, bool, u8, bool, u64, u64, usize);

fn rank(held: &AgentLine, needs: Option<Reason>, uptime: u64, index: usize) -> Rank {
    let by_type = match (held.source, held.license_type()) {
        (LineSource::BuiltIn, LicenseType::Evaluation | LicenseType::EvaluationRightToUse) => 10,
        (_, LicenseType::Permanent) => 0,
        (_, LicenseType::PermanentRightToUse) => 1,
        (_, LicenseType::RightToUse) => 2,
        (_, LicenseType::Subscription) => 3,
        (_, LicenseType::ExtensionSubscription) => 4,
        (_, LicenseType::Extension) => 5,
        (_, LicenseType::Grace) => 6,
        (_, LicenseType::EvaluationSubscription) => 7,
        (_, LicenseType::EvaluationRightToUse) => 8,
        (_, LicenseType::Evaluation) => 9,
    };
    let missing = match held.count() {
        Count::Uncounted => 0,
        Count::Units(units) => u64::MAX.saturating_sub(units),
    };
    let adds = held.right.combine() == Combine::Additive;
    let left = held.left(uptime).unwrap_or(u64::MAX);
    let rests = needs == Some(Reason::NotActivated);
    let grants = match needs {
        Some(Reason::LevelNotBooted) => 3,
        Some(Reason::NotActivated) if held.priority() == Priority::Low => 2,
        _ => u8::from(held.has_ended(uptime)),
    };
    (grants, held.priority(), rests, by_type, adds, missing, left, index)
}

/// A built-in trial is considered only when nothing better exists for its feature.
fn outdoes_built_in(other: &AgentLine, built_in: &AgentLine) -> bool {
    other.feature == built_in.feature
        && other.source == LineSource::Installed
        && !matches!(
            other.license_type(),
            LicenseType::Evaluation | LicenseType::EvaluationRightToUse
        )
}

/// Units that are licensed together: the largest base, and all adders.
#[derive(Default)]
struct Units {
    uncounted: bool,
    base: u64,
    added: u64,
}

impl Units {
    fn add(&mut self, held: &AgentLine, adds: bool) {
        match held.count() {
            Count::Uncounted => self.uncounted = true,
            Count::Units(units) if adds => self.added = self.added.saturating_add(units),
            Count::Units(units) => self.base = self.base.max(units),
        }
    }

    fn capped(&self, maximum: Option<u64>) -> Count {
        match (self.uncounted, maximum) {
            (true, None) => Count::Uncounted,
            (true, Some(maximum)) => Count::Units(maximum),
            (false, maximum) => {
                Count::Units(self.base.saturating_add(self.added).min(maximum.unwrap_or(u64::MAX)))
            }
        }
    }
}

/// Gives what a feature or level brings to all that it brings, if it is granted by itself. What is
/// brought is never less for having a right of its own. If it is denied and has lines, what it would bring
/// and nothing else licenses is denied for the same reason.
// Apart in machine code too: else a copy between two slots brings `memmove`, which nothing else needs.
#[inline(never)]
fn bring(catalog: &Catalog<'_>, from: FeatureHandle, features: &mut [FeatureSlot]) {
    let Some(slot) = features.get(from.index()) else { return };
    let (verdict, valid_until) = (slot.verdict(), slot.valid_until);
    let by_itself = slot.by_itself;
    for id in catalog.ids().filter(|&id| id != from && catalog.provides(from, id)) {
        let Some(slot) = features.get_mut(id.index()) else { continue };
        match &verdict {
            Verdict::Granted(grant) if by_itself && slot.is_granted() => {
                slot.widen(grant.licensed, valid_until);
            }
            Verdict::Granted(_) if by_itself => slot.answer(&verdict, valid_until),
            Verdict::Denied(_) if slot.has_no_license() => slot.answer(&verdict, valid_until),
            _ => {}
        }
    }
}

/// Grants a base level: by no line.
pub(in crate::agent) const BASE_LEVEL: Grant = Grant {
    id: crate::value::license::LineId([0; 10]),
    license_type: LicenseType::Permanent,
    licensed: Count::Uncounted,
};

/// How little is missing.
const fn closeness(reason: Reason) -> u8 {
    match reason {
        Reason::NoLicense => 0,
        Reason::BetterLicense => 1,
        Reason::Expired => 2,
        Reason::VersionTooLow => 3,
        Reason::NotStarted => 4,
        Reason::ClockUnknown => 5,
        Reason::EulaNotAccepted => 6,
        _ => 7,
    }
}
