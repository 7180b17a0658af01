//! What [`FileStorage`](super::FileStorage) asks of a file system: little enough to be taken over by
//! one that loses power and forgets what was not flushed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

pub(super) trait Disk {
    /// The content of a file.
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>>;

    /// Makes a file with this content, or replaces its content; durable when it returns, though
    /// its name may not be.
    fn write(&mut self, path: &Path, content: &[u8]) -> io::Result<()>;

    /// Gives a file another name, in place of the file that has it.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    fn remove(&mut self, path: &Path) -> io::Result<()>;

    /// Makes durable which names are in a directory.
    fn flush_directory(&mut self, directory: &Path) -> io::Result<()>;
}

/// The one of the system.
#[derive(Debug)]
pub(super) struct SystemDisk;

impl Disk for SystemDisk {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn write(&mut self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn flush_directory(&mut self, directory: &Path) -> io::Result<()> {
        // Systems that cannot open directories flush them by themselves.
        if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
    }
}
