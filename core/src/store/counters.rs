//! Monotonic counters, which cannot be restored together with the storage.

use crate::reason::Reason;
use crate::store::{Storage, StorageKey};
pub use crate::value::level::RollbackLevel;

/// What the counters say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counters {
    /// Changes that were begun.
    pub started: u64,
    /// Changes that are durable; `None` if there is one counter only.
    pub committed: Option<u64>,
}

/// Counters that never go back: of a secure element, a TPM, a replay-protected memory block, or
/// two values in another storage.
///
/// Both begin at 0. One counter is not enough to notice every restored copy: after a power cut the
/// copy before the change must be accepted, and then it can always be put back.
pub trait MonotonicCounters {
    /// How much it is worth. A constant of the port.
    fn level(&self) -> RollbackLevel;

    /// Reads the counters.
    ///
    /// # Errors
    /// [`Reason::CountersFailed`].
    fn counters(&mut self) -> Result<Counters, Reason>;

    /// Raises `started` by one. Durable when it returns; a power cut during the call may raise it
    /// or not.
    ///
    /// # Errors
    /// [`Reason::CountersFailed`].
    fn start(&mut self) -> Result<(), Reason>;

    /// Raises `committed` to this number, which is never lower than it is and never higher than
    /// `started`. Counters that only count up by one do so step by step; a power cut in between is
    /// harmless. With one counter there is nothing to do.
    ///
    /// # Errors
    /// [`Reason::CountersFailed`].
    fn commit(&mut self, to: u64) -> Result<(), Reason>;
}

impl<A: MonotonicCounters + ?Sized> MonotonicCounters for &mut A {
    fn level(&self) -> RollbackLevel {
        (**self).level()
    }

    fn counters(&mut self) -> Result<Counters, Reason> {
        (**self).counters()
    }

    fn start(&mut self) -> Result<(), Reason> {
        (**self).start()
    }

    fn commit(&mut self, to: u64) -> Result<(), Reason> {
        (**self).commit(to)
    }
}

/// No counters.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCounters;

impl MonotonicCounters for NoCounters {
    fn level(&self) -> RollbackLevel {
        RollbackLevel::None
    }

    fn counters(&mut self) -> Result<Counters, Reason> {
        Err(Reason::CountersFailed)
    }

    fn start(&mut self) -> Result<(), Reason> {
        Err(Reason::CountersFailed)
    }

    fn commit(&mut self, _: u64) -> Result<(), Reason> {
        Err(Reason::CountersFailed)
    }
}

/// A storage with counters of its own beside it.
#[derive(Debug, Clone, Default)]
pub struct WithCounters<S, A> {
    /// The storage.
    pub storage: S,
    /// The counters.
    pub counters: A,
}

impl<S: Storage, A: MonotonicCounters> Storage for WithCounters<S, A> {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        self.storage.load(key, buffer)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.storage.store(key, value)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.storage.remove(key)
    }

    fn monotonic_counters(&mut self) -> impl MonotonicCounters {
        &mut self.counters
    }
}

/// Two counters in a second storage: they notice that the first was restored or wiped alone.
#[derive(Debug, Clone, Default)]
pub struct StorageCounters<S>(pub S);

const STARTED: StorageKey = StorageKey(0);
const COMMITTED: StorageKey = StorageKey(1);

impl<S: Storage> StorageCounters<S> {
    fn read(&mut self, key: StorageKey) -> Result<u64, Reason> {
        let mut value = [0; 8];
        match self.0.load(key, &mut value) {
            Ok(None) => Ok(0),
            Ok(Some(8)) => Ok(u64::from_le_bytes(value)),
            _ => Err(Reason::CountersFailed),
        }
    }

    fn write(&mut self, key: StorageKey, count: u64) -> Result<(), Reason> {
        self.0.store(key, &count.to_le_bytes()).map_err(|_| Reason::CountersFailed)
    }
}

impl<S: Storage> MonotonicCounters for StorageCounters<S> {
    fn level(&self) -> RollbackLevel {
        RollbackLevel::SecondStorage
    }

    fn counters(&mut self) -> Result<Counters, Reason> {
        Ok(Counters { started: self.read(STARTED)?, committed: Some(self.read(COMMITTED)?) })
    }

    fn start(&mut self) -> Result<(), Reason> {
        let next = self.read(STARTED)?.checked_add(1).ok_or(Reason::CountersFailed)?;
        self.write(STARTED, next)
    }

    fn commit(&mut self, to: u64) -> Result<(), Reason> {
        self.write(COMMITTED, to)
    }
}
