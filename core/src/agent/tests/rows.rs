//! Small capabilities, one test for each; names begin with the rows that they show.

use std::vec::Vec;

use super::rig::*;
use crate::Feature;
use crate::agent::LineState;
use crate::catalog::Catalog;
use crate::event::EventKind;
use crate::reason::Reason;
use crate::record::LicenseTerms;
use crate::rights::Verdict;
use crate::value::date::Date;
use crate::value::feature::Version;
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};

fn reason(agent: &Booted<'_>, feature: &str, uptime: u64) -> Reason {
    match agent.check(id(feature), uptime) {
        Verdict::Denied(denial) => denial.reason,
        Verdict::Granted(grant) => panic!("{feature}: {grant:?}"),
    }
}

// shows: F001-004, F002-099
#[test]
fn one_image_shows_what_its_lines_open() {
    let (mut plain, mut licensed) = (Ram::default(), Ram::default());
    boot(&mut licensed, noon(0), |agent| {
        install(agent, &[line("enterprise", LicenseType::Permanent, 1)], noon(0));
    });
    let count = |agent: &mut Booted<'_>| {
        CATALOG.ids().filter(|&id| agent.check(id, 0).is_granted()).count()
    };
    assert!(boot(&mut licensed, noon(0), count) > boot(&mut plain, noon(0), count));
}

// shows: F000-043, F001-007, F002-027, F002-044
#[test]
fn a_line_covers_versions_up_to_its_own() {
    let with = |version, number| LicenseTerms {
        version: Version::from_parts(version),
        ..line("media", LicenseType::Permanent, number)
    };
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[with([1, 9, 0, 0], 1)], noon(0));
        assert_eq!(reason(agent, "media", 0), Reason::VersionTooLow);
        install(agent, &[with([2, 0, 3, 0], 2)], noon(0));
        assert!(granted(agent, "media", 0));
    });
}

// shows: F001-010
#[test]
fn trials_are_for_levels_and_for_features() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let trials =
            [line("security", LicenseType::Evaluation, 1), line("vpn", LicenseType::Evaluation, 2)];
        assert_eq!(install(agent, &trials, noon(0)), []);
        agent.request_level(id("security")).unwrap();
    });
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.booted_level(id("ipbase")), Some(id("security")));
        let now = pass(agent, noon(0), DAY);
        let trial = agent.lines().find(|held| held.right().id() == LineId([1; 10])).unwrap();
        assert_eq!(trial.meter().unwrap().used(now.uptime), DAY);
    });
    // Without the request the trial of a level is not used up.
    boot(&mut storage, noon(0), |agent| agent.request_any_level(id("security")).unwrap());
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.booted_level(id("ipbase")), Some(id("ipbase")));
    });
}

// shows: F001-012, F002-022
#[test]
fn a_feature_asks_before_it_runs_and_gets_a_reason() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(reason(agent, "vpn", 0), Reason::NoLicense);
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
        assert!(granted(agent, "vpn", 0));
    });
}

// shows: F001-040, F001-041
#[test]
fn the_built_in_trial_bridges_until_the_license_comes() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(reason(agent, "rescue", 0), Reason::EulaNotAccepted);
        agent.accept_eula(id("rescue"), b"60 days, then buy", noon(0)).unwrap();
        agent.activate(id("rescue"), noon(0)).unwrap();
        let day_59 = pass(agent, noon(0), 59 * DAY);
        assert!(granted(agent, "rescue", day_59.uptime));
        install(agent, &[line("rescue", LicenseType::Permanent, 1)], day_59);
        assert!(granted(agent, "rescue", day_59.uptime));
        let later = pass(agent, day_59, 30 * DAY);
        assert!(granted(agent, "rescue", later.uptime));
    });
}

// shows: F001-043, F002-034
#[test]
fn an_extension_goes_on_where_the_trial_ends() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let lines =
            [line("vpn", LicenseType::Evaluation, 1), line("vpn", LicenseType::Extension, 2)];
        install(agent, &lines, noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        // The extension is chosen first, and the trial takes over without a gap.
        let over = pass(agent, noon(0), 60 * DAY);
        assert!(granted(agent, "vpn", over.uptime));
        let both = pass(agent, over, 60 * DAY - 1);
        assert!(granted(agent, "vpn", both.uptime));
        let states: Vec<_> = agent.lines().take(2).map(|held| agent.state(held)).collect();
        assert!(states.contains(&LineState::InUse), "{states:?}");
        let end = pass(agent, both, 1);
        let states: Vec<_> = agent.lines().take(2).map(|held| agent.state(held)).collect();
        assert!(states.contains(&LineState::ExpiredInUse), "{states:?}");
        assert!(granted(agent, "vpn", end.uptime));
    });
    boot(&mut storage, noon(0), |agent| assert_eq!(reason(agent, "vpn", 0), Reason::Expired));
}

// shows: F001-045
#[test]
fn events_name_feature_and_line() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
        let event = agent.poll_event().unwrap();
        assert_eq!(event.kind, EventKind::Install);
        let mut text = std::string::String::new();
        event.render(&CATALOG, &mut text).unwrap();
        let expected = "LICENSE-6-INSTALL: vpn: was installed (line 01010101010101010101)";
        assert_eq!(text, expected);
    });
}

// shows: F002-016
#[test]
fn the_agreement_is_known_before_anything_is_installed() {
    assert_eq!(CATALOG.feature(id("voice")).unwrap().eula_name(), Some("voice-2026"));
}

// shows: F002-020, F002-021
#[test]
fn a_fixed_image_has_features_and_no_levels() {
    const FIXED: Catalog<'static> = crate::catalog!(&[Feature::new("only-this")]);
    assert_eq!(FIXED.ids().count(), 1);
    assert!(FIXED.find(b"enterprise").is_none());
}

// shows: F002-035
#[test]
fn uncounted_means_as_many_as_one_likes() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
        for _ in 0..8 {
            agent.acquire(id("vpn"), 1_000_000, 1, noon(0)).unwrap();
        }
    });
}

// shows: F002-097
#[test]
fn a_renewed_subscription_leaves_no_gap() {
    let first = line("vpn", LicenseType::Subscription, 1);
    let day = |days: u32| Date::from_days(first.issued.days() + days);
    let next = LicenseTerms { start: day(30), end: day(60), id: LineId([2; 10]), ..first };
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[first, next], noon(0));
        let mut now = noon(0);
        while now.uptime < 60 * DAY {
            assert!(granted(agent, "vpn", now.uptime), "{}", now.uptime);
            now = pass(agent, now, 3_600);
        }
        let now = pass(agent, now, DAY);
        assert_eq!(reason(agent, "vpn", now.uptime), Reason::Expired);
    });
}

#[test]
fn what_happens_at_the_end_is_said_by_the_line_or_else_the_catalog() {
    let strict =
        LicenseTerms { expiry: ExpiryPolicy::Immediate, ..line("vpn", LicenseType::Evaluation, 1) };
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[strict, line("patient", LicenseType::Evaluation, 2)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        agent.activate(id("patient"), noon(0)).unwrap();
        let over = pass(agent, noon(0), 60 * DAY);
        assert_eq!(reason(agent, "vpn", over.uptime), Reason::Expired);
        assert!(granted(agent, "patient", over.uptime));
    });
    // Reported and never stopped, also after a boot; again every week.
    boot(&mut storage, noon(0), |agent| {
        agent.activate(id("patient"), noon(0)).unwrap();
        assert!(granted(agent, "patient", 0));
        kinds(agent);
        let later = pass(agent, noon(0), 15 * DAY);
        assert!(granted(agent, "patient", later.uptime));
        assert_eq!(kinds(agent), [EventKind::Expired; 2]);
        assert!(agent.activate(id("vpn"), later).is_err());
    });
}

#[test]
fn an_activation_that_is_refused_leaves_no_trace() {
    let older = LicenseTerms {
        version: Version::from_parts([1, 0, 0, 0]),
        ..line("media", LicenseType::PermanentRightToUse, 1)
    };
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[older], noon(0));
        let before = agent.journal.vault.storage.values.clone();
        let denial = agent.activate(id("media"), noon(0)).unwrap_err();
        assert_eq!(denial.reason, Reason::VersionTooLow);
        assert_eq!(agent.journal.vault.storage.values, before);
    });
}

#[test]
fn additive_trials_and_permanent_units_count_together() {
    let permanent =
        LicenseTerms { count: Count::Units(10), ..line("ap-count", LicenseType::Permanent, 1) };
    let trial = LicenseTerms {
        count: Count::Units(5),
        combine: Combine::Additive,
        ..line("ap-count", LicenseType::Evaluation, 2)
    };
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[permanent, trial], noon(0));
        agent.acquire(id("ap-count"), 15, 1, noon(0)).unwrap();
        assert!(agent.acquire(id("ap-count"), 1, 1, noon(0)).is_err());
        let used = |agent: &Booted<'_>, uptime| {
            agent.lines().nth(1).unwrap().meter().unwrap().used(uptime)
        };
        let now = pass(agent, noon(0), DAY);
        assert_eq!(used(agent, now.uptime), DAY);
    });
}
