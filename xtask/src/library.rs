//! The static C library, for firmware and for the host.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use crate::bare::{self, Crypto, Flags, Profile};
use crate::toolchain::{self, Bare};
use crate::{process, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// The target to build for; without it, this machine
    #[arg(long)]
    target: Option<String>,
    /// Who does the cryptography
    #[arg(long, value_enum, default_value = "p256")]
    crypto: Crypto,
    /// How much of the library
    #[arg(long, value_enum, default_value = "agent")]
    profile: Profile,
}

pub(crate) fn run(options: &Options) -> Result<String> {
    let (library, profile) = match &options.target {
        Some(target) => {
            (of_profile(target, options.profile, options.crypto, Flags::default())?, "firmware")
        }
        None => (for_host(options.profile, options.crypto)?, "release"),
    };
    let library = workspace::shown(&library);
    Ok(format!("library: {library} (profile {profile})\nheader:  include/nodelock.h"))
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
    cargo.args(["--features", &features.join(",")]);
    flags.apply(&mut cargo);
    process::run(&mut cargo)?;
    let built = toolchain::target_dir().join(target).join("firmware/libnodelock_ffi.a");
    let place = if flags.stack_sizes { "measured" } else { "nodelock" };
    keep(built, place, target, profile, crypto)
}

/// Builds the library for this machine.
pub(crate) fn for_host(profile: Profile, crypto: Crypto) -> Result<PathBuf> {
    let mut cargo = toolchain::host_cargo();
    cargo.args(["rustc", "--release", "-p", "nodelock-ffi", "--lib", "--crate-type", "staticlib"]);
    let features = bare::features(profile, crypto);
    cargo.args(["--no-default-features", "--features", &features.join(",")]);
    process::run(&mut cargo)?;
    keep(
        workspace::target_dir().join("release/libnodelock_ffi.a"),
        "nodelock",
        "host",
        profile,
        crypto,
    )
}

fn keep(
    built: PathBuf,
    place: &str,
    target: &str,
    profile: Profile,
    crypto: Crypto,
) -> Result<PathBuf> {
    let mut dir = workspace::target_dir().join(place).join(target).join(crypto.name());
    if profile == Profile::Check {
        dir.push(profile.name());
    }
    fs::create_dir_all(&dir)?;
    let kept = dir.join("libnodelock.a");
    fs::copy(&built, &kept).with_context(|| built.display().to_string())?;
    Ok(kept)
}
