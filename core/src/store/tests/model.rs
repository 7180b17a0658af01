//! Every history of a few changes, power cuts and restored copies, with the code that
//! ships: what was acknowledged is never taken back unnoticed, and no power cut locks a device.

use std::collections::HashSet;
use std::vec::Vec;

use super::world::*;
use crate::store::{RollbackLevel, RollbackState};

/// Bounds of a search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) changes: u8,
    pub(super) cuts: u8,
    pub(super) restores: u8,
    pub(super) level: RollbackLevel,
}

/// Between two sessions the power is off, and somebody may put an older image back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Off {
    pub(super) image: Image,
    started: u64,
    committed: u64,
    /// What the device has shown or acknowledged last, and what it was doing when the power went.
    truth: [u8; 3],
    pending: Vec<[u8; 3]>,
    /// Changes that were acknowledged and not taken back since.
    acknowledged: Vec<u8>,
    /// Numbers of images in the order in which they were seen.
    pub(super) seen: Vec<Image>,
    changes: u8,
    cuts: u8,
    restores: u8,
    pub(super) restored: bool,
}

impl Off {
    pub(super) fn new(level: RollbackLevel) -> Self {
        let world = World::new(level);
        Self {
            image: world.image,
            started: 0,
            committed: 0,
            truth: [0; 3],
            pending: Vec::new(),
            acknowledged: Vec::new(),
            seen: world.seen,
            changes: 0,
            cuts: 0,
            restores: 0,
            restored: false,
        }
    }
}

#[derive(Default)]
pub(super) struct Search {
    known: HashSet<u128>,
    sessions: u64,
    pub(super) rolled_back: u64,
}

fn fingerprint(off: &Off) -> u128 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut halves = [0_u64; 2];
    for (salt, half) in halves.iter_mut().enumerate() {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        off.hash(&mut hasher);
        *half = hasher.finish();
    }
    u128::from(halves[0]) << 64 | u128::from(halves[1])
}

impl Search {
    fn explore(&mut self, bounds: Bounds, first: Off) {
        let mut waiting = std::vec![first];
        while let Some(off) = waiting.pop() {
            if !self.known.insert(fingerprint(&off)) {
                continue;
            }
            if off.restores < bounds.restores {
                for image in off.seen.iter().filter(|image| **image != off.image) {
                    let mut next = off.clone();
                    next.image = image.clone();
                    next.restores += 1;
                    next.restored = true;
                    waiting.push(next);
                }
            }
            let whole = self.session(bounds, &off, None);
            waiting.extend(whole);
            if off.cuts < bounds.cuts {
                for budget in 1.. {
                    match self.session(bounds, &off, Some(budget)) {
                        Some(next) if next.cuts > off.cuts => waiting.push(next),
                        _ => break,
                    }
                }
            }
        }
    }

    /// A boot and, if the device is well, the next change. `None` if nothing can follow.
    pub(super) fn session(
        &mut self,
        bounds: Bounds,
        off: &Off,
        budget: Option<u32>,
    ) -> Option<Off> {
        self.sessions += 1;
        let mut world = World {
            image: off.image.clone(),
            started: off.started,
            committed: off.committed,
            level: bounds.level,
            budget,
            seen: off.seen.clone(),
        };
        let mut next = off.clone();
        let mut acknowledged = false;
        {
            let mut vault = boot(&mut world, Some(SECRET));
            if !vault.storage.dark() {
                let shown = read(&mut vault);
                match vault.rollback_state() {
                    RollbackState::Latest => {
                        let fits = shown == off.truth || off.pending.contains(&shown);
                        let lost = |change: &u8| shown[place_of(*change)] < *change;
                        let one_back = bounds.level == RollbackLevel::OneCounter
                            && off.restored
                            && off.acknowledged.iter().filter(|change| lost(change)).count() <= 1
                            && !off.acknowledged.iter().any(|change| *change == 3 && lost(change));
                        next.acknowledged.retain(|change| !lost(change));
                        assert!(
                            fits || one_back,
                            "rolled back unnoticed: {shown:?}, but {:?} {:?} {off:?}",
                            off.truth,
                            off.pending
                        );
                        next.truth = shown;
                        next.pending.clear();
                    }
                    RollbackState::RolledBack { revocations_missing }
                    | RollbackState::ManifestUnreadable { revocations_missing } => {
                        assert!(off.restored, "locked by a power cut: {off:?}");
                        self.rolled_back += 1;
                        let missing = shown[2] < off.truth[2];
                        let told = revocations_missing || bounds.level == RollbackLevel::OneCounter;
                        assert!(told || !missing, "a revoked right is back: {shown:?} {off:?}");
                    }
                    other => panic!("{other:?}"),
                }
                if vault.rollback_state() == RollbackState::Latest && off.changes < bounds.changes {
                    let change = off.changes + 1;
                    let mut new = next.truth;
                    let at = place_of(change);
                    let key = [USE[0], USE[1], REVOKED][at];
                    new[at] = change;
                    let done = write(&mut vault, key, change);
                    next.changes = change;
                    if vault.storage.dark() {
                        next.pending.push(new);
                    } else {
                        done.unwrap();
                        next.truth = new;
                        next.acknowledged.push(change);
                        acknowledged = true;
                    }
                }
            }
        }
        let dark = world.dark();
        next.cuts += u8::from(dark);
        next.image = world.image;
        next.started = world.started;
        next.committed = world.committed;
        next.seen = world.seen;
        (dark || acknowledged || next != *off).then_some(next)
    }
}

/// Which of the three values a change is about; the third change takes a right back.
const fn place_of(change: u8) -> usize {
    match change {
        3 => 2,
        odd if odd % 2 == 1 => 0,
        _ => 1,
    }
}

fn explore(bounds: Bounds) -> Search {
    let mut search = Search::default();
    search.explore(bounds, Off::new(bounds.level));
    std::println!(
        "{bounds:?}: {} states, {} sessions, {} rolled back and noticed",
        search.known.len(),
        search.sessions,
        search.rolled_back
    );
    search
}

#[test]
fn two_counters_notice_every_restored_copy() {
    // The smaller search takes a second, the larger one more than a quarter of an hour.
    let size = if std::env::var_os("NODELOCK_LONG").is_some() { 5 } else { 3 };
    let bounds =
        Bounds { changes: size, cuts: size, restores: size, level: RollbackLevel::TwoCounters };
    assert!(explore(bounds).rolled_back > 0);
}

#[test]
fn one_counter_lets_the_last_change_be_taken_back_and_never_a_revocation() {
    let bounds = Bounds { changes: 4, cuts: 3, restores: 3, level: RollbackLevel::OneCounter };
    assert!(explore(bounds).rolled_back > 0);
}

#[test]
fn a_second_storage_protects_as_long_as_it_is_not_restored_too() {
    let bounds = Bounds { changes: 3, cuts: 3, restores: 3, level: RollbackLevel::SecondStorage };
    assert!(explore(bounds).rolled_back > 0);
}
