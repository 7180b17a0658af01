//! What the library costs on a microcontroller: flash, RAM and worst stack, per target and choice of cryptography.
//!
//! Measured is the whole interface: every function of the header is kept, so a firmware that calls fewer of them
//! pays less. The image has nothing else in it but what these functions need of the compiler's own library.

use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::bare::{Crypto, Flags, TARGETS};
use crate::elf::Image;
use crate::linker::{Link, Linked, Linker};
use crate::stack::{self, Worst};
use crate::toolchain::Bare;
use crate::tools::Missing;
use crate::{header, library, workspace};

const BEGIN: &str = "<!-- size:begin -->";
const END: &str = "<!-- size:end -->";

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
    /// Measure this target only
    #[arg(long)]
    target: Option<String>,
}

/// One line of the table.
struct Row {
    target: String,
    crypto: Crypto,
    flash: u64,
    ram: u64,
    stacks: Vec<Worst>,
}

pub(crate) fn run(options: &Options) -> Result<String> {
    let targets: Vec<&str> = match &options.target {
        Some(target) => vec![target],
        None => TARGETS.to_vec(),
    };
    let bare = Bare::for_targets(&targets)?;
    let linker = Linker::find(&targets)?;
    let mut rows = Vec::new();
    for target in &targets {
        for crypto in Crypto::ALL {
            eprintln!("measuring {target}, {}", crypto.name());
            rows.push(measure(&linker, target, crypto)?);
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

fn measure(linker: &Linker, target: &str, crypto: Crypto) -> Result<Row> {
    let archive =
        library::for_firmware(target, crypto, Flags { stack_sizes: true, ..Flags::default() })?;
    let roots = header::functions()?;
    let elf = archive.with_extension("elf");
    let link = Link { target, archive: &archive, roots: &roots, allow_panics: false, out: &elf };
    if let Linked::Undefined(names) = linker.link(&link)? {
        bail!("{target}, {}: undefined symbols: {names:?}", crypto.name());
    }
    let image = Image::read(&elf)?;
    let stacks = match stack::worst(target, &elf, &image, &roots) {
        Ok(stacks) => stacks,
        Err(error) if error.is::<Missing>() => {
            eprintln!("  worst stack not computed: {error}");
            Vec::new()
        }
        Err(error) => return Err(error.context(format!("{target}, {}", crypto.name()))),
    };
    Ok(Row { target: target.to_owned(), crypto, flash: image.flash, ram: image.ram, stacks })
}

impl Row {
    fn cells(&self) -> [String; 5] {
        let stack = match self.stacks.first() {
            Some(worst) => format!("{} ({})", grouped(worst.bytes), worst.root),
            None => "?".to_owned(),
        };
        let crypto = match self.crypto {
            Crypto::Callback => "hash and signature by callback",
            Crypto::Sha256 => "SHA-256 bundled, signature by callback",
            Crypto::P256 => "SHA-256 and P-256 bundled",
        };
        [self.target.clone(), crypto.to_owned(), grouped(self.flash), grouped(self.ram), stack]
    }
}

const HEADINGS: [&str; 5] =
    ["target", "cryptography", "flash (bytes)", "static RAM (bytes)", "worst stack (bytes)"];

fn markdown(rows: &[Row]) -> String {
    let mut text = format!("| {} |\n|---|---|---:|---:|---:|\n", HEADINGS.join(" | "));
    for row in rows {
        let [target, crypto, flash, ram, stack] = row.cells();
        let stack = stack.replace('(', "(`").replace(')', "`)");
        let _ = writeln!(text, "| `{target}` | {crypto} | {flash} | {ram} | {stack} |");
    }
    text
}

fn plain(rows: &[Row]) -> String {
    let mut text = String::new();
    for [target, crypto, flash, ram, stack] in
        [HEADINGS.map(String::from)].into_iter().chain(rows.iter().map(Row::cells))
    {
        let _ = writeln!(text, "{target:<28} {crypto:<40} {flash:>13} {ram:>19}  {stack}");
    }
    text
}

fn print_functions(rows: &[Row]) {
    for row in rows {
        println!("{}, {}:", row.target, row.crypto.name());
        for worst in &row.stacks {
            let more = if worst.calls_back { " + callbacks" } else { "" };
            println!("  {:>7}{more:<12}  {}", grouped(worst.bytes), worst.path.join(" > "));
        }
        println!();
    }
}

/// How the figures came about, for whoever wants to see them again.
fn about(compiler: &str) -> String {
    format!(
        "Printed by `cargo xtask size`; {compiler}, profile `firmware` (opt-level s, fat LTO), every function of \
         `nodelock.h` kept. Worst stack is computed from the compiler's frame sizes and the call graph of the \
         linked code; the stack of callbacks comes on top.\n"
    )
}

fn write_readme(table: &str) -> Result<()> {
    let path = workspace::root().join("README.md");
    let text = fs::read_to_string(&path).context("README.md")?;
    let replaced = between_markers(&text, table).context("README.md has no size markers")?;
    fs::write(path, replaced)?;
    Ok(())
}

fn between_markers(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}{END}{after}"))
}

/// `12345` as `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
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
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn replaces_what_stands_between_the_markers() {
        let readme = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(between_markers(&readme, "new\n"), Some(format!("a\n{BEGIN}\nnew\n{END}\nb\n")));
        assert_eq!(between_markers("no markers", "new"), None);
    }
}
