//! Values in flags that are no fields of a license, which `nodelock_authority::Value` reads.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use nodelock::Role;
use nodelock::value::{Date, FeatureName, UnixTime};

/// How long to wait for somebody else.
pub(crate) fn timeout(text: &str) -> Result<Duration, String> {
    match parse_advance(text)? {
        0 => Err("no time at all; write for example 90s or 5m".to_owned()),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// `NAME[:VERSION]` of a request.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) version: Option<nodelock::value::Version>,
}

pub(crate) fn wanted(text: &str) -> Result<Wanted, String> {
    let request = nodelock::value::FeatureRequest::parse(text.as_bytes())
        .map_err(|reason| format!("{}; {}", reason.text(), reason.remedy()))?;
    Ok(Wanted { name: request.feature.to_string(), version: request.version })
}

impl Wanted {
    pub(crate) fn feature(&self) -> Result<FeatureName<'_>, nodelock::Reason> {
        FeatureName::parse(self.name.as_bytes())
    }
}

/// Roles of keys.
pub(crate) fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::name))
        .try_map(|name| Role::parse(name.as_bytes()).map_err(|reason| reason.remedy().to_owned()))
}

/// `2026-11-22` (its first second), `2026-11-22T10:30:00Z`, or `none` for a device that does not
/// know the time.
pub(crate) fn parse_time(text: &str) -> Result<Option<UnixTime>, String> {
    if text == "none" {
        return Ok(None);
    }
    let wrong = || format!("{text:?} is no time; write 2026-11-22, 2026-11-22T10:30:00Z or none");
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let date = Date::parse(date.as_bytes()).map_err(|_| wrong())?;
    let time = time.strip_suffix('Z').ok_or_else(wrong)?;
    let mut seconds = 0;
    let mut parts = time.split(':');
    for (limit, length) in [(24, 3_600), (60, 60), (60, 1)] {
        let part = parts.next().filter(|part| part.len() == 2).ok_or_else(wrong)?;
        let number: u64 = part.parse().map_err(|_| wrong())?;
        if number >= limit {
            return Err(wrong());
        }
        seconds += number * length;
    }
    if parts.next().is_some() {
        return Err(wrong());
    }
    Ok(Some(UnixTime::start_of(date).plus(seconds)))
}

/// The other way round.
pub(crate) fn shown_time(wall: Option<u64>) -> String {
    let Some(wall) = wall else { return "none".to_owned() };
    let Some(date) = Date::from_unix_seconds(wall) else {
        return "after the year 9999".to_owned();
    };
    let of_day = wall % 86_400;
    format!("{date}T{:02}:{:02}:{:02}Z", of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// `3d2h`: numbers with the units d, h, m and s.
pub(crate) fn parse_advance(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no duration; write for example 3d2h, 90m or 45s");
    let mut seconds: u64 = 0;
    let mut number = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let length = match c {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return Err(wrong()),
        };
        let count: u64 = number.parse().map_err(|_| wrong())?;
        number.clear();
        seconds = count
            .checked_mul(length)
            .and_then(|more| seconds.checked_add(more))
            .filter(|&sum| sum <= 200 * 365 * 86_400)
            .ok_or_else(|| format!("{text:?} is more than 200 years"))?;
    }
    if number.is_empty() && !text.is_empty() { Ok(seconds) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_durations_are_read_and_others_refused() {
        assert_eq!(parse_time("1970-01-02"), Ok(Some(UnixTime(86_400))));
        assert_eq!(parse_time("1970-01-01T01:02:03Z"), Ok(Some(UnixTime(3_723))));
        assert_eq!(parse_time("none"), Ok(None));
        for text in ["none", "1970-01-02T01:02:03Z", "2026-11-22T23:59:59Z"] {
            assert_eq!(shown_time(parse_time(text).unwrap().map(|time| time.0)), text);
        }
        assert_eq!(shown_time(Some(253_402_300_799)), "9999-12-31T23:59:59Z");
        assert_eq!(shown_time(Some(253_402_300_800)), "after the year 9999");
        for text in ["", "today", "1970-01-01T1:02:03Z", "1970-01-01T24:00:00Z", "1970-01-01T00:00"]
        {
            assert!(parse_time(text).is_err(), "{text}");
        }
        assert_eq!(parse_advance("3d2h"), Ok(3 * 86_400 + 7_200));
        assert_eq!(parse_advance("90m"), Ok(5_400));
        for text in ["", "3", "d", "3x", "3d2", "999999999999d", "-1d"] {
            assert!(parse_advance(text).is_err(), "{text}");
        }
    }
}
