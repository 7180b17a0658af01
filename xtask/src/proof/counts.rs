//! The instruction counts of the benchmarks, taken twice: a figure that varies cannot show a small
//! regression.

use anyhow::{Result, bail};

use crate::tools::{process, programs, toolchain};

pub(crate) fn check() -> Result<String> {
    programs::require(&["valgrind"], "apt-get install valgrind")?;
    let (first, second) = (count()?, count()?);
    if first != second {
        bail!("two runs counted differently\n--- first\n{first}\n--- second\n{second}");
    }
    // The first line is the heading.
    Ok(format!("{} scenarios", first.lines().count().saturating_sub(1)))
}

fn count() -> Result<String> {
    let mut cargo = toolchain::host_cargo();
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "-p",
        "nodelock-benches",
        "--bin",
        "instruction-counts",
    ]);
    process::run(&mut cargo)
}
