//! The classic life of licenses. Test names begin with the row of the capability they show.

use std::string::String;
use std::vec;
use std::vec::Vec;

use super::rig::*;
use crate::agent::{HistoryKind, InstallMode, LineState, Priority, Refused};
use crate::event::EventKind;
use crate::fixtures::{delegation, key_terms, license};
use crate::reason::Reason;
use crate::record::LicenseTerms;
use crate::rights::{InstallEffect, Verdict};
use crate::value::license::ExpiryPolicy;
use crate::value::license::{Combine, Count, LicenseType, LineId};
use crate::value::time::Now;
use crate::value::udi::Udi;

fn reason(agent: &Booted<'_>, feature: &str, uptime: u64) -> Reason {
    match agent.check(id(feature), uptime) {
        Verdict::Denied(denial) => denial.reason,
        Verdict::Granted(grant) => panic!("{feature}: {grant:?}"),
    }
}

fn state(agent: &Booted<'_>, number: u8) -> LineState {
    let held = agent.lines().find(|held| held.right().id() == LineId([number; 10])).unwrap();
    agent.state(held)
}

fn counted(
    feature: &'static str,
    units: u64,
    combine: Combine,
    number: u8,
) -> LicenseTerms<'static> {
    LicenseTerms {
        count: Count::Units(units),
        combine,
        ..line(feature, LicenseType::Permanent, number)
    }
}

// shows: F001-005, F002-009
#[test]
fn a_stored_line_of_another_device_is_refused_at_boot() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0)), []);
        assert!(granted(agent, "vpn", 0));
    });
    let other = Udi::parse(b"ISR4331/K9:FDO1234ABCE").unwrap();
    boot_as(&mut storage, other, noon(0), |agent| {
        assert!(!granted(agent, "vpn", 0));
        assert_eq!(
            agent.refused().collect::<Vec<_>>(),
            [Refused { place: 0, reason: Reason::OtherDevice }]
        );
        assert_eq!(kinds(agent), [EventKind::Refused]);
        // Its place is kept: installing another line does not overwrite it.
        assert_eq!(
            install(agent, &[line("vpn", LicenseType::Permanent, 2)], noon(0)),
            [Reason::OtherDevice]
        );
    });
    boot(&mut storage, noon(0), |agent| {
        assert!(granted(agent, "vpn", 0));
        assert_eq!(agent.discard_refused(0), Err(Reason::NoSuchLine), "a good line stays");
    });
    // The operator may give it up, and its place is free again.
    boot_as(&mut storage, other, noon(0), |agent| {
        assert_eq!(agent.discard_refused(1), Err(Reason::NoSuchLine));
        assert_eq!(agent.discard_refused(0), Ok(()));
        assert_eq!(agent.refused().next(), None);
    });
    boot(&mut storage, noon(0), |agent| assert!(!granted(agent, "vpn", 0)));
}

// shows: F001-006, F002-100
#[test]
fn a_permanent_line_has_no_end() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
        let fifty_years = noon(50 * 365 * DAY);
        agent.tick(fifty_years);
        assert!(granted(agent, "vpn", fifty_years.uptime));
        assert!(granted(agent, "vpn", u64::MAX - 1));
        // Nothing ends; the clock is looked at once a day, for rights that are to come.
        assert_eq!(agent.next_deadline(), Some(fifty_years.uptime + DAY));
    });
    let mut storage = Ram::default();
    boot(&mut storage, Now::uptime(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], Now::uptime(0));
        agent.tick(Now::uptime(50 * 365 * DAY));
        assert!(granted(agent, "vpn", u64::MAX - 1));
        assert_eq!(agent.next_deadline(), None);
    });
}

// shows: F001-008, F002-017, F002-018, F002-019
#[test]
fn the_level_is_chosen_at_boot_and_only_there() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.booted_level(id("security")), Some(id("ipbase")));
        assert!(granted(agent, "nat", 0) && granted(agent, "ipbase", 0));
        assert!(!granted(agent, "vpn", 0));
        install(agent, &[line("enterprise", LicenseType::Permanent, 1)], noon(0));
        assert_eq!(reason(agent, "enterprise", 0), Reason::LevelNotBooted);
        assert_eq!(agent.next_level(id("ipbase")), Some(id("enterprise")));
        assert_eq!(kinds(agent), [EventKind::Install, EventKind::NextLevel]);
    });
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.booted_level(id("ipbase")), Some(id("enterprise")));
        for feature in ["enterprise", "security", "ipbase", "vpn", "nat"] {
            assert!(granted(agent, feature, 0), "{feature}");
        }
        assert_eq!(agent.clear(LineId([1; 10]), noon(0)), Err(Reason::LineInUse));
        agent.request_level(id("ipbase")).unwrap();
        assert_eq!(agent.next_level(id("ipbase")), Some(id("ipbase")));
        assert!(granted(agent, "vpn", 0));
        assert!(kinds(agent).contains(&EventKind::NextLevel));
    });
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.booted_level(id("ipbase")), Some(id("ipbase")));
        assert!(!granted(agent, "vpn", 0));
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
        agent.request_any_level(id("ipbase")).unwrap();
    });
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.booted_level(id("ipbase")), Some(id("ipbase")));
    });
}

// shows: F002-033
#[test]
fn a_metered_right_that_ends_at_once_says_so_once() {
    let mut storage = Ram::default();
    let trial =
        LicenseTerms { expiry: ExpiryPolicy::Immediate, ..line("vpn", LicenseType::Evaluation, 1) };
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[trial], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        let almost = pass(agent, noon(0), 60 * DAY - 1);
        assert!(granted(agent, "vpn", almost.uptime));
        kinds(agent);
        let over = pass(agent, almost, 1);
        assert!(!granted(agent, "vpn", over.uptime));
        assert_eq!(kinds(agent), [EventKind::Expired]);
        let mut ends = 0;
        agent.history(|entry| ends += usize::from(entry.kind == HistoryKind::Expired)).unwrap();
        assert_eq!(ends, 1);
        pass(agent, over, DAY);
        assert_eq!(kinds(agent), []);
    });
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(reason(agent, "vpn", 0), Reason::Expired);
        assert!(!kinds(agent).contains(&EventKind::Expired), "it was told before");
    });
}

// shows: F000-072, F001-009, F001-042, F002-024, F002-032, F002-033
#[test]
fn a_trial_runs_for_its_period_then_until_reboot() {
    let mut storage = Ram::default();
    let trial = line("vpn", LicenseType::Evaluation, 1);
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[trial], noon(0));
        assert_eq!(reason(agent, "vpn", 0), Reason::NotActivated);
        assert_eq!(state(agent, 1), LineState::NotInUse);
        agent.activate(id("vpn"), noon(0)).unwrap();
        assert_eq!(state(agent, 1), LineState::InUse);
        kinds(agent);
        let almost = pass(agent, noon(0), 60 * DAY - 1);
        assert!(granted(agent, "vpn", almost.uptime));
        assert_eq!(state(agent, 1), LineState::InUse);
        // 4, 3 and 2 weeks before, then daily.
        assert_eq!(kinds(agent), vec![EventKind::Expiring; 10]);
        let over = pass(agent, almost, 1);
        assert_eq!(state(agent, 1), LineState::ExpiredInUse);
        assert!(granted(agent, "vpn", over.uptime));
        assert_eq!(kinds(agent), [EventKind::Expired]);
        // Weekly from then on.
        let later = pass(agent, over, 7 * DAY);
        agent.tick(later);
        assert_eq!(kinds(agent), [EventKind::Expired]);
        assert!(granted(agent, "vpn", later.uptime));
    });
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(reason(agent, "vpn", 0), Reason::Expired);
        assert_eq!(state(agent, 1), LineState::ExpiredNotInUse);
        assert!(agent.activate(id("vpn"), noon(0)).is_err());
        assert!(!granted(agent, "vpn", 0));
    });
}

// shows: F001-011, F002-023
#[test]
fn a_permanent_line_takes_over_from_a_trial_in_use() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        let now = pass(agent, noon(0), DAY);
        let text = license(&line("vpn", LicenseType::Permanent, 2), 1);
        let mut effects = Vec::new();
        agent
            .install(text.as_bytes(), InstallMode::DryRun, now, |taken| effects.push(taken.result));
        assert_eq!(effects, [Ok(InstallEffect::Replaces(LineId([1; 10])))]);
        assert_eq!(agent.lines().filter(|held| held.feature() == Some(id("vpn"))).count(), 1);
        install(agent, &[line("vpn", LicenseType::Permanent, 2)], now);
        assert!(granted(agent, "vpn", now.uptime));
        assert_eq!((state(agent, 1), state(agent, 2)), (LineState::Inactive, LineState::InUse));
        let charged = agent.lines().next().unwrap().meter().unwrap().charged();
        pass(agent, now, 30 * DAY);
        assert_eq!(agent.lines().next().unwrap().meter().unwrap().charged(), charged);
    });
}

// shows: F002-015
#[test]
fn a_trial_with_an_agreement_waits_for_its_acceptance() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("voice", LicenseType::Evaluation, 1)], noon(0));
        assert_eq!(reason(agent, "voice", 0), Reason::EulaNotAccepted);
        assert!(agent.activate(id("voice"), noon(0)).is_err());
        assert_eq!(state(agent, 1), LineState::Inactive);
        kinds(agent);
        agent.accept_eula(id("voice"), b"the text", noon(0)).unwrap();
        assert_eq!(kinds(agent), [EventKind::EulaAccepted]);
        agent.activate(id("voice"), noon(0)).unwrap();
        assert!(granted(agent, "voice", 0));
    });
    // Acceptance outlives clearing and rebooting.
    boot(&mut storage, noon(0), |agent| {
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
        install(agent, &[line("voice", LicenseType::Extension, 2)], noon(0));
        agent.activate(id("voice"), noon(0)).unwrap();
    });
}

// shows: F001-001, F002-014, F002-028, F002-043
#[test]
fn a_permanent_line_needs_no_acceptance() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("voice", LicenseType::Permanent, 1)], noon(0));
        assert!(granted(agent, "voice", 0));
        assert_eq!(state(agent, 1), LineState::NotInUse);
    });
}

// shows: F002-029
#[test]
fn time_is_counted_in_use_only() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        let now = pass(agent, noon(0), 30 * DAY);
        assert_eq!(agent.lines().next().unwrap().meter().unwrap().charged(), 0);
        agent.activate(id("vpn"), now).unwrap();
        let now = pass(agent, now, 3_600);
        agent.deactivate(id("vpn"), now).unwrap();
        let now = pass(agent, now, 10 * DAY);
        assert_eq!(agent.lines().next().unwrap().meter().unwrap().used(now.uptime), 3_600);
        assert_eq!(reason(agent, "vpn", now.uptime), Reason::NotActivated);
    });
}

// shows: F002-030, F002-031
#[test]
fn the_built_in_trial_serves_when_nothing_better_exists() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        agent.activate(id("video"), noon(0)).unwrap();
        assert!(granted(agent, "video", 0));
        let now = pass(agent, noon(0), 5 * DAY);
        install(agent, &[line("video", LicenseType::Permanent, 1)], now);
        let built_in = agent
            .lines()
            .find(|held| held.feature() == Some(id("video")) && held.meter().is_some());
        let built_in = built_in.unwrap();
        assert_eq!(agent.state(built_in), LineState::Inactive);
        assert_eq!(agent.clear(built_in.right().id(), now), Err(Reason::BuiltInLine));
    });
    // Its used time survives the reboot.
    boot(&mut storage, noon(0), |agent| {
        let used = agent
            .lines()
            .find_map(|held| held.meter().filter(|_| held.feature() == Some(id("video"))));
        assert_eq!(used.unwrap().charged(), 5 * DAY + 900);
    });
}

// shows: F001-014, F002-036, F002-037
#[test]
fn counted_units_are_leased_up_to_the_sum() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let lines = [
            counted("ap-count", 4, Combine::Exclusive, 1),
            counted("ap-count", 6, Combine::Additive, 2),
        ];
        install(agent, &lines, noon(0));
        kinds(agent);
        let ap = id("ap-count");
        let first = agent.acquire(ap, 7, 1, noon(0)).unwrap();
        assert_eq!(kinds(agent), []);
        let second = agent.acquire(ap, 1, 1, noon(0)).unwrap();
        assert_eq!(kinds(agent), [EventKind::CountNear]);
        let third = agent.acquire(ap, 2, 2, noon(0)).unwrap();
        assert_eq!(kinds(agent), [EventKind::CountReached]);
        assert_eq!(state(agent, 1), LineState::CountConsumed);
        let denial = agent.acquire(ap, 1, 1, noon(0)).unwrap_err();
        assert_eq!((denial.reason, denial.needed, denial.licensed), (Reason::CountTooLow, 11, 10));
        assert_eq!(kinds(agent), []);
        assert_eq!(agent.in_use(ap), 10);
        assert_eq!(agent.release(third, 1, noon(0)), Err(Reason::NoSuchLease));
        agent.release(third, 2, noon(0)).unwrap();
        agent.release(second, 1, noon(0)).unwrap();
        agent.release(first, 1, noon(0)).unwrap();
        assert_eq!(agent.release(first, 1, noon(0)), Err(Reason::NoSuchLease));
        assert_eq!(agent.in_use(ap), 0);
        // A new adder counts at once, without a reboot.
        install(agent, &[counted("ap-count", 1_000, Combine::Additive, 3)], noon(0));
        // The platform can do 500.
        assert!(agent.acquire(ap, 500, 1, noon(0)).is_ok());
        assert!(agent.acquire(ap, 1, 1, noon(0)).is_err());
    });
    boot(&mut storage, noon(0), |agent| assert_eq!(agent.in_use(id("ap-count")), 0));
}

#[test]
fn a_lease_guard_gives_its_units_back_when_dropped() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        let lease = agent.lease(id("vpn"), 1, 1, noon(0)).unwrap();
        assert!(granted(agent, "vpn", 0));
        drop(lease);
        assert_eq!(agent.in_use(id("vpn")), 0);
        agent.tick(noon(60));
        assert_eq!(reason(agent, "vpn", 60), Reason::NotActivated);
    });
}

#[test]
fn over_use_of_an_honour_based_feature_is_counted_as_violation() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[counted("honour", 5, Combine::Exclusive, 1)], noon(0));
        agent.acquire(id("honour"), 5, 1, noon(0)).unwrap();
        kinds(agent);
        agent.acquire(id("honour"), 3, 1, noon(0)).unwrap();
        assert_eq!(agent.violation(id("honour")), 3);
        assert_eq!(kinds(agent), [EventKind::Violation]);
    });
}

// shows: F002-038, F002-039
#[test]
fn an_evaluation_subscription_is_had_once_and_an_extension_again() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let trial = |number| line("vpn", LicenseType::EvaluationSubscription, number);
        assert_eq!(install(agent, &[trial(1)], noon(0)), []);
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
        assert_eq!(install(agent, &[trial(2)], noon(0)), [Reason::AlreadyEvaluated]);
        let extension = |number| line("vpn", LicenseType::ExtensionSubscription, number);
        assert_eq!(install(agent, &[extension(3), extension(4)], noon(0)), []);
    });
    boot(&mut storage, noon(0), |agent| {
        let again = line("vpn", LicenseType::EvaluationSubscription, 5);
        assert_eq!(install(agent, &[again], noon(0)), [Reason::AlreadyEvaluated]);
    });
}

// shows: F002-041
#[test]
fn a_right_to_use_trial_turns_into_the_right() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        agent.activate(id("camera"), noon(0)).unwrap();
        kinds(agent);
        let now = pass(agent, noon(0), 60 * DAY - 1);
        assert_eq!(kinds(agent), vec![EventKind::RightToUseComing; 2]);
        let now = pass(agent, now, 1);
        assert_eq!(kinds(agent), [EventKind::RightToUse]);
        assert!(granted(agent, "camera", now.uptime));
        let held = agent.lines().find(|held| held.feature() == Some(id("camera"))).unwrap();
        assert_eq!(held.license_type(), LicenseType::RightToUse);
        // Only the clock is looked at.
        assert_eq!(agent.next_deadline(), Some(now.uptime + DAY));
    });
    boot(&mut storage, noon(0), |agent| assert!(granted(agent, "camera", u64::MAX - 1)));
}

#[test]
fn a_permanent_right_to_use_is_activated_once_and_stays_so() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::PermanentRightToUse, 1)], noon(0));
        assert_eq!(reason(agent, "vpn", 0), Reason::NotActivated);
        agent.activate(id("vpn"), noon(0)).unwrap();
        assert!(granted(agent, "vpn", 0));
    });
    boot(&mut storage, noon(0), |agent| {
        assert!(granted(agent, "vpn", 0));
        agent.deactivate(id("vpn"), noon(0)).unwrap();
    });
    boot(&mut storage, noon(0), |agent| assert!(!granted(agent, "vpn", 0)));
}

// shows: F002-056
#[test]
fn comments_and_priorities_stay() {
    let mut storage = Ram::default();
    let comment = "for the branch office".as_bytes();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.comment(LineId([1; 10]), comment).unwrap();
        agent.set_priority(LineId([1; 10]), Some(Priority::High)).unwrap();
        assert_eq!(agent.comment(LineId([1; 10]), &[b'x'; 256]), Err(Reason::CommentTooLong));
        assert_eq!(agent.comment(LineId([9; 10]), b""), Err(Reason::NoSuchLine));
        install(agent, &[line("vpn", LicenseType::Permanent, 2)], noon(0));
        let fixed = agent.set_priority(LineId([2; 10]), Some(Priority::High));
        assert_eq!(fixed, Err(Reason::PriorityFixed));
    });
    boot(&mut storage, noon(0), |agent| {
        let mut buffer = [0; 255];
        assert_eq!(agent.read_comment(LineId([1; 10]), &mut buffer), Ok(comment));
        let held = agent.lines().next().unwrap();
        assert_eq!(held.priority(), Priority::High);
        // High before medium: the trial is chosen, and waits to be activated.
        assert_eq!(reason(agent, "vpn", 0), Reason::NotActivated);
    });
}

// shows: F002-059, F002-092
#[test]
fn unused_lines_are_cleared_and_their_use_is_not_forgotten() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        assert_eq!(agent.clear(LineId([1; 10]), noon(0)), Err(Reason::LineInUse));
        let now = pass(agent, noon(0), 10 * DAY);
        agent.deactivate(id("vpn"), now).unwrap();
        agent.clear(LineId([1; 10]), now).unwrap();
        assert_eq!(agent.clear(LineId([1; 10]), now), Err(Reason::NoSuchLine));
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], now);
        assert_eq!(agent.lines().next().unwrap().meter().unwrap().charged(), 10 * DAY + 900);
        let mut kinds = Vec::new();
        agent.history(|entry| kinds.push((entry.number, entry.kind))).unwrap();
        assert_eq!(
            kinds,
            [(0, HistoryKind::Installed), (1, HistoryKind::Cleared), (2, HistoryKind::Installed)]
        );
    });
}

// shows: F002-088
#[test]
fn a_file_of_many_lines_is_gone_through_and_unknown_features_do_no_harm() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let lines: Vec<String> = (0..500_u16)
            .map(|n| {
                let mut other = line("vpn", LicenseType::Permanent, 0);
                other.id.0[..2].copy_from_slice(&n.to_be_bytes());
                other.udi = (n > 3).then(|| Udi::parse(b"P:S").unwrap()).or(other.udi);
                license(&other, 1)
            })
            .collect();
        let mut installed = 0;
        agent.install(lines.join("\n").as_bytes(), InstallMode::Apply, noon(0), |taken| {
            installed += u32::from(taken.result.is_ok());
        });
        assert_eq!(installed, 4);
        let elsewhere = line("feature-of-a-later-image", LicenseType::Permanent, 77);
        assert_eq!(install(agent, &[elsewhere], noon(0)), []);
        assert_eq!(state(agent, 77), LineState::Inactive);
    });
}

// shows: F002-058
#[test]
fn a_backup_is_a_license_file_also_of_a_delegated_key() {
    let mut storage = Ram::default();
    let file = std::format!(
        "{}\n{}",
        delegation(&key_terms(2), 1),
        license(&line("vpn", LicenseType::Permanent, 1), 2)
    );
    boot(&mut storage, noon(0), |agent| {
        let mut results = Vec::new();
        agent.install(file.as_bytes(), InstallMode::Apply, noon(0), |t| results.push(t.result));
        assert_eq!(results, [Ok(InstallEffect::Key), Ok(InstallEffect::New)]);
    });
    boot(&mut storage, noon(0), |agent| {
        assert!(granted(agent, "vpn", 0));
        // A backup is a license file that installs again.
        let mut backup = String::new();
        agent
            .line_text(LineId([1; 10]), |text| {
                backup.push_str(core::str::from_utf8(text).unwrap());
            })
            .unwrap();
        assert_eq!(backup, std::format!("{file}\n"));
    });
}

// shows: F002-054
#[test]
fn each_line_has_its_result_and_a_dry_run_changes_nothing() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let file = std::format!(
            "{}\n{}\nLICENSE 1 x",
            license(&line("vpn", LicenseType::Evaluation, 1), 1),
            license(&counted("ap-count", 5, Combine::Additive, 2), 1),
        );
        let mut results = Vec::new();
        agent.install(file.as_bytes(), InstallMode::DryRun, noon(0), |t| results.push(t.result));
        assert_eq!(
            results,
            [Ok(InstallEffect::New), Ok(InstallEffect::New), Err(Reason::Truncated)]
        );
        assert_eq!(kinds(agent), []);
        assert!(!granted(agent, "vpn", 0));
    });
    assert!(storage.values.keys().all(|&key| key == 1), "{:?}", storage.values.keys());
}

#[test]
fn an_agent_that_is_not_told_the_time_denies() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        assert!(granted(agent, "vpn", 1_799));
        assert_eq!(reason(agent, "vpn", 1_800), Reason::TickOverdue);
        agent.tick(noon(1_800));
        assert!(granted(agent, "vpn", 1_800));
        assert_eq!(agent.lines().next().unwrap().meter().unwrap().used(1_800), 1_800);
    });
}

#[test]
fn what_a_right_brings_along_brings_nothing_itself() {
    use crate::agent::{FeatureSlot, LineSlot, Memory};
    use crate::catalog::Catalog;
    use crate::event::EventSlot;
    use crate::fixtures::{anchor, udi};
    use crate::value::key::Role;
    use crate::{Agent, Feature, Product};
    const SUITE: Catalog<'static> = crate::catalog!(&[
        Feature::new("suite").including(&["vpn"]),
        Feature::new("vpn").including(&["voice"]),
        Feature::new("voice"),
    ]);
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &SUITE, anchors: &anchors, rules: RULES };
    let mut storage = Ram::default();
    let memory = Memory {
        lines: &mut [LineSlot::EMPTY; 4],
        features: &mut [FeatureSlot::EMPTY; 3],
        leases: &[],
        events: &mut [EventSlot::EMPTY; 4],
        scratch: &mut [0; crate::agent::SCRATCH_LEN],
        gates: &[],
    };
    let mut agent =
        Agent::boot(product, udi(), Remembering, &mut storage, memory, noon(0)).unwrap();
    assert_eq!(install(&mut agent, &[line("suite", LicenseType::Permanent, 1)], noon(0)), []);
    let granted =
        ["suite", "vpn", "voice"].map(|name| agent.check_name(name.as_bytes(), 0).is_granted());
    assert_eq!(granted, [true, true, false]);
}

#[test]
fn a_dry_run_judges_each_line_behind_those_before_it_and_leaves_nothing() {
    let mut storage = Ram::default();
    let try_it = |agent: &mut Booted<'_>, file: &str| {
        let mut reasons = std::vec::Vec::new();
        agent.install(file.as_bytes(), InstallMode::DryRun, noon(0), |taken| {
            reasons.push(taken.result.err());
        });
        reasons
    };
    boot(&mut storage, noon(0), |agent| {
        let held = agent.lines().count();
        let vpn = license(&line("vpn", LicenseType::Permanent, 1), 1);
        let other = license(&line("nat", LicenseType::Permanent, 1), 1);
        let once = |number| license(&line("voice", LicenseType::EvaluationSubscription, number), 1);
        let file = [vpn.clone(), vpn, other, once(2), once(3)].join("\n");
        let expected = [
            None,
            Some(Reason::AlreadyInstalled),
            Some(Reason::ConflictingId),
            None,
            Some(Reason::AlreadyEvaluated),
        ];
        assert_eq!(try_it(agent, &file), expected);
        assert_eq!(agent.lines().count(), held);
        assert_eq!(try_it(agent, &file), expected);
        agent.tick(noon(1));
        assert!(!granted(agent, "vpn", 1));
        // As many as there is room for.
        let many: std::vec::Vec<_> =
            (10..30).map(|n| license(&line("vpn", LicenseType::Permanent, n), 1)).collect();
        let tried = try_it(agent, &many.join("\n"));
        assert_eq!(tried.iter().filter(|one| one.is_none()).count(), 12 - held);
        assert_eq!(tried.last(), Some(&Some(Reason::SlotsFull)));
        assert_eq!(agent.lines().count(), held);
    });
    assert!(storage.values.keys().all(|key| key >> 8 != 1), "nothing is stored");
}
