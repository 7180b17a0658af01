//! The crates that the Yocto recipe fetches: those of Cargo.lock, in the form in which BitBake's fetcher wants them.

use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::pack::dist::materials;
use crate::tools::workspace;

const LIST: &str =
    "integrations/packaging/yocto/meta-nodelock/recipes-support/nodelock/nodelock-crates.inc";

/// Writes the list, or compares only.
pub(crate) fn run(check: bool) -> Result<String> {
    let (text, count) = list()?;
    let path = workspace::root().join(LIST);
    if !check {
        fs::write(&path, text).context(LIST)?;
    } else if fs::read_to_string(&path).unwrap_or_default() != text {
        bail!("{LIST} is not what Cargo.lock says; run: cargo xtask crates");
    }
    Ok(format!("{count} crates"))
}

fn list() -> Result<(String, usize)> {
    let crates = materials::checksums()?;
    let mut text =
        String::from("# Made by \"cargo xtask crates\" from Cargo.lock.\n\nSRC_URI += \" \\\n");
    for (name, version) in crates.keys() {
        writeln!(text, "    crate://crates.io/{name}/{version};name={name}-{version} \\")?;
    }
    text += "\"\n\n";
    for ((name, version), checksum) in &crates {
        writeln!(text, "SRC_URI[{name}-{version}.sha256sum] = \"{checksum}\"")?;
    }
    Ok((text, crates.len()))
}
