//! Charging: metered use, and what happens at the end of a right.

use crate::agent::journal::{HistoryKind, Usage, UsageKind};
use crate::agent::memory::{LineSlot, NO_NEWS, NOT_BELIEVED, NOT_SEEN};
use crate::agent::verbs::transaction::Change;
use crate::agent::verbs::warnings::end_event;
use crate::agent::{Agent, NEVER, Ports};
use crate::bytes::decimal::saturating_u32;
use crate::reason::Reason;
use crate::value::license::{ExpiryPolicy, LicenseType};

impl<P: Ports> Agent<'_, P> {
    /// Brings every line to the present: meters run while their line serves a running feature.
    // By index, here and below: a copy of a line is a quarter of a kilobyte of stack.
    pub(in crate::agent) fn settle(&mut self) {
        for index in 0..self.lines.len() {
            let Some(held) = self.held(index) else { continue };
            let running = self.is_running(held);
            let metered = held.meter.is_some_and(|meter| meter.is_running());
            if held.is_metered() {
                self.meter(index, running);
            }
            self.see_end(index, running, metered);
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

    /// `metered`: its meter ran until now.
    fn see_end(&mut self, index: usize, running: bool, metered: bool) {
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
        // A meter that has not run since the boot ended before it.
        let seen_before = held.is_metered() && !metered && !held.running_out;
        if !seen_before && held.warned != NOT_BELIEVED {
            let (kind, about) = (end_event(held), held.about());
            let is_news = held.warned != NO_NEWS;
            self.alarm(index, kind, about, 0);
            if is_news {
                self.remember(HistoryKind::Expired, index);
            }
        }
    }

    /// A trial that is over becomes a right to use.
    #[inline(never)]
    fn convert(&mut self, index: usize) {
        let Some(held) = self.held(index) else { return };
        let charged = held.meter.map_or(0, |meter| saturating_u32(meter.charged()));
        let change = Change::of_line(HistoryKind::Converted, held.right.id(), Some(index));
        let converted = self.transact_next(&change, |agent| {
            agent.store_usage(index, UsageKind::Converted, charged, 0)
        });
        if let Some(held) = self.held_mut(index).filter(|_| converted.happened) {
            held.converted = true;
        }
        if let Err(reason) = converted.written {
            self.failed(reason);
        }
    }
}
