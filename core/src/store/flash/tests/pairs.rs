//! Two flipped bits anywhere in a busy log: a value is what it was, or is reported; never an older one,
//! and nothing that was removed comes back.

use std::eprintln;
use std::vec::Vec;

use super::{Model, load, mounted, times};
use crate::reason::Reason;
use crate::store::flash::FlashStorage;
use crate::store::{Storage, StorageKey};
use crate::testing::{Dice, RamFlash, Tear};

const KEYS: u16 = 7;

fn mounted_again<const LEN: usize>(
    storage: FlashStorage<RamFlash<LEN>>,
) -> FlashStorage<RamFlash<LEN>> {
    let mut flash = storage.into_flash();
    flash.power_on();
    FlashStorage::mount(flash).unwrap()
}

/// A log in the middle of its life, with scars of power cuts and of writes that failed.
fn busy<const LEN: usize>(page_len: u32, word_len: u8, seed: u64) -> (RamFlash<LEN>, Model) {
    let mut dice = Dice::new(seed);
    let mut storage = mounted(&RamFlash::<LEN>::new(page_len, word_len));
    let mut model = Model::new();
    for _ in 0..90 + dice.below(40) {
        let key = dice.below(u64::from(KEYS)) as u16;
        let value: Vec<u8> = (0..dice.below(30)).map(|_| dice.byte()).collect();
        if dice.below(12) == 0 {
            storage.flash().fail_at(1 + dice.below(30), false);
        } else if dice.below(12) == 0 {
            let tear = Tear::ALL[dice.below(5) as usize];
            let (after, seed) = (dice.below(200), dice.next());
            storage.flash().cut_power(after, tear, seed);
        }
        let outcome = match dice.below(5) {
            0 => storage.remove(StorageKey(key)),
            _ => storage.store(StorageKey(key), &value),
        };
        if outcome.is_err() || dice.below(10) == 0 {
            storage = mounted_again(storage);
        }
        storage.flash().power_on();
        let _ = model.remove(&key);
        if let Some(value) = load(&mut storage, key) {
            model.insert(key, value);
        }
    }
    storage = mounted_again(storage);
    // What counts is what is there now.
    storage.store(StorageKey(0), &[seed as u8; 9]).unwrap();
    let there = |key| load(&mut storage, key).map(|value| (key, value));
    let model = (0..KEYS).filter_map(there).collect();
    (storage.into_flash(), model)
}

#[derive(Default)]
struct Counts {
    pairs: u64,
    reported: u64,
}

fn check<const LEN: usize>(
    storage: &mut FlashStorage<RamFlash<LEN>>,
    model: &Model,
    counts: &mut Counts,
    says: impl Fn() -> std::string::String,
) {
    let mut buffer = [0; 600];
    let mut reported = false;
    for key in 0..KEYS {
        match storage.load(StorageKey(key), &mut buffer) {
            Ok(len) => {
                let value = len.map(|len| &buffer[..len]);
                assert_eq!(value, model.get(&key).map(Vec::as_slice), "{} key {key}", says());
            }
            Err(Reason::StorageCorrupted) => reported = true,
            Err(reason) => panic!("{}: {reason}", says()),
        }
    }
    counts.reported += u64::from(reported);
}

fn pair<const LEN: usize>(
    flash: &RamFlash<LEN>,
    model: &Model,
    (bit, other): (usize, usize),
    counts: &mut Counts,
) {
    let mut damaged = flash.clone();
    damaged.flip(bit);
    damaged.flip(other);
    let says = || std::format!("bits {bit} and {other}");
    let mut storage = FlashStorage::mount(damaged).unwrap();
    counts.pairs += 1;
    check(&mut storage, model, counts, says);
    // It goes on, and stays so when pages are moved.
    if bit % 13 == 0 {
        let mut after = model.clone();
        for round in 0..12 {
            let value = Vec::from([round; 25]);
            if storage.store(StorageKey(1), &value).is_ok() {
                after.insert(1, value);
            }
        }
        let mut unread = Counts::default();
        check(&mut storage, &after, &mut unread, says);
        check(&mut mounted(storage.flash()), &after, &mut unread, says);
    }
}

fn pairs<const LEN: usize>(page_len: u32, word_len: u8, seed: u64, counts: &mut Counts) {
    let (flash, model) = busy::<LEN>(page_len, word_len, seed);
    for bit in 0..LEN * 8 - 1 {
        pair(&flash, &model, (bit, bit + 1), counts);
    }
    let mut dice = Dice::new(seed);
    let mut bit = |len: usize| dice.below(len as u64) as usize;
    for _ in 0..LEN * 8 {
        let first = bit(LEN * 8);
        // Anywhere, or so near that both are often in one header.
        let other = if first % 2 == 0 { bit(LEN * 8) } else { (first + 1 + bit(90)) % (LEN * 8) };
        if first != other {
            pair(&flash, &model, (first, other), counts);
        }
    }
}

#[test]
fn two_flipped_bits_never_bring_an_older_value_back() {
    let mut counts = Counts::default();
    for seed in 0..4 * times() {
        pairs::<1024>(256, 4, seed, &mut counts);
        pairs::<1536>(512, 8, seed, &mut counts);
        pairs::<1024>(512, 1, seed, &mut counts);
        pairs::<2048>(512, 32, seed, &mut counts);
    }
    eprintln!("{} pairs of bits, {} reported, none wrong", counts.pairs, counts.reported);
}

/// Headers of pages and of records come out right, whichever two of their bits are flipped.
#[test]
fn two_flipped_bits_of_a_header_are_put_right() {
    let mut storage = mounted(&RamFlash::<1024>::new(256, 4));
    for round in 0..30_u8 {
        storage.store(StorageKey(1), &[round; 20]).unwrap();
        storage.store(StorageKey(2), &[round; 9]).unwrap();
        storage.remove(StorageKey(2)).unwrap();
    }
    let model: Model = [(1, Vec::from([29; 20]))].into();
    let flash = storage.into_flash();
    let mut probe = mounted(&flash);
    let mut headers = Vec::new();
    for page in 0..4 {
        if probe.sequence(page) != 0 {
            headers.push(page * 256);
            let mut walk = probe.walk(page).unwrap();
            while let Some(record) = probe.step(&mut walk).unwrap() {
                headers.push(page * 256 + record.offset as usize);
            }
        }
    }
    let mut counts = Counts::default();
    for start in headers {
        for bit in start * 8..start * 8 + 96 {
            for other in (bit + 1..start * 8 + 96).step_by(if times() == 1 { 5 } else { 1 }) {
                pair(&flash, &model, (bit, other), &mut counts);
            }
        }
    }
    eprintln!("{} pairs of bits of headers, all put right", counts.pairs);
    assert_eq!(counts.reported, 0);
}

/// More is reported, for the one key that is concerned.
#[test]
fn a_header_beyond_repair_is_reported_and_the_older_value_stays_away() {
    let mut storage = mounted(&RamFlash::<1024>::new(512, 4));
    storage.store(StorageKey(1), b"used: 1 hour").unwrap();
    storage.store(StorageKey(2), b"neighbour").unwrap();
    storage.store(StorageKey(1), b"used: 9 hours").unwrap();
    storage.store(StorageKey(3), b"behind").unwrap();
    let place = storage.nor.bytes().windows(13).position(|bytes| bytes == b"used: 9 hours");
    let header = place.unwrap() - 12;
    let mut flash = storage.nor.clone();
    for bit in 0..40 {
        flash.flip(header * 8 + bit * 2);
    }
    let mut storage = FlashStorage::mount(flash).unwrap();
    let mut buffer = [0; 32];
    let damaged = Err(Reason::StorageCorrupted);
    for round in 0..60 {
        assert_eq!(storage.load(StorageKey(1), &mut buffer), damaged, "{round}");
        assert_eq!(load(&mut storage, 2).as_deref(), Some(b"neighbour".as_slice()));
        // Its page is moved, as often as that happens.
        storage.store(StorageKey(4), &[round; 60]).unwrap();
        storage = mounted(storage.flash());
    }
    storage.store(StorageKey(1), b"used: 10 hours").unwrap();
    assert_eq!(load(&mut storage, 1).as_deref(), Some(b"used: 10 hours".as_slice()));
}

/// Nor is a page free whose header is gone.
#[test]
fn a_page_whose_header_is_gone_is_found_by_its_records() {
    for seed in 0..6 {
        let (flash, model) = busy::<1024>(256, 4, seed);
        for page in 0..4 {
            let mut flash = flash.clone();
            for bit in 0..48 {
                flash.flip(page * 256 * 8 + bit * 2);
            }
            let mut storage = FlashStorage::mount(flash).unwrap();
            check(&mut storage, &model, &mut Counts::default(), || std::format!("page {page}"));
        }
    }
}
