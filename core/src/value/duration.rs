//! Periods as operators read them.

use crate::bytes::decimal::Digits;
use crate::bytes::sink::{Sink, Written};
use crate::value::time::DAY;

/// A period in its two largest units, as operators read it: `8 weeks 4 days`, `23 hours 59 minutes`.
///
/// # Errors
/// What the writer reports.
pub fn write_duration(seconds: u64, out: &mut impl core::fmt::Write) -> core::fmt::Result {
    let mut text = Written::new(out);
    emit(seconds, &mut text);
    text.finish()
}

/// The same into a sink.
pub(crate) fn emit(seconds: u64, out: &mut impl Sink) {
    const UNITS: [(u64, &[u8]); 5] =
        [(7 * DAY, b" week"), (DAY, b" day"), (3_600, b" hour"), (60, b" minute"), (1, b" second")];
    let mut left = seconds;
    let mut written = 0_u8;
    for (length, name) in UNITS {
        let number = left.checked_div(length).unwrap_or(0);
        left = left.checked_rem(length).unwrap_or(0);
        if number > 0 {
            if written > 0 {
                out.put(b" ");
            }
            out.put(Digits::new(number).as_bytes());
            out.put(name);
            if number > 1 {
                out.put(b"s");
            }
        }
        if number > 0 || written > 0 {
            written = written.saturating_add(1);
        }
        if written == 2 {
            return;
        }
    }
    if written == 0 {
        out.put(b"0 seconds");
    }
}
