//! Storage in memory that fails, loses power, forgets, is damaged, and gives back older values.

use core::cell::RefCell;

use crate::reason::Reason;
use crate::store::{Storage, StorageKey};
use crate::testing::Dice;

/// Which calls of a storage fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageFault {
    /// Number of the first call that fails, from 0, counted from when the fault is set.
    pub call: u32,
    /// How many calls fail from there on; `u32::MAX` is for ever.
    pub times: u32,
    /// Whether writes fail after their effect.
    pub after: bool,
    /// Whether only writes count and fail, or loads as well.
    pub writes_only: bool,
}

/// When the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerCut {
    /// At the write with this number, from 0, counted from when the power came.
    pub write: u32,
    /// Whether that write still takes effect.
    pub after: bool,
}

/// A value, or a place for one.
#[derive(Debug, Clone, Copy)]
struct SlotState<const LEN: usize> {
    key: u16,
    /// `None` where there is no value.
    len: Option<usize>,
    bytes: [u8; LEN],
}

#[derive(Debug, Clone)]
struct State<const VALUES: usize, const LEN: usize> {
    places: [SlotState<LEN>; VALUES],
    /// Behind the last place that was ever used.
    used: usize,
    /// A bit for each of some keys that may have a value: most keys have none.
    present: [u64; 32],
    cut: Option<PowerCut>,
    dark: bool,
    fault: Option<StorageFault>,
    random: Option<(u64, Dice)>,
    writes: u32,
    calls: u32,
    failed: u32,
    done: u64,
}

/// At most `VALUES` values of at most `LEN` bytes in memory. The test keeps it, and lends it to the agent
/// of each boot; what is done to it by these methods happens behind the agent's back.
///
/// A product whose storage fails while its clock is wrong:
///
/// ```
/// # fn main() -> Result<(), nodelock::Reason> {
/// use nodelock::testing::{ClockSetting, HostileClock, HostileStorage, StorageFault};
/// use nodelock::{Agent, AgentMemory, Feature, InstallMode, Product, Reason, Rules, Udi};
/// use nodelock::catalog::Catalog;
/// # use nodelock::PublicKey;
/// # use nodelock::crypto::SignatureVerifier;
/// # use nodelock::record::Message;
/// # use nodelock::value::Signature;
/// # #[derive(Debug)]
/// # struct Verifier;
/// # impl SignatureVerifier for Verifier {
/// #     fn sha256(&self, _: &Message<'_>) -> Result<[u8; 32], Reason> { Ok([0; 32]) }
/// #     fn verify(&self, _: &PublicKey, _: &[u8; 32], _: &Signature) -> Result<(), Reason> { Ok(()) }
/// # }
///
/// static CATALOG: Catalog<'static> = nodelock::catalog!(&[Feature::new("voice").eula("terms")]);
///
/// let storage = HostileStorage::<32>::new();
/// let mut clock = HostileClock::new(1_795_348_800);
/// clock.set(ClockSetting::At(0));
/// let mut memory = AgentMemory::<4, 1, 1, 8>::new();
/// let voice = CATALOG.find(b"voice").unwrap();
/// for boot in 0..2 {
///     let product = Product { catalog: &CATALOG, anchors: &[], rules: Rules::DEFAULT };
///     let device = Udi::parse(b"ISR4331/K9:FDO1234ABCD")?;
///     let mut agent = Agent::boot(product, device, Verifier, &storage, &mut memory, clock.now())?;
///     if boot == 0 {
///         // The second write of this verb fails, and all after it.
///         let fault = StorageFault { call: 1, times: u32::MAX, after: false, writes_only: true };
///         storage.set_fault(Some(fault));
///         assert_eq!(agent.accept_eula(voice, b"the terms", clock.now()), Err(Reason::StorageFailed));
///         storage.set_fault(None);
///     } else {
///         // What was refused has not happened.
///         let mut entries = 0;
///         agent.history(|_| entries += 1)?;
///         assert_eq!(entries, 0);
///     }
///     clock.reboot(60);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct HostileStorage<const VALUES: usize = 64, const LEN: usize = 640>(
    RefCell<State<VALUES, LEN>>,
);

impl<const VALUES: usize, const LEN: usize> Default for HostileStorage<VALUES, LEN> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const VALUES: usize, const LEN: usize> HostileStorage<VALUES, LEN> {
    /// Empty, and without a fault.
    #[must_use]
    pub const fn new() -> Self {
        Self(RefCell::new(State {
            places: [SlotState { key: 0, len: None, bytes: [0; LEN] }; VALUES],
            used: 0,
            present: [0; 32],
            cut: None,
            dark: false,
            fault: None,
            random: None,
            writes: 0,
            calls: 0,
            failed: 0,
            done: 0,
        }))
    }

    /// Empties it. Nothing fails any more, and the power is on.
    pub fn wipe(&self) {
        let state = &mut *self.0.borrow_mut();
        for place in state.places.iter_mut().take(state.used) {
            place.len = None;
        }
        (state.used, state.present) = (0, [0; 32]);
        (state.cut, state.dark, state.fault, state.random) = (None, false, None, None);
    }

    /// The power comes back; it goes again at this write, if at all.
    pub fn power_on(&self, cut: Option<PowerCut>) {
        let state = &mut *self.0.borrow_mut();
        (state.dark, state.cut, state.writes) = (false, cut, 0);
    }

    /// Whether the power has gone: every call fails.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        self.0.borrow().dark
    }

    /// From now on calls fail so, or none does.
    pub fn set_fault(&self, fault: Option<StorageFault>) {
        let state = &mut *self.0.borrow_mut();
        (state.fault, state.calls, state.failed) = (fault, 0, 0);
    }

    /// From now on one write in so many fails, by chance before or after its effect; with 0 none does.
    pub fn fail_at_random(&self, one_in: u64, seed: u64) {
        self.0.borrow_mut().random = (one_in > 0).then(|| (one_in, Dice::new(seed)));
    }

    /// How many calls that the fault counts were made and how many failed, since it was set.
    #[must_use]
    pub fn calls(&self) -> (u32, u32) {
        let state = self.0.borrow();
        (state.calls, state.failed)
    }

    /// How many writes took effect since it was made.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.0.borrow().done
    }

    /// Goes through all that is stored, in no order.
    pub fn each(&self, mut value: impl FnMut(StorageKey, &[u8])) {
        for place in self.0.borrow().places.iter() {
            if let Some(bytes) = place.value() {
                value(StorageKey(place.key), bytes);
            }
        }
    }

    /// Copies what is stored under a key to the beginning of a buffer; its length, if there is a value.
    pub fn value(&self, key: StorageKey, buffer: &mut [u8]) -> Option<usize> {
        let state = self.0.borrow();
        let value = state.place(key.0).and_then(|at| state.places.get(at)?.value())?;
        for (to, from) in buffer.iter_mut().zip(value) {
            *to = *from;
        }
        Some(value.len())
    }

    /// Replaces or removes a value behind the agent's back; whether there was room for it.
    pub fn put(&self, key: StorageKey, value: Option<&[u8]>) -> bool {
        self.0.borrow_mut().put(key.0, value).is_ok()
    }

    /// Flips a bit of a value; whether there is such a bit.
    pub fn flip(&self, key: StorageKey, bit: usize) -> bool {
        let mask = 1_u8.wrapping_shl(u32::try_from(bit % 8).unwrap_or(0));
        self.change(key, |value| {
            let byte = value.get_mut(bit / 8)?;
            *byte ^= mask;
            Some(value.len())
        })
    }

    /// Flips two bits of a value; whether there are such bits.
    pub fn flip_pair(&self, key: StorageKey, bit: usize, other: usize) -> bool {
        self.flip(key, bit) && self.flip(key, other)
    }

    /// Cuts a value off; whether it was longer than that.
    pub fn truncate(&self, key: StorageKey, len: usize) -> bool {
        self.change(key, |value| Some(len).filter(|len| *len < value.len()))
    }

    /// Lets two keys hold each other's values.
    pub fn swap(&self, key: StorageKey, other: StorageKey) {
        let state = &mut *self.0.borrow_mut();
        let places = (state.place(key.0), state.place(other.0));
        for (place, key) in [(places.0, other), (places.1, key)] {
            if let Some(place) = place.and_then(|at| state.places.get_mut(at)) {
                place.key = key.0;
                state.mark(key.0);
            }
        }
    }

    /// Gives back one value as an older copy has it, or removes it where that has none.
    pub fn put_back(&self, older: &Self, key: StorageKey) {
        let older = older.0.borrow();
        let value = older.place(key.0).and_then(|at| older.places.get(at)?.value());
        let _ = self.0.borrow_mut().put(key.0, value);
    }

    /// Gives back all that an older copy, a clone of this, has. Faults and power stay as they are.
    pub fn put_all_back(&self, older: &Self) {
        let (state, older) = (&mut *self.0.borrow_mut(), older.0.borrow());
        (state.places, state.used, state.present) = (older.places, older.used, older.present);
    }

    fn change(&self, key: StorageKey, change: impl FnOnce(&mut [u8]) -> Option<usize>) -> bool {
        let state = &mut *self.0.borrow_mut();
        let Some(place) = state.place(key.0).and_then(|at| state.places.get_mut(at)) else {
            return false;
        };
        let value = place.bytes.get_mut(..place.len.unwrap_or(0)).unwrap_or_default();
        let Some(len) = change(value) else { return false };
        place.len = Some(len);
        true
    }
}

impl<const LEN: usize> SlotState<LEN> {
    fn value(&self) -> Option<&[u8]> {
        self.len.and_then(|len| self.bytes.get(..len))
    }
}

impl<const VALUES: usize, const LEN: usize> State<VALUES, LEN> {
    const fn bit(key: u16) -> (usize, u64) {
        let number = key % 2048;
        ((number / 64) as usize, 1_u64.wrapping_shl((number % 64) as u32))
    }

    fn mark(&mut self, key: u16) {
        let (word, bit) = Self::bit(key);
        if let Some(bits) = self.present.get_mut(word) {
            *bits |= bit;
        }
    }

    /// Where the value of a key is.
    fn place(&self, key: u16) -> Option<usize> {
        let (word, bit) = Self::bit(key);
        self.present.get(word).filter(|bits| **bits & bit != 0)?;
        let mut places = self.places.iter().take(self.used);
        places.position(|place| place.key == key && place.len.is_some())
    }

    fn put(&mut self, key: u16, value: Option<&[u8]>) -> Result<(), Reason> {
        let there = self.place(key);
        let Some(value) = value else {
            if let Some(place) = there.and_then(|at| self.places.get_mut(at)) {
                place.len = None;
            }
            return Ok(());
        };
        let free = || self.places.iter().position(|place| place.len.is_none());
        let at = there.or_else(free).ok_or(Reason::StorageFull)?;
        let place = self.places.get_mut(at).ok_or(Reason::StorageFull)?;
        let bytes = place.bytes.get_mut(..value.len()).ok_or(Reason::StorageFull)?;
        for (to, from) in bytes.iter_mut().zip(value) {
            *to = *from;
        }
        (place.key, place.len) = (key, Some(value.len()));
        self.used = self.used.max(at.saturating_add(1));
        self.mark(key);
        Ok(())
    }

    fn write(&mut self, key: StorageKey, value: Option<&[u8]>) -> Result<(), Reason> {
        if self.dark {
            return Err(Reason::StorageFailed);
        }
        let number = self.writes;
        self.writes = self.writes.saturating_add(1);
        let (mut effect, mut fails) = (true, false);
        if let Some(cut) = self.cut.filter(|cut| cut.write == number) {
            (self.dark, effect, fails) = (true, cut.after, true);
        }
        if let Some(fault) = self.faults(true) {
            (effect, fails) = (effect && fault.after, true);
        }
        if let Some((one_in, dice)) = &mut self.random
            && dice.below(*one_in) == 0
        {
            (effect, fails) = (effect && dice.byte() % 2 == 0, true);
        }
        if effect {
            self.put(key.0, value)?;
            self.done = self.done.saturating_add(1);
        }
        if fails { Err(Reason::StorageFailed) } else { Ok(()) }
    }

    fn faults(&mut self, write: bool) -> Option<StorageFault> {
        let fault = self.fault.filter(|fault| write || !fault.writes_only)?;
        let number = self.calls;
        self.calls = self.calls.saturating_add(1);
        let since = number.checked_sub(fault.call);
        let hit = since.is_some_and(|since| since < fault.times);
        self.failed = self.failed.saturating_add(u32::from(hit));
        hit.then_some(fault)
    }
}

/// The agent borrows it; the test goes on to do things to it.
impl<const VALUES: usize, const LEN: usize> Storage for &HostileStorage<VALUES, LEN> {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let state = &mut *self.0.borrow_mut();
        if state.dark || state.faults(false).is_some() {
            return Err(Reason::StorageFailed);
        }
        let Some(value) = state.place(key.0).and_then(|at| state.places.get(at)?.value()) else {
            return Ok(None);
        };
        let room = buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?;
        for (to, from) in room.iter_mut().zip(value) {
            *to = *from;
        }
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.0.borrow_mut().write(key, Some(value))
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.0.borrow_mut().write(key, None)
    }
}
