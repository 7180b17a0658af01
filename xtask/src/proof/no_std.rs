//! The core builds where there is no operating system and no heap.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools::bare::{Crypto, Flags, TARGETS};
use crate::tools::toolchain::{self, Bare};
use crate::tools::{process, workspace};

/// A program that links the core and nothing else: `alloc` in its tree would ask it for an
/// allocator.
const PROBE: &str = "#![no_std]\nextern crate nodelock as _;\n\
                     #[panic_handler] fn stop(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }\n";

/// What rustc says when some crate of a program uses `alloc` and none brings an allocator.
const NEEDS_ALLOCATOR: &str = "no global memory allocator found";

/// Builds the core for every target, bare and with p256, and shows that neither `std` nor `alloc`
/// is in it.
pub(crate) fn check() -> Result<String> {
    let bare = Bare::for_targets(&TARGETS)?;
    for crypto in [Crypto::Callback, Crypto::P256] {
        let mut cargo = bare.cargo("build", &TARGETS);
        cargo.args(["-p", "nodelock", "--lib", "--no-default-features"]);
        // What is optional must need no allocator either.
        let features = format!("serde,heapless,defmt,{}", crypto.feature().unwrap_or_default());
        cargo.args(["--features", &features]);
        Flags::default().apply(&mut cargo);
        process::run(&mut cargo)?;
        for target in TARGETS {
            no_alloc(bare, target)?;
        }
    }
    Ok(match bare {
        Bare::Installed => {
            format!("{} targets; a program of it alone needs no allocator", TARGETS.len())
        }
        Bare::FromSource => {
            format!("{} targets; only core was built, std and alloc were not there", TARGETS.len())
        }
    })
}

fn no_alloc(bare: Bare, target: &str) -> Result<()> {
    let deps = toolchain::target_dir().join(target).join("firmware/deps");
    match bare {
        Bare::Installed => {
            let core = toolchain::target_dir().join(target).join("firmware/libnodelock.rlib");
            let finished = probe(PROBE, &["--target", target], &[("nodelock", &core)], &deps)?;
            if finished.contains(NEEDS_ALLOCATOR) {
                bail!("{target}: the core or a crate that it uses links alloc\n{finished}");
            }
            if !finished.is_empty() {
                bail!("{target}: {finished}");
            }
        }
        // With `-Zbuild-std=core` a use of std or alloc does not compile; still, look at what was
        // built.
        Bare::FromSource => {
            let built: BTreeSet<String> = fs::read_dir(&deps)?
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect::<Result<_>>()?;
            if let Some(name) =
                built.iter().find(|n| n.starts_with("liballoc-") || n.starts_with("libstd-"))
            {
                bail!("{target}: {name} was built");
            }
        }
    }
    Ok(())
}

/// Compiles `source` to a static library and returns the compiler's complaints.
fn probe(source: &str, flags: &[&str], externs: &[(&str, &Path)], deps: &Path) -> Result<String> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("probe.rs");
    fs::write(&file, source)?;
    let mut rustc = Command::new(toolchain::rustc().get_program());
    rustc.current_dir(workspace::root()).args(["--edition", "2024", "--crate-type", "staticlib"]);
    rustc.args(["-Cpanic=abort", "--out-dir"]).arg(dir.path()).arg("-L").arg(deps).args(flags);
    for (name, path) in externs {
        rustc.arg("--extern").arg(format!("{name}={}", path.display()));
    }
    let finished = process::finish(rustc.arg(file))?;
    Ok(if finished.status.success() { String::new() } else { finished.whole_output() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probe_sees_alloc() {
        let source = "#![no_std]\nextern crate alloc;\n\
                      #[panic_handler] fn stop(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }\n";
        let complaint = probe(source, &[], &[], Path::new(".")).unwrap();
        assert!(complaint.contains(NEEDS_ALLOCATOR), "{complaint}");
        assert_eq!(
            probe(&source.replace("extern crate alloc;", ""), &[], &[], Path::new(".")).unwrap(),
            ""
        );
    }
}
