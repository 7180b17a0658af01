//! The storage port: small values under fixed keys, on whatever a platform has.

mod counters;
mod crc;
#[cfg(any(feature = "flash", test))]
pub mod flash;
mod manifest;
mod protect;
mod rollback_state;
mod vault;

pub use counters::{
    Counters, MonotonicCounters, NoCounters, RollbackLevel, StorageCounters, WithCounters,
};
#[cfg(test)]
pub(crate) use protect::checksum;
pub use rollback_state::RollbackState;
pub(crate) use vault::{Protection, Vault};

use crate::reason::Reason;

/// Names a stored value. The keys that the library uses lie in a small fixed space
/// (docs/SPEC.md section 13), so ports that cannot list what they hold fit too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StorageKey(pub u16);

/// Keeps values through power cuts: settings or NVS of an operating system, a file, raw flash.
///
/// What must hold after a power cut is said with each method; the library relies on nothing else.
/// In particular it does not rely on two calls taking effect together.
///
/// An error of [`store`](Storage::store) or [`remove`](Storage::remove) means *unknown*: the call may
/// have happened or not. Whoever wants to know reads again: what `load` answers then is what it
/// answers until the key is changed or the power goes. `Ok` means durable, also where the value was
/// there already after a call that failed.
pub trait Storage {
    /// Copies the value into the buffer and returns its length; `None` if there is none.
    ///
    /// A value that was stored and acknowledged is returned whole and unchanged, or the call fails
    /// with [`Reason::StorageCorrupted`]; never in part, and never another value.
    ///
    /// # Errors
    /// [`Reason::StorageFailed`], [`Reason::StorageCorrupted`], and [`Reason::StorageFull`] if the
    /// buffer is too small.
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason>;

    /// Replaces the value.
    ///
    /// When it returns, the new value is durable: it survives a power cut in the next instant. A
    /// power cut during the call leaves the old value (or none, if there was none) or the new one.
    /// Values under other keys are not touched either way. After an error the old value is there or
    /// the new one, and neither is durable for sure.
    ///
    /// # Errors
    /// [`Reason::StorageFailed`], [`Reason::StorageFull`].
    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason>;

    /// Removes the value; no error if there is none.
    ///
    /// Durable like [`store`](Storage::store). A power cut during the call leaves the old value or
    /// none.
    ///
    /// # Errors
    /// [`Reason::StorageFailed`].
    fn remove(&mut self, key: StorageKey) -> Result<(), Reason>;

    /// The counters that cannot be restored together with these values. None unless the port has
    /// some; [`WithCounters`] adds them to a storage.
    fn monotonic_counters(&mut self) -> impl MonotonicCounters
    where
        Self: Sized,
    {
        NoCounters
    }
}

impl<S: Storage> Storage for &mut S {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        (**self).load(key, buffer)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        (**self).store(key, value)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        (**self).remove(key)
    }

    fn monotonic_counters(&mut self) -> impl MonotonicCounters {
        (**self).monotonic_counters()
    }
}

#[cfg(test)]
mod tests;
