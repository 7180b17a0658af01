//! Counts the instructions of each scenario with callgrind: the same on every run, so a change in
//! the code shows where a change in time would drown in noise.

mod valgrind;

use std::collections::BTreeMap;
use std::process::ExitCode;

use nodelock_benches::baseline::{Change, Comparison, Counts};
use nodelock_benches::scenarios::SCENARIOS;

const USAGE: &str = "\
usage: instruction-counts [--json] [--only NAME]... [--write FILE] [--check FILE [--tolerance PERCENT]]

  --json       print JSON instead of a table
  --only       count this scenario and no other
  --write      write a baseline
  --check      compare with a baseline; exit status 1 if a count is above it
  --tolerance  allowed difference from the baseline, 2 percent if not given

exit status: 0 done, 1 above the baseline, 2 wrong usage, 3 valgrind or a file is missing";

/// How a run ends other than well.
enum Stop {
    Usage(String),
    Missing(String),
}

#[derive(Default)]
struct Options {
    json: bool,
    only: Vec<String>,
    write: Option<String>,
    check: Option<String>,
    tolerance: Option<u32>,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [mark, name, runs] = args.as_slice()
        && mark == valgrind::CHILD
    {
        return run_child(name, runs);
    }
    match run(args) {
        Ok(code) => code,
        Err(Stop::Usage(why)) => {
            eprintln!("instruction-counts: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Stop::Missing(why)) => {
            eprintln!("instruction-counts: {why}");
            ExitCode::from(3)
        }
    }
}

/// The process under valgrind: prepares a scenario and runs it.
fn run_child(name: &str, runs: &str) -> ExitCode {
    if name == valgrind::CPU {
        println!("{}", cpu_features().join(" "));
        return ExitCode::SUCCESS;
    }
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name);
    let (Some(scenario), Ok(runs)) = (scenario, runs.parse::<u32>()) else {
        return ExitCode::from(2);
    };
    let mut operation = (scenario.prepare)();
    (0..runs).for_each(|_| operation());
    ExitCode::SUCCESS
}

fn run(args: Vec<String>) -> Result<ExitCode, Stop> {
    let options = parse(args)?;
    if cfg!(debug_assertions) && (options.write.is_some() || options.check.is_some()) {
        return Err(Stop::Usage("baselines are for optimised code: build with --release".into()));
    }
    let baseline = options.check.as_deref().map(read_baseline).transpose()?;
    let valgrind = valgrind::Valgrind::find().ok_or_else(|| {
        Stop::Missing("valgrind is not installed; try: apt-get install valgrind".into())
    })?;
    let mut instructions = BTreeMap::new();
    let all = options.only.is_empty();
    for scenario in SCENARIOS.iter().filter(|s| all || options.only.iter().any(|o| o == s.name)) {
        let count = valgrind.count(scenario).map_err(Stop::Missing)?;
        instructions.insert(scenario.name.to_owned(), count);
    }
    let counts = Counts {
        rustc: env!("NODELOCK_RUSTC").to_owned(),
        target: env!("NODELOCK_TARGET").to_owned(),
        cpu: valgrind.cpu_features().map_err(Stop::Missing)?,
        instructions,
    };
    if let Some(file) = &options.write {
        std::fs::write(file, counts.to_json())
            .map_err(|error| Stop::Missing(format!("cannot write {file}: {error}")))?;
    }
    if options.json {
        print!("{}", counts.to_json());
    }
    Ok(report(&counts, baseline.as_ref(), &options))
}

fn parse(args: Vec<String>) -> Result<Options, Stop> {
    let mut options = Options::default();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| Stop::Usage(format!("{arg} needs a value")));
        match arg.as_str() {
            "--json" => options.json = true,
            "--only" => options.only.push(value()?),
            "--write" => options.write = Some(value()?),
            "--check" => options.check = Some(value()?),
            "--tolerance" => {
                let percent = value()?.parse().ok();
                options.tolerance = Some(
                    percent
                        .ok_or_else(|| Stop::Usage("--tolerance takes a whole number".into()))?,
                );
            }
            _ => return Err(Stop::Usage(format!("unknown argument {arg}"))),
        }
    }
    let known = |name: &String| SCENARIOS.iter().any(|scenario| scenario.name == name);
    match options.only.iter().find(|name| !known(name)) {
        Some(name) => Err(Stop::Usage(format!("no scenario is called {name}"))),
        None => Ok(options),
    }
}

fn read_baseline(file: &str) -> Result<Counts, Stop> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Stop::Missing(format!("cannot read {file}: {error}")))?;
    Counts::from_json(&text).ok_or_else(|| {
        Stop::Missing(format!("{file} is no baseline; make one with --write {file}"))
    })
}

/// Prints the table, unless JSON was asked for, and the result of the comparison.
fn report(counts: &Counts, baseline: Option<&Counts>, options: &Options) -> ExitCode {
    let compared = baseline.map(|base| counts.compare(base, options.tolerance.unwrap_or(2)));
    let changes = match &compared {
        Some(Comparison::Compared(changes)) => changes.as_slice(),
        _ => &[],
    };
    let change_of = |name| changes.iter().find(|(n, _, _)| n == name).map(|(_, _, change)| change);
    if !options.json {
        println!("{:<18} {:>12}", "name", "instructions");
        for (name, count) in &counts.instructions {
            match change_of(name) {
                Some(change) => println!("{name:<18} {count:>12}   {change}"),
                None => println!("{name:<18} {count:>12}"),
            }
        }
    }
    if let Some(Comparison::NotComparable(why)) = compared {
        eprintln!("not comparable with the baseline: {why}");
        return ExitCode::SUCCESS;
    }
    let mut above = changes.iter().filter(|(_, _, change)| matches!(change, Change::Above(_)));
    let Some((name, count, change)) = above.next() else { return ExitCode::SUCCESS };
    eprintln!("above the baseline: {name} with {count} ({change}), and {} more", above.count());
    ExitCode::from(1)
}

/// What code that chooses by CPU features can see here.
fn cpu_features() -> Vec<&'static str> {
    let mut seen = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! look {
            ($($name:tt),*) => {
                $(if std::arch::is_x86_feature_detected!($name) { seen.push($name); })*
            };
        }
        look!("ssse3", "sse4.1", "sse4.2", "avx", "avx2", "bmi1", "bmi2", "adx", "sha", "avx512f");
    }
    #[cfg(target_arch = "aarch64")]
    {
        macro_rules! look {
            ($($name:tt),*) => {
                $(if std::arch::is_aarch64_feature_detected!($name) { seen.push($name); })*
            };
        }
        look!("neon", "aes", "sha2", "sha3");
    }
    seen.sort_unstable();
    seen
}
