//! The storage of the simulated device, with what is wrong with it.

use std::cell::RefCell;
use std::rc::Rc;

use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};
use nodelock_std::MemoryStorage;

use super::faults::{Change, Faults};
use super::worn::{Chip, show};

/// The storage of the device, which is looked at while the agent works on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared(Rc<RefCell<Faulty>>);

/// Values, and what is wrong with them.
#[derive(Debug, Default)]
struct Faulty {
    values: MemoryStorage,
    faults: Faults,
    /// Where the values lie, if that is bad flash.
    chip: Option<Chip>,
}

impl Faulty {
    fn build_chip(&mut self) {
        // What is stored has been in there before.
        self.chip = self.faults.worn().and_then(|worn| worn.holding(&self.values).ok());
    }

    /// A write that is not meant to fail, before the flash has its say.
    fn write(
        &mut self,
        key: StorageKey,
        on: impl Fn(&mut dyn Storage) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        let Self { values, faults, chip } = self;
        if let Some(worn) = faults.worn() {
            worn.done = worn.done.saturating_add(1);
        }
        faults.write(|| {
            // The power comes first.
            on(values)?;
            let Some(chip) = chip else { return Ok(()) };
            let result = on(chip);
            if result.is_err() {
                show(chip, key, values);
            }
            result
        })
    }
}

impl Shared {
    pub(crate) fn new(values: MemoryStorage, faults: Faults) -> Self {
        let mut faulty = Faulty { values, faults, chip: None };
        faulty.build_chip();
        Self(Rc::new(RefCell::new(faulty)))
    }

    pub(crate) fn copy(&self) -> MemoryStorage {
        self.0.borrow().values.clone()
    }

    pub(crate) fn faults(&self) -> Faults {
        self.0.borrow().faults.clone()
    }

    pub(super) fn cut_power_after(&self, writes: u64) {
        self.0.borrow_mut().values.cut_power_after(writes);
    }

    pub(super) fn change_faults(&self, change: Change) -> Result<(), String> {
        let faulty = &mut *self.0.borrow_mut();
        faulty.faults.change(change, &mut faulty.values)?;
        faulty.build_chip();
        Ok(())
    }
}

impl Storage for Shared {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Faulty { values, faults, chip } = &mut *self.0.borrow_mut();
        let found = match chip {
            Some(chip) => chip.load(key, buffer)?,
            None => values.load(key, buffer)?,
        };
        faults.read(key, buffer.get_mut(..found.unwrap_or_default()).unwrap_or_default());
        Ok(found)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.0.borrow_mut().write(key, |storage| storage.store(key, value))
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.0.borrow_mut().write(key, |storage| storage.remove(key))
    }
}
