//! The example product with a serial console: built for four emulated machines in C, and for one in Rust.
//! Each goes through the same sessions, with the power off in between, and must say the same.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::proof::firmware::{self, compare, variable};
use crate::tools::bare::{CORTEX_M0, CORTEX_M4, CORTEX_M33, Crypto, Flags, RISCV32};
use crate::tools::toolchain::{self, Bare};
use crate::tools::{library, process, programs, workspace};

const IN_C: &str = "examples/firmware-console";
const IN_RUST: &str = "examples/firmware-rust";
const SESSIONS: [&str; 3] = ["session-1.txt", "session-2.txt", "session-3.txt"];
const TIME_LIMIT: Duration = Duration::from_secs(60);

struct Machine {
    name: &'static str,
    /// As the firmware calls it.
    title: &'static str,
    target: &'static str,
    emulator: &'static [&'static str],
    compiler: (&'static str, &'static str),
}

const ARM: (&str, &str) = ("arm-none-eabi-gcc", "apt-get install gcc-arm-none-eabi");
const RISCV: (&str, &str) =
    ("riscv64-unknown-elf-gcc", "apt-get install gcc-riscv64-unknown-elf qemu-system-misc");

const MACHINES: [Machine; 4] = [
    Machine {
        name: "microbit",
        title: "microbit (Cortex-M0)",
        target: CORTEX_M0,
        emulator: &["qemu-system-arm"],
        compiler: ARM,
    },
    Machine {
        name: "mps2-an386",
        title: "mps2-an386 (Cortex-M4)",
        target: CORTEX_M4,
        emulator: &["qemu-system-arm"],
        compiler: ARM,
    },
    Machine {
        name: "mps2-an505",
        title: "mps2-an505 (Cortex-M33)",
        target: CORTEX_M33,
        emulator: &["qemu-system-arm"],
        compiler: ARM,
    },
    Machine {
        name: "virt",
        title: "virt (RISC-V 32)",
        target: RISCV32,
        emulator: &["qemu-system-riscv32", "-bios", "none"],
        compiler: RISCV,
    },
];

pub(crate) fn check() -> Result<String> {
    for machine in &MACHINES {
        let (program, from) = machine.compiler;
        programs::require(&[program], from)?;
        programs::require(
            &machine.emulator[..1],
            if from == ARM.1 { firmware::QEMU } else { from },
        )?;
        let program = in_c(machine)?;
        live(machine, machine.title, &program)?;
    }
    let m4 = &MACHINES[1];
    live(m4, &format!("{}, in Rust", m4.title), &in_rust(m4)?)?;
    Ok(format!("{} machines in C, one in Rust: the same sessions", MACHINES.len()))
}

/// A program that was built elsewhere, on the emulated Cortex-M4.
pub(crate) fn lives_on_m4(program: &Path) -> Result<()> {
    let m4 = &MACHINES[1];
    programs::require(&m4.emulator[..1], firmware::QEMU)?;
    live(m4, m4.title, program)
}

/// What a program says on a new device with the emulated Cortex-M4, when this is typed.
pub(crate) fn says_on_m4(program: &Path, typed: &str) -> Result<String> {
    let device = tempfile::tempdir()?;
    let input = device.path().join("typed");
    fs::write(&input, typed)?;
    let mut emulator = emulator(&MACHINES[1], device.path(), program);
    let finished =
        process::finish_with_input(TIME_LIMIT, File::open(input)?.into(), &mut emulator)?;
    Ok(finished.stdout)
}

fn emulator(machine: &Machine, folder: &Path, program: &Path) -> Command {
    let mut emulator = Command::new(machine.emulator[0]);
    emulator.current_dir(folder).args(&machine.emulator[1..]);
    emulator.args(["-M", machine.name, "-display", "none", "-monitor", "none"]);
    emulator.args(["-serial", "stdio", "-semihosting-config", "enable=on,target=native"]);
    emulator.arg("-kernel").arg(program);
    emulator
}

fn in_c(machine: &Machine) -> Result<PathBuf> {
    let library = library::for_firmware(machine.target, Crypto::Pinned, Flags::default())?;
    let out = workspace::target_dir().join("firmware-console").join(machine.name);
    let mut build = Command::new(programs::require(&["make"], "apt-get install make")?);
    build.current_dir(workspace::root()).args(["-C", IN_C]);
    build.arg(format!("BOARD={}", machine.name));
    build.arg(variable("LIB", &library)).arg(variable("OUT", &out));
    process::run(&mut build)?;
    Ok(out.join("console.elf"))
}

fn in_rust(machine: &Machine) -> Result<PathBuf> {
    let dir = workspace::root().join(IN_RUST);
    let mut cargo = Bare::for_targets(&[machine.target])?.cargo("build", &[machine.target]);
    cargo.current_dir(&dir).args(["--profile", "firmware"]);
    // rustup brings a linker of its own, Debian does not.
    let lld = programs::require(&["ld.lld"], "apt-get install lld")?;
    let linker = format!("-Clinker={}", lld.display());
    toolchain::add_rustflags(&mut cargo, &["--cfg", "sha2_backend_soft=\"compact\"", &linker]);
    process::run(&mut cargo)?;
    Ok(toolchain::target_dir().join(machine.target).join("firmware/nodelock-firmware-rust"))
}

/// A device's life: power on, a session, power off, and again, with one flash chip.
fn live(machine: &Machine, title: &str, program: &Path) -> Result<()> {
    let sessions = workspace::root().join(IN_C);
    let expected = fs::read_to_string(sessions.join("expected.txt")).context("expected.txt")?;
    let device = tempfile::tempdir()?;
    let mut said = String::new();
    for session in SESSIONS {
        let mut emulator = emulator(machine, device.path(), program);
        let input = File::open(sessions.join(session)).context(session)?;
        let finished = process::finish_with_input(TIME_LIMIT, input.into(), &mut emulator)?;
        said += &finished.stdout;
        if !finished.status.success() {
            bail!("{title}, {session} ended with {}\n{said}", finished.status);
        }
    }
    compare(&expected.replace("<machine>", title), &said)
        .map_err(|difference| anyhow::anyhow!("{title} said something else: {difference}\n{said}"))
}
