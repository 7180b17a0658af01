//! What the tests share: running the command, and the vectors.

#![allow(dead_code)] // Every test file uses a part of it.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// 2026-11-27, so that what is issued here is neither to come nor long ago.
const TODAY: &str = "1795737600";
pub(crate) const UDI: &str = "ISR4331/K9:FDO1234ABCD";

pub(crate) fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").canonicalize().unwrap()
}

pub(crate) fn vector(path: &str) -> String {
    vectors().join(path).to_str().unwrap().to_owned()
}

#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The output of a command that must succeed.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }
}

/// The command in the directory of the vectors, so that outputs show no other paths.
pub(crate) fn nodelock<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    nodelock_with(args, b"")
}

pub(crate) fn nodelock_with<S: AsRef<OsStr>>(
    args: impl IntoIterator<Item = S>,
    stdin: &[u8],
) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodelock"));
    command.args(args);
    run(&mut command, stdin)
}

pub(crate) fn run(command: &mut Command, stdin: &[u8]) -> Ran {
    let mut child = command
        .current_dir(vectors())
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NODELOCK_PASSPHRASE")
        .env_remove("SOURCE_DATE_EPOCH")
        .env("NODELOCK_TEST_CLOCK", TODAY)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // A command that does not read its input is no mistake.
    let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        status: output.status.code().expect("no signal"),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
