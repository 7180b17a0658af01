//! Two damaged bits anywhere in the flash of a whole agent: never more rights or units than before, no
//! revoked line back, no use less, and what is lost is reported by its name (SPEC 13.5, 16.5).

use std::cell::RefCell;

use nodelock::rights::Verdict;
use nodelock::store::StorageKey;
use nodelock::store::flash::FlashStorage;
use nodelock::testing::HostileFlash;
use nodelock::value::LineId;
use nodelock::{Reason, Storage};

use super::device::{Agent, Chip, Line, Owner, boot, id, moment};
use super::known::Known;
use super::life::Life;
use super::seen::{Kept, More, Seen};
use super::{TROUBLES, Tally};
use crate::dice::Dice;
use crate::toy::line_id;

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Devices.
    pub images: u64,
    /// Pairs of bits.
    pub pairs: u64,
    /// Pairs after which something was reported.
    pub reported: u64,
    /// Of these, pairs after which the use of a right was unknown.
    pub use_unknown: u64,
    /// Pairs after which a line was refused.
    pub lines_lost: u64,
}

/// The flash of a device in the middle of its life.
#[derive(Debug)]
pub struct Image<const LEN: usize> {
    /// The flash, in which nothing fails.
    pub flash: HostileFlash<LEN>,
    /// What the device must remember.
    pub known: Known,
    /// What is kept of use.
    pub kept: Kept,
    /// The lines of the vendor.
    pub lines: Vec<Line>,
    /// Seconds since the device was made.
    pub truth: u64,
}

impl<const LEN: usize> Image<LEN> {
    /// Flips two bits, and boots.
    ///
    /// # Errors
    /// What is wrong.
    pub fn pair(&self, bit: usize, other: usize, counts: &mut Counts) -> Result<(), String> {
        let flash = RefCell::new(self.flash.clone());
        flash.borrow_mut().flip_pair(bit, other);
        counts.pairs += 1;
        let mounted = FlashStorage::mount(Chip(&flash));
        let mut storage = mounted.map_err(|reason| format!("it is not mounted: {reason}"))?;
        let lost = self.lost(&mut storage)?;
        let now = moment(0, self.truth);
        boot(storage, Owner(None), now, |agent| {
            let seen = Seen::of(agent);
            let more = More::of(agent, &self.lines, now);
            counts.lines_lost += u64::from(more.refused > 0);
            counts.use_unknown += u64::from(more.unreadable.contains(&Reason::UseUnknown));
            if lost.is_empty() && self.as_before(&seen, &more) {
                return Ok(());
            }
            counts.reported += 1;
            self.known.is_left(&seen, &more, &self.lines)?;
            self.is_denied(agent, &lost)
        })?
    }

    fn as_before(&self, seen: &Seen, more: &More) -> bool {
        self.known.is_shown(seen, &self.lines).and_then(|()| self.known.is_kept(more)).is_ok()
    }

    /// Lines whose use is gone from the storage: no other use may be less, and some value must be
    /// damaged then.
    fn lost(&self, storage: &mut impl Storage) -> Result<Vec<LineId>, String> {
        let (kept, damaged) = Kept::of_readable(storage);
        let mut lost = Vec::new();
        for ((kind, id), before) in &self.kept.uses {
            match kept.uses.get(&(*kind, *id)) {
                // Of a right with dates it counts on with the clock.
                Some(now) if now >= before || damaged.contains(&StorageKey(1)) => {}
                None if damaged.iter().any(|key| (0x0200..0x0260).contains(&key.0)) => {
                    lost.push(*id);
                }
                now => return Err(format!("use {kind} of {id} was {before} s and is {now:?}")),
            }
        }
        let clock_is_there = !damaged.contains(&StorageKey(1));
        if clock_is_there && (kept.counted, kept.repairs) < (self.kept.counted, self.kept.repairs) {
            return Err(format!("the clock was {:?} and is {kept:?}", self.kept));
        }
        Ok(lost)
    }

    /// What was used and cannot be read is not granted.
    fn is_denied<S: Storage>(
        &self,
        agent: &mut Agent<'_, S>,
        lost: &[LineId],
    ) -> Result<(), String> {
        let now = moment(10, self.truth + 10);
        for (number, line) in self.lines.iter().enumerate() {
            if !line.spec.license_type.is_metered() || !lost.contains(&LineId(line_id(number))) {
                continue;
            }
            let place = id(line.spec.feature);
            let _ = agent.activate(place, now);
            if matches!(agent.check(place, 10), Verdict::Granted(by) if by.id.0 == line_id(number))
            {
                return Err(format!("the use of line {number} is lost, and it is granted"));
            }
        }
        Ok(())
    }

    /// So many pairs: neighbours, bits of one header or near it, and any two.
    ///
    /// # Errors
    /// The two bits, and what is wrong.
    pub fn pairs(&self, pairs: u64, dice: &mut Dice, counts: &mut Counts) -> Result<(), String> {
        counts.images += 1;
        let any =
            |dice: &mut Dice, below: usize| usize::try_from(dice.below(below as u64)).unwrap_or(0);
        for _ in 0..pairs {
            let bit = any(dice, LEN * 8);
            let other = match dice.below(3) {
                0 => bit + 1,
                1 => bit + 1 + any(dice, 95),
                _ => any(dice, LEN * 8),
            };
            let other = other % (LEN * 8);
            if bit != other {
                self.pair(bit, other, counts)
                    .map_err(|what| format!("bits {bit} and {other}: {what}"))?;
            }
        }
        Ok(())
    }
}

/// So many pairs in the flash of a device that this seed makes.
///
/// # Errors
/// What is wrong.
pub fn image(seed: u64, pairs: u64, counts: &mut Counts) -> Result<(), String> {
    fn of<const LEN: usize>(
        geometry: (u32, u8),
        seed: u64,
        pairs: u64,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let mut dice = Dice::new(seed ^ 0xB175);
        // Some were written without faults, some have scars.
        let trouble = &TROUBLES[usize::try_from(dice.below(3)).unwrap_or(0)];
        let life = Life::<LEN>::new(geometry.0, geometry.1, trouble, seed);
        let sessions = dice.range(3, 20);
        let image = life.age(sessions, &mut Tally::default())?;
        image.pairs(pairs, &mut dice, counts)
    }
    match seed % 4 {
        0 => of::<8_192>((1_024, 4), seed, pairs, counts),
        1 => of::<8_192>((2_048, 8), seed, pairs, counts),
        2 => of::<12_288>((1_024, 16), seed, pairs, counts),
        _ => of::<8_192>((2_048, 1), seed, pairs, counts),
    }
}
