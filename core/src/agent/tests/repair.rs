//! What the vendor's `REPAIR` record does, and what it does only once.

use std::vec::Vec;

use super::protection::{Device, Protected, events, history_kinds, put, three};
use super::rig::*;
use crate::Storage;
use crate::agent::{HistoryKind, InstallMode};
use crate::event::EventKind;
use crate::fixtures::{repair, repair_terms};
use crate::reason::Reason;
use crate::record::{Repair, RepairTerms};
use crate::rights::InstallEffect;
use crate::store::RollbackState;
use crate::value::date::Date;
use crate::value::license::{LicenseType, LineId};
use crate::value::time::{Now, UnixTime};
use crate::value::udi::Udi;

/// What a device says to a record.
fn apply(
    agent: &mut Device<'_>,
    terms: &RepairTerms<'_>,
    mode: InstallMode,
) -> Result<InstallEffect, Reason> {
    let mut results = Vec::new();
    let record = repair(terms, 1);
    agent.install(record.as_bytes(), mode, noon(0), |taken| results.push(taken.result));
    assert_eq!(results.len(), 1);
    results[0]
}

fn terms(repair: Repair, number: u64) -> RepairTerms<'static> {
    RepairTerms { repair, number, ..repair_terms() }
}

/// A device whose storage was restored from before some use of "vpn".
fn rolled_back() -> Protected {
    let mut device = Protected::default();
    device.boot(|agent| {
        assert_eq!(put(agent, &three(), noon(0)), []);
        agent.activate(id("vpn"), noon(0)).unwrap();
    });
    let old = device.storage.clone();
    device.boot(|agent| agent.activate(id("vpn"), noon(0)).unwrap());
    device.storage = old;
    device
}

#[test]
fn a_rollback_is_repaired_once() {
    let mut device = rolled_back();
    let record = device.boot(|agent| {
        let number = agent.repair_number(Repair::Rollback).unwrap();
        assert_eq!(agent.repair_number(Repair::Clock), Err(Reason::StorageRolledBack));
        let record = terms(Repair::Rollback, number);
        let other = Udi::parse(b"ISR4331/K9:SOMEBODY").unwrap();
        let for_other = RepairTerms { udi: other, ..record };
        assert_eq!(apply(agent, &for_other, InstallMode::Apply), Err(Reason::OtherDevice));
        for wrong in [number + 1, number - 1, 0] {
            let refused = apply(agent, &terms(Repair::Rollback, wrong), InstallMode::Apply);
            assert_eq!(refused, Err(Reason::RepairNumber));
        }
        assert_eq!(apply(agent, &record, InstallMode::DryRun), Ok(InstallEffect::Repairs));
        assert!(!agent.check(id("ap-count"), 0).is_granted());
        assert_eq!(apply(agent, &record, InstallMode::Apply), Ok(InstallEffect::Repairs));
        assert_eq!(agent.rollback_state(), RollbackState::Latest);
        assert!(agent.check(id("ap-count"), 0).is_granted());
        assert!(events(agent).contains(&EventKind::Repaired));
        assert_eq!(history_kinds(agent).last(), Some(&HistoryKind::Repaired));
        assert_eq!(apply(agent, &record, InstallMode::Apply), Err(Reason::NothingToRepair));
        record
    });
    let repaired = device.storage.clone();
    device.boot(|agent| {
        assert_eq!(agent.rollback_state(), RollbackState::Latest);
        agent.activate(id("vpn"), noon(0)).unwrap();
    });
    // The record does not let another copy in.
    device.storage = repaired;
    device.boot(|agent| {
        assert_eq!(
            agent.rollback_state(),
            RollbackState::RolledBack { revocations_missing: false }
        );
        assert_eq!(apply(agent, &record, InstallMode::Apply), Err(Reason::RepairNumber));
    });
}

#[test]
fn a_repair_that_is_cut_off_at_any_write_can_be_repeated() {
    for cut in 0..24 {
        let mut device = rolled_back();
        let number = device.boot(|agent| agent.repair_number(Repair::Rollback)).unwrap();
        let record = terms(Repair::Rollback, number);
        for counters in [false, true] {
            let power = if counters { &mut device.counters } else { &mut device.storage };
            power.writes_left = Some(cut);
            device.boot(|agent| _ = apply(agent, &record, InstallMode::Apply));
            device.storage.writes_left = None;
            device.counters.writes_left = None;
        }
        device.boot(|agent| {
            if agent.rollback_state() != RollbackState::Latest {
                assert_eq!(
                    apply(agent, &record, InstallMode::Apply),
                    Ok(InstallEffect::Repairs),
                    "{cut}"
                );
            }
            assert_eq!(agent.rollback_state(), RollbackState::Latest);
            assert!(agent.check(id("ap-count"), 0).is_granted());
        });
        device.boot(|agent| assert_eq!(agent.rollback_state(), RollbackState::Latest));
    }
}

#[test]
fn after_a_missing_revocation_the_vendor_takes_the_right_back_again() {
    let mut device = Protected::default();
    device.boot(|agent| assert_eq!(put(agent, &three(), noon(0)), []));
    let old = device.storage.clone();
    device.boot(|agent| agent.revoke(LineId([2; 10]), noon(0)).unwrap());
    device.storage = old;
    device.boot(|agent| {
        assert!(!agent.check(id("ap-count"), 0).is_granted());
        let number = agent.repair_number(Repair::Rollback).unwrap();
        apply(agent, &terms(Repair::Rollback, number), InstallMode::Apply).unwrap();
        agent.revoke(LineId([2; 10]), noon(0)).unwrap();
        assert!(!agent.check(id("voice"), 0).is_granted());
    });
    device.boot(|agent| {
        assert_eq!(agent.rollback_state(), RollbackState::Latest);
        assert!(!agent.check(id("voice"), 0).is_granted());
        assert!(agent.check(id("ap-count"), 0).is_granted());
    });
}

/// Without monotonic counters: values that are damaged, and use that was lost with one of them.
#[test]
fn damage_is_removed_and_lost_use_begins_anew() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &three(), noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        assert_eq!(agent.repair_number(Repair::Damage), Err(Reason::NothingToRepair));
        assert_eq!(agent.repair_number(Repair::Rollback), Err(Reason::NothingToRepair));
    });
    for key in [0x0200, 0x0400] {
        let value = storage.values.get_mut(&key).unwrap();
        value.iter_mut().for_each(|byte| *byte ^= 0x55);
        value[0] = 2;
    }
    let record = terms(Repair::Damage, 0);
    boot(&mut storage, noon(0), |agent| {
        assert!(agent.activate(id("vpn"), noon(0)).is_err());
        assert_eq!(agent.repair_number(Repair::Damage), Ok(0));
        assert_eq!(agent.repair_number(Repair::Rollback), Err(Reason::NothingToRepair));
        let mut results = Vec::new();
        let text = repair(&record, 1);
        agent.install(text.as_bytes(), InstallMode::Apply, noon(0), |taken| {
            results.push(taken.result);
        });
        assert_eq!(results, [Ok(InstallEffect::Repairs)]);
        agent.activate(id("vpn"), noon(0)).unwrap();
        assert_eq!(agent.repair_number(Repair::Damage), Err(Reason::NothingToRepair));
    });
    boot(&mut storage, noon(0), |agent| {
        agent.activate(id("vpn"), noon(0)).unwrap();
        assert_eq!(agent.repair_number(Repair::Clock), Ok(1));
    });
}

#[test]
fn a_value_of_a_newer_version_stops_a_repair_and_stays() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| assert_eq!(install(agent, &three(), noon(0)), []));
    storage.values.get_mut(&0x0200).unwrap()[0] = 9;
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.repair_number(Repair::Damage), Err(Reason::UnsupportedFormat));
    });
    assert_eq!(storage.values[&0x0200][0], 9);
}

#[test]
fn a_clock_that_went_too_far_begins_at_the_day_of_issue_once() {
    let far = |uptime| Now { uptime, wall: Some(UnixTime(30_000 * DAY + uptime)) };
    let mut device = Protected::default();
    // What was paid for follows a clock that is right again; a trial does not.
    let trial = || [line("ap-count", LicenseType::EvaluationSubscription, 3)];
    device.boot(|agent| {
        assert_eq!(put(agent, &trial(), noon(0)), []);
        assert_eq!(put(agent, &[line("vpn", LicenseType::Subscription, 4)], noon(0)), []);
        agent.tick(far(1));
        // A jump is believed when it has lasted for a day.
        agent.tick(far(2 * DAY));
        assert!(!agent.check(id("ap-count"), 2 * DAY).is_granted());
        assert!(!agent.check(id("vpn"), 2 * DAY).is_granted());
    });
    let record = device.boot(|agent| {
        assert!(!agent.check(id("ap-count"), 0).is_granted());
        assert!(agent.check(id("vpn"), 0).is_granted());
        let record = terms(Repair::Clock, agent.repair_number(Repair::Clock).unwrap());
        assert_eq!(apply(agent, &record, InstallMode::Apply), Ok(InstallEffect::Repairs));
        assert!(agent.check(id("ap-count"), 0).is_granted());
        assert_eq!(apply(agent, &record, InstallMode::Apply), Err(Reason::RepairNumber));
        record
    });
    // In the boot in which the end was seen, too, and however long that has lasted.
    let mut running = Protected::default();
    running.boot(|agent| {
        assert_eq!(put(agent, &trial(), noon(0)), []);
        agent.tick(far(1));
        agent.tick(far(2 * DAY));
        let number = agent.repair_number(Repair::Clock).unwrap();
        let text = repair(&terms(Repair::Clock, number), 1);
        let now = noon(2 * DAY + 1);
        agent.install(text.as_bytes(), InstallMode::Apply, now, |taken| {
            assert_eq!(taken.result, Ok(InstallEffect::Repairs));
        });
        assert!(agent.check(id("ap-count"), 2 * DAY + 1).is_granted());
        let issued = UnixTime::start_of(record.issued);
        assert!(agent.clock().at_least >= issued && agent.clock().at_least < issued.plus(DAY));
    });
    device.boot(|agent| {
        assert!(agent.check(id("ap-count"), 0).is_granted());
        assert_eq!(
            Date::from_unix_seconds(agent.clock().at_least.0),
            Date::from_days(record.issued.days())
        );
        assert_eq!(apply(agent, &record, InstallMode::Apply), Err(Reason::RepairNumber));
    });
}

#[test]
fn a_cut_clock_repair_is_all_or_nothing() {
    for cut in 0..4 {
        let mut device = Protected::default();
        device.boot(|agent| assert_eq!(put(agent, &three(), noon(0)), []));
        device.storage.writes_left = Some(cut);
        let record = terms(Repair::Clock, 0);
        let done = device.boot(|agent| apply(agent, &record, InstallMode::Apply).is_ok());
        device.storage.writes_left = None;
        device.boot(|agent| {
            assert_eq!(agent.rollback_state(), RollbackState::Latest);
            let number = agent.repair_number(Repair::Clock).unwrap();
            assert!(number == 1 || !done, "{cut}");
        });
    }
}

#[test]
fn a_trial_line_that_lost_its_use_is_no_license_for_more_than_its_period() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
    });
    storage.remove(crate::store::StorageKey(0x0200)).unwrap();
    boot(&mut storage, noon(0), |agent| {
        let text = repair(&terms(Repair::Damage, 0), 1);
        agent.install(text.as_bytes(), InstallMode::Apply, noon(0), |_| {});
        agent.activate(id("vpn"), noon(0)).unwrap();
        agent.tick(noon(61 * DAY));
        assert!(kinds(agent).contains(&EventKind::Expired));
    });
}
