//! The directory of the books: one process at a time, and files that are there as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs4::FileExt;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// The folders in it.
pub(super) const FOLDERS: [&str; 3] = ["devices", "tickets", "revocations"];
const LOCK: &str = "lock";
/// Names of files that are being written begin so.
const UNFINISHED: &str = ".new-";
/// No file of the books is larger.
const MAX_FILE: usize = 1024 * 1024;

/// An open directory. Nobody else has it meanwhile.
#[derive(Debug)]
pub(super) struct Disk {
    directory: PathBuf,
    /// Let go by the system when this ends, however it ends.
    _lock: File,
}

impl Disk {
    /// Opens a directory, and waits for whoever has it. `make` makes it, for this user only.
    pub(super) fn open(directory: &Path, make: bool) -> Result<Self, Error> {
        let failed = |error| Error::io(directory, error);
        if make && is_free(directory).map_err(failed)? {
            make_all(directory).map_err(failed)?;
        }
        if let Some(folder) = FOLDERS.iter().find(|folder| !directory.join(folder).is_dir()) {
            let problem = match is_free(directory).map_err(failed)? {
                true => "there are no books here; nodelock transfer permit makes some".to_owned(),
                // Not made anew: what was in it would be forgotten.
                false => format!("these are no books, or their folder {folder} is lost"),
            };
            return Err(Error::Books { path: directory.to_owned(), problem });
        }
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(directory.join(LOCK))
            .map_err(failed)?;
        FileExt::lock(&lock).map_err(failed)?;
        let disk = Self { directory: directory.to_owned(), _lock: lock };
        for folder in FOLDERS {
            disk.clear(folder)?;
        }
        Ok(disk)
    }

    /// Where a file of the books is.
    pub(super) fn path(&self, folder: &str, name: &str) -> PathBuf {
        self.directory.join(folder).join(format!("{name}.json"))
    }

    /// Writes a file; durable when this returns, and as it was before if it fails.
    pub(super) fn write(
        &self,
        folder: &str,
        name: &str,
        value: &impl Serialize,
    ) -> Result<(), Error> {
        let path = self.path(folder, name);
        let failed = |error| Error::io(&path, error);
        let mut text = serde_json::to_string_pretty(value).map_err(|e| failed(e.into()))?;
        text.push('\n');
        let new = self.directory.join(folder).join(format!("{UNFINISHED}{name}"));
        let mut file = private(OpenOptions::new().write(true).create(true).truncate(true))
            .open(&new)
            .map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        drop(file);
        fs::rename(&new, &path).map_err(failed)?;
        flush(&self.directory.join(folder)).map_err(failed)
    }

    /// Reads all files of a folder, with their names.
    pub(super) fn read_all<T: DeserializeOwned>(
        &self,
        folder: &str,
    ) -> Result<Vec<(String, T)>, Error> {
        let mut all = Vec::new();
        for name in self.names(folder)? {
            let Some(stem) = name.strip_suffix(".json") else { continue };
            let path = self.path(folder, stem);
            let bytes =
                crate::keys::read_limited(&path, MAX_FILE).map_err(|e| Error::io(&path, e))?;
            let value = serde_json::from_slice(&bytes)
                .map_err(|e| Error::Books { path, problem: e.to_string() })?;
            all.push((stem.to_owned(), value));
        }
        Ok(all)
    }

    /// Removes what was being written when somebody was stopped: nothing of it was decided.
    fn clear(&self, folder: &str) -> Result<(), Error> {
        for name in self.names(folder)?.iter().filter(|name| name.starts_with(UNFINISHED)) {
            let path = self.directory.join(folder).join(name);
            fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
        }
        Ok(())
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, Error> {
        let path = self.directory.join(folder);
        let failed = |error| Error::io(&path, error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).map_err(failed)? {
            names.extend(entry.map_err(failed)?.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    }
}

/// Whether there is nothing, or an empty directory.
fn is_free(directory: &Path) -> io::Result<bool> {
    match fs::read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Makes the directory with its folders, for this user only, as a whole or not at all.
fn make_all(directory: &Path) -> io::Result<()> {
    let above = match directory.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    fs::create_dir_all(above)?;
    let new = above.join(format!("{UNFINISHED}books-{}", std::process::id()));
    // Somebody with this number was stopped.
    if new.is_dir() {
        fs::remove_dir_all(&new)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&new)?;
    let made = FOLDERS
        .iter()
        .try_for_each(|folder| builder.create(new.join(folder)))
        .and_then(|()| flush(&new))
        .and_then(|()| fs::rename(&new, directory));
    if let Err(error) = made {
        let _ = fs::remove_dir_all(&new);
        // Somebody else may have made them at the same time.
        return if is_free(directory)? { Err(error) } else { Ok(()) };
    }
    flush(above)
}

/// Makes new names durable, where directories can be opened.
fn flush(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
