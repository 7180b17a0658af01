//! A disk for tests: it loses power, and its calls fail before, after or half-way their effect.

use std::collections::BTreeMap;
use std::io;

use nodelock::testing::Dice;

use super::disk::Disk;

/// Bytes that fit on the disk.
const ROOM: usize = 40_000;

/// A change of the directory that was not flushed yet.
#[derive(Debug, Clone)]
enum Change {
    Named(String, usize),
    Removed(String),
}

/// How much of a call takes effect before it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    MacHalf,
    /// All of it, as far as programs can see. What was to be flushed is lost all the same.
    Seen,
    All,
}

impl Effect {
    pub(super) const ALL: [Self; 4] = [Self::None, Self::MacHalf, Self::Seen, Self::All];
}

/// Calls that fail, counted since the disk was made.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) calls: std::ops::Range<u64>,
    /// Only every so many of them.
    pub(super) every: u64,
    pub(super) effect: Effect,
}

#[derive(Debug, Clone, Default)]
struct Content {
    /// As programs see it, and as it would be found after a power cut.
    seen: Vec<u8>,
    durable: Vec<u8>,
}

/// A file system as a power cut finds it: contents without names, names, and changes on their way.
#[derive(Debug, Default)]
pub(super) struct Platter {
    contents: Vec<Content>,
    /// As programs see it.
    names: BTreeMap<String, usize>,
    /// As it would be found after a power cut, if none of the changes had arrived.
    durable: BTreeMap<String, usize>,
    waiting: Vec<Change>,
    /// Whether a flush would write the directory: it has changed since the last flush, be that one
    /// good or bad. A flush that fails drops what it should have written.
    changed: bool,
    /// Steps until the power goes.
    left: Option<u64>,
    pub(super) dark: bool,
    /// The directory is never flushed, to see that this is noticed.
    pub(super) lazy: bool,
    pub(super) fault: Option<Fault>,
    /// Calls so far.
    pub(super) calls: u64,
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

    /// Counts a call. `Some` if it is to fail.
    fn call(&mut self) -> Option<Effect> {
        let fault = self.fault.as_ref().filter(|fault| {
            fault.calls.contains(&self.calls)
                && (self.calls - fault.calls.start).is_multiple_of(fault.every)
        });
        let effect = fault.map(|fault| fault.effect);
        self.calls += 1;
        effect
    }

    fn change(&mut self, change: Change) {
        match &change {
            Change::Named(name, content) => _ = self.names.insert(name.clone(), *content),
            Change::Removed(name) => _ = self.names.remove(name),
        }
        self.changed = true;
        self.waiting.push(change);
    }

    /// Any of the changes that were not flushed may arrive by themselves.
    fn some_arrive(&mut self) {
        self.rolls += 1;
        let mut dice = Dice::new(self.rolls);
        for change in &self.waiting {
            match change {
                _ if dice.below(2) == 0 => {}
                Change::Named(name, content) => _ = self.durable.insert(name.clone(), *content),
                Change::Removed(name) => _ = self.durable.remove(name),
            }
        }
    }

    /// The power comes back after a cut, if there was one, and may go again after so many steps.
    pub(super) fn power_on(&mut self, cut_at: Option<u64>) {
        if self.dark {
            self.some_arrive();
            self.waiting.clear();
            self.names = self.durable.clone();
            self.changed = false;
            for content in &mut self.contents {
                content.seen.clone_from(&content.durable);
            }
        }
        (self.left, self.dark) = (cut_at, false);
    }
}

fn broken<T>() -> io::Result<T> {
    Err(io::Error::other("the disk fails"))
}

impl Disk for &mut Platter {
    fn check(&mut self) -> io::Result<()> {
        if self.call().is_some() { broken() } else { Ok(()) }
    }

    fn read(&mut self, name: &str, _: usize) -> io::Result<Vec<u8>> {
        if self.call().is_some() {
            return broken();
        }
        let content = self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(self.contents[*content].seen.clone())
    }

    fn create(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let fault = self.call();
        if self.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if fault == Some(Effect::None) {
            return broken();
        }
        let used: usize = self.names.values().map(|file| self.contents[*file].seen.len()).sum();
        // The name first, then half of the content, then all of it, and only then it is flushed.
        let file = self.contents.len();
        self.contents.push(Content::default());
        self.step()?;
        self.change(Change::Named(name.to_owned(), file));
        let half = &content[..content.len() / 2];
        if used + content.len() > ROOM {
            self.contents[file].seen = half.to_vec();
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.step()?;
        self.contents[file] = Content { seen: half.to_vec(), durable: half.to_vec() };
        if fault == Some(Effect::MacHalf) {
            return broken();
        }
        self.step()?;
        let other = content.iter().map(|byte| byte ^ 0x20).collect();
        self.contents[file] = Content { seen: content.to_vec(), durable: other };
        if fault == Some(Effect::Seen) {
            return broken();
        }
        self.step()?;
        self.contents[file].durable = content.to_vec();
        if fault.is_some() { broken() } else { Ok(()) }
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let fault = self.call();
        if fault == Some(Effect::None) {
            return broken();
        }
        self.step()?;
        let file = *self.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        self.change(Change::Named(to.to_owned(), file));
        self.change(Change::Removed(from.to_owned()));
        if fault.is_some() { broken() } else { Ok(()) }
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let fault = self.call();
        if !self.names.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if fault == Some(Effect::None) {
            return broken();
        }
        self.step()?;
        self.change(Change::Removed(name.to_owned()));
        if fault.is_some() { broken() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let fault = self.call();
        self.step()?;
        let changed = std::mem::take(&mut self.changed);
        match fault {
            Some(Effect::None | Effect::Seen) => return broken(),
            Some(Effect::MacHalf) => {
                self.some_arrive();
                return broken();
            }
            _ => {}
        }
        if changed && !self.lazy {
            self.durable = self.names.clone();
            self.waiting.clear();
        }
        if fault.is_some() { broken() } else { Ok(()) }
    }

    fn names(&mut self) -> io::Result<Vec<String>> {
        if self.call().is_some() { broken() } else { Ok(self.names.keys().cloned().collect()) }
    }
}
