//! What the library costs on a microcontroller: flash, RAM and worst stack, per target and choice
//! of cryptography.
//!
//! Measured is an image with the functions of the header and what they need of the compiler's own
//! library, and nothing else: once with all of them, once with those that no firmware can do
//! without.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::bare::{CORTEX_M4, Crypto, Flags, Profile, TARGETS};
use crate::elf::Image;
use crate::link_proof::readable;
use crate::linker::{Link, Linked, Linker};
use crate::size_baseline::Baseline;
use crate::stack::{self, Worst};
use crate::toolchain::Bare;
use crate::tools::Missing;
use crate::{header, library, readme};

/// What a firmware calls that only wants an answer; the texts that explain it are left out.
const ESSENTIAL: [&str; 3] = ["nodelock_init", "nodelock_install", "nodelock_require"];

#[derive(Args)]
pub(crate) struct Options {
    /// Print the table as markdown
    #[arg(long)]
    markdown: bool,
    /// Put the markdown table into README.md, between its two size markers
    #[arg(long)]
    write_readme: bool,
    /// Also list the worst stack of each function, with the calls that need it
    #[arg(long)]
    functions: bool,
    /// Compare with xtask/size-baseline.json, on Cortex-M4; fail where a figure has grown by more than 2 %
    #[arg(long, conflicts_with = "target")]
    check: bool,
    /// Write xtask/size-baseline.json anew
    #[arg(long, conflicts_with_all = ["check", "target"])]
    write_baseline: bool,
    /// Measure this target only
    #[arg(long)]
    target: Option<String>,
}

/// The profile "check" has no other function that decides anything.
const CHECK: [&str; 1] = ["nodelock_check_lines"];

/// One line of the table.
struct Row {
    target: String,
    profile: Profile,
    crypto: Crypto,
    flash: u64,
    flash_essential: u64,
    ram: u64,
    stacks: Vec<Worst>,
}

pub(crate) fn run(options: &Options) -> Result<String> {
    if options.check {
        return check();
    }
    if options.write_baseline {
        figures()?.write()?;
        return Ok("wrote xtask/size-baseline.json".to_owned());
    }
    let targets: Vec<&str> = match &options.target {
        Some(target) => vec![target],
        None => TARGETS.to_vec(),
    };
    let bare = Bare::for_targets(&targets)?;
    let linker = Linker::find(&targets)?;
    let mut rows = Vec::new();
    for target in &targets {
        for (profile, crypto) in combinations() {
            eprintln!("measuring {target}, {}, {}", profile.name(), crypto.name());
            rows.push(measure(&linker, target, profile, crypto)?);
        }
    }
    if options.functions {
        print_functions(&rows);
    }
    let about = about(&bare.version()?);
    if options.write_readme {
        write_readme(&(markdown(&rows) + "\n" + &about))?;
    }
    let table = if options.markdown { markdown(&rows) } else { plain(&rows) };
    Ok(format!("{table}\n{}", about.trim_end()))
}

/// Compares with the committed figures.
pub(crate) fn check() -> Result<String> {
    Baseline::read()?.compare(&figures()?)
}

fn figures() -> Result<Baseline> {
    let bare = Bare::for_targets(&[CORTEX_M4])?;
    let linker = Linker::find(&[CORTEX_M4])?;
    let mut bytes = BTreeMap::new();
    for (profile, crypto) in combinations() {
        let row = measure(&linker, CORTEX_M4, profile, crypto)?;
        let name = match profile {
            Profile::Agent => crypto.name().to_owned(),
            Profile::Check => format!("check, {}", crypto.name()),
        };
        bytes.insert(format!("{name}: flash, all"), row.flash);
        bytes.insert(format!("{name}: flash, essential"), row.flash_essential);
        bytes.insert(format!("{name}: static RAM"), row.ram);
        if let Some(worst) = row.stacks.first() {
            bytes.insert(format!("{name}: worst stack"), worst.bytes);
        }
    }
    Ok(Baseline { compiler: bare.version()?, bytes })
}

fn combinations() -> impl Iterator<Item = (Profile, Crypto)> {
    Profile::ALL.into_iter().flat_map(|profile| Crypto::ALL.map(|crypto| (profile, crypto)))
}

fn measure(linker: &Linker, target: &str, profile: Profile, crypto: Crypto) -> Result<Row> {
    let flags = Flags { stack_sizes: true, ..Flags::default() };
    let archive = library::of_profile(target, profile, crypto, flags)?;
    let link = |roots: &BTreeSet<String>, out: &Path| match linker.link(&Link {
        target,
        archive: &archive,
        roots,
        allow_panics: false,
        out,
    })? {
        Linked::Whole => Image::read(out),
        Linked::Undefined(names) => {
            bail!("{target}, {}: undefined symbols: {names:?}", crypto.name())
        }
    };
    let (essential, roots) = match profile {
        Profile::Agent => (ESSENTIAL.map(String::from).into(), header::functions()?),
        Profile::Check => (CHECK.map(String::from).into(), CHECK.map(String::from).into()),
    };
    let essential = link(&essential, &archive.with_extension("essential.elf"))?;
    let elf = archive.with_extension("elf");
    let image = link(&roots, &elf)?;
    // Texts are written without it: it would cost more than what it writes.
    let mut names = image.functions.values().map(|function| readable(&function.name));
    if let Some(name) = names.find(|name| name.contains("core::fmt::"))
        && crypto != Crypto::P256
    {
        bail!("{target}, {}: the firmware library contains {name}", crypto.name());
    }
    let stacks = match stack::worst(target, &elf, &image, &roots) {
        Ok(stacks) => stacks,
        Err(error) if error.is::<Missing>() => {
            eprintln!("  worst stack not computed: {error}");
            Vec::new()
        }
        Err(error) => return Err(error.context(format!("{target}, {}", crypto.name()))),
    };
    let (flash, ram) = (image.flash, image.ram);
    Ok(Row {
        target: target.to_owned(),
        profile,
        crypto,
        flash,
        flash_essential: essential.flash,
        ram,
        stacks,
    })
}

impl Row {
    fn cells(&self) -> [String; 7] {
        let stack = match self.stacks.first() {
            Some(worst) => format!("{} ({})", grouped(&worst.bytes.to_string()), worst.root),
            None => "?".to_owned(),
        };
        let crypto = match self.crypto {
            Crypto::Callback => "hash and signature by callback",
            Crypto::Sha256 => "SHA-256 bundled, signature by callback",
            Crypto::Pinned => "SHA-256 and pinned P-256 bundled",
            Crypto::P256 => "SHA-256 and P-256 bundled",
        };
        let [all, essential, ram] =
            [self.flash, self.flash_essential, self.ram].map(|bytes| grouped(&bytes.to_string()));
        let profile = self.profile.name().to_owned();
        [self.target.clone(), profile, crypto.to_owned(), all, essential, ram, stack]
    }
}

const HEADINGS: [&str; 7] = [
    "target",
    "profile",
    "cryptography",
    "flash, all",
    "flash, essential",
    "static RAM",
    "worst stack",
];

fn markdown(rows: &[Row]) -> String {
    let mut text = format!("| {} |\n|---|---|---|---:|---:|---:|---:|\n", HEADINGS.join(" | "));
    for row in rows {
        let [target, profile, crypto, all, essential, ram, stack] = row.cells();
        let stack = stack.replace('(', "(`").replace(')', "`)");
        let _ = writeln!(
            text,
            "| `{target}` | `{profile}` | {crypto} | {all} | {essential} | {ram} | {stack} |"
        );
    }
    text
}

fn plain(rows: &[Row]) -> String {
    let mut text = String::new();
    for [target, profile, crypto, all, essential, ram, stack] in
        [HEADINGS.map(String::from)].into_iter().chain(rows.iter().map(Row::cells))
    {
        let _ = writeln!(
            text,
            "{target:<28} {profile:<7} {crypto:<40} {all:>10} {essential:>17} {ram:>11}  {stack}"
        );
    }
    text
}

fn print_functions(rows: &[Row]) {
    for row in rows {
        println!("{}, {}, {}:", row.target, row.profile.name(), row.crypto.name());
        for worst in &row.stacks {
            let more = if worst.calls_back { " + callbacks" } else { "" };
            println!(
                "  {:>7}{more:<12}  {}",
                grouped(&worst.bytes.to_string()),
                worst.path.join(" > ")
            );
        }
        println!();
    }
}

/// How the figures came about, for whoever wants to see them again.
fn about(compiler: &str) -> String {
    format!(
        "Bytes, printed by `cargo xtask size`; {compiler}, profile `firmware` (opt-level s, fat LTO). All: every \
         function of `nodelock.h` is linked; essential: {} and what they need; profile `check`: only \
         `nodelock_check_lines`. Context and slots are the \
         caller's and not in the RAM column. Worst stack is computed from the compiler's frame sizes and the call \
         graph of the linked code; the stack of callbacks comes on top.\n",
        ESSENTIAL.map(|name| format!("`{name}`")).join(", ")
    )
}

fn write_readme(table: &str) -> Result<()> {
    let text = fs::read_to_string(readme::path()).context("README.md")?;
    let replaced =
        readme::replace_part(&text, "size", table).context("README.md has no size markers")?;
    fs::write(readme::path(), replaced)?;
    Ok(())
}

/// `12345` as `12,345`.
pub(crate) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits() {
        assert_eq!(
            ["0", "999", "1000", "1234567"].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
