//! Time as the caller gives it. The core reads no clock.

#[cfg(feature = "transfer")]
use crate::bytes::decimal::{low_u16, saturating_u32};
#[cfg(feature = "transfer")]
use crate::bytes::sink::{Sink, Written};
#[cfg(feature = "transfer")]
use crate::reason::Reason;
use crate::value::date::Date;
#[cfg(feature = "transfer")]
use crate::value::date::{digits, number};

/// Seconds since 1970-01-01T00:00:00 UTC, without leap seconds.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixTime(pub u64);

impl UnixTime {
    /// From `2026-11-22T08:30:00Z`.
    ///
    /// # Errors
    /// [`Reason::BadDate`] for any other form (RFC 3339 date-time in whole seconds of UTC, years 1970 to 9999), and
    /// for times that no day has.
    #[cfg(feature = "transfer")]
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        Self::parse_civil(text).ok_or(Reason::BadDate)
    }

    #[cfg(feature = "transfer")]
    fn parse_civil(text: &[u8]) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let &[b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = time else { return None };
        let (hour, minute, second) = (number(h1, h2)?, number(m1, m2)?, number(s1, s2)?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let minutes = hour.wrapping_mul(60).wrapping_add(minute);
        let seconds = minutes.wrapping_mul(60).wrapping_add(second);
        Some(Self::start_of(Date::parse(date).ok()?).plus(u64::from(seconds)))
    }

    /// The day, and hour, minute and second of it; `None` after the year 9999.
    #[cfg(feature = "transfer")]
    pub(crate) fn civil(self) -> Option<(Date, [u16; 3])> {
        let date = Date::from_unix_seconds(self.0)?;
        let seconds = saturating_u32(self.since(Self::start_of(date)));
        let part = |seconds: u32| low_u16(seconds % 60);
        let (minutes, hours) = (seconds / 60, low_u16(seconds / 3600));
        Some((date, [hours, part(minutes), part(seconds)]))
    }

    /// Writes the text; nothing after the year 9999.
    #[cfg(feature = "transfer")]
    pub(crate) fn emit(self, out: &mut impl Sink) {
        let Some((date, [hour, minute, second])) = self.civil() else { return };
        date.emit(out);
        let ([h1, h2], [m1, m2], [s1, s2]) = (digits(hour), digits(minute), digits(second));
        out.put(&[b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z']);
    }

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

/// `2026-11-22T08:30:00Z`.
#[cfg(feature = "transfer")]
impl core::fmt::Display for UnixTime {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut text = Written::new(f);
        self.emit(&mut text);
        text.finish()
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
