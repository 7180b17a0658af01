//! Flipped bits, damaged records, calls that fail, and flash that holds anything.

use std::vec::Vec;
use std::{eprintln, vec};

use proptest::prelude::*;

use super::{Model, load, mounted};
use crate::reason::Reason;
use crate::store::flash::FlashStorage;
use crate::store::{Storage, StorageKey};
use crate::testing::{Dice, RamFlash};

type Flash = RamFlash<1024>;

/// A storage in the middle of its life, with every kind of record in it.
fn lived_in(seed: u64) -> (FlashStorage<Flash>, Model) {
    let mut dice = Dice::new(seed);
    let mut storage = mounted(&Flash::new(256, 4));
    let mut model = Model::new();
    for _ in 0..120 {
        let key = dice.below(7) as u16;
        let value: Vec<u8> = (0..dice.below(30)).map(|_| dice.byte()).collect();
        if dice.below(5) == 0 {
            storage.remove(StorageKey(key)).unwrap();
            model.remove(&key);
        } else if storage.store(StorageKey(key), &value).is_ok() {
            model.insert(key, value);
        }
    }
    (storage, model)
}

#[test]
fn every_flipped_bit_is_put_right() {
    let mut flips = 0;
    for seed in 0..12 {
        let (storage, model) = lived_in(seed);
        for bit in 0..1024 * 8 {
            let mut flash = storage.nor.clone();
            flash.flip(bit);
            let mut storage = FlashStorage::mount(flash).unwrap();
            for key in 0..7 {
                assert_eq!(
                    load(&mut storage, key),
                    model.get(&key).cloned(),
                    "bit {bit} key {key}"
                );
            }
            // It goes on, and what is written next is there after the next boot.
            if bit % 97 == 0 {
                storage.store(StorageKey(3), b"after the flip").unwrap();
                let mut storage = mounted(&storage.nor);
                assert_eq!(load(&mut storage, 3).as_deref(), Some(b"after the flip".as_slice()));
            }
            flips += 1;
        }
    }
    eprintln!("{flips} flipped bits, every value as it was");
}

/// The value that was replaced does not come back, and no other value is touched.
#[test]
fn a_damaged_value_is_reported_and_the_older_one_stays_away() {
    for (pages_fill, word_len) in [(0, 4), (6, 4), (14, 1)] {
        let mut storage = mounted(&RamFlash::<1024>::new(256, word_len));
        storage.store(StorageKey(1), b"used: 1 hour").unwrap();
        storage.store(StorageKey(1), b"used: 9 hours").unwrap();
        storage.store(StorageKey(2), b"neighbour").unwrap();
        for number in 0..pages_fill {
            storage.store(StorageKey(3), &[number; 20]).unwrap();
        }
        let place =
            storage.nor.bytes().windows(13).position(|bytes| bytes == b"used: 9 hours").unwrap();
        let mut flash = storage.nor.clone();
        flash.flip(place * 8);
        flash.flip(place * 8 + 30);
        let mut storage = FlashStorage::mount(flash).unwrap();
        let mut buffer = [0; 32];
        let damaged = Err(Reason::StorageCorrupted);
        assert_eq!(storage.load(StorageKey(1), &mut buffer), damaged);
        assert_eq!(load(&mut storage, 2).as_deref(), Some(b"neighbour".as_slice()));
        // It stays so when its page is moved, as often as that happens.
        for number in 0..60 {
            storage.store(StorageKey(4), &[number; 30]).unwrap();
        }
        assert_eq!(storage.load(StorageKey(1), &mut buffer), damaged);
        let mut storage = mounted(&storage.nor);
        assert_eq!(storage.load(StorageKey(1), &mut buffer), damaged);
        // Until it is replaced or removed.
        storage.store(StorageKey(1), b"used: 10 hours").unwrap();
        assert_eq!(load(&mut storage, 1).as_deref(), Some(b"used: 10 hours".as_slice()));
    }
}

/// Every call of a life fails, once or from then on: what was acknowledged is there, and after an
/// error the value is the old or the new one.
#[test]
fn calls_that_fail_lose_nothing() {
    let mut failures = 0;
    for seed in 0..4 {
        let (mut storage, before) = lived_in(100 + seed);
        let mut dice = Dice::new(seed);
        let steps: Vec<(u16, Option<Vec<u8>>)> = (0..12)
            .map(|_| {
                let value = (0..dice.below(30)).map(|_| dice.byte()).collect();
                (dice.below(7) as u16, (dice.below(5) > 0).then_some(value))
            })
            .collect();
        let start = storage.flash().calls();
        run(&mut storage.clone(), &steps, &mut before.clone());
        let mut probe = storage.clone();
        run(&mut probe, &steps, &mut before.clone());
        let calls = probe.flash().calls() - start;
        for call in 1..=calls {
            for from_then_on in [false, true] {
                let mut storage = storage.clone();
                storage.flash().fail_at(call, from_then_on);
                let mut model = before.clone();
                let open = run(&mut storage, &steps, &mut model);
                let mut flash = storage.into_flash();
                flash.power_on();
                let mut storage = FlashStorage::mount(flash).unwrap();
                for key in 0..7 {
                    let found = load(&mut storage, key);
                    let may_be = open.iter().filter(|step| step.0 == key).map(|step| &step.1);
                    assert!(
                        found == model.get(&key).cloned() || may_be.clone().any(|v| *v == found),
                        "seed {seed} call {call} {from_then_on} key {key}: {found:?}"
                    );
                }
                failures += 1;
            }
        }
    }
    eprintln!("{failures} failing calls, nothing lost");
}

/// Does the steps; returns those that were refused, of which either outcome is right.
fn run(
    storage: &mut FlashStorage<Flash>,
    steps: &[(u16, Option<Vec<u8>>)],
    model: &mut Model,
) -> Vec<(u16, Option<Vec<u8>>)> {
    let mut open = vec![];
    for (key, value) in steps {
        let result = match value {
            Some(value) => storage.store(StorageKey(*key), value),
            None => storage.remove(StorageKey(*key)),
        };
        match (result, value) {
            (Ok(()), Some(value)) => _ = model.insert(*key, value.clone()),
            (Ok(()), None) => _ = model.remove(key),
            (Err(_), _) => {
                open.push((*key, value.clone()));
                continue;
            }
        }
        open.retain(|step| step.0 != *key);
    }
    open
}

/// Real records at random places, with random bytes between.
fn image() -> impl Strategy<Value = Vec<u8>> {
    let noise = proptest::collection::vec(any::<u8>(), 1024);
    (
        noise,
        0..12_u64,
        proptest::collection::vec((0..1024_usize, 0..200_usize, any::<bool>()), 0..8),
    )
        .prop_map(|(noise, seed, pieces)| {
            let mut bytes = if seed < 4 { noise } else { lived_in(seed).0.nor.bytes().to_vec() };
            let other = *lived_in(seed + 50).0.nor.bytes();
            for (at, len, erased) in pieces {
                let end = (at + len).min(1024);
                for place in at..end {
                    bytes[place] = if erased { 0xFF } else { other[place] };
                }
            }
            bytes
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_flash_holds_it_is_mounted_and_goes_on(bytes in image()) {
        let flash = Flash::holding(256, 4, bytes.try_into().unwrap());
        let mut storage = FlashStorage::mount(flash).unwrap();
        let mut buffer = [0; 600];
        for key in 0..9 {
            let _ = storage.load(StorageKey(key), &mut buffer);
        }
        // Only a full storage may refuse; what it takes is there after the next boot.
        match storage.store(StorageKey(2), b"new") {
            Ok(()) => {
                let mut storage = FlashStorage::mount(storage.into_flash()).unwrap();
                prop_assert_eq!(load(&mut storage, 2), Some(b"new".to_vec()));
            }
            Err(reason) => prop_assert_eq!(reason, Reason::StorageFull),
        }
    }
}
