//! The sample for Zephyr: its Kconfig and prj.conf read by kconfiglib, its source compiled and linked against stubs,
//! and the program's life on this machine. Paths begin at integrations/.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::proof::firmware::compare;
use crate::proof::ports::WARNINGS;
use crate::tools::bare::{Crypto, Profile};
use crate::tools::programs::Missing;
use crate::tools::{library, process, programs, workspace};

const SAMPLE: &str = "zephyr/samples/license";
const STUBS: &str = "ports/stubs";
/// As Zephyr 4.4 lays them out, and as Zephyr 4.3 does.
const LAYOUTS: [&[&str]; 2] = [&["-Iports/stubs/newer", "-Iports/stubs"], &["-Iports/stubs"]];
const SOURCES: [&str; 3] =
    ["zephyr/samples/license/src/main.c", "ports/zephyr/nodelock_zephyr.c", "ports/stubs/host.c"];
const SESSIONS: [&str; 3] = ["session-1.txt", "session-2.txt", "session-3.txt"];
const TIME_LIMIT: Duration = Duration::from_secs(60);

pub(crate) fn check() -> Result<String> {
    let cc = programs::require(&["cc", "gcc", "clang"], "apt-get install gcc")?;
    let library = library::for_anything(None, Profile::Agent, Crypto::P256, false)?;
    let out = workspace::target_dir().join("zephyr");
    fs::create_dir_all(&out)?;
    let autoconf = out.join("autoconf.h");
    configure(&library, &autoconf)?;
    let program = out.join("license");
    for layout in LAYOUTS {
        let mut compile = Command::new(&cc);
        compile
            .current_dir(workspace::integrations())
            .args(WARNINGS)
            .arg("-imacros")
            .arg(&autoconf);
        compile.args(["-I../include", "-Iports/zephyr"]).args(layout).args(SOURCES).arg(&library);
        process::run(compile.args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&program))?;
        live(&program)?;
    }
    Ok("the sample, configured by kconfiglib, has lived through three boots on stubs".to_owned())
}

fn configure(library: &Path, autoconf: &Path) -> Result<()> {
    const INSTALL: &str = "apt-get install python3-kconfiglib";
    // Debian's package is for Debian's Python; another may have it from elsewhere.
    let has_kconfiglib = |python: &&str| {
        let tried = process::finish(Command::new(python).args(["-c", "import kconfiglib"]));
        tried.is_ok_and(|tried| tried.status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has_kconfiglib) else {
        return Err(Missing { what: "kconfiglib".into(), install: INSTALL }.into());
    };
    let mut kconfig = Command::new(python);
    kconfig.current_dir(workspace::integrations()).env("PYTHONDONTWRITEBYTECODE", "1");
    kconfig.arg(Path::new(STUBS).join("kconfig.py")).arg(SAMPLE).arg(library).arg(autoconf);
    process::run(&mut kconfig).map(drop)
}

/// Power on, a session, power off, and again, with one NVS.
fn live(program: &Path) -> Result<()> {
    let sample = workspace::integrations().join(SAMPLE);
    let expected = fs::read_to_string(sample.join("expected.txt")).context("expected.txt")?;
    let device = tempfile::tempdir()?;
    let mut said = String::new();
    for session in SESSIONS {
        let input = File::open(sample.join(session)).context(session)?;
        let mut boot = Command::new(program);
        boot.current_dir(device.path());
        let finished = process::finish_with_input(TIME_LIMIT, input.into(), &mut boot)?;
        said += &finished.stdout;
        if !finished.status.success() {
            bail!("{session} ended with {}\n{said}{}", finished.status, finished.stderr);
        }
    }
    compare(&expected, &said).map_err(|difference| {
        anyhow::anyhow!("the sample said something else: {difference}\n{said}")
    })
}
