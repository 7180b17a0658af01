//! Running other programs: quietly, and with all they said when they fail.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a program left behind.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// Everything it printed, for a reader who must find out what went wrong.
    pub(crate) fn whole_output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs a program to its end; it is an error if it fails, and the error holds all it printed.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let finished = finish(command)?;
    if !finished.status.success() {
        bail!("{} ({})\n{}", line_of(command), finished.status, finished.whole_output());
    }
    Ok(finished.stdout)
}

/// Runs a program to its end, whatever that is.
pub(crate) fn finish(command: &mut Command) -> Result<Finished> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", line_of(command)))?;
    Ok(Finished {
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Like [`finish`], but ends the program when the time is up: an emulator may never stop by itself.
pub(crate) fn finish_within(limit: Duration, command: &mut Command) -> Result<Finished> {
    finish_with_input(limit, Stdio::null(), command)
}

/// The same for a program that reads something.
pub(crate) fn finish_with_input(
    limit: Duration,
    input: Stdio,
    command: &mut Command,
) -> Result<Finished> {
    finish_into(tempfile::tempfile()?, limit, input, command)
}

/// The same for a program that prints what is no text: into a file, to be read and written.
pub(crate) fn finish_into(
    mut stdout: File,
    limit: Duration,
    input: Stdio,
    command: &mut Command,
) -> Result<Finished> {
    // Files, not pipes: a program that prints much cannot block on a reader that only waits.
    let mut stderr = tempfile::tempfile()?;
    let mut child = command
        .stdin(input)
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?)
        .spawn()
        .with_context(|| format!("cannot start {}", line_of(command)))?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            let printed = read_back(&mut stdout)? + &read_back(&mut stderr)?;
            bail!("{} did not end within {limit:?}\n{printed}", line_of(command));
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    Ok(Finished { status, stdout: read_back(&mut stdout)?, stderr: read_back(&mut stderr)? })
}

fn read_back(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The command as one could type it.
fn line_of(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}
