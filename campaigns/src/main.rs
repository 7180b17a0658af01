//! Runs campaigns against the license agent.

use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nodelock_campaigns::bounds::Bounds;
use nodelock_campaigns::compare::Compare;
use nodelock_campaigns::dice::Dice;
use nodelock_campaigns::history::{History, Step};
use nodelock_campaigns::shrink::shrink;
use nodelock_campaigns::world::World;
use nodelock_campaigns::{failures, flash, generate};

const USAGE: &str = "[bounds|model|failures|flash|pairs|all] [--trouble NAME] [--seed N] [--seconds S] [--histories N] [--lenient]";

struct Arguments {
    what: String,
    seed: u64,
    time: Duration,
    histories: u64,
    lenient: bool,
    trouble: String,
}

fn arguments() -> Option<Arguments> {
    let mut given = Arguments {
        what: "all".into(),
        seed: 1,
        time: Duration::from_secs(10),
        histories: u64::MAX,
        lenient: false,
        trouble: String::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "bounds" | "model" | "failures" | "flash" | "pairs" | "all" => given.what = word,
            "--lenient" => given.lenient = true,
            "--trouble" => given.trouble = words.next()?,
            "--seed" => given.seed = words.next()?.parse().ok()?,
            "--seconds" => given.time = Duration::from_secs(words.next()?.parse().ok()?),
            "--histories" => {
                given.histories = words.next()?.parse().ok()?;
                given.time = Duration::MAX;
            }
            _ => return None,
        }
    }
    Some(given)
}

fn watch_for<'h>(history: &'h History, given: &Arguments) -> Bounds<'h> {
    let mut watch = Bounds::new(history);
    watch.lenient = given.lenient;
    watch
}

fn bounds(given: &Arguments) -> bool {
    let mut world = World::new();
    let (begin, mut seed, mut ended, mut seconds) = (Instant::now(), given.seed, 0u64, 0u64);
    while seed - given.seed < given.histories && begin.elapsed() < given.time {
        let history = generate::bounds(&mut Dice::new(seed));
        world.patience = if seed.is_multiple_of(100) { 0 } else { 59 };
        let patience = world.patience;
        let mut watch = watch_for(&history, given);
        if let Err(finding) = world.run(&history, &mut watch) {
            let fails = |history: &History| {
                World::patient(patience).run(history, &mut watch_for(history, given)).is_err()
            };
            return report("bounds", seed, &finding, &shrink(&history, 20_000, fails), |history| {
                let mut watch = watch_for(history, given);
                watch.trace = std::env::var_os("TRACE").is_some();
                World::patient(patience).run(history, &mut watch).err()
            });
        }
        ended += u64::from(watch.ended > 0);
        seconds += watch.seconds;
        seed += 1;
    }
    let speed = world.tally.histories as f64 / begin.elapsed().as_secs_f64();
    println!(
        "bounds: {:?} from seed {}, {speed:.0} histories/s; {ended} with an end; {} days granted",
        world.tally,
        given.seed,
        seconds / 86_400
    );
    true
}

fn model(given: &Arguments) -> bool {
    let mut world = World::new();
    let (begin, mut seed) = (Instant::now(), given.seed);
    let (mut settled, mut answers) = ((0, 0), (0, 0));
    let once = |history: &History, trace| {
        let mut world = World::new();
        let mut watch = Compare::new(history, Rc::clone(&world.disk));
        watch.trace = trace;
        watch.be_lenient(given.lenient);
        world.run(history, &mut watch).err()
    };
    while seed - given.seed < given.histories && begin.elapsed() < given.time {
        let history = generate::everything(&mut Dice::new(seed));
        let mut watch = Compare::new(&history, Rc::clone(&world.disk));
        watch.be_lenient(given.lenient);
        if let Err(finding) = world.run(&history, &mut watch) {
            let short = shrink(&history, 20_000, |history| once(history, false).is_some());
            return report("model", seed, &finding, &short, |history| {
                once(history, std::env::var_os("TRACE").is_some())
            });
        }
        settled = (settled.0 + watch.settled.0, settled.1 + watch.settled.1);
        answers = (answers.0 + watch.answers.0, answers.1 + watch.answers.1);
        seed += 1;
    }
    println!(
        "model: {:?} from seed {}; {} of {} verdicts and {} of {} answers are settled by the text",
        world.tally, given.seed, settled.0, settled.1, answers.0, answers.1
    );
    true
}

fn failures(given: &Arguments) -> bool {
    let mut world = World::new();
    let (begin, mut seed, mut ways) = (Instant::now(), given.seed, 0);
    while seed - given.seed < given.histories && begin.elapsed() < given.time {
        let history = failures::generate(&mut Dice::new(seed));
        match failures::every_way(&mut world, &history, given.lenient) {
            Ok(tried) => ways += tried,
            Err((fault, finding)) => {
                let fails = |history: &History| {
                    history.boots.len() == 3
                        && !matches!(history.boots[1].steps.first(), None | Some(Step::Run(..)))
                        && failures::every_way(&mut World::new(), history, given.lenient).is_err()
                };
                let short = shrink(&history, 2000, fails);
                let again = failures::every_way(&mut World::new(), &short, given.lenient).err();
                println!("{fault:?}");
                return report("failures", seed, &finding, &short, |_| {
                    again.as_ref().map(|(fault, what)| format!("{fault:?}: {what}"))
                });
            }
        }
        seed += 1;
    }
    println!("failures: {ways} ways from seed {}, {:?}", given.seed, world.tally);
    true
}

fn flash(given: &Arguments) -> bool {
    for trouble in flash::TROUBLES.iter().filter(|known| known.name.contains(&given.trouble)) {
        let mut tally = flash::Tally::default();
        let (begin, mut seed) = (Instant::now(), given.seed);
        while seed - given.seed < given.histories && begin.elapsed() < given.time {
            if let Err(finding) = flash::life(trouble, seed, &mut tally) {
                println!(
                    "flash: FOUND with --trouble \"{}\" --seed {seed} --histories 1: {finding}",
                    trouble.name
                );
                return false;
            }
            seed += 1;
        }
        println!("flash, {}: {tally:?} from seed {}", trouble.name, given.seed);
    }
    true
}

fn pairs(given: &Arguments) -> bool {
    let mut counts = flash::pairs::Counts::default();
    let (begin, mut seed) = (Instant::now(), given.seed);
    while seed - given.seed < given.histories && begin.elapsed() < given.time {
        if let Err(finding) = flash::pairs::image(seed, 500, &mut counts) {
            println!("pairs: FOUND with --seed {seed} --histories 1: {finding}");
            return false;
        }
        seed += 1;
    }
    println!("pairs: {counts:?} from seed {}", given.seed);
    true
}

fn report(
    what: &str,
    seed: u64,
    finding: &str,
    short: &History,
    again: impl Fn(&History) -> Option<String>,
) -> bool {
    println!("{what}: FOUND with --seed {seed} --histories 1: {finding}");
    println!("a shorter history: {}", again(short).unwrap_or_default());
    println!("{short}");
    false
}

fn main() -> ExitCode {
    let Some(given) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let mut right = true;
    if matches!(given.what.as_str(), "bounds" | "all") {
        right &= bounds(&given);
    }
    if matches!(given.what.as_str(), "model" | "all") {
        right &= model(&given);
    }
    if matches!(given.what.as_str(), "failures" | "all") {
        right &= failures(&given);
    }
    if matches!(given.what.as_str(), "flash" | "all") {
        right &= flash(&given);
    }
    if matches!(given.what.as_str(), "pairs" | "all") {
        right &= pairs(&given);
    }
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
