//! Units in use: leases that cannot be given back twice or by the wrong owner.
//!
//! A lease lives in RAM only. After a reboot all units are free again, so nothing can leak.

use core::cell::Cell;

use crate::reason::Reason;

/// Room for one lease.
#[derive(Debug, Clone)]
pub struct LeaseSlot(Cell<Entry>);

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// What the units belong to.
    subject: u16,
    /// 0 while the slot is free.
    units: u64,
    owner: u32,
    /// Counts the leases that this slot has had, so that an old token does not fit a new one.
    generation: u32,
}

impl LeaseSlot {
    /// A free slot.
    #[must_use]
    pub const fn new() -> Self {
        Self(Cell::new(Entry { subject: 0, units: 0, owner: 0, generation: 0 }))
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

/// The leases of a device, in slots of the caller.
#[derive(Debug, Clone, Copy)]
pub struct Leases<'s> {
    slots: &'s [LeaseSlot],
}

impl<'s> Leases<'s> {
    /// Works on these slots and on the leases that are in them.
    #[must_use]
    pub const fn new(slots: &'s [LeaseSlot]) -> Self {
        Self { slots }
    }

    /// Takes units (at least one) for an owner. Whether so many are licensed is the caller's
    /// business.
    ///
    /// # Errors
    /// [`Reason::LeasesFull`].
    pub fn take(&self, subject: u16, units: u64, owner: u32) -> Result<LeaseToken, Reason> {
        for (index, slot) in (0..self.slots.len()).zip(self.slots) {
            let old = slot.0.get();
            if old.units > 0 {
                continue;
            }
            // A generation of 0 would make the token of slot 0 a zero.
            let generation = old.generation.checked_add(1).unwrap_or(1);
            slot.0.set(Entry { subject, units: units.max(1), owner, generation });
            return LeaseToken::new(index, generation).ok_or(Reason::LeasesFull);
        }
        Err(Reason::LeasesFull)
    }

    /// Gives the units of a lease back, and says to what they belonged and how many they were.
    ///
    /// # Errors
    /// [`Reason::NoSuchLease`] for a token that names no lease (any more), and for the lease of
    /// another owner; nothing is changed then.
    pub fn release(&self, token: LeaseToken, owner: u32) -> Result<(u16, u64), Reason> {
        let (index, generation) = token.parts().ok_or(Reason::NoSuchLease)?;
        let slot = self.slots.get(index).ok_or(Reason::NoSuchLease)?;
        let entry = slot.0.get();
        if entry.units == 0 || entry.generation != generation || entry.owner != owner {
            return Err(Reason::NoSuchLease);
        }
        slot.0.set(Entry { units: 0, ..entry });
        Ok((entry.subject, entry.units))
    }

    /// Gives all units back, as a reboot does.
    pub fn release_all(&self) {
        for slot in self.slots {
            let entry = slot.0.get();
            slot.0.set(Entry { units: 0, ..entry });
        }
    }

    /// Units in use of a subject.
    #[must_use]
    pub fn in_use(&self, subject: u16) -> u64 {
        self.slots
            .iter()
            .map(|slot| slot.0.get())
            .filter(|entry| entry.subject == subject)
            .fold(0, |sum, entry| sum.saturating_add(entry.units))
    }

    /// Changes whenever a lease is taken or given back.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.slots.iter().map(|slot| slot.0.get()).fold(0, |sum, entry| {
            // Taking counts the generation up, giving back sets the units to 0.
            let state = u64::from(entry.generation).wrapping_mul(2);
            sum.wrapping_add(state.wrapping_sub(u64::from(entry.units > 0)))
        })
    }

    /// A guard that gives the units back when it is dropped.
    pub const fn guard(self, token: LeaseToken, owner: u32) -> Lease<'s> {
        Lease { leases: self, token, owner }
    }
}

/// Units in use for as long as this value lives.
#[derive(Debug)]
#[must_use = "the units are given back when the lease is dropped"]
pub struct Lease<'s> {
    leases: Leases<'s>,
    token: LeaseToken,
    owner: u32,
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
        // A lease that was released by its token is gone already, which is what is wanted.
        let _ = self.leases.release(self.token, self.owner);
    }
}

#[cfg(test)]
mod tests;
