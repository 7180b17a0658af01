//! [`Service`]: an agent with its memory, its storage, its clock, and a thread that drives it.

#[cfg(feature = "tokio")]
mod asynchronous;
mod builder;
mod console;
mod driver;
mod feed;
mod handle;
mod lease;
mod mailbox;
mod owned;
mod ports;
mod shared;
mod subscription;
mod verbs;

#[cfg(feature = "tokio")]
pub use asynchronous::AsyncHandle;
pub use builder::ServiceBuilder;
pub use handle::Handle;
pub use lease::OwnedLease;
pub use mailbox::Ticker;
pub use owned::{Explanation, FeatureStatus, History, License, OwnedHistoryEntry, Status};
pub use subscription::{Events, Notification, Watch};

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use nodelock::Product;

use crate::error::Error;
use driver::Setup;
use shared::Shared;

/// The licensing of a product on a host: an agent with its memory, its storage, its clock, and a thread
/// that drives it. Programs talk to it through a [`Handle`].
///
/// ```
/// use nodelock_std::{FakeClock, MemoryStorage, Service};
/// use nodelock::{Feature, Product, Rules};
/// # const LICENSES: &[u8] = b"LICENSE 1 ipservices 1.0 permanent uncounted \
/// #     id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 sig=76805a63:\
/// #     6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw";
/// # const VENDOR_KEY: &str = "-----BEGIN PUBLIC KEY-----
/// # MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAhfmF/C2RDkoJ4+WmZ5pojpPLBUr
/// # 321s32bluAKC1O0ZSn3ry5dxLS3aPKhaqHZaVvRfx1hZllLyiXxlMG5XlA==
/// # -----END PUBLIC KEY-----
/// # ";
/// nodelock::catalog! {
///     enum Licensed { Services = Feature::new("ipservices"), Voice = Feature::new("voice").counted(500) }
/// }
/// const PRODUCT: Product<'static> =
///     Product { catalog: &Licensed::CATALOG, anchors: &[], rules: Rules::DEFAULT };
///
/// let service = Service::builder(&PRODUCT)
///     .trust_pem(VENDOR_KEY, nodelock_std::Role::Production)
///     .udi("ISR4331/K9:FDO1234ABCD")
///     .storage(MemoryStorage::default()) // a product: .state_dir("/var/lib/gateway/licenses")
///     .clock(FakeClock::new())           // a product leaves the system's clock
///     .start()?;
/// let licenses = service.handle();
/// assert!(!licenses.granted(Licensed::Services));
/// assert_eq!(licenses.install(LICENSES)?.tally.installed, 1);
/// assert!(licenses.granted(Licensed::Services));
/// let denied = licenses.acquire(Licensed::Voice, 10).unwrap_err();
/// assert!(denied.to_string().starts_with("voice is denied"));
/// service.stop()?;
/// # Ok::<(), nodelock_std::Error>(())
/// ```
pub struct Service {
    shared: Arc<Shared>,
    /// `None` once it was waited for.
    thread: Option<JoinHandle<Result<(), Error>>>,
}

impl Service {
    /// Begins with the product, a storage is still to be given.
    #[must_use]
    pub fn builder(product: &Product<'static>) -> ServiceBuilder {
        ServiceBuilder::new(product)
    }

    /// What programs ask it through.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::clone(&self.shared) }
    }

    /// The same, for futures.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub fn async_handle(&self) -> AsyncHandle {
        self.handle().to_async()
    }

    /// Stops it: takes no more requests, carries out those that wait, charges the time up to now, ends
    /// the thread, and waits for that. The storage is free again then. From now on everything is denied.
    ///
    /// Leases may be out; given back later, they change nothing any more. Dropping the service does the
    /// same without telling what went wrong.
    ///
    /// # Errors
    /// [`Error::Refused`] if the storage could not take the time that was used, [`Error::Panicked`].
    pub fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    /// The same as a future. Dropped before it is done, it waits as dropping the service does.
    ///
    /// # Errors
    /// As [`stop`](Self::stop).
    #[cfg(feature = "tokio")]
    pub async fn stop_async(mut self) -> Result<(), Error> {
        self.shared.mailbox.close();
        self.shared.mailbox.ended().await;
        self.end()
    }

    fn end(&mut self) -> Result<(), Error> {
        self.shared.mailbox.close();
        let Some(thread) = self.thread.take() else { return Ok(()) };
        thread.join().unwrap_or_else(|panic| Err(Error::Panicked(words_of(&*panic))))
    }
}

/// What a panic says: a text, unless somebody has gone out of their way.
fn words_of(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(|&text| text.to_owned());
    literal.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// A service whose agent boots.
struct Starting(Service);

impl Starting {
    fn new(
        setup: Setup,
        shared: Arc<Shared>,
        started: impl FnOnce(Result<(), Error>) + Send + 'static,
    ) -> Result<Self, Error> {
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("nodelock".to_owned())
            .spawn(move || driver::drive(setup, of_thread, started))
            .map_err(Error::Thread)?;
        shared.clock.attach(Ticker(Arc::clone(&shared.mailbox)));
        Ok(Self(Service { shared, thread: Some(thread) }))
    }

    /// With what the thread said, or nothing if it ended before.
    fn finish(mut self, started: Option<Result<(), Error>>) -> Result<Service, Error> {
        match started {
            Some(Ok(())) => Ok(self.0),
            Some(Err(error)) => {
                // The storage is free again when the caller hears of it.
                let _ = self.0.end();
                Err(error)
            }
            None => Err(self.0.end().err().unwrap_or(Error::Stopped)),
        }
    }
}

#[cfg(test)]
mod tests;
