//! `cargo xtask demo`: one license from the vendor's key to the device's answer, and every way it
//! is refused.

mod story;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::proof::firmware;
use crate::tools::programs::Missing;
use crate::tools::{process, toolchain, workspace};

pub(crate) fn run() -> Result<String> {
    let nodelock = build_nodelock()?;
    let dir = tempfile::tempdir().context("a temporary directory")?;
    story::tell(&nodelock, dir.path())?;
    run_firmware()?;
    Ok("\nEvery outcome above was checked against what it should be.".to_owned())
}

fn build_nodelock() -> Result<PathBuf> {
    eprintln!("Building the nodelock command line ...");
    process::run(toolchain::host_cargo().args(["build", "--quiet", "--package", "nodelock-cli"]))?;
    let name = format!("nodelock{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target_dir().join("debug").join(name))
}

fn run_firmware() -> Result<()> {
    println!("== The same check in C firmware, on an emulated Cortex-M4 ==\n");
    match firmware::check() {
        Ok(printed) => printed.lines().for_each(|line| println!("    {line}")),
        Err(error) if error.is::<Missing>() => println!("    Left out: {error}"),
        Err(error) => return Err(error),
    }
    Ok(())
}
