//! What attacks once broke, as short as it can be shown.

use std::vec::Vec;

use super::rig::*;
use crate::agent::{Agent, AgentMemory, InstallMode, Product};
use crate::event::EventKind;
use crate::fixtures::{anchor, udi};
use crate::fixtures::{repair, repair_terms};
use crate::reason::Reason;
use crate::record::{LicenseTerms, Repair, RepairTerms};
use crate::store::StorageKey;
use crate::value::key::Role;
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
use crate::value::time::Now;

fn units(number: u8, kind: LicenseType, units: u64, combine: Combine) -> LicenseTerms<'static> {
    LicenseTerms { count: Count::Units(units), combine, ..line("ap-count", kind, number) }
}

#[test]
fn a_metered_adder_takes_nothing_away() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let base = units(1, LicenseType::Permanent, 10, Combine::Exclusive);
        let adder = units(2, LicenseType::Evaluation, 5, Combine::Additive);
        assert_eq!(install(agent, &[base, adder], noon(0)), []);
        assert!(granted(agent, "ap-count", 0));
        agent.acquire(id("ap-count"), 12, 1, noon(0)).unwrap();
    });
    storage.writes_left = Some(0);
    boot(&mut storage, noon(0), |agent| {
        assert!(granted(agent, "ap-count", 0));
        agent.acquire(id("ap-count"), 3, 1, noon(0)).unwrap();
        assert!(agent.acquire(id("ap-count"), 12, 1, noon(0)).is_err());
    });
}

#[test]
fn a_metered_level_costs_what_it_runs_or_does_not_run() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("security", LicenseType::Evaluation, 1)], noon(0));
        agent.request_level(id("security")).unwrap();
    });
    boot(&mut storage, noon(0), |agent| assert!(granted(agent, "vpn", 0)));
    storage.writes_left = Some(0);
    boot(&mut storage, noon(0), |agent| {
        assert!(!granted(agent, "security", 0) && !granted(agent, "vpn", 0));
        assert!(agent.next_deadline().unwrap() > 0);
        agent.journal.vault.storage.writes_left = None;
        agent.tick(noon(60));
        assert!(granted(agent, "security", 60) && granted(agent, "vpn", 60));
    });
}

#[test]
fn an_unreadable_list_of_revoked_lines_takes_nothing_in_and_ends_nothing() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let lines =
            [line("vpn", LicenseType::Permanent, 1), line("nat", LicenseType::Permanent, 2)];
        install(agent, &lines, noon(0));
        agent.revoke(LineId([1; 10]), noon(0)).unwrap();
    });
    for byte in [3, 7] {
        storage.values.get_mut(&0x0600).unwrap()[byte] ^= 1;
    }
    boot(&mut storage, noon(0), |agent| {
        let again = install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
        assert_eq!(again, [Reason::RevocationsUnknown]);
        assert!(!granted(agent, "vpn", 0) && granted(agent, "nat", 0));
        assert!(agent.unreadable().eq([Reason::RevocationsUnknown]));
    });
}

#[test]
fn a_use_of_a_kind_that_the_type_cannot_have_is_not_believed() {
    use crate::store::checksum;
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
    });
    let value = storage.values.get_mut(&0x0200).unwrap();
    value[1] = 2;
    let end = value.len() - 4;
    let sum = checksum(StorageKey(0x0200), &value[..end]);
    value[end..].copy_from_slice(&sum);
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.activate(id("vpn"), noon(0)).unwrap_err().reason, Reason::UseUnknown);
    });
}

/// Changes two bits of the body: no mending puts them right.
fn damage(storage: &mut Ram, key: u16) {
    let value = storage.values.get_mut(&key).unwrap();
    value[1] ^= 1;
    value[3] ^= 1;
}

#[test]
fn the_end_of_a_level_ends_nothing_that_lower_ones_grant() {
    let mut storage = Ram::default();
    let trial = LicenseTerms {
        expiry: ExpiryPolicy::Immediate,
        ..line("enterprise", LicenseType::Subscription, 2)
    };
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("security", LicenseType::Permanent, 1), trial], noon(0));
    });
    let lower = ["ipbase", "security", "vpn", "nat"];
    let holds = |agent: &Booted<'_>, uptime| lower.iter().all(|name| granted(agent, name, uptime));
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.booted_level(id("security")), Some(id("enterprise")));
        assert!(holds(agent, 0) && granted(agent, "enterprise", 0));
        // Nobody ticks.
        assert!(holds(agent, 10 * DAY) && !granted(agent, "enterprise", 10 * DAY));
        let now = pass(agent, noon(0), 40 * DAY);
        assert!(holds(agent, now.uptime) && !granted(agent, "enterprise", now.uptime));
    });
    boot(&mut storage, noon(0), |agent| {
        agent.revoke(LineId([2; 10]), noon(0)).unwrap();
        assert!(holds(agent, 0) && !granted(agent, "enterprise", 0));
    });
}

#[test]
fn units_of_its_own_take_nothing_from_what_a_level_brings() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let few = LicenseTerms { count: Count::Units(7), ..line("nat", LicenseType::Permanent, 1) };
        assert_eq!(install(agent, &[few], noon(0)), []);
        agent.acquire(id("nat"), 20, 1, noon(0)).unwrap();
        // Nor does the time until which it holds, where nobody ticks.
        assert_eq!(install(agent, &[line("nat", LicenseType::Subscription, 2)], noon(0)), []);
        agent.revoke(LineId([1; 10]), noon(0)).unwrap();
        assert!(granted(agent, "nat", 10 * DAY));
    });
}

#[test]
fn a_line_that_could_not_be_read_for_one_boot_does_not_count_twice() {
    let mut storage = Ram::default();
    let adder = || units(1, LicenseType::Permanent, 10, Combine::Additive);
    boot(&mut storage, noon(0), |agent| assert_eq!(install(agent, &[adder()], noon(0)), []));
    let whole = storage.values[&0x0100].clone();
    damage(&mut storage, 0x0100);
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(install(agent, &[adder()], noon(0)), []);
        agent.acquire(id("ap-count"), 10, 1, noon(0)).unwrap();
    });
    storage.values.insert(0x0100, whole);
    boot(&mut storage, noon(0), |agent| {
        assert!(agent.acquire(id("ap-count"), 11, 1, noon(0)).is_err());
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
    });
    boot(&mut storage, noon(0), |agent| assert!(!granted(agent, "ap-count", 0)));
}

#[test]
fn where_no_use_can_be_remembered_no_line_that_needs_it_is_installed() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        for number in 1..=96 {
            let line = line("vpn", LicenseType::Subscription, number);
            assert_eq!(install(agent, &[line], noon(0)), []);
            assert!(granted(agent, "vpn", 0));
            agent.clear(LineId([number; 10]), noon(0)).unwrap_or_default();
            agent.revoke(LineId([number; 10]), noon(0)).unwrap();
        }
        for kind in [LicenseType::Subscription, LicenseType::EvaluationSubscription] {
            assert_eq!(install(agent, &[line("vpn", kind, 97)], noon(0)), [Reason::UsageFull]);
        }
        assert_eq!(install(agent, &[line("vpn", LicenseType::Permanent, 98)], noon(0)), []);
    });
}

#[test]
fn the_date_is_learnt_by_who_ticks_at_deadlines_alone() {
    let mut often = Ram::default();
    boot(&mut often, noon(0), |agent| {
        (0..30 * DAY).step_by(600).for_each(|uptime| agent.tick(noon(uptime)));
    });
    let mut at_deadlines = Ram::default();
    boot(&mut at_deadlines, noon(0), |agent| {
        pass(agent, noon(0), 30 * DAY);
    });
    for mut storage in [often, at_deadlines] {
        boot(&mut storage, Now::uptime(0), |agent| {
            let ended = crate::value::Date::from_days(20_779 + 20).unwrap();
            let line =
                LicenseTerms { end: Some(ended), ..line("vpn", LicenseType::Subscription, 1) };
            assert_eq!(install(agent, &[line], Now::uptime(0)), []);
            assert!(!granted(agent, "vpn", 0));
        });
    }
}

#[test]
fn a_storage_that_fails_for_long_costs_no_trial_and_no_flood_of_events() {
    let mut storage = Ram::default();
    let later = boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        kinds(agent);
        agent.journal.vault.storage.writes_left = Some(0);
        let now = pass(agent, noon(0), 5 * DAY);
        let failures = kinds(agent).into_iter().filter(|kind| *kind == EventKind::Storage);
        assert_eq!(failures.count(), 1);
        assert!(agent.unreadable().eq([Reason::StorageFailed]));
        agent.journal.vault.storage.writes_left = None;
        let now = pass(agent, now, 60);
        assert!(granted(agent, "vpn", now.uptime));
        assert_eq!(agent.unreadable().count(), 0);
        agent.deactivate(id("vpn"), now).unwrap();
        let used = |agent: &Booted<'_>| {
            let held =
                agent.lines().find(|held| held.meter().is_some_and(|meter| meter.charged() > 0));
            held.and_then(|held| held.meter().copied()).unwrap().used(now.uptime)
        };
        assert!((900..1_000).contains(&used(agent)), "{}", used(agent));
        now
    });
    assert!(later.uptime > 5 * DAY);
}

#[test]
fn a_clock_value_that_cannot_be_read_wakes_nobody_each_second() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Subscription, 1)], noon(0));
    });
    damage(&mut storage, 0x0001);
    boot(&mut storage, noon(0), |agent| {
        let (mut uptime, mut ticks) = (0, 0);
        while uptime < DAY {
            uptime = agent.next_deadline().unwrap();
            agent.tick(noon(uptime));
            ticks += 1;
        }
        assert!(granted(agent, "vpn", uptime));
        assert!(ticks < 100, "{ticks}");
    });
}

#[test]
fn a_repair_ends_no_paid_right_and_does_not_write_each_second() {
    for kind in [Repair::Damage, Repair::Clock] {
        let mut storage = Ram::default();
        boot(&mut storage, noon(0), |agent| {
            install(agent, &[line("vpn", LicenseType::Subscription, 1)], noon(0));
        });
        damage(&mut storage, 0x0001);
        boot(&mut storage, noon(0), |agent| {
            let number = agent.repair_number(kind).unwrap();
            let now = noon(10);
            agent.tick(now);
            let record = repair(&RepairTerms { repair: kind, number, ..repair_terms() }, 1);
            assert_eq!(install_text(agent, &record, now), []);
            let before = agent.journal.vault.storage.writes;
            for uptime in 10..900 {
                agent.tick(noon(uptime));
                assert!(granted(agent, "vpn", uptime), "{kind:?} {uptime}");
            }
            assert!(agent.journal.vault.storage.writes - before < 10);
        });
    }
}

#[test]
fn a_repair_does_not_replace_what_another_version_has_written() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Subscription, 1)], noon(0));
    });
    storage.values.get_mut(&0x0001).unwrap()[0] = 9;
    boot(&mut storage, noon(0), |agent| {
        let number = agent.repair_number(Repair::Clock).unwrap();
        let record = repair(&RepairTerms { repair: Repair::Clock, number, ..repair_terms() }, 1);
        let mut results = Vec::new();
        agent.install(record.as_bytes(), InstallMode::Apply, noon(0), |taken| {
            results.push(taken.result.map(|_| ()));
        });
        assert_eq!(results, [Err(Reason::UnsupportedFormat)]);
    });
    assert_eq!(storage.values[&0x0001][0], 9);
}

/// A line was revoked and could not be removed. The next one was to take its place and failed, and what
/// stood there was taken for it: granted until the reboot, and its use counted anew.
#[test]
fn a_line_that_was_not_stored_is_not_taken_for_a_revoked_one() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("voice", LicenseType::Permanent, 1)], noon(0));
        // Pending change and revoked id are written, the line stays.
        agent.journal.vault.storage.writes_left = Some(2);
        agent.revoke(LineId([1; 10]), noon(0)).unwrap();
    });
    storage.writes_left = Some(0);
    boot(&mut storage, noon(0), |agent| {
        assert!(!granted(agent, "voice", 0));
        let refused = install(agent, &[line("vpn", LicenseType::Permanent, 2)], noon(0));
        assert_eq!(refused, [Reason::StorageFailed]);
        assert!(!granted(agent, "vpn", 0));
        assert_eq!(agent.lines().filter(|held| held.right().id().0 == [2; 10]).count(), 0);
    });
}

/// The first charge of one trial failed, the next one took the place that was still free, and then both wrote
/// there.
#[test]
fn two_trials_never_share_the_place_of_their_use() {
    let mut storage = Ram::default();
    let charged = |agent: &Booted<'_>, feature: &str| {
        let of = |held: &&crate::agent::AgentLine| held.feature() == Some(id(feature));
        agent.lines().find(of).and_then(|held| held.meter()).unwrap().charged()
    };
    boot(&mut storage, noon(0), |agent| {
        agent.journal.vault.storage.writes_left = Some(0);
        assert!(agent.activate(id("video"), noon(0)).is_err());
        agent.journal.vault.storage.writes_left = None;
        agent.activate(id("camera"), noon(0)).unwrap();
        agent.activate(id("video"), noon(0)).unwrap();
        pass(agent, noon(0), 5_000);
        assert!(charged(agent, "camera") >= 5_000 && charged(agent, "video") >= 5_000);
    });
    boot(&mut storage, noon(0), |agent| {
        assert!(charged(agent, "camera") >= 5_000 && charged(agent, "video") >= 5_000);
    });
}

/// The entry of a verb could not be written, and the pending change of the next one was written over its own.
#[test]
fn a_verb_waits_until_the_entry_of_the_one_before_is_written() {
    let mut storage = Ram::default();
    let voice = line("voice", LicenseType::Permanent, 1);
    boot(&mut storage, noon(0), |agent| {
        // Pending change and line are written, the entry is not.
        agent.journal.vault.storage.writes_left = Some(2);
        assert_eq!(install(agent, &[voice], noon(0)), []);
        // Nor is it at the beginning of the next verb; then everything works.
        let storage = &mut agent.journal.vault.storage;
        storage.writes_left = None;
        storage.fail_once_at = Some(storage.writes + 1);
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
    });
    boot(&mut storage, noon(0), |agent| {
        let mut kinds = Vec::new();
        agent.history(|entry| kinds.push(entry.kind.name())).unwrap();
        assert_eq!(kinds, ["installed", "cleared"]);
    });
}

#[test]
fn what_could_not_be_read_after_a_failure_is_read_later() {
    let lines = [
        line("vpn", LicenseType::Permanent, 1),
        line("nat", LicenseType::PermanentRightToUse, 2),
        line("video", LicenseType::Evaluation, 3),
    ];
    type Verb = fn(&mut Booted<'_>);
    let verbs: [Verb; 6] = [
        |agent| _ = agent.clear(LineId([1; 10]), noon(0)),
        |agent| _ = agent.revoke(LineId([1; 10]), noon(0)),
        |agent| _ = install(agent, &[line("media", LicenseType::Permanent, 4)], noon(0)),
        |agent| _ = install(agent, &[line("media", LicenseType::Evaluation, 5)], noon(0)),
        |agent| _ = agent.activate(id("nat"), noon(0)),
        |agent| _ = agent.accept_eula(id("voice"), b"text", noon(0)),
    ];
    let state = |agent: &Booted<'_>| {
        let lines = agent.lines().map(|held| (held.right().id(), held.own.activated));
        let mut lines: Vec<_> = lines.collect();
        lines.sort_unstable();
        let named = ["vpn", "nat", "media"].map(|name| granted(agent, name, 3_600));
        (lines, named)
    };
    for verb in verbs {
        for (write, loads) in (1..=4).flat_map(|write| (0..40).map(move |loads| (write, loads))) {
            let mut storage = Ram::default();
            boot(&mut storage, noon(0), |agent| assert_eq!(install(agent, &lines, noon(0)), []));
            let running = boot(&mut storage, noon(0), |agent| {
                let write = agent.journal.vault.storage.writes + write;
                agent.journal.vault.storage.fail_after = Some((write, loads));
                verb(agent);
                pass(agent, noon(0), 3_600);
                state(agent)
            });
            (storage.fail_after, storage.loads_fail) = (None, 0);
            let rebooted = boot(&mut storage, noon(3_600), |agent| state(agent));
            assert_eq!(running, rebooted, "write {write}, {loads} loads");
        }
    }
}

#[test]
fn a_trial_that_is_not_started_takes_nothing_from_a_right_that_goes_on_after_its_end() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(install(agent, &[line("patient", LicenseType::Subscription, 1)], noon(0)), []);
        let now = pass(agent, noon(0), 40 * DAY);
        assert!(granted(agent, "patient", now.uptime));
        assert_eq!(install(agent, &[line("patient", LicenseType::Evaluation, 2)], now), []);
        assert!(granted(agent, "patient", now.uptime));
    });
}

/// A value of the license store was put back at the place where its line stood before.
#[test]
fn a_line_that_is_stored_at_two_places_counts_once() {
    let mut storage = Ram::default();
    let lines = [
        units(1, LicenseType::Permanent, 10, Combine::Exclusive),
        units(2, LicenseType::Permanent, 5, Combine::Additive),
    ];
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(install(agent, &lines, noon(0)), []);
    });
    let older = storage.values[&0x0101].clone();
    boot(&mut storage, noon(0), |agent| {
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
        agent.clear(LineId([2; 10]), noon(0)).unwrap();
        assert_eq!(install(agent, &lines[1..], noon(0)), []);
    });
    storage.values.insert(0x0101, older);
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(agent.refused().count(), 0);
        assert!(agent.acquire(id("ap-count"), 6, 1, noon(0)).is_err());
        agent.acquire(id("ap-count"), 5, 1, noon(0)).unwrap();
    });
}

/// Cut at each write, a record repairs once: what it gave cannot be had again.
#[test]
fn one_record_repairs_once_wherever_the_power_goes() {
    for kind in [Repair::Damage, Repair::Clock] {
        for cut in 0..8 {
            let mut storage = Ram::default();
            let trial = line("vpn", LicenseType::EvaluationSubscription, 1);
            boot(&mut storage, noon(0), |agent| {
                assert_eq!(install(agent, &[trial], noon(0)), []);
                pass(agent, noon(0), 10 * DAY);
            });
            let record = boot(&mut storage, noon(10 * DAY), |agent| {
                let number = agent.repair_number(Repair::Clock).unwrap();
                repair(&RepairTerms { repair: kind, number, ..repair_terms() }, 1)
            });
            let (mut repaired, mut number) = (0, 0);
            for _ in 0..3 {
                let damaged = if kind == Repair::Damage { 0x0200..0x0260 } else { 0..0 };
                for value in storage.values.range_mut(damaged).map(|(_, value)| value) {
                    (value[1], value[3]) = (0x77, 0x77);
                }
                storage.writes_left = Some(cut);
                boot(&mut storage, noon(10 * DAY), |agent| {
                    install_text(agent, &record, noon(10 * DAY));
                });
                storage.writes_left = None;
                boot(&mut storage, noon(10 * DAY), |agent| {
                    let counted = agent.running.counted(0);
                    let held = agent.lines().find(|held| held.right().end().is_some()).unwrap();
                    let has_run = u64::from(held.term.has_run(counted));
                    let is_repaired = !held.use_unknown && has_run < 9 * DAY;
                    repaired += u32::from(is_repaired && agent.repairs > number);
                    // What the power cut off is done by the next boot.
                    assert!(is_repaired || agent.repairs == number, "{kind:?}, cut at {cut}");
                    number = agent.repairs;
                });
            }
            assert!(repaired <= 1, "{kind:?}, cut at {cut}: {repaired}");
        }
    }
}

#[test]
fn the_use_of_a_trial_that_was_lost_does_not_begin_anew_by_itself() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::EvaluationSubscription, 1)], noon(0));
        pass(agent, noon(0), 10 * DAY);
    });
    damage(&mut storage, 0x0200);
    for _ in 0..4 {
        boot(&mut storage, noon(10 * DAY), |agent| {
            pass(agent, noon(10 * DAY), DAY);
            assert!(!granted(agent, "vpn", 11 * DAY));
        });
    }
}

/// Where all 256 places are taken, a right that is not installed is still not the line at the last one.
#[test]
fn taking_back_what_is_not_installed_is_told_of_no_other_line() {
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
    let mut storage = Ram::default();
    let mut memory = AgentMemory::<256, 13, 1, 8>::new();
    let mut agent =
        Agent::boot(product, udi(), Remembering, &mut storage, &mut memory, noon(0)).unwrap();
    assert!(agent.held(255).is_some(), "a built-in trial takes the last place");
    let id = LineId([0x77; 10]);
    agent.revoke(id, noon(1)).unwrap();
    assert!(
        std::iter::from_fn(|| agent.poll_event()).all(|event| event.kind != EventKind::Revoked)
    );
    let mut told = std::vec::Vec::new();
    agent.history(|entry| told.push((entry.id, entry.feature.is_empty()))).unwrap();
    assert_eq!(told, [(id, true)]);
}
