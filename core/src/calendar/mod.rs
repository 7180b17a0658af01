//! What is known of time: the wall clock, as far as it can be believed, and running time.
//!
//! Dated rights need the wall clock, and it is the one input that owners, empty batteries and time
//! servers change. Three facts stand against it: a durable **floor** (the latest time that was
//! believed), the uptime, which only goes forward, and the running time that was counted.
//!
//! * A step back is not believed. For a trial, time goes on from the floor. A right that was paid
//!   for follows it, because the floor may have been wrong: it is never longer than it is long,
//!   for its running time is counted.
//! * A jump forward beyond a bound is not believed until it has lasted, or until a signed date
//!   says so. Meanwhile rights that are paid for go on, and trials are judged by the later time.
//! * Without a wall clock only the floor and the uptime count, and what they cannot tell is
//!   [`Dated::Unknown`].
//!
//! docs/SPEC.md section 12 has the rules in a table.

mod running;
#[cfg(test)]
mod search;
mod term;

pub(crate) use running::{Kept, Running};
pub(crate) use term::{Days, Term};

use crate::value::date::{Date, Period};
use crate::value::time::{DAY, Now, UnixTime};

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

impl Default for ClockRules {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a reading of the clock was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
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
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Reading {
    /// The worth of the reading.
    pub state: ClockState,
    /// Whether the state differs from the one before: the moment to report it, once.
    pub changed: bool,
    /// It is at least this late, as far as readings were believed.
    pub at_least: UnixTime,
    /// The later of this and the wall clock; `None` without one. Judges trials.
    pub at_most: Option<UnixTime>,
    /// What the wall clock shows, unless that was before the firmware was built.
    pub wall: Option<UnixTime>,
}

/// State of a dated right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
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
    /// Day on which the firmware was built: no reading before is true.
    built: UnixTime,
    /// The latest time that was believed. Durable copies may lag by a day.
    floor: UnixTime,
    /// The durable copy.
    durable_floor: UnixTime,
    /// No reading was ever believed.
    fresh: bool,
    /// The latest day that a signed record names.
    signed: UnixTime,
    /// Uptime of the last reading of this boot, and the time that it was then at least.
    known: Option<(u64, UnixTime)>,
    /// A jump that waits: uptime at which it began, and the wall clock then.
    jump: Option<(u64, UnixTime)>,
    last: Option<ClockState>,
}

impl Calendar {
    /// Of a device that knows nothing but the day on which its firmware was built.
    #[must_use]
    pub const fn new(rules: ClockRules, built: UnixTime) -> Self {
        Self {
            rules,
            built,
            floor: built,
            durable_floor: built,
            fresh: true,
            signed: built,
            known: None,
            jump: None,
            last: None,
        }
    }

    /// With the floor that was kept.
    #[must_use]
    pub fn restore(rules: ClockRules, built: UnixTime, floor: UnixTime) -> Self {
        let floor = floor.max(built);
        Self { floor, durable_floor: floor, fresh: false, ..Self::new(rules, built) }
    }

    /// The same, if no reading was believed yet.
    pub(crate) const fn fresh(self, fresh: bool) -> Self {
        Self { fresh, ..self }
    }

    /// The vendor says that it is not before this time now, whatever was believed.
    pub const fn begin_anew(&mut self, uptime: u64, time: UnixTime) {
        (self.floor, self.durable_floor, self.signed) = (time, time, time);
        self.known = Some((uptime, time));
        (self.jump, self.last, self.fresh) = (None, None, false);
    }

    /// A verified signature names this day. It raises the floor as far as a reading would be
    /// believed at once, and makes a reading plausible that is not far behind it.
    pub fn raise_signed(&mut self, date: Date) {
        self.raise_signed_time(UnixTime::start_of(date));
    }

    /// The same for a time.
    pub fn raise_signed_time(&mut self, time: UnixTime) {
        self.signed = self.signed.max(time);
        if time <= self.floor.plus(self.rules.forward_bound.seconds()) {
            self.floor = self.floor.max(time);
        }
    }

    /// Takes a reading. Calling it too often is harmless.
    pub fn observe(&mut self, now: Now) -> Reading {
        let expected = self.expected(now.uptime);
        let mut at_least = expected;
        // What is known of time: not raised by a reading that is not kept yet.
        let mut known = expected;
        let state = match now.wall {
            None => ClockState::Unknown,
            Some(wall) if expected.since(wall) > self.rules.back_tolerance.seconds() => {
                self.jump = None;
                ClockState::SteppedBack
            }
            Some(wall) if self.is_likely(expected, wall) || self.has_lasted(now.uptime, wall) => {
                (self.jump, self.fresh) = (None, false);
                at_least = wall.max(expected);
                known = at_least;
                ClockState::Good
            }
            // There is nothing that it could contradict.
            Some(wall) if self.fresh => {
                at_least = wall;
                ClockState::Good
            }
            Some(_) => ClockState::JumpedForward,
        };
        self.known = Some((now.uptime, known));
        self.floor = self.floor.max(known);
        let changed = self.last.is_some_and(|last| last != state)
            || (self.last.is_none()
                && matches!(state, ClockState::SteppedBack | ClockState::JumpedForward));
        self.last = Some(state);
        Reading {
            state,
            changed,
            at_least,
            at_most: now.wall.map(|wall| wall.max(at_least)),
            wall: now.wall.filter(|wall| *wall >= self.built),
        }
    }

    /// The floor that should become durable after a reading, if any: once a day is enough, and
    /// sparing for the flash. Where dated rights are held it is kept with their running time.
    #[must_use]
    pub fn floor_to_keep(&self) -> Option<UnixTime> {
        (!self.fresh && self.floor.since(self.durable_floor) >= DAY).then_some(self.floor)
    }

    /// The uptime at which the floor is to be kept, if nothing else happens; the highest while no
    /// reading was believed.
    pub(crate) fn keep_deadline(&self) -> u64 {
        let wait = DAY.saturating_sub(self.floor.since(self.durable_floor));
        let known = self.known.filter(|_| !self.fresh);
        known.map_or(u64::MAX, |(since, _)| since.saturating_add(wait))
    }

    /// This floor is durable.
    pub const fn kept(&mut self, floor: UnixTime) {
        self.durable_floor = floor;
    }

    /// The latest time that was believed.
    #[must_use]
    pub const fn floor(&self) -> UnixTime {
        self.floor
    }

    /// Whether no reading was believed yet.
    pub(crate) const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The uptime at which readings are judged otherwise, if nothing else happens; the highest if
    /// there is none.
    #[must_use]
    pub fn deadline(&self) -> u64 {
        self.jump
            .map_or(u64::MAX, |(since, _)| since.saturating_add(self.rules.forward_wait.seconds()))
    }

    /// What time it is at least, by the uptime since the last reading. How long the device had been
    /// running before the first one says nothing: what was kept may be from then.
    fn expected(&self, uptime: u64) -> UnixTime {
        let (since, time) = self.known.unwrap_or((uptime, self.floor));
        time.plus(uptime.saturating_sub(since)).max(self.floor)
    }

    /// Whether a reading is near what is expected, or near what was signed.
    fn is_likely(&self, expected: UnixTime, wall: UnixTime) -> bool {
        let bound = self.rules.forward_bound.seconds();
        wall.since(expected) <= bound || (wall >= self.signed && wall.since(self.signed) <= bound)
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
    pub const NONE: Self = Self {
        state: ClockState::Unknown,
        changed: false,
        at_least: UnixTime(0),
        at_most: None,
        wall: None,
    };

    /// The latest that it may be, for a right that waits for its first day.
    pub(crate) fn latest(&self) -> UnixTime {
        match (self.state, self.wall) {
            (ClockState::SteppedBack, Some(wall)) => wall,
            (_, Some(wall)) => wall.max(self.at_least),
            (_, None) => self.at_least,
        }
    }

    /// Judges a right by its days. `paid` tells rights that were paid for, which no clock may end
    /// that can be wrong, from trials, which none may lengthen. Neither is used before it was
    /// issued.
    #[must_use]
    pub fn judge(&self, issued: Date, start: Option<Date>, end: Date, paid: bool) -> Dated {
        let (issued, end) = (UnixTime::start_of(issued), UnixTime::end_of(end));
        let known = self.at_least.max(issued);
        // Between which times it may be.
        let (from, to) = match (paid, self.wall) {
            (true, Some(wall)) if wall >= issued => match self.state {
                ClockState::SteppedBack => (wall, wall),
                _ => (wall.min(known), wall.max(known)),
            },
            (true, _) => (known, known),
            (false, _) => match self.at_most {
                Some(latest) => (latest.max(known), known),
                None if known >= end => return Dated::Ended,
                None => return Dated::Unknown,
            },
        };
        if from >= end {
            Dated::Ended
        } else if start.is_some_and(|start| to < UnixTime::start_of(start)) {
            if self.state == ClockState::Unknown { Dated::Unknown } else { Dated::NotStarted }
        } else {
            Dated::Active { left: end.since(from) }
        }
    }
}

#[cfg(test)]
mod tests;
