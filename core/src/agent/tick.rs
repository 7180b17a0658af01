//! Time: charging, ends, warnings, and when to come back.

use crate::agent::held::{About, Held, LineSlot};
use crate::agent::history::Deed;
use crate::agent::persist::{self, Usage, UsageKind};
use crate::agent::{Agent, select};
use crate::bytes::decimal::saturating_u32;
use crate::calendar::{ClockState, Dated};
use crate::eval::Warning;
use crate::event::EventKind;
use crate::line::{Count, ExpiryPolicy, LicenseType};
use crate::reason::Reason;
use crate::store::Storage;
use crate::time::{Now, UnixTime};
use crate::udi::UdiSource;
use crate::verify::SignatureVerifier;

impl<S: Storage, V: SignatureVerifier, U: UdiSource> Agent<'_, S, V, U> {
    /// Tells the agent the time. Charges metered use, sees ends, gives warnings, judges the clock.
    /// Calling it too often is harmless; calling it later than
    /// [`next_deadline`](Self::next_deadline) makes checks deny once an interval is overdrawn.
    pub fn tick(&mut self, now: Now) {
        // An uptime that goes back is no time at all.
        self.now = Now { uptime: now.uptime.max(self.now.uptime), ..now };
        let changed = self.look_at_clock();
        self.keep_floor();
        let due = self.due.is_some_and(|due| self.now.uptime >= due);
        if changed || due || self.leases.changes() != self.seen_leases {
            self.update();
            self.conclude();
        }
    }

    /// Lets meters run and chooses lines, twice: a line that ends makes room for the next one,
    /// whose meter must start.
    pub(super) fn update(&mut self) {
        for _ in 0..2 {
            self.settle();
            self.refresh();
        }
    }

    /// Ends whatever may have changed something: says what is to be said, and notes when time
    /// will make a difference again. Until then a tick has nothing to do.
    pub(super) fn conclude(&mut self) {
        self.warn();
        self.report_counts();
        self.seen_leases = self.leases.changes();
        self.due = self.lines().filter_map(|held| self.deadline_of(held)).min();
    }

    /// The uptime at which [`tick`](Self::tick) is due again; `None` if time changes nothing.
    #[must_use]
    pub const fn next_deadline(&self) -> Option<u64> {
        self.due
    }

    fn deadline_of(&self, held: &Held) -> Option<u64> {
        let uptime = self.now.uptime;
        let left = held.left(uptime);
        let warning = self.warning_of(held).and_then(|warning| warning.next(left));
        let warning = warning.map(|at| uptime.saturating_add(left.saturating_sub(at)));
        let metered = held.meter.filter(|_| held.is_metered());
        let running = metered.is_none_or(|meter| meter.is_running());
        let end = match (metered, held.dated) {
            (Some(meter), _) => meter.next_deadline(),
            (None, Some(Dated::Active { left })) => Some(uptime.saturating_add(left)),
            (None, Some(Dated::NotStarted)) => held.right.start().map(|start| {
                uptime.saturating_add(UnixTime::start_of(start).since(self.reading.at_least))
            }),
            _ => None,
        };
        let report = held.ended_at.filter(|_| held.running_out).map(|ended| {
            let next = u64::from(held.end_reports).saturating_add(1);
            ended.saturating_add(u64::from(report_interval(held)).saturating_mul(next))
        });
        // A warning of a meter that stands still never comes.
        [warning.filter(|_| running), end, report].into_iter().flatten().min()
    }

    /// Judges the clock; whether anything is now judged otherwise than before.
    pub(super) fn look_at_clock(&mut self) -> bool {
        let reading = self.calendar.observe(self.now);
        self.reading = reading;
        if reading.changed {
            let kind = match reading.state {
                ClockState::Unknown => EventKind::ClockLost,
                ClockState::Good => EventKind::ClockGood,
                ClockState::SteppedBack => EventKind::ClockSteppedBack,
                ClockState::JumpedForward => EventKind::ClockJumpedForward,
            };
            self.event(kind, About::NOTHING, 0);
        }
        let mut changed = reading.changed;
        for held in self.lines.iter_mut().filter_map(LineSlot::held_mut) {
            let dated = held.right.end().map(|end| {
                let paid = held.right.license_type() == LicenseType::Subscription;
                reading.judge(held.right.start(), end, paid)
            });
            let kind = |dated: Option<Dated>| dated.map(|dated| core::mem::discriminant(&dated));
            changed |= kind(dated) != kind(held.dated);
            held.dated = dated;
        }
        changed
    }

    fn keep_floor(&mut self) {
        let dated = self.lines().any(|held| held.dated.is_some());
        let ahead = dated.then_some(self.product.rules.charge_interval);
        let Some(floor) = self.calendar.floor_to_keep(&self.reading, ahead) else { return };
        match persist::store_clock(&mut self.vault, self.scratch, floor, self.repairs) {
            Ok(()) => self.calendar.kept(floor),
            Err(reason) => self.storage_failed(Err(reason)),
        }
    }

    /// Brings every line to the present: meters run while their line serves a running feature.
    // By index, here and below: a copy of a line is a quarter of a kilobyte of stack.
    fn settle(&mut self) {
        for index in 0..self.lines.len() {
            let Some(held) = self.held(index) else { continue };
            let running = self.is_running(held);
            if held.is_metered() {
                self.meter(index, running);
            }
            self.see_end(index, running);
        }
    }

    fn meter(&mut self, index: usize, running: bool) {
        let uptime = self.now.uptime;
        let Some(held) = self.held(index) else { return };
        let Some(mut meter) = held.meter else { return };
        let charges = held.serving && running && !meter.is_exhausted(uptime);
        if charges {
            meter.start(uptime);
        }
        if let Some(charge) = meter.advance(uptime, self.product.rules.charge_interval) {
            match self.store_usage(index, charge.charged(), UsageKind::Metered) {
                Ok(()) => meter.commit(charge, uptime),
                Err(reason) => self.storage_failed(Err(reason)),
            }
        }
        if !charges {
            meter.stop(uptime);
        }
        if let Some(held) = self.held_mut(index) {
            held.meter = Some(meter);
        }
    }

    /// Makes the use of a line durable, under the place that it has or gets.
    pub(super) fn store_usage(
        &mut self,
        index: usize,
        charged: u64,
        kind: UsageKind,
    ) -> Result<(), Reason> {
        let place = match self.held(index).and_then(|held| held.usage) {
            Some(place) => place,
            None => {
                persist::free_usage_place(&mut self.vault, self.scratch).ok_or(Reason::UsageFull)?
            }
        };
        let held = self.lines.get_mut(index).and_then(LineSlot::held_mut);
        let held = held.ok_or(Reason::NoSuchLine)?;
        let usage = Usage { kind, id: held.right.id(), charged, feature: held.right.feature() };
        persist::store_usage(&mut self.vault, self.scratch, place, &usage)?;
        held.usage = Some(place);
        Ok(())
    }

    fn see_end(&mut self, index: usize, running: bool) {
        let uptime = self.now.uptime;
        let Some(held) = self.held_mut(index) else { return };
        let ended = held.has_ended(uptime);
        let reported = ended && held.at_expiry == ExpiryPolicy::Report;
        held.running_out = running && (held.running_out || (reported && held.serving));
        if !ended || held.ended_at.is_some() {
            return;
        }
        if held.is_metered() && held.license_type() == LicenseType::EvaluationRightToUse {
            self.convert(index);
            return;
        }
        held.ended_at = Some(uptime);
        let goes_on = held.at_expiry != ExpiryPolicy::Immediate;
        held.running_out = held.serving && running && goes_on;
        let seen_before = held.is_metered()
            && held.meter.is_some_and(|meter| !meter.is_running())
            && !held.running_out;
        if !seen_before {
            let (kind, about) = (end_event(held), held.about());
            self.event(kind, about, 0);
            self.remember(Deed::Expired, index);
        }
    }

    /// A trial that is over becomes a right to use.
    #[inline(never)]
    fn convert(&mut self, index: usize) {
        let Some(held) = self.held(index) else { return };
        let (about, charged) = (held.about(), held.meter.map_or(0, |meter| meter.charged()));
        let converted = self.intend(Deed::Converted, index).and_then(|()| {
            let stored = self.store_usage(index, charged, UsageKind::Converted);
            self.forget_intent(stored)
        });
        match converted {
            Ok(()) => {
                if let Some(held) = self.held_mut(index) {
                    held.converted = true;
                }
                self.event(EventKind::RightToUseReached, about, 0);
                self.remember(Deed::Converted, index);
            }
            // The next tick tries again.
            Err(reason) => self.storage_failed(Err(reason)),
        }
    }

    fn warn(&mut self) {
        let uptime = self.now.uptime;
        for index in 0..self.lines.len() {
            let Some(held) = self.held(index) else { continue };
            let about = held.about();
            if let Some(ended) = held.ended_at.filter(|_| held.running_out) {
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
                let left = held.left(uptime);
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
    fn warning_of(&self, held: &Held) -> Option<Warning> {
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
    fn report_counts(&mut self) {
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
                self.event(kind, About { feature: Some(id), line: None }, value);
            }
        }
    }

    pub(super) fn is_running(&self, held: &Held) -> bool {
        let Some(id) = held.feature else { return false };
        let view = self.view(0);
        self.features.get(id.index()).is_some_and(|slot| select::is_running(&view, id, slot))
    }
}

/// After how many seconds the end of a right is reported again while its feature goes on.
const fn report_interval(held: &Held) -> u32 {
    const A_DAY: u32 = 86_400;
    if held.dated.is_some() { A_DAY } else { 7 * A_DAY }
}

fn end_event(held: &Held) -> EventKind {
    if held.dated.is_some() { EventKind::SubscriptionExpired } else { EventKind::Expired }
}

const fn warning_event(warning: Warning) -> EventKind {
    match warning {
        Warning::Metered => EventKind::ExpiryWarning,
        Warning::Dated => EventKind::SubscriptionExpiryWarning,
        Warning::RightToUse => EventKind::RightToUseWarning,
    }
}
