//! Running time, counted in arrears: the one clock that nobody can set.
//!
//! Dated rights may not run longer than they are long, whatever the wall clock says. So the time
//! that the device runs is counted, and kept a step at a time. Power that goes within a step loses
//! what was not kept; how much can have been lost is kept too, before it can be lost:
//!
//! ```text
//!   boot          kept        kept            kept       power goes
//!    |-- step --|-- step --|--- step ----|-- step --|---x
//!                                                   '---' lost: two steps at most
//! ```
//!
//! What may be lost in all has a [limit](LIMIT), and a hundredth of what was counted is given back.
//! Where the limit is near, steps are short; where it is reached, a boot runs for a moment before
//! it grants, and that moment counts for what may be lost.

use crate::bytes::decimal::saturating_u32;

/// Seconds that may have run uncounted in all. An hour less than the day that SPEC 12 promises: a
/// tick may come late at the end of a right, too.
const LIMIT: u32 = 82_800;
/// An uptime that does not come.
const NEVER: u64 = u64::MAX;
/// The first step of a boot where the limit is near.
const SHORT: u32 = 60;

/// What is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kept {
    /// Seconds that were counted, ever.
    pub(crate) counted: u32,
    /// Seconds that may have run uncounted.
    pub(crate) doubt: u32,
}

/// The count of a boot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Running {
    kept: Kept,
    /// What of `kept.doubt` is from before this boot.
    earlier: u32,
    /// Seconds counted in this boot.
    here: u32,
    /// Uptime up to which was counted; [`NEVER`] while nothing needs it.
    since: u64,
    /// Seconds until the count is kept again. In twice that time a late tick is too late.
    step: u32,
    /// Seconds of this boot in which nothing was granted, but counted.
    held_back: u32,
    /// The limit is reached: nothing is granted before the first step is over.
    waits: bool,
    /// What may be lost in this step is kept.
    is_kept: bool,
}

impl Running {
    pub(crate) const fn restore(kept: Kept) -> Self {
        Self {
            kept,
            earlier: kept.doubt,
            here: 0,
            since: NEVER,
            step: 0,
            held_back: 0,
            waits: false,
            is_kept: false,
        }
    }

    /// The same, with what may have been lost before this boot forgiven.
    pub(crate) const fn forgiven(self) -> Self {
        let doubt = self.kept.doubt.saturating_sub(self.earlier);
        Self { kept: Kept { doubt, ..self.kept }, earlier: 0, ..self }
    }

    /// After the loss of what was kept: at least so much was counted, and nobody knows more.
    pub(crate) const fn lost(counted: u32) -> Self {
        Self::restore(Kept { counted, doubt: LIMIT })
    }

    /// Seconds counted, those of this step included.
    pub(crate) fn counted(&self, uptime: u64) -> u32 {
        self.kept.counted.saturating_add(self.in_step(uptime))
    }

    /// Whether dated rights must wait for the first step of this boot to be over.
    pub(crate) const fn waits(&self) -> bool {
        self.waits
    }

    /// Whether what may be lost now is kept, so that a trial may run.
    pub(crate) const fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// The uptime at which the count is to be kept; the highest if nothing needs it.
    pub(crate) fn deadline(&self) -> u64 {
        self.after(1)
    }

    /// The uptime from which on the driver is too late, and dated rights wait for its tick.
    pub(crate) fn overdue(&self) -> u64 {
        if self.is_kept { self.after(2) } else { u64::MAX }
    }

    fn after(&self, steps: u32) -> u64 {
        self.since.saturating_add(u64::from(self.step.saturating_mul(steps)))
    }

    /// What it will be when it is kept now, if that is due. `interval` is the longest step;
    /// `recovers` says that all rights are counted, so that a part of what may be lost is given
    /// back.
    #[inline(never)]
    pub(crate) fn next(&self, uptime: u64, interval: u32, recovers: bool) -> Option<Self> {
        let run = self.in_step(uptime);
        let begins = self.since == NEVER;
        if !begins && run < self.step && (self.is_kept || self.waits) {
            return None;
        }
        let counted = self.kept.counted.saturating_add(run);
        let back = (counted / 100).saturating_sub(self.kept.counted / 100);
        let earlier = self.earlier.saturating_sub(if recovers { back } else { 0 });
        let here = self.here.saturating_add(run);
        let held_back = if self.waits { run } else { self.held_back };
        let room = LIMIT.saturating_add(held_back).saturating_sub(earlier) / 2;
        let shortest = SHORT.min(interval);
        let (step, waits) = if room >= interval {
            (interval, false)
        } else if held_back == 0 && room < shortest {
            (shortest.saturating_mul(2), true)
        } else {
            (SHORT.saturating_add(here / 400).min(room).min(interval), false)
        };
        let at_risk = if waits { 0 } else { step.saturating_mul(2).saturating_sub(held_back) };
        let kept = Kept { counted, doubt: earlier.saturating_add(at_risk) };
        Some(Self { kept, earlier, here, since: uptime, step, held_back, waits, is_kept: true })
    }

    /// What is to be kept of it.
    pub(crate) const fn kept(&self) -> Kept {
        self.kept
    }

    /// It could not be kept. Time goes on being counted, here.
    pub(crate) fn not_kept(&mut self, uptime: u64) {
        self.is_kept = false;
        self.waits = false;
        self.since = self.since.min(uptime);
    }

    /// Nothing needs the count any more. What was counted and is not kept yet is known here, and covered
    /// by the doubt that is kept.
    pub(crate) fn stop(&mut self, uptime: u64) {
        self.kept.counted = self.counted(uptime);
        (self.since, self.is_kept, self.waits) = (NEVER, false, false);
    }

    fn in_step(&self, uptime: u64) -> u32 {
        saturating_u32(uptime.saturating_sub(self.since))
    }
}
