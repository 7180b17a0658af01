//! Storage that fails, loses power, or holds garbage.

use std::format;
use std::vec;
use std::vec::Vec;

use super::rig::*;
use crate::agent::LineState;
use crate::agent::{HistoryKind, MIN_SCRATCH_LEN};
use crate::event::EventKind;
use crate::fixtures::udi;
use crate::reason::Reason;
use crate::record::{Extras, LicenseTerms};
use crate::store::StorageKey;
use crate::store::Vault;
use crate::value::license::{LicenseType, LineId};

/// A life with every verb that writes.
fn life(agent: &mut Booted<'_>) {
    install(
        agent,
        &[
            line("vpn", LicenseType::Evaluation, 1),
            line("voice", LicenseType::Permanent, 2),
            line("vpn", LicenseType::Permanent, 3),
        ],
        noon(0),
    );
    let _ = agent.accept_eula(id("voice"), b"text", noon(0));
    let _ = agent.clear(LineId([3; 10]), noon(0));
    let _ = agent.activate(id("vpn"), noon(0));
    let now = pass(agent, noon(0), 4_000);
    let _ = agent.deactivate(id("vpn"), now);
    let _ = agent.comment(LineId([2; 10]), b"hello");
    let _ = agent.set_priority(LineId([1; 10]), None);
    let _ = agent.request_level(id("ipbase"));
}

// shows: F002-091
#[test]
fn a_power_cut_at_any_write_leaves_a_device_that_boots_and_goes_on() {
    let mut whole = Ram::default();
    boot(&mut whole, noon(0), life);
    assert!(whole.writes > 15, "{}", whole.writes);
    for cut in 0..=whole.writes {
        let mut storage = Ram { writes_left: Some(cut), ..Ram::default() };
        let charged = |agent: &Booted<'_>| {
            let trial = agent.lines().find(|held| held.right().id() == LineId([1; 10]))?;
            Some(trial.meter()?.charged())
        };
        let before = boot(&mut storage, noon(0), |agent| {
            life(agent);
            charged(agent)
        });
        storage.writes_left = None;
        boot(&mut storage, noon(0), |agent| {
            assert_eq!(agent.refused().count(), 0);
            // What was granted is what is durable, neither more nor less.
            assert_eq!(charged(agent), before, "cut {cut}");
            // Everything can be done again.
            life(agent);
            assert!(agent.check(id("voice"), agent.now.uptime).is_granted());
        });
    }
}

#[test]
fn a_short_scratch_buffer_refuses_what_does_not_fit_and_loses_nothing() {
    let value = "v".repeat(crate::limits::MAX_VALUE_LEN);
    let fields: Vec<_> = (0..crate::limits::MAX_EXTRAS).map(|n| format!("x-{n}={value}")).collect();
    let fields = fields.join(" ");
    let extras = Extras::parse(fields.as_bytes()).unwrap();
    let text = crate::bytes::Text::new(value.as_bytes());
    let (eula, pak) = (text, text);
    let long = LicenseTerms { extras, eula, pak, ..line("voice", LicenseType::Permanent, 2) };
    let mut storage = Ram::default();
    let mut scratch = [0; MIN_SCRATCH_LEN];
    boot_in(&mut storage, udi(), noon(0), &mut scratch, |agent| {
        let refused = install(agent, &[line("vpn", LicenseType::Permanent, 1), long], noon(0));
        assert_eq!(refused, [Reason::StorageFull]);
        assert!(granted(agent, "vpn", 0) && !granted(agent, "voice", 0));
        assert_eq!(agent.comment(LineId([1; 10]), &[b'c'; 255]), Ok(()));
    });
    boot(&mut storage, noon(0), |agent| {
        assert!(granted(agent, "vpn", 0) && agent.refused().count() == 0);
        assert_eq!(install(agent, &[long], noon(0)), []);
    });
    // With the shorter buffer again, the longer line waits where it is.
    boot_in(&mut storage, udi(), noon(0), &mut scratch, |agent| {
        assert!(granted(agent, "vpn", 0) && !granted(agent, "voice", 0));
        assert_eq!(
            agent.refused().map(|refused| refused.reason).collect::<Vec<_>>(),
            [Reason::StorageFull]
        );
    });
    boot(&mut storage, noon(0), |agent| assert!(granted(agent, "voice", 0)));
}

#[test]
fn a_storage_that_fails_once_loses_nothing_that_was_reported_installed() {
    let mut whole = Ram::default();
    boot(&mut whole, noon(0), life);
    for fail in 1..=whole.writes {
        let mut storage = Ram { fail_once_at: Some(fail), ..Ram::default() };
        let installed: Vec<LineId> = boot(&mut storage, noon(0), |agent| {
            life(agent);
            agent
                .lines()
                .filter(|held| held.usage.is_some() || held.meter().is_none())
                .map(|held| held.right().id())
                .collect()
        });
        boot(&mut storage, noon(0), |agent| {
            for id in installed {
                assert!(agent.lines().any(|held| held.right().id() == id), "{fail} {id}");
            }
        });
    }
}

#[test]
fn use_that_cannot_be_charged_is_not_granted() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.journal.vault.storage.writes_left = Some(0);
        let denial = agent.activate(id("vpn"), noon(0)).unwrap_err();
        assert_eq!(denial.reason, Reason::StorageFailed);
        assert!(!agent.check(id("vpn"), 0).is_granted());
        assert!(agent.acquire(id("vpn"), 1, 1, noon(0)).is_err());
        assert_eq!(agent.in_use(id("vpn")), 0);
        assert!(kinds(agent).contains(&EventKind::Storage));
        agent.journal.vault.storage.writes_left = None;
        agent.activate(id("vpn"), noon(1)).unwrap();
    });
}

#[test]
fn use_that_cannot_be_charged_any_more_ends_with_what_was_paid() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
        agent.journal.vault.storage.writes_left = Some(0);
        for uptime in (0..5_000).step_by(100) {
            agent.tick(noon(uptime));
            let granted = agent.check(id("vpn"), uptime).is_granted();
            // What is paid, and not a second more.
            assert_eq!(granted, uptime < 900, "{uptime}");
        }
    });
}

#[test]
fn full_storage_refuses_the_new_line_and_keeps_the_old_ones() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
        agent.journal.vault.storage.writes_left = Some(0);
        let refused = install(agent, &[line("voice", LicenseType::Permanent, 2)], noon(0));
        assert_eq!(refused, [Reason::StorageFailed]);
        assert!(agent.check(id("vpn"), 0).is_granted());
        assert!(!agent.check(id("voice"), 0).is_granted());
    });
}

#[test]
fn damaged_values_are_set_aside_and_take_nothing_with_them() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let lines = [
            line("vpn", LicenseType::Permanent, 1),
            line("voice", LicenseType::Permanent, 2),
            line("camera", LicenseType::Evaluation, 3),
        ];
        install(agent, &lines, noon(0));
    });
    let keys: Vec<u16> = storage.values.keys().copied().collect();
    for key in keys {
        for bit in 0..storage.values[&key].len() * 8 {
            let mut damaged = storage.clone();
            damaged.values.get_mut(&key).unwrap()[bit / 8] ^= 1 << (bit % 8);
            // Flipping every bit of every line would verify thousands of signatures.
            if bit % 23 != 0 {
                continue;
            }
            boot(&mut damaged, noon(0), |agent| {
                let vpn = agent.check(id("vpn"), 0).is_granted();
                let voice = agent.check(id("voice"), 0).is_granted();
                assert!(vpn || key == 0x0100, "{key:#x} {bit}");
                assert!(voice || key == 0x0101, "{key:#x} {bit}");
            });
        }
    }
}

#[test]
fn garbage_in_storage_boots_and_grants_nothing() {
    let mut numbers = 88_172_645_463_325_252_u64;
    let mut next = || {
        numbers ^= numbers << 13;
        numbers ^= numbers >> 7;
        numbers ^= numbers << 17;
        numbers
    };
    for _ in 0..2_000 {
        let mut storage = Ram::default();
        for group in [0x0001, 0x0100, 0x0200, 0x0300, 0x0400, 0x0500, 0x0600_u16] {
            for place in 0..4 {
                let len = usize::try_from(next() % 150).unwrap();
                let mut value: Vec<u8> = (0..len).map(|_| next().to_le_bytes()[0]).collect();
                // Half of it is framed as it should be, and every content is looked at.
                if let Some(first) = value.first_mut().filter(|_| len % 2 == 0) {
                    *first = 2;
                    let crc = crate::store::checksum(StorageKey(group + place), &value);
                    value.extend(crc);
                }
                storage.values.insert(group + place, value);
            }
        }
        boot(&mut storage, noon(0), |agent| {
            for feature in ["vpn", "voice", "security", "ap-count", "video"] {
                assert!(!agent.check(id(feature), 0).is_granted());
            }
            assert_eq!(agent.booted_level(id("ipbase")), Some(id("ipbase")));
            agent.tick(noon(100));
        });
    }
}

#[test]
fn the_state_of_a_line_that_serves_nothing_is_inactive() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("voice", LicenseType::Evaluation, 1)], noon(0));
        let held = agent.lines().next().unwrap();
        assert_eq!(agent.state(held), LineState::Inactive);
    });
}

#[test]
fn the_next_entry_of_the_history_gets_the_next_number_with_few_looks() {
    use crate::agent::HistoryEntry;
    use crate::agent::journal::{GUARDED, Journal};
    let mut scratch = [0; 160];
    for len in 0..100 {
        let vault = Vault::new(Ram::default(), Remembering, None, GUARDED);
        let mut journal = Journal { vault, scratch: &mut scratch, next_number: 0, is_open: false };
        for number in 0..len {
            let (kind, id) = (HistoryKind::Installed, LineId([1; 10]));
            let entry = HistoryEntry { number, kind, id, wall: None, feature: b"vpn" };
            journal.store_entry(&entry).unwrap();
        }
        assert_eq!(journal.find_next_number(), (len, Ok(())));
        // Where an entry is missing, the newest of the others counts.
        let mut looks = 0;
        for place in 0..len.min(32) {
            let key = 0x0400 + u16::try_from(place).unwrap();
            let is_newest = (len - 1) % 32 == place;
            let expected = if is_newest { len - 1 } else { len };
            let value = journal.vault.storage.values.remove(&key).unwrap();
            assert_eq!(journal.find_next_number(), (expected, Ok(())));
            journal.vault.storage.values.insert(key, vec![2; 9]);
            let (next, read) = journal.find_next_number();
            // One that cannot be read may be newer.
            assert_eq!(next, expected + u64::from(read.is_err()));
            looks += usize::from(read == Err(Reason::StorageCorrupted));
            journal.vault.storage.values.insert(key, value);
        }
        assert!(len < 32 || looks <= 6, "{looks}");
    }
}
