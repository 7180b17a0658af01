#![allow(missing_docs)]
use nodelock::LicenseType;
use nodelock_campaigns::bounds::Bounds;
use nodelock_campaigns::history::*;
use nodelock_campaigns::world::World;
fn main() {
    let line = LineSpec {
        feature: 0,
        version: 1,
        license_type: LicenseType::ExtensionSubscription,
        units: 0,
        additive: false,
        issued: 20_793,
        start: None,
        end: 20_794,
        usage: 0,
        expiry: 0,
        eula: false,
    };
    let boot =
        |steps: Vec<Step>| Boot { off: 0, uptime: 0, clock: Clock::GoesOn, cut: None, steps };
    for off in [-4_237_201i64, -1000] {
        let history = History {
            begin: 20_780 * DAY + 81234,
            interval: 900,
            small: true,
            lines: vec![line.clone()],
            boots: vec![
                boot(vec![
                    Step::Set(Clock::Off(off)),
                    Step::Install(0),
                    Step::Tick,
                    Step::Run(5 * DAY, Ticks::Deadlines),
                ]),
                boot(vec![Step::Run(DAY, Ticks::Deadlines)]),
            ],
        };
        let mut watch = Bounds::new(&history);
        watch.trace = true;
        println!("{:?}", World::new().run(&history, &mut watch));
    }
}
