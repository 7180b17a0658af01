//! Writing result files.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use nodelock_std::FileWriter;

use crate::input::shown;
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
/// is replaced, whatever `force` says ([`FileWriter`]): nobody means that, and nobody can bring a key back.
pub(crate) fn check(path: &Path, force: bool) -> Result<(), Failure> {
    FileWriter::new().replace(force).check(path).map(drop).map_err(|error| refused(path, &error))
}

/// Writes a file as a whole or not at all, and nothing over what is there without `force`.
pub(crate) fn write(path: &Path, content: &[u8], force: bool) -> Result<(), Failure> {
    FileWriter::new().replace(force).write(path, content).map_err(|error| refused(path, &error))
}

/// Writes a file that this command keeps for itself, and has read.
pub(crate) fn update(path: &Path, content: &[u8]) -> Result<(), Failure> {
    FileWriter::new()
        .replace(true)
        .own(true)
        .write(path, content)
        .map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::AlreadyExists => Failure::exists(path, error),
        ErrorKind::ResourceBusy => Failure::usage(format!("{} {error}", shown(path))),
        // Our own words, not the system's.
        ErrorKind::PermissionDenied if error.get_ref().is_some() => {
            Failure::unavailable(format!("{} {error}", shown(path)))
        }
        _ => Failure::io(shown(path), error),
    }
}
