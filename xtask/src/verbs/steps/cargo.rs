//! The steps that are one or a few cargo commands.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools::programs::{self, Missing};
use crate::tools::{process, toolchain, workspace};

/// Crates that are no members of the workspace: `--all` does not reach them.
const APART: [&str; 5] = [
    "ffi/link-proof",
    "fuzz",
    "p256-pinned/on-target",
    "benches/log-size",
    "examples/firmware-embassy",
];
/// What the core offers beside them: each alone, those that know of each other, and all.
const CORE_FORMS: [&str; 6] =
    ["", ",serde", ",heapless", ",defmt", ",serde,heapless", ",serde,heapless,defmt,flash"];
/// Every choice of cryptography, for crates that have the features `sha256` and `p256`.
const FEATURE_SETS: [&str; 4] = ["", "sha256", "pinned", "p256"];

pub(in crate::verbs) fn fmt() -> Result<String> {
    need_component("cargo-fmt", "rustup component add rustfmt")?;
    process::run(cargo("fmt", &["--all", "--check"]).current_dir(workspace::root()))?;
    for dir in APART.map(|dir| workspace::root().join(dir)) {
        if dir.is_dir() {
            process::run(cargo("fmt", &["--all", "--check"]).current_dir(dir))?;
        }
    }
    Ok(String::new())
}

pub(in crate::verbs) fn clippy() -> Result<String> {
    const DENY: [&str; 3] = ["--", "-D", "warnings"];
    need_component("cargo-clippy", "rustup component add clippy")?;
    process::run(cargo("clippy", &["--workspace", "--all-targets"]).args(DENY))?;
    let hosted = ["-p", "nodelock-ffi", "--all-targets", "--features", "hosted"];
    process::run(cargo("clippy", &hosted).args(DENY))?;
    for features in ["", "sha256", "defmt", "serde", "heapless", "p256,pinned,serde,heapless,defmt"]
    {
        let core = ["-p", "nodelock", "--lib", "--no-default-features", "--features", features];
        process::run(cargo("clippy", &core).args(DENY))?;
    }
    Ok(String::new())
}

/// The core alone, with its tests.
pub(in crate::verbs) fn clippy_core() -> Result<String> {
    need_component("cargo-clippy", "rustup component add clippy")?;
    let core = ["-p", "nodelock", "--all-targets", "--", "-D", "warnings"];
    process::run(&mut cargo("clippy", &core))?;
    Ok(String::new())
}

/// The core's own tests, but for those whose names have one of these in them.
pub(in crate::verbs) fn tests_of_core(but: &[&str]) -> Result<String> {
    let run = |last: &str| {
        let mut tests = cargo("test", &["-p", "nodelock", "--lib", "--"]);
        tests.args(but.iter().flat_map(|name| ["--skip", name])).arg(last);
        process::run(&mut tests)
    };
    let printed = run("--quiet")?;
    // A name that says nothing any more would let a slow test back in.
    let mut all = cargo("test", &["-p", "nodelock", "--lib", "--", "--list"]);
    let all = process::run(&mut all)?;
    let gone: Vec<&str> = but.iter().copied().filter(|name| !all.contains(name)).collect();
    if !gone.is_empty() {
        bail!("no test has these in its name any more: {}", gone.join(", "));
    }
    Ok(format!("{} of {} tests", passed_tests(&printed), all.matches(": test\n").count()))
}

pub(in crate::verbs) fn tests(require_all: bool) -> Result<String> {
    let mut tests = cargo("test", &["--workspace", "--", "--show-output"]);
    if require_all {
        // The C tests look for their own compilers.
        tests.env("NODELOCK_REQUIRE_ALL", "1");
    }
    let finished = process::finish(&mut tests)?;
    if !finished.status.success() {
        bail!("cargo test --workspace\n{}", without_successes(&finished.whole_output()));
    }
    let printed = finished.stdout;
    let mut remark = vec![format!("{} tests", passed_tests(&printed))];
    let skipped = printed.lines().filter(|line| line.starts_with("skipped what needs "));
    remark.extend(skipped.map(String::from).collect::<BTreeSet<_>>());
    // The arithmetic of 32-bit machines, on this one.
    let narrow = cargo("test", &["-p", "nodelock-p256", "--features", "words32"]);
    process::run(&mut { narrow })?;
    let hosted = cargo("test", &["-p", "nodelock-ffi", "--lib", "--features", "hosted"]);
    process::run(&mut { hosted })?;
    Ok(remark.join("; "))
}

pub(in crate::verbs) fn features() -> Result<String> {
    let core = CORE_FORMS.map(|more| ("nodelock", more));
    let ffi = ["", ",agent", ",hosted"].map(|more| ("nodelock-ffi", more));
    for (package, more) in core.into_iter().chain(ffi) {
        for features in FEATURE_SETS {
            let features = format!("{features}{more}");
            let set = ["-p", package, "--lib", "--no-default-features", "--features", &features];
            process::run(&mut cargo("check", &set))?;
        }
    }
    Ok(String::new())
}

pub(in crate::verbs) fn docs() -> Result<String> {
    let mut doc = cargo("doc", &["--workspace", "--no-deps"]);
    process::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(String::new())
}

pub(in crate::verbs) fn benches() -> Result<String> {
    process::run(&mut cargo("bench", &["--no-run", "-p", "nodelock-benches"]))?;
    Ok(String::new())
}

pub(in crate::verbs) fn deny() -> Result<String> {
    need_component("cargo-deny", "cargo install --locked cargo-deny")?;
    // Not the advisories: their database is fetched from elsewhere, and this check must pass
    // without a network.
    process::run(&mut cargo("deny", &["--all-features", "check", "licenses", "bans", "sources"]))?;
    Ok(String::new())
}

fn cargo(verb: &str, args: &[&str]) -> Command {
    let mut command = toolchain::host_cargo();
    command.arg(verb).args(args);
    command
}

/// Fails with the line that installs it where a cargo subcommand is not there (rustup's stand-in
/// does not count).
fn need_component(name: &str, install: &'static str) -> Result<()> {
    let works = || process::run(Command::new(programs::find(&[name])?).arg("--version")).ok();
    match works() {
        Some(_) => Ok(()),
        None => Err(Missing { what: name.to_owned(), install }.into()),
    }
}

/// The output without what passing tests have printed: who looks for a failure need not read it.
fn without_successes(printed: &str) -> String {
    let mut in_successes = false;
    let is_wanted = |line: &&str| {
        in_successes &= !line.starts_with("failures:") && !line.starts_with("test result:");
        in_successes |= *line == "successes:";
        !in_successes && !line.ends_with(" ... ok")
    };
    printed.lines().filter(is_wanted).collect::<Vec<_>>().join("\n")
}

/// The sum of the `test result: ok. N passed; ...` lines.
fn passed_tests(printed: &str) -> u32 {
    let count =
        |line: &str| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse::<u32>().ok();
    printed.lines().filter_map(count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_not_hidden_among_successes() {
        let printed = "test a ... ok\ntest b ... FAILED\n\nsuccesses:\n\n---- a stdout ----\nfine\n\n\
                       failures:\n\n---- b stdout ----\nbad\n\ntest result: FAILED. 1 passed; 1 failed";
        let expected = "test b ... FAILED\n\nfailures:\n\n---- b stdout ----\nbad\n\n\
                        test result: FAILED. 1 passed; 1 failed";
        assert_eq!(without_successes(printed), expected);
    }

    #[test]
    fn adds_up_what_cargo_test_reports() {
        let printed = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored\n\
                       \n   Doc-tests nodelock\ntest result: ok. 11 passed; 0 failed; 1 ignored\n";
        assert_eq!(passed_tests(printed), 13);
    }
}
