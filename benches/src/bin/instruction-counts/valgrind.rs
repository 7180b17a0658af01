//! Runs this very program under valgrind.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nodelock_benches::scenarios::Scenario;

/// First argument of the process that is measured.
pub(crate) const CHILD: &str = "--child";

/// Name of the pseudo-scenario that tells the CPU features which valgrind lets through.
pub(crate) const CPU: &str = "cpu";

pub(crate) struct Valgrind {
    program: PathBuf,
}

impl Valgrind {
    pub(crate) fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let mut programs = std::env::split_paths(&path).map(|folder| folder.join("valgrind"));
        programs.find(|program| program.is_file()).map(|program| Self { program })
    }

    /// Instructions of one operation: of many, less those of one, so that starting the process and
    /// preparing the input drop out.
    pub(crate) fn count(&self, scenario: &Scenario) -> Result<u64, String> {
        let once = self.collected(scenario.name, 1)?;
        let more = self.collected(scenario.name, 1 + scenario.repeats)?;
        Ok(more.saturating_sub(once) / u64::from(scenario.repeats))
    }

    pub(crate) fn cpu_features(&self) -> Result<Vec<String>, String> {
        let output = self.run(["--tool=none"], CPU, 1)?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.split_whitespace().map(str::to_owned).collect())
    }

    fn collected(&self, name: &str, runs: u32) -> Result<u64, String> {
        let output =
            self.run(["--tool=callgrind", "--callgrind-out-file=/dev/null"], name, runs)?;
        let text = String::from_utf8_lossy(&output.stderr);
        let total = text.lines().find_map(|line| {
            let (_, count) = line.split_once("Collected :")?;
            count.trim().parse().ok()
        });
        total.ok_or_else(|| format!("valgrind printed no count:\n{text}"))
    }

    /// Environment, folder and arguments are always the same, or of the same length: they lie on
    /// the stack of the measured process, and copying takes another number of steps when that is
    /// aligned in another way.
    fn run(
        &self,
        options: impl IntoIterator<Item = impl AsRef<OsStr>>,
        name: &str,
        runs: u32,
    ) -> Result<Output, String> {
        let output = Command::new(&self.program)
            .env_clear()
            .env("PATH", self.program.parent().unwrap_or(Path::new("/usr/bin")))
            .current_dir("/")
            .args(options)
            .arg(own_program()?)
            .args([CHILD, name, &format!("{runs:02}")])
            .output()
            .map_err(|error| format!("cannot run valgrind: {error}"))?;
        if output.status.success() {
            Ok(output)
        } else {
            let text = String::from_utf8_lossy(&output.stderr);
            Err(format!("{name} failed under valgrind ({}):\n{text}", output.status))
        }
    }
}

/// This program by a path of fixed length, wherever it was built.
fn own_program() -> Result<PathBuf, String> {
    let fixed = PathBuf::from(format!("/proc/{:/>10}/exe", std::process::id()));
    if fixed.exists() {
        return Ok(fixed);
    }
    std::env::current_exe().map_err(|error| error.to_string())
}
