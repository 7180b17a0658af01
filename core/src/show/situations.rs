//! Twenty ways to be denied, and what the owner is told: each against one golden file.

use std::format;
use std::string::String;

use super::tests::golden;
use super::*;
use crate::agent::Priority;
use crate::agent::tests::rig::*;
use crate::event::EventKind;
use crate::record::LicenseTerms;
use crate::value::date::Date;
use crate::value::feature::Version;
use crate::value::license::{Combine, Count, LicenseType, LineId};
use crate::value::time::{Now, UnixTime};

fn told(agent: &Booted<'_>, title: &str, feature: &str, units: u64, text: &mut String) {
    *text += &format!("# {title}\n");
    agent.show_explanation(id(feature), units, text).unwrap();
    // Whoever asks in a number is told the same.
    let answer = agent.answer(id(feature), units);
    let checked = agent.check(id(feature), agent.uptime());
    if let Verdict::Denied(denial) = checked {
        assert_eq!(answer.reason(), Some(denial.reason), "{title}");
    }
}

fn units(feature: &'static str, number: u8, units: u64, combine: Combine) -> LicenseTerms<'static> {
    let permanent = line(feature, LicenseType::Permanent, number);
    LicenseTerms { count: Count::Units(units), combine, ..permanent }
}

fn days(now: Now, number: u64) -> Now {
    Now { wall: now.wall.map(|wall| wall.plus(number * DAY)), ..now }
}

fn until(days: u32, terms: LicenseTerms<'static>) -> LicenseTerms<'static> {
    LicenseTerms { end: Date::from_days(terms.issued.days() + days), ..terms }
}

/// A device of its own with these lines, and what it is told a boot later at this time.
fn later(title: &str, lines: &[LicenseTerms<'static>], now: Now, feature: &str, text: &mut String) {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(install(agent, lines, noon(0)), []);
    });
    boot(&mut storage, now, |agent| told(agent, title, feature, 1, text));
}

#[test]
fn whoever_is_denied_is_told_the_fact_and_a_step_that_works() {
    let text = &mut String::new();
    levels(text);
    counts(text);
    dates(text);
    others(text);
    golden("situations.txt", text);
}

fn levels(text: &mut String) {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("security", LicenseType::Permanent, 1)], noon(0));
        told(agent, "level licensed, not booted yet", "security", 1, text);
        told(agent, "feature of that level", "vpn", 1, text);
        agent.request_level(id("ipbase")).unwrap();
        told(agent, "a lower level is asked for", "vpn", 1, text);
        told(agent, "a higher level", "enterprise", 1, text);
        let denied = agent.acquire(id("enterprise"), 1, 1, noon(0)).unwrap_err();
        assert_eq!(denied.reason, Reason::NoLicense);
        let denied = agent.acquire(id("security"), 1, 1, noon(0)).unwrap_err();
        assert_eq!(denied.reason, Reason::LevelNotBooted);
        let denied = agent.acquire(id("ipbase"), 1, 1, noon(0)).unwrap_err();
        assert_eq!(denied.reason, Reason::NotAcquirable);
    });
    let level = until(29, line("security", LicenseType::Subscription, 1));
    later("feature of a level that has ended", &[level], days(noon(0), 30), "vpn", text);
}

fn counts(text: &mut String) {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let lines = [
            units("ap-count", 1, 100, Combine::Exclusive),
            units("ap-count", 2, 100, Combine::Exclusive),
        ];
        install(agent, &lines, noon(0));
        told(agent, "two exclusive lines", "ap-count", 150, text);
        agent.acquire(id("ap-count"), 100, 1, noon(0)).unwrap();
        told(agent, "all units in use", "ap-count", 1, text);
        install(agent, &[units("ap-count", 3, 900, Combine::Additive)], noon(0));
        told(agent, "more than the device can do", "ap-count", 401, text);
        told(agent, "as many as it can do", "ap-count", 400, text);
    });
}

fn dates(text: &mut String) {
    let paid = [until(29, line("vpn", LicenseType::Subscription, 1))];
    later("subscription after its last day", &paid, days(noon(0), 30), "vpn", text);
    let trial = [until(28, line("vpn", LicenseType::EvaluationSubscription, 1))];
    later("trial after its last day", &trial, days(noon(0), 29), "vpn", text);
    let jumped = days(noon(0), 45);
    later("trial ended by a clock that has jumped", &trial, jumped, "vpn", text);
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(install(agent, &trial, noon(0)), []);
        agent.activate(id("vpn"), noon(0)).unwrap();
        while agent.poll_event().is_some() {}
        let now = Now { uptime: 60, ..jumped };
        agent.tick(now);
        let mut ended = 0;
        let mut count = |agent: &mut Booted<'_>| {
            while let Some(event) = agent.poll_event() {
                ended += u32::from(event.kind == EventKind::SubscriptionExpired);
            }
            ended
        };
        assert_eq!(count(agent), 0, "nobody is told of what is not believed");
        pass(agent, now, DAY + 3_600);
        assert_eq!(count(agent), 1, "and once it is believed");
    });
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &paid, noon(0));
        pass(agent, noon(0), 5 * DAY);
    });
    boot(&mut storage, days(noon(0), 1_000), |agent| {
        pass(agent, days(noon(0), 1_000), 2 * DAY);
    });
    boot(&mut storage, Now::uptime(0), |agent| {
        told(agent, "a clock that was wrong, and is none now", "vpn", 1, text);
        agent.tick(noon(60));
        assert!(agent.check(id("vpn"), agent.uptime()).is_granted(), "setting the clock helps");
    });
    later("trial without a clock", &trial, Now::uptime(0), "vpn", text);
    let start = Date::from_days(paid[0].issued.days() + 5);
    let to_come = [LicenseTerms { start, ..paid[0] }];
    later("subscription before its first day", &to_come, noon(0), "vpn", text);
    let past = Now { uptime: 0, wall: Some(UnixTime(20_771 * DAY)) };
    later("the same with a clock that was put back", &to_come, past, "vpn", text);

    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &paid, noon(0));
        pass(agent, noon(0), 2 * DAY);
    });
    for _ in 0..3 {
        let clock = Now { uptime: 0, wall: Some(UnixTime(20_775 * DAY)) };
        boot(&mut storage, clock, |agent| {
            pass(agent, clock, 11 * DAY);
        });
    }
    let clock = Now { uptime: 0, wall: Some(UnixTime(20_775 * DAY)) };
    boot(&mut storage, clock, |agent| told(agent, "a clock that stands still", "vpn", 1, text));

    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &paid, noon(0));
    });
    for _ in 0..1_000 {
        boot(&mut storage, noon(0), |agent| {
            agent.tick(noon(30));
        });
    }
    boot(&mut storage, noon(0), |agent| told(agent, "many short boots", "vpn", 1, text));
}

fn others(text: &mut String) {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let permanent = line("patient", LicenseType::Permanent, 7);
        let trial = line("patient", LicenseType::Evaluation, 8);
        install(agent, &[permanent, trial], noon(0));
        let own = LineId([8; 10]);
        agent.set_priority(own, Some(Priority::High)).unwrap();
        told(agent, "a trial before a permanent line", "patient", 1, text);
        agent.set_priority(own, None).unwrap();
        assert!(agent.check(id("patient"), agent.uptime()).is_granted(), "as the remedy says");
        told(agent, "nothing installed", "voice", 1, text);
        let media = line("media", LicenseType::Permanent, 1);
        let version = Version::parse(b"1.5").unwrap();
        install(agent, &[LicenseTerms { version, ..media }], noon(0));
        told(agent, "a line for an older version", "media", 1, text);
        install(agent, &[line("voice", LicenseType::Evaluation, 2)], noon(0));
        told(agent, "agreement not accepted", "voice", 1, text);
        agent.accept_eula(id("voice"), b"the text", noon(0)).unwrap();
        told(agent, "trial not started", "voice", 1, text);
        agent.activate(id("voice"), noon(0)).unwrap();
        let now = pass(agent, noon(0), 60 * DAY);
        agent.deactivate(id("voice"), now).unwrap();
        told(agent, "trial used up", "voice", 1, text);
        agent.revoke(LineId([1; 10]), now).unwrap();
        told(agent, "taken back", "media", 1, text);
        told(agent, "nobody has told the time", "vpn", 1, text);
    });
    let other = crate::Udi::parse(b"ISR4331/K9:FDO1234ABCE").unwrap();
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
    });
    boot_as(&mut storage, other, noon(0), |agent| {
        told(agent, "the storage of another device", "vpn", 1, text);
    });
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("voice", LicenseType::Permanent, 2)], noon(0));
    });
    boot_as(&mut storage, other, noon(0), |agent| {
        told(agent, "two lines of another device", "vpn", 1, text);
    });
}
