//! What the device must remember: the model, which follows what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use nodelock::Reason;
use nodelock::agent::Priority;
use nodelock::value::{LicenseType, LineId};

use super::device::Line;
use super::seen::{LineSeen, More, Seen, number};
use crate::toy::line_id;

/// What is asked of the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// A line is installed.
    Install(usize),
    /// A line is cleared.
    Clear(usize),
    /// A line is revoked.
    Revoke(usize),
    /// The agreement of a feature is accepted.
    Accept(usize),
    /// A line gets a priority.
    Priority(usize, Option<Priority>),
    /// A line gets a comment of so many bytes.
    Comment(usize, u8),
    /// A level is asked for, by its rank, or any.
    Level(Option<usize>),
    /// A feature is activated.
    Activate(usize),
    /// A feature is deactivated.
    Deactivate(usize),
    /// Units of the counted feature are acquired.
    Acquire(u64),
    /// The oldest lease is released.
    Release,
    /// The vendor repairs the clock.
    Repair,
    /// So many seconds pass, with a tick at each deadline.
    Run(u64),
}

/// What was set for an installed line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Set {
    priority: Option<Priority>,
    comment: u8,
    activated: bool,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    installed: BTreeMap<usize, Set>,
    revoked: BTreeSet<usize>,
    accepted: BTreeSet<usize>,
    level: Option<usize>,
    /// Trials that have turned into rights to use.
    converted: BTreeSet<usize>,
    /// Seconds that each metered line has been granted for, or was seen to have been charged.
    used: BTreeMap<usize, u64>,
    /// Entries that the history must have, by kind and line, as long as its ring has not turned.
    kinds: BTreeMap<(u8, LineId), usize>,
}

/// Whether an error says that the storage is to blame, so that nobody knows what has happened.
#[must_use]
pub fn is_open(reason: Reason) -> bool {
    matches!(reason, Reason::StorageFailed | Reason::StorageFull | Reason::StorageCorrupted)
}

/// The comment of a number of bytes.
#[must_use]
pub fn comment(len: u8) -> Vec<u8> {
    (0..len).map(|at| b'a' + at % 26).collect()
}

fn comment_len(comment: Option<&Vec<u8>>) -> u8 {
    comment.map_or(0, |comment| u8::try_from(comment.len()).unwrap_or(u8::MAX))
}

impl Known {
    /// The same after a verb that took effect.
    #[must_use]
    pub fn after(&self, verb: Verb, lines: &[Line]) -> Self {
        let mut next = self.clone();
        match verb {
            Verb::Install(line) => {
                if !self.revoked.contains(&line) && !self.installed.contains_key(&line) {
                    next.installed.insert(line, Set::default());
                    next.tell(1, line);
                }
            }
            Verb::Clear(line) => {
                if next.installed.remove(&line).is_some() {
                    next.tell(2, line);
                }
            }
            Verb::Revoke(line) => {
                next.installed.remove(&line);
                if next.revoked.insert(line) {
                    next.tell(6, line);
                }
            }
            Verb::Accept(feature) => _ = next.accepted.insert(feature),
            Verb::Priority(line, priority) => {
                next.set(line, |set| set.priority = priority);
            }
            Verb::Comment(line, len) => next.set(line, |set| set.comment = len),
            Verb::Level(level) => next.level = level,
            Verb::Activate(feature) | Verb::Deactivate(feature) => {
                let on = matches!(verb, Verb::Activate(_));
                for (number, line) in lines.iter().enumerate() {
                    let is_kept = line.spec.license_type == LicenseType::PermanentRightToUse;
                    if line.spec.feature == feature && is_kept {
                        next.set(number, |set| set.activated = on);
                    }
                }
            }
            Verb::Acquire(_) | Verb::Release | Verb::Repair | Verb::Run(_) => {}
        }
        next
    }

    fn set(&mut self, line: usize, change: impl FnOnce(&mut Set)) {
        if let Some(set) = self.installed.get_mut(&line) {
            change(set);
        }
    }

    fn tell(&mut self, kind: u8, line: usize) {
        *self.kinds.entry((kind, LineId(line_id(line)))).or_default() += 1;
    }

    /// Entries of the history may have been lost.
    pub fn forget_deeds(&mut self) {
        self.kinds.clear();
    }

    /// Whether a line is installed.
    #[must_use]
    pub fn holds(&self, line: usize) -> bool {
        self.installed.contains_key(&line)
    }

    /// What is known of a line for certain, to be seen in an agent.
    fn line(&self, number: usize, set: Set, line: &Line) -> LineSeen {
        let converted = self.converted.contains(&number);
        let license_type = if converted { LicenseType::RightToUse } else { line.spec.license_type };
        LineSeen {
            priority: set.priority.unwrap_or_else(|| Priority::default_of(license_type)),
            agreement: (line.spec.feature == 6).then(|| self.accepted.contains(&6)),
            converted,
            charged: self.used.get(&number).copied().unwrap_or(0),
        }
    }

    /// The same with what time does by itself, as it is seen: meters go on, trials turn.
    #[must_use]
    pub fn follow(&self, seen: &Seen) -> Self {
        let mut next = self.clone();
        for (number, line) in &seen.lines {
            let used = next.used.entry(*number).or_default();
            *used = (*used).max(line.charged);
            if line.converted {
                next.converted.insert(*number);
            }
        }
        next
    }

    /// A line was granted for so many seconds in all.
    pub fn granted(&mut self, line: usize, seconds: u64) {
        let used = self.used.entry(line).or_default();
        *used = (*used).max(seconds);
    }

    /// Whether an agent shows this, and nothing else.
    ///
    /// # Errors
    /// What is wrong.
    pub fn is_shown(&self, seen: &Seen, lines: &[Line]) -> Result<(), String> {
        let there: Vec<usize> = seen.lines.keys().copied().collect();
        let known: Vec<usize> = self.installed.keys().copied().collect();
        if there != known {
            return Err(format!("lines {there:?} are installed, not {known:?}"));
        }
        for (number, set) in &self.installed {
            let (is, known) = (seen.lines[number], self.line(*number, *set, &lines[*number]));
            if is.charged < known.charged {
                let (is, was) = (is.charged, known.charged);
                return Err(format!("line {number} was used for {was} s, and {is} are charged"));
            }
            if (LineSeen { charged: known.charged, ..is }) != known {
                return Err(format!("line {number} is {is:?}, not {known:?}"));
            }
        }
        let units = |number: &usize| lines[*number].spec.units;
        let units: u64 = self.installed.keys().map(units).sum();
        if seen.units != units {
            return Err(format!("{} units are licensed, not {units}", seen.units));
        }
        // A trial with high priority denies until it is started (SPEC 11.5).
        let outranked =
            self.installed.get(&10).is_some_and(|set| set.priority == Some(Priority::High));
        if seen.alpha != self.holds(0) && !(outranked && self.holds(0)) {
            return Err(format!("the permanent right is granted: {}", seen.alpha));
        }
        let highest = if self.holds(9) { 2 } else { usize::from(self.holds(11)) };
        // The highest that has a line of its own and is not above what was asked for.
        let level = match self.level {
            None | Some(2) => highest,
            Some(1) if self.holds(11) => 1,
            _ => 0,
        };
        if seen.level != Some(level) {
            return Err(format!("the next level is {:?}, not {level}", seen.level));
        }
        Ok(())
    }

    /// Whether a boot on flash that works shows this as well.
    ///
    /// # Errors
    /// What is wrong.
    pub fn is_kept(&self, more: &More) -> Result<(), String> {
        if more.reports_damage() {
            let More { refused, unreadable, told, .. } = more;
            return Err(format!(
                "{refused} lines were refused, unreadable: {unreadable:?}, events: {told:?}"
            ));
        }
        for (line, what_if) in more.what_if.iter().enumerate() {
            if *what_if == Err(Reason::StorageFull) {
                // The verb before cannot be finished where the storage is full: that is answered first.
                continue;
            }
            let revoked = *what_if == Err(Reason::LicenseRevoked);
            if revoked != self.revoked.contains(&line) {
                return Err(format!("line {line} would give {what_if:?}"));
            }
        }
        for (line, set) in &self.installed {
            let is = more.comments.get(line).map(Vec::as_slice).unwrap_or_default();
            if is != comment(set.comment) {
                return Err(format!("the comment of line {line} has {} bytes", is.len()));
            }
        }
        let right_to_use = self.installed.get(&5).is_some_and(|set| set.activated);
        if more.right_to_use != right_to_use {
            return Err(format!("the right to use is granted: {}", more.right_to_use));
        }
        // Some have no place any more, or could not be written by this boot.
        let later = more.told.iter().any(|told| matches!(told, 410 | 411));
        if more.kinds.last().is_some_and(|last| last.0 >= 32) || later {
            return Ok(());
        }
        for ((kind, id), known) in &self.kinds {
            let there = more.kinds.iter().filter(|entry| (entry.1, entry.2) == (*kind, *id));
            let there = there.count();
            if there < *known {
                let line = number(*id);
                return Err(format!(
                    "the history has kind {kind} of line {line:?} {there} times, not {known}"
                ));
            }
        }
        Ok(())
    }

    /// Where damage at rest was reported, what is left. Never more than before.
    ///
    /// # Errors
    /// What came back, or was lost without a word.
    pub fn is_left(&self, seen: &Seen, more: &More, lines: &[Line]) -> Result<Self, String> {
        if !more.reports_damage() {
            return Err("something was lost without a word".into());
        }
        let mut left = self.clone();
        if let Some(number) = seen.lines.keys().find(|number| !self.holds(**number)) {
            return Err(format!("line {number} is back"));
        }
        let units = |number: &usize| lines[*number].spec.units;
        let units: u64 = self.installed.keys().map(units).sum();
        if seen.units > units {
            return Err(format!("{} units are licensed, not {units}", seen.units));
        }
        let activated = self.installed.get(&5).is_some_and(|set| set.activated);
        if more.right_to_use && !activated {
            return Err("the right to use is granted".into());
        }
        left.installed.retain(|number, _| seen.lines.contains_key(number));
        if left.installed.len() < self.installed.len() && more.refused == 0 {
            return Err("a line was lost without a word".into());
        }
        for line in &self.revoked {
            match more.what_if[*line] {
                Ok(()) => return Err(format!("line {line} can be installed again")),
                Err(Reason::LicenseRevoked) => {}
                Err(_) if more.unreadable.contains(&Reason::RevocationsUnknown) => {}
                Err(reason) => return Err(format!("line {line} would give {reason:?}")),
            }
        }
        for (number, line) in &seen.lines {
            let known = self.used.get(number).copied().unwrap_or(0);
            if line.charged < known && !more.unreadable.contains(&Reason::UseUnknown) {
                return Err(format!("{known} s were used of line {number}: {}", line.charged));
            }
        }
        for (number, set) in &mut left.installed {
            // An agreement that cannot be read must be accepted again.
            if seen.lines[number].agreement == Some(false) {
                left.accepted.clear();
            }
            set.comment = comment_len(more.comments.get(number));
        }
        left.level = seen.level.or(left.level);
        left.kinds.clear();
        Ok(left)
    }
}
