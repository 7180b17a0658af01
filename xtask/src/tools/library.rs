//! The static C library, for firmware and for the host: built, and put where no other build overwrites it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::tools::bare::{self, Crypto, Flags, Profile};
use crate::tools::toolchain::{self, Bare};
use crate::tools::{process, workspace};

/// Whether there is an operating system; without a target, there is this one.
pub(crate) fn has_system(target: Option<&str>) -> bool {
    target.is_none_or(|target| !target.contains("-none"))
}

/// Builds the library for a target, or for this machine.
pub(crate) fn for_anything(
    target: Option<&str>,
    profile: Profile,
    crypto: Crypto,
    dsp: bool,
) -> Result<PathBuf> {
    let flags = Flags { dsp, ..Flags::default() };
    match target {
        Some(bare) if !has_system(target) => of_profile(bare, profile, crypto, flags),
        _ => for_host(target, profile, crypto),
    }
}

/// The whole library for a target, or for this machine, with the test kit.
pub(crate) fn with_test_kit(target: Option<&str>, crypto: Crypto) -> Result<PathBuf> {
    let mut features = bare::features(Profile::Agent, crypto);
    features.push("testing");
    let (mut cargo, built) = match target {
        Some(bare) if !has_system(target) => {
            let mut cargo = Bare::for_targets(&[bare])?.cargo("rustc", &[bare]);
            features.push("panic-handler");
            Flags::default().apply(&mut cargo);
            (cargo, toolchain::target_dir().join(bare).join("firmware"))
        }
        _ => {
            features.push("hosted");
            let mut cargo = toolchain::host_cargo();
            cargo.args(["rustc", "--release"]);
            cargo.args(target.iter().flat_map(|target| ["--target", target]));
            (cargo, workspace::target_dir().join(target.unwrap_or_default()).join("release"))
        }
    };
    cargo.args(["-p", "nodelock-ffi", "--lib", "--crate-type", "staticlib"]);
    cargo.args(["--no-default-features", "--features", &features.join(",")]);
    process::run(&mut cargo)?;
    let built = built.join("libnodelock_ffi.a");
    keep(built, "testing", target.unwrap_or("host"), Profile::Agent, crypto, false)
}

/// Builds the library for bare metal, and puts it where no other build overwrites it.
pub(crate) fn for_firmware(target: &str, crypto: Crypto, flags: Flags) -> Result<PathBuf> {
    of_profile(target, Profile::Agent, crypto, flags)
}

/// The same with less in it, if the profile says so.
pub(crate) fn of_profile(
    target: &str,
    profile: Profile,
    crypto: Crypto,
    flags: Flags,
) -> Result<PathBuf> {
    let mut cargo = Bare::for_targets(&[target])?.cargo("rustc", &[target]);
    cargo.args([
        "-p",
        "nodelock-ffi",
        "--lib",
        "--crate-type",
        "staticlib",
        "--no-default-features",
    ]);
    let mut features = bare::features(profile, crypto);
    features.push("panic-handler");
    if flags.dsp {
        features.push("dsp");
    }
    cargo.args(["--features", &features.join(",")]);
    flags.apply(&mut cargo);
    process::run(&mut cargo)?;
    let built = toolchain::target_dir().join(target).join("firmware/libnodelock_ffi.a");
    let place = if flags.stack_sizes { "measured" } else { "nodelock" };
    keep(built, place, target, profile, crypto, flags.dsp)
}

/// Builds the library for a machine with an operating system; with an agent, what hosts have is in it.
fn for_host(target: Option<&str>, profile: Profile, crypto: Crypto) -> Result<PathBuf> {
    let mut cargo = toolchain::host_cargo();
    cargo.args(["rustc", "--release", "-p", "nodelock-ffi", "--lib", "--crate-type", "staticlib"]);
    let mut built = workspace::target_dir();
    if let Some(target) = target {
        cargo.args(["--target", target]);
        built.push(target);
    }
    let mut features = bare::features(profile, crypto);
    if profile == Profile::Agent {
        features.push("hosted");
    }
    cargo.args(["--no-default-features", "--features", &features.join(",")]);
    process::run(&mut cargo)?;
    let built = built.join("release/libnodelock_ffi.a");
    keep(built, "nodelock", target.unwrap_or("host"), profile, crypto, false)
}

fn keep(
    built: PathBuf,
    place: &str,
    target: &str,
    profile: Profile,
    crypto: Crypto,
    dsp: bool,
) -> Result<PathBuf> {
    let mut dir = workspace::target_dir().join(place).join(target).join(crypto.name());
    if dsp {
        dir.push("dsp");
    }
    if profile == Profile::Check {
        dir.push(profile.name());
    }
    fs::create_dir_all(&dir)?;
    let kept = dir.join("libnodelock.a");
    fs::copy(&built, &kept).with_context(|| built.display().to_string())?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_with_a_system_are_told_from_bare_metal() {
        assert!(bare::TARGETS.iter().all(|target| !has_system(Some(target))));
        let systems = ["aarch64-unknown-linux-gnu", "armv7-unknown-linux-musleabihf"];
        assert!(systems.iter().all(|target| has_system(Some(target))) && has_system(None));
    }
}
