//! Boot: everything is read and checked again, and whatever is damaged is set aside.

use crate::agent::held::{About, ByOperator, FeatureSlot, LineSlot, Place, Source};
use crate::agent::history::{self, Deed};
use crate::agent::persist::{self, Group, LineValue, key};
use crate::agent::{Agent, MIN_SCRATCH_LEN, Memory, Product, names};
use crate::binary::BinaryRecords;
use crate::bytes::sink::{Sink, SliceSink};
use crate::calendar::{Calendar, Reading};
use crate::count::Leases;
use crate::entitle::Right;
use crate::event::{EventKind, Events};
use crate::key::{KeyRing, KeySlot, Seal};
use crate::limits::MAX_FEATURE_LEN;
use crate::line::{LineId, Record};
use crate::reason::Reason;
use crate::store::{Protection, Standing, Storage, Vault};
use crate::time::{Now, UnixTime};
use crate::udi::UdiSource;
use crate::verify::SignatureVerifier;

impl<'a, S: Storage, V: SignatureVerifier, U: UdiSource> Agent<'a, S, V, U> {
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
            vault: Vault::new(storage, verifier, secret, persist::GUARDED),
            device,
            lines: memory.lines,
            features,
            leases: Leases::new(memory.leases),
            events: Events::new(memory.events),
            scratch: memory.scratch,
            calendar: Calendar::restore(product.rules.clock, UnixTime(0)),
            reading: Reading::NONE,
            now: Now::uptime(0),
            history_number: 0,
            repairs: 0,
            due: Some(0),
            seen_leases: 0,
        }
    }

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
        if self.features.len() < features || self.scratch.len() < MIN_SCRATCH_LEN {
            return Err(Reason::MemoryTooSmall);
        }
        if self.vault.secret().is_some_and(|secret| *secret == [0; 32] || *secret == [0xFF; 32]) {
            return Err(Reason::DeviceSecretBlank);
        }
        if self.vault.level() < self.product.rules.require_level {
            return Err(Reason::AnchorTooWeak);
        }
        self.now = now;
        self.vault.mount(self.scratch);
        names::enter(self.product.catalog, self.features);
        self.leases.release_all();
        self.report_standing();
        self.read_clock();
        self.read_lines();
        self.remove_revoked();
        self.add_built_ins()?;
        self.read_usage();
        self.read_agreements();
        self.read_history_number();
        self.read_levels();
        self.adopt();
        let _ = self.look_at_clock();
        self.finish_intent();
        self.choose_levels();
        self.tick(now);
        Ok(())
    }

    fn report_standing(&mut self) {
        let kind = match self.vault.standing() {
            Standing::Unanchored | Standing::Latest => return,
            Standing::RolledBack { .. } => EventKind::StorageRolledBack,
            Standing::AnchorFailed => EventKind::AnchorFailed,
        };
        self.event(kind, About::NOTHING, 0);
    }

    /// At the first boot with a secret or an anchor, what was stored before is taken over.
    #[inline(never)]
    fn adopt(&mut self) {
        if !self.vault.is_new() {
            return;
        }
        for key in persist::keys_of_persistence() {
            let adopted = self.vault.adopt(key, self.scratch);
            self.storage_failed(adopted);
        }
        let born = self.vault.give_birth(self.scratch);
        self.storage_failed(born);
    }

    /// Ends the last verb that writes several values, if the power went before it told the
    /// history: what has happened is told, what has not is forgotten.
    #[inline(never)]
    fn finish_intent(&mut self) {
        let mut open = None;
        let mut name = [0; MAX_FEATURE_LEN];
        let next = self.history_number;
        let read = persist::load_intent(&mut self.vault, self.scratch, |intent| {
            if intent.number >= next {
                let mut feature = SliceSink::new(&mut name);
                feature.put(intent.feature);
                let len = feature.finish().map_or(0, <[u8]>::len);
                open = Some((intent.deed, intent.id, intent.place, *intent.digest, len));
            }
        });
        self.storage_failed(read);
        let Some((deed, id, place, digest, len)) = open else { return };
        let feature = name.get(..len).unwrap_or_default();
        let happened = match deed {
            Deed::Installed => Ok(self.find_line(id).is_some()),
            Deed::Cleared => {
                let line = self.vault.load(key(Group::Lines, place), self.scratch);
                line.map(|line| line.is_none())
            }
            Deed::EulaAccepted => {
                let mut accepted = false;
                persist::each_agreement(&mut self.vault, self.scratch, |_, agreement| {
                    accepted |= agreement.feature == feature && *agreement.digest == digest;
                })
                .map(|()| accepted)
            }
            Deed::Converted => Ok(self.find_line(id).is_some_and(|(_, held)| held.converted)),
            Deed::Revoked => {
                let mut revoked = false;
                persist::each_revoked(&mut self.vault, self.scratch, |_, known| {
                    revoked |= known == id
                })
                .map(|()| revoked)
            }
            Deed::Expired | Deed::Repaired => Ok(false),
        };
        match happened {
            Ok(true) => self.write_history(deed, id, feature),
            Ok(false) => {
                let _ = self.forget_intent::<()>(Err(Reason::StorageFailed));
            }
            // The next boot tries again.
            Err(_) => {}
        }
    }

    #[inline(never)]
    fn read_clock(&mut self) {
        let built = UnixTime::start_of(self.product.rules.built);
        let kept = persist::load_clock(&mut self.vault, self.scratch);
        let (floor, repairs) = kept.ok().flatten().unwrap_or((built, 0));
        let floor = floor.max(built);
        self.repairs = repairs;
        self.calendar = Calendar::restore(self.product.rules.clock, floor);
        self.storage_failed(kept.map(|_| ()));
    }

    fn read_lines(&mut self) {
        for place in 0..=u8::MAX {
            let index = usize::from(place);
            if index >= self.lines.len() {
                break;
            }
            match self.read_line(place) {
                Ok(None) => {}
                Ok(Some(unsealed)) => {
                    let own = self.held(index).map(|held| held.own).unwrap_or_default();
                    let sealed = self.rewrite(index, own, None, Some(unsealed));
                    self.storage_failed(sealed);
                }
                Err(reason) => {
                    let number = u64::from(reason.code().unsigned_abs());
                    self.event(EventKind::LineRefused, About::NOTHING, number);
                    if let Some(slot) = self.lines.get_mut(index) {
                        *slot = LineSlot(Place::Refused(reason));
                    }
                }
            }
        }
    }

    /// Where the power went between taking a right back and removing its line.
    #[inline(never)]
    fn remove_revoked(&mut self) {
        let lines = &mut *self.lines;
        let mut revoked = false;
        let read = persist::each_revoked(&mut self.vault, self.scratch, |_, id| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.id() == id) {
                held.revoked = true;
                revoked = true;
            }
        });
        self.storage_failed(read);
        for index in 0..if revoked { self.lines.len() } else { 0 } {
            if self.held(index).is_some_and(|held| held.revoked) {
                let place = u8::try_from(index).unwrap_or(u8::MAX);
                let removed = self.vault.remove(key(Group::Lines, place), self.scratch);
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
    fn read_line(&mut self, place: u8) -> Result<Option<Seal>, Reason> {
        let loaded = self.vault.load(key(Group::Lines, place), self.scratch)?;
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
                    ring.admit_sealed(record, &self.vault.verifier, seal)?;
                }
                // No device stores one.
                Ok(Record::Repair(_)) => return Err(Reason::StorageCorrupted),
                Ok(Record::License(line)) => {
                    let (verified, now) = line.verify_sealed(&ring, &self.vault.verifier, seal)?;
                    let bound = verified.bind(&self.device)?;
                    let own = ByOperator::decode(value.priority, value.activated);
                    self.calendar.raise_signed(line.terms().issued);
                    let slot = self.lines.get_mut(usize::from(place));
                    let slot = slot.ok_or(Reason::MemoryTooSmall)?;
                    slot.hold_line(self.product.catalog, &bound)?;
                    if let Some(held) = slot.held_mut() {
                        held.own = own;
                    }
                    let unsealed = self.vault.secret().is_some() && seal != Some(now);
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

    #[inline(never)]
    fn read_usage(&mut self) {
        let lines = &mut *self.lines;
        let read = persist::each_usage(&mut self.vault, self.scratch, |place, usage| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.id() == usage.id) {
                held.recall(place, usage);
            }
        });
        let unreadable = read.is_err();
        // A line that is metered never stands without its use value.
        for held in self.lines.iter_mut().filter_map(LineSlot::held_mut) {
            let never_used = held.source == Source::BuiltIn && !unreadable;
            held.use_unknown = held.is_metered() && held.usage.is_none() && !never_used;
        }
        self.storage_failed(read);
    }

    #[inline(never)]
    fn read_agreements(&mut self) {
        let lines = &mut *self.lines;
        let read = persist::each_agreement(&mut self.vault, self.scratch, |_, agreement| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.feature() == agreement.feature) {
                held.accepted = true;
            }
        });
        self.storage_failed(read);
    }

    #[inline(never)]
    fn read_history_number(&mut self) {
        let (next, read) = history::next_number(&mut self.vault, self.scratch);
        self.history_number = next;
        self.storage_failed(read);
    }

    #[inline(never)]
    fn read_levels(&mut self) {
        let (catalog, features) = (self.product.catalog, &mut *self.features);
        let read = persist::each_level(&mut self.vault, self.scratch, |name| {
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
pub(super) fn built_in_id(name: &[u8]) -> LineId {
    let hash = name.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let [a, b, c, d, e, f, g, h] = hash.to_be_bytes();
    LineId([0xB1, 0x17, a, b, c, d, e, f, g, h])
}
