//! What is said before and after an end, and of counts.

use crate::agent::memory::{AgentLine, EventSubject};
use crate::agent::{Agent, Ports, decide};
use crate::bytes::decimal::saturating_u32;
use crate::calendar::Dated;
use crate::event::EventKind;
use crate::meter::Warning;
use crate::reason::Reason;
use crate::value::feature::FeatureHandle;
use crate::value::license::{Combine, Count, LicenseType};

impl<P: Ports> Agent<'_, P> {
    pub(in crate::agent) fn warn(&mut self) {
        let uptime = self.now.uptime;
        for index in 0..self.lines.len() {
            let Some(held) = self.held(index) else { continue };
            let about = held.about();
            if let Some(ended) = held.ended_at().filter(|_| held.running_out) {
                // 136 years at most: a small processor divides them in one step.
                let since = saturating_u32(uptime.saturating_sub(ended));
                let due = since.checked_div(report_interval(held)).unwrap_or(0);
                if due > held.end_reports {
                    let kind = end_event(held);
                    if let Some(held) = self.held_mut(index) {
                        held.end_reports = due;
                    }
                    self.alarm(index, kind, about, 0);
                }
            } else if let Some(warning) = self.warning_of(held) {
                let left = held.left(uptime).unwrap_or(u64::MAX);
                let due = warning.due(left);
                if due > held.warned && left > 0 {
                    if let Some(held) = self.held_mut(index) {
                        held.warned = due;
                    }
                    self.alarm(index, warning_event(warning), about, left);
                }
            }
        }
    }

    /// Tells of the end of a line, or of its coming.
    pub(in crate::agent) fn alarm(
        &mut self,
        index: usize,
        kind: EventKind,
        about: EventSubject,
        value: u64,
    ) {
        if !self.held(index).is_some_and(|held| self.is_relieved(held)) {
            self.event(kind, about, value);
        }
    }

    /// Whether its feature goes on with as many units when a line ends, by another line or by what brings the
    /// feature: then nobody need be told of the end.
    #[inline(never)]
    fn is_relieved(&self, held: &AgentLine) -> bool {
        let Some(id) = held.feature else { return false };
        let Some(feature) = self.product.catalog.feature(id) else { return false };
        let right = &held.right;
        if right.combine() == Combine::Additive {
            return false;
        }
        let view = self.view(0);
        let by_line = |other: &AgentLine| {
            let usable = decide::usable(&view, feature, false, other, self.lines);
            other.feature == held.feature
                && other.right.id() != right.id()
                && other.right.covers(right)
                && matches!(usable, Ok(()) | Err(Reason::NotStarted))
                && outlasts(other, held, usable.is_ok())
        };
        self.lines().any(by_line) || self.is_brought(id)
    }

    /// Whether something else that is granted by a line of its own brings a feature.
    fn is_brought(&self, id: FeatureHandle) -> bool {
        let catalog = self.product.catalog;
        catalog.ids().any(|other| {
            other != id
                && self.slot(other).is_some_and(|slot| slot.by_itself)
                && catalog.provides(other, id)
        })
    }

    /// Which warnings a line gives before its end; none if it does not serve.
    #[inline(never)]
    pub(in crate::agent) fn warning_of(&self, held: &AgentLine) -> Option<Warning> {
        if !held.serving || held.has_ended(self.now.uptime) {
            return None;
        }
        if held.is_metered() {
            let meter = held.meter.filter(|meter| meter.is_running());
            let kind = match held.license_type() {
                LicenseType::EvaluationRightToUse => Warning::RightToUse,
                _ => Warning::Metered,
            };
            return meter.map(|_| kind);
        }
        matches!(held.dated, Some(Dated::Active { .. })).then_some(Warning::Dated)
    }

    /// Tells when 80 % and all of the licensed units of a feature are in use; again after the use
    /// has fallen below.
    pub(in crate::agent) fn report_counts(&mut self) {
        for id in self.product.catalog.ids() {
            let Some(slot) = self.features.get_mut(id.index()) else { continue };
            let Count::Units(licensed) = slot.licensed() else { continue };
            let in_use = self.leases.in_use(id.0);
            let stage = if in_use == 0 || in_use.saturating_mul(5) < licensed.saturating_mul(4) {
                0
            } else if in_use < licensed {
                1
            } else if in_use == licensed {
                2
            } else {
                3
            };
            let reported = core::mem::replace(&mut slot.count_reports, stage);
            if stage > reported {
                let (kind, value) = match stage {
                    1 => (EventKind::CountNear, in_use),
                    2 => (EventKind::CountReached, in_use),
                    _ => (EventKind::Violation, in_use.saturating_sub(licensed)),
                };
                self.event(kind, EventSubject { feature: Some(id), line: None }, value);
            }
        }
    }
}

/// Whether a line serves when another one has ended, as far as days tell. `now`: it could serve now.
fn outlasts(line: &AgentLine, ending: &AgentLine, now: bool) -> bool {
    match (line.right.end(), ending.right.end()) {
        _ if line.is_metered() => false,
        (None, _) => true,
        (Some(_), None) => now,
        (Some(last), Some(end)) => {
            let first = line.right.start().unwrap_or(line.right.issued());
            last > end && first.days() <= end.days().saturating_add(1)
        }
    }
}

/// After how many seconds the end of a right is reported again while its feature goes on.
pub(in crate::agent) const fn report_interval(held: &AgentLine) -> u32 {
    const A_DAY: u32 = 86_400;
    if held.dated.is_some() { A_DAY } else { 7 * A_DAY }
}

pub(in crate::agent) fn end_event(held: &AgentLine) -> EventKind {
    if held.dated.is_some() { EventKind::SubscriptionExpired } else { EventKind::Expired }
}

const fn warning_event(warning: Warning) -> EventKind {
    match warning {
        Warning::Metered => EventKind::Expiring,
        Warning::Dated => EventKind::SubscriptionExpiring,
        Warning::RightToUse => EventKind::RightToUseComing,
    }
}
