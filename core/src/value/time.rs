//! Time as the caller gives it. The core reads no clock.

use crate::value::date::Date;

/// Seconds since 1970-01-01T00:00:00 UTC, without leap seconds.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixTime(pub u64);

impl UnixTime {
    /// The first second of a day.
    #[must_use]
    pub fn start_of(date: Date) -> Self {
        Self(date.unix_seconds())
    }

    /// The first second after a day.
    #[must_use]
    pub fn end_of(date: Date) -> Self {
        Self(date.unix_seconds().saturating_add(DAY))
    }

    /// This many seconds later.
    #[must_use]
    pub const fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds since an earlier time; 0 if it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Seconds of a day.
pub(crate) const DAY: u64 = 86_400;

/// What the caller knows about time at the moment of a call.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Now {
    /// Seconds since power-on, from a clock that never goes back and no setting touches.
    pub uptime: u64,
    /// The wall clock; `None` if the device has none or it was not set yet, which is not the same
    /// as "expired".
    pub wall: Option<UnixTime>,
}

impl Now {
    /// A device that knows only how long it has been running.
    #[must_use]
    pub const fn uptime(uptime: u64) -> Self {
        Self { uptime, wall: None }
    }
}
