//! The time of the system, as the agent wants it.

use std::time::SystemTime;

use nodelock::Now;
use nodelock::value::UnixTime;

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
