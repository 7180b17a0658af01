//! A disk whose calls fail, once, several times or for ever, and which loses power in between: `Ok`
//! means durable, an error means the old value or the new one, and what a load shows stays.

use std::collections::BTreeMap;

use nodelock::store::StorageKey;
use nodelock::testing::Dice;
use nodelock::{Reason, Storage};

use super::platter::{Effect, Fault, Platter};
use super::values::Values;

const KEYS: u64 = 3;
const STEPS: u64 = 24;

type Value = Option<Vec<u8>>;

/// What each key may hold.
#[derive(Debug, Default)]
struct Model(BTreeMap<u16, Vec<Value>>);

impl Model {
    fn of(&mut self, key: StorageKey) -> &mut Vec<Value> {
        self.0.entry(key.0).or_insert_with(|| vec![None])
    }

    fn changed(&mut self, key: StorageKey, value: Value, result: Result<(), Reason>) {
        let may_be = self.of(key);
        match result {
            Ok(()) => *may_be = vec![value],
            Err(_) => may_be.push(value),
        }
    }

    fn loaded(&mut self, key: StorageKey, result: Result<Value, Reason>) -> Result<(), String> {
        let may_be = self.of(key);
        match result {
            Ok(value) if may_be.contains(&value) => *may_be = vec![value],
            Err(Reason::StorageFailed) => {}
            other => return Err(format!("{key:?} is {other:?}, and may be {may_be:?}")),
        }
        Ok(())
    }
}

fn load(storage: &mut impl Storage, key: StorageKey) -> Result<Value, Reason> {
    let mut buffer = [0; 64];
    storage.load(key, &mut buffer).map(|len| len.map(|len| buffer[..len].to_vec()))
}

/// One history: lives of a process on one disk, of which some end with a power cut.
fn live(seed: u64, fault: Option<Fault>) -> Result<Platter, String> {
    let mut dice = Dice::new(seed);
    let mut model = Model::default();
    let mut platter = Platter::default();
    platter.fault = fault;
    let mut step = 0;
    while step < STEPS {
        // The end of a process without a power cut leaves what is seen, and durable as it is.
        platter.power_on((dice.below(2) == 0).then(|| dice.below(60)));
        let mut storage = Values::new(&mut platter);
        storage.clean_up();
        let end = step + 1 + dice.below(12);
        while step < end {
            step += 1;
            let key = StorageKey(u16::try_from(dice.below(KEYS)).unwrap());
            let value = (dice.below(3) > 0).then(|| format!("{seed} {step}").into_bytes());
            let result = match &value {
                _ if dice.below(3) == 0 => load(&mut storage, key).map(|_| ()),
                Some(value) => {
                    let result = storage.store(key, value);
                    model.changed(key, Some(value.clone()), result);
                    result
                }
                None => {
                    let result = storage.remove(key);
                    model.changed(key, None, result);
                    result
                }
            };
            // After an error one looks what is there, and then the power may go.
            model.loaded(key, load(&mut storage, key))?;
            if result.is_err() && dice.below(3) == 0 {
                break;
            }
        }
        drop(storage);
        // Sometimes the power goes exactly between two calls.
        platter.dark |= dice.below(2) == 0;
    }
    // The disk is well again: everything can be read, and changed.
    platter.fault = None;
    platter.power_on(None);
    let mut storage = Values::new(&mut platter);
    for key in (0..3).map(StorageKey) {
        let found = load(&mut storage, key);
        found.as_ref().map_err(|reason| format!("{key:?} cannot be read: {reason}"))?;
        model.loaded(key, found)?;
        storage.store(key, b"last").map_err(|reason| format!("{key:?}: {reason}"))?;
        assert_eq!(load(&mut storage, key), Ok(Some(b"last".to_vec())));
    }
    drop(storage);
    Ok(platter)
}

/// Runs histories with every kind of fault at every call.
fn try_all(seeds: std::ops::Range<u64>) -> Result<u64, String> {
    let mut histories = 0;
    for seed in seeds {
        let calls = live(seed, None)?.calls;
        for at in 0..calls {
            for (times, every) in [(1, 1), (2, 1), (5, 1), (9, 2), (9, 3), (u64::MAX - calls, 1)] {
                for effect in Effect::ALL {
                    let fault = Fault { calls: at..at + times, every, effect };
                    live(seed, Some(fault.clone()))
                        .map_err(|problem| format!("seed {seed}, {fault:?}: {problem}"))?;
                    histories += 1;
                }
            }
        }
    }
    Ok(histories)
}

#[test]
fn a_disk_that_fails_is_never_taken_for_one_that_obeyed_or_one_that_was_cut() {
    let histories = try_all(1..4).unwrap_or_else(|problem| panic!("{problem}"));
    assert!(histories > 4_000, "{histories}");
}

/// What is at stake: a removal that failed at its flush, and is asked for again.
#[test]
fn a_removal_that_is_asked_for_again_is_flushed_before_it_is_acknowledged() {
    for effect in [Effect::None, Effect::MacHalf, Effect::Seen] {
        let mut platter = Platter::default();
        let key = StorageKey(1);
        Values::new(&mut platter).store(key, b"value").unwrap();
        let mut storage = Values::new(&mut platter);
        assert_eq!(load(&mut storage, key), Ok(Some(b"value".to_vec())));
        drop(storage);
        // The flush comes behind the check, a look for the spare, and the removal.
        platter.fault = Some(Fault { calls: platter.calls + 3..u64::MAX, every: 1, effect });
        let mut storage = Values::new(&mut platter);
        let failed = Err(Reason::StorageFailed);
        assert_eq!((storage.remove(key), storage.remove(key)), (failed, failed));
        assert_eq!(load(&mut storage, key), Err(Reason::StorageFailed));
        drop(storage);
        platter.fault = None;
        Values::new(&mut platter).remove(key).unwrap();
        platter.dark = true;
        platter.power_on(None);
        assert_eq!(load(&mut Values::new(&mut platter), key), Ok(None));
    }
}

#[test]
fn a_full_disk_lets_values_be_replaced_and_removed_again_and_again() {
    let mut platter = Platter::default();
    let mut storage = Values::new(&mut platter);
    let mut keys = 0;
    while storage.store(StorageKey(keys), &[1; 1_000]).is_ok() {
        keys += 1;
    }
    assert!(keys > 20, "{keys}");
    for round in 2..5 {
        assert_eq!(storage.store(StorageKey(keys), &[round; 1_000]), Err(Reason::StorageFull));
        for key in (0..keys).map(StorageKey) {
            storage.store(key, &[round; 1_000]).unwrap();
            let mut buffer = [0; 1_000];
            assert_eq!(storage.load(key, &mut buffer), Ok(Some(1_000)));
            assert_eq!(buffer, [round; 1_000]);
        }
    }
    for key in (0..keys).map(StorageKey) {
        storage.remove(key).unwrap();
    }
    storage.store(StorageKey(keys), &[9; 1_000]).unwrap();
}
