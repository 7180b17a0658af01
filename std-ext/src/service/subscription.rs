//! [`Events`] and [`Watch`]: what a program hears of by itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use nodelock::Event;
use nodelock::rights::Verdict;

use super::feed::Feed;

/// An event, as a subscriber gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// Events before this one that were lost, because the subscriber was too slow or too many came at
    /// once.
    pub missed: u64,
    /// What happened.
    pub event: Event,
}

impl Notification {
    const fn new((event, missed): (Event, u64)) -> Self {
        Self { missed, event }
    }
}

/// The events of a service, for one subscriber, the oldest first. As an iterator it waits for the next
/// one, and ends when the service has stopped.
///
/// Of those that are not fetched as many are kept as requests may [wait](super::ServiceBuilder::queue);
/// then the oldest make room, and the next [`Notification`] tells how many. A service never waits for
/// a subscriber.
pub struct Events(pub(super) Arc<Feed<Event>>);

impl Events {
    /// The next event, if there is one already.
    #[must_use]
    pub fn try_next(&mut self) -> Option<Notification> {
        self.0.take().map(Notification::new)
    }

    /// Waits for the next event, but no longer than this.
    #[must_use]
    pub fn next_within(&mut self, longest: Duration) -> Option<Notification> {
        self.0.wait(Some(longest)).map(Notification::new)
    }

    /// Waits for the next event; `None` when the service has stopped. Dropped while it waits, it has
    /// taken nothing.
    #[cfg(feature = "tokio")]
    pub async fn next_async(&mut self) -> Option<Notification> {
        self.0.wait_async().await.map(Notification::new)
    }
}

impl Iterator for Events {
    type Item = Notification;

    fn next(&mut self) -> Option<Notification> {
        self.0.wait(None).map(Notification::new)
    }
}

/// The verdicts of one feature: first the present one, then each that is different from the one before.
/// Only the latest is kept. As an iterator it waits for the next one, and ends when the service has
/// stopped.
///
/// It says what the agent has decided. When the thread of the service hangs, nothing comes; what a
/// program may rely on is [`granted`](super::Handle::granted).
pub struct Watch(pub(super) Arc<Feed<Verdict>>);

impl Watch {
    /// The next verdict, if there is one already.
    #[must_use]
    pub fn try_next(&mut self) -> Option<Verdict> {
        self.0.take().map(|(verdict, _)| verdict)
    }

    /// Waits for the next verdict, but no longer than this.
    #[must_use]
    pub fn next_within(&mut self, longest: Duration) -> Option<Verdict> {
        self.0.wait(Some(longest)).map(|(verdict, _)| verdict)
    }

    /// Waits for the next verdict; `None` when the service has stopped. Dropped while it waits, it has
    /// taken nothing.
    #[cfg(feature = "tokio")]
    pub async fn next_async(&mut self) -> Option<Verdict> {
        self.0.wait_async().await.map(|(verdict, _)| verdict)
    }
}

impl Iterator for Watch {
    type Item = Verdict;

    fn next(&mut self) -> Option<Verdict> {
        self.0.wait(None).map(|(verdict, _)| verdict)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}
