//! Good ports pass, and each way to be bad is found and named.

use std::collections::BTreeMap;
use std::vec::Vec;
use std::{eprintln, vec};

use super::*;
use crate::store::flash::FlashStorage;
use crate::testing::{RamFlash, Tear};

/// The provider of this crate, on a board whose flash is torn in changing ways.
struct FlashBoard<const LEN: usize> {
    storage: FlashStorage<RamFlash<LEN>>,
    cuts: u64,
}

impl<const LEN: usize> TestedPort for FlashBoard<LEN> {
    type Storage<'p> = &'p mut FlashStorage<RamFlash<LEN>>;

    fn power_on(&mut self, cut_at: Option<u64>) -> Result<Self::Storage<'_>, Reason> {
        let mut flash = self.storage.clone().into_flash();
        flash.power_on();
        self.storage = FlashStorage::mount(flash)?;
        if let Some(point) = cut_at {
            self.cuts += 1;
            let tear = Tear::ALL[(self.cuts % 5) as usize];
            self.storage.flash().cut_power(point, tear, self.cuts);
        }
        Ok(&mut self.storage)
    }

    fn power_was_cut(&self) -> bool {
        self.storage.clone().flash().is_dark()
    }
}

#[test]
fn the_flash_of_this_crate_keeps_its_promises() {
    let flash = RamFlash::<6_144>::new(2_048, 4);
    let mut board = FlashBoard { storage: FlashStorage::mount(flash).unwrap(), cuts: 0 };
    let effort = Effort { steps: 8, ..Effort::EVERY_POINT };
    let report = prove(&mut board, &mut [0; 1_300], effort).unwrap_or_else(|e| panic!("{e}"));
    eprintln!("{report:?}");
    assert!(report.was_full && report.cuts > 1_000 && report.compared > 5_000);
}

/// On flash of the usual size, whose steps have thousands of points. In an optimised program all of the
/// default takes seconds; here less is done, for this one may not be optimised.
#[test]
fn long_steps_are_tried_at_places_far_apart_and_at_their_end() {
    let flash = RamFlash::<16_384>::new(4_096, 4);
    let mut board = FlashBoard { storage: FlashStorage::mount(flash).unwrap(), cuts: 0 };
    let steps = if cfg!(debug_assertions) { 3 } else { Effort::DEFAULT.steps };
    let effort = Effort { steps, ..Effort::DEFAULT };
    let begun = std::time::Instant::now();
    let report = prove(&mut board, &mut [0; 1_300], effort).unwrap_or_else(|e| panic!("{e}"));
    eprintln!("{report:?} in {:?}", begun.elapsed());
    assert!(report.cuts > 100 * u64::from(steps) / 2);
    assert!(report.cuts < 1_000 * u64::from(steps));
}

/// What a port in RAM does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The medium is written byte by byte over the old value.
    WrittenInPlace,
    /// The old value is removed before the new one is written.
    RemovedFirst,
    /// Acknowledged before it reaches the medium.
    Cached,
    /// Errors of the medium are not passed on.
    ErrorsSwallowed,
    /// A buffer that is too small gets what fits.
    Truncated,
    /// Keys are cut to a byte.
    NarrowKeys,
    /// Zeros at the end of a value are lost.
    Trimmed,
    /// Removing what is not there fails.
    RemoveFails,
    /// A cut leaves the storage locked.
    Locked,
    /// When it is full, something else has to go.
    Evicts,
}

#[derive(Default)]
struct RamBoard {
    values: BTreeMap<u16, Vec<u8>>,
    /// Bytes that still reach the medium.
    left: Option<u64>,
    cut: bool,
    locked: bool,
}

struct RamPort<'b>(&'b mut RamBoard, Fault);

impl RamPort<'_> {
    /// Whether one more byte reaches the medium.
    fn powered(&mut self) -> bool {
        match &mut self.0.left {
            Some(0) => self.0.cut = true,
            Some(left) => *left -= 1,
            None => {}
        }
        !self.0.cut
    }

    fn key(&self, key: StorageKey) -> u16 {
        if self.1 == Fault::NarrowKeys { key.0 & 0xFF } else { key.0 }
    }

    fn outcome(&self, done: bool) -> Result<(), Reason> {
        if done || self.1 == Fault::ErrorsSwallowed { Ok(()) } else { Err(Reason::StorageFailed) }
    }
}

impl Storage for RamPort<'_> {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(value) = self.0.values.get(&self.key(key)) else { return Ok(None) };
        let len = match value.len() {
            len if len <= buffer.len() => len,
            _ if self.1 == Fault::Truncated => buffer.len(),
            _ => return Err(Reason::StorageFull),
        };
        buffer[..len].copy_from_slice(&value[..len]);
        Ok(Some(len))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        let key = self.key(key);
        let mut value = value.to_vec();
        let used: usize = self.0.values.values().map(Vec::len).sum();
        let old = self.0.values.get(&key).map_or(0, Vec::len);
        if used - old + value.len() > 6_000 {
            if self.1 != Fault::Evicts {
                return Err(Reason::StorageFull);
            }
            self.0.values.pop_first();
        }
        match self.1 {
            Fault::WrittenInPlace => {
                for at in 0..value.len() {
                    if !self.powered() {
                        return self.outcome(false);
                    }
                    let old = self.0.values.entry(key).or_default();
                    old.resize(old.len().max(at + 1), 0);
                    old[at] = value[at];
                }
                if let Some(old) = self.0.values.get_mut(&key) {
                    old.truncate(value.len());
                }
                return Ok(());
            }
            Fault::RemovedFirst => {
                if !self.powered() {
                    return self.outcome(false);
                }
                self.0.values.remove(&key);
            }
            Fault::Cached => {
                // The medium gets it with the next call, if that comes.
                if self.powered() {
                    self.0.values.insert(key, value);
                }
                return Ok(());
            }
            Fault::Trimmed => {
                while value.len() > 1 && value.last().is_some_and(|byte| *byte % 64 == 0) {
                    value.pop();
                }
            }
            Fault::Locked if self.0.left.is_some_and(|left| left < 3) => self.0.locked = true,
            _ => {}
        }
        let done = (0..value.len()).all(|_| self.powered());
        if done {
            self.0.values.insert(key, value);
        }
        self.outcome(done)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        let key = self.key(key);
        if self.1 == Fault::RemoveFails && !self.0.values.contains_key(&key) {
            return Err(Reason::StorageFailed);
        }
        if !self.0.values.contains_key(&key) {
            return Ok(());
        }
        let done = self.powered();
        if done {
            self.0.values.remove(&key);
        }
        self.outcome(done)
    }
}

struct Faulty(RamBoard, Fault);

impl TestedPort for Faulty {
    type Storage<'p> = RamPort<'p>;

    fn power_on(&mut self, cut_at: Option<u64>) -> Result<RamPort<'_>, Reason> {
        if self.0.locked {
            return Err(Reason::StorageFailed);
        }
        (self.0.left, self.0.cut) = (cut_at, false);
        Ok(RamPort(&mut self.0, self.1))
    }

    fn power_was_cut(&self) -> bool {
        self.0.cut
    }
}

#[test]
fn every_fault_is_named() {
    let all = vec![
        (Fault::None, None),
        (Fault::WrittenInPlace, Some(Promise::Atomic)),
        (Fault::RemovedFirst, Some(Promise::Atomic)),
        (Fault::Cached, Some(Promise::Honest)),
        (Fault::ErrorsSwallowed, Some(Promise::Honest)),
        (Fault::Truncated, Some(Promise::SmallBuffer)),
        (Fault::NarrowKeys, Some(Promise::Independent)),
        (Fault::Trimmed, Some(Promise::Whole)),
        (Fault::RemoveFails, Some(Promise::Removed)),
        (Fault::Locked, Some(Promise::Recovers)),
        (Fault::Evicts, Some(Promise::Full)),
    ];
    for (fault, promise) in all {
        let mut board = Faulty(RamBoard::default(), fault);
        let outcome = prove(&mut board, &mut [0; 1_300], Effort::DEFAULT);
        eprintln!("{fault:?}: {outcome:?}");
        assert_eq!(outcome.err().map(|broken| broken.promise), promise, "{fault:?}");
    }
}
