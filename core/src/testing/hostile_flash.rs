//! NOR flash in RAM as it is when it is old, cheap or badly driven.

use crate::reason::Reason;
use crate::store::flash::{FlashGeometry, Nor};
use crate::testing::Dice;

/// What can be wrong with flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum FlashFault {
    /// A write fails, and nothing of it took effect.
    WriteRefused,
    /// A write fails half-way: the bytes before some point took effect, and some bits of the next one.
    WriteHalf,
    /// A write fails after all of it took effect.
    WriteDone,
    /// A write says that it is done, and nothing of it took effect.
    WriteIgnored,
    /// An erase fails, and the page is as it was.
    EraseRefused,
    /// An erase fails half-way: the page is erased up to some byte, or from there on.
    EraseHalf,
    /// An erase fails after all of it took effect.
    EraseDone,
    /// An erase says that it is done, and the page is as it was.
    EraseIgnored,
    /// An erase says that it is done, and did half of it.
    EraseHalfIgnored,
    /// From an erase on a bit of the page stays at 0 for ever.
    StuckLow,
    /// From an erase on a bit of the page stays at 1 for ever.
    StuckHigh,
    /// From an erase on a word of the page stays at 0 for ever.
    DeadWord,
    /// After an erase a word of the page reads as erased, and takes nothing before the next one.
    DeafWord,
    /// From an erase on a bit of the page reads as 0 or as 1, each time by chance.
    WeakBit,
    /// A write flips a bit of a word next to it.
    DisturbNear,
    /// A write flips a bit of any page.
    DisturbFar,
}

impl FlashFault {
    /// All of them.
    pub const ALL: [Self; COUNT] = [
        Self::WriteRefused,
        Self::WriteHalf,
        Self::WriteDone,
        Self::WriteIgnored,
        Self::EraseRefused,
        Self::EraseHalf,
        Self::EraseDone,
        Self::EraseIgnored,
        Self::EraseHalfIgnored,
        Self::StuckLow,
        Self::StuckHigh,
        Self::DeadWord,
        Self::DeafWord,
        Self::WeakBit,
        Self::DisturbNear,
        Self::DisturbFar,
    ];
}

const COUNT: usize = 16;

/// Flaws that are remembered; there are no more of them then.
const MOST_FLAWS: usize = 48;

/// Bits that are not what was written.
#[derive(Debug, Clone, Copy)]
struct Flaw {
    fault: FlashFault,
    at: usize,
    len: usize,
    mask: u8,
}

/// `LEN` bytes of NOR flash that fails as often as it is told to. Like [`RamFlash`](super::RamFlash) it
/// refuses to write a word a second time.
///
/// ```
/// use nodelock::store::flash::FlashStorage;
/// use nodelock::testing::{FlashFault, HostileFlash};
/// use nodelock::Storage;
/// use nodelock::store::StorageKey;
///
/// let mut flash = HostileFlash::<4_096>::new(1_024, 4, 7);
/// flash.inflict(FlashFault::WriteHalf, 6, u64::MAX); // one in six, for ever
/// flash.inflict(FlashFault::EraseDone, 1, 1); // the next one
/// let mut storage = FlashStorage::mount(flash)?;
/// let stored = storage.store(StorageKey(1), b"used: 9 hours");
/// let mut storage = FlashStorage::mount(storage.into_flash())?;
/// let mut buffer = [0; 32];
/// let found = storage.load(StorageKey(1), &mut buffer)?;
/// assert!(found == Some(13) || stored.is_err());
/// # Ok::<(), nodelock::Reason>(())
/// ```
#[derive(Debug, Clone)]
pub struct HostileFlash<const LEN: usize> {
    geometry: FlashGeometry,
    bytes: [u8; LEN],
    /// Whether a byte's word was written to since it was erased.
    touched: [bool; LEN],
    flaws: [Option<Flaw>; MOST_FLAWS],
    /// For each fault: one in so many, and how often it still happens.
    rates: [(u64, u64); COUNT],
    /// How often any of them happened.
    happened: u64,
    /// Writes and erases that are still done before the power goes.
    power: Option<u64>,
    dark: bool,
    dice: Dice,
}

impl<const LEN: usize> HostileFlash<LEN> {
    /// Erased flash without a fault: as many pages of this length as there are.
    #[must_use]
    pub fn new(page_len: u32, word_len: u8, seed: u64) -> Self {
        let pages = u32::try_from(LEN).ok().and_then(|len| len.checked_div(page_len));
        let pages = pages.and_then(|pages| u8::try_from(pages).ok()).unwrap_or(0);
        Self {
            geometry: FlashGeometry { page_len, pages, word_len },
            bytes: [0xFF; LEN],
            touched: [false; LEN],
            flaws: [None; MOST_FLAWS],
            rates: [(0, 0); COUNT],
            happened: 0,
            power: None,
            dark: false,
            dice: Dice::new(seed),
        }
    }

    /// Lets a fault happen in one of `one_in` calls that it is about, as many `times` at most: 1 and 1
    /// is the next call, 1 and `u64::MAX` is all of them, 0 is none.
    pub fn inflict(&mut self, fault: FlashFault, one_in: u64, times: u64) {
        if let Some(rate) = self.rates.get_mut(fault as usize) {
            *rate = (one_in, times);
        }
    }

    /// Nothing fails any more; what is broken stays so.
    pub fn calm(&mut self) {
        self.rates = [(0, 0); COUNT];
    }

    /// The power goes in the middle of a write or an erase, after so many others from now on: of that one
    /// nothing is done, a part, or all. Every call fails from then on.
    pub const fn cut_power(&mut self, after: u64) {
        self.power = Some(after);
    }

    /// Whether the power has gone.
    #[must_use]
    pub const fn is_dark(&self) -> bool {
        self.dark
    }

    /// The power is back, and stays.
    pub const fn power_on(&mut self) {
        (self.power, self.dark) = (None, false);
    }

    /// Whatever comes by chance goes on with this seed: the same flaws, and other failures.
    pub const fn reseed(&mut self, seed: u64) {
        self.dice = Dice::new(seed);
    }

    /// How many faults have happened.
    #[must_use]
    pub const fn happened(&self) -> u64 {
        self.happened
    }

    /// Flips a bit of what it holds, until its page is erased.
    pub fn flip(&mut self, bit: usize) {
        let mask = 1_u8.wrapping_shl(u32::try_from(bit % 8).unwrap_or(0));
        if let Some(byte) = self.bytes.get_mut(bit / 8) {
            *byte ^= mask;
        }
    }

    /// Flips two bits.
    pub fn flip_pair(&mut self, bit: usize, other: usize) {
        self.flip(bit);
        self.flip(other);
    }

    /// Counts a write or an erase; whether the power goes in the middle of it.
    fn goes_dark(&mut self) -> bool {
        let left = self.power.map(|left| left.checked_sub(1));
        self.dark = left == Some(None);
        self.power = left.flatten();
        self.dark
    }

    fn happens(&mut self, fault: FlashFault) -> bool {
        let Some((one_in, times)) = self.rates.get_mut(fault as usize) else { return false };
        if *one_in == 0 || *times == 0 || self.dice.below(*one_in) != 0 {
            return false;
        }
        *times = times.saturating_sub(1);
        self.happened = self.happened.saturating_add(1);
        true
    }

    /// A number below another one.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(self.dice.below(limit)).unwrap_or(0)
    }

    fn random_bit(&mut self, start: usize, len: usize) -> (usize, u8) {
        let at = start.saturating_add(self.below(len));
        (at, 1_u8.wrapping_shl(u32::from(self.dice.byte() % 8)))
    }

    fn flaw(&mut self, flaw: Flaw) {
        if let Some(place) = self.flaws.iter_mut().find(|flaw| flaw.is_none()) {
            *place = Some(flaw);
        }
    }

    fn disturb(&mut self, start: usize, len: usize) {
        let (at, mask) = self.random_bit(start, len);
        if let Some(byte) = self.bytes.get_mut(at) {
            *byte ^= mask;
        }
    }

    /// Whether all of a word takes nothing.
    fn is_deaf(&self, at: usize) -> bool {
        let deaf = |flaw: &Flaw| flaw.fault == FlashFault::DeafWord && flaw.covers(at);
        self.flaws.iter().flatten().any(deaf)
    }

    /// Writes the bytes before a place, and some bits of the one there.
    fn put(&mut self, start: usize, data: &[u8], until: usize) {
        for (place, new) in (0_usize..).zip(data) {
            let at = start.saturating_add(place);
            let some = match place.cmp(&until) {
                core::cmp::Ordering::Less => 0xFF,
                core::cmp::Ordering::Equal => self.dice.byte(),
                core::cmp::Ordering::Greater => 0,
            };
            let deaf = self.is_deaf(at);
            if let Some(byte) = self.bytes.get_mut(at).filter(|_| !deaf) {
                *byte &= new | !some;
            }
            if let Some(touched) = self.touched.get_mut(at) {
                *touched = true;
            }
        }
    }

    /// Erases some bytes of a page.
    fn clear(&mut self, start: usize, len: usize) {
        for byte in self.bytes.iter_mut().skip(start).take(len) {
            *byte = 0xFF;
        }
        for touched in self.touched.iter_mut().skip(start).take(len) {
            *touched = false;
        }
    }

    fn clear_half(&mut self, start: usize, len: usize) {
        let at = self.below(len);
        match self.dice.byte() % 2 {
            0 => self.clear(start, at),
            _ => self.clear(start.saturating_add(at), len.saturating_sub(at)),
        }
    }

    fn wear(&mut self, start: usize, len: usize) {
        let word = usize::from(self.geometry.word_len);
        for fault in FlashFault::ALL {
            let is_word = matches!(fault, FlashFault::DeadWord | FlashFault::DeafWord);
            let is_bit =
                matches!(fault, FlashFault::StuckLow | FlashFault::StuckHigh | FlashFault::WeakBit);
            if (is_word || is_bit) && self.happens(fault) {
                let (at, mask) = self.random_bit(start, len);
                let first = at.saturating_sub(at.checked_rem(word).unwrap_or(0));
                self.flaw(match is_word {
                    true => Flaw { fault, at: first, len: word, mask: 0xFF },
                    false => Flaw { fault, at, len: 1, mask },
                });
            }
        }
    }
}

impl Flaw {
    const fn covers(&self, at: usize) -> bool {
        self.at <= at && at < self.at.saturating_add(self.len)
    }

    fn read(&self, byte: u8, dice: &mut Dice) -> u8 {
        match self.fault {
            FlashFault::StuckLow | FlashFault::DeadWord => byte & !self.mask,
            FlashFault::StuckHigh => byte | self.mask,
            FlashFault::WeakBit => byte ^ (self.mask & dice.byte()),
            _ => byte,
        }
    }
}

impl<const LEN: usize> Nor for HostileFlash<LEN> {
    fn geometry(&self) -> FlashGeometry {
        self.geometry
    }

    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason> {
        let start = usize::try_from(address).map_err(|_| Reason::StorageFailed)?;
        let end = start.checked_add(to.len()).ok_or(Reason::StorageFailed)?;
        let from =
            self.bytes.get(start..end).filter(|_| !self.dark).ok_or(Reason::StorageFailed)?;
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
        for flaw in self.flaws.iter().flatten() {
            for (at, byte) in (start..end).zip(to.iter_mut()) {
                if flaw.covers(at) {
                    *byte = flaw.read(*byte, &mut self.dice);
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        let word = usize::from(self.geometry.word_len);
        let start = usize::try_from(address).map_err(|_| Reason::StorageFailed)?;
        let end = start.checked_add(data.len()).ok_or(Reason::StorageFailed)?;
        let whole = start.checked_rem(word) == Some(0) && data.len().checked_rem(word) == Some(0);
        let touched = self.touched.get(start..end).ok_or(Reason::StorageFailed)?;
        if !whole || touched.contains(&true) || self.dark {
            return Err(Reason::StorageFailed);
        }
        if self.goes_dark() {
            let until = self.below(data.len().saturating_add(2));
            if until > 0 {
                self.put(start, data, until.saturating_sub(1));
            }
            return Err(Reason::StorageFailed);
        }
        if self.happens(FlashFault::WriteRefused) {
            return Err(Reason::StorageFailed);
        }
        if self.happens(FlashFault::WriteIgnored) {
            return Ok(());
        }
        if self.happens(FlashFault::WriteHalf) {
            let until = self.below(data.len());
            self.put(start, data, until);
            return Err(Reason::StorageFailed);
        }
        self.put(start, data, data.len());
        if self.happens(FlashFault::DisturbNear) {
            let near = start.saturating_sub(word);
            self.disturb(near, end.saturating_add(word).saturating_sub(near));
        }
        if self.happens(FlashFault::DisturbFar) {
            self.disturb(0, LEN);
        }
        if self.happens(FlashFault::WriteDone) { Err(Reason::StorageFailed) } else { Ok(()) }
    }

    fn erase(&mut self, page: u8) -> Result<(), Reason> {
        let len = usize::try_from(self.geometry.page_len).map_err(|_| Reason::StorageFailed)?;
        let start = usize::from(page).checked_mul(len).ok_or(Reason::StorageFailed)?;
        if page >= self.geometry.pages || self.dark {
            return Err(Reason::StorageFailed);
        }
        if self.goes_dark() {
            self.clear_half(start, len);
            return Err(Reason::StorageFailed);
        }
        if self.happens(FlashFault::EraseRefused) {
            return Err(Reason::StorageFailed);
        }
        if self.happens(FlashFault::EraseIgnored) {
            return Ok(());
        }
        let failed = self.happens(FlashFault::EraseHalf);
        if failed || self.happens(FlashFault::EraseHalfIgnored) {
            self.clear_half(start, len);
            return if failed { Err(Reason::StorageFailed) } else { Ok(()) };
        }
        self.clear(start, len);
        for flaw in &mut self.flaws {
            let hears = |flaw: &Flaw| {
                flaw.fault == FlashFault::DeafWord
                    && (start..start.saturating_add(len)).contains(&flaw.at)
            };
            *flaw = flaw.filter(|flaw| !hears(flaw));
        }
        self.wear(start, len);
        if self.happens(FlashFault::EraseDone) { Err(Reason::StorageFailed) } else { Ok(()) }
    }
}
