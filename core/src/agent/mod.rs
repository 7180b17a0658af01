//! The license agent: what lives in a device and decides, from boot to boot.
//!
//! How it is driven stands at [`Agent`].

mod decide;
mod installer;
mod journal;
mod memory;
mod verbs;

pub use installer::Installer;
pub use journal::{HistoryEntry, HistoryKind};
pub use memory::{
    AgentLine, AgentMemory, FeatureSlot, Gate, Gates, LineSlot, LineSource, LineState,
    MIN_SCRATCH_LEN, Memory, Priority, Refused, SCRATCH_LEN,
};
pub use verbs::InstallMode;
#[cfg(feature = "transfer")]
pub use verbs::TicketAction;

use crate::calendar::{Calendar, ClockRules, Reading, Running};
use crate::catalog::Catalog;
use crate::crypto::SignatureVerifier;
use crate::event::{Event, EventGroup, EventKind, Events};
use crate::lease::Leases;
use crate::reason::Reason;
use crate::store::{RollbackLevel, RollbackState, Storage};
use crate::trust::TrustAnchor;
use crate::value::date::{Date, Period};
use crate::value::license::LineId;
use crate::value::time::{Now, UnixTime};
use crate::value::udi::UdiSource;
use journal::{Journal, OpenRepair};
use memory::EventSubject;

/// What the agent is built on: the storage of the device, who checks signatures, and the device's own
/// UDIs. A tuple of the three is one.
pub trait Ports {
    /// Where everything is kept.
    type Storage: Storage;
    /// Hash and signatures.
    type Verifier: SignatureVerifier;
    /// The UDIs, and the device secret if there is one.
    type Device: UdiSource;
}

impl<S: Storage, V: SignatureVerifier, U: UdiSource> Ports for (S, V, U) {
    type Storage = S;
    type Verifier = V;
    type Device = U;
}

/// What is the same for all devices with this firmware.
#[derive(Debug, Clone, Copy)]
pub struct Product<'p> {
    /// The features.
    pub catalog: &'p Catalog<'p>,
    /// The vendor's keys.
    pub anchors: &'p [TrustAnchor],
    /// The rules.
    pub rules: Rules,
}

/// Numbers that a product may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Metered time is charged in such pieces; a power cut costs at most one. Shorter ones write
    /// to storage more often.
    pub charge_interval: Period,
    /// When to believe the wall clock.
    pub clock: ClockRules,
    /// Day on which the firmware was built: no earlier date is true.
    pub built: Date,
    /// Boot fails if the counters beside the storage, with the device secret, are worth less.
    pub require_level: RollbackLevel,
    /// Accept development keys. Never in a product that ships.
    pub danger_accept_development_keys: bool,
}

impl Rules {
    /// Charging every 15 minutes, the default clock rules, no build date, no development keys.
    pub const DEFAULT: Self = Self {
        charge_interval: Period::literal(15 * 60),
        clock: ClockRules::DEFAULT,
        built: Date::EPOCH,
        require_level: RollbackLevel::None,
        danger_accept_development_keys: false,
    };
}

impl Default for Rules {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// An uptime that does not come.
const NEVER: u64 = u64::MAX;

/// A part of what is remembered for the life of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Floor, running time, number of repairs.
    Clock = 1,
    Usage = 2,
    Revocations = 4,
    Manifest = 8,
    Agreements = 16,
}

impl Part {
    const ALL: [Self; 5] =
        [Self::Clock, Self::Usage, Self::Revocations, Self::Manifest, Self::Agreements];

    const fn reason(self) -> Reason {
        match self {
            Self::Clock => Reason::RunningTimeUnknown,
            Self::Usage => Reason::UseUnknown,
            Self::Revocations => Reason::RevocationsUnknown,
            Self::Manifest => Reason::ManifestUnreadable,
            Self::Agreements => Reason::AgreementsUnknown,
        }
    }
}

/// The parts that could not be read.
#[derive(Debug, Clone, Copy, Default)]
struct Unreadable(u8);

impl Unreadable {
    const fn add(&mut self, part: Part) {
        self.0 |= part as u8;
    }

    const fn has(self, part: Part) -> bool {
        self.0 & part as u8 != 0
    }

    fn reasons(self) -> impl Iterator<Item = Reason> {
        Part::ALL.into_iter().filter(move |part| self.has(*part)).map(Part::reason)
    }
}

/// The license agent of a device: what lives in it and decides, from boot to boot.
///
/// It owns what it works on: lines, features, leases, events, and the storage port. It does no I/O of its
/// own, reads no clock and takes no lock. Whoever drives it calls, one call at a time,
///
/// 1. [`boot`](Agent::boot) once after power-on;
/// 2. [`tick`](Agent::tick) whenever time may have made a difference, at the latest at
///    [`next_deadline`](Agent::next_deadline); calling it too often is harmless, calling it later makes
///    checks of metered and dated rights deny;
/// 3. the verbs, when something is wanted: [`install`](Agent::install), [`clear`](Agent::clear),
///    [`activate`](Agent::activate), [`acquire`](Agent::acquire), [`accept_eula`](Agent::accept_eula) and others;
/// 4. [`check`](Agent::check) as often as it likes: a look-up. Where the agent cannot be reached, in
///    interrupts and other threads, [`Gates`] answer;
/// 5. [`poll_event`](Agent::poll_event) until it is empty.
///
/// Every change is durable before the verb returns, and a verb that fails has changed nothing that
/// a reboot would show. The agent is `Send` where its ports are: it may stand behind a mutex.
///
/// In an asynchronous program one task owns the ticks: it locks the agent, ticks it, polls the events,
/// asks for the next deadline, unlocks, and sleeps until then or until somebody who has called a verb
/// or dropped a [`Lease`](crate::lease::Lease) wakes it, because both may move the deadline. No verb awaits
/// anything; the longest hold the lock for as long as a signature takes. A `Lease` may live across an
/// `await`, and [`Gates`] need no lock.
///
/// A trial on a device without a clock, from installing it to its warnings:
///
#[cfg_attr(feature = "p256", doc = "```")]
#[cfg_attr(not(feature = "p256"), doc = "```ignore")]
#[doc = include_str!("../../examples/agent.rs")]
/// ```
#[derive(Debug)]
pub struct Agent<'a, P: Ports> {
    product: Product<'a>,
    device: P::Device,
    journal: Journal<'a, P::Storage, P::Verifier>,
    lines: &'a mut [LineSlot],
    /// A bit for each of the next 64 places: a stored line that has no slot, as the firmware before had more of them.
    unheld: u64,
    features: &'a mut [FeatureSlot],
    leases: Leases<'a>,
    events: Events<'a>,
    calendar: Calendar,
    reading: Reading,
    running: Running,
    /// What is kept of time can be read; if not, it is not replaced before a repair.
    clock_is_readable: bool,
    /// What of the persistence could not be read at boot.
    unreadable: Unreadable,
    /// Uptime at which storage that failed is tried again, or [`NEVER`].
    retry_at: u64,
    /// A verb failed: what is held may not be what is stored.
    stale: bool,
    /// What goes on with time could not be stored: reported, until it works again.
    storage_fails: Option<Reason>,
    now: Now,
    /// Repairs done so far.
    repairs: u64,
    /// What is still to be done of the last one.
    open_repair: OpenRepair,
    /// Uptime at which time makes a difference again, or [`NEVER`].
    due: u64,
    /// What was last seen of the leases, which guards give back without a call.
    seen_leases: u64,
    gates: &'a [Gate],
}

impl<'a, P: Ports> Agent<'a, P> {
    /// The catalog of the product.
    #[must_use]
    pub const fn catalog(&self) -> &'a Catalog<'a> {
        self.product.catalog
    }

    /// The device's own UDIs.
    #[must_use]
    pub const fn device(&self) -> &P::Device {
        &self.device
    }

    /// The uptime that the agent was told last.
    #[must_use]
    pub const fn uptime(&self) -> u64 {
        self.now.uptime
    }

    /// What is known of the date.
    #[must_use]
    pub const fn clock(&self) -> &Reading {
        &self.reading
    }

    /// Takes the oldest event that waits.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.poll()
    }

    /// Events that were lost because nobody fetched them.
    #[must_use]
    pub const fn dropped_events(&self) -> u64 {
        self.events.dropped()
    }

    /// Switches a group of events on or off. All are on after boot.
    pub fn enable_events(&mut self, group: EventGroup, on: bool) {
        self.events.enable(group, on);
    }

    /// The lines held now, installed and built in.
    pub fn lines(&self) -> impl Iterator<Item = &AgentLine> {
        self.lines.iter().filter_map(LineSlot::held)
    }

    /// Stored lines that were refused at boot, and those for which there are no slots any more.
    pub fn refused(&self) -> impl Iterator<Item = Refused> {
        // Not `enumerate`, which panics where overflow checks are on.
        (0..=u8::MAX)
            .zip(&*self.lines)
            .filter_map(|(place, slot)| match slot.0 {
                memory::SlotState::Refused(reason) => Some(Refused { place, reason }),
                _ => None,
            })
            .chain(
                (0..=u8::MAX)
                    .filter(|&place| self.is_unheld(place))
                    .map(|place| Refused { place, reason: Reason::SlotsFull }),
            )
    }

    /// The bit of a place without a slot.
    fn unheld_bit(&self, place: u8) -> u64 {
        let beyond = usize::from(place).checked_sub(self.lines.len());
        let beyond = beyond.and_then(|beyond| u32::try_from(beyond).ok());
        beyond.and_then(|beyond| 1_u64.checked_shl(beyond)).unwrap_or(0)
    }

    fn is_unheld(&self, place: u8) -> bool {
        self.unheld & self.unheld_bit(place) != 0
    }

    /// Goes through the history, in the order of storage; the numbers give the order of time.
    ///
    /// # Errors
    /// The last reason why an entry could not be read; the others were given.
    pub fn history(&mut self, entry: impl FnMut(&HistoryEntry<'_>)) -> Result<(), Reason> {
        self.journal.each_entry(entry)
    }

    /// The storage, for what it knows beside the values: its last error, how worn it is.
    #[must_use]
    pub const fn storage(&self) -> &P::Storage {
        &self.journal.vault.storage
    }

    /// Gives the storage back.
    pub fn into_storage(self) -> P::Storage {
        self.journal.vault.storage
    }

    /// Whether the stored values are the latest ones.
    #[must_use]
    pub const fn rollback_state(&self) -> RollbackState {
        self.journal.vault.rollback_state()
    }

    /// How well this device notices that its storage was restored from an older copy.
    pub fn rollback_level(&mut self) -> RollbackLevel {
        self.journal.vault.level()
    }

    fn event(&mut self, kind: EventKind, about: EventSubject, value: u64) {
        let EventSubject { feature, line } = about;
        self.events.push(Event { kind, uptime: self.now.uptime, feature, line, value });
    }

    /// After a change that failed: finds out what the storage shows.
    fn recover(&mut self) {
        if self.journal.vault.is_unsure() {
            self.journal.vault.recover(self.journal.scratch);
        }
    }

    fn storage_failed(&mut self, result: Result<(), Reason>) {
        if let Err(reason) = result {
            let number = u64::from(reason.code().unsigned_abs());
            self.event(EventKind::Storage, EventSubject::NOTHING, number);
        }
    }

    /// A part of what is remembered cannot be read: it is reported by name, stops what it guards
    /// from growing, and leaves what runs.
    fn cannot_read(&mut self, part: Part, reason: Reason) {
        self.unreadable.add(part);
        let reason = if reason == Reason::StorageCorrupted { part.reason() } else { reason };
        self.storage_failed(Err(reason));
    }

    /// What of the memory for the life of the device cannot be read, as reasons;
    /// [`Reason::StorageFailed`] if it cannot be written.
    pub fn unreadable(&self) -> impl Iterator<Item = Reason> + use<P> {
        // A doubt about the storage's age is told by its rollback state.
        let fails = matches!(self.storage_fails, Some(Reason::StorageFailed | Reason::StorageFull));
        let fails = fails.then_some(Reason::StorageFailed);
        self.unreadable.reasons().chain(fails)
    }

    /// The wall clock, if it is believed.
    fn wall(&self) -> Option<UnixTime> {
        self.now.wall.is_some().then_some(self.reading.at_least)
    }

    /// Without transfers nothing ends the wait of a conditional line.
    #[cfg(not(feature = "transfer"))]
    const fn end_own_waits(&mut self) {}

    fn view(&self, slack: u64) -> decide::View<'a> {
        decide::View {
            catalog: self.product.catalog,
            leases: self.leases.view(),
            uptime: self.now.uptime,
            rollback_state: self.journal.vault.rollback_state(),
            slack,
            overdue: self.running.overdue(),
            waits: self.running.waits(),
            is_kept: self.running.is_kept(),
            not_kept: match self.clock_is_readable {
                true => Reason::StorageFailed,
                false => Reason::RunningTimeUnknown,
            },
            not_accepted: match self.unreadable.has(Part::Agreements) {
                true => Reason::AgreementsUnknown,
                false => Reason::EulaNotAccepted,
            },
        }
    }

    /// Chooses lines anew. Whether one was chosen whose use must be paid first.
    fn refresh(&mut self) -> bool {
        let view = self.view(self.product.rules.charge_interval.seconds());
        let to_pay = decide::refresh(&view, self.lines, self.features);
        for (gate, slot) in self.gates.iter().zip(&*self.features) {
            gate.set(slot.is_granted(), slot.valid_until);
        }
        to_pay
    }

    /// Places for lines.
    pub(crate) fn places(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn held(&self, index: usize) -> Option<&AgentLine> {
        self.lines.get(index).and_then(LineSlot::held)
    }

    fn held_mut(&mut self, index: usize) -> Option<&mut AgentLine> {
        self.lines.get_mut(index).and_then(LineSlot::held_mut)
    }

    pub(crate) fn find_line(&self, id: LineId) -> Option<(usize, &AgentLine)> {
        // Not `enumerate`, which panics where overflow checks are on.
        (0..self.lines.len())
            .zip(&*self.lines)
            .filter_map(|(index, slot)| Some((index, slot.held()?)))
            .find(|(_, held)| held.right.id() == id)
    }
}

#[cfg(all(test, feature = "p256"))]
pub(crate) mod tests;
