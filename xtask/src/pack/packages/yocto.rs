//! The Yocto recipe: parsed, fetched, unpacked and built by BitBake's own modules, on the stand-in for OE-core.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Times, begin, compare_sums, forget_cargo, pack, place, try_command, try_staged};
use crate::pack::dist::materials;
use crate::tools::programs::Missing;
use crate::tools::{process, programs, toolchain, workspace};

const RECIPES: &str = "integrations/packaging/yocto/meta-nodelock/recipes-support/nodelock";
const INSTALL: &str = "python3 -m venv target/packages/python && \
                       target/packages/python/bin/pip install bitbake-setup==2.19.0";

pub(crate) fn check() -> Result<String> {
    let version = materials::version()?;
    let recipe = workspace::root().join(RECIPES).join(format!("nodelock_{version}.bb"));
    let text = fs::read_to_string(&recipe).with_context(|| recipe.display().to_string())?;
    license_digests(&text)?;
    let python = python_with_bitbake()?;
    let (work, stand_in) = ("tmp/work", workspace::integrations().join("packaging/yocto/stand-in"));
    let dir =
        begin("yocto", &[&format!("{work}/build/target"), &format!("{work}/build/library/cargo")])?;
    pack(&dir.join("source"), Times::Kept)?;
    let crates = downloads(&dir.join("downloads"))?;
    let mut bitbake = Command::new(python);
    forget_cargo(&mut bitbake)?;
    // It would leave compiled Python beside the classes.
    bitbake.env("PYTHONDONTWRITEBYTECODE", "1");
    process::run(bitbake.arg(stand_in.join("check.py")).arg(&recipe).arg(&dir))?;
    let image = dir.join(work).join("image");
    try_staged(&image)?;
    try_command(&image)?;
    Ok(format!("{crates} crates fetched, the recipe built on a stand-in, used by a program"))
}

/// OE-core compares them when it collects the licenses.
fn license_digests(recipe: &str) -> Result<()> {
    let listed = recipe
        .split_ascii_whitespace()
        .filter_map(|word| word.trim_end_matches('"').strip_prefix("file://")?.split_once(";md5="));
    let sums: String = listed.map(|(file, digest)| format!("{digest}  {file}\n")).collect();
    compare_sums("md5sum", &sums)
}

/// The one that stands apart, or the one in `PATH`.
fn python_with_bitbake() -> Result<PathBuf> {
    let apart = place().join("python/bin/python3");
    let python = if apart.is_file() {
        apart
    } else {
        programs::require(&["python3"], "apt-get install python3 python3-venv")?
    };
    let tried = process::finish(Command::new(&python).args(["-c", "import bb"]))?;
    if !tried.status.success() {
        return Err(Missing { what: "BitBake's modules".into(), install: INSTALL }.into());
    }
    Ok(python)
}

/// Puts what cargo has fetched where BitBake's fetcher finds it; it compares the checksums of the recipe.
fn downloads(to: &Path) -> Result<usize> {
    process::run(toolchain::host_cargo().args(["fetch", "--quiet", "--locked"]))?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let cache = home.context("CARGO_HOME or HOME")?.join("registry/cache");
    let registries = fs::read_dir(&cache).with_context(|| cache.display().to_string())?;
    let registries = registries.collect::<Result<Vec<_>, _>>()?;
    fs::create_dir_all(to)?;
    let crates = materials::checksums()?;
    for (name, version) in crates.keys() {
        let file = format!("{name}-{version}.crate");
        let found = registries.iter().map(|dir| dir.path().join(&file)).find(|file| file.is_file());
        let Some(found) = found else { bail!("cargo has not fetched {file}") };
        fs::copy(&found, to.join(&file)).with_context(|| file.clone())?;
    }
    Ok(crates.len())
}
