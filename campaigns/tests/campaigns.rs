//! Each campaign for a few seconds, without what the product is known to do otherwise, and the proof
//! that a search finds something where a promise of the storage is broken.

use std::rc::Rc;
use std::time::{Duration, Instant};

use nodelock::LicenseType;
use nodelock_campaigns::bounds::Bounds;
use nodelock_campaigns::compare::Compare;
use nodelock_campaigns::dice::Dice;
use nodelock_campaigns::disk::Disk;
use nodelock_campaigns::history::{Boot, Clock, DAY, History, LineSpec, Step, Ticks};
use nodelock_campaigns::world::World;
use nodelock_campaigns::{failures, generate};

const TIME: Duration = Duration::from_secs(3);

fn bounds(meddle: Option<fn(&Disk, usize)>, histories: u64) -> Option<String> {
    let (mut world, begin) = (World::patient(59), Instant::now());
    world.meddle = meddle;
    for seed in 1..=histories {
        let history = generate::bounds(&mut Dice::new(seed));
        let mut watch = Bounds::new(&history);
        watch.lenient = true;
        if let Err(finding) = world.run(&history, &mut watch) {
            return Some(finding);
        }
        if meddle.is_none() && begin.elapsed() > TIME {
            break;
        }
    }
    None
}

#[test]
fn promises_about_time() {
    assert_eq!(bounds(None, u64::MAX), None);
}

#[test]
fn the_model() {
    let (mut world, begin, mut seed) = (World::new(), Instant::now(), 1);
    while begin.elapsed() < TIME && seed < 3000 {
        let history = generate::everything(&mut Dice::new(seed));
        let mut watch = Compare::new(&history, Rc::clone(&world.disk));
        watch.be_lenient(true);
        assert_eq!(world.run(&history, &mut watch), Ok(()), "seed {seed}\n{history}");
        seed += 1;
    }
}

#[test]
fn storage_that_fails() {
    let (mut world, begin, mut seed) = (World::new(), Instant::now(), 1);
    while begin.elapsed() < TIME {
        let history = failures::generate(&mut Dice::new(seed));
        let result = failures::every_way(&mut world, &history, true);
        assert!(result.is_ok(), "seed {seed}: {result:?}\n{history}");
        seed += 1;
    }
}

#[test]
fn a_storage_that_forgets_the_running_time_is_found() {
    let finding = bounds(Some(|disk, _| disk.put(0x0001, None)), 3000);
    let finding = finding.expect("a right runs for longer than its length");
    assert!(finding.contains("was granted for"), "{finding}");
}

#[test]
fn a_storage_that_gives_back_an_older_use_is_found() {
    thread_local! {
        static OLD: std::cell::RefCell<Option<Vec<u8>>> = const { std::cell::RefCell::new(None) };
    }
    let line = LineSpec {
        feature: 0,
        version: 1,
        license_type: LicenseType::Evaluation,
        units: 0,
        additive: false,
        issued: generate::TODAY,
        start: None,
        end: 0,
        usage: 3600,
        expiry: 0,
        eula: false,
    };
    let boot = |steps| Boot { off: 0, uptime: 0, clock: Clock::GoesOn, cut: None, steps };
    let run = || boot(vec![Step::Activate(0), Step::Run(1000, Ticks::Deadlines)]);
    let mut boots = vec![boot(vec![Step::Install(0)])];
    boots.extend((0..10).map(|_| run()));
    let begin = u64::from(generate::TODAY) * DAY;
    let history = History { begin, interval: 900, small: true, lines: vec![line], boots };
    let mut world = World::new();
    assert_eq!(world.run(&history, &mut Bounds::new(&history)), Ok(()));
    world.meddle = Some(|disk, boot| {
        OLD.with_borrow_mut(|old| match boot {
            1 => *old = disk.value(0x0200),
            2.. => disk.put(0x0200, old.clone()),
            0 => {}
        });
    });
    let finding = world.run(&history, &mut Bounds::new(&history));
    assert!(finding.is_err_and(|what| what.contains("was granted for")));
}
