//! [`FileStorage`]: one small file for each value, replaced as a whole.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use fs4::FileExt;
use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};

use super::disk::SystemDisk;
use super::values::Values;
use crate::files;
use crate::visible::visible_path;
use crate::writing::FileGuard;

/// Name of the lock file.
const LOCK: &str = "lock";

/// Keeps values in a directory of their own, safe against power cuts and failing disks.
///
/// A value is written into a new file beside the old one, flushed, renamed over it, and the directory
/// is flushed. `Ok` means that all of this was done. After an error the old value is there or the new
/// one, and [`load`](Storage::load) tells which: it does not answer before what it shows is durable.
///
/// One process at a time: the directory is locked, and every call fails if another one has taken its
/// place. A single flipped bit in a file is put right when it is read; what is no file, or longer
/// than any value, is [`Reason::StorageCorrupted`] and is never read.
///
/// A small file named `spare` is given up when the disk is full, so that values that are there can
/// still be replaced.
#[derive(Debug)]
pub struct FileStorage {
    values: Values<SystemDisk>,
    /// Holds the lock that older versions of this library look for.
    _lock: File,
    _guard: FileGuard,
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
                "the license storage {} is in use by another process or service, or open already in \
                 this one; stop that first",
                visible_path(path)
            ),
            Self::Io(path, error) => write!(
                f,
                "cannot open the license storage {}: {error}; check that it is a directory this \
                 user may read and write, with all files in it",
                visible_path(path)
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
    /// Opens a directory, and makes it if it is not there: for this user only (mode 700, its files 600).
    /// What a power cut has left unfinished is removed.
    ///
    /// # Errors
    /// [`OpenError::InUse`] at once if another process has it open.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let directory = directory.into();
        let failed = |error| OpenError::Io(directory.clone(), error);
        files::create_private_dir(&directory).map_err(failed)?;
        let lock = files::open_lock(&directory.join(LOCK)).map_err(failed)?;
        match FileExt::try_lock(&lock) {
            Ok(()) => {}
            Err(fs4::TryLockError::WouldBlock) => return Err(OpenError::InUse(directory)),
            Err(fs4::TryLockError::Error(error)) => return Err(failed(error)),
        }
        let disk = SystemDisk::open(directory.clone()).map_err(failed)?;
        // The file can be deleted by whoever cleans up; the directory cannot while it is in use. Not
        // every file system locks directories (NFS does not): there the file must do.
        if let Some(Err(fs4::TryLockError::WouldBlock)) = disk.to_lock().map(FileExt::try_lock) {
            return Err(OpenError::InUse(directory));
        }
        let mut values = Values::new(disk);
        values.clean_up();
        values.check_rights().map_err(failed)?;
        let guard = FileGuard::new(&directory, "is in the license storage of this device");
        Ok(Self { values, _lock: lock, _guard: guard })
    }

    /// What the system said when a call failed last; the agent knows only that it did.
    #[must_use]
    pub const fn last_error(&self) -> Option<&io::Error> {
        self.values.last_error()
    }
}

impl Storage for FileStorage {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        self.values.load(key, buffer)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.values.store(key, value)
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.values.remove(key)
    }
}
