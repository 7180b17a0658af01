//! What the thread, the handles and the leases have together.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nodelock::agent::Gate;
use nodelock::catalog::Catalog;
use nodelock::lease::{LeaseSlot, LeaseToken, Leases};
use nodelock::rights::Verdict;
use nodelock::{FeatureHandle, Reason};

use super::feed::{Feed, Hub};
use super::mailbox::Mailbox;
use super::ports::LastError;
use crate::clock::Clock;
use crate::error::{Error, StorageError};

/// A feature, and where its verdicts go.
pub(super) type NewWatch = (FeatureHandle, Weak<Feed<Verdict>>);

pub(super) struct Shared {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) catalog: &'static Catalog<'static>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) gates: Box<[Gate]>,
    pub(super) leases: Box<[LeaseSlot]>,
    /// The agent has started, and its thread is there.
    pub(super) is_driven: AtomicBool,
    pub(super) hub: Hub,
    pub(super) last_error: Arc<LastError>,
    /// `None` once the thread is gone.
    new_watches: Mutex<Option<Vec<NewWatch>>>,
}

impl Shared {
    pub(super) fn new(
        catalog: &'static Catalog<'static>,
        clock: Arc<dyn Clock>,
        last_error: Arc<LastError>,
        leases: usize,
        queue: usize,
    ) -> Self {
        Self {
            mailbox: Arc::new(Mailbox::new(queue)),
            catalog,
            clock,
            gates: catalog.features().iter().map(|_| Gate::new()).collect(),
            leases: (0..leases).map(|_| LeaseSlot::new()).collect(),
            is_driven: AtomicBool::new(false),
            hub: Hub::new(queue),
            last_error,
            new_watches: Mutex::new(Some(Vec::new())),
        }
    }

    pub(super) fn granted(&self, feature: FeatureHandle) -> bool {
        self.is_driven.load(Ordering::Acquire)
            && self.gates.get(feature.index()).is_some_and(|gate| gate.is_open(self.clock.uptime()))
    }

    /// A request that was taken in has no answer: the thread is about to end by a panic. Nothing is granted
    /// from now on, also while it still unwinds.
    pub(super) fn lost(&self) -> Error {
        self.is_driven.store(false, Ordering::Release);
        Error::Stopped
    }

    pub(super) fn new_watches(&self) -> MutexGuard<'_, Option<Vec<NewWatch>>> {
        self.new_watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Verdicts of a feature from now on: the present one, and each that is different.
    pub(super) fn watch(&self, feature: FeatureHandle) -> Arc<Feed<Verdict>> {
        let feed = Feed::new(1);
        match &mut *self.new_watches() {
            Some(watches) => watches.push((feature, Arc::downgrade(&feed))),
            None => feed.close(),
        }
        self.mailbox.poke();
        feed
    }

    /// What the storage said, if it is what this reason is about.
    pub(super) fn storage_error(&self, reason: Reason) -> Option<StorageError> {
        let is_about = matches!(
            reason,
            Reason::StorageFailed | Reason::StorageFull | Reason::StorageCorrupted
        );
        self.last_error.get().filter(|_| is_about)
    }

    /// Gives units back. Without the thread, which may be busy or gone: it sees it at its next turn.
    pub(super) fn give_back(&self, token: LeaseToken) {
        drop(Leases::new(&self.leases).guard(token));
        self.mailbox.poke();
    }
}
