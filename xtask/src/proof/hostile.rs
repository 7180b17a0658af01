//! C programs that use the library in every wrong way, with storage that fails and power that is cut, in an emulated
//! microcontroller where NULL and what is no memory are a fault: there must be none.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Result, bail};

use crate::proof::firmware;
use crate::tools::bare::{CORTEX_M0, CORTEX_M4, Crypto, Flags};
use crate::tools::{library, process, programs, toolchain, workspace};

/// Each says itself what must hold, and runs on hosts too, under the sanitizers.
const PROGRAMS: [&str; 13] = [
    "wrong_use",
    "agent_wrong_use",
    "callbacks",
    "random_use",
    "sizes",
    "check_lines",
    "mistakes",
    "agent_power",
    "agent_rollback",
    "agent_jobs",
    "agent",
    "lifecycle",
    "pinned",
];

/// Whose code the emulated Cortex-M4 runs.
struct Processor {
    target: &'static str,
    cpu: &'static str,
    /// A program that only this one runs in reasonable time: it verifies some thousand signatures.
    also: Option<&'static str>,
    /// What is a fault only here.
    fault: &'static str,
}

const PROCESSORS: [Processor; 2] = [
    Processor { target: CORTEX_M4, cpu: "cortex-m4", also: Some("flash"), fault: "divide_by_zero" },
    // It cannot read or write a word that is not aligned; compilers for Cortex-M4 count on it.
    Processor { target: CORTEX_M0, cpu: "cortex-m0", also: None, fault: "read_unaligned_word" },
];

/// The functions of `faults.c`, and how each is reported.
const FAULTS: [(&str, &str); 11] = [
    ("read_null", "MemManage at"),
    ("write_null", "MemManage at"),
    ("read_behind_null", "MemManage at"),
    ("call_null", "MemManage at"),
    ("read_nowhere", "MemManage at"),
    ("read_behind_ram", "MemManage at"),
    ("write_to_flash", "MemManage at"),
    ("call_data", "MemManage at"),
    ("read_unaligned_words", "UsageFault at"),
    ("execute_no_instruction", "UsageFault at"),
    ("overflow_the_stack", "MemManage: the stack has run over"),
];

const BOARD: &str = "ffi/tests/cortex-m4";
const WARNINGS: [&str; 12] = [
    "-std=c11",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wcast-qual",
    "-Wundef",
];

pub(crate) fn check() -> Result<String> {
    programs::require(&["qemu-system-arm"], firmware::QEMU)?;
    programs::require(&["arm-none-eabi-gcc"], firmware::ARM_GCC)?;
    make_data()?;
    let outcomes = thread::scope(|scope| {
        let runs = PROCESSORS.each_ref().map(|processor| scope.spawn(|| without_fault(processor)));
        runs.map(|run| run.join().expect("no panic"))
    });
    Ok(outcomes.into_iter().collect::<Result<Vec<_>>>()?.join("; "))
}

fn without_fault(processor: &Processor) -> Result<String> {
    let library = library::for_firmware(processor.target, Crypto::Pinned, Flags::default())?;
    let faults = FAULTS.into_iter().chain([(processor.fault, "UsageFault at")]);
    for (fault, report) in faults.clone() {
        is_noticed(processor, fault, report)?;
    }
    let programs = PROGRAMS.into_iter().chain(processor.also);
    for program in programs.clone() {
        ends_well(processor, program, &library)?;
    }
    let (cpu, programs, faults) = (processor.cpu, programs.count(), faults.count());
    Ok(format!("{cpu}: no fault in {programs} programs, {faults} on purpose noticed"))
}

/// An emulator that lets everything pass would find nothing.
fn is_noticed(processor: &Processor, fault: &str, report: &str) -> Result<()> {
    let mut link = compiler(processor);
    link.arg(format!("-DFAULT={fault}")).arg(format!("{BOARD}/faults.c"));
    let finished = firmware::emulate(firmware::MACHINE, &linked(processor, fault, link)?)?;
    if finished.status.success() || !finished.stderr.starts_with(report) {
        let (cpu, output) = (processor.cpu, finished.whole_output());
        bail!("{fault} on {cpu}: {}, without `{report}`\n{output}", finished.status);
    }
    Ok(())
}

/// Time runs out for a panic of the library, which is a loop.
fn ends_well(processor: &Processor, name: &str, library: &Path) -> Result<()> {
    let mut link = compiler(processor);
    link.arg(format!("ffi/tests/c/{name}.c")).arg(library);
    let program = linked(processor, name, link)?;
    let finished = firmware::emulate(firmware::MACHINE, &program)?;
    if !finished.status.success() {
        let (cpu, output) = (processor.cpu, finished.whole_output());
        let places = places_in(&program, &output);
        bail!("{name}.c on {cpu} ended with {}\n{output}{places}", finished.status);
    }
    Ok(())
}

/// Keys and license files for the programs.
fn make_data() -> Result<()> {
    std::fs::create_dir_all(out_dir())?;
    let mut cargo = toolchain::host_cargo();
    cargo.args(["run", "--quiet", "-p", "nodelock-ffi", "--example", "make-test-data"]);
    process::run(cargo.arg("--").arg(out_dir()))?;
    Ok(())
}

fn out_dir() -> PathBuf {
    workspace::target_dir().join("hostile")
}

fn compiler(processor: &Processor) -> Command {
    let mut command = Command::new("arm-none-eabi-gcc");
    command.current_dir(workspace::root()).args(WARNINGS);
    command.args([&format!("-mcpu={}", processor.cpu), "-mthumb", "-mfloat-abi=soft"]);
    command.args(["-O1", "-g", "-ffunction-sections", "-Iinclude", "-I"]).arg(out_dir());
    command.arg(format!("{BOARD}/start.c"));
    command
}

fn linked(processor: &Processor, name: &str, mut link: Command) -> Result<PathBuf> {
    let program = out_dir().join(format!("{name}-{}.elf", processor.cpu));
    link.args(["--specs=nano.specs", "--specs=rdimon.specs", "-nostartfiles"]);
    link.arg(format!("-T{BOARD}/mps2-an386.ld"));
    link.args(["-Wl,--gc-sections", "-Wl,--fatal-warnings", "-Wl,-z,noexecstack"]);
    process::run(link.arg("-o").arg(&program))?;
    Ok(program)
}

/// The functions to which the report of a fault points.
fn places_in(program: &Path, output: &str) -> String {
    let after = |name| output.split_once(name)?.1.split([',', '\n']).next();
    let mut addr2line = Command::new("arm-none-eabi-addr2line");
    addr2line.args(["--functions", "--demangle", "--pretty-print", "--exe"]).arg(program);
    let addresses: Vec<&str> = [" at pc ", ", lr "].into_iter().filter_map(after).collect();
    if addresses.is_empty() {
        return String::new();
    }
    process::run(addr2line.args(addresses)).unwrap_or_default()
}
