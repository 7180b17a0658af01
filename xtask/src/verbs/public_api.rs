//! `cargo xtask public-api`: every public name of the published crates, a line each, so that a change of one shows.

use std::fs;

use anyhow::{Result, bail};

use crate::tools::programs;
use crate::tools::{process, toolchain, workspace};

const PACKAGES: [&str; 4] = ["nodelock", "nodelock-p256", "nodelock-std", "nodelock-authority"];
const INSTALL: &str = "cargo install --locked cargo-public-api, and rustup toolchain install nightly --profile minimal";

/// Writes docs/api, or compares it; what was never written is not compared.
pub(crate) fn run(check: bool) -> Result<String> {
    let dir = workspace::root().join("docs/api");
    if check && !dir.is_dir() {
        return Ok("no snapshot yet: the first release writes it".to_owned());
    }
    programs::require(&["cargo-public-api"], INSTALL)?;
    fs::create_dir_all(&dir)?;
    let mut stale = Vec::new();
    for package in PACKAGES {
        let mut list = toolchain::host_cargo();
        list.args(["public-api", "--package", package, "--all-features"]);
        list.args(["--omit", "blanket-impls,auto-derived-impls"]);
        let listed = process::run(&mut list)?;
        let file = dir.join(package).with_extension("txt");
        if !check {
            fs::write(&file, listed)?;
        } else if fs::read_to_string(&file).unwrap_or_default() != listed {
            stale.push(package);
        }
    }
    if !stale.is_empty() {
        bail!(
            "changed: {}; look at the difference after `cargo xtask public-api`",
            stale.join(", ")
        );
    }
    Ok(format!("{} crates", PACKAGES.len()))
}
