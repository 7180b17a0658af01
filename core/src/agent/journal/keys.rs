//! Under which keys the agent keeps its values: docs/SPEC.md section 13.
//!
//! Two bodies of data never touch each other: the license store (`LINES`), which the operator may
//! clear, and the persistence (all other keys), which lives as long as the device.

use core::ops::Range;

use crate::store::StorageKey;

/// First key of each group; the number within the group is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) enum Group {
    Clock = 0x0001,
    Pending = 0x0003,
    Lines = 0x0100,
    Usage = 0x0200,
    AcceptedEulas = 0x0300,
    History = 0x0400,
    Levels = 0x0500,
    Revoked = 0x0600,
    /// Behind those of `Revoked`, because each is a revocation, too.
    Tickets = 0x0610,
}

/// What must never be older than the counters say: the clock's floor, used time, revoked ids and tickets.
pub(in crate::agent) const GUARDED: &[Range<u16>] =
    &[0x0001..0x0002, 0x0200..0x0200 + MAX_USAGE as u16, 0x0600..0x0610 + MAX_TICKETS as u16];

/// All keys but those of lines.
pub(in crate::agent) fn keys_of_persistence() -> impl Iterator<Item = StorageKey> {
    let groups = [
        (Group::Clock, 1),
        (Group::Pending, 1),
        (Group::Usage, MAX_USAGE),
        (Group::AcceptedEulas, MAX_ACCEPTED_EULAS),
        (Group::History, MAX_HISTORY),
        (Group::Levels, MAX_LEVELS),
        (Group::Revoked, MAX_REVOKED),
        (Group::Tickets, MAX_TICKETS),
    ];
    groups.into_iter().flat_map(|(group, places)| (0..places).map(move |place| key(group, place)))
}

/// Lines whose use is remembered.
pub(in crate::agent) const MAX_USAGE: u8 = 96;
/// Accepted agreements that are remembered, one for each feature.
pub(in crate::agent) const MAX_ACCEPTED_EULAS: u8 = 32;
/// Entries of the history, the newest of which are kept.
pub(in crate::agent) const MAX_HISTORY: u8 = 32;
/// Values that hold revoked ids.
pub(in crate::agent) const MAX_REVOKED: u8 = 16;
/// Words on tickets. None where rights cannot move.
pub(in crate::agent) const MAX_TICKETS: u8 = if cfg!(feature = "transfer") { 32 } else { 0 };
/// Revoked ids in each of them.
pub(in crate::agent) const REVOKED_PER_VALUE: usize = 12;
/// Levels asked for, one for each technology package.
pub(in crate::agent) const MAX_LEVELS: u8 = 8;

pub(in crate::agent) const fn key(group: Group, place: u8) -> StorageKey {
    StorageKey((group as u16).wrapping_add(place as u16))
}
