//! Uptime against the wall clock: whether both count the same seconds.
//!
//! Uptime in milliseconds would end paid rights for good, and no number by itself is too large for one. Beside a
//! wall clock it shows: it runs a thousand times as fast. One such step proves nothing. A wall clock may be set
//! back, or stand still while the device sleeps, by just so much; so the first step is held back and counts no
//! time, and only a second one behind it is refused. What was held back counts as soon as a step is as it should
//! be, because uptime says it all. Whoever turns a wall clock back to hold time gains nothing: checks deny once the
//! uptime that they are asked with is an interval ahead of what was charged.

use nodelock::Now;

use crate::result::{Code, NODELOCK_ERR_UPTIME};

/// Seconds of the wall clock below which a step says nothing.
const SHORTEST: u64 = 3;
/// And of uptime, for a wall clock that stands still.
const LONGEST: u64 = 20_000;

/// Milliseconds and microseconds.
const FACTORS: [u64; 2] = [1_000, 1_000_000];

/// What is known of how fast uptime runs.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Where the step began that is looked at: uptime and wall clock, or `NOWHERE`.
    from: (u64, u64),
    /// Steps that were too fast, one behind the other.
    fast: u8,
}

/// No wall clock shows so late a time.
const NOWHERE: (u64, u64) = (0, u64::MAX);

enum Step {
    Short,
    Fast,
    Right,
}

impl Pace {
    pub(super) const NEW: Self = Self { from: NOWHERE, fast: 0 };

    /// The time that the agent may be told, which was told this uptime last.
    ///
    /// # Errors
    /// The uptime does not count seconds.
    pub(super) fn judge(&mut self, now: Now, told: u64) -> Result<Now, Code> {
        let here = now.wall.map(|wall| (now.uptime, wall.0));
        // Without a wall clock, there is nothing to begin a step with.
        let step = here.map_or(Step::Right, |here| step(self.from, here));
        self.fast = match step {
            Step::Short => self.fast,
            Step::Fast => self.fast.saturating_add(1),
            Step::Right => 0,
        };
        if !matches!(step, Step::Short) {
            self.from = here.unwrap_or(NOWHERE);
        }
        match self.fast {
            0 => Ok(now),
            1 => Ok(Now { uptime: told, ..now }),
            _ => Err(Code(NODELOCK_ERR_UPTIME)),
        }
    }
}

/// A clock that was set back begins anew.
fn step(from: (u64, u64), to: (u64, u64)) -> Step {
    let (Some(uptime), Some(wall)) = (to.0.checked_sub(from.0), to.1.checked_sub(from.1)) else {
        return Step::Right;
    };
    if wall < SHORTEST {
        return if uptime < LONGEST { Step::Short } else { Step::Right };
    }
    let is_fast = FACTORS.iter().any(|&factor| {
        // Each clock was read between two of its seconds; and they differ by a hundredth at most.
        let least = wall.saturating_sub(1).saturating_mul(factor);
        let most = wall.saturating_add(1).saturating_mul(factor);
        let tolerance = most / 100;
        (least.saturating_sub(tolerance)..=most.saturating_add(tolerance)).contains(&uptime)
    });
    if is_fast { Step::Fast } else { Step::Right }
}

#[cfg(test)]
mod tests {
    use nodelock::value::UnixTime;

    use super::*;

    const WALL: u64 = 1_795_348_800;

    fn at(uptime: u64, wall: u64) -> Now {
        Now { uptime, wall: Some(UnixTime(WALL + wall)) }
    }

    /// What the agent is told of each; 0 for a refusal, which none is told.
    fn told(steps: impl IntoIterator<Item = Now>) -> std::vec::Vec<u64> {
        let (mut pace, mut told) = (Pace::NEW, 0);
        let mut tell = |now| {
            let judged = pace.judge(now, told);
            told = judged.map_or(told, |now| now.uptime);
            judged.map_or(0, |now| now.uptime)
        };
        steps.into_iter().map(&mut tell).collect()
    }

    #[test]
    fn milliseconds_are_held_back_once_and_then_refused() {
        for factor in FACTORS {
            let hours = (0..5).map(|hour| at(7 + 3600 * hour * factor, 3600 * hour));
            assert_eq!(told(hours), [7, 7, 0, 0, 0]);
        }
        // Each tenth of a second: found after three seconds, refused from the sixth on.
        let tenths = told((1..100).map(|i| at(100 * i, i / 10)));
        assert!(tenths.iter().all(|&told| told < 3_100), "{tenths:?}");
        assert!(tenths[70..].iter().all(|&told| told == 0), "{tenths:?}");
    }

    #[test]
    fn tries_at_once_do_not_get_through() {
        let hours = told([
            at(0, 0),
            at(3_600_000, 3600),
            at(3_600_005, 3600),
            at(3_601_000, 3601),
            at(7_200_000, 7200),
            at(7_200_005, 7200),
        ]);
        assert_eq!(hours, [0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn seconds_pass_whatever_the_wall_clock_does() {
        // It stands still, is set, steps back, and is gone for a while.
        let steps = [
            at(1, 0),
            at(900, 900),
            at(50_000, 901),
            at(50_900, 40_000_000),
            at(54_500, 39_996_403),
            Now::uptime(90_000),
            at(93_600, 10),
            at(97_200, 3610),
        ];
        assert_eq!(told(steps), steps.map(|now| now.uptime));
        // A wall clock that never goes on.
        let still = (1..50).map(|hour| at(3600 * hour, 0));
        assert_eq!(told(still.clone()), still.map(|now| now.uptime).collect::<std::vec::Vec<_>>());
    }

    /// It slept for as long as a thousand times what the wall clock has seen.
    #[test]
    fn one_step_that_looks_like_it_costs_nothing() {
        assert_eq!(told([at(0, 0), at(10_000, 10), at(10_900, 910)]), [0, 0, 10_900]);
        // The wall clock is gone, or stands still, behind it.
        assert_eq!(told([at(0, 0), at(10_000, 10), Now::uptime(10_001)]), [0, 0, 10_001]);
        assert_eq!(told([at(0, 0), at(10_000, 10), at(30_000, 10)]), [0, 0, 30_000]);
    }
}
