//! The golden files under `vectors/`: written, or compared, by the authority, which can sign.

use anyhow::Result;

use crate::tools::{process, toolchain};

pub(crate) fn run(check: bool) -> Result<String> {
    let mut cargo = toolchain::host_cargo();
    cargo.args(["run", "-q", "-p", "nodelock-authority", "--example", "make-vectors", "--"]);
    if check {
        cargo.arg("--check");
    }
    Ok(process::run(cargo.arg("vectors"))?.trim_end().to_owned())
}
