//! A clock that tests move by hand.

use crate::value::time::{Now, UnixTime};

/// Uptime and wall clock of a device under test.
///
/// ```
/// use nodelock::testing::VirtualClock;
/// let mut clock = VirtualClock::new(Some(1_795_348_800));
/// clock.advance(900);
/// assert_eq!(clock.now().uptime, 900);
/// clock.reboot(60);
/// assert_eq!((clock.now().uptime, clock.now().wall.unwrap().0), (0, 1_795_349_760));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VirtualClock {
    uptime: u64,
    wall: Option<u64>,
}

impl VirtualClock {
    /// Just switched on; with the wall clock in seconds since 1970, if there is one.
    #[must_use]
    pub const fn new(wall: Option<u64>) -> Self {
        Self { uptime: 0, wall }
    }

    /// What the device tells the agent.
    #[must_use]
    pub const fn now(&self) -> Now {
        Now {
            uptime: self.uptime,
            wall: match self.wall {
                Some(wall) => Some(UnixTime(wall)),
                None => None,
            },
        }
    }

    /// So many seconds pass, on both clocks.
    pub const fn advance(&mut self, seconds: u64) {
        self.uptime = self.uptime.saturating_add(seconds);
        if let Some(wall) = self.wall {
            self.wall = Some(wall.saturating_add(seconds));
        }
    }

    /// Somebody sets the wall clock, or it is lost.
    pub const fn set_wall(&mut self, wall: Option<u64>) {
        self.wall = wall;
    }

    /// The device is switched off for so many seconds, and on again: the uptime begins anew, the wall
    /// clock goes on.
    pub const fn reboot(&mut self, off: u64) {
        self.advance(off);
        self.uptime = 0;
    }
}
