//! [`ServiceBuilder`].

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use nodelock::crypto::SignatureVerifier;
use nodelock::store::MonotonicCounters;
use nodelock::value::UdiSource;
use nodelock::{P256Verifier, Product, Role, Storage, TrustAnchor};

use super::driver::Setup;
use super::ports::{
    AnyStorage, LastError, ServiceDevice, ServiceStorage, ServiceVerifier, WithWords, copy_of,
};
use super::shared::Shared;
use super::{Service, Starting};
use crate::clock::{Clock, SystemClock};
use crate::device::{Anchor, checked_anchors, checked_udis};
use crate::error::{Error, StorageError};
use crate::storage::FileStorage;

/// What a [`Service`] is made from. Everything is checked by [`start`](Self::start).
pub struct ServiceBuilder {
    product: Product<'static>,
    anchors: Vec<Anchor>,
    udis: Vec<String>,
    device: Option<Box<dyn UdiSource + Send>>,
    secret: Option<[u8; 32]>,
    storage: Option<Place>,
    counters: Option<Box<dyn MonotonicCounters + Send>>,
    verifier: ServiceVerifier,
    clock: Arc<dyn Clock>,
    lines: usize,
    leases: usize,
    queue: usize,
}

/// Where everything is kept.
enum Place {
    Directory(PathBuf),
    Storage(Box<dyn AnyStorage>),
}

impl ServiceBuilder {
    pub(super) fn new(product: &Product<'static>) -> Self {
        Self {
            product: *product,
            anchors: Vec::new(),
            udis: Vec::new(),
            device: None,
            secret: None,
            storage: None,
            counters: None,
            verifier: ServiceVerifier(Box::new(P256Verifier)),
            clock: Arc::new(SystemClock),
            lines: 64,
            leases: 64,
            queue: 64,
        }
    }

    /// Trusts a root key of the vendor, besides those of the product.
    #[must_use]
    pub fn trust(mut self, anchor: TrustAnchor) -> Self {
        self.anchors.push(Anchor::Given(anchor));
        self
    }

    /// Trusts the root key in a PEM text, best built in with `include_str!`.
    #[must_use]
    pub fn trust_pem(mut self, pem: &str, role: Role) -> Self {
        self.anchors.push(Anchor::read(pem, role));
        self
    }

    /// A UDI of the device, `PID:SN`. A stack gives one for each member, in their order.
    #[must_use]
    pub fn udi(mut self, udi: impl Into<String>) -> Self {
        self.udis.push(udi.into());
        self
    }

    /// The device's own UDIs, and its secret if it has one, from wherever they come. In place of those
    /// given with [`udi`](Self::udi).
    #[must_use]
    pub fn device(mut self, device: impl UdiSource + Send + 'static) -> Self {
        self.device = Some(Box::new(device));
        self
    }

    /// A secret that only this device has: with it, nobody else can make up what is stored.
    #[must_use]
    pub fn secret(mut self, secret: [u8; 32]) -> Self {
        self.secret = Some(secret);
        self
    }

    /// Keeps everything in a directory of its own ([`FileStorage`]), which is made if it is not there.
    #[must_use]
    pub fn state_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.storage = Some(Place::Directory(directory.into()));
        self
    }

    /// Keeps everything in another storage, with the counters that it has.
    #[must_use]
    pub fn storage(self, storage: impl Storage + Send + 'static) -> Self {
        self.storage_with_errors(storage, |_| None)
    }

    /// The same, of a storage that can say why its last call failed: that is asked after each call that
    /// has failed, and stands in the [`Error`] of what failed by it.
    #[must_use]
    pub fn storage_with_errors<S: Storage + Send + 'static>(
        mut self,
        storage: S,
        last_error: impl FnMut(&S) -> Option<StorageError> + Send + 'static,
    ) -> Self {
        self.storage = Some(Place::Storage(Box::new(WithWords(storage, last_error))));
        self
    }

    /// Counters that cannot be restored together with the storage, by which an older copy of it is
    /// noticed: those of a security chip, or [`StorageCounters`](nodelock::store::StorageCounters) on a second
    /// storage. In place of the storage's own.
    #[must_use]
    pub fn counters(mut self, counters: impl MonotonicCounters + Send + 'static) -> Self {
        self.counters = Some(Box::new(counters));
        self
    }

    /// Checks signatures with something else than the crate `p256`.
    #[must_use]
    pub fn verifier(mut self, verifier: impl SignatureVerifier + Send + 'static) -> Self {
        self.verifier = ServiceVerifier(Box::new(verifier));
        self
    }

    /// Knows the time from another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Room for so many installed lines, besides the built-in trials. Else for 64; at most 256, which
    /// is what the storage has places for.
    #[must_use]
    pub fn lines(mut self, lines: usize) -> Self {
        self.lines = lines.min(256);
        self
    }

    /// Room for so many leases that are out at a time. Else for 64; at most 65,536.
    #[must_use]
    pub fn leases(mut self, leases: usize) -> Self {
        self.leases = leases.min(1 << 16);
        self
    }

    /// So many requests may wait for the thread, and so many events for each subscriber. Else 64; at
    /// least 1.
    #[must_use]
    pub fn queue(mut self, queue: usize) -> Self {
        self.queue = queue;
        self
    }

    /// Starts the thread, opens the storage, and boots the agent there. Waits until that is done.
    ///
    /// Damaged values do not stop it: what cannot be read is told by [`status`](super::Handle::status)
    /// and by events, and grants nothing.
    ///
    /// # Errors
    /// [`Error::NoTrustAnchor`], [`Error::Pem`], [`Error::TrustAnchor`], [`Error::Udi`],
    /// [`Error::TooManyUdis`], [`Error::NoStorage`], [`Error::Open`], [`Error::Thread`],
    /// [`Error::Start`].
    pub fn start(self) -> Result<Service, Error> {
        let (reply, started) = std::sync::mpsc::sync_channel(1);
        let starting = self.begin(move |result| drop(reply.send(result)))?;
        starting.finish(started.recv().ok())
    }

    /// The same as a future. Dropped before it is done, the service is stopped again.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    #[cfg(feature = "tokio")]
    pub async fn start_async(self) -> Result<Service, Error> {
        let (reply, started) = tokio::sync::oneshot::channel();
        let starting = self.begin(move |result| drop(reply.send(result)))?;
        starting.finish(started.await.ok())
    }

    fn begin(
        self,
        started: impl FnOnce(Result<(), Error>) + Send + 'static,
    ) -> Result<Starting, Error> {
        let of_product = self.product.anchors.iter().copied().map(Anchor::Given);
        let anchors = of_product.chain(self.anchors).collect();
        let anchors = checked_anchors(anchors, &self.verifier)?;
        let udis = checked_udis(self.udis)?;
        let (place, counters) = (self.storage.ok_or(Error::NoStorage)?, self.counters);
        let last_error = Arc::new(LastError::default());
        let shared = Arc::new(Shared::new(
            self.product.catalog,
            self.clock,
            Arc::clone(&last_error),
            self.leases,
            self.queue,
        ));
        let open = move || {
            let storage = match place {
                Place::Storage(storage) => storage,
                Place::Directory(directory) => in_directory(FileStorage::open(directory)?),
            };
            Ok(ServiceStorage { storage, counters, last_error })
        };
        let setup = Setup {
            product: self.product,
            anchors,
            open: Box::new(open),
            device: ServiceDevice {
                device: self.device.unwrap_or_else(|| Box::new(udis)),
                secret: self.secret,
            },
            verifier: self.verifier,
            lines: self.lines,
        };
        Starting::new(setup, shared, started)
    }
}

fn in_directory(storage: FileStorage) -> Box<dyn AnyStorage> {
    let words = |storage: &FileStorage| -> Option<StorageError> {
        Some(Arc::new(copy_of(storage.last_error()?)))
    };
    Box::new(WithWords(storage, words))
}

impl fmt::Debug for ServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut builder = f.debug_struct("ServiceBuilder");
        builder.field("product", &self.product).field("udis", &self.udis).finish_non_exhaustive()
    }
}
