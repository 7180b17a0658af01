//! The log on flash that loses power, fails, and forgets.

#![allow(clippy::cast_possible_truncation, reason = "small numbers from dice")]

mod basics;
mod campaign;
mod damage;
mod hostile;
mod pairs;
mod regress;

use std::collections::BTreeMap;
use std::vec::Vec;

use crate::store::{Storage, StorageKey};
use crate::testing::RamFlash;

use super::FlashStorage;

/// What the storage must hold.
type Model = BTreeMap<u16, Vec<u8>>;

fn mounted<const LEN: usize>(flash: &RamFlash<LEN>) -> FlashStorage<RamFlash<LEN>> {
    FlashStorage::mount(flash.clone()).unwrap()
}

fn load<const LEN: usize>(storage: &mut FlashStorage<RamFlash<LEN>>, key: u16) -> Option<Vec<u8>> {
    let mut buffer = [0; 600];
    let len = storage.load(StorageKey(key), &mut buffer).unwrap();
    len.map(|len| buffer[..len].to_vec())
}

/// `NODELOCK_LONG=1` makes it a hundred times as much.
fn times() -> u64 {
    if std::env::var_os("NODELOCK_LONG").is_some() { 100 } else { 1 }
}
