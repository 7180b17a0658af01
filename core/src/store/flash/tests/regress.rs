//! What was once wrong, each by the shortest way to see it.

use std::vec::Vec;

use super::{Model, load, mounted};
use crate::reason::Reason;
use crate::store::flash::FlashStorage;
use crate::store::{Storage, StorageKey, checksum};
use crate::testing::{Dice, FlashFault, HostileFlash, RamFlash};

/// The move of the oldest page broke off, a partial copy stayed, and the next small value was written
/// behind it: at the next mount the oldest page was forgotten with all that was not moved. From each
/// call on the flash fails for a while, and the device goes on without a mount.
#[test]
fn a_move_that_broke_off_is_not_continued() {
    let mut broken_off = 0;
    for seed in 0..12 {
        let mut dice = Dice::new(seed);
        let mut storage = mounted(&RamFlash::<1024>::new(256, 4));
        let mut before = Model::new();
        for _ in 0..80 {
            let (key, len) = (dice.below(9) as u16, dice.below(40));
            let value: Vec<u8> = (0..len).map(|_| dice.byte()).collect();
            if storage.store(StorageKey(key), &value).is_ok() {
                before.insert(key, value);
            }
        }
        for call in 1..400 {
            let mut storage = storage.clone();
            let mut model = before.clone();
            storage.flash().fail_at(call, true);
            let value = Vec::from([7; 60]);
            if storage.store(StorageKey(8), &value).is_ok() {
                break;
            }
            broken_off += 1;
            storage.flash().power_on();
            let found = load(&mut storage, 8);
            assert!(found.as_ref() == before.get(&8) || found.as_ref() == Some(&value));
            model.remove(&8);
            model.extend(found.map(|value| (8, value)));
            for round in 0..3 {
                if storage.store(StorageKey(0), &[round; 2]).is_ok() {
                    model.insert(0, Vec::from([round; 2]));
                }
                let mut again = mounted(storage.flash());
                for key in 0..9 {
                    let known = model.get(&key).cloned();
                    assert_eq!(load(&mut storage, key), known, "{seed} {call} {key}");
                    assert_eq!(load(&mut again, key), known, "{seed} {call} {key}");
                }
            }
        }
    }
    assert!(broken_off > 500, "{broken_off}");
}

/// A store that failed left the value there, and a removal after it found nothing to do.
#[test]
fn what_is_answered_is_what_is_there() {
    for seed in 0..200 {
        for fault in [FlashFault::WriteDone, FlashFault::WriteHalf, FlashFault::StuckLow] {
            let mut flash = HostileFlash::<1024>::new(256, [1, 4, 16][seed as usize % 3], seed);
            flash.inflict(FlashFault::StuckLow, 1, 2);
            let mut storage = FlashStorage::mount(flash).unwrap();
            let _ = storage.store(StorageKey(2), b"other");
            storage.flash().inflict(fault, 1 + seed % 3, 40);
            let mut buffer = [0; 32];
            for round in 0..20_u8 {
                let stored = storage.store(StorageKey(1), &[round; 20]);
                let found = storage.load(StorageKey(1), &mut buffer).unwrap();
                let is_new = found == Some(20) && buffer[..20] == [round; 20];
                assert_eq!(stored.is_ok(), is_new, "{fault:?} {seed} {round}");
                let removed = storage.remove(StorageKey(1));
                let found = storage.load(StorageKey(1), &mut buffer).unwrap();
                assert!(removed.is_err() || found.is_none(), "{fault:?} {seed} {round}");
                storage = FlashStorage::mount(storage.into_flash()).unwrap();
                assert_eq!(storage.load(StorageKey(1), &mut buffer).unwrap(), found);
            }
        }
    }
}

/// A header that was cut off is void once something stands behind it, even if its missing bits come.
#[test]
fn what_was_cut_off_stays_away_though_it_looks_whole() {
    let mut storage = mounted(&RamFlash::<1024>::new(512, 4));
    storage.store(StorageKey(1), b"old").unwrap();
    let (mut whole, before) = (storage.clone(), storage.clone());
    whole.store(StorageKey(1), b"never told").unwrap();
    let work = whole.flash().work() - before.nor.work();
    storage.flash().cut_power(work - 3, crate::testing::Tear::Prefix, 1);
    assert!(storage.store(StorageKey(1), b"never told").is_err());
    let mut flash = storage.into_flash();
    flash.power_on();
    let mut storage = FlashStorage::mount(flash).unwrap();
    assert_eq!(load(&mut storage, 1).as_deref(), Some(b"old".as_slice()));
    // Nothing is taken for done before something stands behind it.
    for key in [1, 9] {
        let mut other = storage.clone();
        let work = other.flash().work();
        match key {
            1 => other.store(StorageKey(1), b"old").unwrap(),
            _ => other.remove(StorageKey(key)).unwrap(),
        }
        assert!(other.flash().work() > work, "{key}");
        let work = other.flash().work();
        other.remove(StorageKey(9)).unwrap();
        assert_eq!(other.flash().work(), work, "once is enough");
    }
    storage.store(StorageKey(2), b"behind").unwrap();
    let mut flash = storage.into_flash();
    for bit in 0..1024 * 8 {
        let (byte, mask) = (bit / 8, 1 << (bit % 8));
        let is_cut = byte < 512 && flash.bytes()[byte] & mask != whole.nor.bytes()[byte] & mask;
        // The header's last bytes only: what is written behind is not in the other one.
        if is_cut && whole.nor.bytes()[byte] != 0xFF {
            flash.flip(bit);
        }
    }
    let mut storage = FlashStorage::mount(flash).unwrap();
    assert_eq!(load(&mut storage, 1).as_deref(), Some(b"old".as_slice()));
    assert_eq!(load(&mut storage, 2).as_deref(), Some(b"behind".as_slice()));
}

/// Values that end with a checksum of their own, as those of the agent do, all have the same checksum
/// in the flash: what was not written was once taken for written.
#[test]
fn a_store_that_failed_is_not_done_because_the_old_value_has_the_same_checksum() {
    let key = StorageKey(0x0105);
    let framed = |byte: u8| {
        let mut value = std::vec![byte; 60];
        let sum = checksum(key, &value);
        value.extend(sum);
        value
    };
    let mut storage = FlashStorage::mount(HostileFlash::<2048>::new(512, 4, 1)).unwrap();
    storage.store(key, &framed(1)).unwrap();
    storage.flash().inflict(FlashFault::WriteRefused, 1, u64::MAX);
    assert_eq!(storage.store(key, &framed(2)), Err(Reason::StorageFailed));
    storage.flash().calm();
    let mut buffer = [0; 64];
    assert_eq!(storage.load(key, &mut buffer), Ok(Some(64)));
    assert_eq!(buffer, *framed(1));
}
