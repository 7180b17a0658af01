//! Units in use: leases that cannot be given back twice or by the wrong owner.
//!
//! A lease lives in RAM only. After a reboot all units are free again, so nothing can leak.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::reason::Reason;

/// Room for one lease.
///
/// Shared between whoever takes leases and the guards, which may be dropped in another thread or at
/// another priority. Each word has one writer: who drops a guard writes `returned`, the table all
/// others; so loads and stores are enough, which every processor has.
#[derive(Debug)]
pub struct LeaseSlot {
    /// Counts the leases that this slot has had, so that an old token does not fit a new one.
    generation: AtomicU32,
    /// The generation that was given back last; the slot is free if it is the present one.
    returned: AtomicU32,
    /// What the units belong to.
    subject: AtomicU32,
    owner: AtomicU32,
    units: [AtomicU32; 2],
}

impl LeaseSlot {
    /// A free slot.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            generation: AtomicU32::new(0),
            returned: AtomicU32::new(0),
            subject: AtomicU32::new(0),
            owner: AtomicU32::new(0),
            units: [AtomicU32::new(0), AtomicU32::new(0)],
        }
    }

    fn generation(&self) -> u32 {
        self.generation.load(Ordering::Relaxed)
    }

    fn is_free(&self) -> bool {
        // What the owner did with the units comes before they are seen as free.
        self.returned.load(Ordering::Acquire) == self.generation()
    }

    fn give_back(&self, generation: u32) {
        self.returned.store(generation, Ordering::Release);
    }

    fn units(&self) -> u64 {
        let [low, high] = &self.units;
        u64::from(high.load(Ordering::Relaxed)) << 32 | u64::from(low.load(Ordering::Relaxed))
    }

    fn is_of(&self, subject: u16) -> bool {
        self.subject.load(Ordering::Relaxed) == u32::from(subject)
    }
}

impl Default for LeaseSlot {
    fn default() -> Self {
        Self::new()
    }
}

/// Names a lease. Never 0, so that zeroed memory names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseToken(u64);

impl LeaseToken {
    /// As a number, for callers in C.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// From a number. Any number is safe: one that names no lease is refused when it is used.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    fn new(index: usize, generation: u32) -> Option<Self> {
        Some(Self(u64::from(generation) << 32 | u64::from(u32::try_from(index).ok()?)))
    }

    /// Index of the slot and its generation.
    fn parts(self) -> Option<(usize, u32)> {
        let index = usize::try_from(self.0 & u64::from(u32::MAX)).ok()?;
        let generation = u32::try_from(self.0 >> 32).ok()?;
        Some((index, generation))
    }
}

/// A lease that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeaseOut {
    /// Its name.
    pub token: LeaseToken,
    /// What the units belong to.
    pub subject: u16,
    /// How many, from 1.
    pub units: u64,
    /// Who has them.
    pub owner: u32,
}

/// The leases of a device, in slots of the caller. One table for each set of slots.
#[derive(Debug)]
pub struct Leases<'s> {
    slots: &'s [LeaseSlot],
}

impl<'s> Leases<'s> {
    /// Works on these slots and on the leases that are in them.
    #[must_use]
    pub const fn new(slots: &'s [LeaseSlot]) -> Self {
        Self { slots }
    }

    /// The same slots, to look at.
    pub(crate) const fn view(&self) -> Self {
        Self { slots: self.slots }
    }

    /// Takes units (at least one) for an owner. Whether so many are licensed is the caller's
    /// business.
    ///
    /// # Errors
    /// [`Reason::LeasesFull`].
    pub fn take(&mut self, subject: u16, units: u64, owner: u32) -> Result<LeaseToken, Reason> {
        for (index, slot) in (0..self.slots.len()).zip(self.slots) {
            if !slot.is_free() {
                continue;
            }
            let [b0, b1, b2, b3, b4, b5, b6, b7] = units.max(1).to_le_bytes();
            let [low, high] = &slot.units;
            low.store(u32::from_le_bytes([b0, b1, b2, b3]), Ordering::Relaxed);
            high.store(u32::from_le_bytes([b4, b5, b6, b7]), Ordering::Relaxed);
            slot.subject.store(u32::from(subject), Ordering::Relaxed);
            slot.owner.store(owner, Ordering::Relaxed);
            // A generation of 0 would make the token of slot 0 a zero.
            let generation = slot.generation().checked_add(1).unwrap_or(1);
            slot.generation.store(generation, Ordering::Relaxed);
            return LeaseToken::new(index, generation).ok_or(Reason::LeasesFull);
        }
        Err(Reason::LeasesFull)
    }

    /// Gives the units of a lease back.
    ///
    /// # Errors
    /// [`Reason::NoSuchLease`] for a token that names no lease (any more), and for the lease of
    /// another owner; nothing is changed then.
    pub fn release(&mut self, token: LeaseToken, owner: u32) -> Result<(), Reason> {
        let slot = self.slot(token).ok_or(Reason::NoSuchLease)?;
        if slot.owner.load(Ordering::Relaxed) != owner {
            return Err(Reason::NoSuchLease);
        }
        slot.give_back(slot.generation());
        Ok(())
    }

    /// The slot of a lease that is out.
    fn slot(&self, token: LeaseToken) -> Option<&'s LeaseSlot> {
        let (index, generation) = token.parts()?;
        let slots: &'s [LeaseSlot] = self.slots;
        slots.get(index).filter(|slot| slot.generation() == generation && !slot.is_free())
    }

    /// Gives all units back, as a reboot does.
    pub fn release_all(&mut self) {
        for slot in self.slots {
            slot.give_back(slot.generation());
        }
    }

    /// Units in use of a subject.
    #[must_use]
    pub fn in_use(&self, subject: u16) -> u64 {
        let out = self.slots.iter().filter(|slot| slot.is_of(subject) && !slot.is_free());
        out.fold(0, |sum, slot| sum.saturating_add(slot.units()))
    }

    /// The leases that are out: of which subject, and by whom, is told with each.
    pub fn out(&self) -> impl Iterator<Item = LeaseOut> + use<'s> {
        let slots: &'s [LeaseSlot] = self.slots;
        (0..slots.len()).zip(slots).filter(|(_, slot)| !slot.is_free()).filter_map(
            |(index, slot)| {
                Some(LeaseOut {
                    token: LeaseToken::new(index, slot.generation())?,
                    subject: u16::try_from(slot.subject.load(Ordering::Relaxed)).ok()?,
                    units: slot.units(),
                    owner: slot.owner.load(Ordering::Relaxed),
                })
            },
        )
    }

    /// Changes whenever a lease is taken or given back.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.slots.iter().fold(0, |sum, slot| {
            let state = u64::from(slot.generation()).wrapping_mul(2);
            sum.wrapping_add(state.wrapping_sub(u64::from(!slot.is_free())))
        })
    }

    /// A guard that gives the units back when it is dropped.
    ///
    /// # Errors
    /// [`Reason::NoSuchLease`] for a token that names no lease (any more).
    pub fn guard(&self, token: LeaseToken) -> Result<Lease<'s>, Reason> {
        let slot = self.slot(token).ok_or(Reason::NoSuchLease)?;
        Ok(Lease { slot, token })
    }
}

/// Units in use for as long as this value lives. It may go to another thread, and live across an
/// await.
#[derive(Debug)]
#[must_use = "the units are given back when the lease is dropped"]
pub struct Lease<'s> {
    slot: &'s LeaseSlot,
    token: LeaseToken,
}

impl Lease<'_> {
    /// The token, for bookkeeping.
    #[must_use]
    pub const fn token(&self) -> LeaseToken {
        self.token
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // One that was released by its token is gone already, which is what is wanted; so nothing is
        // written for a generation that is over.
        if let Some((_, generation)) = self.token.parts()
            && self.slot.generation() == generation
        {
            self.slot.give_back(generation);
        }
    }
}

#[cfg(test)]
mod tests;
