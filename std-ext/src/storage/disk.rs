//! What [`FileStorage`](super::FileStorage) asks of a file system: little enough to be taken over by
//! one that fails, loses power, and forgets what was not flushed.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use crate::files;

/// One directory. Whatever fails may have been done all the same, or in part.
pub(super) trait Disk {
    /// Fails if the directory is not the one that was opened any more.
    fn check(&mut self) -> io::Result<()>;

    /// The content of a file; [`io::ErrorKind::InvalidInput`] for what is no file, and
    /// [`io::ErrorKind::FileTooLarge`] for a file that is longer than any value.
    fn read(&mut self, name: &str, limit: usize) -> io::Result<Vec<u8>>;

    /// Makes a file that is not there yet; durable when it returns, though its name may not be.
    fn create(&mut self, name: &str, content: &[u8]) -> io::Result<()>;

    /// Gives a file another name, in place of the file that has it.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;

    fn remove(&mut self, name: &str) -> io::Result<()>;

    /// Makes durable which names are in the directory, if it has changed since the last time, also
    /// since the last time that failed.
    fn flush(&mut self) -> io::Result<()>;

    /// The names in the directory.
    fn names(&mut self) -> io::Result<Vec<String>>;
}

/// A directory of the system.
#[derive(Debug)]
pub(super) struct SystemDisk {
    path: PathBuf,
    /// Open, so that a flush reports every failure since, and the lock on it can be held.
    #[cfg(unix)]
    directory: File,
    /// Device and number of the directory.
    #[cfg(unix)]
    identity: (u64, u64),
}

impl SystemDisk {
    #[cfg(unix)]
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let directory = File::open(&path)?;
        let identity = identity(&directory.metadata()?);
        Ok(Self { path, directory, identity })
    }

    #[cfg(not(unix))]
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self { path })
    }

    /// What nobody can delete under its holder. `None` where a directory cannot be opened.
    #[cfg(unix)]
    #[allow(clippy::unnecessary_wraps)] // Elsewhere there is none.
    pub(super) fn to_lock(&self) -> Option<&File> {
        Some(&self.directory)
    }

    #[cfg(not(unix))]
    pub(super) fn to_lock(&self) -> Option<&File> {
        None
    }
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

impl Disk for SystemDisk {
    #[cfg(unix)]
    fn check(&mut self) -> io::Result<()> {
        match fs::metadata(&self.path) {
            Ok(metadata) if identity(&metadata) == self.identity => Ok(()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Err(io::Error::other(
                "the license storage was moved away, removed or replaced while it was open; put it \
                 back, or restart the program",
            )),
        }
    }

    #[cfg(not(unix))]
    fn check(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn read(&mut self, name: &str, limit: usize) -> io::Result<Vec<u8>> {
        files::read_regular(&self.path.join(name), limit)
    }

    fn create(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        files::create(&self.path.join(name), content)
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn flush(&mut self) -> io::Result<()> {
        // Systems that cannot open directories flush them by themselves.
        self.to_lock().map_or(Ok(()), File::sync_all)
    }

    fn names(&mut self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.path)?;
        let name = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name());
        let names = entries.map(name).collect::<io::Result<Vec<_>>>()?;
        // Other names are not from here.
        Ok(names.into_iter().filter_map(|name| name.into_string().ok()).collect())
    }
}
