//! [`FileWriter`]: the one way in which files are written for people.

use std::fs::{File, FileType, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

mod guard;

pub use guard::FileGuard;
pub(crate) use guard::is_same_file;

use crate::files::{at_once, is_character_device, no_file};
use crate::visible::visible_path;

/// Writes files that somebody names, and never destroys what is there.
///
/// * A regular file is written as a whole or not at all: into a new file beside it, flushed, and renamed. On a
///   full disk the old file is still there.
/// * A file that is there is not touched unless [`replace`](Self::replace) says so; then the new one has its
///   permissions and, where the system lets us, its owner.
/// * A symbolic link counts as what it leads to, and stays: it is refused unless `replace` says so, and then the
///   file it leads to is written. A link to nothing is refused.
/// * What holds a private key, in whatever form, and what a [`FileGuard`] keeps is never written over.
/// * What is no regular file, as `/dev/stdout`, a FIFO or a terminal, is written into. A FIFO that nobody reads
///   is refused at once.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("a.lic");
/// use nodelock_std::FileWriter;
/// FileWriter::new().write(&path, b"one\n")?;
/// assert!(FileWriter::new().write(&path, b"two\n").is_err());
/// FileWriter::new().replace(true).write(&path, b"three\n")?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct FileWriter {
    replace: bool,
    private: bool,
    own: bool,
}

impl FileWriter {
    /// One that replaces nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { replace: false, private: false, own: false }
    }

    /// Whether a file that is there is replaced.
    #[must_use]
    pub const fn replace(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }

    /// Whether the file is a secret, which only this user may read (mode 600), also where the old one was
    /// open to others.
    #[must_use]
    pub const fn private(mut self, private: bool) -> Self {
        self.private = private;
        self
    }

    /// Whether the file is the program's own: then a [`FileGuard`] does not keep it.
    #[must_use]
    pub const fn own(mut self, own: bool) -> Self {
        self.own = own;
        self
    }

    /// Writes the content. When this returns, it is durable.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] for a file that is there and shall not be replaced;
    /// [`ErrorKind::ResourceBusy`] for what a [`FileGuard`] keeps, [`ErrorKind::PermissionDenied`] for a private key,
    /// and [`ErrorKind::InvalidInput`] for what cannot be written to, with words that say why; or what the system reports. The file is then as it was, unless the words say that it is written.
    pub fn write(&self, path: impl AsRef<Path>, content: &[u8]) -> io::Result<()> {
        self.fill(path.as_ref(), |file| file.write_all(content))
    }

    /// Whether this path can be written, as far as can be seen without writing: by the same rules as
    /// [`write`](Self::write). Gives the regular file that would be replaced, where there is one.
    ///
    /// # Errors
    /// Those of [`write`](Self::write), but for what shows only when it is written, such as a full disk or
    /// a FIFO that nobody reads.
    pub fn check(&self, path: impl AsRef<Path>) -> io::Result<Option<PathBuf>> {
        match self.target(path.as_ref())? {
            Target::File(path, _) => Ok(Some(path)),
            Target::New => {
                directory_of(path.as_ref())?;
                Ok(None)
            }
            Target::Open | Target::Special => Ok(None),
        }
    }

    /// What stands under the path, unless it must not be written.
    fn target(&self, path: &Path) -> io::Result<Target> {
        if is_open_already(path) {
            return Ok(Target::Open);
        }
        if let Some(words) = guard::words_for(path).filter(|_| !self.own) {
            return Err(refused(ErrorKind::ResourceBusy, words));
        }
        let link = match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Target::New),
            other => other?.file_type().is_symlink(),
        };
        let there = path.metadata().map_err(|error| match error.kind() {
            ErrorKind::NotFound => io::Error::new(
                ErrorKind::InvalidInput,
                "is a symbolic link to nothing; remove it, or name the file that shall be written",
            ),
            _ => error,
        })?;
        if !there.is_file() {
            return can_be_written_into(there.file_type()).map(|()| Target::Special);
        }
        let target = if link { path.canonicalize()? } else { path.to_owned() };
        // Said before all else: nobody shall be told that force helps.
        let is_key = match guard::holds_private_key(&target) {
            Err(_) if !self.replace => false,
            looked => looked?,
        };
        if is_key {
            return Err(refused(ErrorKind::PermissionDenied, "holds a private key"));
        }
        if self.replace {
            return Ok(Target::File(target, there));
        }
        let words = if link {
            format!("exists already, as a symbolic link to {}", visible_path(&target))
        } else {
            "exists already".to_owned()
        };
        Err(io::Error::new(ErrorKind::AlreadyExists, words))
    }

    fn fill(
        &self,
        path: &Path,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        match self.target(path)? {
            Target::Open => {
                let mut open = open_already(path)?;
                fill(&mut open).and_then(|()| open.flush())
            }
            Target::New => self.beside(path, None, fill),
            Target::Special => fill(&mut special(path)?),
            Target::File(path, there) => self.beside(&path, Some(&there), fill),
        }
    }

    /// Into a new file beside it, which then takes its name.
    fn beside(
        &self,
        path: &Path,
        there: Option<&Metadata>,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let directory = directory_of(path)?;
        // For others to read, as far as the umask allows. What replaces a file gets its permissions below.
        let open_to_others = there.is_none() && !self.private;
        let (new, mut file) = Unfinished::make(directory, open_to_others)?;
        fill(&mut file)?;
        if let Some(there) = there.filter(|_| !self.private) {
            take_over(&file, there)?;
        }
        file.sync_all()?;
        drop(file);
        new.name(path, self.replace)?;
        flush(directory).map_err(|error| {
            let words = format!("is written, but may still be lost if the power fails: {error}");
            io::Error::new(error.kind(), words)
        })
    }
}

fn refused(kind: ErrorKind, why: &str) -> io::Error {
    io::Error::new(kind, format!("{why}, and is not overwritten; write to another file"))
}

/// What stands under a path.
enum Target {
    /// What this process has open.
    Open,
    /// Nothing.
    New,
    /// A device or a FIFO.
    Special,
    /// A regular file, which shall be replaced.
    File(PathBuf, Metadata),
}

/// Where the file stands or shall stand.
fn directory_of(path: &Path) -> io::Result<&Path> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match std::fs::metadata(directory) {
        Ok(_) => Ok(directory),
        Err(error) => {
            let words = format!("the directory {}: {error}", visible_path(directory));
            Err(io::Error::new(error.kind(), words))
        }
    }
}

/// A new file that has not its name yet; removed unless it gets it. Not of the crate `tempfile`, whose random
/// names cost each thread memory that tools for C programs report as lost.
struct Unfinished(PathBuf);

impl Unfinished {
    fn make(directory: &Path, open_to_others: bool) -> io::Result<(Self, File)> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            let mode = if open_to_others { 0o666 } else { 0o600 };
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        }
        let _ = open_to_others;
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!(".nodelock-{}-{number}", std::process::id()));
            match options.open(&path) {
                Ok(file) => return Ok((Self(path), file)),
                // What another process of this number has left.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && number < MAX_LEFT => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives it its name.
    fn name(self, path: &Path, replace: bool) -> io::Result<()> {
        if replace {
            return std::fs::rename(&self.0, path);
        }
        // Unlike a rename, a second name takes no place that somebody has taken meanwhile.
        let linked = std::fs::hard_link(&self.0, path);
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists || exists(path) => {
                Err(io::Error::new(ErrorKind::AlreadyExists, "exists already"))
            }
            // Not every file system has second names.
            Err(_) => std::fs::rename(&self.0, path),
            Ok(()) => Ok(()),
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already, if it was renamed.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Files of interrupted processes that are passed over.
const MAX_LEFT: u32 = 1_000_000;

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The owner, if we may, and then the permissions.
fn take_over(file: &File, there: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let ours = file.metadata()?;
        if (ours.uid(), ours.gid()) != (there.uid(), there.gid()) {
            // Only the superuser may; for others the file becomes theirs.
            let _ = std::os::unix::fs::fchown(file, Some(there.uid()), Some(there.gid()));
        }
    }
    file.set_permissions(there.permissions())
}

/// Whether the name is that of what this process has open.
fn is_open_already(path: &Path) -> bool {
    let names = ["/dev/stdout", "/dev/stderr"].map(Path::new);
    cfg!(unix)
        && (names.contains(&path)
            || path.starts_with("/dev/fd")
            || path.starts_with("/proc/self/fd"))
}

/// What this process has open under the name, which goes on where it stands.
fn open_already(path: &Path) -> io::Result<Box<dyn Write>> {
    if path == Path::new("/dev/stdout") {
        return Ok(Box::new(io::stdout()));
    }
    if path == Path::new("/dev/stderr") {
        return Ok(Box::new(io::stderr()));
    }
    Ok(Box::new(File::options().append(true).open(path)?))
}

/// Devices and FIFOs can, directories and the like cannot.
fn can_be_written_into(kind: FileType) -> io::Result<()> {
    if is_character_device(kind) || is_fifo(kind) { Ok(()) } else { Err(no_file(kind)) }
}

/// A device or a FIFO, opened without waiting for anybody.
fn special(path: &Path) -> io::Result<File> {
    can_be_written_into(path.metadata()?.file_type())?;
    let opened = at_once(File::options().write(true), true).open(path);
    #[cfg(unix)]
    let opened = opened.map_err(|error| {
        let unread = error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error());
        let words = "is a FIFO that nobody reads; start its reader first";
        if unread { io::Error::new(ErrorKind::InvalidInput, words) } else { error }
    });
    let file = opened?;
    // Somebody reads it: what does not fit at once waits for that.
    #[cfg(unix)]
    rustix::fs::fcntl_setfl(&file, rustix::fs::fcntl_getfl(&file)? - rustix::fs::OFlags::NONBLOCK)?;
    Ok(file)
}

#[cfg(unix)]
fn is_fifo(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
const fn is_fifo(_: FileType) -> bool {
    false
}

/// Makes the new name durable, where directories can be opened and flushed.
fn flush(directory: &Path) -> io::Result<()> {
    use ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(directory).and_then(|directory| directory.sync_all()) {
        Err(e) if matches!(e.kind(), InvalidInput | PermissionDenied | Unsupported) => Ok(()),
        flushed => flushed,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
