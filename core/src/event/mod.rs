//! What a device should tell: a bounded queue of typed events, each with a severity and a mnemonic.

mod kind;

pub use kind::{EventGroup, EventKind};

use crate::value::feature::FeatureHandle;
use crate::value::license::LineId;

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Uptime in seconds.
    pub uptime: u64,
    /// The feature it is about.
    pub feature: Option<FeatureHandle>,
    /// The line it is about.
    pub line: Option<LineId>,
    /// A number that belongs to the kind; else 0.
    pub value: u64,
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
