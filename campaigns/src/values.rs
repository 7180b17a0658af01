//! Values that are forged, swapped, cut off, deleted, damaged or put back, under the nose of a whole agent:
//! who has no device secret wins what SPEC 14.10 says of its level, who has one wins nothing but by older
//! copies, and with two counters not by these either.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use nodelock::rights::Verdict;
use nodelock::store::{
    Counters, MonotonicCounters, RollbackLevel, RollbackState, StorageKey, WithCounters,
};
use nodelock::testing::HostileStorage;
use nodelock::value::LineId;
use nodelock::{Reason, Storage};

use crate::dice::Dice;
use crate::flash::device::{Agent, Line, Owner, boot, id, lines, moment};
use crate::flash::seen::{Kept, More, Seen};
use crate::session::install;
use crate::toy::line_id;

/// How a device is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Checksums alone.
    Nothing,
    /// A device secret.
    Secret,
    /// A device secret, and two counters that never go back.
    Counters,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Secret, Self::Counters];
}

/// What is done to the storage of a device while it is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryKind {
    /// Two bits of a value are flipped.
    Flip(u16),
    /// Bytes of a value are replaced by others, and the checksum by one that fits.
    Forge(u16),
    /// Two values change places.
    Swap(u16, u16),
    /// A value is cut off.
    Truncate(u16),
    /// A value is deleted.
    Delete(u16),
    /// A value is put back as it was earlier.
    PutBack(u16),
    /// Everything is put back as it was earlier.
    PutAllBack,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Devices.
    pub devices: u64,
    /// Boots after something was done to the storage.
    pub boots: u64,
    /// Of these, boots that reported something.
    pub reported: u64,
    /// Of these, boots that found the storage rolled back.
    pub rolled_back: u64,
    /// Boots after which a device without a secret had more than before.
    pub won: u64,
}

type Disk = HostileStorage<200>;

/// Two counters that never go back.
#[derive(Debug, Default)]
struct Pair {
    started: Cell<u64>,
    committed: Cell<u64>,
}

impl MonotonicCounters for &Pair {
    fn level(&self) -> RollbackLevel {
        RollbackLevel::TwoCounters
    }

    fn counters(&mut self) -> Result<Counters, Reason> {
        Ok(Counters { started: self.started.get(), committed: Some(self.committed.get()) })
    }

    fn start(&mut self) -> Result<(), Reason> {
        self.started.set(self.started.get() + 1);
        Ok(())
    }

    fn commit(&mut self, to: u64) -> Result<(), Reason> {
        self.committed.set(to);
        Ok(())
    }
}

/// What a device has, as far as somebody could wish for more.
#[derive(Debug, Clone)]
struct Has {
    seen: Seen,
    more: More,
    kept: Kept,
    /// Seconds charged, by line, built-in trials as well.
    charged: BTreeMap<LineId, u64>,
    /// Lines that grant something, after everything was started that can be.
    granted: BTreeSet<LineId>,
    rollback_state: RollbackState,
}

fn on<R>(
    level: Level,
    disk: &Disk,
    pair: &Pair,
    truth: u64,
    then: impl FnOnce(&mut dyn Device) -> R,
) -> Result<R, String> {
    let owner = Owner((level != Level::Nothing).then_some([0x42; 32]));
    let now = moment(0, truth);
    match level {
        Level::Counters => {
            let storage = WithCounters { storage: disk, counters: pair };
            boot(storage, owner, now, |agent| then(agent))
        }
        Level::Nothing | Level::Secret => boot(disk, owner, now, |agent| then(agent)),
    }
}

/// An agent, whatever its storage.
trait Device {
    fn live(&mut self, lines: &[Line], dice: &mut Dice, truth: u64) -> Vec<usize>;
    fn look(&mut self, lines: &[Line], truth: u64) -> Has;
}

impl<S: Storage> Device for Agent<'_, S> {
    /// Installs, uses, clears and revokes; the lines that were revoked.
    fn live(&mut self, lines: &[Line], dice: &mut Dice, truth: u64) -> Vec<usize> {
        let mut revoked = Vec::new();
        let (mut uptime, now) = (0, |uptime| moment(uptime, truth + uptime));
        for _ in 0..dice.range(4, 16) {
            let number = usize::try_from(dice.below(lines.len() as u64)).unwrap_or(0);
            match dice.below(10) {
                0..=3 => _ = install(self, &lines[number].text, now(uptime)),
                4 => _ = self.accept_eula(id(6), b"the terms", now(uptime)),
                5 => _ = self.clear(LineId(line_id(number)), now(uptime)),
                6 if dice.percent(40) => {
                    if self.revoke(LineId(line_id(number)), now(uptime)).is_ok() {
                        revoked.push(number);
                    }
                }
                _ => {
                    _ = self.activate(id(lines[number].spec.feature), now(uptime));
                    let end = uptime + dice.range(60, 5000);
                    while uptime < end {
                        uptime = self.next_deadline().unwrap_or(u64::MAX).clamp(uptime + 1, end);
                        self.tick(now(uptime));
                    }
                }
            }
        }
        revoked
    }

    fn look(&mut self, lines: &[Line], truth: u64) -> Has {
        let seen = Seen::of(self);
        let more = More::of(self, lines, moment(0, truth));
        let rollback_state = self.rollback_state();
        let meters = self.lines().filter_map(|held| Some((held.right().id(), held.meter()?)));
        let charged = meters.map(|(id, meter)| (id, meter.charged())).collect();
        let mut granted = BTreeSet::new();
        for place in 0..12 {
            _ = self.activate(id(place), moment(0, truth));
            if let Verdict::Granted(grant) = self.check(id(place), 0) {
                granted.insert(grant.id);
            }
        }
        Has { seen, more, kept: Kept::default(), charged, granted, rollback_state }
    }
}

fn keys(disk: &Disk) -> Vec<u16> {
    let mut keys = Vec::new();
    disk.each(|key, _| keys.push(key.0));
    keys.sort_unstable();
    keys
}

/// CRC-32 of IEEE 802.3, of key and content (SPEC 14.1).
fn checksum(key: u16, content: &[u8]) -> [u8; 4] {
    let mut sum = u32::MAX;
    for byte in key.to_le_bytes().iter().chain(content) {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    (!sum).to_le_bytes()
}

fn choose(dice: &mut Dice, disk: &Disk) -> HistoryKind {
    let keys = keys(disk);
    if keys.is_empty() {
        return HistoryKind::PutAllBack;
    }
    let key = |dice: &mut Dice| dice.pick(&keys);
    // What is worth most: use, revoked ids, clock, manifest.
    let worth = |dice: &mut Dice| {
        let group = dice.pick(&[1, 2, 0x0200, 0x0600, 0x0100]);
        let all: Vec<u16> =
            keys.iter().copied().filter(|key| key & 0x0F00 == group & 0x0F00).collect();
        if all.is_empty() { key(dice) } else { dice.pick(&all) }
    };
    match dice.below(8) {
        0 => HistoryKind::Flip(key(dice)),
        1 => HistoryKind::Forge(worth(dice)),
        2 => HistoryKind::Swap(worth(dice), worth(dice)),
        3 => HistoryKind::Truncate(worth(dice)),
        4 | 5 => HistoryKind::Delete(worth(dice)),
        6 => HistoryKind::PutBack(worth(dice)),
        _ => HistoryKind::PutAllBack,
    }
}

fn carry_out(kind: HistoryKind, dice: &mut Dice, disk: &Disk, older: &Disk) {
    let mut buffer = [0; 640];
    let mut len = |key: u16| disk.value(StorageKey(key), &mut buffer).unwrap_or(0);
    match kind {
        HistoryKind::Flip(key) => {
            let bits = len(key) as u64 * 8;
            let mut bit = || usize::try_from(dice.below(bits)).unwrap_or(0);
            let (bit, other) = (bit(), bit());
            disk.flip_pair(StorageKey(key), bit, other);
        }
        HistoryKind::Forge(key) => {
            let len = disk.value(StorageKey(key), &mut buffer).unwrap_or(0);
            let end = len.saturating_sub(4);
            if end > 12 {
                let at = usize::try_from(dice.range(1, end as u64 - 1)).unwrap_or(1);
                buffer[at] = dice.pick(&[0, 1, 2, buffer[at] ^ 0x40]);
                // Somebody who has no secret can make a value of version 2 only.
                buffer[0] = 2;
                let sum = checksum(key, &buffer[..end]);
                buffer[end..len].copy_from_slice(&sum);
                disk.put(StorageKey(key), Some(&buffer[..len]));
            }
        }
        HistoryKind::Swap(key, other) => disk.swap(StorageKey(key), StorageKey(other)),
        HistoryKind::Truncate(key) => {
            let len = usize::try_from(dice.below(len(key) as u64)).unwrap_or(0);
            disk.truncate(StorageKey(key), len);
        }
        HistoryKind::Delete(key) => _ = disk.put(StorageKey(key), None),
        HistoryKind::PutBack(key) => disk.put_back(older, StorageKey(key)),
        HistoryKind::PutAllBack => disk.put_all_back(older),
    }
}

/// What somebody has won, if anything. A line that was cleared can be installed again, so it may be put back.
fn won(before: &Has, after: &Has, lines: &[Line], revoked: &[usize]) -> Option<String> {
    for number in revoked {
        if after.granted.contains(&LineId(line_id(*number))) {
            return Some(format!("line {number} was revoked and is granted"));
        }
        // Where revocations are missing, all is denied, also what is installed then (SPEC 14.8).
        let all_is_denied = matches!(
            after.rollback_state,
            RollbackState::RolledBack { revocations_missing: true }
                | RollbackState::ManifestUnreadable { revocations_missing: true }
        );
        if after.more.what_if[*number].is_ok() && !all_is_denied {
            return Some(format!("line {number} was revoked and can be installed"));
        }
    }
    let units: u64 = after.seen.lines.keys().map(|number| lines[*number].spec.units).sum();
    if after.seen.units > units {
        return Some(format!("{} units instead of {units}", after.seen.units));
    }
    for id in &after.granted {
        let was = before.charged.get(id).copied().unwrap_or(0);
        if let Some(is) = after.charged.get(id).filter(|is| **is < was) {
            return Some(format!("line {id} was used for {was} s, now for {is}"));
        }
        // A trial with dates.
        let run = |has: &Has| has.kept.uses.get(&(3, *id)).copied().unwrap_or(0);
        if run(after) < run(before) {
            return Some(format!(
                "line {id} has run for {} s, now for {}",
                run(before),
                run(after)
            ));
        }
    }
    None
}

/// One device: it lives, is copied, lives on, and then something is done to its storage, again and again
/// from the same state.
///
/// # Errors
/// What is wrong.
pub fn device(level: Level, seed: u64, kinds: u64, counts: &mut Counts) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let (disk, pair, lines) = (Disk::new(), Pair::default(), lines());
    counts.devices += 1;
    let (mut revoked, mut truth) = (Vec::new(), 0);
    let mut older = disk.clone();
    let sessions = dice.range(2, 6);
    let copied = dice.below(sessions - 1);
    for session in 0..sessions {
        let more = on(level, &disk, &pair, truth, |device| device.live(&lines, &mut dice, truth))?;
        revoked.extend(more);
        truth += 100_000;
        if session == copied {
            older = disk.clone();
        }
    }
    let look = |disk: &Disk| {
        let counters = Pair {
            started: Cell::new(pair.started.get()),
            committed: Cell::new(pair.committed.get()),
        };
        let has = on(level, disk, &counters, truth, |device| device.look(&lines, truth))?;
        let kept = Kept::of_readable(&mut &*disk).0;
        Ok::<_, String>(Has { kept, ..has })
    };
    // Boots write as well.
    let before = look(&disk.clone())?;
    for _ in 0..kinds {
        let attacked = disk.clone();
        let mut done = Vec::new();
        for _ in 0..dice.pick(&[1, 1, 2, 3]) {
            let kind = choose(&mut dice, &attacked);
            carry_out(kind, &mut dice, &attacked, &older);
            done.push(kind);
        }
        let after = look(&attacked)?;
        counts.boots += 1;
        let rolled_back =
            !matches!(after.rollback_state, RollbackState::Unanchored | RollbackState::Latest);
        counts.rolled_back += u64::from(rolled_back);
        counts.reported += u64::from(after.more.reports_damage() || rolled_back);
        let Some(what) = won(&before, &after, &lines, &revoked) else { continue };
        counts.won += 1;
        // SPEC 14.10: without counters, what was used or revoked since the copy was made, or the value was.
        let is_older = |kind: &HistoryKind| {
            matches!(
                kind,
                HistoryKind::PutBack(_) | HistoryKind::PutAllBack | HistoryKind::Delete(_)
            )
        };
        let is_damage =
            |kind: &HistoryKind| matches!(kind, HistoryKind::Flip(_) | HistoryKind::Truncate(_));
        let allowed = match level {
            Level::Nothing => !done.iter().all(is_damage),
            Level::Secret => done.iter().any(is_older),
            Level::Counters => false,
        };
        if !allowed {
            return Err(format!("{level:?}, {done:?}: {what}"));
        }
    }
    Ok(())
}
