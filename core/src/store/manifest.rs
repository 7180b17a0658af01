//! The manifest: to which number of the counters the guarded values belong. docs/SPEC.md section 14.
//!
//! A change is: raise `started`, write the manifest with the digests of the guarded values before
//! and after the change, write the value, raise `committed`. At boot a manifest is taken if it
//! belongs to the committed number, or to a later one that was started: then the power went in
//! between, and nobody was told that the change is done.

use crate::bytes::reader::Reader;
use crate::bytes::sink::Sink;
use crate::bytes::writer::number;
use crate::crypto::{SignatureVerifier, hmac};
use crate::reason::Reason;
use crate::store::protect::{MacHalf, halves, same, xor};
use crate::store::vault::{Protection, Vault};
use crate::store::{MonotonicCounters, RollbackLevel, RollbackState, Storage, StorageKey};

/// Where the manifest is kept.
const MANIFEST: StorageKey = StorageKey(0x0002);
const DOMAIN: &[u8] = b"nodelock manifest 1\n";
/// Length that holds a manifest with its trailer.
const MANIFEST_LEN: usize = 80;

/// In the place of "revokes": the values from before the secret are being given MACs.
const ADOPTING: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Manifest {
    started: u64,
    /// Revocations after the change.
    revocations: u64,
    /// 1 if the change is a revocation; [`ADOPTING`].
    revokes: u8,
    before: MacHalf,
    after: MacHalf,
}

impl<S: Storage, V: SignatureVerifier> Vault<S, V> {
    /// Raises `started` and writes the manifest of a change to this total.
    pub(super) fn announce(&mut self, total: MacHalf, revokes: u8) -> Result<(), Reason> {
        self.start()?;
        self.write_manifest(total, revokes)
    }

    pub(super) fn start(&mut self) -> Result<(), Reason> {
        self.storage.monotonic_counters().start()?;
        self.started = self.started.saturating_add(1);
        Ok(())
    }

    fn write_manifest(&mut self, total: MacHalf, revokes: u8) -> Result<(), Reason> {
        let (started, revocations) = (self.started, self.revocations);
        let before = self.digest(started, revocations, self.total)?;
        let after = self.digest(started, revocations, total)?;
        let mut buffer = [0; MANIFEST_LEN];
        let (len, _) = self.finish_value(MANIFEST, &mut buffer, |out| {
            number(started, out);
            number(revocations, out);
            out.put(&[revokes]);
            out.put(&before);
            out.put(&after);
        })?;
        self.storage.store(MANIFEST, buffer.get(..len).unwrap_or_default())
    }

    /// The change is durable in the storage; now the older values are too old. If the counters
    /// fail, the change stands, and what has a time limit waits until the counters work again.
    pub(super) fn commit(&mut self, total: MacHalf) {
        self.total = total;
        let to = self.started.saturating_sub(self.revocations);
        if self.storage.monotonic_counters().commit(to).is_err() {
            self.rollback_state = RollbackState::CountersFailed;
        }
    }

    /// The total as the manifest has it: nobody without the secret learns the total itself.
    fn digest(&self, started: u64, revocations: u64, total: MacHalf) -> Result<MacHalf, Reason> {
        let pieces: [&[u8]; 4] =
            [DOMAIN, &started.to_le_bytes(), &revocations.to_le_bytes(), &total];
        Ok(halves(hmac(&self.verifier, &self.secret, &pieces)?)?.0)
    }

    fn load_manifest(&mut self) -> Result<Option<Manifest>, Reason> {
        let mut buffer = [0; MANIFEST_LEN];
        let Some((content, _, _)) = self.read(MANIFEST, &mut buffer)? else { return Ok(None) };
        let mut reader = Reader::new(content);
        let manifest = (|| {
            Some(Manifest {
                started: reader.number()?,
                revocations: reader.number()?,
                revokes: reader.byte()?,
                before: reader.array()?,
                after: reader.array()?,
            })
        })();
        manifest.map(Some).ok_or(Reason::StorageCorrupted)
    }

    /// Finds out whether the stored values are the latest ones, before anything is read.
    pub(crate) fn mount(&mut self, buffer: &mut [u8]) {
        if self.storage.monotonic_counters().level() == RollbackLevel::None {
            // The manifest of a device without monotonic counters says only that its values have a MAC.
            if self.has_secret {
                self.mount_unanchored(buffer);
            } else {
                self.lacks_secret = self.load_manifest() == Err(Reason::DeviceSecretMissing);
            }
            return;
        }
        self.rollback_state = RollbackState::CountersFailed;
        let Ok(counters) = self.storage.monotonic_counters().counters() else { return };
        self.started = counters.started;
        let distance = match counters.committed {
            Some(committed) => counters.started.saturating_sub(committed),
            None => 0,
        };
        let manifest = match self.load_manifest() {
            Ok(None) if counters.committed.map_or(counters.started <= 1, |to| to == 0) => {
                self.migrating = true;
                self.rollback_state = RollbackState::Latest;
                return;
            }
            manifest => manifest,
        };
        let whole = self.add_up(buffer);
        // What cannot be read is no proof of an older copy.
        let manifest = match manifest {
            Ok(manifest) if whole => manifest,
            _ => {
                let revocations_missing = self.revoked_ids(buffer) < distance;
                self.rollback_state = RollbackState::ManifestUnreadable { revocations_missing };
                return;
            }
        };
        let fit = match manifest.map_or(Ok(Fit::Neither), |manifest| self.fit(&manifest)) {
            Ok(fit) => fit,
            Err(_) => return,
        };
        let present = manifest.map_or(0, |manifest| match fit {
            Fit::After => manifest.revocations,
            Fit::Before => manifest.revocations.saturating_sub(u64::from(manifest.revokes)),
            Fit::Neither => 0,
        });
        self.rollback_state = RollbackState::RolledBack { revocations_missing: present < distance };
        let Some(manifest) = manifest else { return };
        let committed_to = manifest.started.checked_sub(manifest.revocations);
        let (fits, settled) = match (counters.committed, committed_to) {
            (Some(committed), Some(to)) => (
                committed <= to
                    && manifest.started <= counters.started
                    && (fit == Fit::After || (fit == Fit::Before && committed < to)),
                committed == to && manifest.started == counters.started,
            ),
            (None, _) => {
                let same = manifest.started == counters.started;
                let next = manifest.started.checked_add(1) == Some(counters.started);
                let fits = match fit {
                    Fit::After => same || next,
                    Fit::Before => same,
                    Fit::Neither => false,
                };
                (fits, same)
            }
            (Some(_), None) => (false, false),
        };
        if !fits {
            return;
        }
        self.rollback_state = RollbackState::Latest;
        // One that was cut off is none.
        self.revocations = present;
        let again = match counters.committed {
            // Twice: a manifest that was written before and is hidden from us now may have one
            // revocation less, and the number that it is committed by must not come again.
            Some(_) if !settled || fit != Fit::After => Some(2),
            // One counter lets the last change be taken back: it must be no revocation.
            None if fit == Fit::After && settled && manifest.revokes != 0 => Some(1),
            None if fit == Fit::Before || !settled => Some(0),
            _ => None,
        };
        if let Some(starts) = again {
            // If this fails, the next change or the next boot does it.
            self.unsure = self.settle(starts).is_err();
        }
    }

    /// Whether values from before the secret are to be taken in: only while none has a MAC, so that
    /// removing the manifest opens no door.
    #[inline(never)]
    fn mount_unanchored(&mut self, buffer: &mut [u8]) {
        match self.load_manifest() {
            Ok(Some(manifest)) => {
                self.migrating = manifest.revokes == ADOPTING;
                return;
            }
            Ok(None) if !self.has_macs(buffer) => {
                // Before any value has a MAC. If this fails, it is tried again before the first change.
                self.migrating = true;
                self.unsure = self.write_manifest([0; 16], ADOPTING).is_err();
                return;
            }
            Ok(None) | Err(Reason::StorageCorrupted) => {}
            Err(_) => {
                self.lost_manifest = true;
                return;
            }
        }
        self.lost_manifest = true;
        // It says nothing that is not known. If this fails, the next boot does it.
        let _ = self.write_manifest([0; 16], 0);
    }

    /// Whether any guarded value has a MAC.
    fn has_macs(&mut self, buffer: &mut [u8]) -> bool {
        self.add_up(buffer);
        core::mem::take(&mut self.total) != [0; 16]
    }

    /// Whether the manifest of a device without monotonic counters was gone.
    pub(crate) const fn lost_manifest(&self) -> bool {
        self.lost_manifest
    }

    /// After a guarded change that failed: finds out what is there, as a boot would.
    #[inline(never)]
    pub(crate) fn recover(&mut self, buffer: &mut [u8]) {
        // What cannot be read now says nothing about its age.
        let readable = self.load_manifest().is_ok()
            && (self.migrating
                || (self.storage.monotonic_counters().counters().is_ok() && self.add_up(buffer)));
        if readable {
            self.unsure = false;
            self.mount(buffer);
        }
    }

    pub(crate) const fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// After a change that was cut off: binds what is there to a new number.
    fn settle(&mut self, starts: u8) -> Result<(), Reason> {
        for _ in 0..starts {
            self.start()?;
        }
        self.write_manifest(self.total, 0)?;
        self.commit(self.total);
        Ok(())
    }

    fn fit(&self, manifest: &Manifest) -> Result<Fit, Reason> {
        let now = self.digest(manifest.started, manifest.revocations, self.total)?;
        Ok(if same(&now, &manifest.after) {
            Fit::After
        } else if same(&now, &manifest.before) {
            Fit::Before
        } else {
            Fit::Neither
        })
    }

    /// How many ids are in the lists of what was revoked: the last of the guarded ranges, each value
    /// of which begins with its number.
    fn revoked_ids(&mut self, buffer: &mut [u8]) -> u64 {
        let mut ids = 0_u64;
        for key in self.guarded.last().cloned().unwrap_or_default() {
            if let Ok(Some(([count, ..], _, _))) = self.read(StorageKey(key), buffer) {
                ids = ids.saturating_add(u64::from(*count));
            }
        }
        ids
    }

    /// Adds up the guarded values; whether all could be read.
    fn add_up(&mut self, buffer: &mut [u8]) -> bool {
        self.total = [0; 16];
        let mut whole = true;
        for range in self.guarded {
            for key in range.clone() {
                match self.read(StorageKey(key), buffer) {
                    Ok(Some((_, _, hidden))) => self.total = xor(self.total, hidden),
                    Ok(None) => {}
                    Err(_) => whole = false,
                }
            }
        }
        whole
    }

    /// Whether this is the first boot with a secret or monotonic counters; then [`migrate`](Self::migrate) and
    /// [`initialise`](Self::initialise) come when everything has been read.
    pub(crate) const fn is_new(&self) -> bool {
        self.migrating
    }

    /// Gives a value from before the secret its MAC.
    pub(crate) fn migrate(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<(), Reason> {
        let len = match self.load(key, buffer) {
            Ok(Some((content, Protection::Checksum))) if self.has_secret => content.len(),
            // What is damaged stays where it is.
            _ => return Ok(()),
        };
        // The content stands where it was read: behind the place of the version.
        let (len, _) = self.frame(key, buffer, len.saturating_add(1))?;
        self.storage.store(key, buffer.get(..len).unwrap_or_default())
    }

    /// Writes the first manifest: from now on older values are too old, and values without a MAC
    /// are damaged.
    pub(crate) fn initialise(&mut self, buffer: &mut [u8]) -> Result<(), Reason> {
        self.migrating = false;
        let whole = self.add_up(buffer);
        if self.rollback_state == RollbackState::Unanchored {
            return self.write_manifest(self.total, 0);
        }
        if !whole {
            self.rollback_state = RollbackState::RolledBack { revocations_missing: false };
            return Err(Reason::StorageCorrupted);
        }
        let counters = self.storage.monotonic_counters().counters()?;
        self.started = counters.started;
        if counters.committed.is_some() || counters.started == 0 {
            self.announce(self.total, 0)?;
        } else {
            self.write_manifest(self.total, 0)?;
        }
        self.commit(self.total);
        Ok(())
    }

    /// The number that a REPAIR record for a rollback must have: it changes with every change that
    /// is done, and with two counters not before.
    pub(crate) fn repair_number(&mut self) -> Result<u64, Reason> {
        let counters = self.storage.monotonic_counters().counters()?;
        Ok(counters.committed.unwrap_or(counters.started))
    }

    /// Takes what is there as the latest.
    pub(crate) fn repair(&mut self, buffer: &mut [u8]) -> Result<(), Reason> {
        self.add_up(buffer);
        let counters = self.storage.monotonic_counters().counters()?;
        self.started = counters.started;
        // Never below what the counters say.
        let distance =
            counters.committed.map_or(0, |committed| counters.started.saturating_sub(committed));
        self.revocations = distance;
        self.announce(self.total, 0)?;
        self.rollback_state = RollbackState::Latest;
        self.commit(self.total);
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Before,
    After,
    Neither,
}
