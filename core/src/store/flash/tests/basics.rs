//! What a storage does when nothing goes wrong, and at its edges.

use std::vec::Vec;

use super::{Model, load, mounted};
use crate::reason::Reason;
use crate::store::crc::{Crc, Flip, flipped_bit};
use crate::store::flash::{FlashStorage, Nor};
use crate::store::{Storage, StorageKey};
use crate::testing::{Dice, RamFlash, Tear};

#[test]
fn the_checksum_is_that_of_ieee_802_3() {
    assert_eq!(Crc::new().update(b"1234").update(b"56789").sum(), 0xCBF4_3926);
}

#[test]
fn every_flipped_bit_is_found_and_two_are_not_taken_for_one() {
    let content = b"the one bit that was flipped";
    let sum = Crc::new().update(content).sum();
    let mut dice = Dice::new(3);
    for bit in 0..content.len() * 8 {
        let mut damaged = *content;
        damaged[bit / 8] ^= 1 << (bit % 8);
        let difference = Crc::new().update(&damaged).sum() ^ sum;
        let flip = Flip::Content { byte: (bit / 8) as u32, mask: 1 << (bit % 8) };
        assert_eq!(flipped_bit(difference, content.len() as u32), Some(flip));
        let other = dice.below(content.len() as u64 * 8) as usize;
        if other != bit {
            damaged[other / 8] ^= 1 << (other % 8);
            let difference = Crc::new().update(&damaged).sum() ^ sum;
            assert_eq!(flipped_bit(difference, content.len() as u32), None);
        }
    }
    assert_eq!(flipped_bit(1 << 31, 5), Some(Flip::Checksum));
}

#[test]
fn values_are_kept_replaced_and_removed() {
    let mut storage = mounted(&RamFlash::<1024>::new(512, 4));
    assert_eq!(load(&mut storage, 7), None);
    storage.store(StorageKey(7), b"one").unwrap();
    storage.store(StorageKey(8), b"").unwrap();
    storage.store(StorageKey(7), b"two and more").unwrap();
    for _ in 0..2 {
        assert_eq!(load(&mut storage, 7).as_deref(), Some(b"two and more".as_slice()));
        assert_eq!(load(&mut storage, 8).as_deref(), Some(b"".as_slice()));
        storage = mounted(storage.flash());
    }
    storage.remove(StorageKey(7)).unwrap();
    storage.remove(StorageKey(7)).unwrap();
    storage.remove(StorageKey(9)).unwrap();
    for _ in 0..2 {
        assert_eq!(load(&mut storage, 7), None);
        assert_eq!(load(&mut storage, 8).as_deref(), Some(b"".as_slice()));
        storage = mounted(storage.flash());
    }
    let mut small = [0; 3];
    storage.store(StorageKey(1), b"four").unwrap();
    assert_eq!(storage.load(StorageKey(1), &mut small), Err(Reason::StorageFull));
}

#[test]
fn the_same_value_is_not_written_again() {
    let mut storage = mounted(&RamFlash::<1024>::new(512, 4));
    let value: Vec<u8> = (0..200).collect();
    storage.store(StorageKey(7), &value).unwrap();
    let work = storage.flash().work();
    storage.store(StorageKey(7), &value).unwrap();
    assert_eq!(storage.flash().work(), work);
    storage.store(StorageKey(7), &value[..199]).unwrap();
    assert!(storage.flash().work() > work);
}

#[test]
fn only_geometries_that_work_are_taken() {
    let mounts = |page_len, word_len| {
        FlashStorage::mount(RamFlash::<2048>::new(page_len, word_len)).map(|_| ())
    };
    for (page_len, word_len) in [(256, 1), (512, 2), (1024, 4), (512, 8), (256, 16), (256, 32)] {
        assert_eq!(mounts(page_len, word_len), Ok(()), "{page_len} {word_len}");
    }
    for (page_len, word_len) in [(2048, 4), (128, 4), (256, 0), (256, 3), (256, 64), (1000, 16)] {
        assert_eq!(mounts(page_len, word_len), Err(Reason::FlashGeometry), "{page_len} {word_len}");
    }
}

/// Every word size, random values up to a page, for many times the size of the flash.
#[test]
fn it_behaves_like_a_map() {
    fn run<const LEN: usize>(page_len: u32, word_len: u8) {
        let mut dice = Dice::new(u64::from(page_len) + u64::from(word_len));
        let mut storage = mounted(&RamFlash::<LEN>::new(page_len, word_len));
        let mut model = Model::new();
        let mut refused = 0;
        for _ in 0..3_000 {
            let key = dice.below(12) as u16 * 37;
            if dice.below(5) == 0 {
                storage.remove(StorageKey(key)).unwrap();
                model.remove(&key);
            } else {
                let most = if dice.below(10) == 0 { 200 } else { 40 };
                let value: Vec<u8> = (0..dice.below(most)).map(|_| dice.byte()).collect();
                match storage.store(StorageKey(key), &value) {
                    Ok(()) => _ = model.insert(key, value),
                    Err(reason) => {
                        assert_eq!(reason, Reason::StorageFull);
                        refused += 1;
                    }
                }
            }
            if dice.below(20) == 0 {
                storage = mounted(storage.flash());
            }
            for key in (0..12).map(|key| key * 37) {
                assert_eq!(load(&mut storage, key), model.get(&key).cloned());
            }
        }
        let pages = storage.flash().geometry().pages;
        let erases: Vec<u32> = (0..pages).map(|page| storage.flash().erases(page)).collect();
        let (least, most) = (erases.iter().min().unwrap(), erases.iter().max().unwrap());
        assert!(most - least <= 1, "uneven wear: {erases:?}");
        // Twelve keys do not always fit into half a kilobyte.
        assert!(refused < 600 || LEN < 2_048, "{refused} refused");
    }
    run::<512>(256, 4);
    run::<1024>(512, 1);
    run::<1024>(256, 2);
    run::<2048>(512, 8);
    run::<4096>(1024, 16);
    run::<4096>(512, 32);
}

/// More keys than places are remembered for, and values beyond what a place can say.
#[test]
fn what_is_not_remembered_is_searched_for() {
    let mut dice = Dice::new(12);
    let mut storage = mounted(&RamFlash::<{ 3 * 30_000 }>::new(30_000, 1));
    let keys: Vec<u16> = (0..4).flat_map(|group| [group, 7, 128 + group, 0x800 + group]).collect();
    let mut model = Model::new();
    for round in 0..700 {
        let key = keys[dice.below(keys.len() as u64) as usize];
        if dice.below(8) == 0 {
            storage.remove(StorageKey(key)).unwrap();
            model.remove(&key);
        } else {
            let value: Vec<u8> = (0..dice.below(600)).map(|_| dice.byte()).collect();
            storage.store(StorageKey(key), &value).unwrap();
            model.insert(key, value);
        }
        if round % 50 == 0 {
            storage = mounted(storage.flash());
        }
        for key in &keys {
            assert_eq!(load(&mut storage, *key), model.get(key).cloned(), "{round} {key}");
        }
    }
    assert!(storage.flash().erases(2) > 0, "the last page was written to");
}

/// When no new key fits any more, everything that is there can be replaced and removed.
#[test]
fn a_full_storage_is_no_dead_end() {
    for (word_len, seed) in [(1, 1), (4, 2), (8, 3), (32, 4)] {
        let mut dice = Dice::new(seed);
        let mut storage = mounted(&RamFlash::<1536>::new(512, word_len));
        let mut keys = 0;
        while storage.store(StorageKey(keys), &[keys as u8; 30]).is_ok() {
            keys += 1;
        }
        assert!(keys >= 5, "{keys}");
        let work = storage.flash().work();
        assert_eq!(storage.store(StorageKey(keys), &[1; 30]), Err(Reason::StorageFull));
        assert_eq!(storage.flash().work(), work, "a refusal wears nothing");
        for _ in 0..500 {
            let key = StorageKey(dice.below(u64::from(keys)) as u16);
            storage.store(key, &[dice.byte(); 30]).unwrap();
        }
        for key in 0..keys {
            storage.remove(StorageKey(key)).unwrap();
        }
        storage.store(StorageKey(keys), &[1; 30]).unwrap();
        let too_long = [0; 512];
        assert_eq!(storage.store(StorageKey(0), &too_long), Err(Reason::StorageFull));
    }
}

#[test]
fn flash_of_somebody_else_is_an_empty_storage_and_of_a_newer_version_is_left_alone() {
    let mut dice = Dice::new(9);
    let mut storage =
        mounted(&RamFlash::<1024>::holding(512, 4, core::array::from_fn(|_| dice.byte())));
    assert_eq!(load(&mut storage, 1), None);
    storage.store(StorageKey(1), b"mine").unwrap();
    let mut storage = mounted(storage.flash());
    assert_eq!(load(&mut storage, 1).as_deref(), Some(b"mine".as_slice()));

    // The header of a page of version 2.
    let mut bytes = *storage.flash().bytes();
    let page = bytes.chunks(512).position(|page| page.starts_with(&[1])).unwrap() * 512;
    bytes[page] = 2;
    let sum = Crc::new().update(b"NLOG").update(&bytes[page..page + 8]).sum();
    bytes[page + 8..page + 12].copy_from_slice(&sum.to_le_bytes());
    let newer = FlashStorage::mount(RamFlash::holding(512, 4, bytes));
    assert_eq!(newer.map(|_| ()), Err(Reason::UnsupportedFormat));
}

#[test]
fn a_record_does_not_count_before_its_header_is_there() {
    let mut storage = mounted(&RamFlash::<1024>::new(512, 4));
    storage.store(StorageKey(1), b"what was there before").unwrap();
    let mut whole = storage.clone();
    whole.store(StorageKey(1), b"what comes in its place").unwrap();
    let work = whole.flash().work() - storage.nor.work();
    for at in 0..work {
        for tear in Tear::ALL {
            let mut cut = storage.clone();
            cut.nor.cut_power(at, tear, at);
            assert!(cut.store(StorageKey(1), b"what comes in its place").is_err());
            let mut flash = cut.nor.clone();
            flash.power_on();
            let found = load(&mut FlashStorage::mount(flash).unwrap(), 1);
            // The header is 12 bytes, written at the end.
            if at < work - 12 {
                assert_eq!(found.as_deref(), Some(&b"what was there before"[..]), "{at} {tear:?}");
            }
        }
    }
}
