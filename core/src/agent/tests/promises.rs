//! What attacks once broke, as short as it can be shown.

use std::vec::Vec;

use super::rig::*;
use crate::{Combine, Count, LicenseType, LineId, Reason, StorageKey, Terms};

fn units(number: u8, kind: LicenseType, units: u64, combine: Combine) -> Terms<'static> {
    Terms { count: Count::Units(units), combine, ..line("ap-count", kind, number) }
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
        agent.vault.storage.writes_left = None;
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

/// A line was revoked and could not be removed. The next one was to take its place and failed, and what
/// stood there was taken for it: granted until the reboot, and its use counted anew.
#[test]
fn a_line_that_was_not_stored_is_not_taken_for_a_revoked_one() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("voice", LicenseType::Permanent, 1)], noon(0));
        // Intent and revoked id are written, the line stays.
        agent.vault.storage.writes_left = Some(2);
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
        let of = |held: &&crate::Held| held.feature() == Some(id(feature));
        agent.lines().find(of).and_then(|held| held.meter()).unwrap().charged()
    };
    boot(&mut storage, noon(0), |agent| {
        agent.vault.storage.writes_left = Some(0);
        assert!(agent.activate(id("video"), noon(0)).is_err());
        agent.vault.storage.writes_left = None;
        agent.activate(id("camera"), noon(0)).unwrap();
        agent.activate(id("video"), noon(0)).unwrap();
        pass(agent, noon(0), 5_000);
        assert!(charged(agent, "camera") >= 5_000 && charged(agent, "video") >= 5_000);
    });
    boot(&mut storage, noon(0), |agent| {
        assert!(charged(agent, "camera") >= 5_000 && charged(agent, "video") >= 5_000);
    });
}

/// The entry of a verb could not be written, and the intent of the next one was written over its own.
#[test]
fn a_verb_waits_until_the_entry_of_the_one_before_is_written() {
    let mut storage = Ram::default();
    let voice = line("voice", LicenseType::Permanent, 1);
    boot(&mut storage, noon(0), |agent| {
        // Intent and line are written, the entry is not.
        agent.vault.storage.writes_left = Some(2);
        assert_eq!(install(agent, &[voice], noon(0)), []);
        // Nor is it at the beginning of the next verb; then everything works.
        let storage = &mut agent.vault.storage;
        storage.writes_left = None;
        storage.fail_once_at = Some(storage.writes + 1);
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
    });
    boot(&mut storage, noon(0), |agent| {
        let mut deeds = Vec::new();
        agent.history(|entry| deeds.push(entry.deed.name())).unwrap();
        assert_eq!(deeds, ["installed", "cleared"]);
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
        let refused: Vec<_> = agent.refused().map(|refused| refused.reason).collect();
        assert_eq!(refused, [Reason::AlreadyInstalled]);
        assert!(agent.acquire(id("ap-count"), 6, 1, noon(0)).is_err());
        agent.acquire(id("ap-count"), 5, 1, noon(0)).unwrap();
    });
}
