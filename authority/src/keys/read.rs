//! The one way in which this crate reads files: within a limit, and without waiting.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

/// Reads a regular file of limited size; it may hold a secret. What already is open in this process
/// (`/dev/stdin`, `/dev/fd/N`) may be a pipe. A FIFO in the file system may not: it answers only when
/// somebody writes to it.
pub(crate) fn read(path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = if is_open_already(path) {
        File::open(path)?
    } else {
        let file = open_at_once(path)?;
        let kind = file.metadata()?.file_type();
        // Of a directory, reading it says in the system's words what it is.
        if !kind.is_file() && !kind.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a file; pipe the content of a FIFO into the standard input, or copy it to a file",
            ));
        }
        file
    };
    // At its full size from the start, so that growing leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit + 1));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes)?;
    if bytes.len() > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    options.open(path)
}

fn is_open_already(path: &Path) -> bool {
    cfg!(unix)
        && (path == Path::new("/dev/stdin")
            || path.starts_with("/dev/fd")
            || path.starts_with("/proc/self/fd"))
}
