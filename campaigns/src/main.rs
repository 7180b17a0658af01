//! Runs campaigns against the license agent.

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use nodelock_campaigns::bounds::Bounds;
use nodelock_campaigns::compare::Compare;
use nodelock_campaigns::dice::Dice;
use nodelock_campaigns::effort::Effort;
use nodelock_campaigns::history::{History, Step};
use nodelock_campaigns::shrink::shrink;
use nodelock_campaigns::world::World;
use nodelock_campaigns::{failures, flash, generate, transfer, values};

const USAGE: &str = "[bounds|model|failures|flash|pairs|values|transfer|all] [--trouble NAME] [--seed N] [--seconds S] [--histories N]";

struct Arguments {
    what: String,
    effort: Effort,
    trouble: String,
}

fn arguments() -> Option<Arguments> {
    let mut given =
        Arguments { what: "all".into(), effort: Effort::seconds(10), trouble: String::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "bounds" | "model" | "failures" | "flash" | "pairs" | "values" | "transfer" | "all" => {
                given.what = word
            }
            "--trouble" => given.trouble = words.next()?,
            "--seed" => given.effort.seed = words.next()?.parse().ok()?,
            "--seconds" => given.effort.time = Duration::from_secs(words.next()?.parse().ok()?),
            "--histories" => {
                given.effort.histories = words.next()?.parse().ok()?;
                given.effort.time = Duration::MAX;
            }
            _ => return None,
        }
    }
    Some(given)
}

fn bounds(given: &Arguments) -> bool {
    let mut world = World::new();
    let (mut ended, mut seconds) = (0u64, 0u64);
    let found = given.effort.each(|seed| {
        let history = generate::bounds(&mut Dice::new(seed));
        world.patience = if seed.is_multiple_of(100) { 0 } else { 59 };
        let patience = world.patience;
        let mut watch = Bounds::new(&history);
        world.run(&history, &mut watch).map_err(|finding| (finding, history.clone(), patience))?;
        ended += u64::from(watch.ended > 0);
        seconds += watch.seconds;
        Ok(())
    });
    if let Err((seed, (finding, history, patience))) = found {
        let fails = |history: &History| {
            World::patient(patience).run(history, &mut Bounds::new(history)).is_err()
        };
        return report("bounds", seed, &finding, &shrink(&history, 20_000, fails), |history| {
            let mut watch = Bounds::new(history);
            watch.trace = std::env::var_os("TRACE").is_some();
            World::patient(patience).run(history, &mut watch).err()
        });
    }
    println!(
        "bounds: {:?} from seed {}; {ended} with an end; {} days granted",
        world.tally,
        given.effort.seed,
        seconds / 86_400
    );
    true
}

fn model(given: &Arguments) -> bool {
    let mut world = World::new();
    let (mut settled, mut answers) = ((0, 0), (0, 0));
    let once = |history: &History, trace| {
        let mut world = World::new();
        let mut watch = Compare::new(history, Rc::clone(&world.disk));
        watch.trace = trace;
        world.run(history, &mut watch).err()
    };
    let found = given.effort.each(|seed| {
        let history = generate::everything(&mut Dice::new(seed));
        let mut watch = Compare::new(&history, Rc::clone(&world.disk));
        world.run(&history, &mut watch).map_err(|finding| (finding, history.clone()))?;
        settled = (settled.0 + watch.settled.0, settled.1 + watch.settled.1);
        answers = (answers.0 + watch.answers.0, answers.1 + watch.answers.1);
        Ok(())
    });
    if let Err((seed, (finding, history))) = found {
        let short = shrink(&history, 20_000, |history| once(history, false).is_some());
        return report("model", seed, &finding, &short, |history| {
            once(history, std::env::var_os("TRACE").is_some())
        });
    }
    println!(
        "model: {:?} from seed {}; {} of {} verdicts and {} of {} answers are settled by the text",
        world.tally, given.effort.seed, settled.0, settled.1, answers.0, answers.1
    );
    true
}

fn failures(given: &Arguments) -> bool {
    let mut world = World::new();
    let mut ways = 0;
    let found = given.effort.each(|seed| {
        let history = failures::generate(&mut Dice::new(seed));
        let tried = failures::every_way(&mut world, &history);
        ways += tried.map_err(|found| (found, history))?;
        Ok(())
    });
    if let Err((seed, ((fault, finding), history))) = found {
        let fails = |history: &History| {
            history.boots.len() == 3
                && !matches!(history.boots[1].steps.first(), None | Some(Step::Run(..)))
                && failures::every_way(&mut World::new(), history).is_err()
        };
        let short = shrink(&history, 2000, fails);
        let again = failures::every_way(&mut World::new(), &short).err();
        println!("{fault:?}");
        return report("failures", seed, &finding, &short, |_| {
            again.as_ref().map(|(fault, what)| format!("{fault:?}: {what}"))
        });
    }
    println!("failures: {ways} ways from seed {}, {:?}", given.effort.seed, world.tally);
    true
}

fn flash(given: &Arguments) -> bool {
    for trouble in flash::TROUBLES.iter().filter(|known| known.name.contains(&given.trouble)) {
        let mut tally = flash::Tally::default();
        let found = given.effort.each(|seed| flash::life(trouble, seed, &mut tally));
        if let Err((seed, finding)) = found {
            let name = trouble.name;
            println!(
                "flash: FOUND with --trouble \"{name}\" --seed {seed} --histories 1: {finding}"
            );
            return false;
        }
        println!("flash, {}: {tally:?} from seed {}", trouble.name, given.effort.seed);
    }
    true
}

fn pairs(given: &Arguments) -> bool {
    let mut counts = flash::pairs::Counts::default();
    let found = given.effort.each(|seed| flash::pairs::image(seed, 500, &mut counts));
    if let Err((seed, finding)) = found {
        println!("pairs: FOUND with --seed {seed} --histories 1: {finding}");
        return false;
    }
    println!("pairs: {counts:?} from seed {}", given.effort.seed);
    true
}

fn values(given: &Arguments) -> bool {
    for level in values::Level::ALL {
        let mut counts = values::Counts::default();
        let found = given.effort.each(|seed| values::device(level, seed, 200, &mut counts));
        if let Err((seed, finding)) = found {
            println!("values: FOUND with --seed {seed} --histories 1: {finding}");
            return false;
        }
        println!("values, {level:?}: {counts:?} from seed {}", given.effort.seed);
    }
    true
}

fn transfer(given: &Arguments) -> bool {
    let mut counts = transfer::Counts::default();
    let found = given.effort.each(|seed| transfer::history(seed, &mut counts));
    if let Err((seed, finding)) = found {
        println!("transfer: FOUND with --seed {seed} --histories 1: {finding}");
        return false;
    }
    println!("transfer: {counts:?} from seed {}", given.effort.seed);
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
    if matches!(given.what.as_str(), "values" | "all") {
        right &= values(&given);
    }
    if matches!(given.what.as_str(), "transfer" | "all") {
        right &= transfer(&given);
    }
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
