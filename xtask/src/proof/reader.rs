//! The second reader of records, written from docs/SPEC.md in another language, against the core
//! (campaigns/reader).

use std::process::Command;

use anyhow::Result;

use crate::tools::{process, programs, toolchain, workspace};

/// Some seconds. By hand: `compare.py --long`.
const FILES: &str = "20000";

pub(crate) fn check() -> Result<String> {
    let python = programs::require(&["python3"], "apt-get install python3")?;
    process::run(toolchain::host_cargo().args([
        "build",
        "--quiet",
        "--package",
        "nodelock-campaigns",
        "--example",
        "pieces",
    ]))?;
    let name = format!("pieces{}", std::env::consts::EXE_SUFFIX);
    let core = workspace::target_dir().join("debug/examples").join(name);
    let mut compare = Command::new(python);
    compare
        .current_dir(workspace::root())
        .arg("campaigns/reader/compare.py")
        .arg("--core")
        .arg(core);
    let printed = process::run(compare.args(["--files", FILES]))?;
    Ok(printed.split(';').next().unwrap_or_default().trim().to_owned())
}
