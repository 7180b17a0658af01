//! What the library costs on a microcontroller: flash, RAM and worst stack, per target and choice
//! of cryptography.
//!
//! Measured is an image with functions of the header and what they need of the compiler's own
//! library, and nothing else: all of them, those that a device with an agent calls, or those that
//! only a context needs.

mod baseline;
mod disassembly;
mod stack;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::proof::firmware;
use crate::tools::bare::{CORTEX_M4, Crypto, Flags, Profile, TARGETS};
use crate::tools::elf::{Image, readable};
use crate::tools::linker::{Link, Linked, Linker};
use crate::tools::markdown::{part, replace_part};
use crate::tools::programs::Missing;
use crate::tools::toolchain::Bare;
use crate::tools::{header, library, workspace};
use baseline::Baseline;
use stack::Worst;
use table::{about, markdown, memory, plain, print_functions};

pub(crate) use table::grouped;

const README: &str = "README.md";
const PAGE: &str = "docs/SIZES.md";
/// Below the few rows in README.md.
const MORE: &str = "Bytes, profile `firmware`. Flash, all: every function is linked; agent, context: what a device \
                    with one calls. Other targets and choices, and how each figure came about: \
                    [docs/SIZES.md](docs/SIZES.md).";

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
    /// Put the markdown table into docs/SIZES.md and four rows of it into README.md, between the size markers
    #[arg(long, conflicts_with = "target")]
    write_pages: bool,
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
    let memory = memory()?;
    let about = format!("{memory}\n{}", about(&bare.version()?));
    if options.write_pages {
        write_part(PAGE, &format!("{}\n{about}", markdown(&rows)))?;
        let few = markdown(rows.iter().filter(|row| row.decides()));
        write_part(README, &format!("{few}\n{memory}\n{MORE}\n"))?;
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

fn write_part(page: &'static str, content: &str) -> Result<()> {
    let path = workspace::root().join(page);
    let text = fs::read_to_string(&path).context(page)?;
    let replaced = replace_part(&text, "size", content).context("no size markers").context(page)?;
    fs::write(path, replaced).context(page)
}

/// README.md has the same figures as the page to which it points.
pub(crate) fn check_pages() -> Result<()> {
    let [few, all] = [README, PAGE].map(|page| -> Result<String> {
        let text = fs::read_to_string(workspace::root().join(page)).context(page)?;
        Ok(part(&text, "size").context("no size markers").context(page)?.to_owned())
    });
    let (few, all) = (few?, all?);
    let figures = few.lines().filter(|line| *line != MORE);
    if let Some(line) = figures.into_iter().find(|line| !all.lines().any(|other| other == *line)) {
        bail!("{README} has other sizes than {PAGE}: {line}\nrun: cargo xtask size --write-pages");
    }
    Ok(())
}
