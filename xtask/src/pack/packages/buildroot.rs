//! The Buildroot package: its Config.in read by kconfig, and the commands of its .mk carried out by GNU make on the
//! stand-in for Buildroot.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Times, begin, compare_sums, forget_cargo, pack, place, try_command, try_staged};
use crate::pack::dist::materials;
use crate::tools::bare::Crypto;
use crate::tools::{process, programs, workspace};

const TREE: &str = "integrations/packaging/buildroot";

pub(crate) fn check() -> Result<String> {
    let version = materials::version()?;
    let makefile = workspace::root().join(TREE).join("package/nodelock/nodelock.mk");
    if !fs::read_to_string(makefile)?.contains(&format!("NODELOCK_VERSION = {version}\n")) {
        bail!("{TREE}/package/nodelock/nodelock.mk is not of version {version}");
    }
    license_hashes()?;
    for crypto in Crypto::ALL {
        let dir = begin("buildroot", &[])?;
        let name = crypto.name();
        let chosen = format!("BR2_PACKAGE_NODELOCK_CRYPTO_IS_{}=y\n", name.to_ascii_uppercase());
        configure(&dir, &chosen, &format!("BR2_PACKAGE_NODELOCK_CRYPTO=\"{name}\"\n"))?;
    }
    build("", false, &version)?;
    build("BR2_PACKAGE_NODELOCK_COMMAND=y\n", true, &version)?;
    Ok("configured by kconfig, built by make on a stand-in, used by a program".to_owned())
}

/// Lets kconfig complete what somebody chooses.
fn configure(dir: &Path, chosen: &str, expected: &str) -> Result<()> {
    let kconfig = programs::require(&["kconfig-conf"], "apt-get install kconfig-frontends-nox")?;
    let tree = workspace::root().join(TREE);
    fs::create_dir_all(dir)?;
    fs::write(
        dir.join(".config"),
        format!(
            "BR2_PACKAGE_HOST_RUSTC_TARGET_ARCH_SUPPORTS=y\nBR2_PACKAGE_NODELOCK=y\n\
             BR2_PACKAGE_NODELOCK_SITE=\"file://{}\"\n{chosen}",
            dir.join("source").display()
        ),
    )?;
    let mut conf = Command::new(kconfig);
    // Buildroot's symbols have no prefix.
    conf.current_dir(dir).env("CONFIG_", "").env("BR2_EXTERNAL_NODELOCK_PATH", &tree);
    let finished =
        process::finish(conf.arg("--olddefconfig").arg(tree.join("stand-in/Config.in")))?;
    // It does not fail where it warns.
    if !finished.status.success() || finished.whole_output().contains("warning") {
        bail!("kconfig\n{}", finished.whole_output());
    }
    let config = fs::read_to_string(dir.join(".config"))?;
    let selected = "BR2_PACKAGE_HOST_RUSTC=y\n";
    for line in [expected, selected].into_iter().chain(chosen.split_inclusive('\n')) {
        if !config.contains(line) {
            bail!("kconfig has not made {line:?}\n{config}");
        }
    }
    Ok(())
}

fn build(chosen: &str, command: bool, version: &str) -> Result<()> {
    let make = programs::require(&["make"], "apt-get install make")?;
    let tree = workspace::root().join(TREE);
    let package = format!("build/nodelock-{version}");
    let cargos = [format!("{package}/target"), format!("{package}/library/cargo")];
    let dir = begin("buildroot", &cargos.each_ref().map(String::as_str))?;
    pack(&dir.join("source"), Times::Kept)?;
    configure(&dir, chosen, "BR2_PACKAGE_NODELOCK_CRYPTO=\"p256\"\n")?;
    let mut run = Command::new(make);
    forget_cargo(&mut run)?;
    run.arg("-f").arg(tree.join("stand-in/Makefile")).arg(format!("OUT={}", dir.display()));
    run.arg(format!("DL_DIR={}", place().join("dl").display()));
    process::run(run.arg(format!("BR2_EXTERNAL_NODELOCK_PATH={}", tree.display())))?;

    try_staged(&dir.join("staging"))?;
    let target = dir.join("target");
    if command {
        return try_command(&target);
    }
    if target.join("usr/bin/nodelock").exists() {
        bail!("the command is in an image that has not asked for it");
    }
    Ok(())
}

/// legal-info compares them.
fn license_hashes() -> Result<()> {
    let file = workspace::root().join(TREE).join("package/nodelock/nodelock.hash");
    let sums: String = fs::read_to_string(&file)
        .with_context(|| file.display().to_string())?
        .lines()
        .filter_map(|line| line.strip_prefix("sha256  "))
        .map(|line| format!("{line}\n"))
        .collect();
    compare_sums("sha256sum", &sums)
}
