//! `cargo xtask bench-report`: docs/PERFORMANCE.md and its plots, from runs on this machine.

mod plot;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::proof::firmware;
use crate::tools::bare::{CORTEX_M0, CORTEX_M3, CORTEX_M4, CORTEX_M33, RISCV32};
use crate::tools::{process, programs, toolchain, workspace};

use plot::{Axis, Plot, Series};

#[derive(Args)]
pub(crate) struct Options {
    /// Leave the times as they stand in the last run of the benchmarks
    #[arg(long)]
    no_benches: bool,
}

/// Verifiers in the order of the table: name in the benchmark, and what is said of it.
const VERIFIERS: [(&str, &str); 12] = [
    ("pinned, 0.5 KB", "ours, tables of 0.5 KB in all"),
    ("pinned, 1 KB", "ours, 1 KB"),
    ("pinned, 2 KB", "ours, 2 KB"),
    ("pinned, 4 KB", "ours, 4 KB"),
    ("pinned, 8 KB", "ours, 8 KB"),
    ("pinned, 16 KB", "ours, 16 KB"),
    ("pinned, key without table", "ours, a key that has no table"),
    ("AwsLcVerifier", "ours on aws-lc-rs (a feature of `nodelock-std`), a key as bytes"),
    ("aws-lc-rs", "aws-lc-rs, parsed key"),
    ("ring", "ring"),
    ("openssl", "OpenSSL (libcrypto of the system)"),
    ("p256", "p256"),
];
const KILOBYTES: [f64; 6] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// What a device does, in the order of the table of times.
const DEEDS: [(&str, &str); 14] = [
    ("parse/line-300-bytes", "read a license line of 300 bytes"),
    ("parse/decided-300-bytes", "read, hash, bind and decide on it"),
    ("agent-check-handle", "check by handle"),
    ("agent-check-name-32", "check by name, 32 features"),
    ("agent-acquire-release", "take a unit and give it back"),
    ("agent-idle-tick", "tell the time when nothing is due"),
    ("agent-boot-1-line", "boot with 1 line, its signature checked by `p256`"),
    ("agent-boot-8-lines", "boot with 8"),
    ("agent-boot-32-lines", "boot with 32"),
    ("agent-boot-32-pinned", "boot with 32, checked by `pinned` with 4 KB of tables"),
    ("agent-boot-1-sealed", "boot with 1 sealed line"),
    ("agent-boot-8-sealed", "boot with 8"),
    ("agent-boot-32-sealed", "boot with 32"),
    ("skip-10000-lines", "a file of 10,000 lines for other devices"),
];

/// Code of the verifier in the order of the table: title, target, profile, for the DSP extension.
const CODE: [(&str, &str, &str, bool); 7] = [
    ("Cortex-M4", CORTEX_M4, "release", false),
    ("Cortex-M4, s", CORTEX_M4, "small", false),
    ("Cortex-M33, `dsp`", CORTEX_M33, "release", true),
    ("Cortex-M33", CORTEX_M33, "release", false),
    ("Cortex-M3 code", CORTEX_M3, "release", false),
    ("Cortex-M0 code", CORTEX_M0, "release", false),
    ("RISC-V 32", RISCV32, "release", false),
];

type Counts = BTreeMap<String, f64>;

pub(crate) fn run(options: &Options) -> Result<String> {
    if !options.no_benches {
        eprintln!("timing the verifiers; building the others takes some minutes at first");
        let mut bench = toolchain::host_cargo();
        bench.args(["bench", "-p", "nodelock-benches", "--features", "peers", "--bench", "peers"]);
        process::run(bench.args(["--bench", "agent", "--bench", "parse", "--", "--noplot"]))?;
    }
    let times = times()?;
    eprintln!("counting instructions");
    let counts = counts()?;
    eprintln!("running on emulated processors");
    let on_target = OnTarget {
        agent: firmware::printed("storage.elf")?,
        agent_pinned: firmware::printed("storage-pinned.elf")?,
        pinned: CODE
            .into_iter()
            .map(|(title, target, profile, dsp)| {
                Ok((title, firmware::pinned_on(target, profile, dsp)?))
            })
            .collect::<Result<_>>()?,
    };
    let docs = workspace::root().join("docs");
    fs::create_dir_all(docs.join("plots"))?;
    fs::write(docs.join("plots/lines.svg"), lines_plot(&counts)?)?;
    fs::write(docs.join("plots/tables.svg"), tables_plot(&times, &on_target)?)?;
    fs::write(docs.join("PERFORMANCE.md"), page(&times, &counts, &on_target)?)?;
    Ok("wrote docs/PERFORMANCE.md, docs/plots/lines.svg and docs/plots/tables.svg".to_owned())
}

struct OnTarget {
    agent: String,
    agent_pinned: String,
    /// By title, as in `CODE`.
    pinned: Vec<(&'static str, String)>,
}

/// Medians in microseconds, by the names of the benchmark.
fn times() -> Result<Counts> {
    let all = workspace::target_dir().join("criterion");
    let verifiers = VERIFIERS.map(|(name, _)| (name, all.join("verify 300 bytes").join(name)));
    let kinds = DEEDS.map(|(name, _)| (name, all.join(name)));
    let mut times = Counts::new();
    for (name, folder) in verifiers.into_iter().chain(kinds) {
        let path = folder.join("new/estimates.json");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}; run without --no-benches", path.display()))?;
        let estimates: Value = serde_json::from_str(&text)?;
        let median = estimates["median"]["point_estimate"].as_f64().context("a median")?;
        times.insert(name.to_owned(), median / 1000.0);
    }
    Ok(times)
}

fn counts() -> Result<Counts> {
    let mut count = toolchain::host_cargo();
    count.args(["run", "--quiet", "--release", "-p", "nodelock-benches"]);
    count.args(["--bin", "instruction-counts", "--", "--json"]);
    let printed: Value = serde_json::from_str(&process::run(&mut count)?)?;
    let counts = printed["instructions"].as_object().context("instructions")?;
    Ok(counts.iter().filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect())
}

fn get(counts: &Counts, name: &str) -> Result<f64> {
    counts.get(name).copied().with_context(|| format!("{name} was not measured"))
}

/// The numbers in a line of output that begins so.
fn numbers(output: &str, begins: &str) -> Result<Vec<f64>> {
    let Some(line) = output.lines().find(|line| line.trim_start().starts_with(begins)) else {
        bail!("nothing that begins with {begins:?} in\n{output}");
    };
    let rest = line.trim_start().strip_prefix(begins).unwrap_or_default();
    let words = rest.split(|c: char| !c.is_ascii_digit());
    Ok(words.filter_map(|word| word.parse().ok()).collect())
}

fn instructions(output: &str, teeth: u32) -> Result<(f64, f64)> {
    let all = numbers(output, &format!("{teeth} teeth,"))?;
    match all.as_slice() {
        [_, right, _, stack] => Ok((*right, *stack)),
        _ => bail!("{all:?} is not table, right, wrong, stack"),
    }
}

fn lines_plot(counts: &Counts) -> Result<String> {
    let series = |name: &'static str, of: [&str; 3]| -> Result<Series> {
        let points = [1.0, 8.0, 32.0].into_iter().zip(of);
        let points = points.map(|(lines, of)| Ok((lines, get(counts, of)?)));
        Ok(Series { name, points: points.collect::<Result<_>>()? })
    };
    Plot {
        title: "Instructions by number of lines (host)",
        x: Axis { name: "lines", from: 1.0, to: 40.0 },
        y: Axis { name: "instructions", from: 10.0, to: 1e9 },
        series: vec![
            series(
                "boot, all signatures",
                ["agent-boot-1-line", "agent-boot-8-lines", "agent-boot-32-lines"],
            )?,
            series(
                "boot, sealed",
                ["agent-boot-1-sealed", "agent-boot-8-sealed", "agent-boot-32-sealed"],
            )?,
            series(
                "check by name",
                ["agent-check-name-1", "agent-check-name", "agent-check-name-32"],
            )?,
            series(
                "check by handle",
                ["agent-check-handle-1", "agent-check-handle", "agent-check-handle-32"],
            )?,
        ],
    }
    .svg()
}

fn tables_plot(times: &Counts, on_target: &OnTarget) -> Result<String> {
    let host = VERIFIERS.iter().zip(KILOBYTES).map(|((name, _), size)| {
        // Nanoseconds, so that both stand in one plot.
        Ok((size, get(times, name)? * 1000.0))
    });
    let emulated = |wanted: &'static str| -> Result<Series> {
        let found = on_target.pinned.iter().find(|(title, _)| *title == wanted);
        let (_, output) = found.context(wanted)?;
        let points = (3..=7).zip(KILOBYTES);
        let points = points.map(|(teeth, size)| Ok((size, instructions(output, teeth)?.0)));
        Ok(Series { name: wanted, points: points.collect::<Result<_>>()? })
    };
    Plot {
        title: "One signature check by size of tables",
        x: Axis { name: "KB of tables in all", from: 0.4, to: 20.0 },
        y: Axis { name: "instructions, or ns on the host", from: 1e4, to: 1e8 },
        series: vec![
            emulated("Cortex-M0 code")?,
            emulated("Cortex-M4")?,
            Series { name: "host, ns", points: host.collect::<Result<_>>()? },
        ],
    }
    .svg()
}

fn page(times: &Counts, counts: &Counts, on_target: &OnTarget) -> Result<String> {
    let mut text = format!(
        "# Performance\n\nWritten by `cargo xtask bench-report`; every number is the output of a run on one \
         machine. Read ratios and\ncounts, not times.\n\n{}\n",
        machine()?
    );
    text += "## One signature check, beside other libraries\n\nA message of 300 bytes, SHA-256 included; 64 messages \
             take turns; all in one run:\n`cargo bench -p nodelock-benches --features peers --bench peers`. Medians.\n\n\
             | verifier | \u{b5}s | / aws-lc-rs |\n| --- | ---: | ---: |\n";
    let reference = get(times, "aws-lc-rs")?;
    for (name, what) in VERIFIERS {
        let time = get(times, name)?;
        writeln!(text, "| {what} | {time:.1} | {:.2} |", time / reference)?;
    }
    text += "\n## What a device does\n\nThe same run, `--bench agent --bench parse`; SHA-256 with the instructions of the \
             processor, where it has them.\n\n| operation | time |\n| --- | ---: |\n";
    for (name, what) in DEEDS {
        writeln!(text, "| {what} | {} |", time_of(get(times, name)?))?;
    }
    text += "\n## By number of lines\n\nInstructions of one operation on the host \
             (`cargo run --release -p nodelock-benches --bin instruction-counts`), with\n`p256` as verifier and \
             portable SHA-256. Boots grow with the lines; checks do not.\n\n![](plots/lines.svg)\n\n\
             | operation | instructions |\n| --- | ---: |\n";
    for (name, count) in counts {
        writeln!(text, "| `{name}` | {} |", grouped(*count))?;
    }
    text += "\n## On microcontrollers\n\nInstructions (not cycles) in QEMU with `-icount shift=0`, of the programs in \
             `examples/firmware-cortex-m4`.\n\n### One signature check of a digest\n\n`nodelock-p256`. \
             On Cortex-M4, and on Cortex-M33 with the feature `dsp`, its arithmetic is in assembler; code for\n\
             Cortex-M0 and M3 runs on the emulated M4. Stack is what was overwritten. At opt-level 3, and on Cortex-M4\n\
             at s, too.\n\n![](plots/tables.svg)\n\n";
    text += &pinned_table(&on_target.pinned)?;
    text += "\n### A device with 32 licenses in raw flash\n\nCortex-M4, profile `firmware`; signatures checked by `p256`, and by the \
             verifier for pinned keys with\ntables of 2 KB in all.\n\n| | `p256` | pinned |\n| --- | ---: | ---: |\n";
    let measured = |output: &str| -> Vec<(String, f64)> {
        let parts = |line: &str| {
            let (what, count) = line.trim().strip_suffix(" instructions")?.rsplit_once(": ")?;
            Some((what.to_owned(), count.parse().ok()?))
        };
        output.lines().filter_map(parts).collect()
    };
    let pinned = measured(&on_target.agent_pinned);
    for ((what, p256), (_, pinned)) in measured(&on_target.agent).into_iter().zip(pinned) {
        writeln!(text, "| {what} | {} | {} |", grouped(p256), grouped(pinned))?;
    }
    Ok(text)
}

/// A row for each size of tables, a column for each kind of code.
fn pinned_table(pinned: &[(&str, String)]) -> Result<String> {
    let mut text = "| tables in all |".to_owned();
    pinned.iter().try_for_each(|(title, _)| write!(text, " {title} |"))?;
    text += "\n| ---: |";
    text += &" ---: |".repeat(pinned.len());
    for (teeth, size) in (3..=7).zip(KILOBYTES) {
        write!(text, "\n| {size} KB |")?;
        for (_, output) in pinned {
            write!(text, " {} |", grouped(instructions(output, teeth)?.0))?;
        }
    }
    text += "\n| key without table |";
    for (_, output) in pinned {
        write!(text, " {} |", grouped(numbers(output, "a key without table:")?[0]))?;
    }
    text += "\n| stack |";
    for (_, output) in pinned {
        let stacks = (3..=7).map(|teeth| Ok(instructions(output, teeth)?.1));
        let deepest = stacks.collect::<Result<Vec<_>>>()?.into_iter().fold(0.0, f64::max);
        write!(text, " {} B |", grouped(deepest))?;
    }
    text.push('\n');
    Ok(text)
}

fn machine() -> Result<String> {
    let processor = fs::read_to_string("/proc/cpuinfo").ok();
    let processor = processor.as_deref().and_then(|text| {
        text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "))
    });
    let processor = processor.map_or("an unknown processor", |(_, name)| name.trim());
    let first = |program: &str, options: &[&str]| -> Result<String> {
        let printed = process::run(Command::new(program).args(options))?;
        Ok(printed.lines().next().unwrap_or_default().to_owned())
    };
    let qemu = programs::require(&["qemu-system-arm"], "apt-get install qemu-system-arm")?;
    let qemu = first(&qemu.display().to_string(), &["--version"])?;
    let rustc = first("rustc", &["--version"])?;
    let mut locked = String::new();
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    for name in ["p256", "ring", "aws-lc-rs", "openssl"] {
        let entry = format!("name = \"{name}\"\nversion = \"");
        if let Some((version, _)) =
            lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'))
        {
            write!(locked, ", {name} {version}")?;
        }
    }
    let day = first("date", &["--utc", "+%Y-%m-%d"])?;
    Ok(format!("{day}: {processor}; {rustc}; {qemu}{locked}.\n"))
}

fn time_of(microseconds: f64) -> String {
    match microseconds {
        ..0.1 => format!("{:.1} ns", microseconds * 1000.0),
        ..1.0 => format!("{microseconds:.2} \u{b5}s"),
        ..1000.0 => format!("{microseconds:.1} \u{b5}s"),
        _ => format!("{:.2} ms", microseconds / 1000.0),
    }
}

/// A count, which no computer can raise beyond what a float holds exactly.
fn grouped(count: f64) -> String {
    crate::report::size::grouped(&format!("{count:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_firmware_prints() {
        let output = "3 teeth, 512 bytes of tables: 893000 instructions, 893280 for a wrong \
                      signature, 1656 bytes of stack\na key without table: 1288040 instructions\n";
        assert_eq!(instructions(output, 3).unwrap(), (893_000.0, 1656.0));
        assert_eq!(numbers(output, "a key without table:").unwrap(), [1_288_040.0]);
        assert!(instructions(output, 4).is_err());
        assert_eq!(grouped(1_234_567.0), "1,234,567");
        assert_eq!(grouped(12.4), "12");
    }
}
