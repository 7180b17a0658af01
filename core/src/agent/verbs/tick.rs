//! Time: charging, ends, warnings, and when to come back.

use crate::agent::journal::OpenRepair;
use crate::agent::memory::{AgentLine, LineSlot};
use crate::agent::verbs::warnings::report_interval;
use crate::agent::{Agent, NEVER, Ports, decide};
use crate::calendar::Dated;
use crate::reason::Reason;
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
            self.finish_update();
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
    pub(in crate::agent) const fn may_keep_clock(&self) -> bool {
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
    pub(in crate::agent) fn finish_update(&mut self) {
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

    fn deadline_of(&self, held: &AgentLine) -> u64 {
        let uptime = self.now.uptime;
        let left = held.left(uptime).unwrap_or(u64::MAX);
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

    pub(in crate::agent) fn is_running(&self, held: &AgentLine) -> bool {
        let Some(id) = held.feature else { return false };
        self.features.get(id.index()).is_some_and(|slot| decide::is_running(&self.leases, id, slot))
    }
}
