//! When to warn before a right ends: docs/SPEC.md section 12.

use crate::time::DAY;

const HOUR: u64 = 3_600;

/// Which kind of end a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        // Not `count()`, which panics where overflow checks are on.
        self.times().filter(|&time| left <= time).fold(0, |n: u16, _| n.saturating_add(1))
    }

    /// The seconds left at which the next warning is due.
    #[must_use]
    pub fn next(self, left: u64) -> Option<u64> {
        self.times().find(|&time| time < left)
    }

    /// Seconds left at each warning, falling.
    fn times(self) -> impl Iterator<Item = u64> {
        let (days, hours): (&[u64], u64) = match self {
            Self::Metered => (&[28, 21, 14, 7, 6, 5, 4, 3, 2, 1], 0),
            Self::Dated => (&[56, 49, 42, 35, 28, 21, 14, 7, 6, 5, 4, 3, 2, 1], 23),
            Self::RightToUse => (&[10, 5], 0),
        };
        let hours = (1..=hours).rev().map(|hour| hour.saturating_mul(HOUR));
        days.iter().map(|day| day.saturating_mul(DAY)).chain(hours)
    }
}
