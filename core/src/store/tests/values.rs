//! What stands behind a value, and who may read it.

use std::vec::Vec;

use super::world::*;
use crate::reason::Reason;
use crate::store::protect::checksum;
use crate::store::{RollbackLevel, RollbackState, StorageKey};

fn world_without_anchor() -> World {
    World::new(RollbackLevel::None)
}

#[test]
fn the_checksum_is_that_of_ieee_802_3() {
    // The check value of CRC-32: "123456789", of which the key is the first two bytes.
    let key = StorageKey(u16::from_le_bytes(*b"12"));
    assert_eq!(checksum(key, b"3456789"), 0xCBF4_3926_u32.to_le_bytes());
}

#[test]
fn every_two_changed_bits_and_every_cut_end_are_damage() {
    for secret in [None, Some(SECRET)] {
        let mut world = world_without_anchor();
        write(&mut boot(&mut world, secret), USE[0], 7).unwrap();
        let good = world.image[&USE[0].0].clone();
        let mut damaged: Vec<Vec<u8>> = (0..good.len()).map(|len| good[..len].to_vec()).collect();
        for bit in 0..good.len() * 8 {
            for other in 0..bit {
                let mut value = good.clone();
                value[bit / 8] ^= 1 << (bit % 8);
                value[other / 8] ^= 1 << (other % 8);
                damaged.push(value);
            }
        }
        for value in damaged {
            world.image.insert(USE[0].0, value);
            let mut vault = boot(&mut world, secret);
            assert!(vault.load(USE[0], &mut [0; 256]).is_err());
        }
    }
}

#[test]
fn one_flipped_bit_is_mended_for_good() {
    for secret in [None, Some(SECRET)] {
        let mut world = world_without_anchor();
        write(&mut boot(&mut world, secret), USE[0], 7).unwrap();
        let good = world.image.clone();
        for bit in 0..good[&USE[0].0].len() * 8 {
            world.image.get_mut(&USE[0].0).unwrap()[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&mut boot(&mut world, secret)), [7, 0, 0], "{bit}");
            assert_eq!(world.image, good);
        }
    }
}

#[test]
fn garbage_does_not_hold_up_a_boot() {
    let mut world = world_without_anchor();
    let mut vault = boot(&mut world, None);
    for key in [USE[0], USE[1], REVOKED, FREE] {
        vault.storage.image.insert(key.0, std::vec![2; 200]);
    }
    let flipped = StorageKey(0x0301);
    write(&mut vault, flipped, 9).unwrap();
    vault.storage.image.get_mut(&flipped.0).unwrap()[1] ^= 1;
    assert_eq!(read(&mut vault), [0, 0, 0]);
    // All that may be mended was tried.
    assert_eq!(vault.load(flipped, &mut [0; 256]), Err(Reason::StorageCorrupted));
}

#[test]
fn a_value_under_another_key_is_damage() {
    for secret in [None, Some(SECRET)] {
        let mut world = world_without_anchor();
        write(&mut boot(&mut world, secret), USE[0], 7).unwrap();
        let value = world.image[&USE[0].0].clone();
        world.image.insert(USE[1].0, value);
        let mut vault = boot(&mut world, secret);
        assert_eq!(vault.load(USE[1], &mut [0; 256]), Err(Reason::StorageCorrupted));
    }
}

#[test]
fn another_secret_or_none_reads_nothing() {
    let mut world = world_without_anchor();
    write(&mut boot(&mut world, Some(SECRET)), USE[0], 7).unwrap();
    let mut other = boot(&mut world, Some([1; 32]));
    assert_eq!(other.load(USE[0], &mut [0; 256]), Err(Reason::StorageCorrupted));
    let mut none = boot(&mut world, None);
    assert_eq!(none.load(USE[0], &mut [0; 256]), Err(Reason::DeviceSecretMissing));
}

#[test]
fn a_secret_takes_over_what_was_stored_before_it_once() {
    for level in [RollbackLevel::None, RollbackLevel::TwoCounters] {
        let mut world = world_without_anchor();
        write(&mut boot(&mut world, None), USE[0], 7).unwrap();
        let unprotected = world.image[&USE[0].0].clone();
        world.level = level;
        assert_eq!(read(&mut boot(&mut world, Some(SECRET))), [7, 0, 0]);
        assert_ne!(world.image[&USE[0].0], unprotected);
        assert_eq!(read(&mut boot(&mut world, Some(SECRET))), [7, 0, 0]);
        // Afterwards such a value is forged.
        world.image.insert(USE[0].0, unprotected);
        assert_eq!(read(&mut boot(&mut world, Some(SECRET))), [0, 0, 0]);
    }
}

#[test]
fn taking_over_survives_a_power_cut_anywhere() {
    for budget in 1..12 {
        let mut world = world_without_anchor();
        write(&mut boot(&mut world, None), USE[0], 7).unwrap();
        write(&mut boot(&mut world, None), USE[1], 8).unwrap();
        world.level = RollbackLevel::TwoCounters;
        world.budget = Some(budget);
        let _ = boot(&mut world, Some(SECRET));
        world.budget = None;
        let mut vault = boot(&mut world, Some(SECRET));
        assert_eq!(vault.rollback_state(), RollbackState::Latest, "{budget}");
        assert_eq!(read(&mut vault), [7, 8, 0], "{budget}");
    }
}

#[test]
fn a_wiped_storage_is_not_a_new_device() {
    let mut world = World::new(RollbackLevel::TwoCounters);
    write(&mut boot(&mut world, Some(SECRET)), USE[0], 7).unwrap();
    world.image.clear();
    let mut vault = boot(&mut world, Some(SECRET));
    assert_eq!(vault.rollback_state(), RollbackState::RolledBack { revocations_missing: false });
    assert_eq!(write(&mut vault, USE[0], 1), Err(Reason::StorageRolledBack));
    // What takes no time is still kept.
    write(&mut vault, FREE, 1).unwrap();
    let mut vault = boot(&mut world, Some(SECRET));
    assert!(matches!(vault.rollback_state(), RollbackState::RolledBack { .. }));
    vault.repair(&mut [0; 256]).unwrap();
    write(&mut vault, USE[0], 1).unwrap();
    assert_eq!(boot(&mut world, Some(SECRET)).rollback_state(), RollbackState::Latest);
}

#[test]
fn the_repair_number_is_not_the_same_twice() {
    let mut world = World::new(RollbackLevel::TwoCounters);
    write(&mut boot(&mut world, Some(SECRET)), USE[0], 7).unwrap();
    let old = world.image.clone();
    write(&mut boot(&mut world, Some(SECRET)), USE[0], 8).unwrap();
    let mut numbers = Vec::new();
    for _ in 0..3 {
        world.image = old.clone();
        let mut vault = boot(&mut world, Some(SECRET));
        assert!(matches!(vault.rollback_state(), RollbackState::RolledBack { .. }));
        numbers.push(vault.repair_number().unwrap());
        vault.repair(&mut [0; 256]).unwrap();
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 3);
}

#[test]
fn counters_that_do_not_answer_leave_what_is_there() {
    let mut world = World::new(RollbackLevel::TwoCounters);
    write(&mut boot(&mut world, Some(SECRET)), USE[0], 7).unwrap();
    world.budget = Some(0);
    let mut vault = boot(&mut world, Some(SECRET));
    assert_eq!(read(&mut vault), [7, 0, 0]);
    assert!(write(&mut vault, USE[0], 8).is_err());
    world.budget = None;
    let mut vault = boot(&mut world, Some(SECRET));
    assert_eq!((vault.rollback_state(), read(&mut vault)), (RollbackState::Latest, [7, 0, 0]));
}
