//! Which line serves a feature: docs/SPEC.md section 11.

use crate::agent::Priority;
use crate::agent::held::{FeatureSlot, Held, LineSlot, Source, denied};
use crate::calendar::Dated;
use crate::catalog::{Catalog, Feature, FeatureId, Kind};
use crate::count::Leases;
use crate::entitle::{Denial, Grant, Verdict};
use crate::line::{Combine, Count, LicenseType};
use crate::reason::Reason;
use crate::store::Standing;

/// What the choice looks at.
pub(super) struct View<'v> {
    pub(super) catalog: &'v Catalog<'v>,
    pub(super) leases: Leases<'v>,
    pub(super) uptime: u64,
    /// What is known of the storage's age.
    pub(super) standing: Standing,
    /// Seconds for which an answer about metered use still holds after its deadline.
    pub(super) slack: u64,
    /// The uptime until which an answer about dated rights holds.
    pub(super) overdue: u64,
    /// Why dated rights wait at this moment of the boot, and why trials with dates do.
    pub(super) waits: Option<Reason>,
    pub(super) trials_wait: Option<Reason>,
}

/// Chooses anew for all features, and writes the answers. Whether a line was chosen whose use must be
/// paid first.
pub(super) fn refresh(
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
    if !view.catalog.features().iter().any(Feature::brings_others) {
        return to_pay;
    }
    for id in view.catalog.ids() {
        if let Some((grant, valid_until)) = by_level(view.catalog, id, features)
            && let Some(slot) = features.get_mut(id.index())
        {
            slot.answer(&Verdict::Granted(grant), valid_until);
        }
    }
    to_pay
}

/// Whether a feature is running: activated, leased, or a level that was booted.
pub(super) fn is_running(view: &View<'_>, id: FeatureId, slot: &FeatureSlot) -> bool {
    slot.activated || slot.booted || view.leases.in_use(id.0) > 0
}

/// Chooses among the lines of one feature and marks those that serve.
fn serve(
    view: &View<'_>,
    id: FeatureId,
    feature: &Feature<'_>,
    slot: &FeatureSlot,
    lines: &mut [LineSlot],
    to_pay: &mut bool,
) -> (Verdict, u64) {
    let running = is_running(view, id, slot);
    // Whether a line must be started before it can serve.
    let is_feature = matches!(feature.kind(), Kind::Feature);
    let rests = |held: &Held| is_feature && held.is_metered() && !running && !held.running_out;
    let mut closest = denied(Reason::NoLicense);
    let mut best: Option<(Rank, usize)> = None;
    for (index, held) in of_feature(lines, id) {
        match usable(view, feature, running, held, lines) {
            Ok(()) => {
                let rank = rank(held, rests(held), view.uptime, index);
                if best.is_none_or(|(other, _)| rank < other) {
                    best = Some((rank, index));
                }
            }
            Err(reason) => closest = closer(closest, reason, held),
        }
    }
    let Some((_, chosen)) = best else {
        return (base_or(feature, slot, closest), u64::MAX);
    };
    let mut units = Units::default();
    let mut valid_until = u64::MAX;
    let mut unlimited = false;
    let mut waits = None;
    for index in 0..lines.len() {
        let held = lines.get(index).and_then(LineSlot::held);
        let usable = held.filter(|held| {
            held.feature == Some(id) && usable(view, feature, running, held, lines).is_ok()
        });
        let Some(held) = usable else { continue };
        let is_chosen = index == chosen;
        let adds = held.right.combine() == Combine::Additive;
        let metered = held.is_metered() && !held.running_out;
        unlimited |= !held.is_metered() && held.dated.is_none();
        let unpaid = metered && !rests(held) && !held.meter.is_some_and(|m| m.is_paid(view.uptime));
        if is_chosen {
            if rests(held) {
                waits = Some(Reason::NotActivated);
            } else if unpaid {
                waits = Some(Reason::StorageFailed);
            }
            if let Some(deadline) =
                held.meter.filter(|_| held.is_metered()).and_then(|m| m.next_deadline())
            {
                valid_until = deadline.saturating_add(view.slack);
            }
            if held.dated.is_some() && !held.running_out {
                valid_until = view.overdue;
            }
        }
        // What is added never takes away: it counts when it is paid, and the others do without it.
        let counts = is_chosen || !(metered && (rests(held) || unpaid));
        if counts && (is_chosen || adds || !held.is_metered()) {
            units.add(held, adds);
        }
        if (is_chosen || adds)
            && let Some(held) = lines.get_mut(index).and_then(LineSlot::held_mut)
        {
            held.serving = true;
            *to_pay |= unpaid && running;
        }
    }
    if unlimited {
        valid_until = u64::MAX;
    }
    let licensed = units.capped(feature.maximum());
    let Some(held) = lines.get(chosen).and_then(LineSlot::held) else {
        return (closest, u64::MAX);
    };
    let grant = Grant { id: held.right.id(), license_type: held.license_type(), licensed };
    if matches!(feature.kind(), Kind::Level { .. } if !slot.booted) {
        waits = Some(Reason::LevelNotBooted);
    }
    match waits {
        Some(reason) => (closer(denied(Reason::NoLicense), reason, held), u64::MAX),
        None => (Verdict::Granted(grant), valid_until),
    }
}

/// Whether a line could serve its feature now.
pub(super) fn usable(
    view: &View<'_>,
    feature: &Feature<'_>,
    running: bool,
    held: &Held,
    lines: &[LineSlot],
) -> Result<(), Reason> {
    if let Some(reason) = view.standing.doubt()
        && (view.standing.denies_all()
            || held.is_metered()
            || (held.dated.is_some() && !view.standing.spares(held.is_paid())))
    {
        return Err(reason);
    }
    if held.use_unknown && !held.converted {
        return Err(Reason::UseUnknown);
    }
    if feature.version.is_some_and(|version| version > held.right.version()) {
        return Err(Reason::VersionTooLow);
    }
    if held.source == Source::BuiltIn
        && !held.converted
        && lines.iter().filter_map(LineSlot::held).any(|other| outdoes_built_in(other, held))
    {
        return Err(Reason::BetterLicense);
    }
    if held.agreement && !held.accepted {
        return Err(Reason::EulaNotAccepted);
    }
    let must_be_activated =
        matches!(held.license_type(), LicenseType::PermanentRightToUse | LicenseType::RightToUse);
    if must_be_activated && !held.converted && !held.own.activated {
        return Err(Reason::NotActivated);
    }
    if held.has_ended(view.uptime) {
        return if held.outlives_its_end(running) { Ok(()) } else { Err(Reason::Expired) };
    }
    let waits = match held.dated {
        Some(Dated::NotStarted) => Some(Reason::NotStarted),
        Some(Dated::Unknown) => Some(Reason::ClockUnknown),
        Some(_) if held.is_paid() => view.waits,
        Some(_) if held.unpaid => Some(Reason::StorageFailed),
        Some(_) => view.waits.or(view.trials_wait),
        None if running && held.is_metered() && held.unpaid => Some(Reason::StorageFailed),
        None => None,
    };
    waits.map_or(Ok(()), Err)
}

/// A line is better the smaller its rank: not over, then priority, not to be started first, type, base
/// before adder, more units, less time left, and place.
type Rank = (bool, Priority, bool, u8, bool, u64, u64, usize);

fn rank(held: &Held, rests: bool, uptime: u64, index: usize) -> Rank {
    let by_type = match (held.source, held.license_type()) {
        (Source::BuiltIn, LicenseType::Evaluation | LicenseType::EvaluationRightToUse) => 10,
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
    let missing = match held.right.count() {
        Count::Uncounted => 0,
        Count::Units(units) => u64::MAX.saturating_sub(units),
    };
    let adds = held.right.combine() == Combine::Additive;
    let left = held.left(uptime);
    (held.has_ended(uptime), held.priority(), rests, by_type, adds, missing, left, index)
}

/// A built-in trial is considered only when nothing better exists for its feature.
fn outdoes_built_in(other: &Held, built_in: &Held) -> bool {
    other.feature == built_in.feature
        && other.source == Source::Installed
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
    fn add(&mut self, held: &Held, adds: bool) {
        match held.right.count() {
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

/// What a booted level grants to a feature that has no right of its own, if one brings it.
// Apart in machine code too: else a copy between two slots brings `memmove`, which nothing else needs.
#[inline(never)]
fn by_level(
    catalog: &Catalog<'_>,
    wanted: FeatureId,
    features: &[FeatureSlot],
) -> Option<(Grant, u64)> {
    if features.get(wanted.index())?.by_itself {
        return None;
    }
    catalog
        .ids()
        .filter(|&id| catalog.feature(id).is_some_and(Feature::brings_others))
        .filter_map(|id| Some((id, features.get(id.index())?)))
        // Only such answers are not changed on the way.
        .filter(|(_, level)| level.by_itself)
        .find(|&(level, _)| catalog.provides(level, wanted))
        .and_then(|(_, level)| match level.verdict() {
            Verdict::Granted(grant) => Some((grant, level.valid_until)),
            Verdict::Denied(_) => None,
        })
}

/// The base level of a package needs no license.
fn base_or(feature: &Feature<'_>, slot: &FeatureSlot, otherwise: Verdict) -> Verdict {
    match feature.kind() {
        Kind::Level { rank: 0, .. } if slot.booted => Verdict::Granted(BASE_LEVEL),
        _ => otherwise,
    }
}

/// Grants a base level: by no line.
pub(super) const BASE_LEVEL: Grant = Grant {
    id: crate::line::LineId([0; 10]),
    license_type: LicenseType::Permanent,
    licensed: Count::Uncounted,
};

/// Keeps the reason of the line that came closest.
fn closer(known: Verdict, reason: Reason, held: &Held) -> Verdict {
    let Verdict::Denied(denial) = known else { return known };
    if closeness(reason) <= closeness(denial.reason) {
        return known;
    }
    Verdict::Denied(Denial {
        reason,
        closest: Some(held.right.id()),
        needed: 1,
        licensed: 0,
        version: Some(held.right.version()),
    })
}

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

fn of_feature(lines: &[LineSlot], id: FeatureId) -> impl Iterator<Item = (usize, &Held)> {
    // Not `enumerate`, which panics where overflow checks are on.
    (0..lines.len())
        .zip(lines)
        .filter_map(|(index, slot)| Some((index, slot.held()?)))
        .filter(move |(_, held)| held.feature == Some(id))
}
