//! The time of the system, as the agent wants it, and clocks of one's own.

mod fake;

pub use fake::FakeClock;

use std::time::{Duration, SystemTime};

use nodelock::Now;
use nodelock::value::UnixTime;

use crate::service::Ticker;

/// What a [`Service`](crate::Service) knows the time from. It is asked by several threads at once.
pub trait Clock: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Now;

    /// Its uptime alone: asked at every [`granted`](crate::Handle::granted).
    fn uptime(&self) -> u64 {
        self.now().uptime
    }

    /// How long the thread of the service may sleep, if it wants to be awake at this uptime; `None`:
    /// until it is woken.
    fn sleep(&self, until: Option<u64>) -> Option<Duration>;

    /// Called once by each service that is started with it. A clock that can be set keeps the ticker, and
    /// wakes the service when it was set.
    fn attach(&self, ticker: Ticker) {
        let _ = ticker;
    }
}

/// The clocks of the system, as [`system_now`] reads them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The longest sleep. The system's clock can be set, and its uptime goes on while it is suspended; a
/// thread that sleeps hears of neither.
const LONGEST_SLEEP: u64 = 60;

impl Clock for SystemClock {
    fn now(&self) -> Now {
        system_now()
    }

    fn uptime(&self) -> u64 {
        uptime()
    }

    fn sleep(&self, until: Option<u64>) -> Option<Duration> {
        let left = until.map_or(LONGEST_SLEEP, |until| until.saturating_sub(uptime()));
        Some(Duration::from_secs(left.min(LONGEST_SLEEP)))
    }
}

/// The first second of 2026. This library did not exist before, so a clock that shows less was not set.
const NO_EARLIER: u64 = 1_767_225_600;

/// What the system's clocks show: seconds since power-on, with those asleep where the system counts
/// them (Linux: `CLOCK_BOOTTIME`), and the wall clock unless it obviously was not set.
///
/// ```
/// let now = nodelock_std::system_now();
/// assert!(now.wall.is_some());
/// ```
#[must_use]
pub fn system_now() -> Now {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok();
    let wall = wall.map(|since| since.as_secs()).filter(|&seconds| seconds >= NO_EARLIER);
    Now { uptime: uptime(), wall: wall.map(UnixTime) }
}

#[cfg(unix)]
fn uptime() -> u64 {
    use rustix::time::{ClockId, clock_gettime};

    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: ClockId = ClockId::Monotonic;
    u64::try_from(clock_gettime(CLOCK).tv_sec).unwrap_or(0)
}

/// Since the first call; elsewhere no well-kept library tells more.
#[cfg(not(unix))]
fn uptime() -> u64 {
    static BEGINNING: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGINNING.get_or_init(std::time::Instant::now).elapsed().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_knows_the_time() {
        let (now, later) = (system_now(), system_now());
        assert!(later.uptime >= now.uptime);
        #[cfg(target_os = "linux")]
        {
            let text = std::fs::read_to_string("/proc/uptime").expect("Linux has it");
            let seconds: u64 =
                text.split('.').next().and_then(|s| s.parse().ok()).expect("a number");
            assert!(seconds.abs_diff(now.uptime) <= 2, "{seconds} {now:?}");
        }
    }
}
