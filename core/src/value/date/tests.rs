use std::format;
use std::vec::Vec;

use super::*;
use crate::bytes::sink::SliceSink;

fn emitted(write: impl FnOnce(&mut SliceSink<'_>)) -> Vec<u8> {
    let mut buffer = [0; 32];
    let mut out = SliceSink::new(&mut buffer);
    write(&mut out);
    out.finish().unwrap().to_vec()
}

#[test]
fn every_day_has_one_text_and_follows_the_one_before() {
    // An own calendar, counted day by day.
    let (mut year, mut month, mut day) = (1970_u32, 1_u32, 1_u32);
    for days in 0..=LAST_DAY {
        let date = Date::from_days(days).unwrap();
        let (y, m, d) = date.civil();
        assert_eq!((u32::from(y), u32::from(m), u32::from(d)), (year, month, day));
        if days % 97 == 0 || year % 100 == 0 {
            let text = format!("{year:04}-{month:02}-{day:02}");
            assert_eq!(Date::parse(text.as_bytes()), Ok(date));
            assert_eq!(emitted(|out| date.emit(out)), text.as_bytes());
            assert_eq!(format!("{date}"), text);
        }
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let length = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        day += 1;
        if day > length {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
    assert_eq!((year, month, day), (10_000, 1, 1));
    assert_eq!(Date::from_days(LAST_DAY + 1), None);
}

#[test]
fn other_forms_and_days_that_do_not_exist_are_refused() {
    for text in [
        "",
        "2026-11-2",
        "2026-11-222",
        "20261122",
        "2026/11/22",
        "1969-12-31",
        "0000-01-01",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-01-32",
        "2026-02-29",
        "2100-02-29",
        "2026-04-31",
        "2026-1a-01",
        "+026-01-01",
        "2026-11-22T00:00:00Z",
        " 2026-11-22",
    ] {
        assert_eq!(Date::parse(text.as_bytes()), Err(Reason::BadDate), "{text}");
    }
    assert!(Date::parse(b"2000-02-29").is_ok());
}

#[test]
fn seconds_fall_on_their_day() {
    assert_eq!(Date::from_unix_seconds(0), Date::from_days(0));
    assert_eq!(Date::from_unix_seconds(86_399), Date::from_days(0));
    assert_eq!(Date::from_unix_seconds(86_400), Date::from_days(1));
    assert_eq!(Date::from_unix_seconds(u64::MAX), None);
    assert_eq!(Date::from_days(2).unwrap().unix_seconds(), 172_800);
}

#[test]
fn a_period_is_written_in_the_largest_unit_that_fits() {
    for (text, seconds) in [
        ("1s", 1),
        ("59s", 59),
        ("1m", 60),
        ("90m", 5_400),
        ("12h", 43_200),
        ("1d", 86_400),
        ("60d", 5_184_000),
        ("1458d", 125_971_200),
        ("36500d", crate::limits::MAX_USAGE_SECONDS),
    ] {
        let period = Period::parse(text.as_bytes()).unwrap();
        assert_eq!(period.seconds(), seconds);
        assert_eq!(emitted(|out| period.emit(out)), text.as_bytes());
        assert_eq!(format!("{period}"), text);
    }
    for text in [
        "",
        "d",
        "60",
        "0d",
        "060d",
        "24h",
        "60m",
        "60s",
        "1440m",
        "1w",
        "1D",
        "-1d",
        "1.5d",
        "36501d",
        "99999999999999999999d",
    ] {
        assert_eq!(Period::parse(text.as_bytes()), Err(Reason::BadPeriod), "{text}");
    }
}
