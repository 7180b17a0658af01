//! The wall clock, as far as it can be believed.
//!
//! Dated rights need it, and it is the one input that owners, empty batteries and time servers
//! change. Two facts bound it: a durable **floor** (no earlier date is true: the firmware was
//! built, a line was issued, a reading was accepted), and the uptime, which only goes forward.
//!
//! * A step back is never followed. Time goes on from the last believed reading, so no right gets
//!   longer, and none that is paid for ends by it.
//! * A jump forward beyond a bound is not believed until it has lasted, or until a signed date
//!   says so. Meanwhile rights that are paid for go on, and trials are judged by the later time.
//! * Without a wall clock only the floor and the uptime count, and what they cannot tell is
//!   [`Dated::Unknown`].

use crate::date::{Date, Period};
use crate::time::{DAY, Now, UnixTime};

/// How far the clock may differ before it is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockRules {
    /// A reading this much too early is drift, not a step back. It is not followed either.
    pub back_tolerance: Period,
    /// A reading this much too late is a jump.
    pub forward_bound: Period,
    /// So long a jump must last, in uptime, before it is believed.
    pub forward_wait: Period,
}

impl ClockRules {
    /// An hour of drift, a jump of 30 days, one day of waiting.
    pub const DEFAULT: Self = Self {
        back_tolerance: Period::literal(3_600),
        forward_bound: Period::literal(30 * DAY),
        forward_wait: Period::literal(DAY),
    };
}

/// What a reading of the clock was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClockState {
    /// There is no wall clock.
    Unknown,
    /// Believed.
    Good,
    /// Earlier than can be true; not followed.
    SteppedBack,
    /// Later than is likely; not believed yet.
    JumpedForward,
}

/// What is known about the date after a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The worth of the reading.
    pub state: ClockState,
    /// Whether the state differs from the one before: the moment to report it, once.
    pub changed: bool,
    /// It is at least this late. Judges rights that are paid for.
    pub at_least: UnixTime,
    /// The later of this and the wall clock; `None` without one. Judges trials.
    pub at_most: Option<UnixTime>,
}

/// State of a dated right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dated {
    /// Its first day is to come.
    NotStarted,
    /// It is its time; so many seconds are left at least.
    Active {
        /// Seconds to the end.
        left: u64,
    },
    /// Its last day is over.
    Ended,
    /// Without a wall clock this cannot be told.
    Unknown,
}

/// Keeps the floor and judges readings.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    rules: ClockRules,
    /// No date before is true. Durable copies may lag by a day.
    floor: UnixTime,
    /// The durable copy.
    durable_floor: UnixTime,
    /// Uptime of the last reading of this boot, and the time that it was then at least.
    known: Option<(u64, UnixTime)>,
    /// A jump that waits: uptime at which it began, and the wall clock then.
    jump: Option<(u64, UnixTime)>,
    last: Option<ClockState>,
}

impl Calendar {
    /// With the floor that was kept, or the day on which the firmware was built.
    #[must_use]
    pub const fn restore(rules: ClockRules, floor: UnixTime) -> Self {
        Self { rules, floor, durable_floor: floor, known: None, jump: None, last: None }
    }

    /// The vendor says that it is not before this time now, whatever was believed.
    pub const fn begin_anew(&mut self, uptime: u64, time: UnixTime) {
        (self.floor, self.durable_floor) = (time, time);
        self.known = Some((uptime, time));
        (self.jump, self.last) = (None, None);
    }

    /// A verified signature says that this day has come. A reading that waits because of a jump
    /// may be believed by it.
    pub fn raise_signed(&mut self, date: Date) {
        self.floor = self.floor.max(UnixTime::start_of(date));
    }

    /// Takes a reading. Calling it too often is harmless.
    pub fn observe(&mut self, now: Now) -> Reading {
        let expected = self.expected(now.uptime);
        let (state, at_least) = match now.wall {
            None => {
                self.jump = None;
                (ClockState::Unknown, expected)
            }
            Some(wall) if expected.since(wall) > self.rules.back_tolerance.seconds() => {
                self.jump = None;
                (ClockState::SteppedBack, expected)
            }
            Some(wall)
                if wall.since(expected) > self.rules.forward_bound.seconds()
                    && !self.has_lasted(now.uptime, wall) =>
            {
                (ClockState::JumpedForward, expected)
            }
            Some(wall) => {
                self.jump = None;
                (ClockState::Good, wall.max(expected))
            }
        };
        self.known = Some((now.uptime, at_least));
        self.floor = self.floor.max(at_least);
        let changed = self.last.is_some_and(|last| last != state)
            || (self.last.is_none()
                && matches!(state, ClockState::SteppedBack | ClockState::JumpedForward));
        self.last = Some(state);
        Reading { state, changed, at_least, at_most: now.wall.map(|wall| wall.max(at_least)) }
    }

    /// The floor that should become durable after this reading, if any.
    ///
    /// While the clock is believed, once a day is enough, and sparing for the flash: who turns the
    /// clock back then wins less than a day, once. While it is not, rebooting again and again
    /// would stop time, so it is paid `ahead` like metered use, if anything depends on it.
    #[must_use]
    pub fn floor_to_keep(&self, reading: &Reading, ahead: Option<Period>) -> Option<UnixTime> {
        match (reading.state, ahead) {
            (ClockState::Good, _) | (_, None) => {
                (self.floor.since(self.durable_floor) >= DAY).then_some(self.floor)
            }
            (_, Some(ahead)) => (reading.at_least >= self.durable_floor)
                .then(|| reading.at_least.plus(ahead.seconds())),
        }
    }

    /// This floor is durable.
    pub const fn kept(&mut self, floor: UnixTime) {
        self.durable_floor = floor;
    }

    /// No date before this one is true.
    #[must_use]
    pub const fn floor(&self) -> UnixTime {
        self.floor
    }

    /// What time it is at least, by the uptime since the last reading.
    fn expected(&self, uptime: u64) -> UnixTime {
        let (since, time) = self.known.unwrap_or((0, self.floor));
        time.plus(uptime.saturating_sub(since)).max(self.floor)
    }

    /// Whether a jump to this time has lasted. Remembers when it began; a clock that moves again
    /// by more than the bound begins anew.
    fn has_lasted(&mut self, uptime: u64, wall: UnixTime) -> bool {
        if let Some((since, first)) = self.jump {
            let running = uptime.saturating_sub(since);
            let drift = wall.since(first.plus(running)).max(first.plus(running).since(wall));
            if drift <= self.rules.forward_bound.seconds() {
                return running >= self.rules.forward_wait.seconds();
            }
        }
        self.jump = Some((uptime, wall));
        false
    }
}

impl Reading {
    /// Before the first reading: nothing is known.
    pub const NONE: Self =
        Self { state: ClockState::Unknown, changed: false, at_least: UnixTime(0), at_most: None };

    /// Judges a right by its first and last day. `paid` tells rights that were paid for, which a
    /// doubtful clock must not end, from trials, which it must not lengthen.
    #[must_use]
    pub fn judge(&self, start: Option<Date>, end: Date, paid: bool) -> Dated {
        let end = UnixTime::end_of(end);
        let time = if paid { Some(self.at_least) } else { self.at_most };
        let Some(time) = time else {
            return if self.at_least >= end { Dated::Ended } else { Dated::Unknown };
        };
        if time >= end {
            Dated::Ended
        } else if start.is_some_and(|start| self.at_least < UnixTime::start_of(start)) {
            if self.state == ClockState::Unknown { Dated::Unknown } else { Dated::NotStarted }
        } else {
            Dated::Active { left: end.since(time) }
        }
    }
}

#[cfg(test)]
mod tests;
