//! A clock as devices have them: wrong, set at any time, stuck, lost, or asleep.

use crate::value::time::{Now, UnixTime};

/// What somebody, or an empty battery, does to the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClockSetting {
    /// Nothing: it goes on, also while the power is off.
    GoesOn,
    /// It is set right.
    Right,
    /// It is lost, or was never there.
    None,
    /// It is set so many seconds off, and goes.
    Off(i64),
    /// It is set to this time in seconds since 1970, and goes; 0 is what many clocks begin with.
    At(u64),
    /// It is moved by so many seconds. One that was not there is there then.
    Moved(i64),
    /// It is set so many seconds off, and stands still.
    Stuck(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wall {
    None,
    /// So many seconds off.
    Going(i64),
    /// At this time.
    Stuck(u64),
}

/// The true time, and what a device knows of it: its uptime and its wall clock. Unlike
/// [`VirtualClock`](super::VirtualClock) it tells the two apart.
///
/// ```
/// use nodelock::testing::{ClockSetting, HostileClock};
/// let mut clock = HostileClock::new(1_795_348_800);
/// clock.set(ClockSetting::At(0)); // an empty battery
/// clock.advance(900);
/// assert_eq!((clock.now().uptime, clock.now().wall.unwrap().0), (900, 900));
/// clock.suspend(3_600); // the uptime of this system does not count sleep
/// assert_eq!((clock.now().uptime, clock.now().wall.unwrap().0), (900, 4_500));
/// clock.reboot(60);
/// clock.set(ClockSetting::Right);
/// assert_eq!((clock.now().uptime, clock.now().wall.unwrap().0), (0, clock.truth()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostileClock {
    truth: u64,
    uptime: u64,
    wall: Wall,
}

impl HostileClock {
    /// Just switched on at this time, in seconds since 1970, without a wall clock.
    #[must_use]
    pub const fn new(truth: u64) -> Self {
        Self { truth, uptime: 0, wall: Wall::None }
    }

    /// What the device tells the agent.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { uptime: self.uptime, wall: self.wall().map(UnixTime) }
    }

    /// The true time in seconds since 1970, which the device does not know.
    #[must_use]
    pub const fn truth(&self) -> u64 {
        self.truth
    }

    /// What the wall clock shows, in seconds since 1970.
    #[must_use]
    pub const fn wall(&self) -> Option<u64> {
        match self.wall {
            Wall::None => None,
            Wall::Going(off) => Some(self.truth.saturating_add_signed(off)),
            Wall::Stuck(at) => Some(at),
        }
    }

    /// Something is done to the wall clock.
    pub const fn set(&mut self, setting: ClockSetting) {
        self.wall = match (setting, self.wall) {
            (ClockSetting::GoesOn, wall) => wall,
            (ClockSetting::Right, _) => Wall::Going(0),
            (ClockSetting::None, _) => Wall::None,
            (ClockSetting::Off(off), _) => Wall::Going(off),
            (ClockSetting::At(at), _) => {
                Wall::Going(at.cast_signed().saturating_sub(self.truth.cast_signed()))
            }
            (ClockSetting::Moved(by), Wall::Going(off)) => Wall::Going(off.saturating_add(by)),
            (ClockSetting::Moved(by), Wall::Stuck(at)) => Wall::Stuck(at.saturating_add_signed(by)),
            (ClockSetting::Moved(by), Wall::None) => Wall::Going(by),
            (ClockSetting::Stuck(off), _) => Wall::Stuck(self.truth.saturating_add_signed(off)),
        };
    }

    /// So many seconds pass while the device runs.
    pub const fn advance(&mut self, seconds: u64) {
        self.uptime = self.uptime.saturating_add(seconds);
        self.suspend(seconds);
    }

    /// So many seconds pass while the device sleeps, which its uptime does not count.
    pub const fn suspend(&mut self, seconds: u64) {
        self.truth = self.truth.saturating_add(seconds);
    }

    /// The device is switched off for so many seconds, and on again: the uptime begins at 0.
    pub const fn reboot(&mut self, off: u64) {
        self.restart(off, 0);
    }

    /// The agent is not there for so many seconds, and begins at this uptime: that of the system, which
    /// was on for a while before the agent came, or that of a process, which begins anew while the system goes on.
    pub const fn restart(&mut self, off: u64, uptime: u64) {
        self.suspend(off);
        self.uptime = uptime;
    }
}
