//! Writing result files.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

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

    /// Writes the file, all or nothing.
    pub(crate) fn write(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        write(path, content, self.force)
    }
}

/// Writes to a new file beside the wanted one and renames it, so that nobody ever sees half of it.
pub(crate) fn write(path: &Path, content: &[u8], force: bool) -> Result<(), Failure> {
    // The rename below decides; this spares the work and gives the better message.
    if !force && path.symlink_metadata().is_ok() {
        return Err(Failure::exists(path));
    }
    // Not even with --force: a device or a FIFO would be gone, and a file in its place.
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        return Err(Failure::unavailable(format!(
            "{} is not a regular file and is not replaced; name another one, or write to - and redirect that",
            shown(path)
        )));
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::metadata(directory).map_err(|e| Failure::io(shown(directory), &e))?;
    // Only what went wrong: the message of the library names the temporary file.
    let failed =
        |error: std::io::Error| Failure::io(shown(path), &std::io::Error::from(error.kind()));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nodelock-");
    // What is written here is for others to read; the umask still takes its part.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(directory).map_err(failed)?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let done = if force { file.persist(path) } else { file.persist_noclobber(path) };
    done.map(|_| ()).map_err(|e| match e.error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::exists(path),
        _ => failed(e.error),
    })?;
    flush(directory).map_err(|error| {
        let name = shown(path);
        Failure::io(format!("{name} is written, but may still be lost if the power fails"), &error)
    })
}

/// Makes the new name durable, where directories can be opened and flushed.
fn flush(directory: &Path) -> std::io::Result<()> {
    use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    if !cfg!(unix) {
        return Ok(());
    }
    match std::fs::File::open(directory).and_then(|directory| directory.sync_all()) {
        Err(e) if matches!(e.kind(), InvalidInput | PermissionDenied | Unsupported) => Ok(()),
        flushed => flushed,
    }
}
