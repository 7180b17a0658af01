//! [`Handle`]: what a program holds of a service.

use std::fmt;
use std::sync::{Arc, mpsc};

use nodelock::FeatureHandle;
use nodelock::catalog::Catalog;

use super::driver::Driver;
use super::shared::Shared;
use super::subscription::{Events, Watch};
use super::verbs;
use crate::error::{Error, StorageError};

/// What a program holds of a [`Service`](super::Service): as many as it likes, in any thread.
///
/// [`granted`](Self::granted) is answered at once. Everything else is a request to the thread of the
/// service, one after the other, and waits for the answer, and before that for a place in the queue if
/// it is full; in futures use `AsyncHandle` (Cargo feature `tokio`). A handle does
/// not keep the service running.
///
/// What the service calls on its own thread (storage, verifier, UDIs, clock) must not use a handle: it
/// would wait for itself.
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Arc<Shared>,
}

impl Handle {
    /// May this feature run now? Takes no lock and asks nobody: for hot paths.
    ///
    /// A trial begins with [`activate`](Self::activate) or [`acquire`](Self::acquire), and is denied
    /// before. Units in use are not subtracted: whether one more is free, `acquire` answers.
    ///
    /// It is the verdict of the agent when it chose last, and denies when that is too old: rights with
    /// a time limit a charge interval after the agent wanted to be called, if its thread hangs, and
    /// every right when the thread is gone.
    ///
    /// A feature's handle is a place in the catalog: one of another catalog names what stands at its
    /// place in this one.
    #[must_use]
    pub fn granted(&self, feature: impl Into<FeatureHandle>) -> bool {
        self.shared.granted(feature.into())
    }

    /// The features of the product.
    #[must_use]
    pub fn catalog(&self) -> &'static Catalog<'static> {
        self.shared.catalog
    }

    /// The feature with this name.
    ///
    /// # Errors
    /// [`Reason::UnknownFeature`](nodelock::Reason::UnknownFeature).
    pub fn find(&self, name: &str) -> Result<FeatureHandle, Error> {
        verbs::find(self, name)
    }

    /// Subscribes to what happens from now on; the first subscriber gets what has happened since the
    /// start as well.
    #[must_use]
    pub fn events(&self) -> Events {
        Events(self.shared.hub.subscribe())
    }

    /// The verdicts of a feature: the present one, and each that is different.
    #[must_use]
    pub fn watch(&self, feature: impl Into<FeatureHandle>) -> Watch {
        Watch(self.shared.watch(feature.into()))
    }

    /// What the storage said when a call of it failed last; also in the errors of the calls that failed
    /// by it.
    #[must_use]
    pub fn storage_error(&self) -> Option<StorageError> {
        self.shared.last_error.get()
    }

    /// The same service, for futures.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub fn to_async(&self) -> super::AsyncHandle {
        super::AsyncHandle::new(self.clone())
    }

    pub(super) fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Driver<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = mpsc::sync_channel(1);
        self.shared.mailbox.push(Box::new(move |driver| {
            // Somebody waits, unless its thread has ended by a panic.
            let _ = reply.send(driver.carry_out(work));
        }))?;
        answer.recv().map_err(|_| self.shared.lost())?
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}
