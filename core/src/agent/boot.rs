//! Boot: everything is read and checked again, and whatever is damaged is set aside.

use crate::agent::held::{FeatureSlot, Held, LineSlot, Place, Source};
use crate::agent::persist::{self, Deed, Group, LineValue, key};
use crate::agent::{Agent, Memory, Priority, Product, SCRATCH_LEN, is_trial_like, names};
use crate::bytes::sink::{Sink, SliceSink};
use crate::calendar::Calendar;
use crate::count::Leases;
use crate::entitle::Right;
use crate::event::{EventKind, Events};
use crate::key::{KeyRing, KeySlot, Seal};
use crate::limits::MAX_FEATURE_LEN;
use crate::line::{ExpiryPolicy, LicenseType, LineId, Record, Records};
use crate::reason::Reason;
use crate::store::{Protection, Standing, Storage, Vault};
use crate::time::{Now, UnixTime};
use crate::udi::UdiSource;
use crate::verify::SignatureVerifier;

impl<'a, S: Storage, V: SignatureVerifier, U: UdiSource> Agent<'a, S, V, U> {
    /// Reads what is stored, checks every signature and UDI again, chooses the image levels, and
    /// answers questions from then on.
    ///
    /// Storage that fails or holds garbage does not stop it: lines that cannot be read or trusted
    /// are set aside and reported as events, and grant nothing.
    ///
    /// # Errors
    /// [`Reason::MemoryTooSmall`], [`Reason::AnchorTooWeak`] if the product requires more than this
    /// device has, [`Reason::DeviceSecretBlank`].
    pub fn boot(
        product: Product<'a>,
        device: U,
        verifier: V,
        storage: S,
        memory: Memory<'a>,
        now: Now,
    ) -> Result<Self, Reason> {
        let features = product.catalog.features().len();
        if memory.features.len() < features || memory.scratch.len() < SCRATCH_LEN {
            return Err(Reason::MemoryTooSmall);
        }
        let secret = device.secret();
        if secret == Some([0; 32]) || secret == Some([0xFF; 32]) {
            return Err(Reason::DeviceSecretBlank);
        }
        let mut vault = Vault::new(storage, verifier, secret, persist::GUARDED);
        if vault.level() < product.rules.require_level {
            return Err(Reason::AnchorTooWeak);
        }
        vault.mount(memory.scratch);
        memory.lines.fill(LineSlot::EMPTY);
        memory.features.fill(FeatureSlot::EMPTY);
        names::enter(product.catalog, memory.features);
        let floor = UnixTime::start_of(product.rules.built);
        let mut calendar = Calendar::restore(product.rules.clock, floor);
        let reading = calendar.observe(Now::uptime(now.uptime));
        let mut agent = Self {
            product,
            vault,
            device,
            lines: memory.lines,
            features: memory.features,
            leases: Leases::new(memory.leases),
            events: Events::new(memory.events),
            scratch: memory.scratch,
            calendar,
            reading,
            now,
            history_number: 0,
            repairs: 0,
            due: Some(0),
            seen_leases: 0,
        };
        agent.leases.release_all();
        agent.report_standing();
        agent.read_clock(floor);
        agent.read_lines();
        agent.remove_revoked();
        agent.add_built_ins()?;
        agent.read_usage();
        agent.read_agreements();
        agent.read_history_number();
        agent.read_levels();
        agent.adopt();
        agent.finish_intent();
        let _ = agent.look_at_clock();
        agent.choose_levels();
        agent.tick(now);
        Ok(agent)
    }

    fn report_standing(&mut self) {
        let kind = match self.vault.standing() {
            Standing::Unanchored | Standing::Latest => return,
            Standing::RolledBack { .. } => EventKind::StorageRolledBack,
            Standing::AnchorFailed => EventKind::AnchorFailed,
        };
        self.event(kind, None, 0);
    }

    /// At the first boot with a secret or an anchor, what was stored before is taken over.
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
    fn finish_intent(&mut self) {
        let mut open = None;
        let mut name = [0; MAX_FEATURE_LEN];
        let next = self.history_number;
        let read = persist::load_intent(&mut self.vault, |intent| {
            if intent.number >= next {
                let mut feature = SliceSink::new(&mut name);
                feature.put(intent.feature);
                let len = feature.finish().map_or(0, <[u8]>::len);
                open = Some((intent.deed, intent.id, intent.place, intent.digest, len));
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
                persist::each_agreement(&mut self.vault, |_, agreement| {
                    accepted |= agreement.feature == feature && agreement.digest == digest;
                })
                .map(|()| accepted)
            }
            Deed::Converted => Ok(self.find_line(id).is_some_and(|(_, held)| held.converted)),
            Deed::Revoked => {
                let mut revoked = false;
                persist::each_revoked(&mut self.vault, |_, known| revoked |= known == id)
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

    fn read_clock(&mut self, built: UnixTime) {
        let kept = persist::load_clock(&mut self.vault);
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
            let slot = match self.read_line(place) {
                Ok(None) => Place::Free,
                Ok(Some((held, unsealed))) => {
                    if let Some(seal) = unsealed {
                        let sealed = self.rewrite(index, &held, None, Some(seal));
                        self.storage_failed(sealed);
                    }
                    self.calendar.raise_signed(held.right.issued());
                    Place::Held(held)
                }
                Err(reason) => {
                    let number = u64::from(reason.code().unsigned_abs());
                    self.event(EventKind::LineRefused, None, number);
                    Place::Refused(reason)
                }
            };
            if let Some(to) = self.lines.get_mut(index) {
                *to = LineSlot(slot);
            }
        }
    }

    /// Where the power went between taking a right back and removing its line.
    fn remove_revoked(&mut self) {
        let lines = &mut *self.lines;
        let mut revoked = false;
        let read = persist::each_revoked(&mut self.vault, |_, id| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.id() == id) {
                held.revoked = true;
                revoked = true;
            }
        });
        self.storage_failed(read);
        for index in 0..if revoked { self.lines.len() } else { 0 } {
            if self.held_at(index).is_some_and(|held| held.revoked) {
                let place = u8::try_from(index).unwrap_or(u8::MAX);
                let removed = self.vault.remove(key(Group::Lines, place), self.scratch);
                self.storage_failed(removed);
                if let Some(slot) = self.lines.get_mut(index) {
                    *slot = LineSlot::EMPTY;
                }
            }
        }
    }

    /// Reads one stored line and checks it as if it had just come in.
    fn read_line(&mut self, place: u8) -> Result<Option<(Held, Option<Seal>)>, Reason> {
        let loaded = self.vault.load(key(Group::Lines, place), self.scratch)?;
        let Some((content, protection)) = loaded else { return Ok(None) };
        let value = LineValue::decode(content)?;
        let seal = value.seal.filter(|_| protection == Protection::Mac);
        let mut key_slots = [KeySlot::EMPTY; 1];
        let mut ring = KeyRing::new(self.product.anchors, &mut key_slots);
        if self.product.rules.danger_accept_development_keys {
            ring = ring.danger_accept_development_keys();
        }
        for found in Records::new(value.frames) {
            match found.record.map_err(|error| error.reason)? {
                Record::Key(record) => {
                    ring.admit_sealed(&record, &self.vault.verifier, seal)?;
                }
                // No device stores one.
                Record::Repair(_) => return Err(Reason::StorageCorrupted),
                Record::License(line) => {
                    let agreement = line.terms().eula.is_some();
                    let (verified, now) = line.verify_sealed(&ring, &self.vault.verifier, seal)?;
                    let bound = verified.bind(&self.device)?;
                    let right = Right::new(&bound).ok_or(Reason::StorageCorrupted)?;
                    let activated = value.activated;
                    let priority = match value.priority {
                        1 => Some(Priority::High),
                        3 => Some(Priority::Low),
                        _ => None,
                    };
                    let held = self.hold(right, Source::Installed, agreement);
                    let held = Held { activated, priority, ..held };
                    let unsealed = self.vault.secret().is_some() && seal != Some(now);
                    return Ok(Some((held, unsealed.then_some(now))));
                }
            }
        }
        Err(Reason::StorageCorrupted)
    }

    /// A line as it is before anything is known of its past.
    pub(super) fn hold(&self, right: Right, source: Source, agreement: bool) -> Held {
        let feature = self.product.catalog.find(right.feature());
        let entry = feature.and_then(|id| self.product.catalog.feature(id));
        let mut held = Held::new(right, feature, source);
        let explicit = is_trial_like(right.license_type())
            || right.license_type() == LicenseType::PermanentRightToUse;
        let named = agreement || entry.is_some_and(|entry| entry.eula.is_some());
        held.agreement = explicit && named;
        if let Some(entry) = entry.filter(|_| held.at_expiry == ExpiryPolicy::default()) {
            held.at_expiry = entry.at_expiry;
        }
        held
    }

    /// Built-in trials take the last free slots, so that installed lines keep their places. Refused
    /// lines, which are all there are where storage is out of order, may leave none for them; that
    /// must not stop the boot.
    fn add_built_ins(&mut self) -> Result<(), Reason> {
        for id in self.product.catalog.ids() {
            let Some(feature) = self.product.catalog.feature(id) else { continue };
            let Some(trial) = feature.built_in else { continue };
            let name = feature.name().as_bytes();
            let right =
                Right::built_in(name, built_in_id(name), trial.usage, trial.becomes_right_to_use)
                    .ok_or(Reason::BadFeature)?;
            let held = self.hold(right, Source::BuiltIn, false);
            let refused = self.refused().next().is_some();
            match self.lines.iter_mut().rev().find(|slot| slot.is_free()) {
                Some(free) => *free = LineSlot(Place::Held(held)),
                None if refused => {}
                None => return Err(Reason::MemoryTooSmall),
            }
        }
        Ok(())
    }

    fn read_usage(&mut self) {
        let lines = &mut *self.lines;
        let read = persist::each_usage(&mut self.vault, |place, usage| {
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

    fn read_agreements(&mut self) {
        let lines = &mut *self.lines;
        let read = persist::each_agreement(&mut self.vault, |_, agreement| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            for held in held.filter(|held| held.right.feature() == agreement.feature) {
                held.accepted = true;
            }
        });
        self.storage_failed(read);
    }

    fn read_history_number(&mut self) {
        let mut next = 0;
        let read = self.history(|entry| next = next.max(entry.number.saturating_add(1)));
        self.history_number = next;
        self.storage_failed(read);
    }

    fn read_levels(&mut self) {
        let (catalog, features) = (self.product.catalog, &mut *self.features);
        let read = persist::each_level(&mut self.vault, |name| {
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
