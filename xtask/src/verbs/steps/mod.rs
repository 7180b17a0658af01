//! Steps of `cargo xtask test` and `cargo xtask check`: carried out one after the other, with a table at the end.

pub(super) mod cargo;
mod table;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::tools::programs::Missing;
use table::{Row, Verdict};

/// One check. What it returns is a remark for the table.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// May be skipped even where every tool is required.
    pub(super) optional: bool,
    /// Told whether a missing tool is a failure.
    pub(super) run: fn(bool) -> Result<String>,
}

pub(super) const fn step(
    name: &'static str,
    about: &'static str,
    run: fn(bool) -> Result<String>,
) -> Step {
    Step { name, about, optional: false, run }
}

/// Carries them all out, whatever fails, and prints the table.
pub(super) fn carry_out<'s>(steps: impl Iterator<Item = &'s Step>, require_all: bool) -> ExitCode {
    let rows: Vec<Row> = steps.map(|step| try_one(step, require_all)).collect();
    print!("{}", table::render(&rows));
    let failed = rows.iter().any(|row| matches!(row.verdict, Verdict::Failed(_)));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn try_one(step: &Step, require_all: bool) -> Row {
    println!("{}: {} ...", step.name, step.about);
    let started = Instant::now();
    let verdict = match (step.run)(require_all) {
        Ok(remark) => Verdict::Passed(remark),
        Err(error) => match error.downcast_ref::<Missing>() {
            Some(missing) if require_all && !step.optional => Verdict::Failed(missing.to_string()),
            Some(missing) => Verdict::Skipped(missing.to_string()),
            None => {
                println!("{error:#}");
                Verdict::Failed("see above".to_owned())
            }
        },
    };
    let row = Row { name: step.name, seconds: started.elapsed().as_secs_f32(), verdict };
    println!("{}\n", row.in_short());
    row
}
