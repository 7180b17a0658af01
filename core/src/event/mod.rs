//! What a device should tell: a bounded queue of typed events, each with a severity, a mnemonic
//! and a text.

use crate::catalog::{Catalog, FeatureId};
use crate::reason::Reason;
use crate::value::license::LineId;
use crate::value::time::DAY;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum EventKind {
    /// A line was installed.
    Installed = 1,
    /// A line was cleared by the operator.
    Cleared = 2,
    /// A license agreement was accepted.
    EulaAccepted = 3,
    /// A metered right will end; the value is the seconds left.
    ExpiryWarning = 4,
    /// A metered right has ended. Again every week while the feature still runs.
    Expired = 5,
    /// A dated right will end; the value is the seconds left.
    SubscriptionExpiryWarning = 6,
    /// A dated right has ended. Again every day while the feature still runs.
    SubscriptionExpired = 7,
    /// A trial will turn into a right to use; the value is the seconds left.
    RightToUseWarning = 8,
    /// A trial has turned into a right to use.
    RightToUseReached = 9,
    /// 80 % of the units are in use; the value is their number.
    CountNear = 10,
    /// All units are in use; the value is their number.
    CountReached = 11,
    /// More is in use than is licensed, which the feature allows; the value is the surplus.
    Violation = 12,
    /// A level other than the present one will run after the next boot.
    NextLevel = 13,
    /// The wall clock stepped back and is not followed.
    ClockSteppedBack = 14,
    /// The wall clock jumped forward and is not believed yet.
    ClockJumpedForward = 15,
    /// The wall clock is believed again.
    ClockGood = 16,
    /// The wall clock is not known any more.
    ClockLost = 17,
    /// Storage failed; the value is the reason's number.
    StorageFailed = 18,
    /// A stored line was refused at boot; the value is the reason's number, without its sign.
    LineRefused = 19,
    /// The storage is older than the anchor: rights with a time limit are denied.
    StorageRolledBack = 20,
    /// The anchor does not answer: rights with a time limit wait.
    AnchorFailed = 21,
    /// A right was taken back for good.
    Revoked = 22,
    /// A REPAIR record was accepted.
    Repaired = 23,
}

/// The three switches for notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventGroup {
    /// Periods and counts.
    Usage,
    /// Installing, clearing, accepting.
    Deployment,
    /// What went wrong.
    Error,
}

impl EventGroup {
    /// All switches.
    pub const ALL: [Self; 3] = [Self::Usage, Self::Deployment, Self::Error];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Deployment => "deployment",
            Self::Error => "error",
        }
    }
}

impl EventKind {
    /// The word in the text after severity.
    #[must_use]
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Self::Installed => "INSTALL",
            Self::Cleared => "CLEAR",
            Self::EulaAccepted => "EULA_ACCEPTED",
            Self::ExpiryWarning => "EXPIRING",
            Self::Expired => "EXPIRED",
            Self::SubscriptionExpiryWarning => "SUBSCRIPTION_EXPIRING",
            Self::SubscriptionExpired => "SUBSCRIPTION_EXPIRED",
            Self::RightToUseWarning => "RIGHT_TO_USE_COMING",
            Self::RightToUseReached => "RIGHT_TO_USE",
            Self::CountNear => "COUNT_NEAR",
            Self::CountReached => "COUNT_REACHED",
            Self::Violation => "VIOLATION",
            Self::NextLevel => "NEXT_LEVEL",
            Self::ClockSteppedBack => "CLOCK_BACK",
            Self::ClockJumpedForward => "CLOCK_FORWARD",
            Self::ClockGood => "CLOCK_GOOD",
            Self::ClockLost => "CLOCK_LOST",
            Self::StorageFailed => "STORAGE",
            Self::LineRefused => "REFUSED",
            Self::StorageRolledBack => "ROLLED_BACK",
            Self::AnchorFailed => "ANCHOR",
            Self::Revoked => "REVOKED",
            Self::Repaired => "REPAIRED",
        }
    }

    /// Syslog severity (RFC 5424 table 2), 2 critical to 6 informational.
    #[must_use]
    pub const fn severity(self) -> u8 {
        match self {
            Self::StorageFailed | Self::StorageRolledBack | Self::AnchorFailed => 2,
            Self::Expired | Self::SubscriptionExpired | Self::LineRefused => 3,
            Self::ExpiryWarning
            | Self::SubscriptionExpiryWarning
            | Self::CountReached
            | Self::Violation
            | Self::ClockSteppedBack
            | Self::ClockJumpedForward => 4,
            Self::RightToUseWarning
            | Self::RightToUseReached
            | Self::CountNear
            | Self::ClockGood
            | Self::ClockLost
            | Self::Revoked
            | Self::Repaired => 5,
            Self::Installed | Self::Cleared | Self::EulaAccepted | Self::NextLevel => 6,
        }
    }

    /// The switch that turns it off.
    #[must_use]
    pub const fn group(self) -> EventGroup {
        match self {
            Self::Installed
            | Self::Cleared
            | Self::EulaAccepted
            | Self::NextLevel
            | Self::Revoked
            | Self::Repaired => EventGroup::Deployment,
            Self::ClockSteppedBack
            | Self::ClockJumpedForward
            | Self::ClockGood
            | Self::ClockLost
            | Self::StorageFailed
            | Self::LineRefused
            | Self::StorageRolledBack
            | Self::AnchorFailed => EventGroup::Error,
            _ => EventGroup::Usage,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Installed => "was installed",
            Self::Cleared => "was cleared",
            Self::EulaAccepted => "the license agreement was accepted",
            Self::ExpiryWarning => "the usage period ends in",
            Self::Expired => "the usage period has ended",
            Self::SubscriptionExpiryWarning => "the subscription ends in",
            Self::SubscriptionExpired => "the subscription has ended",
            Self::RightToUseWarning => "the trial turns into a right to use in",
            Self::RightToUseReached => "the trial has turned into a right to use",
            Self::CountNear => "80 % of the licensed units are in use:",
            Self::CountReached => "all licensed units are in use:",
            Self::Violation => "units in use beyond the licensed ones:",
            Self::NextLevel => "will run after the next boot",
            Self::ClockSteppedBack => "the wall clock stepped back and is not followed",
            Self::ClockJumpedForward => "the wall clock jumped forward and is not believed yet",
            Self::ClockGood => "the wall clock is believed again",
            Self::ClockLost => "the wall clock is not known any more",
            Self::StorageFailed => "license storage:",
            Self::LineRefused => "a stored line was refused at boot:",
            Self::StorageRolledBack => {
                "the license storage is older than the device remembers; rights with a time limit \
                 are denied"
            }
            Self::AnchorFailed => {
                "the counters that protect the license storage do not answer; rights with a time \
                 limit wait"
            }
            Self::Revoked => "was taken back from this device",
            Self::Repaired => "a repair by the vendor was done",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Uptime in seconds.
    pub uptime: u64,
    /// The feature it is about.
    pub feature: Option<FeatureId>,
    /// The line it is about.
    pub line: Option<LineId>,
    /// A number that belongs to the kind; else 0.
    pub value: u64,
}

impl Event {
    /// The text for a system log, e.g.
    /// `LICENSE-4-EXPIRING: voice: the usage period ends in 2 weeks`.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn render(
        &self,
        catalog: &Catalog<'_>,
        out: &mut impl core::fmt::Write,
    ) -> core::fmt::Result {
        write!(out, "LICENSE-{}-{}: ", self.kind.severity(), self.kind.mnemonic())?;
        if let Some(feature) = self.feature.and_then(|id| catalog.feature(id)) {
            write!(out, "{}: ", feature.name())?;
        }
        out.write_str(self.kind.words())?;
        match self.kind {
            EventKind::ExpiryWarning
            | EventKind::SubscriptionExpiryWarning
            | EventKind::RightToUseWarning => {
                out.write_str(" ")?;
                write_duration(self.value, out)?;
            }
            EventKind::CountNear | EventKind::CountReached | EventKind::Violation => {
                write!(out, " {}", self.value)?;
            }
            EventKind::StorageFailed | EventKind::LineRefused => {
                // The words for people, the number for whoever searches logs.
                let number = |reason: &Reason| u64::from(reason.code().unsigned_abs());
                if let Some(reason) = Reason::ALL.iter().find(|one| number(one) == self.value) {
                    write!(out, " {}", reason.text())?;
                }
                write!(out, " (reason {})", self.value)?;
            }
            _ => {}
        }
        match self.line {
            Some(id) => write!(out, " (line {id})"),
            None => Ok(()),
        }
    }
}

/// A period in its two largest units, as operators read it: `8 weeks 4 days`, `23 hours 59 minutes`.
///
/// # Errors
/// What the writer reports.
pub fn write_duration(seconds: u64, out: &mut impl core::fmt::Write) -> core::fmt::Result {
    const UNITS: [(u64, &str); 5] =
        [(7 * DAY, "week"), (DAY, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut left = seconds;
    let mut written = 0_u8;
    for (length, name) in UNITS {
        let number = left.checked_div(length).unwrap_or(0);
        left = left.checked_rem(length).unwrap_or(0);
        if number > 0 {
            let space = if written > 0 { " " } else { "" };
            let plural = if number == 1 { "" } else { "s" };
            write!(out, "{space}{number} {name}{plural}")?;
        }
        if number > 0 || written > 0 {
            written = written.saturating_add(1);
        }
        if written == 2 {
            return Ok(());
        }
    }
    if written == 0 { out.write_str("0 seconds") } else { Ok(()) }
}

/// Room for one event.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventSlot(Option<Event>);

impl EventSlot {
    /// Nothing in it.
    pub const EMPTY: Self = Self(None);
}

/// Events that wait to be fetched, in slots of the caller. Never blocks: when it is full the
/// oldest event makes room, and the queue counts what was lost.
#[derive(Debug)]
pub struct Events<'s> {
    slots: &'s mut [EventSlot],
    /// Place of the oldest event.
    first: usize,
    len: usize,
    dropped: u64,
    muted: [bool; 3],
}

impl<'s> Events<'s> {
    /// An empty queue.
    pub fn new(slots: &'s mut [EventSlot]) -> Self {
        slots.fill(EventSlot::EMPTY);
        Self { slots, first: 0, len: 0, dropped: 0, muted: [false; 3] }
    }

    /// Adds an event, unless its group is switched off.
    pub fn push(&mut self, event: Event) {
        if self.is_muted(event.kind.group()) {
            return;
        }
        if self.len >= self.slots.len() {
            self.dropped = self.dropped.saturating_add(1);
            if self.poll().is_none() {
                return;
            }
        }
        let place = self.wrapped(self.first.saturating_add(self.len));
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = EventSlot(Some(event));
            self.len = self.len.saturating_add(1);
        }
    }

    /// Takes the oldest event.
    pub fn poll(&mut self) -> Option<Event> {
        if self.len == 0 {
            return None;
        }
        let event = self.slots.get_mut(self.first)?.0.take();
        self.first = self.wrapped(self.first.saturating_add(1));
        self.len = self.len.saturating_sub(1);
        event
    }

    /// Events lost because nobody fetched them.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Switches a group on or off. All are on at first.
    pub fn enable(&mut self, group: EventGroup, on: bool) {
        if let Some(muted) = self.muted.get_mut(group as usize) {
            *muted = !on;
        }
    }

    fn is_muted(&self, group: EventGroup) -> bool {
        self.muted.get(group as usize).copied().unwrap_or(false)
    }

    fn wrapped(&self, place: usize) -> usize {
        let len = self.slots.len();
        if place >= len { place.saturating_sub(len) } else { place }
    }
}

#[cfg(test)]
mod tests;
