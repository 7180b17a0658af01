//! What is known of time: judging the clock, counting running time, keeping both.

use crate::agent::journal::{Clock, UsageKind};
use crate::agent::memory::{AgentLine, EventSubject, LineSlot, NO_NEWS, NOT_BELIEVED, NOT_SEEN};
use crate::agent::{Agent, Ports};
use crate::calendar::{ClockState, Dated, Running};
use crate::event::EventKind;
use crate::reason::Reason;
use crate::value::time::UnixTime;

impl<P: Ports> Agent<'_, P> {
    /// Judges the clock; whether anything is now judged otherwise than before.
    pub(in crate::agent) fn look_at_clock(&mut self) -> bool {
        let before = self.calendar.floor();
        let reading = self.calendar.observe(self.now);
        self.reading = reading;
        if reading.changed {
            let kind = match reading.state {
                ClockState::Unknown => EventKind::ClockLost,
                ClockState::Good => EventKind::ClockGood,
                ClockState::SteppedBack => EventKind::ClockBack,
                ClockState::JumpedForward => EventKind::ClockForward,
            };
            self.event(kind, EventSubject::NOTHING, 0);
        }
        let counted = self.running.counted(self.now.uptime);
        let mut changed = reading.changed;
        for held in self.lines.iter_mut().filter_map(LineSlot::held_mut) {
            let Some(days) = held.days() else { continue };
            let dated = held.term.judge(&reading, &days, held.is_paid(), counted);
            let kind = |dated: Option<Dated>| dated.map(|dated| core::mem::discriminant(&dated));
            changed |= kind(Some(dated)) != kind(held.dated);
            let end = UnixTime::end_of(days.end);
            // At boot the end is no news if it was known before. Nor is it at any time one that only a jump
            // shows.
            let passed = before < end && end <= reading.at_least;
            let jumped = reading.state == ClockState::JumpedForward && reading.at_least < end;
            if dated == Dated::Ended && jumped {
                held.warned = NOT_BELIEVED;
            } else if dated == Dated::Ended && held.warned == NOT_BELIEVED {
                // Now it is believed.
                (held.warned, held.ended_at) = (0, NOT_SEEN);
            } else if dated == Dated::Ended && held.dated.is_none() && !passed {
                held.warned = NO_NEWS;
            }
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
        let clock = Clock { floor, repairs, running: running_kept, fresh, open_repair };
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
        // A trial that nobody has accepted does not run.
        let known = |held: &&AgentLine| {
            let waits = held.is_trial() && held.needs_eula && !held.accepted;
            !held.unpaid && !held.use_unknown && !waits
        };
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
}
