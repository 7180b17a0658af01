//! [`FileWriter`]: the one way in which files are written for people.

use std::fs::{File, FileType, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

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
}

impl FileWriter {
    /// One that replaces nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { replace: false, private: false }
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

    /// Writes the content. When this returns, it is durable.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] for a file that is there and shall not be replaced;
    /// [`ErrorKind::InvalidInput`] for what cannot be written to, with words that say why; or what the system
    /// reports. The file is then as it was, unless the words say that it is written.
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
mod tests {
    use std::fs;
    use std::io::Read;
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};

    use rustix::fs::{CWD, Mode, mkfifoat};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn names(directory: &Path) -> usize {
        fs::read_dir(directory).unwrap().count()
    }

    #[test]
    fn what_is_there_is_replaced_only_if_somebody_says_so_and_keeps_its_mode() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        FileWriter::new().write(&path, b"one").unwrap();
        assert_ne!(mode(&path) & 0o400, 0);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = FileWriter::new().write(&path, b"two").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        FileWriter::new().replace(true).write(&path, b"three").unwrap();
        assert_eq!(
            (fs::read(&path).unwrap().as_slice(), mode(&path)),
            (b"three".as_slice(), 0o640)
        );
        FileWriter::new().replace(true).private(true).write(&path, b"four").unwrap();
        assert_eq!(mode(&path), 0o600);
        FileWriter::new().private(true).write(place.path().join("key"), b"secret").unwrap();
        assert_eq!(mode(&place.path().join("key")), 0o600);
        assert_eq!(names(place.path()), 2);
        // The check says what writing says.
        for (writer, path) in [
            (FileWriter::new().replace(true), place.path().to_owned()),
            (FileWriter::new(), place.path().join("no/file")),
            (FileWriter::new(), path.clone()),
        ] {
            let error = writer.write(&path, b"").unwrap_err();
            assert_eq!(writer.check(&path).unwrap_err().to_string(), error.to_string());
        }
        assert_eq!(FileWriter::new().check(place.path().join("new")).unwrap(), None);
        assert_eq!(FileWriter::new().replace(true).check(&path).unwrap(), Some(path));
    }

    #[test]
    fn links_stay_and_lead_to_what_is_written() {
        let place = tempfile::tempdir().unwrap();
        let (file, link) = (place.path().join("file"), place.path().join("link"));
        fs::write(&file, b"one").unwrap();
        symlink("file", &link).unwrap();
        let error = FileWriter::new().write(&link, b"two").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert!(error.to_string().contains("as a symbolic link to"), "{error}");
        FileWriter::new().replace(true).write(&link, b"two").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"two");
        fs::remove_file(&file).unwrap();
        for writer in [FileWriter::new(), FileWriter::new().replace(true)] {
            let error = writer.write(&link, b"three").unwrap_err();
            assert!(error.to_string().contains("symbolic link to nothing"), "{error}");
        }
        assert_eq!(names(place.path()), 1);
    }

    #[test]
    fn what_is_no_regular_file_is_written_into() {
        let place = tempfile::tempdir().unwrap();
        let pipe = place.path().join("pipe");
        mkfifoat(CWD, &pipe, Mode::from_raw_mode(0o600)).unwrap();
        // A reader that waits would take the check for the end, if it opened the FIFO.
        assert_eq!(FileWriter::new().check(&pipe).unwrap(), None);
        assert_eq!(FileWriter::new().check("/dev/null").unwrap(), None);
        assert_eq!(FileWriter::new().check("/dev/stdout").unwrap(), None);
        let error = FileWriter::new().write(&pipe, b"text").unwrap_err();
        assert!(error.to_string().contains("nobody reads"), "{error}");
        let content = vec![7; 1 << 18];
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || {
                let mut read = Vec::new();
                File::open(pipe).unwrap().read_to_end(&mut read).unwrap();
                read
            }
        });
        // Until the reader is there.
        while FileWriter::new().write(&pipe, &content).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(reader.join().unwrap(), content);
        assert!(pipe.symlink_metadata().unwrap().file_type().is_fifo());
        FileWriter::new().write("/dev/null", b"text").unwrap();
        let device = fs::metadata("/dev/null").unwrap();
        assert!(device.file_type().is_char_device() && device.rdev() != 0);
        let file = File::create(place.path().join("file")).unwrap();
        let open = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
        FileWriter::new().write(&open, b"a").unwrap();
        FileWriter::new().replace(true).write(&open, b"b").unwrap();
        assert_eq!(fs::read(place.path().join("file")).unwrap(), b"ab");
    }

    #[test]
    fn a_full_disk_leaves_the_old_file_and_no_other() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("file");
        fs::write(&path, b"the old one").unwrap();
        let full = |file: &mut dyn Write| {
            file.write_all(b"half of the")?;
            // As a full disk does it.
            Err(io::Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error()))
        };
        let error = FileWriter::new().replace(true).fill(&path, full).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"the old one");
        assert!(FileWriter::new().fill(&place.path().join("new"), full).is_err());
        assert_eq!(names(place.path()), 1);
        let error = FileWriter::new().write("/dev/full", b"text").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }
}
