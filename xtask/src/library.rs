//! The static C library, for firmware and for the host.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::bare::{self, Crypto, Flags, Profile};
use crate::toolchain::{self, Bare};
use crate::{process, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// The target to build for; without it, this machine
    #[arg(long)]
    target: Option<String>,
    /// Who does the cryptography; if it is not said, pinned on bare metal and p256 elsewhere
    #[arg(long, value_enum)]
    crypto: Option<Crypto>,
    /// How much of the library
    #[arg(long, value_enum, default_value = "agent")]
    profile: Profile,
    /// The processor, a Cortex-M33 or the like, has the DSP extension: then the verifier for pinned keys is in
    /// assembler
    #[arg(long)]
    dsp: bool,
}

pub(crate) fn run(options: &Options) -> Result<String> {
    let target = options.target.as_deref();
    let usual = if has_system(target) { Crypto::P256 } else { Crypto::Pinned };
    let crypto = options.crypto.unwrap_or(usual);
    let dsp = options.dsp;
    if dsp && !(target.is_some_and(bare::leaves_dsp_open) && crypto == Crypto::Pinned) {
        bail!(
            "--dsp is for the pinned verifier on thumbv8m.main-...; other targets leave no choice"
        );
    }
    let library = for_anything(target, options.profile, crypto, dsp)?;
    let library = workspace::shown(&library);
    let hosted = has_system(target);
    let profile = if hosted { "release" } else { "firmware" };
    let hosted = hosted && options.profile == Profile::Agent;
    let more = if hosted { ", include/nodelock_std.h" } else { "" };
    Ok(format!(
        "library: {library} (profile {profile})\nheader:  include/nodelock.h, include/nodelock/{more}"
    ))
}

/// Whether there is an operating system; without a target, there is this one.
fn has_system(target: Option<&str>) -> bool {
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
