//! What is known of time (SPEC 12.3 to 12.5).

use nodelock::value::LicenseType;

use super::Maybe;
use crate::history::{DAY, LineSpec};

/// What a reading was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Unknown,
    /// Believed.
    Good,
    /// Earlier than the floor.
    Back,
    /// Later than is likely.
    Forward,
}

/// Floor and wall clock.
#[derive(Debug, Clone)]
pub struct Clockwork {
    /// The floor, in seconds since 1970.
    pub floor: u64,
    /// The reading, if it is not before the firmware was built.
    pub wall: Option<u64>,
    /// Whether there is a wall clock, whatever it shows.
    pub has_wall: bool,
    /// Its worth.
    pub state: State,
    /// Whether a reading was ever believed; open after a boot before anything was kept.
    pub believed: bool,
    /// Latest day that an installed line was signed.
    pub signed: u64,
    /// A jump that waits: uptime at which it began.
    pub jump: Option<u64>,
    /// Whether a jump may have been kept by an earlier boot, so that it may be believed sooner.
    pub jump_before: bool,
    built: u64,
    /// Which floor was kept is open: it is this at most.
    pub floor_open: bool,
    /// Whether a line was cleared in this boot, whose day of issue may still count.
    pub cleared: bool,
    /// Whether the power has gone since the device was made.
    pub booted: bool,
    /// The latest time that can have been believed before the power went.
    pub most: u64,
    /// Uptime of the reading before.
    pub told: u64,
    /// Signed dates that the next reading takes into account.
    pub dates: Vec<u64>,
}

impl Clockwork {
    /// Of a new device.
    #[must_use]
    pub fn new(built: u64) -> Self {
        Self {
            floor: built,
            wall: None,
            has_wall: false,
            state: State::Unknown,
            believed: false,
            signed: 0,
            jump: None,
            jump_before: false,
            built,
            floor_open: false,
            most: 0,
            booted: false,
            cleared: false,
            told: 0,
            dates: Vec::new(),
        }
    }

    /// A boot: which floor was kept is the agent's to say, within what was ever believed.
    ///
    /// # Errors
    /// A floor that nobody can have believed.
    pub fn boot(&mut self, floor: u64, state: State, wall: Option<u64>) -> Result<(), String> {
        self.wall = wall.filter(|wall| *wall >= self.built);
        self.has_wall = wall.is_some();
        let most = self.floor.max(self.most).max(self.wall.unwrap_or(0)).max(self.signed);
        if floor > most || floor < self.built {
            return Err(format!("after the boot the floor is {floor}, and was at most {most}"));
        }
        self.booted |= self.most > 0;
        self.most = most.max(self.wall.unwrap_or(0));
        self.cleared = false;
        let fits = match (state, self.wall) {
            // A clock that shows a time before the build is earlier than the floor.
            (State::Back, None) => wall.is_some(),
            (State::Unknown, None) | (State::Forward, Some(_)) => true,
            // Less than an hour before the build.
            (State::Good, None) => wall.is_some_and(|wall| wall + 3600 >= floor),
            (State::Good, Some(wall)) => floor >= wall,
            (State::Back, Some(wall)) => wall + 3600 < floor,
            _ => false,
        };
        if !fits {
            return Err(format!("after the boot {state:?} at floor {floor}, with wall {wall:?}"));
        }
        self.jump_before |= self.jump.is_some();
        self.jump = None;
        let first = state == State::Good && !self.believed;
        self.state = state;
        if first {
            // Nothing was kept yet: what is shown may be the reading.
            self.floor = self.floor.min(floor);
            self.floor_open = true;
            self.take(state, self.told);
        } else {
            self.floor = floor;
            self.floor_open = state == State::Good || self.most > floor;
            self.jump = (state == State::Forward).then_some(self.told);
        }
        Ok(())
    }

    /// A reading. Gives what it may be worth: one state, or
    /// two where the text does not settle it.
    pub fn observe(&mut self, uptime: u64, wall: Option<u64>) -> Vec<State> {
        let seconds = uptime.saturating_sub(self.told);
        self.told = uptime;
        self.raise();
        self.floor += seconds;
        self.most = self.most.max(wall.unwrap_or(0)) + seconds;
        let shown = wall.filter(|wall| *wall >= self.built);
        (self.wall, self.has_wall) = (shown, wall.is_some());
        let Some(wall) = wall else {
            self.state = State::Unknown;
            return vec![State::Unknown];
        };
        if wall + 3600 < self.floor {
            if !self.believed && shown.is_some() {
                return vec![State::Good, State::Back];
            }
            return vec![State::Back];
        }
        if wall <= self.floor + 30 * DAY {
            return vec![State::Good];
        }
        if self.signed > 0 && wall >= self.signed && wall - self.signed <= 30 * DAY {
            return if self.cleared {
                vec![State::Good, State::Forward]
            } else {
                vec![State::Good]
            };
        }
        if !self.believed {
            return vec![State::Good, State::Forward];
        }
        if self.jump_before || self.cleared || self.floor < self.built + 400 * DAY && self.booted {
            // Whether what was believed before was kept is open.
            return vec![State::Good, State::Forward];
        }
        match self.jump {
            Some(since) if uptime >= since + DAY => vec![State::Good, State::Forward],
            _ => vec![State::Forward],
        }
    }

    /// What it was worth.
    pub fn take(&mut self, state: State, uptime: u64) {
        self.state = state;
        match state {
            State::Good => {
                let wall = self.wall.unwrap_or(0);
                let near = wall + 3600 >= self.floor && wall <= self.floor + 30 * DAY
                    || self.signed > 0
                        && wall >= self.signed.max(self.floor)
                        && wall - self.signed <= 30 * DAY;
                // The first reading is good, and raises nothing before one of the other rows holds.
                let waits = self.jump.is_some_and(|since| uptime < since + DAY);
                if near || self.believed || (self.jump.is_some() && !waits) {
                    self.believed = true;
                    self.floor = self.floor.max(wall);
                    (self.jump, self.jump_before) = (None, false);
                } else {
                    self.jump.get_or_insert(uptime);
                }
            }
            State::Forward => {
                self.jump.get_or_insert(uptime);
            }
            State::Back | State::Unknown => self.jump = None,
        }
    }

    /// The vendor repaired it: the floor is this now.
    pub fn restart(&mut self, floor: u64, state: State) {
        (self.floor, self.state) = (floor, state);
        (self.jump, self.jump_before) = (None, true);
        self.believed = state == State::Good;
        // Whether the days of issue of lines without dates count before the next boot is open.
        self.cleared = true;
    }

    /// A signed date (SPEC 12.4).
    pub fn signed(&mut self, day: u32) {
        let at = u64::from(day) * DAY;
        self.signed = self.signed.max(at);
        self.dates.push(at);
    }

    /// The signed dates raise the floor now.
    pub fn raise(&mut self) {
        for at in std::mem::take(&mut self.dates) {
            if at <= self.floor + 30 * DAY {
                self.floor = self.floor.max(at);
            }
        }
    }

    /// What the agent shows settles which floor was kept.
    pub fn learn(&mut self, shown: u64, uptime: u64) {
        let since = uptime.saturating_sub(self.told);
        let most = self.most.max(self.shown()).max(self.wall.unwrap_or(0)).max(self.signed);
        if self.floor_open && (self.built..=most + since).contains(&shown) && shown != self.shown()
        {
            (self.floor, self.told) = (shown, uptime);
            self.dates.clear();
        }
    }

    /// What is shown: the floor, or a good reading that is later.
    #[must_use]
    pub fn shown(&self) -> u64 {
        match self.wall {
            Some(wall) if self.state == State::Good => self.floor.max(wall),
            _ => self.floor,
        }
    }

    fn known(&self, spec: &LineSpec) -> u64 {
        // A good reading is known, even if the floor stays behind it (reading of 12.4, row 4).
        self.shown().max(u64::from(spec.issued) * DAY)
    }

    /// The wall clock, unless it shows a day before the issue.
    fn wall_for(&self, spec: &LineSpec) -> Option<u64> {
        self.wall.filter(|wall| *wall >= u64::from(spec.issued) * DAY)
    }

    /// Whether the first day has come (SPEC 12.5).
    #[must_use]
    pub fn begun(&self, spec: &LineSpec) -> Maybe {
        let start = u64::from(spec.start.unwrap_or(0)) * DAY;
        let known = self.known(spec);
        let at = match (spec.license_type, self.wall_for(spec)) {
            (LicenseType::Subscription, Some(wall)) if self.state == State::Back => wall,
            (LicenseType::Subscription, Some(wall)) => known.max(wall),
            _ => known,
        };
        Maybe::sure(at >= start)
    }

    /// Whether the last day is over, by the days alone.
    #[must_use]
    pub fn over(&self, spec: &LineSpec) -> bool {
        let known = self.known(spec);
        let at = match (spec.license_type, self.wall_for(spec)) {
            (LicenseType::Subscription, Some(wall)) => known.min(wall),
            (LicenseType::Subscription, None) => known,
            (_, wall) => known.max(wall.unwrap_or(0)),
        };
        at >= spec.over()
    }

    /// Whether a trial cannot be judged for want of a clock.
    #[must_use]
    pub fn missing(&self, spec: &LineSpec) -> bool {
        spec.license_type != LicenseType::Subscription && !self.has_wall
    }
}
