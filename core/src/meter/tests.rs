use std::vec::Vec;

use proptest::prelude::*;

use super::*;

fn seconds(n: u64) -> Period {
    Period::from_seconds(n).unwrap()
}

/// Runs the meter for so long, ticking every `step` seconds and at each deadline, as the contract
/// of the agent asks; returns the seconds for which use was paid.
fn run(meter: &mut Meter, from: u64, length: u64, step: u64, interval: Period) -> u64 {
    let mut granted = 0;
    let mut at = from;
    meter.start(from);
    while at < from + length {
        if let Some(charge) = meter.advance(at, interval) {
            meter.commit(charge, at);
        }
        let deadline = meter.next_deadline().filter(|&deadline| deadline > at);
        let next = at.saturating_add(step).min(from + length).min(deadline.unwrap_or(u64::MAX));
        // Nothing but a deadline changes whether time is paid.
        if meter.is_paid(at) {
            granted += next - at;
        }
        at = next;
    }
    if let Some(charge) = meter.advance(at, interval) {
        meter.commit(charge, at);
    }
    meter.stop(at);
    granted
}

#[test]
fn use_begins_with_a_charge_and_not_before() {
    let mut meter = Meter::restore(seconds(100), 0);
    assert_eq!(meter.advance(5, seconds(10)), None);
    meter.start(5);
    assert!(!meter.is_paid(5));
    let charge = meter.advance(5, seconds(10)).unwrap();
    assert_eq!(charge.charged(), 10);
    assert_eq!(meter.advance(5, seconds(10)), Some(charge));
    meter.commit(charge, 5);
    assert!(meter.is_paid(5) && meter.is_paid(14) && !meter.is_paid(15));
    assert_eq!(meter.advance(14, seconds(10)), None);
    assert_eq!(meter.next_deadline(), Some(15));
    assert_eq!((meter.used(9), meter.left(9)), (4, 96));
}

#[test]
fn the_allowance_ends_exactly_and_for_ever() {
    let mut meter = Meter::restore(seconds(25), 0);
    assert_eq!(run(&mut meter, 0, 1_000, 1, seconds(10)), 25);
    assert!(meter.is_exhausted(1_000));
    assert_eq!(meter.next_deadline(), None);
    let again = Meter::restore(seconds(25), meter.charged());
    assert!(again.is_exhausted(0));
    assert_eq!(again.left(0), 0);
}

#[test]
fn the_end_is_seen_at_its_second_without_a_tick() {
    let mut meter = Meter::restore(seconds(10), 0);
    meter.start(0);
    let charge = meter.advance(0, seconds(60)).unwrap();
    assert_eq!(charge.charged(), 10);
    meter.commit(charge, 0);
    assert!(!meter.is_exhausted(9));
    assert!(meter.is_exhausted(10));
}

#[test]
fn late_ticks_pay_for_all_that_was_used() {
    let mut meter = Meter::restore(seconds(100), 0);
    meter.start(0);
    meter.commit(meter.advance(0, seconds(10)).unwrap(), 0);
    let charge = meter.advance(35, seconds(10)).unwrap();
    assert_eq!(charge.charged(), 45);
    meter.commit(charge, 35);
    assert_eq!((meter.used(35), meter.left(35)), (35, 65));
}

#[test]
fn what_is_left_of_an_interval_serves_the_next_use() {
    let mut meter = Meter::restore(seconds(100), 0);
    assert_eq!(run(&mut meter, 0, 4, 1, seconds(10)), 4);
    assert_eq!((meter.charged(), meter.used(1_000)), (10, 4));
    assert_eq!(run(&mut meter, 2_000, 6, 1, seconds(10)), 6);
    assert_eq!(meter.charged(), 20);
}

#[test]
fn a_clock_that_goes_back_gives_nothing_back() {
    let mut meter = Meter::restore(seconds(100), 0);
    meter.start(50);
    meter.commit(meter.advance(50, seconds(10)).unwrap(), 50);
    meter.stop(55);
    meter.start(60);
    meter.stop(20);
    assert_eq!(meter.used(60), 5);
}

#[test]
fn more_charged_than_allowed_is_exhausted() {
    let meter = Meter::restore(seconds(10), u64::MAX);
    assert!(meter.is_exhausted(0));
    assert_eq!(meter.used(0), 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// 60 days under random power cycles.
    #[test]
    fn sixty_days_are_never_more_and_each_boot_costs_at_most_an_interval(
        boots in proptest::collection::vec(
            (1_u64..8 * 86_400, prop_oneof![Just(u64::MAX), 100_u64..100_000], any::<bool>()),
            1..30,
        ),
    ) {
        power_cycles(60 * 86_400, 900, boots)?;
    }

    /// Random allowances and intervals under random power cycles.
    #[test]
    fn power_cycles_win_nothing_and_cost_at_most_an_interval(
        total in 1_u64..4_000,
        interval in 1_u64..400,
        boots in proptest::collection::vec((1_u64..600, 1_u64..50, any::<bool>()), 1..40),
    ) {
        power_cycles(total, interval, boots)?;
    }
}

/// Each boot lasts so long, with a tick at least so often, and uses the right once or twice.
fn power_cycles(
    total: u64,
    interval: u64,
    boots: Vec<(u64, u64, bool)>,
) -> Result<(), TestCaseError> {
    let mut charged = 0;
    let mut granted = 0;
    let mut lost = 0;
    for (length, step, twice) in boots {
        let mut meter = Meter::restore(seconds(total), charged);
        if twice {
            granted += run(&mut meter, 0, length / 2, step, seconds(interval));
        }
        granted += run(&mut meter, length, length, step, seconds(interval));
        let left_over = meter.charged() - meter.used(u64::MAX);
        prop_assert!(left_over <= interval);
        lost += left_over;
        charged = meter.charged();
    }
    prop_assert!(granted <= total);
    prop_assert_eq!(granted + lost, charged);
    Ok(())
}

#[test]
fn warnings_come_at_their_times() {
    let times = |warning: Warning, from: u64| {
        let mut left = from;
        std::iter::from_fn(|| {
            left = warning.next(left)?;
            Some(left)
        })
        .collect::<std::vec::Vec<_>>()
    };
    let day = 86_400;
    let metered = [28, 21, 14, 7, 6, 5, 4, 3, 2, 1].map(|days| days * day);
    assert_eq!(times(Warning::Metered, 60 * day), metered);
    let dated = times(Warning::Dated, 90 * day);
    assert_eq!(dated[..7], [56, 49, 42, 35, 28, 21, 14].map(|days| days * day));
    assert_eq!(dated[7..14], [7, 6, 5, 4, 3, 2, 1].map(|days| days * day));
    assert_eq!((dated.len(), dated[14], dated[36]), (37, 23 * 3_600, 3_600));
    assert_eq!(times(Warning::RightToUse, 60 * day), [10 * day, 5 * day]);
    assert_eq!(Warning::Metered.due(60 * day), 0);
    assert_eq!(Warning::Metered.due(28 * day), 1);
    assert_eq!(Warning::Metered.due(28 * day - 1), 1);
    assert_eq!(Warning::Metered.due(0), 10);
}
