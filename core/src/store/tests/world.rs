//! A device's outside: storage and counters whose power can go at any write, and a hash that is
//! fast enough to try millions of histories.

use core::ops::Range;
use std::collections::BTreeMap;
use std::vec::Vec;

use crate::bytes::sink::Sink;
use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::record::Message;
use crate::store::{Counters, MonotonicCounters, RollbackLevel, Storage, StorageKey, Vault};
use crate::value::key::PublicKey;
use crate::value::signature::Signature;

pub(super) const SECRET: [u8; 32] = [0x5A; 32];
pub(super) const GUARDED: &[Range<u16>] = &[0x0200..0x0202, 0x0600..0x0601];
pub(super) const USE: [StorageKey; 2] = [StorageKey(0x0200), StorageKey(0x0201)];
pub(super) const REVOKED: StorageKey = StorageKey(0x0600);
pub(super) const FREE: StorageKey = StorageKey(0x0100);

/// 256 bits that depend on every byte. No cryptographic hash: nobody attacks it here.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuickHash;

struct Mix([u64; 4]);

impl Sink for Mix {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            for (lane, odd) in self.0.iter_mut().zip([0x9E37_79B9_7F4A_7C15_u64, 3, 5, 7]) {
                *lane = (*lane ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3 ^ odd << 8);
                *lane ^= *lane >> 29;
            }
        }
    }
}

impl SignatureVerifier for QuickHash {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        let mut mix = Mix([1, 2, 3, 4]);
        message.write(&mut mix);
        let mut digest = [0; 32];
        for (to, lane) in digest.chunks_exact_mut(8).zip(mix.0) {
            to.copy_from_slice(&lane.to_le_bytes());
        }
        Ok(digest)
    }

    fn verify(&self, _: &PublicKey, _: &[u8; 32], _: &Signature) -> Result<(), Reason> {
        Err(Reason::CryptoFailure)
    }
}

pub(super) type Image = BTreeMap<u16, Vec<u8>>;

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) image: Image,
    pub(super) started: u64,
    pub(super) committed: u64,
    pub(super) level: RollbackLevel,
    /// Writes and counts until the power goes.
    pub(super) budget: Option<u32>,
    /// Images that somebody could have copied.
    pub(super) seen: Vec<Image>,
}

impl World {
    pub(super) fn new(level: RollbackLevel) -> Self {
        let seen = std::vec![Image::new()];
        Self { image: Image::new(), started: 0, committed: 0, level, budget: None, seen }
    }

    pub(super) fn dark(&self) -> bool {
        self.budget == Some(0)
    }

    fn spend(&mut self, failure: Reason) -> Result<(), Reason> {
        match &mut self.budget {
            Some(0) => Err(failure),
            Some(left) => {
                *left -= 1;
                // The last of them is the one that the cut prevents.
                if *left == 0 { Err(failure) } else { Ok(()) }
            }
            None => Ok(()),
        }
    }

    fn see(&mut self) {
        // In order, so that the same images are the same list.
        if let Err(place) = self.seen.binary_search(&self.image) {
            self.seen.insert(place, self.image.clone());
        }
    }
}

impl Storage for World {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(value) = self.image.get(&key.0) else { return Ok(None) };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.spend(Reason::StorageFailed)?;
        self.image.insert(key.0, value.to_vec());
        self.see();
        Ok(())
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.spend(Reason::StorageFailed)?;
        self.image.remove(&key.0);
        self.see();
        Ok(())
    }

    fn monotonic_counters(&mut self) -> impl MonotonicCounters {
        CountersOf(self)
    }
}

struct CountersOf<'w>(&'w mut World);

impl MonotonicCounters for CountersOf<'_> {
    fn level(&self) -> RollbackLevel {
        self.0.level
    }

    fn counters(&mut self) -> Result<Counters, Reason> {
        let committed = (self.0.level != RollbackLevel::OneCounter).then_some(self.0.committed);
        Ok(Counters { started: self.0.started, committed })
    }

    fn start(&mut self) -> Result<(), Reason> {
        self.0.spend(Reason::CountersFailed)?;
        self.0.started += 1;
        Ok(())
    }

    fn commit(&mut self, to: u64) -> Result<(), Reason> {
        if self.0.level == RollbackLevel::OneCounter {
            return Ok(());
        }
        assert!(self.0.committed <= to && to <= self.0.started);
        // A counter that counts up by one, and can be interrupted in between.
        while self.0.committed < to {
            self.0.spend(Reason::CountersFailed)?;
            self.0.committed += 1;
        }
        Ok(())
    }
}

pub(super) type Device<'w> = Vault<&'w mut World, QuickHash>;

/// A boot as the agent does it.
pub(super) fn boot(world: &mut World, secret: Option<[u8; 32]>) -> Device<'_> {
    let mut vault = Vault::new(world, QuickHash, secret, GUARDED);
    let mut buffer = [0; 256];
    vault.mount(&mut buffer);
    if vault.is_new() {
        for key in [USE[0], USE[1], REVOKED, FREE] {
            let _ = vault.migrate(key, &mut buffer);
        }
        let _ = vault.initialise(&mut buffer);
    }
    vault
}

/// What the device reads: the two use values and the revoked one, 0 for none and for damaged.
pub(super) fn read(vault: &mut Device<'_>) -> [u8; 3] {
    [USE[0], USE[1], REVOKED].map(|key| {
        let mut buffer = [0; 256];
        let loaded = vault.load(key, &mut buffer);
        // A list of revoked ids begins with their number.
        let at = usize::from(key == REVOKED);
        loaded.ok().flatten().map_or(0, |(content, _)| content[at])
    })
}

pub(super) fn write(vault: &mut Device<'_>, key: StorageKey, number: u8) -> Result<(), Reason> {
    let mut buffer = [0; 256];
    if key == REVOKED {
        let ids = vault.load(key, &mut buffer)?.map_or(0, |(content, _)| content[0]) + 1;
        vault.store_revocation(key, &mut buffer, true, |out| out.put(&[ids, number]))
    } else {
        vault.store(key, &mut buffer, |out| out.put(&[number]))
    }
}
