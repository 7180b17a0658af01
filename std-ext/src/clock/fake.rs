//! [`FakeClock`]: time that a test makes pass.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nodelock::Now;
use nodelock::value::UnixTime;

use super::Clock;
use crate::service::Ticker;

/// A clock for tests. It stands still until the test lets time pass, and then waits until every
/// service that runs by it has caught up, so that no test has to sleep. Clones are the same clock.
///
/// A service that is blocked, for instance in its storage, is waited for too; only
/// [`pass_unnoticed`](Self::pass_unnoticed) waits for nobody.
///
/// ```
/// use nodelock_std::{Clock, FakeClock};
/// let clock = FakeClock::new();
/// clock.advance(90);
/// assert_eq!(clock.now().uptime, 90);
/// ```
#[derive(Debug, Clone, Default)]
pub struct FakeClock(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    now: Mutex<FakeNow>,
    tickers: Mutex<Vec<Ticker>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct FakeNow {
    uptime: u64,
    wall: Option<UnixTime>,
}

impl FakeClock {
    /// At power-on, and nobody has set the wall clock.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// At power-on, with this wall clock.
    #[must_use]
    pub fn at(wall: UnixTime) -> Self {
        let clock = Self::new();
        clock.0.now.lock().unwrap_or_else(PoisonError::into_inner).wall = Some(wall);
        clock
    }

    /// Lets seconds pass, and stops on the way wherever a service wants to be called, as it would in
    /// real time.
    pub fn advance(&self, seconds: u64) {
        let target = self.now().uptime.saturating_add(seconds);
        loop {
            let (now, due) = (self.now().uptime, self.catch_up());
            if now >= target {
                return;
            }
            let next = due.map_or(target, |due| due.clamp(now.saturating_add(1), target));
            self.pass_unnoticed(next.saturating_sub(now));
        }
    }

    /// Sets the wall clock, as an operator or the network does; `None`: it is lost.
    pub fn set_wall(&self, wall: Option<UnixTime>) {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner).wall = wall;
        self.catch_up();
    }

    /// Lets seconds pass and tells nobody: so it looks when the thread of a service hangs.
    pub fn pass_unnoticed(&self, seconds: u64) {
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.uptime = now.uptime.saturating_add(seconds);
        now.wall = now.wall.map(|wall| wall.plus(seconds));
    }

    /// Waits until every service has seen the present time; when the first of them wants to be called
    /// again.
    fn catch_up(&self) -> Option<u64> {
        let tickers = self.0.tickers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let dues: Vec<_> = tickers.iter().map(Ticker::catch_up).collect();
        let mut tickers = self.0.tickers.lock().unwrap_or_else(PoisonError::into_inner);
        tickers.retain(|ticker| !ticker.is_stopped());
        dues.into_iter().flatten().min()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Now {
        let now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        Now { uptime: now.uptime, wall: now.wall }
    }

    fn sleep(&self, _: Option<u64>) -> Option<Duration> {
        None
    }

    fn attach(&self, ticker: Ticker) {
        self.0.tickers.lock().unwrap_or_else(PoisonError::into_inner).push(ticker);
    }
}
