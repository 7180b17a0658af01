//! Lives on flash whose calls fail and whose bits do not hold: what was acknowledged is there, what was
//! refused is the old or the new, and the same after every mount.

use std::collections::BTreeMap;
use std::vec::Vec;
use std::{eprintln, format, vec};

use FlashFault::*;

use super::times;
use crate::reason::Reason;
use crate::store::flash::FlashStorage;
use crate::store::{Storage, StorageKey};
use crate::testing::{Dice, FlashFault, HostileFlash};

type Value = Option<Vec<u8>>;

/// One way of being bad.
struct Trouble {
    name: &'static str,
    faults: &'static [FlashFault],
    /// One in so many calls.
    one_in: u64,
    /// Bits change at rest, so a value may be reported as damaged.
    decays: bool,
    /// Bits read differently, so what was refused need not stay as it is.
    wavers: bool,
}

const fn trouble(name: &'static str, one_in: u64, faults: &'static [FlashFault]) -> Trouble {
    Trouble { name, faults, one_in, decays: false, wavers: false }
}

const CALLS: &[FlashFault] =
    &[WriteRefused, WriteHalf, WriteDone, WriteIgnored, EraseRefused, EraseHalf, EraseDone];

const TROUBLES: &[Trouble] = &[
    trouble("no faults", 0, &[]),
    trouble("1 write in 6 fails", 6, &[WriteRefused]),
    trouble("1 write in 60 fails", 60, &[WriteRefused]),
    trouble("1 write in 10 fails half-way", 10, &[WriteHalf]),
    trouble("1 write in 10 fails when it is done", 10, &[WriteDone]),
    trouble("1 write in 10 does nothing and says done", 10, &[WriteIgnored]),
    trouble("1 erase in 4 fails half-way", 4, &[EraseHalf]),
    trouble("1 erase in 4 fails when it is done", 4, &[EraseDone]),
    trouble("1 erase in 4 does nothing and says done", 4, &[EraseIgnored]),
    trouble("1 erase in 4 does half and says done", 4, &[EraseHalfIgnored]),
    trouble("1 call in 20 fails in any way", 20, CALLS),
    trouble("bits stick at 0", 12, &[StuckLow]),
    trouble("bits stick at 1", 12, &[StuckHigh]),
    trouble("words stay at 0", 30, &[DeadWord]),
    trouble("words take nothing", 4, &[DeafWord]),
    trouble(
        "bits stick, words are deaf, calls fail",
        40,
        &[
            StuckLow,
            StuckHigh,
            DeadWord,
            DeafWord,
            WriteHalf,
            WriteDone,
            EraseHalf,
            EraseHalfIgnored,
        ],
    ),
    Trouble { decays: true, wavers: true, ..trouble("bits read differently", 12, &[WeakBit]) },
    Trouble { decays: true, ..trouble("writes disturb neighbours", 60, &[DisturbNear]) },
    Trouble { decays: true, ..trouble("writes disturb other pages", 60, &[DisturbFar]) },
    Trouble { decays: true, wavers: true, ..trouble("everything at once", 90, &FlashFault::ALL) },
];

#[derive(Default, Clone, Copy)]
struct Counts {
    lives: u64,
    done: u64,
    refused: u64,
    mounts: u64,
    reported: u64,
    faults: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.lives += 1;
        self.done += other.done;
        self.refused += other.refused;
        self.mounts += other.mounts;
        self.reported += other.reported;
        self.faults += other.faults;
    }
}

/// For each key what it may hold: the last is what was tried last.
type Known = BTreeMap<u16, Vec<Value>>;

fn found<const LEN: usize>(
    storage: &mut FlashStorage<HostileFlash<LEN>>,
    key: u16,
) -> Result<Value, Reason> {
    let mut buffer = [0; 600];
    let len = storage.load(StorageKey(key), &mut buffer)?;
    Ok(len.map(|len| buffer[..len].to_vec()))
}

fn check<const LEN: usize>(
    storage: &mut FlashStorage<HostileFlash<LEN>>,
    known: &mut Known,
    trouble: &Trouble,
    counts: &mut Counts,
    says: impl Fn() -> std::string::String,
) {
    for (key, may_be) in known.iter_mut() {
        match found(storage, *key) {
            Ok(value) => {
                assert!(may_be.contains(&value), "{}: key {key} {value:?} {may_be:?}", says());
                // From now on it is this one.
                if !trouble.wavers {
                    *may_be = vec![value];
                }
            }
            Err(Reason::StorageCorrupted) if trouble.decays => counts.reported += 1,
            Err(reason) => panic!("{}: key {key} {reason}", says()),
        }
    }
}

fn life<const LEN: usize>(
    (page_len, word_len, seed): (u32, u8, u64),
    trouble: &Trouble,
    steps: u64,
) -> Counts {
    let mut dice = Dice::new(seed);
    let mut flash = HostileFlash::<LEN>::new(page_len, word_len, seed ^ 0xABCD);
    let times = [1, 3, u64::MAX, u64::MAX][dice.below(4) as usize];
    for fault in trouble.faults {
        flash.inflict(*fault, trouble.one_in, times);
    }
    let mut storage = FlashStorage::mount(flash).unwrap();
    let mut known: Known = (0..9).map(|key| (key, vec![None])).collect();
    let mut counts = Counts::default();
    let most = u64::from(page_len / 8);
    for step in 0..steps {
        let says = || format!("{} seed {seed} step {step} {page_len} {word_len}", trouble.name);
        let key = dice.below(9) as u16;
        let value: Value =
            (dice.below(6) > 0).then(|| (0..dice.below(most)).map(|_| dice.byte()).collect());
        let outcome = match &value {
            Some(value) => storage.store(StorageKey(key), value),
            None => storage.remove(StorageKey(key)),
        };
        let may_be = known.get_mut(&key).unwrap();
        match outcome {
            Ok(()) => {
                counts.done += 1;
                *may_be = vec![value];
            }
            Err(_) => {
                counts.refused += 1;
                may_be.push(value);
            }
        }
        if outcome.is_err() || dice.below(8) == 0 {
            check(&mut storage, &mut known, trouble, &mut counts, says);
        }
        // Whatever was answered, the next mount answers too.
        if dice.below(6) == 0 {
            storage = FlashStorage::mount(storage.into_flash()).unwrap();
            counts.mounts += 1;
            check(&mut storage, &mut known, trouble, &mut counts, says);
        }
    }
    counts.faults = storage.flash().happened();
    counts
}

fn lives(trouble: &Trouble, seed: u64) -> Counts {
    match seed % 6 {
        0 => life::<1024>((256, 4, seed), trouble, 150),
        1 => life::<2048>((512, 4, seed), trouble, 150),
        2 => life::<2048>((512, 8, seed), trouble, 150),
        3 => life::<1024>((512, 1, seed), trouble, 150),
        4 => life::<4096>((512, 16, seed), trouble, 150),
        _ => life::<3072>((1024, 32, seed), trouble, 150),
    }
}

/// `NODELOCK_LONG=1` makes it a hundred times as many lives.
#[test]
fn hostile_flash_changes_nothing_silently() {
    for trouble in TROUBLES {
        let mut all = Counts::default();
        for seed in 0..150 * times() {
            all.add(lives(trouble, seed));
        }
        eprintln!(
            "{}: {} lives, {} faults, {} done, {} refused, {} mounts, {} times reported as damaged",
            trouble.name, all.lives, all.faults, all.done, all.refused, all.mounts, all.reported
        );
        assert!(all.faults > 0 || trouble.faults.is_empty());
        // It is of use still.
        assert!(all.done > all.refused, "{}", trouble.name);
    }
}
