//! `cargo xtask ...`: the project's own commands.
//!
//! What a developer runs and what the build server runs is the same program, so the two cannot
//! disagree. `verbs` uses `proof`, `pack` and `report`; all use `tools`, which knows none of them.

mod pack;
mod proof;
mod report;
mod tools;
mod verbs;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use pack::{dist, packages};
use proof::{layers, link_proof};
use report::{bench_report, coverage, size};
use verbs::{check, demo, header, library, public_api, readme, test, vectors};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "nodelock's own commands", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Tell the whole story: make a key, issue, check, tamper, move to another device, run the
    /// firmware
    Demo,
    /// Say within a minute whether it is worth to go on: format, layers, lints and quick tests of the core
    Check,
    /// Run every check of this tree, and say at the end what passed, failed and was skipped
    Test(test::Options),
    /// Write the headers in include/ from the C interface's source and ffi/header
    Header {
        /// Compare only; fail where the committed header differs
        #[arg(long)]
        check: bool,
    },
    /// Hold the imports against the drawing in ARCHITECTURE.md: nothing points up
    Layers,
    /// Show on the linked machine code that no exported function can reach a panic
    LinkProof(link_proof::Options),
    /// Write docs/COVERAGE.md: which capability is shown by which test
    CoverageTable {
        /// Compare only; fail where the committed table differs
        #[arg(long)]
        check: bool,
    },
    /// Put the examples into README.md as they stand in their files
    Readme {
        /// Compare only; fail where README.md differs
        #[arg(long)]
        check: bool,
    },
    /// Write docs/PERFORMANCE.md and its plots: times beside other libraries, instruction counts, and
    /// emulated processors
    BenchReport(bench_report::Options),
    /// Print flash, RAM and worst stack per target and per choice of cryptography
    Size(size::Options),
    /// Pack the release archive: headers, libraries, CMake package, notices, checksums, bill of materials
    Dist(dist::Options),
    /// Build the static C library
    Lib(library::Options),
    /// Pack the source archive, with which the packages under integrations/packaging/ begin
    Source {
        /// Where the archive goes
        #[arg(long, short, default_value = "target/dist")]
        out: PathBuf,
    },
    /// Write the list of crates that the Yocto recipe fetches
    Crates {
        /// Compare only; fail where the committed list differs
        #[arg(long)]
        check: bool,
    },
    /// Write the public API of the published crates to docs/api
    PublicApi {
        /// Compare only; fail where a committed file differs
        #[arg(long)]
        check: bool,
    },
    /// Write the golden files under vectors/ from their description
    Vectors {
        /// Compare only; fail where a committed file differs
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode> {
    let report = match verb {
        Verb::Check => return Ok(check::run()),
        Verb::Test(options) => return test::run(&options),
        Verb::Demo => demo::run(),
        Verb::Header { check: false } => header::write(),
        Verb::Header { check: true } => header::check(),
        Verb::Layers => layers::check(),
        Verb::LinkProof(options) => link_proof::run(&options),
        Verb::CoverageTable { check } => coverage::run(check),
        Verb::Readme { check: false } => readme::write(),
        Verb::Readme { check: true } => readme::check(),
        Verb::BenchReport(options) => bench_report::run(&options),
        Verb::Size(options) => size::run(&options),
        Verb::Dist(options) => dist::run(&options),
        Verb::Lib(options) => library::run(&options),
        Verb::Source { out } => packages::source(&out),
        Verb::Crates { check } => packages::crates(check),
        Verb::PublicApi { check } => public_api::run(check),
        Verb::Vectors { check } => vectors::run(check),
    }?;
    println!("{report}");
    Ok(ExitCode::SUCCESS)
}
