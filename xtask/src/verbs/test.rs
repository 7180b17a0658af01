//! `cargo xtask test`: every check of the tree, in an order that fails early, with a table at the
//! end.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;

use crate::pack::{dist, packages};
use crate::proof::{
    consoles, counts, embassy, firmware, hostile, layers, link_proof, no_std, ports, reader, zephyr,
};
use crate::report::{coverage, size};
use crate::tools::bare::CORTEX_M33;
use crate::tools::process;
use crate::verbs::steps::{self, Step, cargo, step};
use crate::verbs::{header, public_api, readme, vectors};

#[derive(Args)]
pub(crate) struct Options {
    /// Count a missing tool as a failure (but for the optional steps)
    #[arg(long)]
    require_all: bool,
    /// Run only this step (may be repeated)
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// List the steps and run none
    #[arg(long)]
    list: bool,
}

const STEPS: &[Step] = &[
    step("fmt", "the source is formatted", |_| cargo::fmt()),
    step("clippy", "no lint warns, with any feature set of the core", |_| cargo::clippy()),
    step("layers", "no import and no crate points up in the drawing", |_| layers::check()),
    step("tests", "Rust tests, doc tests, and the C tests that they drive", cargo::tests),
    step("features", "every feature set of core and ffi builds", |_| cargo::features()),
    step("vectors", "the golden files are what their description says", |_| vectors::run(true)),
    step("reader", "a reader written from SPEC.md alone says the same as the core", |_| {
        reader::check()
    }),
    step("header", "the C headers are what the source says", |_| header::check()),
    step("coverage", "docs/COVERAGE.md is what the tests' names say", |_| coverage::run(true)),
    step("readme", "README.md shows examples and sizes as they are elsewhere", |_| readme::check()),
    step("docs", "the API documentation builds without a warning", |_| cargo::docs()),
    step("no-std", "the core builds for bare metal, without std and alloc", |_| no_std::check()),
    step("link-proof-self-test", "the link proof finds a planted panic", |_| {
        link_proof::self_test()
    }),
    step("link-proof", "no exported function can reach a panic", |_| {
        link_proof::prove(&mut std::io::sink())
    }),
    step("size", "the library on Cortex-M4 has not grown unnoticed", |_| size::check()),
    step("firmware", "the C firmware in an emulated Cortex-M4, its verifier in an M33", |_| {
        firmware()
    }),
    step("hostile", "wrong use, failing storage, power cuts: no fault in the emulator", |_| {
        hostile::check()
    }),
    step("ports", "littlefs with power cuts; the other ports compiled", |_| ports::check()),
    step("zephyr", "the sample for Zephyr, compiled against stubs and run", |_| zephyr::check()),
    step("dist", "a release archive, and programs that have nothing else", |_| dist::check_one()),
    step("crates", "the Yocto recipe fetches what Cargo.lock names", |_| packages::crates(true)),
    step("buildroot", "the Buildroot package, on a stand-in for Buildroot", |_| {
        packages::check_buildroot()
    }),
    step("yocto", "the Yocto recipe, by BitBake on a stand-in for OE-core", |_| {
        packages::check_yocto()
    }),
    step("consoles", "a product on four emulated processors, in C and in Rust", |_| {
        consoles::check()
    }),
    step("embassy", "a firmware on embassy: its log and its events, over a restart", |_| {
        embassy::check()
    }),
    step("demo", "the demo tells its story", |_| demo()),
    step("benches", "the benchmarks compile", |_| cargo::benches()),
    step("counts", "instruction counts are the same in two runs", |_| counts::check()),
    Step {
        name: "public-api",
        about: "docs/api is the public API of the crates",
        optional: true,
        run: |_| public_api::run(true),
    },
    Step {
        name: "deny",
        about: "licenses and sources of all dependencies",
        optional: true,
        run: |_| cargo::deny(),
    },
];

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if options.list {
        STEPS.iter().for_each(|step| println!("{:<22} {}", step.name, step.about));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(name) =
        options.only.iter().find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        bail!("no step `{name}`; see: cargo xtask test --list");
    }
    let chosen =
        |step: &&Step| options.only.is_empty() || options.only.iter().any(|name| name == step.name);
    Ok(steps::carry_out(STEPS.iter().filter(chosen), options.require_all))
}

fn firmware() -> Result<String> {
    let printed = firmware::check()? + &firmware::pinned_on(CORTEX_M33, "release", true)?;
    Ok(format!("{} lines as expected", printed.lines().count()))
}

/// As a user runs it, but for the output, which only a failure shows.
fn demo() -> Result<String> {
    process::run(std::process::Command::new(std::env::current_exe()?).arg("demo"))?;
    Ok(String::new())
}
