//! NOR flash in RAM that is as strict as the real one, and worse.

use crate::reason::Reason;
use crate::store::flash::{FlashGeometry, MAX_FLASH_PAGES, Nor};
use crate::testing::Dice;

/// What a power cut leaves of the call that it interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tear {
    /// Nothing of it took effect.
    Nothing,
    /// The bytes before the cut did.
    Prefix,
    /// So did some bits of the byte at the cut.
    TornByte,
    /// The bytes before the cut did, and the others hold anything.
    Garbage,
    /// All of it did, and nobody was told.
    Everything,
}

impl Tear {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Nothing, Self::Prefix, Self::TornByte, Self::Garbage, Self::Everything];
}

/// `LEN` bytes of NOR flash. A word can be written once after its page was erased, even if it still
/// reads as erased; anything else is an error that changes nothing.
#[derive(Debug, Clone)]
pub struct RamFlash<const LEN: usize> {
    geometry: FlashGeometry,
    bytes: [u8; LEN],
    /// Whether a byte's word was touched since it was erased.
    touched: [bool; LEN],
    erases: [u32; MAX_FLASH_PAGES],
    /// Bytes written or erased since it was made.
    work: u64,
    calls: u64,
    cut: Option<(u64, Tear)>,
    dark: bool,
    failing: Option<(u64, bool)>,
    dice: Dice,
}

impl<const LEN: usize> RamFlash<LEN> {
    /// Erased flash: as many pages of this length as there are.
    #[must_use]
    pub fn new(page_len: u32, word_len: u8) -> Self {
        let pages = u32::try_from(LEN).ok().and_then(|len| len.checked_div(page_len));
        let pages = pages.and_then(|pages| u8::try_from(pages).ok()).unwrap_or(0);
        Self {
            geometry: FlashGeometry { page_len, pages, word_len },
            bytes: [0xFF; LEN],
            touched: [false; LEN],
            erases: [0; MAX_FLASH_PAGES],
            work: 0,
            calls: 0,
            cut: None,
            dark: false,
            failing: None,
            dice: Dice::new(1),
        }
    }

    /// Flash that holds this, as somebody else has left it.
    #[must_use]
    pub fn holding(page_len: u32, word_len: u8, bytes: [u8; LEN]) -> Self {
        Self { bytes, touched: [true; LEN], ..Self::new(page_len, word_len) }
    }

    /// What it holds.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; LEN] {
        &self.bytes
    }

    /// Bytes written or erased since it was made: each is a point at which power can be cut.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.work
    }

    /// Calls since it was made.
    #[must_use]
    pub const fn calls(&self) -> u64 {
        self.calls
    }

    /// How often a page was erased.
    #[must_use]
    pub fn erases(&self, page: u8) -> u32 {
        self.erases.get(usize::from(page)).copied().unwrap_or(0)
    }

    /// Cuts the power when so many more bytes were written or erased. From then on every call
    /// fails.
    pub fn cut_power(&mut self, after: u64, tear: Tear, seed: u64) {
        self.cut = Some((self.work.saturating_add(after), tear));
        self.dice = Dice::new(seed);
    }

    /// Whether the power was cut.
    #[must_use]
    pub const fn is_dark(&self) -> bool {
        self.dark
    }

    /// Power is back, and nothing fails any more.
    pub fn power_on(&mut self) {
        (self.cut, self.dark, self.failing) = (None, false, None);
    }

    /// Lets the call with this number from now on fail without an effect, counted from 1: that one,
    /// or all from there.
    pub fn fail_at(&mut self, call: u64, from_then_on: bool) {
        self.failing = Some((self.calls.saturating_add(call), from_then_on));
    }

    /// Flips a bit of what it holds.
    pub fn flip(&mut self, bit: usize) {
        let mask = 1_u8.wrapping_shl(u32::try_from(bit % 8).unwrap_or(0));
        if let Some(byte) = self.bytes.get_mut(bit / 8) {
            *byte ^= mask;
        }
    }

    fn begin(&mut self) -> Result<(), Reason> {
        self.calls = self.calls.saturating_add(1);
        let fails = match self.failing {
            Some((at, true)) => self.calls >= at,
            Some((at, false)) => self.calls == at,
            None => false,
        };
        if self.dark || fails { Err(Reason::StorageFailed) } else { Ok(()) }
    }

    /// How much of so many bytes is done before the power is cut, if it is.
    fn interrupted(&mut self, len: usize) -> Option<(usize, Tear)> {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        let end = self.work.saturating_add(len);
        match self.cut {
            Some((at, tear)) if at < end => {
                let done = at.saturating_sub(self.work);
                self.work = at;
                self.dark = true;
                Some((usize::try_from(done).unwrap_or(0), tear))
            }
            _ => {
                self.work = end;
                None
            }
        }
    }

    /// Changes bytes from `start` on, each towards what `full` makes of it, as far as the power
    /// lasts.
    fn change(
        &mut self,
        start: usize,
        len: usize,
        mut full: impl FnMut(usize, u8) -> u8,
    ) -> Result<(), Reason> {
        let cut = self.interrupted(len);
        let (done, tear) = cut.unwrap_or((len, Tear::Everything));
        let Self { bytes, touched, dice, .. } = self;
        let places = bytes.iter_mut().zip(touched).skip(start).take(len);
        for (place, (byte, touched)) in (0_usize..len).zip(places) {
            let (old, new) = (*byte, full(place, *byte));
            let changing = old ^ new;
            *byte = match tear {
                Tear::Everything => new,
                Tear::Nothing => old,
                _ if place < done => new,
                Tear::TornByte if place == done => old ^ (changing & dice.byte()),
                Tear::Garbage => old ^ (changing & dice.byte()),
                _ => old,
            };
            *touched |= tear != Tear::Nothing;
        }
        if cut.is_some() { Err(Reason::StorageFailed) } else { Ok(()) }
    }
}

impl<const LEN: usize> Nor for RamFlash<LEN> {
    fn geometry(&self) -> FlashGeometry {
        self.geometry
    }

    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason> {
        self.begin()?;
        let start = usize::try_from(address).map_err(|_| Reason::StorageFailed)?;
        let end = start.checked_add(to.len()).ok_or(Reason::StorageFailed)?;
        let from = self.bytes.get(start..end).ok_or(Reason::StorageFailed)?;
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
        Ok(())
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        self.begin()?;
        let word = usize::from(self.geometry.word_len);
        let start = usize::try_from(address).map_err(|_| Reason::StorageFailed)?;
        let end = start.checked_add(data.len()).ok_or(Reason::StorageFailed)?;
        let whole = start.checked_rem(word) == Some(0) && data.len().checked_rem(word) == Some(0);
        let touched = self.touched.get(start..end).ok_or(Reason::StorageFailed)?;
        if !whole || touched.contains(&true) {
            return Err(Reason::StorageFailed);
        }
        self.change(start, data.len(), |place, old| old & data.get(place).copied().unwrap_or(old))
    }

    fn erase(&mut self, page: u8) -> Result<(), Reason> {
        self.begin()?;
        let len = usize::try_from(self.geometry.page_len).map_err(|_| Reason::StorageFailed)?;
        if page >= self.geometry.pages {
            return Err(Reason::StorageFailed);
        }
        let start = usize::from(page).checked_mul(len).ok_or(Reason::StorageFailed)?;
        if let Some(erases) = self.erases.get_mut(usize::from(page)) {
            *erases = erases.saturating_add(1);
        }
        self.change(start, len, |_, _| 0xFF)?;
        for touched in self.touched.iter_mut().skip(start).take(len) {
            *touched = false;
        }
        Ok(())
    }
}
