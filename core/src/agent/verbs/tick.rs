//! Time: charging, ends, warnings, and when to come back.

use crate::agent::journal::{self, Deed, OpenRepair, Usage, UsageKind};
use crate::agent::memory::{About, Held, LineSlot, NOT_SEEN};
use crate::agent::{Agent, NEVER, Ports, decide};
use crate::bytes::decimal::saturating_u32;
use crate::calendar::{ClockState, Dated, Running};
use crate::event::EventKind;
use crate::meter::Warning;
use crate::reason::Reason;
use crate::value::license::{Count, ExpiryPolicy, LicenseType};
use crate::value::time::{Now, UnixTime};

/// Seconds after which a storage that failed is tried again.
const RETRY: u64 = 60;

impl<P: Ports> Agent<'_, P> {
    /// Tells the agent the time. Charges metered use, sees ends, gives warnings, judges the clock.
    /// Calling it too often is harmless; calling it later than
    /// [`next_deadline`](Self::next_deadline) makes checks deny once an interval is overdrawn.
    pub fn tick(&mut self, now: Now) {
        // An uptime that goes back is no time at all.
        self.now = Now { uptime: now.uptime.max(self.now.uptime), ..now };
        let again = self.now.uptime >= self.retry_at;
        if again {
            self.retry();
        }
        self.recover();
        let stale = self.stale && self.retry_at == NEVER;
        if stale {
            self.reread();
        }
        let mut finished = Ok(());
        if self.retry_at == NEVER {
            finished = self.finish_before();
            if self.open_repair != OpenRepair::None {
                finished = finished.and(self.finish_repair());
            }
        }
        if let Err(reason) = finished {
            self.failed(reason);
        }
        let changed = self.look_at_clock() | self.count_time();
        if changed
            || stale
            || self.now.uptime >= self.due
            || again
            || self.leases.changes() != self.seen_leases
        {
            self.update();
            if again && self.retry_at == NEVER {
                self.storage_fails = None;
            }
            self.conclude();
        }
    }

    /// What could not be made durable before is tried again from now on.
    pub(in crate::agent) fn retry(&mut self) {
        self.retry_at = NEVER;
        for held in self.lines.iter_mut().filter_map(LineSlot::held_mut) {
            held.unpaid = false;
        }
    }

    /// Storage failed where time goes on: it is tried again in a while, not at every call, and
    /// reported once until it works again.
    pub(in crate::agent) fn failed(&mut self, reason: Reason) {
        let wait = self.product.rules.charge_interval.seconds().min(RETRY);
        self.retry_at = self.now.uptime.saturating_add(wait);
        if self.storage_fails.replace(reason).is_none() {
            self.storage_failed(Err(reason));
        }
    }

    /// A verb failed: the next tick, which is due, reads what is stored.
    #[inline(never)]
    pub(in crate::agent) const fn doubt(&mut self) {
        self.stale = true;
        self.due = self.now.uptime.saturating_add(1);
    }

    /// Whether what is known of time can be kept now.
    const fn may_keep_clock(&self) -> bool {
        self.clock_is_readable && self.retry_at == NEVER
    }

    /// Lets meters run and chooses lines, until all that serve are paid: a line that ends makes room
    /// for the next one, whose meter must start.
    pub(in crate::agent) fn update(&mut self) {
        for round in 0..=self.lines.len().saturating_add(1) {
            self.settle();
            if !self.refresh() && round > 0 {
                break;
            }
        }
    }

    /// Ends whatever may have changed something: says what is to be said, and notes when time
    /// will make a difference again. Until then a tick has nothing to do.
    pub(in crate::agent) fn conclude(&mut self) {
        self.warn();
        self.report_counts();
        self.seen_leases = self.leases.changes();
        let mut due = if self.stale && self.retry_at == NEVER { 0 } else { self.retry_at };
        let mut dated = false;
        for held in self.lines() {
            due = due.min(self.deadline_of(held));
            dated |= held.dated.is_some();
        }
        due = due.min(self.calendar.deadline());
        if self.may_keep_clock() {
            due = due.min(match dated {
                true => self.running.deadline(),
                false => self.calendar.keep_deadline(),
            });
        }
        // What is due and cannot be done waits, too: there is always time before the next deadline.
        self.due = due.max(self.now.uptime.saturating_add(1));
    }

    /// The uptime at which [`tick`](Self::tick) is due again, always ahead; `None` if time changes
    /// nothing.
    #[must_use]
    pub const fn next_deadline(&self) -> Option<u64> {
        if self.due == NEVER { None } else { Some(self.due) }
    }

    fn deadline_of(&self, held: &Held) -> u64 {
        let uptime = self.now.uptime;
        let left = held.left(uptime);
        let metered = held.meter.filter(|_| held.is_metered());
        let mut due = match (metered, held.dated) {
            (Some(meter), _) => meter.next_deadline().unwrap_or(NEVER),
            (None, Some(Dated::Active { left })) => uptime.saturating_add(left),
            // Without a clock, what is known may come to its first day or its end.
            (None, Some(Dated::NotStarted | Dated::Unknown)) => {
                let now = match held.is_paid() {
                    true => self.reading.latest(),
                    false => self.reading.at_least,
                };
                let to_start =
                    held.right.start().map_or(0, |day| UnixTime::start_of(day).since(now));
                let to_end = held.right.end().map_or(0, |day| UnixTime::end_of(day).since(now));
                match if to_start > 0 { to_start } else { to_end } {
                    0 => NEVER,
                    seconds => uptime.saturating_add(seconds),
                }
            }
            _ => NEVER,
        };
        // A warning of a meter that stands still never comes.
        if metered.is_none_or(|meter| meter.is_running())
            && let Some(at) = self.warning_of(held).and_then(|warning| warning.next(left))
        {
            due = due.min(uptime.saturating_add(left.saturating_sub(at)));
        }
        if let Some(ended) = held.ended_at().filter(|_| held.running_out) {
            let next = u64::from(held.end_reports).saturating_add(1);
            let next = u64::from(report_interval(held)).saturating_mul(next);
            due = due.min(ended.saturating_add(next));
        }
        due
    }

    /// Judges the clock; whether anything is now judged otherwise than before.
    pub(in crate::agent) fn look_at_clock(&mut self) -> bool {
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
        let counted = self.running.counted(self.now.uptime);
        let mut changed = reading.changed;
        for held in self.lines.iter_mut().filter_map(LineSlot::held_mut) {
            let Some(days) = held.days() else { continue };
            let dated = held.term.judge(&reading, &days, held.is_paid(), counted);
            let kind = |dated: Option<Dated>| dated.map(|dated| core::mem::discriminant(&dated));
            changed |= kind(Some(dated)) != kind(held.dated);
            held.dated = Some(dated);
        }
        changed
    }

    /// Counts the running time, if any right needs it, and keeps what is known of time; whether
    /// that changed what may run, or for how long.
    pub(in crate::agent) fn count_time(&mut self) -> bool {
        let uptime = self.now.uptime;
        let may_store = self.may_keep_clock();
        if !self.lines().any(|held| held.dated.is_some()) {
            self.running.stop(uptime);
            if may_store && let Some(floor) = self.calendar.floor_to_keep() {
                let kept = self.keep_clock(floor, self.running, self.repairs);
                kept.unwrap_or_else(|reason| self.failed(reason));
            }
            return false;
        }
        let interval = self.product.rules.charge_interval.short();
        // Where a right waits for its first day, its time is not counted.
        let recovers = self.lines().all(|held| held.dated != Some(Dated::NotStarted));
        let mut changed = false;
        if let Some(next) = self.running.next(uptime, interval, recovers) {
            let was_kept = self.running.is_kept();
            let kept = match may_store {
                true => self.keep_clock(self.calendar.floor(), next, self.repairs),
                false => Err(Reason::StorageFailed),
            };
            if kept.is_err() {
                self.running.not_kept(uptime);
            }
            changed = kept.is_ok() || was_kept;
            if may_store && let Err(reason) = kept {
                self.failed(reason);
            }
        }
        for index in 0..if self.running.is_kept() { self.lines.len() } else { 0 } {
            changed |= self.count_dated(index);
        }
        changed
    }

    /// Makes durable what is known of time.
    pub(in crate::agent) fn keep_clock(
        &mut self,
        floor: UnixTime,
        running: Running,
        repairs: u64,
    ) -> Result<(), Reason> {
        let fresh = self.calendar.is_fresh();
        let (running_kept, open_repair) = (running.kept(), self.open_repair);
        let clock = journal::Clock { floor, repairs, running: running_kept, fresh, open_repair };
        self.journal.store_clock(&clock)?;
        self.calendar.kept(floor);
        self.running = running;
        self.repairs = repairs;
        Ok(())
    }

    /// Begins or ends the count of a dated right, where the clock has made it begin or wait.
    fn count_dated(&mut self, index: usize) -> bool {
        let counted = self.running.counted(self.now.uptime);
        // Where its use is unknown, nothing is written that would be believed at the next boot.
        let known = |held: &&Held| !held.unpaid && !held.use_unknown;
        let Some(held) = self.held(index).filter(known) else { return false };
        let kind = if held.is_trial() { UsageKind::Once } else { UsageKind::Dated };
        let next = held.dated.and_then(|dated| held.term.next(dated, counted));
        let Some(term) = next else { return false };
        let stored = self.store_usage(index, kind, term.had, term.since);
        let Some(held) = self.held_mut(index) else { return false };
        match stored {
            Ok(()) => held.term = term,
            Err(reason) => {
                held.unpaid = true;
                self.failed(reason);
            }
        }
        true
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
        let mut unpaid = held.unpaid;
        if charges && !unpaid {
            meter.start(uptime);
        }
        if let Some(charge) =
            meter.advance(uptime, self.product.rules.charge_interval).filter(|_| !unpaid)
        {
            match self.store_usage(index, UsageKind::Metered, charge.seconds(), 0) {
                Ok(()) => meter.commit(charge, uptime),
                Err(reason) => {
                    unpaid = true;
                    self.failed(reason);
                }
            }
        }
        // While it cannot be paid it is denied, and does not run.
        if !charges || unpaid {
            meter.stop(uptime);
        }
        if let Some(held) = self.held_mut(index) {
            (held.meter, held.unpaid) = (Some(meter), unpaid);
        }
    }

    /// Makes the use of a line durable, under the place that it has or gets.
    pub(in crate::agent) fn store_usage(
        &mut self,
        index: usize,
        kind: UsageKind,
        charged: u32,
        since: u32,
    ) -> Result<(), Reason> {
        let place = match self.held(index).and_then(|held| held.usage) {
            Some(place) => place,
            None => {
                // Where another line could not store its use yet, there is none, and it will be.
                let held = || self.lines.iter().filter_map(LineSlot::held);
                let is_taken = |place| held().any(|held| held.usage == Some(place));
                self.journal.free_usage_place(is_taken).ok_or(Reason::UsageFull)?
            }
        };
        let held = self.lines.get_mut(index).and_then(LineSlot::held_mut);
        let held = held.ok_or(Reason::NoSuchLine)?;
        let (id, feature) = (held.right.id(), held.right.feature());
        // Before the storage is asked: what fails may be there all the same.
        held.usage = Some(place);
        let usage = Usage { kind, id, charged: u64::from(charged), since, feature };
        self.journal.store_usage(place, &usage)
    }

    fn see_end(&mut self, index: usize, running: bool) {
        let uptime = self.now.uptime;
        let Some(held) = self.held_mut(index) else { return };
        let ended = held.has_ended(uptime);
        let reported = ended && held.at_expiry == ExpiryPolicy::Report;
        held.running_out = running && (held.running_out || (reported && held.serving));
        if !ended && held.ended_at != NOT_SEEN {
            held.ended_at = NOT_SEEN;
            // The clock was wrong when it had ended.
            (held.running_out, held.warned, held.end_reports) = (false, 0, 0);
        }
        if !ended || held.ended_at != NOT_SEEN {
            return;
        }
        if held.is_metered() && held.license_type() == LicenseType::EvaluationRightToUse {
            if self.retry_at == NEVER && !self.journal.is_open {
                self.convert(index);
            }
            return;
        }
        held.ended_at = uptime;
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
        let (about, charged) =
            (held.about(), held.meter.map_or(0, |meter| saturating_u32(meter.charged())));
        let converted = self
            .intend(Deed::Converted, index)
            .and_then(|()| self.store_usage(index, UsageKind::Converted, charged, 0));
        match converted {
            Ok(()) => {
                if let Some(held) = self.held_mut(index) {
                    held.converted = true;
                }
                self.event(EventKind::RightToUseReached, about, 0);
                self.remember(Deed::Converted, index);
            }
            Err(reason) => {
                // What has failed may have happened.
                self.doubt();
                let _ = self.recall_usage(Some(index));
                self.failed(reason);
            }
        }
    }

    fn warn(&mut self) {
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
    #[inline(never)]
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

    pub(in crate::agent) fn is_running(&self, held: &Held) -> bool {
        let Some(id) = held.feature else { return false };
        self.features.get(id.index()).is_some_and(|slot| decide::is_running(self.leases, id, slot))
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
