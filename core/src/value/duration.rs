//! Periods as operators read them.

use crate::value::time::DAY;

/// A period in its two largest units, as operators read it: `8 weeks 4 days`, `23 hours 59 minutes`.
///
/// # Errors
/// What the writer reports.
pub fn write_duration(seconds: u64, out: &mut impl core::fmt::Write) -> core::fmt::Result {
    const UNITS: [(u64, &str); 5] =
        [(7 * DAY, "week"), (DAY, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut left = seconds;
    let mut written = 0_u8;
    for (length, name) in UNITS {
        let number = left.checked_div(length).unwrap_or(0);
        left = left.checked_rem(length).unwrap_or(0);
        if number > 0 {
            let space = if written > 0 { " " } else { "" };
            let plural = if number == 1 { "" } else { "s" };
            write!(out, "{space}{number} {name}{plural}")?;
        }
        if number > 0 || written > 0 {
            written = written.saturating_add(1);
        }
        if written == 2 {
            return Ok(());
        }
    }
    if written == 0 { out.write_str("0 seconds") } else { Ok(()) }
}

/// A period that is printed [as operators read it](write_duration).
#[derive(Clone, Copy)]
pub(crate) struct Duration(pub(crate) u64);

impl core::fmt::Display for Duration {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write_duration(self.0, f)
    }
}
