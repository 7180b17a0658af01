//! The C example firmware: built, run in an emulated Cortex-M4 or M33, and its output compared with
//! what it should say.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::tools::bare::{CORTEX_M4, CORTEX_M33, Crypto, Flags, RISCV32};
use crate::tools::process::Finished;
use crate::tools::toolchain::{self, Bare};
use crate::tools::{library, process, programs, workspace};

const EXAMPLE: &str = "examples/firmware-cortex-m4";
pub(crate) const QEMU: &str = "apt-get install qemu-system-arm";
pub(crate) const ARM_GCC: &str = "apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi";
/// Many times what it takes; a firmware that hangs must not hang the whole run.
const TIME_LIMIT: Duration = Duration::from_secs(120);

pub(crate) const MACHINE: &str = "mps2-an386";
/// The same with a Cortex-M33.
const MACHINE_M33: &str = "mps2-an505";

const PINNED: (&str, &str) = ("pinned.elf", "expected-pinned.txt");
/// The programs, and what each should say.
const PROGRAMS: [(&str, &str); 5] = [
    ("firmware.elf", "expected.txt"),
    ("agent.elf", "expected-agent.txt"),
    ("storage.elf", "expected-storage.txt"),
    ("storage-pinned.elf", "expected-storage.txt"),
    PINNED,
];

/// Builds and runs the firmware, and demands the expected output. Returns what it printed.
pub(crate) fn check() -> Result<String> {
    let out = build()?;
    let mut printed = String::new();
    for program in PROGRAMS {
        printed += &run(MACHINE, &out, program)?;
    }
    Ok(printed)
}

/// What one of the programs prints.
pub(crate) fn printed(program: &str) -> Result<String> {
    let program = PROGRAMS.into_iter().find(|(name, _)| *name == program).context("a program")?;
    run(MACHINE, &build()?, program)
}

/// What the program for the pinned verifier prints with code for a target: on a Cortex-M33 if it is
/// for one, otherwise on a Cortex-M4, which runs the code of smaller ones, too; or on RISC-V.
pub(crate) fn pinned_on(target: &str, profile: &str, dsp: bool) -> Result<String> {
    if target == RISCV32 {
        return pinned_on_riscv(profile);
    }
    let machine = if target == CORTEX_M33 { MACHINE_M33 } else { MACHINE };
    let variant = if dsp { "dsp" } else { "plain" };
    let out = workspace::target_dir().join("firmware-cortex-m4").join(target).join(profile);
    let out = out.join(variant);
    std::fs::create_dir_all(&out)?;
    let mut build = Command::new(programs::require(&["make"], "apt-get install make")?);
    build.current_dir(workspace::root()).args(["-C", EXAMPLE, "LIB="]);
    build.arg(format!("MACHINE={machine}")).arg(variable("OUT", &out));
    build.arg(variable("PINNED", &pinned_verifier(target, profile, dsp)?));
    process::run(build.arg(out.join(PINNED.0)))?;
    run(machine, &out, PINNED)
}

fn pinned_on_riscv(profile: &str) -> Result<String> {
    const SOURCES: [&str; 4] = [
        "examples/firmware-cortex-m4/pinned.c",
        "examples/firmware-cortex-m4/stack.c",
        "examples/firmware-riscv/board.c",
        "examples/firmware-console/start-riscv.c",
    ];
    let install = "apt-get install gcc-riscv64-unknown-elf qemu-system-misc";
    let compiler = programs::require(&["riscv64-unknown-elf-gcc"], install)?;
    let qemu = programs::require(&["qemu-system-riscv32"], install)?;
    let verifier = pinned_verifier(RISCV32, profile, false)?;
    let out = workspace::target_dir().join("firmware-riscv");
    std::fs::create_dir_all(&out)?;
    let mut objects = Vec::new();
    for source in SOURCES {
        let object = out.join(Path::new(source).file_name().context(source)?).with_extension("o");
        let mut compile = riscv(&compiler);
        compile.args(["-std=c11", "-Os", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-c"]);
        if source == SOURCES[0] {
            compile.args(["-Dmain=measure", "-Wno-missing-prototypes"]);
        }
        if source != SOURCES[3] {
            compile.args(["-isystem", "examples/firmware-riscv"]);
        }
        process::run(compile.arg(source).arg("-o").arg(&object))?;
        objects.push(object);
    }
    let program = out.join("pinned.elf");
    let mut link = riscv(&compiler);
    link.args(["-nostdlib", "-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments"]);
    link.args(["-L", "examples/firmware-console", "-T", "examples/firmware-riscv/virt.ld"]);
    process::run(link.args(objects).arg(verifier).arg("-o").arg(&program))?;

    let mut emulator = Command::new(qemu);
    emulator.args(["-bios", "none", "-M", "virt", "-display", "none", "-monitor", "none"]);
    emulator.args(["-serial", "null", "-semihosting-config", "enable=on,target=native"]);
    emulator.args(["-icount", "shift=0", "-kernel"]).arg(&program);
    let finished = process::finish_within(TIME_LIMIT, &mut emulator)?;
    let printed = finished.whole_output();
    if !finished.status.success() || !printed.contains("as expected") {
        bail!("the verifier on RISC-V ended with {}\n{printed}", finished.status);
    }
    Ok(printed)
}

fn riscv(compiler: &Path) -> Command {
    let mut command = Command::new(compiler);
    command.current_dir(workspace::root());
    command.args(["-march=rv32imc_zicsr", "-mabi=ilp32", "-mcmodel=medany"]);
    command
}

/// Builds the programs; returns where they are.
fn build() -> Result<PathBuf> {
    programs::require(&["qemu-system-arm"], QEMU)?;
    programs::require(&["arm-none-eabi-gcc"], ARM_GCC)?;
    let make = programs::require(&["make"], "apt-get install make")?;

    let library = library::for_firmware(CORTEX_M4, Crypto::P256, Flags::default())?;
    let out = workspace::target_dir().join("firmware-cortex-m4");
    std::fs::create_dir_all(&out)?;
    let mut build = Command::new(make);
    build.current_dir(workspace::root()).args(["-C", EXAMPLE]);
    build.arg(variable("LIB", &library)).arg(variable("OUT", &out));
    let pinned = library::for_firmware(CORTEX_M4, Crypto::Pinned, Flags::default())?;
    build.arg(variable("LIB_PINNED", &pinned));
    build.arg(variable("PINNED", &pinned_verifier(CORTEX_M4, "release", false)?));
    process::run(&mut build)?;
    Ok(out)
}

/// The verifier for pinned keys with what tries it on the processor.
fn pinned_verifier(target: &str, profile: &str, dsp: bool) -> Result<PathBuf> {
    let mut cargo = Bare::for_targets(&[target])?.cargo("build", &[target]);
    cargo.current_dir(workspace::root().join("p256-pinned/on-target")).args(["--profile", profile]);
    if dsp {
        cargo.args(["--features", "dsp"]);
    }
    process::run(&mut cargo)?;
    Ok(toolchain::target_dir().join(target).join(profile).join("libnodelock_p256_on_target.a"))
}

/// Runs a program that was built into `out`, and demands the expected output. Returns what it
/// printed.
fn run(machine: &str, out: &Path, (program, expected): (&str, &str)) -> Result<String> {
    let finished = emulate(machine, &out.join(program))?;
    let path = workspace::root().join(EXAMPLE).join(expected);
    let expected = std::fs::read_to_string(&path).with_context(|| expected.to_owned())?;
    if let Err(difference) = compare(&expected, &finished.stdout) {
        bail!("{program} on {machine}: {difference}\n{}", finished.whole_output());
    }
    if !finished.status.success() {
        bail!("{program} on {machine} ended with {}\n{}", finished.status, finished.whole_output());
    }
    Ok(finished.stdout)
}

/// Runs a program to its end, whatever that is.
pub(crate) fn emulate(machine: &str, program: &Path) -> Result<Finished> {
    let qemu = programs::require(&["qemu-system-arm"], QEMU)?;
    let mut emulator = Command::new(qemu);
    emulator.args(["-M", machine, "-nographic", "-monitor", "none"]);
    emulator.args(["-semihosting-config", "enable=on,target=native"]);
    // One instruction is one virtual nanosecond: the counts are the same in every run, on every
    // host.
    emulator.args(["-icount", "shift=0", "-kernel"]).arg(program);
    process::finish_within(TIME_LIMIT, &mut emulator)
}

pub(crate) fn variable(name: &str, path: &Path) -> String {
    format!("{name}={}", path.display())
}

/// Compares line by line, where `<n>` in an expected line stands for any decimal number.
pub(crate) fn compare(expected: &str, printed: &str) -> Result<(), String> {
    let (mut expected, mut printed) = (expected.lines(), printed.lines());
    for number in 1.. {
        match (expected.next(), printed.next()) {
            (None, None) => break,
            (Some(wanted), Some(line)) if line_matches(wanted, line.trim_end()) => {}
            (wanted, line) => {
                let shown = |line: Option<&str>| {
                    line.map_or("the end".to_owned(), |line| format!("`{line}`"))
                };
                return Err(format!(
                    "line {number}: expected {}, found {}",
                    shown(wanted),
                    shown(line)
                ));
            }
        }
    }
    Ok(())
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split("<n>");
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    for part in parts {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        if after.len() == rest.len() {
            return false;
        }
        let Some(next) = after.strip_prefix(part) else { return false };
        rest = next;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_any_number() {
        assert!(line_matches("one check: <n> instructions", "one check: 7500123 instructions"));
        assert!(line_matches("<n>/<n>", "1/23"));
        assert!(line_matches("plain", "plain"));
        for (pattern, line) in [
            ("<n> x", " x"),
            ("<n> x", "a x"),
            ("a <n>", "a 1 2"),
            ("plain", "plainer"),
            ("a", ""),
            ("<n>", "-1"),
        ] {
            assert!(!line_matches(pattern, line), "{pattern} / {line}");
        }
    }

    #[test]
    fn says_where_the_outputs_part() {
        assert_eq!(compare("a\nb <n>\n", "a\r\nb 5\r\n"), Ok(()));
        assert_eq!(compare("a\nb\n", "a\n").unwrap_err(), "line 2: expected `b`, found the end");
        assert_eq!(compare("a\n", "a\nb\n").unwrap_err(), "line 2: expected the end, found `b`");
    }
}
