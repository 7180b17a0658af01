//! The proof that no exported function can reach a panic, done on the linked machine code.
//!
//! `ffi/link-proof` builds the firmware library with a panic handler that calls a function which
//! exists nowhere. Linked with every function of the header as a root and everything unreachable
//! dropped, a reachable panic is an undefined symbol. It is done with overflow checks off, as
//! shipped, and on in our own crates: then it says that nothing overflows, too.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::tools::bare::{self, CORTEX_M0, CORTEX_M4, CORTEX_M33, Crypto, Flags, Profile, RISCV32};
use crate::tools::elf::{self, Image, readable};
use crate::tools::linker::{Link, Linked, Linker, NEVER};
use crate::tools::toolchain::{self, Bare};
use crate::tools::{header, process, workspace};

const TARGETS: [&str; 4] = [CORTEX_M4, CORTEX_M0, RISCV32, CORTEX_M33];
const PLANTED: &str = "nodelock_planted_panic";

#[derive(Args)]
pub(crate) struct Options {
    /// Plant a panic and see that the proof finds it
    #[arg(long)]
    self_test: bool,
}

pub(crate) fn run(options: &Options) -> Result<String> {
    if options.self_test { self_test() } else { prove(&mut std::io::stdout()) }
}

/// The proof for each target and each choice of cryptography; what p256 brings is listed, not
/// judged.
pub(crate) fn prove(out: &mut dyn Write) -> Result<String> {
    let declared = header::functions()?;
    let proof = Proof::new(&TARGETS)?;
    let (mut refused, mut listed) = (Vec::new(), BTreeSet::new());
    writeln!(out, "{} functions of nodelock.h are the roots", declared.len())?;
    for (profile, crypto, overflow_checks) in cases() {
        let checks = if overflow_checks { "on" } else { "off" };
        let (name, by) = (profile.name(), crypto.name());
        let case = format!("profile {name}, cryptography: {by}, overflow checks {checks}");
        writeln!(out, "\n{case}")?;
        let flags = Flags { overflow_checks, dsp: true, ..Flags::default() };
        let targets = targets(crypto);
        let mut features = bare::features(profile, crypto);
        if profile == Profile::Agent {
            // All of the header.
            features.push("transfer");
        }
        proof.build(&targets, &features, flags)?;
        for target in targets {
            let roots = proof.roots(profile, target, &declared)?;
            let finding = proof.examine(crypto, target, &roots)?;
            writeln!(out, "  {target:<28} {finding}")?;
            match finding {
                Finding::Clean => {}
                Finding::Listed(panics) => {
                    listed.insert(panics.len().to_string());
                }
                Finding::Refused(report) => refused.push(format!("{case}, {target}: {report}")),
            }
        }
    }
    if !refused.is_empty() {
        bail!("the link proof failed\n{}", refused.join("\n"));
    }
    let listed: Vec<String> = listed.into_iter().collect();
    Ok(format!(
        "{} functions, {} targets: no reachable panic; bundled p256 brings {} panic symbols",
        declared.len(),
        TARGETS.len(),
        listed.join(" or ")
    ))
}

fn cases() -> impl Iterator<Item = (Profile, Crypto, bool)> {
    let agent = Crypto::ALL.map(|crypto| (Profile::Agent, crypto));
    let check = [Crypto::Callback, Crypto::Pinned].map(|crypto| (Profile::Check, crypto));
    let all = check.into_iter().chain(agent);
    all.flat_map(|(profile, crypto)| [false, true].map(|checks| (profile, crypto, checks)))
}

/// Cortex-M33, with the DSP extension, only where it has code of its own: in the verifier for pinned
/// keys. Otherwise it is as Cortex-M4.
fn targets(crypto: Crypto) -> Vec<&'static str> {
    let wanted = |target: &&str| *target != CORTEX_M33 || crypto == Crypto::Pinned;
    TARGETS.into_iter().filter(wanted).collect()
}

/// What one link has shown.
enum Finding {
    Clean,
    /// Panics that p256 can reach, by readable name.
    Listed(BTreeSet<String>),
    /// Why the library must not be shipped like this.
    Refused(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => write!(f, "no reachable panic, no undefined symbol"),
            Self::Refused(_) => write!(f, "FAILED"),
            Self::Listed(panics) => {
                write!(f, "{} panic symbols come with p256:", panics.len())?;
                panics.iter().try_for_each(|name| write!(f, "\n    {name}"))
            }
        }
    }
}

/// A proof that cannot fail proves nothing: with a panic planted, the link must break, and because
/// of it.
pub(crate) fn self_test() -> Result<String> {
    let proof = Proof::new(&[CORTEX_M4])?;
    proof.build(&[CORTEX_M4], &["agent", "planted-panic"], Flags::default())?;
    match proof.link(CORTEX_M4, &[PLANTED.to_owned()].into(), false)? {
        Linked::Undefined(names) if names == [NEVER.to_owned()].into() => {
            Ok("a planted `bytes[3]` breaks the link, as it must".to_owned())
        }
        Linked::Undefined(names) => {
            bail!("the planted panic broke the link for another reason: {names:?}")
        }
        Linked::Whole => bail!("a planted panic was linked: the link proof sees nothing"),
    }
}

/// The header and the library must offer the same functions: a root that nobody lists proves
/// nothing.
fn compare_with_header(exported: &BTreeSet<String>, declared: &BTreeSet<String>) -> Result<()> {
    let only_declared: Vec<&String> = declared.difference(exported).collect();
    let only_exported: Vec<&String> = exported.difference(declared).collect();
    if !only_declared.is_empty() || !only_exported.is_empty() {
        bail!(
            "header and library differ\n  only in the header: {only_declared:?}\n  only in the library: {only_exported:?}"
        );
    }
    Ok(())
}

struct Proof {
    bare: Bare,
    linker: Linker,
}

impl Proof {
    fn new(targets: &[&str]) -> Result<Self> {
        Ok(Self { bare: Bare::for_targets(targets)?, linker: Linker::find(targets)? })
    }

    fn build(&self, targets: &[&str], features: &[&str], flags: Flags) -> Result<()> {
        let dir = workspace::root().join("ffi/link-proof");
        // The crate is no member of the workspace; what it links must be of the same versions all
        // the same.
        fs::copy(workspace::root().join("Cargo.lock"), dir.join("Cargo.lock"))
            .context("Cargo.lock")?;
        let mut cargo = self.bare.cargo("build", targets);
        cargo.current_dir(dir).args(["--features", &features.join(",")]);
        if flags.dsp {
            cargo.args(["--features", "dsp"]);
        }
        flags.apply(&mut cargo);
        process::run(&mut cargo).map(drop)
    }

    fn archive(&self, target: &str) -> PathBuf {
        toolchain::target_dir().join(target).join("firmware/libnodelock_link_proof.a")
    }

    fn image(&self, target: &str) -> PathBuf {
        self.archive(target).with_extension("elf")
    }

    fn link(&self, target: &str, roots: &BTreeSet<String>, allow_panics: bool) -> Result<Linked> {
        let (archive, out) = (self.archive(target), self.image(target));
        self.linker.link(&Link { target, archive: &archive, roots, allow_panics, out: &out })
    }

    /// Every function that the library has; a profile may have fewer than the header.
    fn roots(
        &self,
        profile: Profile,
        target: &str,
        declared: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>> {
        let exported = elf::exports(&self.archive(target), "nodelock_")?;
        match profile {
            Profile::Agent => compare_with_header(&exported, declared)?,
            Profile::Check if exported.contains("nodelock_check_lines") => {}
            Profile::Check => bail!("the profile check has no nodelock_check_lines"),
        }
        Ok(exported)
    }

    fn examine(&self, crypto: Crypto, target: &str, roots: &BTreeSet<String>) -> Result<Finding> {
        let may_panic = crypto == Crypto::P256;
        match self.link(target, roots, may_panic)? {
            Linked::Whole if may_panic => Ok(Finding::Listed(panic_symbols(&self.image(target))?)),
            Linked::Whole => Ok(Finding::Clean),
            Linked::Undefined(names) => Ok(Finding::Refused(self.explain(target, roots, &names)?)),
        }
    }

    /// Which functions need what is undefined, and which panics stand on the way.
    fn explain(
        &self,
        target: &str,
        roots: &BTreeSet<String>,
        undefined: &BTreeSet<String>,
    ) -> Result<String> {
        let mut report = format!("undefined symbols: {}", joined(undefined));
        for root in roots {
            if let Linked::Undefined(names) = self.link(target, &[root.clone()].into(), false)? {
                report += &format!("\n  {root} reaches {}", joined(&names));
            }
        }
        if let Linked::Whole = self.link(target, roots, true)? {
            report += &format!("\n  on the way: {}", joined(&panic_symbols(&self.image(target))?));
        }
        Ok(report)
    }
}

/// The functions of a linked image that only a panic needs, by readable name.
fn panic_symbols(image: &Path) -> Result<BTreeSet<String>> {
    let names = Image::read(image)?.functions.into_values();
    Ok(names.map(|function| readable(&function.name)).filter(|name| is_panic(name)).collect())
}

fn is_panic(name: &str) -> bool {
    // Our own crates may have functions about failures that are none.
    let of_core = name.starts_with("core::");
    name.contains("panic") || of_core && name.contains("_fail")
}

fn joined(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| readable(name)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_panic_by_its_name() {
        for name in [
            "core::panicking::panic_fmt",
            "core::option::unwrap_failed",
            "core::slice::index::slice_index_fail",
            "core::slice::copy_from_slice_impl::len_mismatch_fail",
        ] {
            assert!(is_panic(name), "{name}");
        }
        assert!(!is_panic("nodelock_check"));
        assert!(!is_panic("<nodelock::agent::Agent>::storage_failed"));
        assert_eq!(
            readable("_ZN4core9panicking9panic_fmt17h0123456789abcdefE"),
            "core::panicking::panic_fmt"
        );
    }

    #[test]
    fn both_firmware_profiles_are_the_same() {
        let profile = |path: &str| {
            let text = fs::read_to_string(workspace::root().join(path)).unwrap();
            let (_, after) = text.split_once("[profile.firmware]").unwrap();
            let settings = after.lines().map(str::trim).skip_while(|line| line.is_empty());
            settings.take_while(|line| line.contains('=')).map(String::from).collect::<Vec<_>>()
        };
        let shipped = profile("Cargo.toml");
        assert!(shipped.len() > 3, "{shipped:?}");
        assert_eq!(shipped, profile("ffi/link-proof/Cargo.toml"));
    }
}
