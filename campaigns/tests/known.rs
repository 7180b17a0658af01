//! Histories in which the agent once differed from the text, as short as they could be made.

use nodelock::value::LicenseType;
use nodelock_campaigns::bounds::Bounds;
use nodelock_campaigns::generate::TODAY;
use nodelock_campaigns::history::{Boot, Clock, DAY, History, LineSpec, Step, Ticks};
use nodelock_campaigns::world::{Finding, World};

fn run(start: u32, days: u32, boots: Vec<Vec<Step>>) -> Result<(), Finding> {
    let line = LineSpec {
        feature: 0,
        version: 1,
        license_type: LicenseType::Subscription,
        units: 0,
        additive: false,
        issued: TODAY,
        start: (start > 0).then_some(TODAY + start),
        end: TODAY + start + days - 1,
        usage: 0,
        expiry: 0,
        eula: false,
    };
    let boot = |steps| Boot { off: 60, uptime: 0, clock: Clock::GoesOn, cut: None, steps };
    let history = History {
        begin: u64::from(TODAY) * DAY + 3600,
        interval: 900,
        small: true,
        lines: vec![line],
        boots: boots.into_iter().map(boot).collect(),
    };
    World::new().run(&history, &mut Bounds::new(&history))
}

const fn days(days: i64) -> Clock {
    Clock::Moved(days * 86_400)
}

/// SPEC 12.7: the rest of the boot in which a right ends is granted again and again.
#[test]
fn what_goes_on_after_its_end_is_counted() {
    let mut boots = vec![vec![Step::Set(Clock::Right), Step::Install(0)]];
    for _ in 0..10 {
        boots.push(vec![
            Step::Set(Clock::At(u64::from(TODAY) * DAY + 7200)),
            Step::Activate(0),
            Step::Set(days(20)),
            // Nobody calls the agent for a day, and the power goes before somebody does.
            Step::Run(DAY, Ticks::Never),
        ]);
    }
    assert_eq!(run(0, 2, boots), Ok(()));
}

/// SPEC 17.6: what a repair of the clock forgets stays forgotten.
#[test]
fn a_repair_of_the_clock_outlives_the_boot() {
    let ahead = vec![
        Step::Set(Clock::Right),
        Step::Install(0),
        Step::Set(days(10)),
        Step::Run(4 * DAY, Ticks::Deadlines),
    ];
    let repair = vec![Step::Set(Clock::Right), Step::RepairClock, Step::Run(60, Ticks::Deadlines)];
    let wait = vec![Step::Run(8 * DAY, Ticks::Deadlines)];
    assert_eq!(run(10, 3, vec![ahead, repair, wait]), Ok(()));
}

/// SPEC 17.6: also of a right that is cleared at that moment.
#[test]
fn a_repair_of_the_clock_forgets_what_is_cleared() {
    let first = vec![
        Step::Set(Clock::Right),
        Step::Install(0),
        Step::Set(days(5)),
        Step::Run(4 * DAY, Ticks::Deadlines),
        Step::Clear(0),
        Step::Set(Clock::Right),
        Step::RepairClock,
        Step::Install(0),
        Step::Tick,
    ];
    let second = vec![Step::Run(2 * DAY, Ticks::Deadlines)];
    assert_eq!(run(5, 3, vec![first, second]), Ok(()));
}
