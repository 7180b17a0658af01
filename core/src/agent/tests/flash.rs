//! Whole agents on raw flash whose power is cut, whose bits flip, and which holds anything.

use crate::agent::AgentMemory;
use std::eprintln;
use std::string::String;
use std::vec::Vec;

use proptest::prelude::*;

use super::rig::*;
use crate::Storage;
use crate::agent::{Agent, InstallMode, LineSource, Product, SCRATCH_LEN};
use crate::fixtures::{anchor, license, udi};
use crate::reason::Reason;
use crate::store::StorageKey;
use crate::store::flash::{FlashStorage, Nor};
use crate::testing::{Dice, RamFlash, Tear};
use crate::value::key::Role;
use crate::value::license::{LicenseType, LineId};

const LEN: usize = 4 * 2_048;

type Board = RamFlash<LEN>;
type Device<'a> = Agent<'a, (FlashStorage<Board>, Remembering, crate::Udi<'static>)>;

fn blank() -> Board {
    Board::new(2_048, 4)
}

/// One boot of a device with this flash; returns the flash as it is after that.
fn boot_on<R>(mut flash: Board, then: impl FnOnce(&mut Device<'_>) -> R) -> (Board, R) {
    flash.power_on();
    on(FlashStorage::mount(flash).unwrap(), then)
}

fn on<R>(storage: FlashStorage<Board>, then: impl FnOnce(&mut Device<'_>) -> R) -> (Board, R) {
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
    let mut memory = AgentMemory::<12, 13, 8, 64>::new();
    let mut agent =
        Agent::boot(product, udi(), Remembering, storage, &mut memory, noon(0)).unwrap();
    let result = then(&mut agent);
    (agent.into_storage().into_flash(), result)
}

fn texts() -> &'static [String; 6] {
    static TEXTS: std::sync::OnceLock<[String; 6]> = std::sync::OnceLock::new();
    TEXTS.get_or_init(|| {
        [
            line("vpn", LicenseType::Evaluation, 1),
            line("vpn", LicenseType::Permanent, 2),
            line("voice", LicenseType::Permanent, 3),
            line("ap-count", LicenseType::Subscription, 4),
            line("camera", LicenseType::Extension, 5),
            line("nat", LicenseType::Permanent, 6),
        ]
        .map(|terms| license(&terms, 1))
    })
}

fn id_of(place: usize) -> LineId {
    LineId([u8::try_from(place + 1).unwrap(); 10])
}

/// What verbs have acknowledged while the power was on.
#[derive(Clone, Default)]
struct Known {
    /// Acknowledged as installed, and not cleared or revoked since.
    installed: Vec<usize>,
    revoked: Vec<usize>,
    /// Seconds that were charged, by place of the line.
    charged: [u64; 6],
}

/// A step of a history. What the power cut leaves open is taken out of what is known.
fn step(agent: &mut Device<'_>, dice: &mut Dice, known: &mut Known, uptime: &mut u64) {
    let place = usize::try_from(dice.below(6)).unwrap();
    let now = noon(*uptime);
    let acknowledged = |agent: &mut Device<'_>| !agent.journal.vault.storage.flash().is_dark();
    match dice.below(7) {
        0 | 1 => {
            let mut refused = None;
            agent.install(texts()[place].as_bytes(), InstallMode::Apply, now, |taken| {
                refused = taken.result.err();
            });
            if refused.is_none() && acknowledged(agent) {
                known.installed.push(place);
            }
        }
        2 => {
            let cleared = agent.clear(id_of(place), now);
            if cleared.is_ok() || !acknowledged(agent) {
                known.installed.retain(|other| *other != place);
            }
        }
        3 if dice.below(3) == 0 => {
            let revoked = agent.revoke(id_of(place), now);
            if revoked.is_ok() || !acknowledged(agent) {
                known.installed.retain(|other| *other != place);
            }
            if revoked.is_ok() && acknowledged(agent) {
                known.revoked.push(place);
            }
        }
        3 => _ = agent.comment(id_of(place), b"in the yard"),
        4 => _ = agent.activate(id(["vpn", "camera"][place % 2]), now),
        5 => _ = agent.deactivate(id(["vpn", "camera"][place % 2]), now),
        _ => {
            *uptime += 1 + dice.below(3_000);
            agent.tick(noon(*uptime));
        }
    }
    if acknowledged(agent) {
        for (place, charged) in known.charged.iter_mut().enumerate() {
            let held = agent.lines().find(|held| held.right().id() == id_of(place));
            if let Some(meter) = held.and_then(|held| held.meter()) {
                *charged = (*charged).max(meter.charged());
            }
        }
    }
}

fn check(agent: &mut Device<'_>, known: &Known, says: &str) {
    assert_eq!(agent.refused().count(), 0, "{says}");
    for place in &known.installed {
        let there = agent.lines().any(|held| held.right().id() == id_of(*place));
        assert!(there, "{says}: line {place} was lost");
    }
    for place in &known.revoked {
        let mut refused = None;
        agent.install(texts()[*place].as_bytes(), InstallMode::DryRun, noon(0), |taken| {
            refused = taken.result.err();
        });
        assert_eq!(refused, Some(Reason::LicenseRevoked), "{says}: line {place} is back");
    }
    for held in agent.lines().filter(|held| held.source() == LineSource::Installed) {
        let place = usize::from(held.right().id().0[0]) - 1;
        let charged = held.meter().map_or(0, |meter| meter.charged());
        assert!(charged >= known.charged[place] || held.meter().is_none(), "{says}: use came back");
    }
}

/// `NODELOCK_LONG=1` makes it a hundred times as much.
fn times() -> u64 {
    if std::env::var_os("NODELOCK_LONG").is_some() { 100 } else { 1 }
}

/// Histories of boots, each of which ends with a power cut at a random byte in a random way.
#[test]
fn power_cuts_on_flash_lose_no_right_and_give_nothing_back() {
    let (mut cuts, mut steps) = (0, 0);
    for seed in 0..60 * times() {
        let mut dice = Dice::new(seed);
        let mut known = Known::default();
        let mut flash = blank();
        for boot in 0..30 {
            let tear = Tear::ALL[usize::try_from(dice.below(5)).unwrap()];
            let at = dice.below(2_500);
            // Some of them already while the device boots.
            flash.power_on();
            let mut storage = FlashStorage::mount(flash).unwrap();
            let at = if dice.below(8) == 0 { at / 40 } else { at };
            storage.flash().cut_power(at, tear, dice.next());
            let says = std::format!("seed {seed} boot {boot}");
            (flash, ()) = on(storage, |agent| {
                if !agent.journal.vault.storage.flash().is_dark() {
                    check(agent, &known, &says);
                }
                let mut uptime = 0;
                for _ in 0..25 {
                    if agent.journal.vault.storage.flash().is_dark() {
                        break;
                    }
                    step(agent, &mut dice, &mut known, &mut uptime);
                    steps += 1;
                }
            });
            cuts += u64::from(flash.is_dark());
        }
        boot_on(flash, |agent| check(agent, &known, &std::format!("seed {seed}, at the end")));
    }
    eprintln!("{steps} steps, {cuts} power cuts, nothing lost and nothing given back");
    assert!(cuts >= 1_000 * times());
}

/// A device in the middle of its life: everything was installed and used, one line was revoked and
/// one cleared.
fn lived_in() -> (Board, Known) {
    static LIVED: std::sync::OnceLock<(Board, Known)> = std::sync::OnceLock::new();
    LIVED
        .get_or_init(|| {
            let file = texts().join("\n");
            let (flash, charged) = boot_on(blank(), |agent| {
                agent.install(file.as_bytes(), InstallMode::Apply, noon(0), |_| {});
                agent.clear(id_of(1), noon(0)).unwrap();
                agent.revoke(id_of(2), noon(0)).unwrap();
                agent.activate(id("vpn"), noon(0)).unwrap();
                for hour in 1..30 {
                    agent.tick(noon(hour * 3_600));
                }
                agent.comment(id_of(3), b"in the yard").unwrap();
                let trial = agent.lines().find(|held| held.right().id() == id_of(0)).unwrap();
                trial.meter().unwrap().charged()
            });
            assert!(charged >= 29 * 3_600);
            let known = Known {
                installed: Vec::from([0, 3, 4, 5]),
                revoked: Vec::from([2]),
                charged: [charged, 0, 0, 0, 0, 0],
            };
            (flash, known)
        })
        .clone()
}

/// Every bit of the flash of a device that has lived: each value is read as before.
#[test]
fn every_flipped_bit_of_a_full_flash_leaves_all_rights() {
    let (flash, known) = lived_in();
    let mut whole = FlashStorage::mount(flash.clone()).unwrap();
    let mut buffer = [0; SCRATCH_LEN];
    let mut values = Vec::new();
    for key in 0..0x0700 {
        if let Some(len) = whole.load(StorageKey(key), &mut buffer).unwrap() {
            values.push((StorageKey(key), buffer[..len].to_vec()));
        }
    }
    assert!(values.len() > 15, "{}", values.len());
    // All of the newest page, and each fifth bit of the others, by `NODELOCK_LONG=1` all.
    let step = if times() == 1 { 5 } else { 1 };
    let mut flips = 0;
    for bit in (0..LEN * 8).step_by(step) {
        let mut damaged = flash.clone();
        damaged.flip(bit);
        let mut storage = FlashStorage::mount(damaged).unwrap();
        for (key, value) in &values {
            let len = storage.load(*key, &mut buffer).unwrap().unwrap();
            assert_eq!(&buffer[..len], value, "bit {bit}");
        }
        flips += 1;
    }
    for bit in (0..LEN * 8).step_by(211) {
        let mut damaged = flash.clone();
        damaged.flip(bit);
        boot_on(damaged, |agent| check(agent, &known, "flipped"));
    }
    eprintln!("{flips} flipped bits, {} values, all as they were", values.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Pieces of a real device's flash, noise and erased bytes in any order: the agent boots, what
    /// it grants was paid for, and it goes on.
    #[test]
    fn whatever_the_flash_holds_the_agent_boots_and_grants_nothing_of_its_own(
        noise in any::<u64>(),
        keep in any::<bool>(),
        pieces in proptest::collection::vec((0..LEN, 0..LEN, 0..600_usize, 0..3_u8), 0..12),
    ) {
        let real = *lived_in().0.bytes();
        let mut dice = Dice::new(noise);
        let mut bytes = if keep { real } else { core::array::from_fn(|_| dice.byte()) };
        for (to, from, len, what) in pieces {
            for place in 0..len.min(LEN - to.max(from)) {
                bytes[to + place] = match what {
                    0 => real[from + place],
                    1 => 0xFF,
                    _ => dice.byte(),
                };
            }
        }
        let storage = FlashStorage::mount(Board::holding(2_048, 4, bytes)).unwrap();
        on(storage, |agent| {
            // Nobody has ever issued these.
            for feature in ["rescue", "patient"] {
                let verdict = agent.check(id(feature), 0);
                assert!(!verdict.is_granted(), "{feature}");
            }
            for held in agent.lines().filter(|held| held.source() == LineSource::Installed) {
                assert!((1..=6).contains(&held.right().id().0[0]));
            }
            agent.tick(noon(10_000));
            agent.install(texts()[5].as_bytes(), InstallMode::Apply, noon(10_000), |_| {});
            let mut shown = String::new();
            agent.show(crate::show::Show::Detail, &mut shown).unwrap();
        });
    }
}

/// The years for which a metered feature can be charged every 15 minutes, day and night, before the
/// flash is worn: pages of 4 KiB, 10,000 erase cycles. docs/SPEC.md section 16 has the figures.
#[test]
fn the_life_of_the_flash_is_what_the_specification_says() {
    const PAGE: u32 = 4_096;
    fn erases_per_charge<const BYTES: usize>() -> f64 {
        let mut storage = FlashStorage::mount(RamFlash::<BYTES>::new(PAGE, 4)).unwrap();
        // What a device with eight lines keeps: lines, use, agreements, history, clock.
        for key in 0..8 {
            storage.store(StorageKey(0x0100 + key), &[7; 260]).unwrap();
            storage.store(StorageKey(0x0400 + key), &[7; 48]).unwrap();
        }
        let erases = |storage: &mut FlashStorage<RamFlash<BYTES>>| {
            let pages = storage.flash().geometry().pages;
            (0..pages).map(|page| storage.flash().erases(page)).max().unwrap()
        };
        let before = erases(&mut storage);
        let charges = 60_000_u32;
        for charge in 0..charges {
            // A charged meter: version, kind, id, seconds, name, checksum.
            let mut value = [0x11; 40];
            value[..4].copy_from_slice(&charge.to_le_bytes());
            storage.store(StorageKey(0x0200), &value).unwrap();
        }
        f64::from(erases(&mut storage) - before) / f64::from(charges)
    }
    let specification = include_str!("../../../../docs/SPEC.md");
    for (pages, per_charge) in [
        (2, erases_per_charge::<{ 2 * 4_096 }>()),
        (4, erases_per_charge::<{ 4 * 4_096 }>()),
        (8, erases_per_charge::<{ 8 * 4_096 }>()),
    ] {
        let charges_per_year = 365.25 * 24.0 * 4.0;
        let years = 10_000.0 / per_charge / charges_per_year;
        let row = std::format!("| {pages} | {years:.0} |");
        eprintln!("{row}");
        assert!(specification.contains(&row), "docs/SPEC.md section 16 must have {row}");
    }
}
