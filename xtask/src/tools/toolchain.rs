//! Which Rust builds what: the one that runs us for the host, and whichever has a `core` for bare
//! metal.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::process;
use crate::tools::programs::Missing;
use crate::tools::workspace;

/// Debian's Rust stands apart from rustup's; only its full path names it.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

const INSTALL: &str = "rustup target add thumbv6m-none-eabi thumbv7em-none-eabi thumbv8m.main-none-eabi \
                       riscv32imc-unknown-none-elf (or on Debian: apt-get install rustc-web cargo-web rust-web-src)";

/// The cargo that runs us, in the workspace's root.
pub(crate) fn host_cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}

/// A toolchain that can build for bare metal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bare {
    /// The toolchain in use has the targets.
    Installed,
    /// Debian's toolchain, which brings the source of `core` and builds it too.
    FromSource,
}

impl Bare {
    /// One toolchain for all of `targets`, so that their results compare.
    pub(crate) fn for_targets(targets: &[&str]) -> Result<Self> {
        if targets.iter().all(|target| has_core(target)) {
            return Ok(Self::Installed);
        }
        if Path::new(DEBIAN_CARGO).is_file() && debian_has_source() {
            return Ok(Self::FromSource);
        }
        Err(Missing { what: "Rust for bare metal".into(), install: INSTALL }.into())
    }

    /// A cargo command line, begun: `cargo <verb>` for `targets`.
    pub(crate) fn cargo(self, verb: &str, targets: &[&str]) -> Command {
        let mut command = match self {
            Self::Installed => host_cargo(),
            Self::FromSource => debian_cargo(),
        };
        // Its own directory: two toolchains that share one would throw out each other's results.
        command.env("CARGO_TARGET_DIR", target_dir());
        command.arg(verb);
        if self == Self::FromSource {
            command.arg("-Zbuild-std=core");
        }
        for target in targets {
            command.args(["--target", target]);
        }
        command
    }

    /// The compiler's own version line.
    pub(crate) fn version(self) -> Result<String> {
        let mut rustc = match self {
            Self::Installed => rustc(),
            Self::FromSource => Command::new(DEBIAN_RUSTC),
        };
        Ok(process::run(rustc.arg("--version"))?.trim().to_owned())
    }
}

/// Where bare-metal builds go.
pub(crate) fn target_dir() -> PathBuf {
    workspace::target_dir().join("bare")
}

/// The compiler that runs us.
pub(crate) fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// Adds compiler flags to those that the caller's environment asks for.
pub(crate) fn add_rustflags(command: &mut Command, flags: &[&str]) {
    const SEPARATOR: &str = "\x1f";
    let given = match (std::env::var("CARGO_ENCODED_RUSTFLAGS"), std::env::var("RUSTFLAGS")) {
        (Ok(encoded), _) => encoded,
        (_, Ok(plain)) => plain.split_whitespace().collect::<Vec<_>>().join(SEPARATOR),
        _ => String::new(),
    };
    let all: Vec<&str> = given
        .split(SEPARATOR)
        .filter(|flag| !flag.is_empty())
        .chain(flags.iter().copied())
        .collect();
    command.env("CARGO_ENCODED_RUSTFLAGS", all.join(SEPARATOR));
}

/// The target that is this machine.
pub(crate) fn host() -> Result<String> {
    let about = process::run(rustc().arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

/// The linker that rustup's toolchains bring, where it is.
pub(crate) fn rust_lld() -> Option<PathBuf> {
    let sysroot = process::run(rustc().args(["--print", "sysroot"])).ok()?;
    let host = host().ok()?;
    let name = format!("rust-lld{}", std::env::consts::EXE_SUFFIX);
    let lld = Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin").join(name);
    lld.is_file().then_some(lld)
}

fn has_core(target: &str) -> bool {
    let printed = process::run(rustc().args(["--print", "target-libdir", "--target", target]));
    let Ok(Ok(entries)) = printed.map(|dir| std::fs::read_dir(dir.trim())) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}

fn debian_has_source() -> bool {
    debian_sysroot()
        .is_ok_and(|root| root.join("lib/rustlib/src/rust/library/core/Cargo.toml").is_file())
}

fn debian_sysroot() -> Result<PathBuf> {
    let printed = process::run(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]));
    Ok(PathBuf::from(printed.context("Debian's rustc")?.trim()))
}

/// Debian's cargo, freed from what the cargo that runs us has put into the environment.
fn debian_cargo() -> Command {
    let mut command = Command::new(DEBIAN_CARGO);
    command.current_dir(workspace::root());
    let is_foreign = |name: &OsString| {
        let name = name.to_string_lossy();
        let of_the_package =
            ["CARGO_PKG_", "CARGO_BIN_", "RUSTUP_"].iter().any(|p| name.starts_with(p));
        let others = [
            "CARGO",
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "RUSTC",
            "RUSTC_WRAPPER",
            "RUSTDOC",
        ];
        of_the_package || others.contains(&&*name) || name == "LD_LIBRARY_PATH"
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_foreign(name)) {
        command.env_remove(name);
    }
    // `-Zbuild-std` is not stable; this variable admits it on a release compiler.
    command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
    command
}
