//! Every file that this crate reads or writes by its path: within limits, and without ever waiting
//! for somebody at the other end of a pipe.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::visible::visible_path;

/// Reads a file of limited size: a regular one, or a device that answers at once. What already is
/// open in this process (`/dev/stdin`, `/dev/fd/N`) may be a pipe; a FIFO in the file system may
/// not, because it answers only when somebody writes to it.
///
/// # Errors
/// [`io::ErrorKind::FileTooLarge`] beyond the limit, before more than the limit is read;
/// [`io::ErrorKind::InvalidInput`] for what is no file, with words that say what to do; or what the
/// system reports. The words begin with the path.
pub fn read_file(path: impl AsRef<Path>, limit: usize) -> io::Result<Vec<u8>> {
    let path = path.as_ref();
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", visible_path(path)));
    read(path, limit).map_err(named)
}

/// Reads the standard input to its end, within a limit. This waits for whoever writes there: a program that
/// must not wait does not call it.
///
/// # Errors
/// [`io::ErrorKind::FileTooLarge`] beyond the limit, before more than the limit is read; or what the system
/// reports.
pub fn read_stdin(limit: usize) -> io::Result<Vec<u8>> {
    within(io::stdin().lock(), limit)
}

/// The same as [`read_file`], of which only the words differ.
pub(crate) fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let file = if is_open_already(path) {
        File::open(path)?
    } else {
        let file = at_once(OpenOptions::new().read(true), true).open(path)?;
        let kind = file.metadata()?.file_type();
        // Of a directory, reading it says in the system's words what it is.
        if !kind.is_file() && !kind.is_dir() && !is_character_device(kind) {
            return Err(no_file(kind));
        }
        file
    };
    read_limited(file, limit)
}

/// Reads a file that nothing but a regular file can stand for; a symbolic link cannot either.
pub(crate) fn read_regular(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    // First without opening: to open a device can have effects of its own.
    let kind = path.symlink_metadata()?.file_type();
    if !kind.is_file() {
        return Err(no_file(kind));
    }
    let file = at_once(OpenOptions::new().read(true), false).open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() { read_limited(file, limit) } else { Err(no_file(kind)) }
}

/// Makes a file that is not there yet, for this user only; durable when this returns, though its name may not
/// be.
pub(crate) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = private(File::options().write(true).create_new(true)).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Opens a file to lock it.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    at_once(private(options.write(true).create(true).truncate(false)), false).open(path)
}

/// Makes a directory for this user only, and those above it as the system makes them. One that is there stays as
/// it is.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let mut made = builder.create(path);
    if made.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        && let Some(above) = path.parent()
    {
        std::fs::create_dir_all(above)?;
        made = builder.create(path);
    }
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// What is made is for this user only.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn read_limited(file: File, limit: usize) -> io::Result<Vec<u8>> {
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(too_large(limit));
    }
    // Pipes and devices tell no length, and a file may grow: the limit holds here too.
    within(file, limit)
}

fn within(from: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

fn too_large(limit: usize) -> io::Error {
    let words = format!("larger than {limit} bytes, which is the limit");
    io::Error::new(io::ErrorKind::FileTooLarge, words)
}

/// Neither to open nor to read may wait, and no terminal may become that of the process.
pub(crate) fn at_once(options: &mut OpenOptions, follow_links: bool) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        if !follow_links {
            flags |= OFlags::NOFOLLOW;
        }
        options.custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = follow_links;
    options
}

#[cfg(unix)]
fn is_open_already(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc/self/fd")
}

#[cfg(not(unix))]
fn is_open_already(_: &Path) -> bool {
    false
}

#[cfg(unix)]
pub(crate) fn is_character_device(kind: std::fs::FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&kind)
}

#[cfg(not(unix))]
pub(crate) fn is_character_device(_: std::fs::FileType) -> bool {
    false
}

pub(crate) fn no_file(kind: std::fs::FileType) -> io::Error {
    #[cfg(unix)]
    use std::os::unix::fs::FileTypeExt;
    let what = match kind {
        _ if kind.is_dir() => "is a directory where a file must be",
        _ if kind.is_symlink() => "is a symbolic link where a file must be",
        #[cfg(unix)]
        _ if kind.is_fifo() => {
            "is a FIFO, which may never answer; pipe its content into the standard input, or copy \
             it to a file"
        }
        _ => "is a device or a socket; copy its content to a file",
    };
    io::Error::new(io::ErrorKind::InvalidInput, what)
}

#[cfg(test)]
mod tests;
