//! Storage calls that fail at every place of many histories, and every bit of a full store.

use std::collections::BTreeSet;
use std::string::String;
use std::vec::Vec;

use super::rig::*;
use crate::agent::HistoryEntry;
use crate::fixtures::license;
use crate::record::LicenseTerms;
use crate::value::license::{LicenseType, LineId};

const HISTORIES: u64 = if cfg!(debug_assertions) { 1_000 } else { 5_000 };
const STEPS: usize = 10;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }
}

fn pool() -> [LicenseTerms<'static>; 5] {
    [
        line("vpn", LicenseType::Evaluation, 1),
        line("vpn", LicenseType::Permanent, 2),
        line("voice", LicenseType::Permanent, 3),
        line("ap-count", LicenseType::Subscription, 4),
        line("camera", LicenseType::Extension, 5),
    ]
}

fn texts() -> &'static [String; 5] {
    static TEXTS: std::sync::OnceLock<[String; 5]> = std::sync::OnceLock::new();
    TEXTS.get_or_init(|| pool().map(|terms| license(&terms, 1)))
}

fn id_of(place: usize) -> LineId {
    LineId([u8::try_from(place + 1).unwrap(); 10])
}

/// What the verbs have acknowledged.
#[derive(Default)]
struct Acknowledged {
    installed: BTreeSet<usize>,
    revoked: BTreeSet<usize>,
    /// Asked for, and refused by failing storage: either may be the case.
    attempted: BTreeSet<usize>,
}

fn history(agent: &mut Booted<'_>, dice: &mut Dice, known: &mut Acknowledged) {
    let mut now = noon(0);
    for _ in 0..STEPS {
        let place = usize::try_from(dice.roll(5)).unwrap();
        match dice.roll(6) {
            0 | 1 => {
                let refused = install_text(agent, &texts()[place], now);
                if refused.is_empty() {
                    known.installed.insert(place);
                }
            }
            2 => {
                if agent.clear(id_of(place), now).is_ok() {
                    known.installed.remove(&place);
                }
            }
            3 => {
                if agent.revoke(id_of(place), now).is_ok() {
                    known.installed.remove(&place);
                    known.revoked.insert(place);
                } else {
                    known.attempted.insert(place);
                }
            }
            4 => drop(agent.activate(id(["vpn", "camera"][place % 2]), now).is_ok()),
            _ => now = pass(agent, now, 1 + dice.roll(5_000)),
        }
        // Whatever fails: what is granted to a metered line was charged before.
        for held in agent.lines() {
            if let Some(meter) = held.meter() {
                assert!(meter.charged() <= held.right().usage().unwrap().seconds());
            }
        }
    }
}

fn charged(agent: &Booted<'_>) -> Vec<(LineId, u64)> {
    let lines = agent.lines().filter(|held| held.source() == crate::agent::LineSource::Installed);
    lines.filter_map(|held| Some((held.right().id(), held.meter()?.charged()))).collect()
}

/// One history with this storage, and what the next boot finds.
fn live(storage: &mut Ram, seed: u64) {
    let mut known = Acknowledged::default();
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let before = boot(storage, noon(0), |agent| {
        history(agent, &mut dice, &mut known);
        charged(agent)
    });
    storage.writes_left = None;
    storage.fail_once_at = None;
    boot(storage, noon(0), |agent| {
        for place in 0..5 {
            let there = agent.lines().any(|held| held.right().id() == id_of(place));
            assert!(!(there && known.revoked.contains(&place)), "revoked {place} is back, {seed}");
            let lost =
                known.installed.contains(&place) && !there && !known.attempted.contains(&place);
            assert!(!lost, "{place} is lost, {seed}");
        }
        for (id, seconds) in before {
            let now = charged(agent).into_iter().find(|(other, _)| *other == id);
            assert!(now.is_none_or(|(_, now)| now >= seconds), "time was given back, {seed}");
        }
        assert_eq!(agent.refused().count(), 0);
        assert!(agent.history(|_: &HistoryEntry<'_>| ()).is_ok());
    });
}

#[test]
fn every_storage_call_of_many_histories_fails_once_and_from_then_on() {
    let mut calls = 0_u64;
    for seed in 1..=HISTORIES {
        let mut whole = Ram::default();
        live(&mut whole, seed);
        for fail in 1..=whole.writes {
            live(&mut Ram { fail_once_at: Some(fail), ..Ram::default() }, seed);
            live(&mut Ram { writes_left: Some(fail - 1), ..Ram::default() }, seed);
            calls += 2;
        }
    }
    std::println!("{HISTORIES} histories, {calls} failures");
    assert!(calls > 10_000);
}

#[test]
fn no_flipped_bit_of_a_full_store_adds_or_takes_a_right() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        for text in texts() {
            assert_eq!(install_text(agent, text, noon(0)), []);
        }
        agent.accept_eula(id("voice"), b"text", noon(0)).unwrap();
        agent.activate(id("camera"), noon(0)).unwrap();
        agent.revoke(LineId([9; 10]), noon(0)).unwrap();
    });
    let names = ["vpn", "voice", "ap-count", "camera", "video", "security", "patient"];
    let answers = |agent: &mut Booted<'_>| -> Vec<bool> {
        let _ = agent.activate(id("camera"), noon(0));
        names.iter().map(|name| agent.check(id(name), 0).is_granted()).collect()
    };
    let good = boot(&mut storage.clone(), noon(0), answers);
    let paid = good.iter().filter(|granted| **granted).count();
    let (mut flips, mut kept) = (0_usize, 0_usize);
    for key in storage.values.keys().copied().collect::<Vec<_>>() {
        for bit in 0..storage.values[&key].len() * 8 {
            let mut damaged = storage.clone();
            damaged.values.get_mut(&key).unwrap()[bit / 8] ^= 1 << (bit % 8);
            let found = boot(&mut damaged, noon(0), answers);
            for ((found, good), name) in found.iter().zip(&good).zip(names) {
                assert!(*good || !found, "{name} by bit {bit} of {key:#06x}");
            }
            flips += 1;
            kept += found.iter().filter(|granted| **granted).count();
        }
    }
    std::println!("{flips} flips, {} of {} rights found", kept, flips * paid);
    assert!(kept * 100 >= flips * paid * 99, "{kept} of {}", flips * paid);
}
