//! Storage in memory that loses power, fails, forgets and gives back older values on demand.

use std::cell::RefCell;

use nodelock::{Reason, Storage, StorageKey};

/// One more than the highest key (SPEC 13).
const KEYS: usize = 0x0610;

/// When the power goes: at the write with this number, before or after its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Number of the write of this boot, from 0.
    pub write: u32,
    /// Whether the write still takes effect.
    pub after: bool,
}

/// Which calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Number of the first call that fails, counted from when the fault is set.
    pub call: u32,
    /// How many calls fail from there on.
    pub times: u32,
    /// Whether writes fail after their effect.
    pub after: bool,
    /// Whether only writes count and fail, or loads as well.
    pub writes_only: bool,
}

#[derive(Debug, Default)]
struct State {
    values: Vec<Option<Vec<u8>>>,
    touched: Vec<u16>,
    cut: Option<Cut>,
    fault: Option<Fault>,
    writes: u32,
    calls: u32,
    failed: u32,
    off: bool,
    all_writes: u64,
    write_mark: u64,
}

/// The storage. Shared between the device and its agent.
#[derive(Debug)]
pub struct Disk(RefCell<State>);

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Disk {
    /// Empty.
    #[must_use]
    pub fn new() -> Self {
        Self(RefCell::new(State { values: vec![None; KEYS], ..State::default() }))
    }

    /// Empties it.
    pub fn wipe(&self) {
        let mut state = self.0.borrow_mut();
        let state = &mut *state;
        for key in state.touched.drain(..) {
            state.values[usize::from(key)] = None;
        }
        state.cut = None;
        state.fault = None;
        state.off = false;
    }

    /// The power comes back; it goes again at this write.
    pub fn power_on(&self, cut: Option<Cut>) {
        let mut state = self.0.borrow_mut();
        state.off = false;
        state.cut = cut;
        state.writes = 0;
    }

    /// Whether the power went at a write.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.0.borrow().off
    }

    /// From now on calls fail so.
    pub fn set_fault(&self, fault: Option<Fault>) {
        let mut state = self.0.borrow_mut();
        state.fault = fault;
        state.calls = 0;
        state.failed = 0;
    }

    /// How many calls were made and how many failed since the fault was set.
    #[must_use]
    pub fn calls(&self) -> (u32, u32) {
        let state = self.0.borrow();
        (state.calls, state.failed)
    }

    /// Successful writes since the last time that this was asked.
    #[must_use]
    pub fn new_writes(&self) -> u64 {
        let mut state = self.0.borrow_mut();
        let new = state.all_writes - state.write_mark;
        state.write_mark = state.all_writes;
        new
    }

    /// What is stored under a key.
    #[must_use]
    pub fn value(&self, key: u16) -> Option<Vec<u8>> {
        self.0.borrow().values.get(usize::from(key)).cloned().flatten()
    }

    /// Replaces what is stored, behind the agent's back.
    pub fn put(&self, key: u16, value: Option<Vec<u8>>) {
        let mut state = self.0.borrow_mut();
        state.touched.push(key);
        state.values[usize::from(key)] = value;
    }

    /// All that is stored.
    #[must_use]
    pub fn snapshot(&self) -> Vec<(u16, Vec<u8>)> {
        let state = self.0.borrow();
        let mut keys = state.touched.clone();
        keys.sort_unstable();
        keys.dedup();
        let value = |key: u16| state.values[usize::from(key)].clone().map(|value| (key, value));
        keys.into_iter().filter_map(value).collect()
    }

    /// Puts back what was stored.
    pub fn restore(&self, values: &[(u16, Vec<u8>)]) {
        self.wipe();
        for (key, value) in values {
            self.put(*key, Some(value.clone()));
        }
    }

    fn write(&self, key: StorageKey, value: Option<&[u8]>) -> Result<(), Reason> {
        let mut state = self.0.borrow_mut();
        if state.off {
            return Err(Reason::StorageFailed);
        }
        let (mut effect, mut result) = (true, Ok(()));
        let number = state.writes;
        state.writes += 1;
        if let Some(cut) = state.cut.filter(|cut| cut.write == number) {
            state.off = true;
            (effect, result) = (cut.after, Err(Reason::StorageFailed));
        } else if let Some(fault) = state.faults(true) {
            (effect, result) = (fault.after, Err(Reason::StorageFailed));
        }
        let place = usize::from(key.0);
        if effect && place < KEYS {
            state.all_writes += 1;
            if let (Some(old), Some(new)) = (&mut state.values[place], value) {
                old.clear();
                old.extend_from_slice(new);
            } else {
                state.touched.push(key.0);
                state.values[place] = value.map(<[u8]>::to_vec);
            }
        }
        result
    }
}

impl State {
    fn faults(&mut self, write: bool) -> Option<Fault> {
        let fault = self.fault?;
        if fault.writes_only && !write {
            return None;
        }
        let number = self.calls;
        self.calls += 1;
        let hit = number >= fault.call && number - fault.call < fault.times;
        self.failed += u32::from(hit);
        hit.then_some(fault)
    }
}

impl Storage for &Disk {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let mut state = self.0.borrow_mut();
        if state.off || state.faults(false).is_some() {
            return Err(Reason::StorageFailed);
        }
        let Some(value) = state.values.get(usize::from(key.0)).and_then(Option::as_ref) else {
            return Ok(None);
        };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.write(key, Some(value))
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.write(key, None)
    }
}
