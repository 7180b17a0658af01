//! What the library costs on a microcontroller: flash, RAM and worst stack, per target and choice
//! of cryptography.
//!
//! Measured is an image with functions of the header and what they need of the compiler's own
//! library, and nothing else: all of them, those that a device with an agent calls, or those that
//! only a context needs.

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
use crate::{firmware, header, library, readme};

/// What a firmware with a context calls; the texts that explain an answer are left out.
const CONTEXT: [&str; 3] = ["nodelock_init", "nodelock_install", "nodelock_granted"];

/// The same with an agent: all types of licenses, counts, agreements and events.
const AGENT: [&str; 12] = [
    "nodelock_agent_boot",
    "nodelock_agent_tick",
    "nodelock_agent_next_deadline",
    "nodelock_agent_install",
    "nodelock_agent_find",
    "nodelock_agent_granted",
    "nodelock_agent_activate",
    "nodelock_agent_deactivate",
    "nodelock_agent_acquire",
    "nodelock_agent_release",
    "nodelock_agent_accept_eula",
    "nodelock_agent_poll_event",
];

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
    /// With an agent's functions alone, and with a context's.
    parts: Option<[u64; 2]>,
    ram: u64,
    stacks: Vec<Worst>,
}

pub(crate) fn run(options: &Options) -> Result<String> {
    if options.check {
        return check();
    }
    if options.write_baseline {
        figures(&on_cortex_m4()?)?.write()?;
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
    let about = memory()? + "\n" + &about(&bare.version()?);
    if options.write_readme {
        write_readme(&(markdown(&rows) + "\n" + &about))?;
    }
    let table = if options.markdown { markdown(&rows) } else { plain(&rows) };
    Ok(format!("{table}\n{}", about.trim_end()))
}

/// Compares with the committed figures, and the computed stack with what a run overwrites.
pub(crate) fn check() -> Result<String> {
    let rows = on_cortex_m4()?;
    let sizes = Baseline::read()?.compare(&figures(&rows)?)?;
    let stacks = match painted(&rows) {
        Err(error) if error.is::<Missing>() => format!("stack not painted: {error}"),
        painted => painted?,
    };
    Ok(format!("{sizes}; {stacks}"))
}

/// What examples/firmware-cortex-m4 overwrites of a painted stack, and the functions that it calls meanwhile.
const PAINTED: [(&str, &str, &str); 4] = [
    ("firmware.elf", "stack for installing a line: ", "nodelock_install"),
    ("firmware.elf", "stack for a check: ", "nodelock_check"),
    ("agent.elf", "stack for installing a line: ", "nodelock_agent_install"),
    ("agent.elf", "stack for a boot with three lines: ", "nodelock_agent_boot"),
];

/// What the example's own functions and callbacks put on the stack beside the library's.
const CALLER: u64 = 256;

/// No run may need more stack than was computed for the same library.
fn painted(rows: &[Row]) -> Result<String> {
    let same = |row: &&Row| row.profile == Profile::Agent && row.crypto == Crypto::P256;
    let row = rows.iter().find(same).context("a row with p256")?;
    let mut remarks = Vec::new();
    for (program, line, function) in PAINTED {
        let printed = firmware::printed(program)?;
        let used = printed.lines().find_map(|printed| printed.strip_prefix(line));
        let used = used.and_then(|used| used.split(' ').next()?.parse::<u64>().ok());
        let used = used.with_context(|| format!("{program} does not tell the {line}"))?;
        let computed = row.stacks.iter().find(|worst| worst.root == function);
        let computed = computed.with_context(|| function.to_owned())?.bytes;
        if used > computed + CALLER {
            bail!("{function} overwrites {used} bytes of stack, and {computed} were computed");
        }
        remarks.push(format!("{function} {used} of {computed}"));
    }
    Ok(format!("painted stack: {}", remarks.join(", ")))
}

fn on_cortex_m4() -> Result<Vec<Row>> {
    let linker = Linker::find(&[CORTEX_M4])?;
    combinations().map(|(profile, crypto)| measure(&linker, CORTEX_M4, profile, crypto)).collect()
}

fn figures(rows: &[Row]) -> Result<Baseline> {
    let bare = Bare::for_targets(&[CORTEX_M4])?;
    let mut bytes = BTreeMap::new();
    for row in rows {
        let name = match row.profile {
            Profile::Agent => row.crypto.name().to_owned(),
            Profile::Check => format!("check, {}", row.crypto.name()),
        };
        bytes.insert(format!("{name}: flash, all"), row.flash);
        if let Some([agent, context]) = row.parts {
            bytes.insert(format!("{name}: flash, agent"), agent);
            bytes.insert(format!("{name}: flash, context"), context);
        }
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
    let part = |roots: &[&str], name: &str| -> Result<u64> {
        let roots = roots.iter().copied().map(String::from).collect();
        Ok(link(&roots, &archive.with_extension(name))?.flash)
    };
    let (parts, roots) = match profile {
        Profile::Agent => (
            Some([part(&AGENT, "agent.elf")?, part(&CONTEXT, "context.elf")?]),
            header::functions()?,
        ),
        Profile::Check => (None, CHECK.map(String::from).into()),
    };
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
    Ok(Row { target: target.to_owned(), profile, crypto, flash, parts, ram, stacks })
}

impl Row {
    fn cells(&self) -> [String; 8] {
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
        let [all, ram] = [self.flash, self.ram].map(|bytes| grouped(&bytes.to_string()));
        let [agent, context] = match self.parts {
            Some(parts) => parts.map(|bytes| grouped(&bytes.to_string())),
            None => ["-", "-"].map(String::from),
        };
        let profile = self.profile.name().to_owned();
        [self.target.clone(), profile, crypto.to_owned(), all, agent, context, ram, stack]
    }
}

const HEADINGS: [&str; 8] = [
    "target",
    "profile",
    "cryptography",
    "flash, all",
    "flash, agent",
    "flash, context",
    "static RAM",
    "worst stack",
];

fn markdown(rows: &[Row]) -> String {
    let mut text =
        format!("| {} |\n|---|---|---|---:|---:|---:|---:|---:|\n", HEADINGS.join(" | "));
    for row in rows {
        let [target, profile, crypto, all, agent, context, ram, stack] = row.cells();
        let stack = stack.replace('(', "(`").replace(')', "`)");
        let _ = writeln!(
            text,
            "| `{target}` | `{profile}` | {crypto} | {all} | {agent} | {context} | {ram} | {stack} |"
        );
    }
    text
}

fn plain(rows: &[Row]) -> String {
    let mut text = String::new();
    for [target, profile, crypto, all, agent, context, ram, stack] in
        [HEADINGS.map(String::from)].into_iter().chain(rows.iter().map(Row::cells))
    {
        let _ = writeln!(
            text,
            "{target:<28} {profile:<7} {crypto:<40} {all:>10} {agent:>13} {context:>15} {ram:>11}  {stack}"
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
        "Bytes, printed by `cargo xtask size`; {compiler}, profile `firmware` (fat LTO, opt-level s, the C interface z). \
         Flash, all: every function of `nodelock.h` is linked. Agent: {}. Context: {}. Profile `check`: only \
         `nodelock_check_lines`. Worst stack is computed from the compiler's frame sizes and the call \
         graph of the linked code, of every function of the header; the stack of \
         callbacks comes on top. What a run in the emulator overwrites, callbacks included, may not be more than 256 \
         bytes above it.\n",
        listed(&AGENT),
        listed(&CONTEXT)
    )
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// What the program gives, which is in no other column: the same on every target.
fn memory() -> Result<String> {
    let each = |name: &str| -> Result<u64> {
        Ok(header::constant(&format!("NODELOCK_{name}_WORDS"))? * 8)
    };
    let scratch = header::constant("NODELOCK_SCRATCH_LEN")?;
    let (context, slot) = (each("CTX")?, each("SLOT")?);
    let (agent, line) = (each("AGENT")?, each("LINE_SLOT")?);
    let feature = each("FEATURE_SLOT")? + each("CATALOG_ENTRY")?;
    let (lease, event) = (each("LEASE_SLOT")?, each("EVENT_SLOT")?);
    let whole = agent + scratch + 8 * (line + feature) + 4 * (lease + event);
    Ok(format!(
        "RAM that the program gives, in bytes: a context {context} and {slot} for each line; or an agent {}, scratch \
         {}, {line} for each line, {feature} for each feature, {lease} for each lease, {event} for each event: {} \
         with 8 lines, 8 features, 4 leases and 4 events.\n",
        grouped(&agent.to_string()),
        grouped(&scratch.to_string()),
        grouped(&whole.to_string()),
    ))
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
