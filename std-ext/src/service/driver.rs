//! The thread that drives the agent.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use nodelock::agent::{Gate, Memory};
use nodelock::job::{JobSlot, Jobs, ResultSlot};
use nodelock::lease::LeaseSlot;
use nodelock::rights::Verdict;
use nodelock::{Agent, Event, FeatureHandle, Now, Product, Reason, TrustAnchor};

use super::feed::Feed;
use super::mailbox::Turn;
use super::ports::{ServiceDevice, ServicePorts, ServiceStorage, ServiceVerifier};
use super::shared::Shared;
use crate::agent_device::HeapMemory;
use crate::console::JobQueue;
use crate::error::Error;

/// Jobs that a fleet manager may have open, and results of each that are kept.
const JOBS: usize = 16;
const RESULTS: usize = 32;

/// Events that one turn may bring before they are given to the subscribers.
const EVENTS: usize = 64;

/// What the thread begins with.
pub(super) struct Setup {
    pub(super) product: Product<'static>,
    pub(super) anchors: Vec<TrustAnchor>,
    pub(super) open: Box<dyn FnOnce() -> Result<ServiceStorage, Error> + Send>,
    pub(super) device: ServiceDevice,
    pub(super) verifier: ServiceVerifier,
    pub(super) lines: usize,
}

/// The agent while a request is carried out.
pub(super) struct Driver<'d> {
    pub(super) agent: Agent<'d, ServicePorts>,
    pub(super) jobs: JobQueue<'d>,
    pub(super) shared: Arc<Shared>,
    dropped: u64,
    watches: Vec<Watched>,
}

/// A verdict that somebody wants to hear of when it changes.
struct Watched {
    watch: super::shared::NewWatch,
    told: Option<Verdict>,
}

/// Says that the thread is gone, however it went, when everything of it is.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.is_driven.store(false, Ordering::Release);
        self.0.mailbox.abandon();
        self.0.hub.close();
        let watches = self.0.new_watches().take();
        watches.into_iter().flatten().for_each(|(_, feed)| close(&feed));
    }
}

fn close(feed: &std::sync::Weak<Feed<Verdict>>) {
    if let Some(feed) = feed.upgrade() {
        feed.close();
    }
}

/// The life of the thread. What the last turn could not make durable is an error.
pub(super) fn drive(
    setup: Setup,
    shared: Arc<Shared>,
    started: impl FnOnce(Result<(), Error>),
) -> Result<(), Error> {
    // Before everything else, so that it is dropped after the agent and its storage.
    let _end = End(Arc::clone(&shared));
    let storage = match (setup.open)() {
        Ok(storage) => storage,
        Err(error) => {
            started(Err(error));
            return Ok(());
        }
    };
    let product = Product { anchors: &setup.anchors, ..setup.product };
    let mut memory = HeapMemory::new(product.catalog, setup.lines, 0, EVENTS);
    let mut jobs = vec![JobSlot::EMPTY; JOBS];
    let mut results = vec![ResultSlot::EMPTY; JOBS * RESULTS];
    let (gates, leases): (&[Gate], &[LeaseSlot]) = (&shared.gates, &shared.leases);
    let memory = Memory { gates, leases, ..memory.as_memory() };
    let mut driver = Driver {
        agent: Agent::new(product, setup.device, setup.verifier, storage, memory),
        jobs: JobQueue::new(Jobs::new(&mut jobs, &mut results)),
        shared: Arc::clone(&shared),
        dropped: 0,
        watches: Vec::new(),
    };
    if let Err(reason) = driver.agent.start(driver.now()) {
        let error = Error::Start { reason, storage: None };
        started(Err(error.with_storage(shared.storage_error(reason))));
        return Ok(());
    }
    shared.is_driven.store(true, Ordering::Release);
    driver.publish();
    started(Ok(()));
    loop {
        let due = driver.agent.next_deadline();
        match shared.mailbox.next(due, shared.clock.sleep(due)) {
            Turn::Stop => break,
            Turn::Tick => driver.tick(),
            Turn::Work(request) => {
                driver.tick();
                request(&mut driver);
            }
        }
        driver.publish();
    }
    shared.is_driven.store(false, Ordering::Release);
    // What was used up to now is charged.
    driver.tick();
    driver.publish();
    match driver.agent.unreadable().find(|reason| *reason == Reason::StorageFailed) {
        Some(reason) => Err(Error::from(reason).with_storage(shared.storage_error(reason))),
        None => Ok(()),
    }
}

impl Driver<'_> {
    pub(super) fn now(&self) -> Now {
        self.shared.clock.now()
    }

    fn tick(&mut self) {
        let now = self.now();
        self.agent.tick(now);
    }

    /// Carries a request out; its error says what the storage says. What it has brought about is told
    /// before its answer.
    pub(super) fn carry_out<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let result = work(self);
        self.publish();
        result.map_err(|error| {
            let words = error.reason().and_then(|reason| self.shared.storage_error(reason));
            error.with_storage(words)
        })
    }

    /// Tells everybody what has happened.
    pub(super) fn publish(&mut self) {
        let events: Vec<Event> = std::iter::from_fn(|| self.agent.poll_event()).collect();
        let dropped = self.agent.dropped_events();
        let missed = dropped.saturating_sub(std::mem::replace(&mut self.dropped, dropped));
        if missed > 0 || !events.is_empty() {
            self.shared.hub.publish(missed, &events);
        }
        let new = self.shared.new_watches().as_mut().map(std::mem::take);
        self.watches.extend(new.into_iter().flatten().map(|watch| Watched { watch, told: None }));
        let (agent, uptime) = (&self.agent, self.agent.uptime());
        self.watches.retain_mut(|Watched { watch: (feature, feed), told }| {
            let Some(feed) = feed.upgrade() else { return false };
            let verdict = agent.check(*feature, uptime);
            if told.replace(verdict) != Some(verdict) {
                feed.push(verdict);
            }
            true
        });
    }

    /// Whether a feature is one of the catalog.
    pub(super) fn known(&self, feature: FeatureHandle) -> Result<&'static str, Error> {
        let feature = self.shared.catalog.feature(feature).ok_or(Reason::UnknownFeature)?;
        Ok(feature.name())
    }
}

impl Drop for Driver<'_> {
    fn drop(&mut self) {
        self.watches.iter().for_each(|watched| close(&watched.watch.1));
    }
}
