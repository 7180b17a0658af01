//! [`MemoryStorage`]: values in memory, for tests and simulations.

use std::collections::BTreeMap;

use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};

/// Values in memory. They live as long as this does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryStorage {
    values: BTreeMap<StorageKey, Vec<u8>>,
    writes_left: Option<u64>,
}

impl MemoryStorage {
    /// With these values.
    #[must_use]
    pub fn new(values: BTreeMap<StorageKey, Vec<u8>>) -> Self {
        Self { values, writes_left: None }
    }

    /// The values.
    #[must_use]
    pub const fn values(&self) -> &BTreeMap<StorageKey, Vec<u8>> {
        &self.values
    }

    /// Lets so many writes succeed and all later ones fail, as when the power goes.
    pub const fn cut_power_after(&mut self, writes: u64) {
        self.writes_left = Some(writes);
    }

    fn write(&mut self) -> Result<(), Reason> {
        match &mut self.writes_left {
            None => Ok(()),
            Some(0) => Err(Reason::StorageFailed),
            Some(left) => {
                *left = left.saturating_sub(1);
                Ok(())
            }
        }
    }
}

impl Storage for MemoryStorage {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(value) = self.values.get(&key) else { return Ok(None) };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.write()?;
        self.values.insert(key, value.to_vec());
        Ok(())
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.write()?;
        self.values.remove(&key);
        Ok(())
    }
}
