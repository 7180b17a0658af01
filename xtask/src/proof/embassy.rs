//! The example firmware on embassy: built, run in an emulated Cortex-M4 with a restart in between, and what its log and
//! its wire say compared with what they should.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::proof::firmware::{MACHINE, QEMU, compare};
use crate::tools::bare::CORTEX_M4;
use crate::tools::toolchain::{self, Bare};
use crate::tools::{process, programs, workspace};

const EXAMPLE: &str = "examples/firmware-embassy";
const FIRMWARE: &str = "nodelock-firmware-embassy";
const READER: &str = "nodelock-firmware-embassy-host";
/// Many times what it takes.
const TIME_LIMIT: Duration = Duration::from_secs(120);

pub(crate) fn check() -> Result<String> {
    let qemu = programs::require(&["qemu-system-arm"], QEMU)?;
    let example = workspace::root().join(EXAMPLE);
    let expected = fs::read_to_string(example.join("expected.txt")).context("expected.txt")?;
    let firmware = build_firmware(&example)?;
    let device = tempfile::tempdir()?;
    let path = |name: &str| device.path().join(name);

    // An empty line ends what is to be installed.
    let lines = fs::read_to_string(example.join("licenses.lic")).context("licenses.lic")? + "\n";
    fs::write(path("serial"), lines)?;
    let log = File::options().read(true).write(true).create_new(true).open(path("log"))?;
    let mut emulator = Command::new(qemu);
    emulator.current_dir(device.path());
    emulator.args(["-M", MACHINE, "-display", "none", "-monitor", "none"]);
    emulator.args(["-serial", "stdio", "-serial", "file:wire"]);
    emulator.args(["-semihosting-config", "enable=on,target=native"]);
    // While the processor sleeps, time jumps to the next interrupt.
    emulator.args(["-icount", "shift=0,sleep=off", "-kernel"]).arg(&firmware);
    let serial = Stdio::from(File::open(path("serial"))?);
    let finished = process::finish_into(log, TIME_LIMIT, serial, &mut emulator)?;

    let said = read(&example, &[&firmware, &path("log"), &path("wire")])?;
    if !finished.status.success() {
        bail!("the firmware ended with {}\n{said}{}", finished.status, finished.stderr);
    }
    compare(&expected, &said)
        .map_err(|difference| anyhow::anyhow!("on {MACHINE}: {difference}\n{said}"))?;
    Ok(format!("{} lines as expected", said.lines().count()))
}

fn build_firmware(example: &Path) -> Result<PathBuf> {
    let mut cargo = Bare::for_targets(&[CORTEX_M4])?.cargo("build", &[CORTEX_M4]);
    cargo.current_dir(example).args(["--locked", "--profile", "firmware"]);
    // rustup brings a linker of its own, Debian does not.
    let lld = programs::require(&["ld.lld"], "apt-get install lld")?;
    let linker = format!("-Clinker={}", lld.display());
    toolchain::add_rustflags(&mut cargo, &["--cfg", "sha2_backend_soft=\"compact\"", &linker]);
    process::run(&mut cargo)?;
    Ok(toolchain::target_dir().join(CORTEX_M4).join("firmware").join(FIRMWARE))
}

/// What the other end makes of log and wire.
fn read(example: &Path, files: &[&Path]) -> Result<String> {
    let mut reader = toolchain::host_cargo();
    reader.current_dir(example).env("CARGO_TARGET_DIR", workspace::target_dir());
    reader.args(["run", "--quiet", "--locked", "--package", READER, "--"]).args(files);
    process::run(&mut reader)
}
