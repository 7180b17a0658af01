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

    /// Writes the file, all or nothing; what is no regular file, such as /dev/stdout, is written into.
    pub(crate) fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        write(path, content, self.force)
    }
}

/// Writes a file as a whole or not at all, and nothing over what is there without `force`.
pub(crate) fn write(path: &Path, content: &[u8], force: bool) -> Result<(), Failure> {
    let written = FileWriter::new().replace(force).write(path, content);
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::exists(path, &error),
        _ => Failure::io(shown(path), &error),
    })
}
