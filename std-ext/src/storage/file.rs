//! [`FileStorage`]: one small file for each value, replaced as a whole.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use fs4::FileExt;
use nodelock::{Reason, Storage, StorageKey};

use super::disk::{Disk, SystemDisk};

/// Name of the lock file.
const LOCK: &str = "lock";
/// Ending of a file that is being written.
const UNFINISHED: &str = "new";
/// Bytes of the checksum behind every value.
const CHECKSUM: usize = 4;
/// Longest file in which a flipped bit is put right: longer than every value of the agent.
const MENDED_LEN: usize = 4096;

/// Keeps values in a directory of their own, safe against power cuts: a value is written beside
/// the old one, flushed, renamed over it, and the directory is flushed. One process at a time. A
/// single flipped bit in a file is put right when it is read.
#[derive(Debug)]
pub struct FileStorage {
    files: Files<SystemDisk>,
    /// Holds the lock until it is dropped.
    _lock: File,
}

/// The files of a directory, on whatever disk.
#[derive(Debug)]
pub(super) struct Files<D> {
    directory: PathBuf,
    disk: D,
    last_error: Option<io::Error>,
}

/// Why a directory cannot be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    InUse(PathBuf),
    /// The system refuses.
    Io(PathBuf, io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(path) => write!(
                f,
                "the license storage {} is in use by another process; stop that one first",
                path.display()
            ),
            Self::Io(path, error) => write!(
                f,
                "cannot open the license storage {}: {error}; check that it is a directory this \
                 user may write to",
                path.display()
            ),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InUse(_) => None,
            Self::Io(_, error) => Some(error),
        }
    }
}

impl FileStorage {
    /// Opens a directory, and makes it if it is not there.
    ///
    /// # Errors
    /// [`OpenError::InUse`] at once if another process has it open.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let directory = directory.into();
        let failed = |error| OpenError::Io(directory.clone(), error);
        fs::create_dir_all(&directory).map_err(failed)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(directory.join(LOCK))
            .map_err(failed)?;
        match FileExt::try_lock(&lock) {
            Ok(()) => {}
            Err(fs4::TryLockError::WouldBlock) => return Err(OpenError::InUse(directory)),
            Err(fs4::TryLockError::Error(error)) => return Err(failed(error)),
        }
        Ok(Self { files: Files::new(directory, SystemDisk), _lock: lock })
    }

    /// What the system said when a call failed last; the agent knows only that it did.
    #[must_use]
    pub const fn last_error(&self) -> Option<&io::Error> {
        self.files.last_error.as_ref()
    }
}

impl Storage for FileStorage {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        self.files.load(key, buffer)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.files.store(key, value)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.files.remove(key)
    }
}

impl<D: Disk> Files<D> {
    pub(super) const fn new(directory: PathBuf, disk: D) -> Self {
        Self { directory, disk, last_error: None }
    }

    fn path(&self, key: StorageKey) -> PathBuf {
        self.directory.join(format!("{:04x}", key.0))
    }

    fn failed(&mut self, error: io::Error) -> Reason {
        let full = matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        );
        self.last_error = Some(error);
        if full { Reason::StorageFull } else { Reason::StorageFailed }
    }

    /// In this order, so that the power may go between any two: the new value is durable before it
    /// takes the old one's name, and the name before the call returns.
    fn replace(&mut self, key: StorageKey, value: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let unfinished = path.with_extension(UNFINISHED);
        let content = [value, &crc32fast::hash(value).to_le_bytes()].concat();
        let disk = &mut self.disk;
        let written = disk
            .write(&unfinished, &content)
            .and_then(|()| disk.rename(&unfinished, &path))
            .and_then(|()| disk.flush_directory(&self.directory));
        if written.is_err() {
            // Best effort: what is left over is never read.
            let _ = disk.remove(&unfinished);
        }
        written
    }
}

impl<D: Disk> Storage for Files<D> {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let mut content = match self.disk.read(&self.path(key)) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let value = whole(&mut content).ok_or(Reason::StorageCorrupted)?;
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.replace(key, value).map_err(|error| self.failed(error))
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        let removed = self.disk.remove(&self.path(key));
        match removed.and_then(|()| self.disk.flush_directory(&self.directory)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }
}

/// The value in a file, with its one flipped bit put right if there is one. The checksum tells two
/// flipped bits from one in files up to this length.
fn whole(content: &mut [u8]) -> Option<&[u8]> {
    if !fits(content) {
        let bits = content.len().checked_mul(8).filter(|_| content.len() <= MENDED_LEN)?;
        let flip = |content: &mut [u8], bit: usize| content[bit / 8] ^= 1 << (bit % 8);
        let mended = (0..bits).any(|bit| {
            flip(content, bit);
            let fits = fits(content);
            if !fits {
                flip(content, bit);
            }
            fits
        });
        if !mended {
            return None;
        }
    }
    content.split_last_chunk::<CHECKSUM>().map(|(value, _)| value)
}

fn fits(content: &[u8]) -> bool {
    content
        .split_last_chunk::<CHECKSUM>()
        .is_some_and(|(value, checksum)| crc32fast::hash(value).to_le_bytes() == *checksum)
}
