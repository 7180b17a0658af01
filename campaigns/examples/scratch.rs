#![allow(missing_docs)]
use nodelock::LicenseType;
use nodelock_campaigns::bounds::Bounds;
use nodelock_campaigns::history::*;
use nodelock_campaigns::world::World;
fn main() {
    let line = LineSpec {
        feature: 0,
        version: 1,
        license_type: LicenseType::Subscription,
        units: 0,
        additive: false,
        issued: 20_780,
        start: Some(20_790),
        end: 20_792,
        usage: 0,
        expiry: 0,
        eula: false,
    };
    let boot =
        |steps: Vec<Step>| Boot { off: 0, uptime: 0, clock: Clock::GoesOn, cut: None, steps };
    for set in [true, false] {
        let first = vec![
            Step::Set(Clock::Right),
            Step::Install(0),
            Step::Run(3600, Ticks::Deadlines),
            Step::Set(Clock::Moved(10 * DAY as i64)),
            Step::Run(4 * DAY, Ticks::Deadlines),
        ];
        let mut second = vec![Step::Set(Clock::Right)];
        if set {
            second.push(Step::Run(3600, Ticks::Deadlines));
        }
        second.extend([Step::RepairClock, Step::Run(60, Ticks::Deadlines)]);
        let third = vec![];
        let mut third: Vec<Step> = third;
        third.extend([Step::Run(8 * DAY, Ticks::Deadlines)]);
        let history = History {
            begin: 20_780 * DAY + 3600,
            interval: 900,
            small: true,
            lines: vec![line.clone()],
            boots: vec![boot(first), boot(second), boot(third)],
        };
        let mut watch = Bounds::new(&history);
        watch.trace = true;
        println!("{:?}", World::new().run(&history, &mut watch));
    }
}
