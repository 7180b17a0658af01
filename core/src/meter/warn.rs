//! When to warn before a right ends: docs/SPEC.md section 12.

use crate::value::time::DAY;

const HOUR: u64 = 3_600;

/// Which kind of end a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// Metered: 4, 3 and 2 weeks before, then daily in the last week.
    Metered,
    /// Dated: weekly from 8 weeks before, daily in the last week, hourly in the last day.
    Dated,
    /// A trial that turns into a right to use: 10 and 5 days before.
    RightToUse,
}

impl Warning {
    /// How many warnings are due when so many seconds are left. Grows as time runs out, so a
    /// warning is new when the number is higher than that of the last one.
    #[must_use]
    pub fn due(self, left: u64) -> u16 {
        let mut due = 0_u16;
        while self.time(due).is_some_and(|time| left <= time) {
            due = due.saturating_add(1);
        }
        due
    }

    /// The seconds left at which the next warning is due.
    #[must_use]
    pub fn next(self, left: u64) -> Option<u64> {
        self.time(self.due(left))
    }

    /// Seconds left at a warning, counted from 0; they fall.
    #[inline(never)]
    fn time(self, number: u16) -> Option<u64> {
        let (days, hours): (&[u8], u16) = match self {
            Self::Metered => (&[28, 21, 14, 7, 6, 5, 4, 3, 2, 1], 0),
            Self::Dated => (&[56, 49, 42, 35, 28, 21, 14, 7, 6, 5, 4, 3, 2, 1], 23),
            Self::RightToUse => (&[10, 5], 0),
        };
        if let Some(day) = days.get(usize::from(number)) {
            return Some(u64::from(*day).saturating_mul(DAY));
        }
        let hour = usize::from(number).saturating_sub(days.len());
        let hours = usize::from(hours).checked_sub(hour).filter(|hours| *hours > 0)?;
        Some(u64::try_from(hours).ok()?.saturating_mul(HOUR))
    }
}
