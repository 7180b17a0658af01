//! [`AsyncHandle`]: a handle for futures.

use nodelock::FeatureHandle;
use nodelock::catalog::Catalog;
use tokio::sync::oneshot;

use super::driver::Driver;
use super::handle::Handle;
use super::subscription::{Events, Watch};
use crate::error::{Error, StorageError};

/// A [`Handle`] whose requests are futures. They run on any executor.
///
/// Each may be dropped at any time. Dropped before the thread of the service came to it, the request is
/// not carried out at all; dropped later, it is carried out as a whole, and only the answer is lost. A
/// lease that nobody receives is given back.
#[derive(Debug, Clone)]
pub struct AsyncHandle(Handle);

impl AsyncHandle {
    pub(super) const fn new(handle: Handle) -> Self {
        Self(handle)
    }

    /// The same service, for code that may wait.
    #[must_use]
    pub const fn blocking(&self) -> &Handle {
        &self.0
    }

    /// As [`Handle::granted`]: no future, and takes no lock.
    #[must_use]
    pub fn granted(&self, feature: impl Into<FeatureHandle>) -> bool {
        self.0.granted(feature)
    }

    /// As [`Handle::catalog`].
    #[must_use]
    pub fn catalog(&self) -> &'static Catalog<'static> {
        self.0.catalog()
    }

    /// As [`Handle::find`].
    ///
    /// # Errors
    /// [`Reason::UnknownFeature`](nodelock::Reason::UnknownFeature).
    pub fn find(&self, name: &str) -> Result<FeatureHandle, Error> {
        self.0.find(name)
    }

    /// As [`Handle::events`]; [`next_async`](Events::next_async) waits for the next one.
    #[must_use]
    pub fn events(&self) -> Events {
        self.0.events()
    }

    /// As [`Handle::watch`]; [`next_async`](Watch::next_async) waits for the next one.
    #[must_use]
    pub fn watch(&self, feature: impl Into<FeatureHandle>) -> Watch {
        self.0.watch(feature)
    }

    /// As [`Handle::storage_error`].
    #[must_use]
    pub fn storage_error(&self) -> Option<StorageError> {
        self.0.storage_error()
    }

    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Driver<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let request = Box::new(move |driver: &mut Driver<'_>| {
            if !reply.is_closed() {
                // An answer that nobody wants is dropped here, and a lease in it given back.
                let _ = reply.send(driver.carry_out(work));
            }
        });
        self.0.shared.mailbox.push_async(request).await?;
        answer.await.map_err(|_| self.0.shared.lost())?
    }
}
