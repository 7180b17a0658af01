//! Boot: everything is read and checked again, and whatever is damaged is set aside.

use crate::agent::journal::{self, Deed, Group, Journal, LineValue, OpenRepair, key};
use crate::agent::memory::{
    self, About, ByOperator, FeatureSlot, LineSlot, MIN_SCRATCH_LEN, Memory, Place, Source,
};
use crate::agent::{Agent, NEVER, Part, Ports, Product, Unreadable};
use crate::bytes::sink::{Sink, SliceSink};
use crate::calendar::{Calendar, Kept, Reading, Running};
use crate::crypto::SignatureVerifier;
use crate::event::{EventKind, Events};
use crate::lease::Leases;
use crate::limits::MAX_FEATURE_LEN;
use crate::reason::Reason;
use crate::record::{BinaryRecords, Record};
use crate::rights::Right;
use crate::store::{Protection, Standing, Storage, Vault};
use crate::trust::{KeyRing, KeySlot, VerifiedUnder};
use crate::value::license::LineId;
use crate::value::time::{Now, UnixTime};
use crate::value::udi::UdiSource;

impl<'a, S: Storage, V: SignatureVerifier, U: UdiSource> Agent<'a, (S, V, U)> {
    /// [`new`](Self::new), and [`start`](Self::start).
    ///
    /// # Errors
    /// As `start`.
    pub fn boot(
        product: Product<'a>,
        device: U,
        verifier: V,
        storage: S,
        memory: Memory<'a>,
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
        memory: Memory<'a>,
    ) -> Self {
        let secret = device.secret();
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
        }
    }
}

impl<P: Ports> Agent<'_, P> {
    /// Reads what is stored, checks every signature and UDI again, chooses the image levels, and
    /// answers questions from then on. Once for each agent, before everything else.
    ///
    /// Storage that fails or holds garbage does not stop it: lines that cannot be read or trusted
    /// are set aside and reported as events, and grant nothing.
    ///
    /// # Errors
    /// [`Reason::MemoryTooSmall`], [`Reason::AnchorTooWeak`] if the product requires more than this
    /// device has, [`Reason::DeviceSecretBlank`]. It denies everything then.
    // Each step is a function of its own in machine code too: the stack would hold all of them at once.
    pub fn start(&mut self, now: Now) -> Result<(), Reason> {
        let features = self.product.catalog.features().len();
        if self.features.len() < features || self.journal.scratch.len() < MIN_SCRATCH_LEN {
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
            return Err(Reason::AnchorTooWeak);
        }
        self.now = now;
        self.journal.vault.mount(self.journal.scratch);
        memory::enter(self.product.catalog, self.features);
        self.leases.release_all();
        self.report_standing();
        let clock = self.read_clock();
        self.read_lines();
        self.remove_revoked();
        self.add_built_ins()?;
        if let Err(reason) = self.recall_usage(None) {
            self.cannot_read(Part::Usage, reason);
        }
        let agreements = self.read_agreements();
        self.storage_failed(agreements);
        self.read_history_number();
        self.begin_clock(clock);
        self.read_levels();
        self.adopt();
        if self.open_repair != OpenRepair::None {
            let finished = self.finish_repair();
            self.storage_failed(finished);
        }
        let _ = self.look_at_clock();
        let finished = self.finish_intent();
        self.storage_failed(finished);
        self.choose_levels();
        self.tick(now);
        Ok(())
    }

    fn report_standing(&mut self) {
        if self.journal.vault.lost_manifest() {
            self.cannot_read(Part::Manifest, Reason::StorageCorrupted);
        }
        let kind = match self.journal.vault.standing() {
            Standing::Unanchored | Standing::Latest => return,
            Standing::ManifestUnreadable { .. } => {
                return self.cannot_read(Part::Manifest, Reason::StorageCorrupted);
            }
            Standing::RolledBack { .. } => EventKind::StorageRolledBack,
            Standing::AnchorFailed => EventKind::AnchorFailed,
        };
        self.event(kind, About::NOTHING, 0);
    }

    /// At the first boot with a secret or an anchor, what was stored before is taken over.
    #[inline(never)]
    fn adopt(&mut self) {
        if !self.journal.vault.is_new() {
            return;
        }
        if self.journal.vault.is_unsure() {
            return self.storage_failed(Err(Reason::StorageFailed));
        }
        for key in journal::keys_of_persistence() {
            let adopted = self.journal.vault.adopt(key, self.journal.scratch);
            self.storage_failed(adopted);
        }
        let born = self.journal.vault.give_birth(self.journal.scratch);
        self.storage_failed(born);
    }

    /// Ends the last verb that writes several values, if the power went or the storage failed before
    /// it told the history: what has happened is told, what has not is forgotten.
    ///
    /// # Errors
    /// Why its entry is still open.
    #[inline(never)]
    pub(in crate::agent) fn finish_intent(&mut self) -> Result<(), Reason> {
        let mut verb = OpenVerb::NONE;
        let read = self.open_verb(&mut verb);
        // A damaged one tells nothing more.
        self.journal.is_open = read.unwrap_or_else(|reason| reason != Reason::StorageCorrupted);
        if !read? {
            return Ok(());
        }
        let feature = verb.feature.get(..verb.feature_len).unwrap_or_default();
        match self.has_happened(&verb, feature) {
            Ok(true) => self.write_history(verb.deed, verb.id, feature),
            Ok(false) => {
                let intent = key(Group::Pending, 0);
                let _ = self.journal.remove(intent);
                self.journal.is_open = false;
                Ok(())
            }
            // The next boot tries again.
            Err(reason) => Err(reason),
        }
    }

    /// Reads the verb that the history does not know; whether there is one.
    #[inline(never)]
    fn open_verb(&mut self, verb: &mut OpenVerb) -> Result<bool, Reason> {
        let next = self.journal.next_number;
        let mut is_open = false;
        self.journal
            .load_pending(|intent| {
                let mut feature = SliceSink::new(&mut verb.feature);
                feature.put(intent.feature);
                verb.feature_len = feature.finish().map_or(0, <[u8]>::len);
                (verb.deed, verb.id, verb.place) = (intent.deed, intent.id, intent.place);
                // Assigned, it would bring `memmove`, which nothing else needs.
                SliceSink::new(&mut verb.digest).put(intent.digest);
                is_open = intent.number >= next;
            })
            .map(|()| is_open)
    }

    /// Whether a verb has had its effect.
    ///
    /// # Errors
    /// Why that cannot be read: the next boot knows more.
    #[inline(never)]
    fn has_happened(&mut self, verb: &OpenVerb, feature: &[u8]) -> Result<bool, Reason> {
        let place = usize::from(verb.place);
        match verb.deed {
            Deed::Installed => {
                let held = self.find_line(verb.id).is_some();
                self.is_stored(place).map(|_| held)
            }
            Deed::Cleared => self.is_stored(place).map(|stored| !stored),
            Deed::EulaAccepted => {
                let mut accepted = false;
                self.journal
                    .each_agreement(|_, agreement| {
                        accepted |=
                            agreement.feature == feature && *agreement.digest == verb.digest;
                    })
                    .map(|()| accepted)
            }
            Deed::Converted => Ok(self.find_line(verb.id).is_some_and(|(_, held)| held.converted)),
            Deed::Revoked => self.is_revoked(verb.id),
            Deed::Expired | Deed::Repaired => Ok(false),
        }
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

    fn read_lines(&mut self) {
        for place in 0..=u8::MAX {
            if usize::from(place) >= self.lines.len() {
                break;
            }
            self.take_in(place);
        }
    }

    /// Reads the line of a place and holds it, or notes why not.
    #[inline(never)]
    fn take_in(&mut self, place: u8) {
        let index = usize::from(place);
        let read = self.read_line(place).and_then(|seal| Ok((seal, self.is_twin(index)?)));
        match read {
            Ok((_, true)) => {
                let removed =
                    self.journal.vault.remove(key(Group::Lines, place), self.journal.scratch);
                self.storage_failed(removed);
                self.free(index);
            }
            Ok((Some(unsealed), false)) => {
                let own = self.held(index).map(|held| held.own).unwrap_or_default();
                let sealed = self.rewrite(index, own, None, Some(unsealed));
                self.storage_failed(sealed);
            }
            Ok((None, false)) => {}
            Err(reason) => {
                let number = u64::from(reason.code().unsigned_abs());
                self.event(EventKind::LineRefused, About::NOTHING, number);
                if let Some(slot) = self.lines.get_mut(index) {
                    *slot = LineSlot(Place::Refused(reason));
                }
            }
        }
    }

    /// After a verb that failed: brings the lines that are held to what is stored, as a boot would.
    /// What cannot be read now is read a while later.
    #[inline(never)]
    pub(in crate::agent) fn reread(&mut self) {
        let failed = Err(Reason::StorageFailed);
        // Only what has failed is read once more: damage is for the next boot to judge.
        let mut again = false;
        for place in 0..=u8::MAX {
            let index = usize::from(place);
            let id = match self.lines.get(index).map(|slot| &slot.0) {
                None => break,
                Some(Place::Free) => None,
                Some(Place::Held(held)) if held.source == Source::Installed => {
                    Some(held.right.id())
                }
                Some(_) => continue,
            };
            match self.stored_line(index) {
                Ok(Some((stored, own))) if Some(stored) == id => {
                    if let Some(held) = self.held_mut(index) {
                        held.own = own;
                    }
                }
                Ok(stored) => {
                    self.free(index);
                    if stored.is_some() {
                        self.take_in(place);
                        again |= self.recall_usage(Some(index)) == failed;
                    }
                }
                Err(reason) => again |= reason == Reason::StorageFailed,
            }
        }
        self.remove_revoked();
        again |= self.read_agreements() == failed;
        self.stale = again;
        if again {
            self.failed(Reason::StorageFailed);
        }
    }

    /// Whether a line stands at an earlier place as well: it was installed again while that could not
    /// be read, or an older value was put back.
    ///
    /// # Errors
    /// [`Reason::ConflictingId`] if another line with its id does.
    fn is_twin(&self, index: usize) -> Result<bool, Reason> {
        let Some(held) = self.held(index) else { return Ok(false) };
        match self.find_line(held.right.id()) {
            Some((first, other)) if first != index => {
                if other.right == held.right {
                    Ok(true)
                } else {
                    Err(Reason::ConflictingId)
                }
            }
            _ => Ok(false),
        }
    }

    /// Where the power went between taking a right back and removing its line.
    #[inline(never)]
    fn remove_revoked(&mut self) {
        let lines = &mut *self.lines;
        let mut revoked = false;
        let read = self.journal.each_revoked(|_, id| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.id() == id) {
                held.revoked = true;
                revoked = true;
            }
        });
        if let Err(reason) = read {
            self.cannot_read(Part::Revocations, reason);
        }
        for index in 0..if revoked { self.lines.len() } else { 0 } {
            if self.held(index).is_some_and(|held| held.revoked) {
                let place = u8::try_from(index).unwrap_or(u8::MAX);
                let removed =
                    self.journal.vault.remove(key(Group::Lines, place), self.journal.scratch);
                self.storage_failed(removed);
                if let Some(slot) = self.lines.get_mut(index) {
                    *slot = LineSlot::EMPTY;
                }
            }
        }
    }

    /// Reads one stored line, checks it as if it had just come in, and holds it. Gives the seal that
    /// it should have, if that is not there.
    #[inline(never)]
    fn read_line(&mut self, place: u8) -> Result<Option<VerifiedUnder>, Reason> {
        let loaded = self.journal.vault.load(key(Group::Lines, place), self.journal.scratch)?;
        let Some((content, protection)) = loaded else { return Ok(None) };
        let value = LineValue::decode(content)?;
        let seal = value.seal.filter(|_| protection == Protection::Mac);
        let mut key_slots = [KeySlot::EMPTY; 1];
        let mut ring = KeyRing::new(self.product.anchors, &mut key_slots);
        if self.product.rules.danger_accept_development_keys {
            ring = ring.danger_accept_development_keys();
        }
        let mut records = BinaryRecords::new(value.frames);
        while let Some(found) = &records.next() {
            match &found.record {
                Err(error) => return Err(error.reason),
                Ok(Record::Key(record)) => {
                    ring.admit_unless(record, &self.journal.vault.verifier, seal)?;
                }
                // No device stores one.
                Ok(Record::Repair(_)) => return Err(Reason::StorageCorrupted),
                Ok(Record::License(line)) => {
                    let (verified, now) =
                        line.verify_unless(&ring, &self.journal.vault.verifier, seal)?;
                    let bound = verified.bind(&self.device)?;
                    let own = ByOperator::decode(value.priority, value.activated);
                    self.calendar.raise_signed(line.terms().issued);
                    let slot = self.lines.get_mut(usize::from(place));
                    let slot = slot.ok_or(Reason::MemoryTooSmall)?;
                    slot.hold_line(self.product.catalog, &bound)?;
                    if let Some(held) = slot.held_mut() {
                        held.own = own;
                    }
                    let unsealed = self.journal.vault.secret().is_some() && seal != Some(now);
                    return Ok(unsealed.then_some(now));
                }
            }
        }
        Err(Reason::StorageCorrupted)
    }

    /// Built-in trials take the last free slots, so that installed lines keep their places. Refused
    /// lines, which are all there are where storage is out of order, may leave none for them; that
    /// must not stop the boot.
    #[inline(never)]
    fn add_built_ins(&mut self) -> Result<(), Reason> {
        for id in self.product.catalog.ids() {
            let Some(feature) = self.product.catalog.feature(id) else { continue };
            let Some(trial) = feature.built_in else { continue };
            let name = feature.name().as_bytes();
            let right =
                Right::built_in(name, built_in_id(name), trial.usage, trial.becomes_right_to_use)
                    .ok_or(Reason::BadFeature)?;
            let refused = self.refused().next().is_some();
            match self.lines.iter_mut().rev().find(|slot| slot.is_free()) {
                Some(free) => free.hold(self.product.catalog, &right, Source::BuiltIn, false),
                None if refused => {}
                None => return Err(Reason::MemoryTooSmall),
            }
        }
        Ok(())
    }

    /// Brings lines, or one, to what is remembered of their use.
    ///
    /// # Errors
    /// Why some of it could not be read.
    #[inline(never)]
    pub(in crate::agent) fn recall_usage(&mut self, only: Option<usize>) -> Result<(), Reason> {
        let lines = match only {
            Some(index) => self.lines.get_mut(index..=index).unwrap_or_default(),
            None => &mut *self.lines,
        };
        let read = self.journal.each_usage(|place, usage| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.id() == usage.id) {
                held.recall(place, usage);
            }
        });
        // A line whose use is counted never stands without its use value.
        for held in lines.iter_mut().filter_map(LineSlot::held_mut) {
            let never_used = read.is_ok() && held.source == Source::BuiltIn;
            let counted = held.is_metered() || (held.right.end().is_some() && !held.is_paid());
            held.use_unknown |= counted && held.usage.is_none() && !never_used;
        }
        read
    }

    #[inline(never)]
    pub(in crate::agent) fn read_agreements(&mut self) -> Result<(), Reason> {
        let lines = &mut *self.lines;
        self.journal.each_agreement(|_, agreement| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.feature() == agreement.feature) {
                held.accepted = true;
            }
        })
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

/// A verb that writes several values, and was about to.
struct OpenVerb {
    deed: Deed,
    id: LineId,
    /// Of the line, if it is about one.
    place: u8,
    /// Of the agreement.
    digest: [u8; 32],
    feature: [u8; MAX_FEATURE_LEN],
    feature_len: usize,
}

impl OpenVerb {
    const NONE: Self = Self {
        deed: Deed::Expired,
        id: LineId([0; 10]),
        place: 0,
        digest: [0; 32],
        feature: [0; MAX_FEATURE_LEN],
        feature_len: 0,
    };
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
