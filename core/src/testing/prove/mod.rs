//! Does a storage port keep its promises? One call tries it, with power cuts at every point that the
//! port can offer, and names the first promise that it breaks.

use core::fmt;

use crate::reason::Reason;
use crate::store::{Storage, StorageKey};
use crate::testing::Dice;

/// A port on a board whose power the suite can cut.
pub trait TestedPort {
    /// The port.
    type Storage<'p>: Storage
    where
        Self: 'p;

    /// Opens the storage as the product does after power-on.
    ///
    /// With a number, the power goes at that one of the things that the board can tell apart, counted
    /// from 0 and from the opening on: a byte that is written, a block that is erased, a call of the
    /// file system. From then on nothing reaches the medium, and calls fail, until the next
    /// power-on.
    ///
    /// # Errors
    /// What the port reports.
    fn power_on(&mut self, cut_at: Option<u64>) -> Result<Self::Storage<'_>, Reason>;

    /// Whether the power was cut since the last [`power_on`](TestedPort::power_on).
    fn power_was_cut(&self) -> bool;
}

/// What a port promises: see [`Storage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Promise {
    /// It opens, and works as long as nothing fails.
    Works = 1,
    /// A key without a value has none.
    Absent = 2,
    /// A value comes back whole, whatever its length and its bytes.
    Whole = 3,
    /// The last value of a key counts.
    Replaced = 4,
    /// A removed value is gone; removing nothing is no error.
    Removed = 5,
    /// A change touches no other key.
    Independent = 6,
    /// A buffer that is too small is an error, and not a part of the value.
    SmallBuffer = 7,
    /// What was acknowledged is there after power-on.
    Durable = 8,
    /// A power cut leaves the old value or the new one.
    Atomic = 9,
    /// When the power is gone, nothing is acknowledged.
    Honest = 10,
    /// After a power cut the port works as before.
    Recovers = 11,
    /// A full storage refuses, keeps what it has, and lets it be removed.
    Full = 12,
}

impl Promise {
    /// What it says.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Works => "it opens, and works as long as nothing fails",
            Self::Absent => "a key without a value has none",
            Self::Whole => "a value comes back whole, whatever its length and its bytes",
            Self::Replaced => "the last value of a key counts",
            Self::Removed => "a removed value is gone, and removing nothing is no error",
            Self::Independent => "a change touches no other key",
            Self::SmallBuffer => "a buffer that is too small is an error",
            Self::Durable => "what was acknowledged is there after power-on",
            Self::Atomic => "a power cut leaves the old value or the new one",
            Self::Honest => "when the power is gone, nothing is acknowledged",
            Self::Recovers => "after a power cut the port works as before",
            Self::Full => "a full storage refuses, keeps what it has, and lets it be removed",
        }
    }
}

/// A promise that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub promise: Promise,
    /// For which key it was seen.
    pub key: StorageKey,
    /// The point of the power cut, if there was one.
    pub cut_at: Option<u64>,
    /// What the port reported, if that was the mistake.
    pub reason: Option<Reason>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken: {} (key {:#06x}", self.promise.text(), self.key.0)?;
        if let Some(point) = self.cut_at {
            write!(f, ", power cut at point {point}")?;
        }
        match self.reason {
            Some(reason) => write!(f, ", it says: {reason})"),
            None => f.write_str(")"),
        }
    }
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Values that were compared.
    pub compared: u64,
    /// Power cuts.
    pub cuts: u64,
    /// Whether the storage was full once; a large one may not be.
    pub was_full: bool,
}

/// Bounds of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Longest value: at least 1200 for an agent whose lines have short comments.
    pub longest: u16,
    /// Steps of the history during which the power is cut.
    pub steps: u32,
    /// So many points of each step are tried one after another, from its first. What is behind them is tried at
    /// places that lie further and further apart and differ from step to step, and at its end.
    pub points: u32,
    /// Values that are stored at most to fill the storage.
    pub fill: u16,
    /// What it begins with.
    pub seed: u64,
}

impl Effort {
    /// Enough to find what is wrong with most ports, in seconds of an optimised program on a host.
    pub const DEFAULT: Self = Self { longest: 1_200, steps: 60, points: 100, fill: 250, seed: 1 };
    /// Every point of every step. A log in raw flash moves whole pages in some steps, which have thousands of
    /// points: that takes minutes for some kilobytes of flash, and more than ten for four pages of 4 KiB.
    pub const EVERY_POINT: Self = Self { points: u32::MAX, ..Self::DEFAULT };
}

/// Keys that the suite works with: of all groups of the library, and neighbours.
const KEYS: [u16; 8] = [0x0001, 0x0002, 0x0003, 0x0100, 0x0101, 0x01FF, 0x0200, 0x0601];
/// Where it fills the storage.
const FILL: u16 = 0x0300;

/// A value: how often its key was written, and its length. Its bytes follow from both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Value {
    key: u16,
    version: u32,
    len: u16,
}

impl Value {
    fn bytes(self) -> impl Iterator<Item = u8> {
        let mut dice = Dice::new(u64::from(self.key) << 32 | u64::from(self.version));
        // Some are all zeros or all ones, which some ports take for nothing.
        let version = self.version;
        (0..self.len).map(move |_| match version % 8 {
            1 => 0x00,
            5 => 0xFF,
            _ => dice.byte(),
        })
    }

    fn write(self, buffer: &mut [u8]) -> &[u8] {
        for (to, from) in buffer.iter_mut().zip(self.bytes()) {
            *to = from;
        }
        buffer.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn is(self, bytes: &[u8]) -> bool {
        bytes.len() == usize::from(self.len) && bytes.iter().copied().eq(self.bytes())
    }
}

/// What a key holds.
fn loaded<'b>(
    storage: &mut impl Storage,
    buffer: &'b mut [u8],
    key: u16,
) -> Result<Option<&'b [u8]>, Reason> {
    match storage.load(StorageKey(key), buffer)? {
        None => Ok(None),
        Some(len) => buffer.get(..len).map(Some).ok_or(Reason::StorageCorrupted),
    }
}

/// Whether these bytes are that value, or both are none.
fn fits(wanted: Option<Value>, bytes: Option<&[u8]>) -> bool {
    match (wanted, bytes) {
        (None, None) => true,
        (Some(value), Some(bytes)) => value.is(bytes),
        _ => false,
    }
}

/// What must be there.
type Model = [Option<Value>; KEYS.len()];

struct Suite<'p, 'b, P> {
    port: &'p mut P,
    buffer: &'b mut [u8],
    effort: Effort,
    dice: Dice,
    report: Report,
    versions: u32,
    cut_at: Option<u64>,
}

/// Tries a port. The buffer has room for the longest value and one byte more.
///
/// A product's own storage in raw flash, on a board whose power goes where the suite says; in an optimised program
/// this takes some seconds:
///
/// ```
/// use nodelock::Reason;
/// use nodelock::store::flash::FlashStorage;
/// use nodelock::testing::{Effort, RamFlash, Tear, TestedPort, prove};
///
/// struct Board(RamFlash<8192>);
///
/// impl TestedPort for Board {
///     type Storage<'p> = FlashStorage<&'p mut RamFlash<8192>>;
///
///     fn power_on(&mut self, cut_at: Option<u64>) -> Result<Self::Storage<'_>, Reason> {
///         self.0.power_on();
///         if let Some(point) = cut_at {
///             self.0.cut_power(point, Tear::ALL[0], point);
///         }
///         FlashStorage::mount(&mut self.0)
///     }
///
///     fn power_was_cut(&self) -> bool {
///         self.0.is_dark()
///     }
/// }
///
/// let mut board = Board(RamFlash::new(2048, 4));
/// # let steps = 3;
/// let effort = Effort { steps, ..Effort::DEFAULT };
/// let report = prove(&mut board, &mut [0; 1_300], effort).expect("every promise is kept");
/// assert!(report.cuts > 100);
/// ```
///
/// What the storage held under the keys 0x0001 to 0x0601 is lost.
///
/// # Errors
/// The first promise that was broken.
pub fn prove<P: TestedPort>(
    port: &mut P,
    buffer: &mut [u8],
    effort: Effort,
) -> Result<Report, Broken> {
    let room = u16::try_from(buffer.len()).unwrap_or(u16::MAX).saturating_sub(1);
    let effort = Effort { longest: effort.longest.min(room).max(1), ..effort };
    let dice = Dice::new(effort.seed);
    let report = Report::default();
    let mut suite = Suite { port, buffer, effort, dice, report, versions: 0, cut_at: None };
    suite.works()?;
    suite.survives()?;
    suite.fills()?;
    Ok(suite.report)
}

impl<P: TestedPort> Suite<'_, '_, P> {
    fn broken<T>(&self, promise: Promise, key: u16, reason: Option<Reason>) -> Result<T, Broken> {
        Err(Broken { promise, key: StorageKey(key), cut_at: self.cut_at, reason })
    }

    fn value(&mut self, key: u16, len: u16) -> Value {
        self.versions = self.versions.saturating_add(1);
        Value { key, version: self.versions, len }
    }

    /// Runs a call on the storage as it is after power-on.
    fn with<T>(
        &mut self,
        call: impl FnOnce(&mut P::Storage<'_>, &mut [u8]) -> Result<T, Reason>,
    ) -> Result<T, Reason> {
        let mut storage = self.port.power_on(None)?;
        call(&mut storage, self.buffer)
    }

    fn store(&mut self, value: Value) -> Result<(), Reason> {
        self.with(|storage, buffer| storage.store(StorageKey(value.key), value.write(buffer)))
    }

    fn remove(&mut self, key: u16) -> Result<(), Reason> {
        self.with(|storage, _| storage.remove(StorageKey(key)))
    }

    /// Whether a key holds one of these. `None` is no value.
    fn holds(&mut self, key: u16, any_of: &[Option<Value>]) -> Result<Option<usize>, Reason> {
        self.report.compared = self.report.compared.saturating_add(1);
        self.with(|storage, buffer| {
            let bytes = loaded(storage, buffer, key)?;
            Ok(any_of.iter().position(|wanted| fits(*wanted, bytes)))
        })
    }

    fn expect(&mut self, promise: Promise, key: u16, wanted: Option<Value>) -> Result<(), Broken> {
        match self.holds(key, &[wanted]) {
            Ok(Some(_)) => Ok(()),
            Ok(None) => self.broken(promise, key, None),
            Err(reason) => self.broken(promise, key, Some(reason)),
        }
    }

    fn must<T>(&self, promise: Promise, key: u16, result: Result<T, Reason>) -> Result<T, Broken> {
        result.or_else(|reason| self.broken(promise, key, Some(reason)))
    }

    /// Without power cuts, but with power-on before each call.
    fn works(&mut self) -> Result<(), Broken> {
        for key in KEYS.into_iter().chain(FILL..FILL.saturating_add(self.effort.fill)) {
            let removed = self.remove(key);
            self.must(Promise::Removed, key, removed)?;
        }
        for key in KEYS {
            self.expect(Promise::Absent, key, None)?;
        }
        let longest = self.effort.longest;
        let lengths = [1, 2, 3, 7, 16, 61, 255, 256, 257, longest.saturating_sub(1), longest];
        let mut other = None;
        for len in lengths.into_iter().filter(|len| *len <= longest) {
            let key = KEYS[3];
            let value = self.value(key, len);
            let stored = self.store(value);
            self.must(Promise::Works, key, stored)?;
            self.expect(Promise::Whole, key, Some(value))?;
            self.expect(Promise::Independent, KEYS[4], other)?;
            if len > 1 {
                let small = self.with(|storage, buffer| {
                    let room = usize::from(len).saturating_sub(1);
                    let buffer = buffer.get_mut(..room).unwrap_or_default();
                    storage.load(StorageKey(key), buffer)
                });
                if small != Err(Reason::StorageFull) {
                    return self.broken(Promise::SmallBuffer, key, small.err());
                }
            }
            let neighbour = self.value(KEYS[4], len.min(40));
            let stored = self.store(neighbour);
            self.must(Promise::Works, KEYS[4], stored)?;
            self.expect(Promise::Replaced, KEYS[4], Some(neighbour))?;
            self.expect(Promise::Independent, key, Some(value))?;
            other = Some(neighbour);
        }
        let removed = self.remove(KEYS[3]);
        self.must(Promise::Removed, KEYS[3], removed)?;
        self.expect(Promise::Removed, KEYS[3], None)?;
        self.expect(Promise::Independent, KEYS[4], other)?;
        let removed = self.remove(KEYS[4]);
        self.must(Promise::Removed, KEYS[4], removed)
    }

    /// A history, each step of which is cut at many of its points.
    fn survives(&mut self) -> Result<(), Broken> {
        let mut model: Model = [None; KEYS.len()];
        for _ in 0..self.effort.steps {
            let place = usize::try_from(self.dice.below(KEYS.len() as u64)).unwrap_or(0);
            let Some(key) = KEYS.get(place).copied() else { continue };
            let old = model.get(place).copied().flatten();
            let len = match self.dice.below(8) {
                0 => self.effort.longest.min(600),
                _ => u16::try_from(self.dice.below(70).saturating_add(1)).unwrap_or(1),
            };
            let new =
                (self.dice.below(5) > 0).then(|| self.value(key, len.min(self.effort.longest)));
            let (mut point, mut last_cut) = (0, 0);
            while self.cut_step(&mut model, place, old, new, point)? {
                last_cut = point;
                point = point.saturating_add(self.stride(point));
            }
            // Many ports commit with the last thing that they write, so the end is not left to chance.
            while point.saturating_sub(last_cut) > 1 {
                let middle = last_cut.midpoint(point);
                match self.cut_step(&mut model, place, old, new, middle)? {
                    true => last_cut = middle,
                    false => point = middle,
                }
            }
        }
        self.cut_at = None;
        Ok(())
    }

    /// How far the next point is from this one: about a sixteenth of the way that it has come, by chance more or
    /// less, so that each step tries other places.
    fn stride(&mut self, point: u64) -> u64 {
        match point.checked_sub(u64::from(self.effort.points)) {
            Some(beyond) => self.dice.below((beyond >> 3).saturating_add(2)).saturating_add(1),
            None => 1,
        }
    }

    /// One step with the power cut at a point. Returns whether the power went before its end.
    fn cut_step(
        &mut self,
        model: &mut Model,
        place: usize,
        old: Option<Value>,
        new: Option<Value>,
        point: u64,
    ) -> Result<bool, Broken> {
        let Some(key) = KEYS.get(place).copied() else { return Ok(false) };
        // The step begins from the old value each time.
        self.cut_at = None;
        if point > 0 {
            let restored = match old {
                Some(old) => self.store(old),
                None => self.remove(key),
            };
            self.must(Promise::Recovers, key, restored)?;
        }
        self.cut_at = Some(point);
        let result = match self.port.power_on(Some(point)) {
            Ok(mut storage) => match new {
                Some(value) => storage.store(StorageKey(key), value.write(self.buffer)),
                None => storage.remove(StorageKey(key)),
            },
            Err(reason) => Err(reason),
        };
        let cut = self.port.power_was_cut();
        if cut {
            self.report.cuts = self.report.cuts.saturating_add(1);
        }
        let candidates = match (cut, result) {
            (true, Ok(())) => return self.broken(Promise::Honest, key, None),
            (true, Err(_)) => [old, new],
            (false, Ok(())) => [new, new],
            (false, Err(reason)) => return self.broken(Promise::Works, key, Some(reason)),
        };
        let promise = if cut { Promise::Atomic } else { Promise::Durable };
        match self.holds(key, &candidates) {
            Ok(Some(which)) => {
                if let Some(there) = model.get_mut(place) {
                    *there = candidates.get(which).copied().flatten();
                }
            }
            Ok(None) => return self.broken(promise, key, None),
            Err(reason) => return self.broken(Promise::Recovers, key, Some(reason)),
        }
        self.others_are(key, model)?;
        Ok(cut)
    }

    /// Whether all keys but one hold what they should. After one power-on, for a port on flash reads all of it then.
    fn others_are(&mut self, but: u16, model: &Model) -> Result<(), Broken> {
        let others = || KEYS.into_iter().zip(*model).filter(|&(key, _)| key != but);
        self.report.compared = self.report.compared.saturating_add(others().count() as u64);
        let mut at = but;
        let all = self.with(|storage, buffer| {
            for (key, wanted) in others() {
                at = key;
                if !fits(wanted, loaded(storage, buffer, key)?) {
                    return Ok(false);
                }
            }
            Ok(true)
        });
        match all {
            Ok(true) => Ok(()),
            Ok(false) => self.broken(Promise::Independent, at, None),
            Err(reason) => self.broken(Promise::Independent, at, Some(reason)),
        }
    }

    /// Fills the storage until it refuses.
    fn fills(&mut self) -> Result<(), Broken> {
        let kept = self.value(KEYS[0], 50);
        let stored = self.store(kept);
        self.must(Promise::Full, KEYS[0], stored)?;
        let mut filled = FILL;
        let last = FILL.saturating_add(self.effort.fill);
        let mut refused = None;
        while filled < last && refused.is_none() {
            let value = Value { key: filled, version: 1, len: 200.min(self.effort.longest) };
            match self.store(value) {
                Ok(()) => filled = filled.saturating_add(1),
                Err(Reason::StorageFull) => refused = Some(filled),
                Err(reason) => return self.broken(Promise::Full, filled, Some(reason)),
            }
        }
        self.report.was_full = refused.is_some();
        if let Some(key) = refused {
            self.expect(Promise::Full, key, None)?;
        }
        self.expect(Promise::Full, KEYS[0], Some(kept))?;
        // A replacement may be refused too; then the old value is there.
        let replacement = self.value(KEYS[0], 50);
        let kept = match self.store(replacement) {
            Ok(()) => replacement,
            Err(Reason::StorageFull) => kept,
            Err(reason) => return self.broken(Promise::Full, KEYS[0], Some(reason)),
        };
        self.expect(Promise::Full, KEYS[0], Some(kept))?;
        for key in FILL..filled {
            let value = Value { key, version: 1, len: 200.min(self.effort.longest) };
            self.expect(Promise::Full, key, Some(value))?;
            let removed = self.remove(key);
            self.must(Promise::Full, key, removed)?;
            self.expect(Promise::Full, key, None)?;
        }
        self.expect(Promise::Full, KEYS[0], Some(kept))
    }
}

#[cfg(test)]
mod tests;
