//! Power cuts at every byte that is written or erased, and again at every byte of what follows.
//!
//! A history is a sequence of stores and removals. Each of its steps is repeated with the power cut
//! at each point of it, in each way to tear what was interrupted; after that the flash is mounted
//! and compared with what must be there.

use std::vec::Vec;
use std::{eprintln, format};

use super::{Model, load, mounted, times};
use crate::reason::Reason;
use crate::store::flash::FlashStorage;
use crate::store::{Storage, StorageKey};
use crate::testing::{Dice, RamFlash, Tear};

#[derive(Debug, Clone)]
enum Step {
    Store(u16, Vec<u8>),
    Remove(u16),
}

impl Step {
    fn random(dice: &mut Dice, (keys, most): (u64, u64)) -> Self {
        let key = dice.below(keys) as u16;
        if dice.below(6) == 0 {
            return Self::Remove(key);
        }
        Self::Store(key, (0..dice.below(most)).map(|_| dice.byte()).collect())
    }

    fn key(&self) -> u16 {
        match self {
            Self::Store(key, _) | Self::Remove(key) => *key,
        }
    }

    fn run<const LEN: usize>(
        &self,
        storage: &mut FlashStorage<RamFlash<LEN>>,
    ) -> Result<(), Reason> {
        match self {
            Self::Store(key, value) => storage.store(StorageKey(*key), value),
            Self::Remove(key) => storage.remove(StorageKey(*key)),
        }
    }

    fn apply(&self, model: &mut Model) {
        match self {
            Self::Store(key, value) => _ = model.insert(*key, value.clone()),
            Self::Remove(key) => _ = model.remove(key),
        }
    }
}

/// Mounts after a power cut, and sees that everything is there: for the key of the step that was cut,
/// the old or the new. Returns what is there.
fn recovered<const LEN: usize>(
    flash: &RamFlash<LEN>,
    before: &Model,
    step: &Step,
    says: impl Fn() -> std::string::String,
) -> (FlashStorage<RamFlash<LEN>>, Model) {
    let mut flash = flash.clone();
    flash.power_on();
    let mut storage = FlashStorage::mount(flash).unwrap();
    let mut there = before.clone();
    let changed = match step {
        Step::Store(_, value) => Some(value),
        Step::Remove(_) => None,
    };
    for key in 0..6 {
        let found = load(&mut storage, key);
        let old = before.get(&key);
        let new = if key == step.key() { changed } else { old };
        assert!(
            found.as_ref() == old || found.as_ref() == new,
            "{}: key {key} holds {found:?}, not {old:?} or {new:?}",
            says()
        );
        if found.as_ref() != old {
            step.apply(&mut there);
        }
    }
    (storage, there)
}

struct Counts {
    steps: u64,
    cuts: u64,
    second_cuts: u64,
}

/// How a second cut is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    No,
    /// At every byte of the next step, after first cuts at each byte with this remainder.
    After {
        every: u64,
        from: u64,
    },
}

fn history<const LEN: usize>(
    (page_len, word_len, seed): (u32, u8, u64),
    steps: u64,
    values: (u64, u64),
    second: Second,
) -> Counts {
    let mut dice = Dice::new(seed);
    let mut storage = mounted(&RamFlash::<LEN>::new(page_len, word_len));
    let mut model = Model::new();
    let mut counts = Counts { steps: 0, cuts: 0, second_cuts: 0 };
    while counts.steps < steps {
        let step = Step::random(&mut dice, values);
        let mut probe = storage.clone();
        match step.run(&mut probe) {
            Ok(()) => {}
            Err(Reason::StorageFull) => continue,
            Err(reason) => panic!("{reason}"),
        }
        counts.steps += 1;
        let work = probe.flash().work() - storage.nor.work();
        let next = Step::random(&mut dice, values);
        for at in 0..work {
            // Whether all of a call took effect, or nothing, is no matter of bytes.
            let tears: &[Tear] = match second {
                Second::No if at % 16 == 0 => &Tear::ALL,
                Second::No if at % 2 == 0 => &[Tear::Prefix, Tear::Garbage],
                Second::No => &[Tear::TornByte, Tear::Garbage],
                Second::After { every, from } if at % every == from => &[Tear::Prefix],
                Second::After { .. } => &[],
            };
            counts.cuts += tears.len() as u64;
            for &tear in tears {
                let says = || format!("seed {seed} step {} cut {at} {tear:?}", counts.steps);
                let mut cut = storage.clone();
                cut.nor.cut_power(at, tear, dice.next());
                assert!(step.run(&mut cut).is_err(), "{}", says());
                assert!(cut.nor.is_dark());
                let (mut again, there) = recovered(&cut.nor, &model, &step, says);
                if second != Second::No {
                    counts.second_cuts += second_cuts(&again, &there, &next, &mut dice, says);
                } else if next.run(&mut again).is_ok() {
                    // It goes on as if nothing had been.
                    let mut after = there.clone();
                    next.apply(&mut after);
                    recovered(&again.nor, &after, &next, says);
                }
            }
        }
        // The history itself goes on with a cut now and then, so that scars add up.
        if dice.below(4) == 0 && work > 0 {
            let tear = Tear::ALL[dice.below(5) as usize];
            let at = dice.below(work);
            storage.flash().cut_power(at, tear, dice.next());
            assert!(step.run(&mut storage).is_err());
            (storage, model) = recovered(&storage.nor, &model, &step, || format!("scar {seed}"));
        } else {
            step.run(&mut storage).unwrap();
            step.apply(&mut model);
        }
    }
    counts
}

/// Cuts the power a second time at every byte of the step that follows a first cut.
fn second_cuts<const LEN: usize>(
    storage: &FlashStorage<RamFlash<LEN>>,
    there: &Model,
    next: &Step,
    dice: &mut Dice,
    says: impl Fn() -> std::string::String,
) -> u64 {
    let mut probe = storage.clone();
    if next.run(&mut probe).is_err() {
        return 0;
    }
    let work = probe.flash().work() - storage.nor.work();
    for at in 0..work {
        let tear = Tear::ALL[dice.below(5) as usize];
        let mut cut = storage.clone();
        cut.nor.cut_power(at, tear, dice.next());
        assert!(next.run(&mut cut).is_err(), "{}", says());
        recovered(&cut.nor, there, next, || format!("{} second cut {at} {tear:?}", says()));
    }
    work
}

#[test]
fn power_cuts_at_every_byte_lose_nothing() {
    let steps = 1_000 * times();
    let runs = [
        (
            "2 pages of 256 bytes, words of 4",
            history::<512>((256, 4, 1), steps, (6, 24), Second::No),
        ),
        (
            "3 pages of 256 bytes, words of 8",
            history::<768>((256, 8, 2), steps, (6, 40), Second::No),
        ),
        (
            "4 pages of 256 bytes, words of 1",
            history::<1024>((256, 1, 3), steps, (6, 60), Second::No),
        ),
        (
            "2 pages of 512 bytes, words of 32",
            history::<1024>((512, 32, 4), steps.min(300), (6, 30), Second::No),
        ),
    ];
    let mut all = 0;
    for (geometry, counts) in runs {
        eprintln!("{geometry}: {} steps, {} cuts", counts.steps, counts.cuts);
        all += counts.cuts;
    }
    eprintln!("{all} power cuts, nothing lost");
    assert!(all >= 1_000_000);
}

/// First cuts at every word of four bytes, by `NODELOCK_LONG=1` at every byte; `NODELOCK_SEED` names
/// another seed than 5.
fn second(half: u64) {
    let every = if times() == 1 { 8 } else { 2 };
    let which = Second::After { every, from: half * every / 2 };
    let named = std::env::var("NODELOCK_SEED").ok();
    let seed = named.map_or(5, |seed| seed.parse().unwrap());
    let counts = history::<512>((256, 4, seed), 1_000, (4, 8), which);
    eprintln!(
        "seed {seed}: {} steps, {} first cuts, {} second cuts, nothing lost",
        counts.steps, counts.cuts, counts.second_cuts
    );
    assert!(counts.second_cuts >= 1_000_000);
}

// In two tests, for two cores.
#[test]
fn a_second_power_cut_at_every_byte_after_the_first_loses_nothing() {
    second(0);
}

#[test]
fn a_second_power_cut_at_every_byte_after_a_first_between_these_loses_nothing() {
    second(1);
}
