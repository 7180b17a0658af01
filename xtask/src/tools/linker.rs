//! Linking a static library on its own: every exported function kept, all that none of them needs
//! dropped.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools::bare::RISCV32;
use crate::tools::programs::{self, Missing};
use crate::tools::{process, toolchain};

/// What the panic handler of `ffi/link-proof` calls, and nothing defines.
pub(crate) const NEVER: &str = "nodelock_must_never_link";

/// A linker for bare metal.
pub(crate) struct Linker {
    program: PathBuf,
    is_rust_lld: bool,
}

/// One link.
pub(crate) struct Link<'a> {
    pub(crate) target: &'a str,
    pub(crate) archive: &'a Path,
    pub(crate) roots: &'a BTreeSet<String>,
    /// Give [`NEVER`] a definition, so that what leads to it can be listed.
    pub(crate) allow_panics: bool,
    pub(crate) out: &'a Path,
}

/// How a link ended.
pub(crate) enum Linked {
    Whole,
    /// Names that are needed and defined nowhere.
    Undefined(BTreeSet<String>),
}

impl Linker {
    /// A linker that knows all of `targets`.
    pub(crate) fn find(targets: &[&str]) -> Result<Self> {
        if let Some(program) = toolchain::rust_lld() {
            return Ok(Self { program, is_rust_lld: true });
        }
        // GNU's linker for ARM is built for ARM alone.
        let names: &[&str] =
            if targets.contains(&RISCV32) { &["ld.lld"] } else { &["ld.lld", "arm-none-eabi-ld"] };
        match programs::find(names) {
            Some(program) => Ok(Self { program, is_rust_lld: false }),
            None => {
                Err(Missing { what: names.join(" or "), install: "apt-get install lld" }.into())
            }
        }
    }

    pub(crate) fn link(&self, link: &Link<'_>) -> Result<Linked> {
        let mut command = Command::new(&self.program);
        if self.is_rust_lld {
            command.args(["-flavor", "gnu"]);
        }
        // Older linkers do not tell the machine from an archive.
        command.args(["-m", if link.target == RISCV32 { "elf32lriscv" } else { "armelf" }]);
        command.arg("--gc-sections");
        for root in link.roots {
            command.args(["-u", root]);
        }
        // An entry that is one of the roots keeps the linker from asking for `_start`.
        command.args(link.roots.first().iter().flat_map(|root| ["-e", root]));
        if link.allow_panics {
            command.arg(format!("--defsym={NEVER}=0"));
        }
        command.arg("-o").arg(link.out).arg(link.archive);
        let finished = process::finish(&mut command)?;
        let undefined = undefined_symbols(&finished.stderr);
        match (finished.status.success(), undefined.is_empty()) {
            (true, true) => Ok(Linked::Whole),
            (_, false) => Ok(Linked::Undefined(undefined)),
            (false, true) => {
                bail!("{} failed\n{}", self.program.display(), finished.whole_output())
            }
        }
    }
}

/// The names that lld (`undefined symbol: x`) or GNU ld (``undefined reference to `x'``) complains
/// of.
fn undefined_symbols(complaint: &str) -> BTreeSet<String> {
    let after = |line: &str, mark: &str| {
        Some(line.split_once(mark)?.1.trim_matches(['`', '\'', ' ']).to_owned())
    };
    complaint
        .lines()
        .filter_map(|line| {
            after(line, "undefined symbol: ").or_else(|| after(line, "undefined reference to "))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_complaints_of_both_linkers() {
        let lld = "rust-lld: error: undefined symbol: nodelock_must_never_link\n\
                   >>> referenced by lib.rs:19\nrust-lld: error: undefined symbol: memcpy\n";
        let gnu = "arm-none-eabi-ld: lib.a(x.o): in function `f':\n\
                   x.rs:(.text+0x8): undefined reference to `memcpy'\n";
        assert_eq!(undefined_symbols(lld), ["memcpy", NEVER].map(String::from).into());
        assert_eq!(undefined_symbols(gnu), ["memcpy"].map(String::from).into());
        assert!(undefined_symbols("").is_empty());
    }
}
