//! What can be seen of a device: of its agent, and of the values in its storage.

use std::collections::BTreeMap;

use nodelock::agent::{LineSource, Priority};
use nodelock::event::EventKind;
use nodelock::rights::Verdict;
use nodelock::store::StorageKey;
use nodelock::value::{Count, LicenseType, LineId};
use nodelock::{InstallMode, Now, Reason, Storage};

use super::device::{Agent, BASE, COUNT, INTERVAL, Line, id};
use crate::toy::line_id;

/// A line that is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSeen {
    /// Its priority.
    pub priority: Priority,
    /// Whether its agreement was accepted, if it must be.
    pub agreement: Option<bool>,
    /// Whether it was a trial and has turned into a right to use.
    pub converted: bool,
    /// Seconds charged.
    pub charged: u64,
}

/// What an agent says without being asked to do anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// The installed lines, by number.
    pub lines: BTreeMap<usize, LineSeen>,
    /// Units of the counted feature that are licensed.
    pub units: u64,
    /// Whether the feature with a permanent line is granted.
    pub alpha: bool,
    /// The rank of the level at the next boot.
    pub level: Option<usize>,
}

/// What only a boot shows, or a question that may change something.
#[derive(Debug, Clone, Default)]
pub struct More {
    /// What installing each line would do.
    pub what_if: Vec<Result<(), Reason>>,
    /// Comments, by number of the line.
    pub comments: BTreeMap<usize, Vec<u8>>,
    /// Whether the right to use is granted, which takes an activation that is kept.
    pub right_to_use: bool,
    /// Number, kind and line of the entries of the history.
    pub kinds: Vec<(u64, u8, LineId)>,
    /// Places of stored lines that were refused.
    pub refused: usize,
    /// Parts of the memory that cannot be read.
    pub unreadable: Vec<Reason>,
    /// Numbers of the reasons that events and the history name: the storage failed, a line was refused.
    pub told: Vec<u64>,
}

/// The number of a line of the vendor.
#[must_use]
pub fn number(id: LineId) -> Option<usize> {
    (id.0[..9] == line_id(0)[..9]).then_some(usize::from(id.0[9]))
}

impl Seen {
    /// Looks at an agent.
    #[must_use]
    pub fn of<S: Storage>(agent: &Agent<'_, S>) -> Self {
        let mut seen = Self::default();
        for held in agent.lines().filter(|held| held.source() == LineSource::Installed) {
            let converted = held.right().license_type() == LicenseType::EvaluationRightToUse
                && held.license_type() == LicenseType::RightToUse;
            let line = LineSeen {
                priority: held.priority(),
                agreement: held.eula_accepted(),
                converted,
                charged: held.meter().map_or(0, nodelock::meter::Meter::charged),
            };
            if let Some(number) = number(held.right().id()) {
                seen.lines.insert(number, line);
            }
        }
        let uptime = agent.uptime();
        if let Verdict::Granted(grant) = agent.check(id(COUNT), uptime)
            && let Count::Units(units) = grant.licensed
        {
            seen.units = units;
        }
        // By the permanent line; that of the trial comes and goes.
        seen.alpha = matches!(agent.check(id(0), uptime),
            Verdict::Granted(grant) if grant.id.0 == line_id(0));
        let next = agent.next_level(id(BASE));
        seen.level = (0..3).find(|rank| next == Some(id(BASE + rank)));
        seen
    }

    /// Whether the agent that runs says the same as the one after a reboot.
    ///
    /// # Errors
    /// The difference.
    pub fn goes_on_as(&self, after: &Self) -> Result<(), String> {
        let mut running = self.clone();
        for (number, line) in &mut running.lines {
            let Some(after) = after.lines.get(number) else { continue };
            // A charge that failed may have been made: one interval.
            if (line.charged..=line.charged + INTERVAL).contains(&after.charged) {
                line.charged = after.charged;
            }
            // At a boot a trial may turn that could not before.
            if after.converted && line.charged == after.charged {
                *line = *after;
            }
        }
        // A trial with high priority denies after the reboot: it must be started again (SPEC 11.5).
        if running.lines.get(&10).is_some_and(|line| line.priority == Priority::High) {
            running.alpha = after.alpha;
        }
        if running != *after {
            return Err(format!("the agent says {running:?}, a reboot says {after:?}"));
        }
        Ok(())
    }
}

impl More {
    /// Whether something that was kept is damaged. That the storage is full, or does not take what a boot
    /// would write, is no damage.
    #[must_use]
    pub fn reports_damage(&self) -> bool {
        let damage = |told: &u64| !matches!(told, 410 | 411);
        self.refused > 0 || !self.unreadable.is_empty() || self.told.iter().any(damage)
    }

    /// Looks at an agent that has just started.
    pub fn of<S: Storage>(agent: &mut Agent<'_, S>, lines: &[Line], now: Now) -> Self {
        let mut more = Self { refused: agent.refused().count(), ..Self::default() };
        // That the storage does not take what the boot would write is told here, too.
        let damage = |reason: &Reason| *reason != Reason::StorageFailed;
        more.unreadable = agent.unreadable().filter(damage).collect();
        while let Some(event) = agent.poll_event() {
            if matches!(event.kind, EventKind::Storage | EventKind::Refused) {
                more.told.push(event.value);
            }
        }
        more.right_to_use = agent.check(id(2), agent.uptime()).is_granted();
        let read =
            agent.history(|entry| more.kinds.push((entry.number, entry.kind as u8, entry.id)));
        more.told.extend(read.err().map(|reason| u64::from(reason.code().unsigned_abs())));
        more.kinds.sort();
        let mut buffer = [0; 255];
        for (place, line) in lines.iter().enumerate() {
            if let Ok(comment) = agent.read_comment(LineId(line_id(place)), &mut buffer) {
                more.comments.insert(place, comment.to_vec());
            }
            let mut result = Ok(());
            agent.install(line.text.as_bytes(), InstallMode::DryRun, now, |taken| {
                result = result.and(taken.result.map(|_| ()));
            });
            more.what_if.push(result);
        }
        more
    }
}

/// What is kept of use: of metered lines the seconds charged, of rights with dates the seconds run.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// By kind and line: the seconds.
    pub uses: BTreeMap<(u8, LineId), u64>,
    /// Seconds of running time.
    pub counted: u64,
    /// Repairs.
    pub repairs: u64,
    /// A repair of the clock has begun: the agent goes on with it (SPEC 17.7).
    pub open_repair: bool,
}

/// Takes a number (SPEC 7.2) from the front.
fn take(value: &mut &[u8]) -> Option<u64> {
    let end = value.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = value.split_at(end);
    *value = rest;
    Some(number.iter().rev().fold(0, |all, byte| all << 7 | u64::from(byte & 0x7F)))
}

impl Kept {
    /// Reads the values of SPEC 13.
    ///
    /// # Errors
    /// One that cannot be read.
    pub fn of(storage: &mut impl Storage) -> Result<Self, Reason> {
        match Self::of_readable(storage) {
            (kept, damaged) if damaged.is_empty() => Ok(kept),
            _ => Err(Reason::StorageCorrupted),
        }
    }

    /// Reads the values that can be read; the keys of the others.
    pub fn of_readable(storage: &mut impl Storage) -> (Self, Vec<StorageKey>) {
        let (mut kept, mut damaged, mut buffer) = (Self::default(), Vec::new(), [0; 1024]);
        for key in [1].into_iter().chain(0x0200..0x0260).map(StorageKey) {
            match storage.load(key, &mut buffer) {
                Ok(None) => {}
                Ok(Some(len)) if key.0 == 1 => {
                    let value = &mut buffer.get(1..len).unwrap_or_default();
                    let _floor = take(value);
                    kept.repairs = take(value).unwrap_or(0);
                    kept.counted = take(value).unwrap_or(0);
                    let _doubt = take(value);
                    kept.open_repair = value.first().is_some_and(|marks| marks & 4 != 0);
                }
                Ok(Some(len)) => kept.take_use(&buffer[..len]),
                Err(_) => damaged.push(key),
            }
        }
        (kept, damaged)
    }

    fn take_use(&mut self, value: &[u8]) {
        let kind = value.get(1).copied().unwrap_or(0);
        let id = value.get(2..12).and_then(|id| id.try_into().ok()).map(LineId);
        let Some(id) = id else { return };
        let rest = &mut value.get(12..).unwrap_or_default();
        let mut seconds = take(rest).unwrap_or(0);
        if matches!(kind, 3 | 4)
            && let Some(since) = take(rest).and_then(|since| since.checked_sub(1))
        {
            seconds += self.counted.saturating_sub(since);
        }
        self.uses.insert((kind, id), seconds);
    }

    /// What is less than it was.
    #[must_use]
    pub fn less_than(&self, before: &Self) -> Option<String> {
        for ((kind, id), seconds) in &before.uses {
            if before.open_repair && *kind > 2 {
                continue;
            }
            // A trial that has turned into a right to use has another kind.
            let now = [*kind, 2].into_iter().find_map(|kind| self.uses.get(&(kind, *id)));
            match now {
                Some(now) if now >= seconds => {}
                now => return Some(format!("use {kind} of {id} was {seconds} s and is {now:?}")),
            }
        }
        if self.counted < before.counted || self.repairs < before.repairs {
            return Some(format!("the clock was {before:?} and is {self:?}"));
        }
        None
    }
}
