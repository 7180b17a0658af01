//! What is said before and after an end, and of counts.

use crate::agent::memory::{AgentLine, EventSubject};
use crate::agent::{Agent, Ports};
use crate::bytes::decimal::saturating_u32;
use crate::calendar::Dated;
use crate::event::EventKind;
use crate::meter::Warning;
use crate::value::license::{Count, LicenseType};

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
                    self.event(kind, about, 0);
                }
            } else if let Some(warning) = self.warning_of(held) {
                let left = held.left(uptime).unwrap_or(u64::MAX);
                let due = warning.due(left);
                if due > held.warned && left > 0 {
                    if let Some(held) = self.held_mut(index) {
                        held.warned = due;
                    }
                    self.event(warning_event(warning), about, left);
                }
            }
        }
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
