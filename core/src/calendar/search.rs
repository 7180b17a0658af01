//! A search for histories in which a dated right runs too long or ends too early: docs/SPEC.md
//! section 12.7. Boots, power cuts, clock settings before and during boots, uptimes and signed dates
//! are rolled; the device is driven as the agent drives it, with what is kept as its only memory.

use core::cell::Cell;
use std::{eprintln, format, string::String, thread};

use super::{Calendar, ClockRules, Days, Kept, Reading, Running, Term};
use crate::calendar::Dated;
use crate::testing::Dice;
use crate::value::date::Date;
use crate::value::time::{DAY, Now, UnixTime};

const INTERVAL: u32 = 900;
const BUILT: u32 = 20_700;

/// What is durable.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    clock: Option<(UnixTime, Kept, bool)>,
    term: Term,
}

/// What a history is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Anything.
    Mixed,
    /// A thief sets the clock back at each boot.
    Thief,
    /// The device runs on, the clock is often wrong, and the owner wants what was paid for.
    Owner,
}

/// What the wall clock shows.
#[derive(Debug, Clone, Copy)]
enum Clock {
    Right,
    None,
    /// Set to this at boot; goes on from there.
    SetTo(UnixTime),
    /// Off the right time by this.
    Off(i64),
}

struct History {
    dice: Dice,
    days: Days,
    paid: bool,
    /// The right time.
    time: UnixTime,
    memory: Memory,
    /// Writes until the power goes, in this boot.
    writes_left: Cell<u64>,
    granted: u64,
    /// Of these, before its first day.
    early: u64,
    /// Longest time between two ticks; 0: at deadlines only.
    pause: u64,
    /// What this history is after.
    style: Style,
    /// How long its boots last, if all the same.
    lasts: Option<u64>,
    /// Signed dates that other records name, in days after the present one.
    slips: u64,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let issued = 20_779;
        let day = |days| Date::from_days(days).unwrap();
        let first = match dice.below(4) {
            0 => Some(issued + u32::try_from(dice.below(9)).unwrap()),
            1 => Some(issued.saturating_sub(u32::try_from(dice.below(9)).unwrap())),
            _ => None,
        };
        let long = [0, 0, 1, 2, 6, 13, 29, 89][usize::try_from(dice.below(8)).unwrap()];
        let end = first.unwrap_or(issued).max(issued) + long;
        let days = Days { issued: day(issued), start: first.map(day), end: day(end) };
        let time = UnixTime::start_of(day(issued)).plus(dice.below(DAY));
        let pause = [0, 0, 0, 60, 600, 7_200, 40_000][usize::try_from(dice.below(7)).unwrap()];
        let style = match dice.below(64) {
            0 => Style::Thief,
            1..8 => Style::Owner,
            _ => Style::Mixed,
        };
        let paid = style == Style::Thief || dice.below(2) == 0;
        let lengths = [60, 119, 121, 599, 899, 901, 1_799, 1_801, 5_000, 80_000];
        let lasts = (style == Style::Thief && dice.below(4) > 0)
            .then(|| lengths[usize::try_from(dice.below(10)).unwrap()]);
        let slips = [0, 0, 29, 400][usize::try_from(dice.below(4)).unwrap()];
        Self {
            dice,
            days,
            paid,
            time,
            memory: Memory::default(),
            writes_left: Cell::new(u64::MAX),
            granted: 0,
            early: 0,
            pause,
            style,
            lasts,
            slips,
        }
    }

    fn clock(&mut self) -> Clock {
        let begin = UnixTime::start_of(self.days.issued);
        let floor = self.memory.clock.map_or(begin, |clock| clock.0);
        let roll = match self.style {
            Style::Mixed => self.dice.below(10),
            Style::Thief if self.dice.below(30) == 0 => 5,
            Style::Thief => 4,
            Style::Owner if self.dice.below(3) == 0 => 0,
            Style::Owner => self.dice.below(10),
        };
        match roll {
            0 | 1 => Clock::Right,
            2 => Clock::None,
            3 => Clock::SetTo(UnixTime(self.dice.below(9 * DAY))),
            4 => Clock::SetTo(begin.plus(self.dice.below(DAY))),
            5 | 6 => Clock::SetTo(floor.plus(self.dice.below(1_000))),
            7 => Clock::SetTo(floor.plus(29 * DAY)),
            8 => Clock::Off(-i64::try_from(self.dice.below(40 * DAY)).unwrap()),
            _ => Clock::Off(i64::try_from(self.dice.below(400 * DAY)).unwrap()),
        }
    }

    fn store(&self, change: impl FnOnce()) -> bool {
        let left = self.writes_left.get();
        self.writes_left.set(left.saturating_sub(1));
        if left > 0 {
            change();
        }
        left > 0
    }

    fn is_its_day(&self) -> bool {
        let first = self.days.start.map_or(self.days.issued, |start| start.max(self.days.issued));
        self.time >= UnixTime::start_of(first) && self.time < UnixTime::end_of(self.days.end)
    }

    /// One boot; what was found, if it should not be.
    fn boot(&mut self) -> Result<(), String> {
        let off = [0, 5, 60, 3_600, 20 * 3_600, 40 * DAY];
        let longest = if self.style == Style::Mixed { 6 } else { 3 };
        let off = off[usize::try_from(self.dice.below(longest)).unwrap()];
        self.time = self.time.plus(self.dice.below(off + 1));
        let lasts = [5, 100, 119, 899, 901, 1_799, 4_000, 30_000, 90_000];
        let lasts = lasts[usize::try_from(self.dice.below(9)).unwrap()];
        let lasts = if self.dice.below(2) == 0 { lasts } else { 1 + self.dice.below(lasts) };
        // A thief uses up what is counted first, and then what is not.
        let counted = self.memory.clock.map_or(0, |(_, kept, _)| kept.counted);
        let used_up = self.memory.term.has_run(counted) + 7_200 > self.days.length();
        let lasts = match self.lasts {
            Some(short) if used_up => short,
            Some(_) => 6_000,
            None => lasts,
        };
        let cut = if self.dice.below(3) == 0 { self.dice.below(6) } else { u64::MAX };
        self.writes_left.set(cut);
        // The agent may be a process that was started again.
        let begin = if self.dice.below(2) == 0 { 0 } else { self.dice.below(300 * DAY) };
        let (mut clock, mut set_at) = (self.clock(), begin);
        let mut shown_from = self.time;
        if let Clock::SetTo(time) = clock {
            shown_from = time;
        }
        let built = UnixTime::start_of(Date::from_days(BUILT).unwrap());
        let rules = ClockRules::DEFAULT;
        let mut calendar = Calendar::new(rules, built);
        let mut running = Running::restore(Kept::default());
        if let Some((floor, kept, fresh)) = self.memory.clock {
            calendar = Calendar::restore(rules, built, floor).fresh(fresh);
            running = Running::restore(kept);
        }
        calendar.raise_signed(self.days.issued);
        if self.slips > 0 && self.dice.below(3) == 0 {
            let ahead = u32::try_from(self.dice.below(self.slips)).unwrap();
            let today = Date::from_unix_seconds(self.time.0).unwrap().days();
            calendar.raise_signed(Date::from_days(today + ahead).unwrap());
        }
        let mut term = self.memory.term;
        let mut uptime = begin;
        let end = begin + lasts;
        loop {
            let wall = match clock {
                Clock::Right => Some(self.time),
                Clock::None => None,
                Clock::SetTo(_) => Some(shown_from.plus(uptime - set_at)),
                Clock::Off(by) => Some(UnixTime(self.time.0.saturating_add_signed(by))),
            };
            let reading: Reading = calendar.observe(Now { uptime, wall });
            let judge = |term: Term, running: &Running| {
                term.judge(&reading, &self.days, self.paid, running.counted(uptime))
            };
            let mut dated = judge(term, &running);
            let recovers = dated != Dated::NotStarted;
            if let Some(next) = running.next(uptime, INTERVAL, recovers) {
                let clock = (calendar.floor(), next.kept(), calendar.is_fresh());
                if !self.store(|| ()) {
                    break;
                }
                self.memory.clock = Some(clock);
                calendar.kept(calendar.floor());
                running = next;
            }
            dated = judge(term, &running);
            if let Some(next) = term.next(dated, running.counted(uptime)) {
                if !self.store(|| ()) {
                    break;
                }
                (self.memory.term, term) = (next, next);
                dated = judge(term, &running);
            }
            let active = matches!(dated, Dated::Active { .. });
            let granted = active && !running.waits();
            // Two minutes after a boot at the latest.
            let waits = running.waits() && uptime < begin + 120;
            let owed = self.paid && matches!(clock, Clock::Right) && self.is_its_day();
            if owed && !granted && !waits && self.early == 0 {
                return Err(format!("paid and denied: {dated:?} {running:?} {reading:?}"));
            }
            if uptime >= end {
                break;
            }
            let left = match dated {
                Dated::Active { left } => left,
                _ => u64::MAX,
            };
            let deadline = running.deadline().min(calendar.deadline());
            let deadline = deadline.min(uptime.saturating_add(left)).max(uptime + 1);
            let next = match self.pause {
                0 => deadline,
                pause => uptime + 1 + self.dice.below(pause),
            };
            let next = next.min(end);
            let until = if granted { next.min(running.overdue()) } else { uptime };
            let early = self.time < UnixTime::end_of(self.days.end) && !self.is_its_day();
            self.granted += until - uptime;
            self.early += if early { until - uptime } else { 0 };
            self.time = self.time.plus(next - uptime);
            uptime = next;
            if self.dice.below(40) == 0 {
                (clock, set_at) = (self.clock(), uptime);
                if let Clock::SetTo(time) = clock {
                    shown_from = time;
                }
            }
        }
        let length = u64::from(self.days.length());
        if self.granted > length + length / 100 + DAY {
            return Err(format!("{} s of a right of {length} s", self.granted));
        }
        Ok(())
    }
}

fn search(from: u64, histories: u64) -> (u64, u64) {
    let (mut boots, mut used_up) = (0, 0);
    for seed in from..from + histories {
        let mut history = History::new(seed);
        let most = match history.style {
            Style::Mixed => 12,
            Style::Thief => 1_500,
            Style::Owner => 60,
        };
        let enough = 3 * (u64::from(history.days.length()) + DAY);
        for boot in 0..most {
            boots += 1;
            if history.granted > enough {
                break;
            }
            if let Err(found) = history.boot() {
                panic!(
                    "history {seed}, boot {boot}: {found}\n{:?} {:?}",
                    history.days, history.memory
                );
            }
        }
        used_up += u64::from(history.granted >= u64::from(history.days.length()));
    }
    (boots, used_up)
}

/// 1,000,000 histories; `NODELOCK_LONG=1` makes it a hundred times as many, from `NODELOCK_SEED` on.
#[test]
fn no_history_runs_too_long_or_ends_too_early() {
    let long = std::env::var_os("NODELOCK_LONG").is_some();
    let seed = std::env::var("NODELOCK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let histories = if long { 50_000_000 } else { 500_000 };
    let second = thread::spawn(move || search(seed + histories, histories));
    let first = search(seed, histories);
    let second = second.join().unwrap();
    let (boots, used_up) = (first.0 + second.0, first.1 + second.1);
    eprintln!("{} histories, {boots} boots, {used_up} rights used up", 2 * histories);
    assert!(used_up > histories / 100, "the search comes near the bounds: {used_up}");
}
