//! Each campaign for a few seconds, and the proof that a search finds something where a promise of the storage is broken.

use std::rc::Rc;

use nodelock::store::StorageKey;
use nodelock::value::LicenseType;
use nodelock_campaigns::bounds::Bounds;
use nodelock_campaigns::compare::Compare;
use nodelock_campaigns::dice::Dice;
use nodelock_campaigns::effort::Effort;
use nodelock_campaigns::history::{Boot, Clock, DAY, History, LineSpec, Step, Ticks};
use nodelock_campaigns::world::{Disk, World};
use nodelock_campaigns::{failures, flash, generate, transfer, values};

const TIME: Effort = Effort::seconds(3);

fn bounds(meddle: Option<fn(&Disk, usize)>, histories: u64) -> Option<String> {
    let mut world = World::patient(59);
    world.meddle = meddle;
    let time = if meddle.is_none() { TIME } else { Effort::seconds(600) };
    let found = Effort { histories, ..time }.each(|seed| {
        let history = generate::bounds(&mut Dice::new(seed));
        let mut watch = Bounds::new(&history);
        world.run(&history, &mut watch)
    });
    found.err().map(|(_, finding)| finding)
}

#[test]
fn promises_about_time() {
    assert_eq!(bounds(None, u64::MAX), None);
}

#[test]
fn the_model() {
    let mut world = World::new();
    let found = Effort { histories: 3000, ..TIME }.each(|seed| {
        let history = generate::everything(&mut Dice::new(seed));
        let mut watch = Compare::new(&history, Rc::clone(&world.disk));
        world.run(&history, &mut watch).map_err(|what| format!("{what}\n{history}"))
    });
    assert_eq!(found.err(), None);
}

#[test]
fn rights_that_move() {
    let mut counts = transfer::Counts::default();
    let found = TIME.each(|seed| transfer::history(seed, &mut counts));
    assert_eq!(found.err(), None);
    assert!(counts.posted > 0 && counts.void > 0 && counts.cuts > 0 && counts.redirected > 0);
}

#[test]
fn storage_that_fails() {
    let mut world = World::new();
    let found = TIME.each(|seed| {
        let history = failures::generate(&mut Dice::new(seed));
        let ways = failures::every_way(&mut world, &history);
        ways.map(|_| ()).map_err(|what| format!("{what:?}\n{history}"))
    });
    assert_eq!(found.err(), None);
}

#[test]
fn flash_that_fails() {
    for trouble in &flash::TROUBLES {
        let mut tally = flash::Tally::default();
        let found = Effort::seconds(1).each(|seed| flash::life(trouble, seed, &mut tally));
        assert_eq!(found.err(), None, "{}", trouble.name);
    }
}

#[test]
fn two_damaged_bits_in_the_flash_of_an_agent() {
    let mut counts = flash::pairs::Counts::default();
    let images = Effort { histories: 12, ..Effort::seconds(600) };
    let found = images.each(|seed| flash::pairs::image(seed, 50, &mut counts));
    assert_eq!(found.err(), None);
    assert!(counts.reported > 10, "{counts:?}");
}

#[test]
fn values_that_somebody_changes() {
    for level in values::Level::ALL {
        let mut counts = values::Counts::default();
        let devices = Effort { histories: 12, ..Effort::seconds(600) };
        let found = devices.each(|seed| values::device(level, seed, 40, &mut counts));
        assert_eq!(found.err(), None);
        // The search finds something where there is something to find.
        assert_eq!(counts.won > 0, level != values::Level::Counters, "{counts:?}");
    }
}

#[test]
fn a_storage_that_forgets_the_running_time_is_found() {
    let finding = bounds(Some(|disk, _| _ = disk.put(StorageKey(0x0001), None)), 3000);
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
            1 => {
                let mut value = vec![0; 200];
                *old = disk.value(StorageKey(0x0200), &mut value).map(|len| value[..len].to_vec());
            }
            2.. => _ = disk.put(StorageKey(0x0200), old.as_deref()),
            0 => {}
        });
    });
    let finding = world.run(&history, &mut Bounds::new(&history));
    assert!(finding.is_err_and(|what| what.contains("was granted for")));
}
