//! Days of the calendar, UTC.

use core::num::NonZeroU32;

use crate::bytes::decimal::{self, Digits, low_u16, low_u32, saturating_u32};
use crate::bytes::reader::Reader;
use crate::bytes::sink::Sink;
use crate::bytes::writer;
use crate::convert::one_text;
use crate::limits::MAX_USAGE_SECONDS;
use crate::reason::Reason;

/// A day, UTC, as days since 1970-01-01; up to 9999-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(
    /// One more, so that no date takes no room of its own.
    NonZeroU32,
);

/// 9999-12-31.
const LAST_DAY: u32 = 2_932_896;

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Self = Self(NonZeroU32::MIN);

    /// From days since 1970-01-01; `None` after the year 9999.
    #[must_use]
    pub const fn from_days(days: u32) -> Option<Self> {
        if days > LAST_DAY {
            return None;
        }
        Some(Self(NonZeroU32::MIN.saturating_add(days)))
    }

    /// From seconds since 1970-01-01T00:00:00 UTC: the day on which they fall.
    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Option<Self> {
        u32::try_from(seconds / 86_400).ok().and_then(Self::from_days)
    }

    /// From `2026-11-22`.
    ///
    /// # Errors
    /// [`Reason::BadDate`] for any other form (RFC 3339 full-date, years 1970 to 9999) and for days
    /// that the calendar does not have.
    ///
    /// ```
    /// use nodelock::value::Date;
    /// assert_eq!(Date::parse(b"2026-11-22")?.days(), 20_779);
    /// assert!(Date::parse(b"2026-02-29").is_err());
    /// # Ok::<(), nodelock::Reason>(())
    /// ```
    pub const fn parse(text: &[u8]) -> Result<Self, Reason> {
        match Self::parse_civil(text) {
            Some(date) => Ok(date),
            None => Err(Reason::BadDate),
        }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> u32 {
        self.0.get().wrapping_sub(1)
    }

    /// Seconds since 1970 at which the day begins.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        u64::from(self.days()).wrapping_mul(86_400)
    }

    /// Year, month and day.
    #[must_use]
    pub const fn civil(self) -> (u16, u8, u8) {
        // Counted from 0000-03-01, so that the leap day is the last one of a year; a cycle of 400
        // years has 146,097 days. All values stay far below 2^32.
        let day = self.days().wrapping_add(719_468);
        let cycle = day / 146_097;
        let in_cycle = day % 146_097;
        let leaps = (in_cycle / 36_524).wrapping_sub(in_cycle / 146_096);
        let year_in_cycle = in_cycle.wrapping_sub(in_cycle / 1_460).wrapping_add(leaps) / 365;
        let in_year = in_cycle.wrapping_sub(days_before_year(year_in_cycle));
        let month = in_year.wrapping_mul(5).wrapping_add(2) / 153;
        let day = in_year.wrapping_sub(days_before_month(month)).wrapping_add(1);
        let late = month >= 10;
        let year = cycle.wrapping_mul(400).wrapping_add(year_in_cycle).wrapping_add(late as u32);
        let month = if late { month.wrapping_sub(9) } else { month.wrapping_add(3) };
        (low_u16(year), low_u16(month).to_le_bytes()[0], low_u16(day).to_le_bytes()[0])
    }

    pub(crate) fn emit(self, out: &mut impl Sink) {
        let (year, month, day) = self.civil();
        let [y1, y2, y3, y4] = digits(year);
        let ([m1, m2], [d1, d2]) = (digits(month.into()), digits(day.into()));
        out.put(&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]);
    }

    /// Days since the first one that there is.
    pub(crate) fn encode(self, out: &mut impl Sink) {
        writer::number(u64::from(self.days()), out);
    }

    /// A byte that says whether a date follows, and the date.
    pub(crate) fn encode_optional(date: Option<Self>, out: &mut impl Sink) {
        match date {
            None => out.put(&[0]),
            Some(day) => {
                out.put(&[1]);
                day.encode(out);
            }
        }
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        u32::try_from(reader.number()?).ok().and_then(Self::from_days)
    }

    pub(crate) fn decode_optional(reader: &mut Reader<'_>) -> Option<Option<Self>> {
        match reader.byte()? {
            0 => Some(None),
            1 => Self::decode(reader).map(Some),
            _ => None,
        }
    }

    const fn parse_civil(text: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
        let (Some(century), Some(year)) = (number(y1, y2), number(y3, y4)) else { return None };
        let (Some(month), Some(day)) = (number(m1, m2), number(d1, d2)) else { return None };
        let year = century.wrapping_mul(100).wrapping_add(year);
        if year < 1970 || month < 1 || month > 12 || day < 1 {
            return None;
        }
        let early = month <= 2;
        let shifted_year = year.wrapping_sub(early as u32);
        let shifted_month = if early { month.wrapping_add(9) } else { month.wrapping_sub(3) };
        let days = (shifted_year / 400)
            .wrapping_mul(146_097)
            .wrapping_add(days_before_year(shifted_year % 400))
            .wrapping_add(days_before_month(shifted_month))
            .wrapping_add(day)
            .wrapping_sub(1)
            .wrapping_sub(719_468);
        let Some(date) = Self::from_days(days) else { return None };
        // A day that the month does not have lands in the next one.
        let (y, m, d) = date.civil();
        if y as u32 == year && m as u32 == month && d as u32 == day { Some(date) } else { None }
    }
}

impl core::fmt::Display for Date {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

one_text!(Date, plain: u32, |date| date.days(), Self::from_days);

/// Days of a 400-year cycle before one of its years, which begin in March.
const fn days_before_year(year: u32) -> u32 {
    year.wrapping_mul(365).wrapping_add(year / 4).wrapping_sub(year / 100)
}

/// Days before a month, counted from March; from there on lengths repeat every five months.
const fn days_before_month(month: u32) -> u32 {
    month.wrapping_mul(153).wrapping_add(2) / 5
}

/// Of two digits.
pub(crate) const fn number(tens: u8, ones: u8) -> Option<u32> {
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    Some(((tens & 15) as u32).wrapping_mul(10).wrapping_add((ones & 15) as u32))
}

/// The last digits of a number, as many as are asked for.
pub(crate) fn digits<const N: usize>(mut number: u16) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit |= number.wrapping_rem(10).to_le_bytes()[0];
        number /= 10;
    }
    digits
}

/// A usage period: running time that a metered right allows, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(NonZeroU32);

// 100 years of seconds.
const _: () = assert!(MAX_USAGE_SECONDS < 1 << 32);

/// The units that a period is written in, largest first.
const UNITS: [(u32, u8); 4] = [(86_400, b'd'), (3_600, b'h'), (60, b'm'), (1, b's')];

impl Period {
    /// From seconds; `None` for 0 and above [`MAX_USAGE_SECONDS`](crate::limits::MAX_USAGE_SECONDS).
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Option<Self> {
        if seconds > MAX_USAGE_SECONDS {
            return None;
        }
        match NonZeroU32::new(low_u32(seconds)) {
            Some(seconds) => Some(Self(seconds)),
            None => None,
        }
    }

    /// For constants of this crate, and for trials of a catalog, which is refused if one is too long.
    pub(crate) const fn literal(seconds: u64) -> Self {
        match NonZeroU32::new(saturating_u32(seconds)) {
            Some(seconds) => Self(seconds),
            None => Self(NonZeroU32::MIN),
        }
    }

    /// From `60d`, `12h`, `90m` or `45s`, in the largest unit that fits without a rest.
    ///
    /// # Errors
    /// [`Reason::BadPeriod`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        Self::parse_unit(text).ok_or(Reason::BadPeriod)
    }

    /// Seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0.get() as u64
    }

    /// The same in the form in which it is kept.
    pub(crate) const fn short(self) -> u32 {
        self.0.get()
    }

    pub(crate) fn emit(self, out: &mut impl Sink) {
        let (number, unit) = self.in_largest_unit();
        out.put(Digits::new(u64::from(number)).as_bytes());
        out.put(&[unit]);
    }

    fn parse_unit(text: &[u8]) -> Option<Self> {
        let (&unit, number) = text.split_last()?;
        let &(length, _) = UNITS.iter().find(|&&(_, letter)| letter == unit)?;
        let number = decimal::decode(number, MAX_USAGE_SECONDS)?;
        let period = Self::from_seconds(number.checked_mul(u64::from(length))?)?;
        let (largest, letter) = period.in_largest_unit();
        (u64::from(largest) == number && letter == unit).then_some(period)
    }

    fn in_largest_unit(self) -> (u32, u8) {
        let seconds = self.0.get();
        for (length, letter) in UNITS {
            if seconds.checked_rem(length) == Some(0) {
                return (seconds.checked_div(length).unwrap_or(seconds), letter);
            }
        }
        (seconds, b's')
    }
}

impl core::fmt::Display for Period {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (number, unit) = self.in_largest_unit();
        write!(f, "{number}{}", char::from(unit))
    }
}

one_text!(Period, plain: u64, |period| period.seconds(), Self::from_seconds);

#[cfg(test)]
mod tests;
