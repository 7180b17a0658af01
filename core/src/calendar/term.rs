//! The running time of one dated right: it may run no longer than it is long.

use crate::bytes::decimal::saturating_u32;
use crate::calendar::{Dated, Reading};
use crate::value::date::Date;
use crate::value::time::UnixTime;

/// Days of a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) issued: Date,
    pub(crate) start: Option<Date>,
    pub(crate) end: Date,
}

impl Days {
    /// Seconds from the first day, or the day of issue if that is later, to the end of the last.
    pub(super) fn length(&self) -> u32 {
        let first = self.start.map_or(self.issued, |start| start.max(self.issued));
        saturating_u32(UnixTime::end_of(self.end).since(UnixTime::start_of(first)))
    }
}

/// How long a dated right has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Term {
    /// Seconds that it has run, up to `since` if it runs now.
    pub(crate) had: u32,
    /// The running time of the device when it began to run, and 1; 0 if it does not.
    pub(crate) since: u32,
}

impl Term {
    /// Seconds that it has run, by the running time of the device.
    pub(crate) const fn has_run(self, counted: u32) -> u32 {
        match self.since.checked_sub(1) {
            Some(since) => self.had.saturating_add(counted.saturating_sub(since)),
            None => self.had,
        }
    }

    /// Judges a right by its days, and by how long it has run.
    #[inline(never)]
    pub(crate) fn judge(self, reading: &Reading, days: &Days, paid: bool, counted: u32) -> Dated {
        let rest = u64::from(days.length().saturating_sub(self.has_run(counted)));
        match reading.judge(days.issued, days.start, days.end, paid) {
            Dated::Active { .. } if rest == 0 => Dated::Ended,
            Dated::Active { left } => Dated::Active { left: left.min(rest) },
            other => other,
        }
    }

    /// What it becomes where the clock has made the right begin, or wait for its first day again. To
    /// be kept before the right is granted.
    pub(crate) const fn next(self, dated: Dated, counted: u32) -> Option<Self> {
        let since = match dated {
            Dated::Active { .. } if self.since == 0 => counted.saturating_add(1),
            Dated::NotStarted if self.since != 0 => 0,
            _ => return None,
        };
        Some(Self { had: self.has_run(counted), since })
    }
}
