//! [`Vault`]: the storage port with a checksum or a MAC behind every value and, where there are
//! monotonic counters, protection against older copies: docs/SPEC.md section 14.

use core::ops::Range;

use crate::bytes::sink::{Sink, SliceSink};
use crate::crypto::SignatureVerifier;
#[cfg(feature = "transfer")]
use crate::crypto::hmac;
use crate::reason::Reason;
use crate::record::HmacKey;
use crate::store::protect::{
    MAX_TRAILER, MacHalf, WITH_CHECKSUM, WITH_MAC, checksum, mac, same, xor,
};
use crate::store::{MonotonicCounters, RollbackLevel, RollbackState, Storage, StorageKey};

/// Longest value that is mended: a line with its comment and its `KEY` record.
const MENDED_LEN: usize = 768;
/// Values that are mended from one boot to the next.
const MAX_MENDS: u8 = 2;

/// How a value was protected when it was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    Checksum,
    Mac,
}

/// A value that is whole: its content, how that was seen, and the hidden half of its MAC.
type Checked<'b> = (&'b [u8], Protection, MacHalf);

/// The storage port, what it is protected with, and what was found out about it.
pub(crate) struct Vault<S, V> {
    pub(crate) storage: S,
    pub(crate) verifier: V,
    /// The device secret. Zeros if there is none: the hidden halves then tell an older value from a newer
    /// one, and keep nobody from making one up.
    pub(super) secret: HmacKey,
    pub(super) has_secret: bool,
    /// Keys whose values must not be older than the counters say.
    pub(super) guarded: &'static [Range<u16>],
    pub(super) rollback_state: RollbackState,
    /// Values without a MAC are taken in: the device had no secret before.
    pub(super) migrating: bool,
    /// Exclusive or of the hidden halves of the guarded values' MACs.
    pub(super) total: MacHalf,
    pub(super) started: u64,
    pub(super) revocations: u64,
    /// A guarded change failed: what is there now must be read before the next one.
    pub(super) unsure: bool,
    /// The manifest was gone, or damaged, where it says no more than that there were MACs.
    pub(super) lost_manifest: bool,
    /// The values have MACs, and the device has no secret in this boot.
    pub(super) lacks_secret: bool,
    /// Damaged values that may still be mended.
    mends: u8,
}

impl<S, V> core::fmt::Debug for Vault<S, V> {
    /// Without the secret, and without the total that nobody may learn.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Vault")
            .field("rollback_state", &self.rollback_state)
            .finish_non_exhaustive()
    }
}

impl<S: Storage, V: SignatureVerifier> Vault<S, V> {
    pub(crate) fn new(
        storage: S,
        verifier: V,
        secret: Option<[u8; 32]>,
        guarded: &'static [Range<u16>],
    ) -> Self {
        Self {
            storage,
            verifier,
            secret: HmacKey::new(secret.unwrap_or_default()),
            has_secret: secret.is_some(),
            guarded,
            rollback_state: RollbackState::Unanchored,
            migrating: false,
            total: [0; 16],
            started: 0,
            revocations: 0,
            unsure: false,
            lost_manifest: false,
            lacks_secret: false,
            mends: MAX_MENDS,
        }
    }

    pub(crate) const fn rollback_state(&self) -> RollbackState {
        self.rollback_state
    }

    pub(crate) fn secret(&self) -> Option<&[u8; 32]> {
        self.has_secret.then_some(self.secret.bytes())
    }

    /// The MAC of these pieces under the device secret, if there is one.
    #[cfg(feature = "transfer")]
    pub(crate) fn secret_mac(&self, pieces: &[&[u8]]) -> Option<Result<[u8; 32], Reason>> {
        self.has_secret.then(|| hmac(&self.verifier, &self.secret, pieces))
    }

    /// What the counters are worth here. Without a secret, whoever can write to the storage can write
    /// a fitting manifest too.
    pub(crate) fn level(&mut self) -> RollbackLevel {
        if self.has_secret {
            self.storage.monotonic_counters().level()
        } else {
            RollbackLevel::None
        }
    }

    /// Loads a value: what stands between its version and its trailer.
    pub(crate) fn load<'b>(
        &mut self,
        key: StorageKey,
        buffer: &'b mut [u8],
    ) -> Result<Option<(&'b [u8], Protection)>, Reason> {
        let Some((content, protection, _)) = self.read(key, buffer)? else { return Ok(None) };
        Ok(Some((content, protection)))
    }

    pub(super) fn read<'b>(
        &mut self,
        key: StorageKey,
        buffer: &'b mut [u8],
    ) -> Result<Option<Checked<'b>>, Reason> {
        let Some(len) = self.storage.load(key, buffer)? else { return Ok(None) };
        let value = buffer.get_mut(..len).ok_or(Reason::StorageCorrupted)?;
        let (end, protection, hidden) = match self.check(key, value) {
            Err(reason) if reason != Reason::CryptoFailure => {
                self.mend(key, value).ok_or(reason)?
            }
            checked => checked?,
        };
        let content = value.get(1..end).ok_or(Reason::StorageCorrupted)?;
        Ok(Some((content, protection, hidden)))
    }

    /// Whether a value is there and cannot be read. A value of another version is not damaged.
    pub(crate) fn is_damaged(
        &mut self,
        key: StorageKey,
        buffer: &mut [u8],
    ) -> Result<bool, Reason> {
        match self.read(key, buffer) {
            Ok(_) => Ok(false),
            Err(Reason::StorageCorrupted) => Ok(true),
            Err(reason) => Err(reason),
        }
    }

    /// Where the content ends, if the trailer fits.
    fn check(&self, key: StorageKey, value: &[u8]) -> Result<(usize, Protection, MacHalf), Reason> {
        match (value.first(), self.has_secret) {
            (Some(&WITH_MAC), true) => {
                let (content, trailer) = split::<16>(value)?;
                let (first, hidden) = self.halves(key, content)?;
                let whole = same(&first, trailer);
                whole.then_some((content.len(), Protection::Mac, hidden))
            }
            (Some(&WITH_MAC), false) => return Err(Reason::DeviceSecretMissing),
            (Some(&WITH_CHECKSUM), has_secret) => {
                let (content, trailer) = split::<4>(value)?;
                let whole = checksum(key, content) == *trailer;
                if !whole || (has_secret && !self.migrating) {
                    return Err(Reason::StorageCorrupted);
                }
                let (_, hidden) = self.halves(key, content)?;
                Some((content.len(), Protection::Checksum, hidden))
            }
            (Some(_), _) => return Err(Reason::UnsupportedFormat),
            (None, _) => None,
        }
        .ok_or(Reason::StorageCorrupted)
    }

    /// Both halves of a value's MAC; zeros where nobody asks for either.
    fn halves(&self, key: StorageKey, content: &[u8]) -> Result<(MacHalf, MacHalf), Reason> {
        if !self.has_secret && self.rollback_state == RollbackState::Unanchored {
            return Ok(([0; 16], [0; 16]));
        }
        mac(&self.verifier, &self.secret, key, content)
    }

    /// A value of which one bit was flipped is the only one whose trailer fits with one bit
    /// flipped back: flash does that in the course of years, and nobody can use it to change
    /// anything. It is stored as it was. Few and short ones only: garbage must not hold up a boot.
    fn mend(&mut self, key: StorageKey, value: &mut [u8]) -> Option<(usize, Protection, MacHalf)> {
        if value.len() > MENDED_LEN {
            return None;
        }
        self.mends = self.mends.checked_sub(1)?;
        for index in 0..value.len() {
            for mask in [1, 2, 4, 8, 16, 32, 64, 128] {
                *value.get_mut(index)? ^= mask;
                if let Ok(checked) = self.check(key, value) {
                    // The next boot can do it again.
                    let _ = self.storage.store(key, value);
                    return Some(checked);
                }
                *value.get_mut(index)? ^= mask;
            }
        }
        None
    }

    /// Replaces a value, which is written in the buffer first. Behind it there must be room for the
    /// present one, if it is guarded.
    pub(crate) fn store(
        &mut self,
        key: StorageKey,
        buffer: &mut [u8],
        write: impl FnOnce(&mut SliceSink<'_>),
    ) -> Result<(), Reason> {
        let len = write_content(buffer, write)?;
        self.replace(key, buffer, len)
    }

    /// Apart from the writing, so that firmware has it once and not for every kind of value.
    #[inline(never)]
    fn replace(&mut self, key: StorageKey, buffer: &mut [u8], len: usize) -> Result<(), Reason> {
        let (len, hidden) = self.frame(key, buffer, len)?;
        let (value, rest) = buffer.split_at_mut_checked(len).ok_or(Reason::MemoryTooSmall)?;
        let before = self.begin(key, rest)?;
        self.put(key, value, before, hidden, false)
    }

    fn put(
        &mut self,
        key: StorageKey,
        value: &[u8],
        before: Option<MacHalf>,
        hidden: MacHalf,
        revokes: bool,
    ) -> Result<(), Reason> {
        let Some(before) = before else { return self.storage.store(key, value) };
        let total =
            if self.is_guarded(key) { xor(xor(self.total, before), hidden) } else { self.total };
        // Until all of it is done, nobody knows what is there.
        self.unsure = true;
        self.announce(total, u8::from(revokes))?;
        self.storage.store(key, value)?;
        self.unsure = false;
        self.commit(total);
        Ok(())
    }

    /// Changes a value that was just loaded into this buffer, in place, and gives it this length.
    /// For values that are not guarded.
    pub(crate) fn store_changed(
        &mut self,
        key: StorageKey,
        buffer: &mut [u8],
        len: usize,
        change: impl FnOnce(&mut [u8]),
    ) -> Result<(), Reason> {
        let end = len.saturating_add(1);
        change(buffer.get_mut(1..end).ok_or(Reason::StorageFull)?);
        self.replace(key, buffer, end)
    }

    /// Removes a value. The buffer is for reading it once more.
    pub(crate) fn remove(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<(), Reason> {
        let Some(before) = self.begin(key, buffer)? else { return self.storage.remove(key) };
        let total = if self.is_guarded(key) { xor(self.total, before) } else { self.total };
        self.unsure = true;
        self.announce(total, 0)?;
        self.storage.remove(key)?;
        self.unsure = false;
        self.commit(total);
        Ok(())
    }

    /// Stores a value that takes a right back: no older copy will do from now on. Without `news` it
    /// is stored as it was.
    pub(crate) fn store_revocation(
        &mut self,
        key: StorageKey,
        buffer: &mut [u8],
        news: bool,
        write: impl FnOnce(&mut SliceSink<'_>),
    ) -> Result<(), Reason> {
        let len = write_content(buffer, write)?;
        let (len, hidden) = self.frame(key, buffer, len)?;
        let (value, rest) = buffer.split_at_mut_checked(len).ok_or(Reason::MemoryTooSmall)?;
        let before = self.begin(key, rest)?;
        let anchored = news && self.rollback_state == RollbackState::Latest && !self.migrating;
        if anchored {
            self.unsure = true;
            let counters = self.storage.monotonic_counters().counters()?;
            if counters.committed.is_some() {
                // The distance of the counters is the number of revocations.
                self.start()?;
            }
            self.revocations = self.revocations.saturating_add(1);
        }
        self.put(key, value, before, hidden, anchored)?;
        if anchored
            && self.rollback_state == RollbackState::Latest
            && self.storage.monotonic_counters().level() == RollbackLevel::OneCounter
        {
            // One counter lets the last change be taken back: make another one.
            self.unsure = true;
            self.announce(self.total, 0)?;
            self.unsure = false;
        }
        Ok(())
    }

    fn is_guarded(&self, key: StorageKey) -> bool {
        self.guarded.iter().any(|range| range.contains(&key.0))
    }

    /// What the present value adds to the total; `None` if the change needs no manifest.
    fn begin(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<MacHalf>, Reason> {
        if self.unsure {
            return Err(Reason::StorageFailed);
        }
        if self.lacks_secret && self.is_guarded(key) {
            return Err(Reason::DeviceSecretMissing);
        }
        if self.migrating {
            return Ok(None);
        }
        match self.rollback_state {
            RollbackState::Latest => {}
            RollbackState::Unanchored => return Ok(None),
            doubtful => {
                return match doubtful.doubt() {
                    Some(reason) if self.is_guarded(key) => Err(reason),
                    _ => Ok(None),
                };
            }
        }
        if !self.is_guarded(key) {
            return Ok(Some([0; 16]));
        }
        Ok(Some(self.read(key, buffer)?.map_or([0; 16], |(_, _, hidden)| hidden)))
    }

    /// Writes version, value and trailer; gives the length and the hidden half.
    pub(super) fn finish_value(
        &self,
        key: StorageKey,
        buffer: &mut [u8],
        write: impl FnOnce(&mut SliceSink<'_>),
    ) -> Result<(usize, MacHalf), Reason> {
        let len = write_content(buffer, write)?;
        self.frame(key, buffer, len)
    }

    /// Puts the version before and the trailer behind what stands in the buffer from its second
    /// byte to this end; gives the length and the hidden half.
    pub(super) fn frame(
        &self,
        key: StorageKey,
        buffer: &mut [u8],
        len: usize,
    ) -> Result<(usize, MacHalf), Reason> {
        if let Some(version) = buffer.first_mut() {
            *version = if self.has_secret { WITH_MAC } else { WITH_CHECKSUM };
        }
        let content = buffer.get(..len).ok_or(Reason::StorageFull)?;
        let (mut trailer, hidden): ([u8; MAX_TRAILER], _) = self.halves(key, content)?;
        let mut trailer_len = trailer.len();
        if !self.has_secret {
            let crc = checksum(key, content);
            trailer_len = crc.len();
            for (to, from) in trailer.iter_mut().zip(crc) {
                *to = from;
            }
        }
        let trailer = trailer.get(..trailer_len).unwrap_or_default();
        let end = len.saturating_add(trailer.len());
        let room = buffer.get_mut(len..end).ok_or(Reason::StorageFull)?;
        // Not `copy_from_slice`, whose panic the linker cannot rule out.
        for (to, from) in room.iter_mut().zip(trailer) {
            *to = *from;
        }
        Ok((end, hidden))
    }
}

/// Writes a value behind the place of its version; gives the end.
fn write_content(
    buffer: &mut [u8],
    write: impl FnOnce(&mut SliceSink<'_>),
) -> Result<usize, Reason> {
    let mut out = SliceSink::new(buffer);
    out.put(&[0]);
    write(&mut out);
    Ok(out.finish().map_err(|_| Reason::StorageFull)?.len())
}

fn split<const N: usize>(value: &[u8]) -> Result<(&[u8], &[u8; N]), Reason> {
    value.split_last_chunk().ok_or(Reason::StorageCorrupted)
}
