//! Random attacks: whole images and single values put back, values deleted and damaged, the power
//! cut anywhere.

use super::model::{Bounds, Off, Search};
use super::world::*;
use crate::store::RollbackLevel;

const HISTORIES: u64 = 100_000;

/// xorshift64*; the seed is the number of the history.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }
}

fn tamper(off: &mut Off, dice: &mut Dice) {
    off.restored = true;
    let at = usize::try_from(dice.roll(off.seen.len() as u64)).unwrap();
    let old: Image = off.seen[at].clone();
    let keys = [2, USE[0].0, USE[1].0, REVOKED.0];
    let key = keys[usize::try_from(dice.roll(4)).unwrap()];
    match dice.roll(4) {
        0 => off.image = old,
        1 => match old.get(&key) {
            Some(value) => drop(off.image.insert(key, value.clone())),
            None => drop(off.image.remove(&key)),
        },
        2 => drop(off.image.remove(&key)),
        _ => {
            if let Some(value) = off.image.get_mut(&key) {
                let bit = usize::try_from(dice.roll(value.len() as u64 * 8)).unwrap();
                value[bit / 8] ^= 1 << (bit % 8);
            }
        }
    }
}

#[test]
fn random_attacks_take_nothing_back_unnoticed() {
    let bounds =
        Bounds { changes: 100, cuts: 100, restores: 100, level: RollbackLevel::TwoCounters };
    let mut search = Search::default();
    for seed in 1..=HISTORIES {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut off = Off::new(bounds.level);
        for _ in 0..12 {
            if dice.roll(3) == 0 {
                tamper(&mut off, &mut dice);
            }
            let budget = (dice.roll(2) == 0).then(|| 1 + u32::try_from(dice.roll(9)).unwrap());
            if let Some(next) = search.session(bounds, &off, budget) {
                off = next;
            }
        }
    }
    std::println!("{HISTORIES} histories, {} rolled back and noticed", search.rolled_back);
    assert!(search.rolled_back > HISTORIES);
}
