//! What a subscriber has not fetched yet: bounded, the oldest makes room.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use nodelock::Event;

/// Values on their way to one subscriber.
pub(super) struct Feed<T> {
    state: Mutex<State<T>>,
    capacity: usize,
    news: Condvar,
    #[cfg(feature = "tokio")]
    news_for_futures: tokio::sync::Notify,
}

struct State<T> {
    waiting: VecDeque<T>,
    missed: u64,
    closed: bool,
}

impl<T> Feed<T> {
    pub(super) fn new(capacity: usize) -> Arc<Self> {
        let state = State { waiting: VecDeque::new(), missed: 0, closed: false };
        Arc::new(Self {
            state: Mutex::new(state),
            capacity: capacity.max(1),
            news: Condvar::new(),
            #[cfg(feature = "tokio")]
            news_for_futures: tokio::sync::Notify::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, value: T) {
        let mut state = self.lock();
        if state.waiting.len() >= self.capacity {
            state.waiting.pop_front();
            state.missed += 1;
        }
        state.waiting.push_back(value);
        self.wake();
    }

    /// Values that are lost already.
    pub(super) fn miss(&self, number: u64) {
        self.lock().missed += number;
    }

    /// Nothing comes any more; what waits can still be fetched.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake();
    }

    fn wake(&self) {
        self.news.notify_all();
        #[cfg(feature = "tokio")]
        self.news_for_futures.notify_waiters();
    }

    /// The oldest value, and how many were lost before it.
    pub(super) fn take(&self) -> Option<(T, u64)> {
        self.lock().take()
    }

    /// Waits for a value; `None` at the end, or when the time is over.
    pub(super) fn wait(&self, longest: Option<Duration>) -> Option<(T, u64)> {
        let until = longest.and_then(|longest| Instant::now().checked_add(longest));
        let mut state = self.lock();
        loop {
            if !state.waiting.is_empty() || state.closed {
                return state.take();
            }
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self.news.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return None,
                Some(left) => {
                    let woken = self.news.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// The same. Dropped while it waits, it has taken nothing.
    #[cfg(feature = "tokio")]
    pub(super) async fn wait_async(&self) -> Option<(T, u64)> {
        loop {
            let mut news = std::pin::pin!(self.news_for_futures.notified());
            news.as_mut().enable();
            {
                let mut state = self.lock();
                if !state.waiting.is_empty() || state.closed {
                    return state.take();
                }
            }
            news.await;
        }
    }
}

impl<T> State<T> {
    fn take(&mut self) -> Option<(T, u64)> {
        let value = self.waiting.pop_front()?;
        Some((value, std::mem::take(&mut self.missed)))
    }
}

/// Where events go. Those from before the first subscriber wait for it.
pub(super) struct Hub {
    state: Mutex<HubState>,
    capacity: usize,
}

struct HubState {
    first: Option<Arc<Feed<Event>>>,
    subscribers: Vec<Weak<Feed<Event>>>,
    closed: bool,
}

impl Hub {
    pub(super) fn new(capacity: usize) -> Self {
        let first = Feed::new(capacity);
        let subscribers = vec![Arc::downgrade(&first)];
        let state = Mutex::new(HubState { first: Some(first), subscribers, closed: false });
        Self { state, capacity }
    }

    fn lock(&self) -> MutexGuard<'_, HubState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn subscribe(&self) -> Arc<Feed<Event>> {
        let mut state = self.lock();
        if let Some(first) = state.first.take() {
            return first;
        }
        let feed = Feed::new(self.capacity);
        if state.closed {
            feed.close();
        }
        state.subscribers.push(Arc::downgrade(&feed));
        feed
    }

    /// Gives events to everybody, and first how many were lost before.
    pub(super) fn publish(&self, missed: u64, events: &[Event]) {
        let mut state = self.lock();
        state.subscribers.retain(|feed| {
            let Some(feed) = feed.upgrade() else { return false };
            feed.miss(missed);
            events.iter().for_each(|event| feed.push(*event));
            true
        });
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.subscribers.iter().filter_map(Weak::upgrade).for_each(|feed| feed.close());
    }
}
