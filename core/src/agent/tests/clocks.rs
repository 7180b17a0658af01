//! Dated rights under clocks that lie.

use super::rig::*;
use crate::agent::{HistoryKind, LineState};
use crate::event::EventKind;
use crate::reason::Reason;
use crate::record::LicenseTerms;
use crate::rights::Verdict;
use crate::value::date::Date;
use crate::value::license::{LicenseType, LineId};
use crate::value::time::{Now, UnixTime};

const YEAR: u64 = 365 * DAY;

fn granted(agent: &Booted<'_>, uptime: u64) -> bool {
    agent.check(id("vpn"), uptime).is_granted()
}

fn reason(agent: &Booted<'_>, uptime: u64) -> Reason {
    match agent.check(id("vpn"), uptime) {
        Verdict::Denied(denial) => denial.reason,
        Verdict::Granted(grant) => panic!("{grant:?}"),
    }
}

fn shifted(uptime: u64, by: i64) -> Now {
    let wall = noon(uptime).wall.unwrap().0;
    Now { uptime, wall: Some(UnixTime(wall.checked_add_signed(by).unwrap())) }
}

/// A subscription of a year from the day of issue.
fn year() -> LicenseTerms<'static> {
    let issued = line("vpn", LicenseType::Subscription, 1);
    LicenseTerms { end: Date::from_days(issued.issued.days() + 364), ..issued }
}

// shows: F002-025, F002-040
#[test]
fn a_subscription_holds_inside_its_dates_and_warns_before_the_end() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let later = LicenseTerms { start: Date::from_days(year().issued.days() + 1), ..year() };
        install(agent, &[later], noon(0));
        assert_eq!(reason(agent, 0), Reason::NotStarted);
        let now = pass(agent, noon(0), DAY / 2 - 1);
        assert_eq!(reason(agent, now.uptime), Reason::NotStarted);
        let now = noon(DAY / 2);
        agent.tick(now);
        assert!(granted(agent, now.uptime));
        kinds(agent);
        let now = pass(agent, now, 363 * DAY);
        let warnings = kinds(agent);
        assert!(warnings.iter().all(|&kind| kind == EventKind::SubscriptionExpiring));
        assert_eq!(warnings.len(), 14);
        let now = pass(agent, now, DAY - 1);
        assert_eq!(kinds(agent).len(), 23);
        assert!(granted(agent, now.uptime));
        let now = pass(agent, now, 1);
        assert_eq!(kinds(agent), [EventKind::SubscriptionExpired]);
        assert_eq!(reason(agent, now.uptime), Reason::Expired);
    });
}

#[test]
fn a_subscription_in_use_goes_on_until_reboot() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[year()], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        let now = pass(agent, noon(0), YEAR);
        assert!(granted(agent, now.uptime));
        let held = agent.lines().find(|held| held.right().id() == LineId([1; 10])).unwrap();
        assert_eq!(agent.state(held), LineState::ExpiredInUse);
    });
    boot(&mut storage, shifted(0, i64::try_from(YEAR).unwrap()), |agent| {
        assert_eq!(reason(agent, 0), Reason::Expired);
    });
}

#[test]
fn a_year_back_prolongs_nothing_and_ends_nothing() {
    let mut storage = Ram::default();
    let back = -i64::try_from(YEAR).unwrap();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[year()], noon(0));
        pass(agent, noon(0), 364 * DAY);
        kinds(agent);
        agent.tick(shifted(364 * DAY + 1, back));
        assert!(granted(agent, 364 * DAY + 1));
        assert_eq!(kinds(agent), [EventKind::ClockBack]);
        agent.tick(shifted(364 * DAY + 2, back));
        assert_eq!(kinds(agent), []);
        agent.tick(shifted(365 * DAY, back));
        assert_eq!(reason(agent, 365 * DAY), Reason::Expired);
    });
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(reason(agent, 0), Reason::Expired);
    });
}

#[test]
fn ten_years_forward_and_back_end_no_paid_right() {
    let mut storage = Ram::default();
    let far = i64::try_from(10 * YEAR).unwrap();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[year()], noon(0));
        kinds(agent);
        agent.tick(shifted(60, far));
        assert!(granted(agent, 60));
        agent.tick(noon(120));
        assert!(granted(agent, 120));
        assert_eq!(kinds(agent), [EventKind::ClockForward, EventKind::ClockGood]);
    });
    boot(&mut storage, shifted(0, far), |agent| assert!(granted(agent, 0)));
    boot(&mut storage, noon(0), |agent| assert!(granted(agent, 0)));
}

#[test]
fn a_lost_clock_ends_no_paid_right_and_starts_no_trial() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[year()], noon(0));
        kinds(agent);
        agent.tick(Now::uptime(10));
        assert!(granted(agent, 10));
        assert_eq!(kinds(agent), [EventKind::ClockLost]);
    });
    boot(&mut storage, Now::uptime(0), |agent| {
        assert!(granted(agent, 0));
        agent.clear(LineId([1; 10]), Now::uptime(0)).unwrap();
        install(agent, &[line("vpn", LicenseType::EvaluationSubscription, 2)], Now::uptime(0));
        assert_eq!(reason(agent, 0), Reason::ClockUnknown);
    });
}

#[test]
fn a_device_without_any_clock_runs_trials_in_full() {
    let mut storage = Ram::default();
    boot(&mut storage, Now::uptime(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], Now::uptime(0));
        agent.activate(id("vpn"), Now::uptime(0)).unwrap();
        let now = pass(agent, Now::uptime(0), 60 * DAY - 1);
        assert!(granted(agent, now.uptime));
        let held = agent.lines().find(|held| held.right().id() == LineId([1; 10])).unwrap();
        assert_eq!(agent.state(held), LineState::InUse);
        pass(agent, now, 1);
        let held = agent.lines().find(|held| held.right().id() == LineId([1; 10])).unwrap();
        assert_eq!(agent.state(held), LineState::ExpiredInUse);
    });
}

#[test]
fn a_running_trial_is_never_touched_by_the_calendar() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        for (uptime, by) in [(100, 0), (200, 9 * 365), (300, -9 * 365), (400, 3)] {
            agent.tick(shifted(uptime, by * 86_400));
            assert_eq!(agent.lines().next().unwrap().meter().unwrap().used(uptime), uptime);
        }
    });
}

#[test]
fn a_renewal_in_time_ends_the_warnings() {
    let mut storage = Ram::default();
    let first = year();
    let last = first.end.unwrap();
    let renewal = LicenseTerms {
        id: LineId([2; 10]),
        start: Date::from_days(last.days() + 1),
        end: Date::from_days(last.days() + 365),
        ..year()
    };
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[first], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        let now = pass(agent, noon(0), 350 * DAY);
        assert!(kinds(agent).contains(&EventKind::SubscriptionExpiring));
        install(agent, &[renewal], now);
        kinds(agent);
        // Over the end of the first one, and on until close to the end of the second.
        let now = pass(agent, now, 200 * DAY);
        assert!(granted(agent, now.uptime));
        assert_eq!(kinds(agent), []);
        // Without the renewal the end is one, and is told.
        let now = pass(agent, now, 165 * DAY);
        let told = kinds(agent);
        assert!(told.contains(&EventKind::SubscriptionExpiring));
        let _ = pass(agent, now, 30 * DAY);
        assert!(kinds(agent).contains(&EventKind::SubscriptionExpired));
    });
}

#[test]
fn a_renewal_with_a_gap_or_fewer_units_relieves_nobody() {
    for renewal in [
        LicenseTerms { start: Date::from_days(year().end.unwrap().days() + 2), ..year() },
        LicenseTerms { count: crate::value::license::Count::Units(5), ..year() },
    ] {
        let end = Date::from_days(year().end.unwrap().days() + 365);
        let renewal = LicenseTerms { id: LineId([2; 10]), end, ..renewal };
        let mut storage = Ram::default();
        boot(&mut storage, noon(0), |agent| {
            install(agent, &[year(), renewal], noon(0));
            let now = pass(agent, noon(0), 364 * DAY);
            assert!(kinds(agent).contains(&EventKind::SubscriptionExpiring));
            pass(agent, now, DAY);
            assert!(kinds(agent).contains(&EventKind::SubscriptionExpired));
        });
    }
}

/// How often the history says that something has ended.
fn ends(agent: &mut Booted<'_>) -> usize {
    let mut ends = 0;
    agent.history(|entry| ends += usize::from(entry.kind == HistoryKind::Expired)).unwrap();
    ends
}

#[test]
fn the_history_tells_an_end_once_and_none_that_was_not_believed() {
    let trial = line("vpn", LicenseType::EvaluationSubscription, 1);
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[trial], noon(0));
        // A jump ends the trial for as long as the clock shows it, and is not believed.
        agent.tick(shifted(60, i64::try_from(YEAR).unwrap()));
        assert_eq!(reason(agent, 60), Reason::Expired);
        assert_eq!(ends(agent), 0);
        agent.tick(noon(120));
        assert!(granted(agent, 120));
        let now = pass(agent, noon(120), 31 * DAY);
        assert_eq!(reason(agent, now.uptime), Reason::Expired);
        assert_eq!(ends(agent), 1);
    });
    for _ in 0..3 {
        boot(&mut storage, shifted(0, i64::try_from(40 * DAY).unwrap()), |agent| {
            assert_eq!(reason(agent, 0), Reason::Expired);
            assert_eq!(ends(agent), 1);
        });
    }
}
