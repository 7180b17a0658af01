//! Values in the files of one directory, on whatever disk.
//!
//! The order of the steps is what makes a power cut harmless. What makes a failing disk harmless is
//! that nothing is believed after a failure: a flush that failed may have dropped what it should
//! have written, and the next one then says Ok to nothing. So a file whose flush failed is thrown
//! away, and a directory is changed before it is flushed again.

use std::io::{self, ErrorKind};

use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};

use super::checksum::{seal, unseal};
use super::disk::Disk;

/// Ending of a file that is being written.
const UNFINISHED: &str = ".new";
/// Made and removed again, to change the directory.
const TOUCH: &str = "touch.new";
/// Given up when the disk is full.
const SPARE: &str = "spare";
/// Room for a file of the longest value of the agent, and for what else a file system may need.
const SPARE_LEN: usize = 8 * 1024;
/// Longest file. Values of the agent have at most 2 KiB; only what is longer by far is refused unread.
const MAX_FILE: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Values<D> {
    disk: D,
    /// The names that are seen may not be durable. Also at the beginning: an earlier process may have
    /// ended between a change and its flush.
    unsettled: bool,
    /// Whether the spare file is there.
    spare: bool,
    last_error: Option<io::Error>,
}

impl<D: Disk> Values<D> {
    pub(super) const fn new(disk: D) -> Self {
        Self { disk, unsettled: true, spare: false, last_error: None }
    }

    pub(super) const fn last_error(&self) -> Option<&io::Error> {
        self.last_error.as_ref()
    }

    /// Removes what an earlier process has left unfinished. Best effort: it is never read.
    pub(super) fn clean_up(&mut self) {
        let ours = |name: &&String| {
            name.strip_suffix(UNFINISHED).is_some_and(|stem| {
                let key = stem.len() == 4 && stem.bytes().all(|b| b.is_ascii_hexdigit());
                key || stem == SPARE || *name == TOUCH
            })
        };
        for name in self.disk.names().unwrap_or_default().iter().filter(ours) {
            let _ = self.disk.remove(name);
        }
    }

    /// Whether this user may change the directory and read what is in it: without rights, every value would look
    /// damaged or gone to whoever asks the agent. What else may fail is told when it does.
    pub(super) fn check_rights(&mut self) -> io::Result<()> {
        let denied = |result: io::Result<()>| match result {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(error),
            _ => Ok(()),
        };
        let names = self.disk.names();
        denied(names.as_ref().map(drop).map_err(|error| error.kind().into()))?;
        let is_value =
            |name: &&String| name.len() == 4 && name.bytes().all(|b| b.is_ascii_hexdigit());
        for name in names.unwrap_or_default().iter().filter(is_value) {
            denied(self.disk.read(name, MAX_FILE).map(drop))?;
        }
        // What is seen is made durable by the first call that needs it.
        denied(self.make(TOUCH, &[]).and_then(|()| self.disk.remove(TOUCH)))
    }

    fn failed(&mut self, error: io::Error) -> Reason {
        let reason = if is_full(&error) { Reason::StorageFull } else { Reason::StorageFailed };
        self.last_error = Some(error);
        reason
    }

    /// Makes durable what can be seen.
    fn settle(&mut self) -> io::Result<()> {
        if self.unsettled {
            match self.make(TOUCH, &[]).and_then(|()| self.disk.remove(TOUCH)) {
                // Then a flush alone must do; a full disk is no reason not to boot.
                Err(error) if is_full(&error) => {}
                touched => touched?,
            }
            self.flush()?;
        }
        Ok(())
    }

    /// Behind a change of the directory.
    fn flush(&mut self) -> io::Result<()> {
        self.disk.flush()?;
        self.unsettled = false;
        Ok(())
    }

    /// Makes a file, in place of one that was left unfinished.
    fn make(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        match self.disk.create(name, content) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.disk.remove(name)?;
                self.disk.create(name, content)
            }
            made => made,
        }
    }

    /// In this order, so that the power may go between any two: the new value is durable before it
    /// takes the old one's name, and the name before the call returns.
    fn replace(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let unfinished = format!("{name}{UNFINISHED}");
        let written = match self.make(&unfinished, content) {
            Err(error) if is_full(&error) && self.give_up_spare(name, &unfinished) => {
                self.make(&unfinished, content)
            }
            made => made,
        };
        let replaced = written.and_then(|()| {
            self.unsettled = true;
            self.disk.rename(&unfinished, name)?;
            self.flush()
        });
        if replaced.is_err() {
            // Best effort: what is left over is never read.
            let _ = self.disk.remove(&unfinished);
        }
        replaced
    }

    /// Makes room for a value that replaces another one, whose room is free again afterwards. A new
    /// value would keep it.
    fn give_up_spare(&mut self, name: &str, unfinished: &str) -> bool {
        let _ = self.disk.remove(unfinished);
        let is_there = match self.disk.read(name, MAX_FILE) {
            Ok(_) => true,
            Err(error) => error.kind() != ErrorKind::NotFound,
        };
        let given = is_there && self.disk.remove(SPARE).is_ok();
        if given {
            self.spare = false;
            // Many file systems give room back only when they have written down that it is free.
            let _ = self.disk.flush();
        }
        given
    }

    /// Before the first change, and after it was given up as soon as there is room. Best effort.
    fn keep_spare(&mut self) {
        if self.spare {
            return;
        }
        let unfinished = format!("{SPARE}{UNFINISHED}");
        self.spare = self.disk.read(SPARE, SPARE_LEN).is_ok_and(|there| there.len() == SPARE_LEN);
        if !self.spare {
            // Bytes that no file system can make shorter.
            let mut state = 1_u32;
            let noise = std::iter::repeat_with(|| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state.to_le_bytes()[0]
            });
            let content: Vec<u8> = noise.take(SPARE_LEN).collect();
            let made = self.make(&unfinished, &content);
            self.spare = made.and_then(|()| self.disk.rename(&unfinished, SPARE)).is_ok();
            if !self.spare {
                let _ = self.disk.remove(&unfinished);
            }
        }
    }

    fn try_load(&mut self, key: StorageKey) -> Result<Option<Vec<u8>>, Reason> {
        let ready = self.disk.check().and_then(|()| self.settle());
        ready.map_err(|error| self.failed(error))?;
        match self.disk.read(&name(key), MAX_FILE) {
            Ok(content) => Ok(Some(content)),
            Err(error) => match error.kind() {
                ErrorKind::NotFound => Ok(None),
                // What no store can have left behind.
                ErrorKind::InvalidInput | ErrorKind::FileTooLarge => {
                    self.last_error = Some(error);
                    Err(Reason::StorageCorrupted)
                }
                _ => Err(self.failed(error)),
            },
        }
    }

    fn try_store(&mut self, key: StorageKey, value: &[u8]) -> io::Result<()> {
        let content = seal(value);
        if content.len() > MAX_FILE {
            return Err(ErrorKind::StorageFull.into());
        }
        self.disk.check()?;
        self.keep_spare();
        self.replace(&name(key), &content)
    }

    fn try_remove(&mut self, key: StorageKey) -> io::Result<()> {
        self.disk.check()?;
        self.keep_spare();
        match self.disk.remove(&name(key)) {
            // Perhaps because an earlier call removed it, and failed afterwards.
            Err(error) if error.kind() == ErrorKind::NotFound => self.settle(),
            removed => {
                self.unsettled = true;
                removed?;
                self.flush()
            }
        }
    }
}

impl<D: Disk> Storage for Values<D> {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(mut content) = self.try_load(key)? else { return Ok(None) };
        let Some(value) = unseal(&mut content) else {
            let words = format!("the value {} is damaged: its checksum is wrong", name(key));
            self.last_error = Some(io::Error::new(ErrorKind::InvalidData, words));
            return Err(Reason::StorageCorrupted);
        };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.try_store(key, value).map_err(|error| self.failed(error))
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.try_remove(key).map_err(|error| self.failed(error))
    }
}

fn name(key: StorageKey) -> String {
    format!("{:04x}", key.0)
}

fn is_full(error: &io::Error) -> bool {
    use ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
