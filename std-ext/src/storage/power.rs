//! Files on a disk that loses power: what was not flushed is there, or not, or in part.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use nodelock::testing::{Dice, Effort, TestedPort, prove};
use nodelock::{Reason, Storage, StorageKey};

use super::FileStorage;
use super::disk::Disk;
use super::file::Files;

/// Bytes that fit on the disk.
const ROOM: usize = 20_000;

/// A change of the directory that was not flushed yet.
#[derive(Debug, Clone)]
enum Change {
    Named(PathBuf, usize),
    Removed(PathBuf),
}

/// A file system as a power cut finds it: contents without names, names, and changes on their way.
#[derive(Debug, Default)]
struct Platter {
    contents: Vec<Vec<u8>>,
    /// As programs see it.
    names: BTreeMap<PathBuf, usize>,
    /// As it would be found after a power cut, if none of the changes had arrived.
    durable: BTreeMap<PathBuf, usize>,
    waiting: Vec<Change>,
    /// Steps until the power goes.
    left: Option<u64>,
    dark: bool,
    /// The directory is never flushed, to see that this is noticed.
    lazy: bool,
    rolls: u64,
}

impl Platter {
    fn step(&mut self) -> io::Result<()> {
        match &mut self.left {
            Some(0) => self.dark = true,
            Some(left) => *left -= 1,
            None => {}
        }
        if self.dark { Err(io::Error::other("the power is off")) } else { Ok(()) }
    }

    fn change(&mut self, change: Change) {
        match &change {
            Change::Named(path, content) => _ = self.names.insert(path.clone(), *content),
            Change::Removed(path) => _ = self.names.remove(path),
        }
        self.waiting.push(change);
    }

    /// The power comes back: any of the changes that were not flushed may have arrived.
    fn power_on(&mut self) {
        if self.dark {
            self.rolls += 1;
            let mut dice = Dice::new(self.rolls);
            for change in std::mem::take(&mut self.waiting) {
                match change {
                    _ if dice.below(2) == 0 => {}
                    Change::Named(path, content) => _ = self.durable.insert(path, content),
                    Change::Removed(path) => _ = self.durable.remove(&path),
                }
            }
            self.names = self.durable.clone();
        }
        (self.left, self.dark) = (None, false);
    }
}

impl Disk for &mut Platter {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        let content = self.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(self.contents[*content].clone())
    }

    fn write(&mut self, path: &Path, content: &[u8]) -> io::Result<()> {
        let used: usize = self.names.values().map(|file| self.contents[*file].len()).sum();
        if used + content.len() > ROOM {
            return Err(io::ErrorKind::StorageFull.into());
        }
        // The name first, then half of the content, then all of it, and only then it is flushed.
        let file = self.contents.len();
        self.contents.push(Vec::new());
        self.step()?;
        self.change(Change::Named(path.to_owned(), file));
        self.step()?;
        self.contents[file] = content[..content.len() / 2].to_vec();
        self.step()?;
        self.contents[file] = content.iter().map(|byte| byte ^ 0x20).collect();
        self.step()?;
        self.contents[file] = content.to_vec();
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        let file = *self.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        self.change(Change::Named(to.to_owned(), file));
        self.change(Change::Removed(from.to_owned()));
        Ok(())
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        if !self.names.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.step()?;
        self.change(Change::Removed(path.to_owned()));
        Ok(())
    }

    fn flush_directory(&mut self, _: &Path) -> io::Result<()> {
        self.step()?;
        if !self.lazy {
            self.durable = self.names.clone();
            self.waiting.clear();
        }
        Ok(())
    }
}

impl TestedPort for Platter {
    type Storage<'p> = Files<&'p mut Platter>;

    fn power_on(&mut self, cut_at: Option<u64>) -> Result<Self::Storage<'_>, Reason> {
        self.power_on();
        self.left = cut_at;
        Ok(Files::new(PathBuf::from("state"), self))
    }

    fn power_was_cut(&self) -> bool {
        self.dark
    }
}

#[test]
fn files_on_a_disk_that_loses_power_keep_their_promises() {
    for seed in 1..30 {
        let effort = Effort { seed, ..Effort::DEFAULT };
        let report = prove(&mut Platter::default(), &mut [0; 1_300], effort);
        let report = report.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        assert!(report.was_full && report.cuts >= 200, "{report:?}");
    }
}

/// The suite would see it if names were not flushed.
#[test]
fn a_directory_that_is_not_flushed_is_noticed() {
    let found = (1..30).any(|seed| {
        let effort = Effort { seed, ..Effort::DEFAULT };
        let mut lazy = Platter { lazy: true, ..Platter::default() };
        prove(&mut lazy, &mut [0; 1_300], effort).is_err()
    });
    assert!(found);
}

/// Real files; nobody cuts the power of the machine that runs the tests. `tests/kill.rs` kills
/// processes.
struct Real(tempfile::TempDir);

impl TestedPort for Real {
    type Storage<'p> = FileStorage;

    fn power_on(&mut self, _: Option<u64>) -> Result<FileStorage, Reason> {
        FileStorage::open(self.0.path()).map_err(|_| Reason::StorageFailed)
    }

    fn power_was_cut(&self) -> bool {
        false
    }
}

#[test]
fn files_of_the_system_keep_their_promises() {
    let mut real = Real(tempfile::tempdir().unwrap());
    let effort = Effort { fill: 20, ..Effort::DEFAULT };
    let report = prove(&mut real, &mut [0; 1_300], effort);
    assert!(report.unwrap_or_else(|broken| panic!("{broken}")).compared > 300);
    let mut buffer = [0; 8];
    let mut storage = real.power_on(None).unwrap();
    assert_eq!(storage.load(StorageKey(0x0300), &mut buffer), Ok(None));
}
