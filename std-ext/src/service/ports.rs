//! The ports of the agent behind pointers, so that a [`Handle`](super::Handle) has no type parameters.

use std::io;
use std::sync::{Mutex, PoisonError};

use nodelock::crypto::SignatureVerifier;
use nodelock::record::Message;
use nodelock::store::{Counters, MonotonicCounters, RollbackLevel, StorageKey};
use nodelock::value::{Signature, UdiSource};
use nodelock::{PublicKey, Reason, Storage, Udi};

use crate::error::StorageError;

/// What the service's agent is built on.
pub(super) type ServicePorts = (ServiceStorage, ServiceVerifier, ServiceDevice);

/// What the storage said last, for other threads than the one that has it.
#[derive(Default)]
pub(super) struct LastError(Mutex<Option<StorageError>>);

impl LastError {
    pub(super) fn get(&self) -> Option<StorageError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, words: Option<StorageError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }
}

/// A storage whose type is not known.
pub(super) trait AnyStorage: Send {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason>;
    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason>;
    fn remove(&mut self, key: StorageKey) -> Result<(), Reason>;
    /// Its own, if it has some.
    fn counters(&mut self) -> Box<dyn MonotonicCounters + '_>;
    /// Why the last call failed.
    fn words(&mut self) -> Option<StorageError>;
}

/// A storage, and how it is asked why its last call failed.
pub(super) struct WithWords<S, F>(pub(super) S, pub(super) F);

impl<S, F> AnyStorage for WithWords<S, F>
where
    S: Storage + Send,
    F: FnMut(&S) -> Option<StorageError> + Send,
{
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        self.0.load(key, buffer)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.0.store(key, value)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.0.remove(key)
    }

    fn counters(&mut self) -> Box<dyn MonotonicCounters + '_> {
        Box::new(self.0.monotonic_counters())
    }

    fn words(&mut self) -> Option<StorageError> {
        (self.1)(&self.0)
    }
}

/// The same error again: the one that the storage has stays there.
pub(super) fn copy_of(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// A storage that keeps what it says where others can read it.
pub(super) struct ServiceStorage {
    pub(super) storage: Box<dyn AnyStorage>,
    /// Counters beside it, instead of its own.
    pub(super) counters: Option<Box<dyn MonotonicCounters + Send>>,
    pub(super) last_error: std::sync::Arc<LastError>,
}

impl ServiceStorage {
    fn noted<T>(&mut self, result: Result<T, Reason>) -> Result<T, Reason> {
        result.inspect_err(|_| self.last_error.note(self.storage.words()))
    }
}

impl Storage for ServiceStorage {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let result = self.storage.load(key, buffer);
        self.noted(result)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        let result = self.storage.store(key, value);
        self.noted(result)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        let result = self.storage.remove(key);
        self.noted(result)
    }

    fn monotonic_counters(&mut self) -> impl MonotonicCounters {
        AnyCounters(match &mut self.counters {
            Some(counters) => Box::new(&mut **counters),
            None => self.storage.counters(),
        })
    }
}

struct AnyCounters<'c>(Box<dyn MonotonicCounters + 'c>);

impl MonotonicCounters for AnyCounters<'_> {
    fn level(&self) -> RollbackLevel {
        self.0.level()
    }

    fn counters(&mut self) -> Result<Counters, Reason> {
        self.0.counters()
    }

    fn start(&mut self) -> Result<(), Reason> {
        self.0.start()
    }

    fn commit(&mut self, to: u64) -> Result<(), Reason> {
        self.0.commit(to)
    }
}

pub(super) struct ServiceVerifier(pub(super) Box<dyn SignatureVerifier + Send>);

impl SignatureVerifier for ServiceVerifier {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        self.0.sha256(message)
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        self.0.verify(key, digest, signature)
    }
}

pub(super) struct ServiceDevice {
    pub(super) device: Box<dyn UdiSource + Send>,
    /// Given beside it, instead of its own.
    pub(super) secret: Option<[u8; 32]>,
}

impl UdiSource for ServiceDevice {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        self.device.udi(member)
    }

    fn secret(&self) -> Option<[u8; 32]> {
        self.secret.or_else(|| self.device.secret())
    }
}
