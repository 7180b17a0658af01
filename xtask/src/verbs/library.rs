//! `cargo xtask lib`: the static C library, for firmware and for the host.

use anyhow::{Result, bail};
use clap::Args;

use crate::tools::bare::{self, Crypto, Profile};
use crate::tools::library::{for_anything, has_system};
use crate::tools::workspace;

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
