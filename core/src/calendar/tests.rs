use proptest::prelude::*;

use super::*;

const HOUR: u64 = 3_600;
const YEAR: u64 = 365 * DAY;
const BUILT: UnixTime = UnixTime(1_795_305_600);

fn calendar() -> Calendar {
    Calendar::restore(ClockRules::DEFAULT, BUILT, BUILT)
}

fn at(uptime: u64, wall: UnixTime) -> Now {
    Now { uptime, wall: Some(wall) }
}

fn day(time: UnixTime) -> Date {
    Date::from_unix_seconds(time.0).unwrap()
}

#[test]
fn a_plausible_clock_is_believed_and_raises_the_floor() {
    let mut calendar = calendar();
    let reading = calendar.observe(at(10, BUILT.plus(5 * DAY)));
    assert_eq!((reading.state, reading.changed), (ClockState::Good, false));
    assert_eq!(reading.at_least, BUILT.plus(5 * DAY));
    assert_eq!(calendar.floor(), BUILT.plus(5 * DAY));
    assert_eq!(calendar.floor_to_keep(), Some(BUILT.plus(5 * DAY)));
    calendar.kept(BUILT.plus(5 * DAY));
    calendar.observe(at(10 + HOUR, BUILT.plus(5 * DAY + HOUR)));
    assert_eq!(calendar.floor_to_keep(), None);
}

#[test]
fn a_step_back_is_reported_once_and_not_followed() {
    let mut calendar = calendar();
    calendar.observe(at(0, BUILT.plus(20 * DAY)));
    let back = calendar.observe(at(HOUR, BUILT));
    assert_eq!((back.state, back.changed), (ClockState::SteppedBack, true));
    assert_eq!(back.at_least, BUILT.plus(20 * DAY + HOUR));
    let again = calendar.observe(at(2 * HOUR, BUILT.plus(2 * HOUR)));
    assert_eq!((again.state, again.changed), (ClockState::SteppedBack, false));
    assert_eq!(again.at_least, BUILT.plus(20 * DAY + 2 * HOUR));
    let right = calendar.observe(at(3 * HOUR, BUILT.plus(20 * DAY + 3 * HOUR)));
    assert_eq!((right.state, right.changed), (ClockState::Good, true));
}

#[test]
fn drift_is_no_step_back_and_wins_nothing() {
    let mut calendar = calendar();
    calendar.observe(at(0, BUILT.plus(DAY)));
    let reading = calendar.observe(at(600, BUILT.plus(DAY + 400)));
    assert_eq!(reading.state, ClockState::Good);
    assert_eq!(reading.at_least, BUILT.plus(DAY + 600));
}

#[test]
fn an_old_year_at_boot_is_a_step_back_below_the_floor() {
    let reading = calendar().observe(at(5, UnixTime(3_600)));
    assert_eq!((reading.state, reading.changed), (ClockState::SteppedBack, true));
    // How long the device ran before, the floor may know already.
    assert_eq!(reading.at_least, BUILT);
}

#[test]
fn ten_years_forward_and_back_end_no_paid_right() {
    let mut calendar = calendar();
    calendar.observe(at(0, BUILT.plus(DAY)));
    let end = day(BUILT.plus(YEAR));
    let jumped = calendar.observe(at(60, BUILT.plus(10 * YEAR)));
    assert_eq!((jumped.state, jumped.changed), (ClockState::JumpedForward, true));
    assert!(matches!(jumped.judge(day(BUILT), None, end, true), Dated::Active { .. }));
    assert_eq!(jumped.judge(day(BUILT), None, end, false), Dated::Ended);
    let back = calendar.observe(at(120, BUILT.plus(DAY + 120)));
    assert_eq!((back.state, back.changed), (ClockState::Good, true));
    assert!(matches!(back.judge(day(BUILT), None, end, false), Dated::Active { .. }));
    assert_eq!(calendar.floor(), BUILT.plus(DAY + 120));
}

#[test]
fn a_jump_that_lasts_is_believed() {
    let mut calendar = calendar();
    let far = BUILT.plus(2 * YEAR);
    for hour in 0..24 {
        let reading = calendar.observe(at(hour * HOUR, far.plus(hour * HOUR)));
        assert_eq!(reading.state, ClockState::JumpedForward);
    }
    let reading = calendar.observe(at(DAY, far.plus(DAY)));
    assert_eq!((reading.state, reading.at_least), (ClockState::Good, far.plus(DAY)));
}

#[test]
fn a_jump_that_moves_again_begins_anew() {
    let mut calendar = calendar();
    calendar.observe(at(0, BUILT.plus(2 * YEAR)));
    calendar.observe(at(DAY - 1, BUILT.plus(5 * YEAR)));
    let reading = calendar.observe(at(DAY + 1, BUILT.plus(5 * YEAR)));
    assert_eq!(reading.state, ClockState::JumpedForward);
}

#[test]
fn a_signed_date_makes_a_jump_plausible() {
    let mut calendar = calendar();
    assert_eq!(calendar.observe(at(0, BUILT.plus(YEAR))).state, ClockState::JumpedForward);
    calendar.raise_signed(day(BUILT.plus(YEAR - 10 * DAY)));
    assert_eq!(calendar.observe(at(1, BUILT.plus(YEAR))).state, ClockState::Good);
}

#[test]
fn a_signed_date_moves_the_floor_no_further_than_a_reading() {
    for (ahead, moves) in [(1, true), (30, true), (31, false), (400, false), (20_000, false)] {
        let mut calendar = calendar();
        calendar.observe(at(0, BUILT.plus(HOUR)));
        let floor = calendar.floor();
        calendar.raise_signed(day(BUILT.plus(ahead * DAY)));
        assert_eq!(calendar.floor() > floor, moves, "{ahead}");
        assert_eq!(calendar.observe(at(1, BUILT.plus(HOUR))).state == ClockState::Good, !moves);
    }
}

#[test]
fn without_a_wall_clock_paid_rights_go_on_and_trials_cannot_be_judged() {
    let mut calendar = calendar();
    let reading = calendar.observe(Now::uptime(HOUR));
    let end = day(BUILT.plus(YEAR));
    assert_eq!(reading.state, ClockState::Unknown);
    assert!(matches!(reading.judge(day(BUILT), None, end, true), Dated::Active { .. }));
    assert_eq!(reading.judge(day(BUILT), None, end, false), Dated::Unknown);
    assert_eq!(reading.judge(day(BUILT), Some(day(BUILT.plus(DAY))), end, true), Dated::Unknown);
    // What the floor proves is known even so.
    let past = day(UnixTime(BUILT.0 - DAY));
    assert_eq!(reading.judge(day(BUILT), None, past, true), Dated::Ended);
    assert_eq!(reading.judge(day(BUILT), None, past, false), Dated::Ended);
}

#[test]
fn the_last_day_counts_in_full_and_the_first_from_its_start() {
    let mut calendar = calendar();
    let first = day(BUILT.plus(2 * DAY));
    let last = day(BUILT.plus(3 * DAY));
    for (offset, expected) in [
        (2 * DAY - 1, Dated::NotStarted),
        (2 * DAY, Dated::Active { left: 2 * DAY }),
        (4 * DAY - 1, Dated::Active { left: 1 }),
        (4 * DAY, Dated::Ended),
    ] {
        let reading = calendar.observe(at(offset, UnixTime(BUILT.0 / DAY * DAY + offset)));
        assert_eq!(reading.judge(day(BUILT), Some(first), last, true), expected, "{offset}");
    }
}

/// Ten years of boots of every length, with the clock set back or lost each time: what was counted
/// is never more than what ran, and never less by more than a day and a hundredth.
#[test]
fn rebooting_does_not_stop_running_time() {
    let mut dice = crate::testing::Dice::new(1);
    for longest in [1, 30, 119, 120, 600, 899, 900, 1_000, 1_799, 5_000, 40_000, 200_000] {
        let (mut kept, mut ran, mut granted) = (Kept::default(), 0_u64, 0_u64);
        for _ in 0..3_000 {
            let mut running = Running::restore(kept);
            let boot = if dice.below(2) == 0 { longest } else { 1 + dice.below(longest) };
            let start = dice.below(1_000_000);
            let mut uptime = start;
            while uptime < start + boot {
                if let Some(next) = running.next(uptime, 900, true) {
                    running = next;
                    kept = next.kept();
                }
                let until = running.deadline().min(start + boot);
                granted += if running.waits() { 0 } else { until - uptime };
                uptime = until;
            }
            ran += boot;
            assert!(u64::from(kept.counted) <= ran);
            let most = u64::from(kept.counted) * 101 / 100 + DAY;
            assert!(granted <= most, "{longest}: {granted} granted, {kept:?}");
        }
    }
}

proptest! {
    /// Whatever the wall clock does: what is known of time never goes back within a boot, nor
    /// below the floor of the boot before.
    #[test]
    fn known_time_never_goes_back(
        steps in proptest::collection::vec(
            (1_u64..3 * DAY, prop_oneof![Just(None), (0_u64..20 * YEAR).prop_map(Some)], any::<bool>()),
            1..60,
        ),
    ) {
        let mut calendar = calendar();
        let (mut uptime, mut known) = (0, BUILT);
        for (pause, wall, reboot) in steps {
            uptime += pause;
            if reboot {
                calendar = Calendar::restore(ClockRules::DEFAULT, BUILT, calendar.floor());
                uptime = 0;
                known = calendar.floor();
            }
            let wall = wall.map(|offset| UnixTime(BUILT.0 - YEAR).plus(offset));
            let reading = calendar.observe(Now { uptime, wall });
            prop_assert!(reading.at_least >= known);
            prop_assert!(reading.at_most.is_none_or(|latest| latest >= reading.at_least));
            prop_assert!(calendar.floor() <= reading.at_least);
            known = reading.at_least;
        }
    }
}
