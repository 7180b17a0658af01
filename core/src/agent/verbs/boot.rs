//! Boot: everything is read and checked again, and whatever is damaged is set aside.

use crate::agent::journal::{self, Journal, OpenRepair};
use crate::agent::memory::{
    self, EventSubject, FeatureSlot, LineSlot, LineSource, MIN_SCRATCH_LEN, Memory,
};
use crate::agent::{Agent, NEVER, Part, Ports, Product, Unreadable};
use crate::calendar::{Calendar, Kept, Reading, Running};
use crate::crypto::SignatureVerifier;
use crate::event::{EventKind, Events};
use crate::lease::Leases;
use crate::reason::Reason;
use crate::rights::Right;
use crate::store::{RollbackState, Storage, Vault};
use crate::value::license::LineId;
use crate::value::time::{Now, UnixTime};
use crate::value::udi::UdiSource;

impl<'a, S: Storage, V: SignatureVerifier, U: UdiSource> Agent<'a, (S, V, U)> {
    /// [`new`](Self::new), and [`start`](Self::start).
    ///
    /// # Errors
    /// As `start`. The storage is dropped then: who needs it back, with its driver, calls `new` and
    /// `start`, and [`into_storage`](Self::into_storage) after a failure; or lends it, as
    /// `&mut storage` is a storage, too.
    pub fn boot(
        product: Product<'a>,
        device: U,
        verifier: V,
        storage: S,
        memory: impl Into<Memory<'a>>,
        now: Now,
    ) -> Result<Self, Reason> {
        let mut agent = Self::new(product, device, verifier, storage, memory);
        agent.start(now).map(|()| agent)
    }

    /// An agent that has not started: it denies everything. For who wants it in a place of its own
    /// before the work begins; else [`boot`](Self::boot) does both.
    pub fn new(
        product: Product<'a>,
        device: U,
        verifier: V,
        storage: S,
        memory: impl Into<Memory<'a>>,
    ) -> Self {
        let memory = memory.into();
        let secret = device.secret();
        memory.gates.iter().for_each(|gate| gate.set(false, 0));
        memory.lines.iter_mut().for_each(|slot| *slot = LineSlot::default());
        // As long as the catalog, so that a look-up need not ask that, too.
        let features = memory.features.len().min(product.catalog.features().len());
        let features = memory.features.get_mut(..features).unwrap_or_default();
        features.fill(FeatureSlot::EMPTY);
        Self {
            product,
            device,
            journal: Journal {
                vault: Vault::new(storage, verifier, secret, journal::GUARDED),
                scratch: memory.scratch,
                next_number: 0,
                is_open: false,
            },
            lines: memory.lines,
            unheld: 0,
            features,
            leases: Leases::new(memory.leases),
            events: Events::new(memory.events),
            calendar: Calendar::new(product.rules.clock, UnixTime(0)),
            reading: Reading::NONE,
            running: Running::restore(Kept::default()),
            clock_is_readable: false,
            unreadable: Unreadable::default(),
            retry_at: NEVER,
            storage_fails: None,
            stale: false,
            now: Now::uptime(0),
            repairs: 0,
            open_repair: OpenRepair::None,
            due: 0,
            seen_leases: 0,
            gates: memory.gates,
        }
    }
}

impl<P: Ports> Agent<'_, P> {
    /// Reads what is stored, checks every signature and UDI again, chooses the image levels, and
    /// answers questions from then on. Once for each agent, before everything else.
    ///
    /// Storage that fails or holds garbage does not stop it: lines that cannot be read or trusted
    /// are set aside and reported as events, and grant nothing. So is a trial of the catalog for which
    /// there is no [`LineSlot`] left: [`EventKind::Refused`] names its feature.
    ///
    /// # Errors
    /// [`Reason::MemoryTooSmall`] if there are fewer feature slots, or fewer gates, than features in the catalog,
    /// or less than [`MIN_SCRATCH_LEN`] of scratch: numbers that stand in the program.
    /// [`Reason::CountersTooWeak`] if the product requires more than this
    /// device has, [`Reason::DeviceSecretBlank`]. It denies everything then.
    // Each step is a function of its own in machine code too: the stack would hold all of them at once.
    pub fn start(&mut self, now: Now) -> Result<(), Reason> {
        let features = self.product.catalog.features().len();
        // A feature without its gate would look denied for ever.
        let gates = if self.gates.is_empty() { features } else { self.gates.len() };
        let slots = self.features.len().min(gates);
        if slots < features || self.journal.scratch.len() < MIN_SCRATCH_LEN {
            return Err(Reason::MemoryTooSmall);
        }
        if self
            .journal
            .vault
            .secret()
            .is_some_and(|secret| *secret == [0; 32] || *secret == [0xFF; 32])
        {
            return Err(Reason::DeviceSecretBlank);
        }
        if self.journal.vault.level() < self.product.rules.require_level {
            return Err(Reason::CountersTooWeak);
        }
        self.now = now;
        self.journal.vault.mount(self.journal.scratch);
        memory::enter(self.product.catalog, self.features);
        self.leases.release_all();
        self.report_rollback_state();
        let clock = self.read_clock();
        self.read_lines();
        self.remove_revoked();
        self.add_built_ins();
        if let Err(reason) = self.recall_usage(None) {
            self.cannot_read(Part::Usage, reason);
        }
        if let Err(reason) = self.recall_accepted_eulas() {
            self.cannot_read(Part::Agreements, reason);
        }
        self.read_history_number();
        self.begin_clock(clock);
        self.read_levels();
        self.migrate();
        if self.open_repair != OpenRepair::None {
            let finished = self.finish_repair();
            self.storage_failed(finished);
        }
        let _ = self.look_at_clock();
        let finished = self.finish_pending();
        self.storage_failed(finished);
        self.choose_levels();
        self.tick(now);
        Ok(())
    }

    fn report_rollback_state(&mut self) {
        if self.journal.vault.lost_manifest() {
            self.cannot_read(Part::Manifest, Reason::StorageCorrupted);
        }
        let kind = match self.journal.vault.rollback_state() {
            RollbackState::Unanchored | RollbackState::Latest => return,
            RollbackState::ManifestUnreadable { .. } => {
                return self.cannot_read(Part::Manifest, Reason::StorageCorrupted);
            }
            RollbackState::RolledBack { .. } => EventKind::RolledBack,
            RollbackState::CountersFailed => EventKind::Counters,
        };
        self.event(kind, EventSubject::NOTHING, 0);
    }

    /// At the first boot with a secret or monotonic counters, what was stored before is taken over.
    #[inline(never)]
    fn migrate(&mut self) {
        if !self.journal.vault.is_new() {
            return;
        }
        if self.journal.vault.is_unsure() {
            return self.storage_failed(Err(Reason::StorageFailed));
        }
        for key in journal::keys_of_persistence() {
            let migrated = self.journal.vault.migrate(key, self.journal.scratch);
            self.storage_failed(migrated);
        }
        let born = self.journal.vault.initialise(self.journal.scratch);
        self.storage_failed(born);
    }

    /// Reads what is kept of time; whether there is any.
    #[inline(never)]
    fn read_clock(&mut self) -> bool {
        let (rules, built) = (self.product.rules.clock, self.product.rules.built);
        let built = UnixTime::start_of(built);
        self.calendar = Calendar::new(rules, built);
        match self.journal.load_clock() {
            Ok(Some(clock)) => {
                let calendar = Calendar::restore(rules, built, clock.floor);
                self.calendar = calendar.fresh(clock.fresh);
                self.running = Running::restore(clock.running);
                self.repairs = clock.repairs;
                self.open_repair = clock.open_repair;
                self.clock_is_readable = true;
            }
            Ok(None) => {
                self.clock_is_readable = true;
                return false;
            }
            Err(reason) => {
                self.clock_is_readable = false;
                self.cannot_read(Part::Clock, reason);
                return false;
            }
        }
        true
    }

    /// A device that has a history has kept the time as well. If that is gone, its running time goes
    /// on from what its rights say, and the number of repairs from the history, so that it never
    /// comes again.
    fn begin_clock(&mut self, is_there: bool) {
        if is_there {
            return;
        }
        if !self.clock_is_readable || self.journal.next_number > 0 {
            let since = self.lines().map(|held| held.term.since).max().unwrap_or(0);
            self.running = Running::lost(since.saturating_sub(1));
            self.repairs = self.journal.next_number.saturating_add(1).saturating_mul(1 << 32);
        }
        if self.clock_is_readable {
            let floor = self.calendar.floor();
            let kept = self.keep_clock(floor, self.running, self.repairs);
            self.storage_failed(kept);
        }
    }

    /// Built-in trials take the last free slots, so that installed lines keep their places. One that finds
    /// none is refused as a line would be: a trial that an update brings must not stop a device whose slots
    /// are taken.
    #[inline(never)]
    fn add_built_ins(&mut self) {
        for id in self.product.catalog.ids() {
            let Some(feature) = self.product.catalog.feature(id) else { continue };
            let Some(trial) = feature.built_in else { continue };
            let name = feature.name().as_bytes();
            let line = built_in_id(name);
            // The catalog has only names that a right can have.
            let right = Right::built_in(name, line, trial.usage, trial.becomes_right_to_use);
            let free = self.lines.iter_mut().rev().find(|slot| slot.is_free());
            if let (Some(right), Some(free)) = (right, free) {
                free.hold(self.product.catalog, &right, LineSource::BuiltIn, false);
            } else {
                let about = EventSubject { feature: Some(id), line: Some(line) };
                let number = u64::from(Reason::SlotsFull.code().unsigned_abs());
                self.event(EventKind::Refused, about, number);
            }
        }
    }

    #[inline(never)]
    fn read_history_number(&mut self) {
        let (next, read) = self.journal.find_next_number();
        self.journal.next_number = next;
        self.storage_failed(read);
    }

    #[inline(never)]
    pub(in crate::agent) fn read_levels(&mut self) {
        let (catalog, features) = (self.product.catalog, &mut *self.features);
        features.iter_mut().for_each(|slot| slot.requested = false);
        let read = self.journal.each_level(|name| {
            // A level that this firmware does not have is no damage.
            let id = catalog.find(name);
            if let Some(slot) = id.and_then(|id| features.get_mut(id.index())) {
                slot.requested = true;
            }
        });
        self.storage_failed(read);
    }
}

/// The id under which the use of a built-in trial is remembered: the feature's name in 64 bits
/// (FNV-1a), behind two bytes that no issuer's random id can be told from, which does not matter:
/// such a line would have to be signed.
pub(in crate::agent) fn built_in_id(name: &[u8]) -> LineId {
    let hash = name.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let [a, b, c, d, e, f, g, h] = hash.to_be_bytes();
    LineId([0xB1, 0x17, a, b, c, d, e, f, g, h])
}
