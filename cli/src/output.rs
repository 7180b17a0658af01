//! Writing result files.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use nodelock_std::FileWriter;

use crate::input::{self, shown};
use crate::report::Failure;

/// Where records go.
#[derive(Debug, Args)]
pub(crate) struct OutArgs {
    /// File to write to; - is the standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

impl OutArgs {
    /// The file, unless it is the standard output.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }

    /// Whether the file can be written: for those who do first what cannot be done twice.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.file().map_or(Ok(()), |path| check(path, self.force))
    }

    /// Writes the file, all or nothing; what is no regular file, such as /dev/stdout, is written into.
    pub(crate) fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        write(path, content, self.force)
    }
}

/// Whether a file that somebody named can be written. Neither what this command reads nor a private key
/// is replaced, whatever `force` says: nobody means that, and nobody can bring a key back.
pub(crate) fn check(path: &Path, force: bool) -> Result<(), Failure> {
    let there = FileWriter::new().replace(true).check(path).map_err(|e| refused(path, &e))?;
    if let Some(there) = there {
        if input::is_read(&there) {
            return Err(Failure::usage(format!(
                "{} is read by this command, and is not overwritten; write to another file",
                shown(path)
            )));
        }
        if holds_private_key(&there).map_err(|error| Failure::io(shown(path), &error))? {
            return Err(Failure::unavailable(format!(
                "{} holds a private key, and is not overwritten; write to another file",
                shown(path)
            )));
        }
    }
    FileWriter::new().replace(force).check(path).map(drop).map_err(|error| refused(path, &error))
}

/// Writes a file as a whole or not at all, and nothing over what is there without `force`.
pub(crate) fn write(path: &Path, content: &[u8], force: bool) -> Result<(), Failure> {
    check(path, force)?;
    FileWriter::new().replace(force).write(path, content).map_err(|error| refused(path, &error))
}

/// Writes a file that this command keeps for itself, and has read.
pub(crate) fn update(path: &Path, content: &[u8]) -> Result<(), Failure> {
    FileWriter::new().replace(true).write(path, content).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::AlreadyExists => Failure::exists(path, error),
        _ => Failure::io(shown(path), error),
    }
}

/// Whether a PEM block of a private key of any kind stands in a file.
fn holds_private_key(path: &Path) -> std::io::Result<bool> {
    const WORDS: &[u8] = b"PRIVATE KEY-----";
    let mut text = zeroize::Zeroizing::new(Vec::with_capacity(MAX_LOOKED_AT));
    std::fs::File::open(path)?.take(MAX_LOOKED_AT as u64).read_to_end(&mut text)?;
    Ok(text.windows(WORDS.len()).any(|part| part == WORDS))
}

/// So much of a file is looked at: no key stands behind a longer text.
const MAX_LOOKED_AT: usize = 1024 * 1024;
