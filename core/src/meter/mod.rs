//! Metered use: running time that is charged in advance, without any wall clock.
//!
//! A [`Meter`] charges one interval, the caller makes the charge durable, and only then the
//! interval may be used. So a power cut can never give time back; it costs at most the rest of the
//! interval that was paid. What is left of a paid interval when use ends stays in RAM for the next
//! use until the device reboots.
//!
//! ```text
//!            start              advance: paid time used up
//!   stopped ------> running ------------------------------> charge due
//!      ^               |  ^                                     |
//!      |     stop      |  |     commit (charge is durable)      |
//!      +---------------+  +-------------------------------------+
//!                      |
//!                      +--> exhausted: everything charged and used
//! ```

mod warn;

pub use warn::Warning;

use crate::bytes::decimal::saturating_u32;
use crate::value::date::Period;

/// The meter of one right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meter {
    total: u32,
    /// Durable: seconds paid since the right was installed, used or not.
    charged: u32,
    /// Paid and not yet used, as of `since` or since it was stopped; or, if it `owes`, used and not
    /// paid when use ended, which the next charge pays too.
    credit: u32,
    /// Uptime at which the current use was last settled; `None` while not in use.
    since: Option<u64>,
    owes: bool,
    /// Used although nothing was left to pay it with.
    overrun: bool,
}

/// A charge that must become durable before use may go on: the new value of
/// [`charged`](Meter::charged).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Charge(u32);

impl Charge {
    /// The value to store.
    #[must_use]
    pub const fn charged(self) -> u64 {
        self.0 as u64
    }

    pub(crate) const fn seconds(self) -> u32 {
        self.0
    }
}

impl Meter {
    /// The meter of a right with this allowance, of which so much was charged before the last
    /// boot (0 for a new one). Not in use.
    #[must_use]
    pub const fn restore(allowance: Period, charged: u64) -> Self {
        let total = allowance.short();
        let charged = if charged < total as u64 { saturating_u32(charged) } else { total };
        Self { total, charged, credit: 0, since: None, owes: false, overrun: charged == total }
    }

    /// Begins use. Does nothing if it is in use.
    pub const fn start(&mut self, uptime: u64) {
        if self.since.is_none() {
            self.since = Some(uptime);
        }
    }

    /// Ends use. Time that is used and not yet paid stays due: see [`advance`](Self::advance),
    /// which the caller calls before.
    pub const fn stop(&mut self, uptime: u64) {
        self.settle(uptime);
        self.since = None;
    }

    /// The charge that is due at this time, if any. Calling it too often is harmless: without a
    /// [`commit`](Self::commit) the answer stays the same.
    pub fn advance(&self, uptime: u64, interval: Period) -> Option<Charge> {
        let used = self.used_since_settled(uptime);
        let unpaid = match self.owes {
            true => used.saturating_add(self.credit),
            false => used.checked_sub(self.credit)?,
        };
        let left = self.total.saturating_sub(self.charged);
        if self.since.is_none() || left == 0 {
            return None;
        }
        // A call that comes late pays for all that was used meanwhile, and one interval ahead.
        let amount = unpaid.saturating_add(interval.short()).min(left);
        Some(Charge(self.charged.saturating_add(amount)))
    }

    /// The charge is durable: the time may be used.
    pub fn commit(&mut self, charge: Charge, uptime: u64) {
        let paid = charge.0.min(self.total).saturating_sub(self.charged);
        self.charged = self.charged.saturating_add(paid);
        self.add(paid);
        self.settle(uptime);
    }

    /// Whether the allowance is used up at this time. Stays so.
    #[must_use]
    pub fn is_exhausted(&self, uptime: u64) -> bool {
        self.overrun
            || (self.charged == self.total && self.used_since_settled(uptime) >= self.paid())
    }

    /// Whether paid time is left at this time, so that use may go on.
    #[must_use]
    pub fn is_paid(&self, uptime: u64) -> bool {
        self.used_since_settled(uptime) < self.paid()
    }

    /// Whether it is in use.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.since.is_some()
    }

    /// Seconds charged; this is what the caller keeps.
    #[must_use]
    pub const fn charged(&self) -> u64 {
        self.charged as u64
    }

    /// Seconds used at this time: charged and not left over.
    #[must_use]
    pub fn used(&self, uptime: u64) -> u64 {
        let left_over = self.paid().saturating_sub(self.used_since_settled(uptime));
        u64::from(self.charged.saturating_sub(left_over))
    }

    /// Seconds left at this time.
    #[must_use]
    pub fn left(&self, uptime: u64) -> u64 {
        u64::from(self.total).saturating_sub(self.used(uptime))
    }

    /// Uptime at which the next charge is due or the allowance ends; `None` while not in use or
    /// when exhausted.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        if self.overrun {
            return None;
        }
        Some(self.since?.saturating_add(u64::from(self.paid())))
    }

    #[inline(never)]
    fn used_since_settled(&self, uptime: u64) -> u32 {
        self.since.map_or(0, |since| saturating_u32(uptime.saturating_sub(since)))
    }

    /// Pays what it owes, and puts the rest to its credit.
    const fn add(&mut self, paid: u32) {
        if !self.owes {
            self.credit = self.credit.saturating_add(paid);
        } else {
            self.owes = paid < self.credit;
            self.credit = self.credit.abs_diff(paid);
        }
    }

    /// Paid and not used.
    const fn paid(&self) -> u32 {
        if self.owes { 0 } else { self.credit }
    }

    const fn settle(&mut self, uptime: u64) {
        if let Some(since) = self.since {
            let used = saturating_u32(uptime.saturating_sub(since));
            if self.charged == self.total && used >= self.paid() {
                self.overrun = true;
            }
            if self.owes {
                self.credit = self.credit.saturating_add(used);
            } else {
                self.owes = used > self.credit;
                self.credit = self.credit.abs_diff(used);
            }
            // The clock never goes back; if it does, nothing is given back for it.
            self.since = Some(if uptime > since { uptime } else { since });
        }
    }
}

#[cfg(test)]
mod tests;
