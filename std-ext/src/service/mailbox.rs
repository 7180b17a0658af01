//! The queue in front of the thread: bounded, and it tells when the thread has seen the present time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::driver::Driver;
use crate::error::Error;

/// What the thread is asked to do.
pub(super) type Request = Box<dyn FnOnce(&mut Driver<'_>) + Send>;

/// What the thread does next.
pub(super) enum Turn {
    Work(Request),
    /// Only look at the clock.
    Tick,
    Stop,
}

pub(super) struct Mailbox {
    state: Mutex<State>,
    capacity: usize,
    /// For the thread: there is something to do.
    to_do: Condvar,
    /// For callers: a place in the queue is free.
    room: Condvar,
    /// For whoever waits until the thread has caught up.
    settled: Condvar,
    /// As `room`, for futures.
    #[cfg(feature = "tokio")]
    room_for_futures: tokio::sync::Notify,
    /// The thread is gone.
    #[cfg(feature = "tokio")]
    end: tokio::sync::Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Request>,
    poked: bool,
    /// Nothing more is taken in; what waits is still done.
    closed: bool,
    /// The thread is gone.
    gone: bool,
    /// Turns that were begun, and those that are over.
    begun: u64,
    done: u64,
    /// When the thread wants to be awake next.
    due: Option<u64>,
}

/// Why a request is not in the queue.
enum Rejected {
    Full(Request),
    Closed,
}

impl Mailbox {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::default(),
            capacity: capacity.max(1),
            to_do: Condvar::new(),
            room: Condvar::new(),
            settled: Condvar::new(),
            #[cfg(feature = "tokio")]
            room_for_futures: tokio::sync::Notify::new(),
            #[cfg(feature = "tokio")]
            end: tokio::sync::Notify::new(),
        }
    }

    /// No code that can panic runs while it is locked.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_push(&self, state: &mut State, request: Request) -> Result<(), Rejected> {
        if state.closed {
            return Err(Rejected::Closed);
        }
        if state.waiting.len() >= self.capacity {
            return Err(Rejected::Full(request));
        }
        state.waiting.push_back(request);
        self.to_do.notify_one();
        Ok(())
    }

    /// Waits while the queue is full.
    pub(super) fn push(&self, mut request: Request) -> Result<(), Error> {
        let mut state = self.lock();
        loop {
            match self.try_push(&mut state, request) {
                Ok(()) => return Ok(()),
                Err(Rejected::Closed) => return Err(Error::Stopped),
                Err(Rejected::Full(back)) => request = back,
            }
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The same. Dropped while it waits, it has put nothing into the queue.
    #[cfg(feature = "tokio")]
    pub(super) async fn push_async(&self, mut request: Request) -> Result<(), Error> {
        loop {
            let mut freed = std::pin::pin!(self.room_for_futures.notified());
            // Before the look, so that nothing is missed between the two.
            freed.as_mut().enable();
            let pushed = self.try_push(&mut self.lock(), request);
            match pushed {
                Ok(()) => return Ok(()),
                Err(Rejected::Closed) => return Err(Error::Stopped),
                Err(Rejected::Full(back)) => request = back,
            }
            freed.await;
        }
    }

    /// Wakes the thread.
    pub(super) fn poke(&self) {
        self.lock().poked = true;
        self.to_do.notify_one();
    }

    /// Takes nothing in any more. What waits is done first, then the thread ends.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake_all();
    }

    /// For the thread, when it ends, however that is. What still waits is dropped, and with it the way
    /// back to whoever asked.
    pub(super) fn abandon(&self) {
        let waiting = {
            let mut state = self.lock();
            (state.closed, state.gone) = (true, true);
            std::mem::take(&mut state.waiting)
        };
        self.wake_all();
        #[cfg(feature = "tokio")]
        self.end.notify_waiters();
        drop(waiting);
    }

    fn wake_all(&self) {
        self.to_do.notify_all();
        self.room.notify_all();
        self.settled.notify_all();
        #[cfg(feature = "tokio")]
        self.room_for_futures.notify_waiters();
    }

    #[cfg(feature = "tokio")]
    pub(super) async fn ended(&self) {
        loop {
            let mut end = std::pin::pin!(self.end.notified());
            end.as_mut().enable();
            if self.lock().gone {
                return;
            }
            end.await;
        }
    }

    /// For the thread: what to do next. It wants to be awake at `due`, which is `sleep` from now.
    pub(super) fn next(&self, due: Option<u64>, sleep: Option<Duration>) -> Turn {
        // A clock may name a time that no instant can say: that is "until it is woken".
        let wake_at = sleep.and_then(|sleep| Instant::now().checked_add(sleep));
        let mut state = self.lock();
        (state.done, state.due) = (state.begun, due);
        self.settled.notify_all();
        loop {
            let left = wake_at.map(|at| at.saturating_duration_since(Instant::now()));
            let turn = match state.waiting.pop_front() {
                Some(request) => {
                    self.room.notify_one();
                    #[cfg(feature = "tokio")]
                    self.room_for_futures.notify_one();
                    Turn::Work(request)
                }
                None if state.closed => return Turn::Stop,
                None if state.poked || left == Some(Duration::ZERO) => Turn::Tick,
                None => {
                    state = match left {
                        None => self.to_do.wait(state).unwrap_or_else(PoisonError::into_inner),
                        Some(left) => {
                            let woken = self.to_do.wait_timeout(state, left);
                            woken.unwrap_or_else(PoisonError::into_inner).0
                        }
                    };
                    continue;
                }
            };
            state.poked = false;
            state.begun += 1;
            return turn;
        }
    }

    /// Waits until the thread has looked at the clock after this call; when it wants to be awake next.
    fn catch_up(&self) -> Option<u64> {
        let mut state = self.lock();
        state.poked = true;
        self.to_do.notify_one();
        // A turn that has begun may have read the clock already.
        let turn = state.begun + 1;
        while state.done < turn && !state.gone {
            state = self.settled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.due.filter(|_| !state.gone)
    }

    #[cfg(test)]
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Requests that wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }
}

/// What a [`Clock`](crate::Clock) wakes a service with.
#[derive(Clone)]
pub struct Ticker(pub(super) Arc<Mailbox>);

impl Ticker {
    /// The time was set: the service looks at the clock soon.
    pub fn wake(&self) {
        self.0.poke();
    }

    /// The same, and waits until it has; when it wants to be called again, as an uptime. `None` if time
    /// changes nothing, or the service has stopped. Never to be called by the thread of the service.
    pub fn catch_up(&self) -> Option<u64> {
        self.0.catch_up()
    }

    /// Whether the service has stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.lock().gone
    }
}

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticker")
    }
}
