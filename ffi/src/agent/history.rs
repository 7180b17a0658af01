//! What happened to lines, their text, and those that were refused.

use core::ffi::{c_char, c_void};

use nodelock::agent::HistoryKind;
use nodelock::limits::MAX_FEATURE_LEN;

use crate::agent::line_id;
use crate::agent::state::{change, look, nodelock_agent};
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_NO_SUCH_INDEX, NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_NULL_ARGUMENT,
    NODELOCK_ERR_OUTPUT, nodelock_result, number,
};
use crate::rights::license::NODELOCK_FEATURE_SIZE;
use crate::verdict::NODELOCK_LINE_ID_LEN;

/// In the history: a line was installed.
pub const NODELOCK_HISTORY_INSTALLED: u32 = 1;
/// In the history: a line was cleared.
pub const NODELOCK_HISTORY_CLEARED: u32 = 2;
/// In the history: a line has ended.
pub const NODELOCK_HISTORY_EXPIRED: u32 = 3;
/// In the history: the agreement of a line was accepted.
pub const NODELOCK_HISTORY_EULA_ACCEPTED: u32 = 4;
/// In the history: a trial turned into a right to use.
pub const NODELOCK_HISTORY_CONVERTED: u32 = 5;
/// In the history: a right was revoked.
pub const NODELOCK_HISTORY_REVOKED: u32 = 6;
/// In the history: a REPAIR record was accepted; the id is that of the record.
pub const NODELOCK_HISTORY_REPAIRED: u32 = 7;
/// A line was given up by a ticket.
pub const NODELOCK_HISTORY_MOVED: u32 = 8;
/// A ticket for the line will never be applied.
pub const NODELOCK_HISTORY_TICKET_CANCELLED: u32 = 9;
/// The line came by a ticket and was given up for good.
pub const NODELOCK_HISTORY_GIVEN_UP: u32 = 10;
/// The proof of its transfer was accepted.
pub const NODELOCK_HISTORY_ARRIVED: u32 = 11;
/// Some of its units were given up by a ticket.
pub const NODELOCK_HISTORY_REDUCED: u32 = 12;

/// One entry of the history.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_history_entry {
    /// Counts all entries since the device was made.
    pub number: u64,
    /// When, in seconds since 1970-01-01T00:00:00Z; 0 if the device did not know.
    pub wall: u64,
    /// NODELOCK_HISTORY_...
    pub kind: u32,
    /// 1 if wall is known, else 0.
    pub wall_known: u32,
    /// Id of the line.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// Its feature, with a NUL behind it.
    pub feature: [c_char; NODELOCK_FEATURE_SIZE],
    /// 0.
    pub reserved: [u8; 5],
}

// Nothing in it but its fields, so that no stray byte of the stack gets to the caller.
const _: () = assert!(core::mem::size_of::<nodelock_history_entry>() == 104);

impl nodelock_history_entry {
    fn of(entry: &nodelock::agent::HistoryEntry<'_>) -> Self {
        let mut feature = [0; NODELOCK_FEATURE_SIZE];
        for (to, from) in feature.iter_mut().zip(entry.feature.iter().take(MAX_FEATURE_LEN)) {
            // Names are ASCII.
            *to = *from as c_char;
        }
        Self {
            number: entry.number,
            wall: entry.wall.map_or(0, |wall| wall.0),
            kind: match entry.kind {
                HistoryKind::Installed => NODELOCK_HISTORY_INSTALLED,
                HistoryKind::Cleared => NODELOCK_HISTORY_CLEARED,
                HistoryKind::Expired => NODELOCK_HISTORY_EXPIRED,
                HistoryKind::EulaAccepted => NODELOCK_HISTORY_EULA_ACCEPTED,
                HistoryKind::Converted => NODELOCK_HISTORY_CONVERTED,
                HistoryKind::Revoked => NODELOCK_HISTORY_REVOKED,
                HistoryKind::Repaired => NODELOCK_HISTORY_REPAIRED,
                HistoryKind::Moved => NODELOCK_HISTORY_MOVED,
                HistoryKind::TicketCancelled => NODELOCK_HISTORY_TICKET_CANCELLED,
                HistoryKind::GivenUp => NODELOCK_HISTORY_GIVEN_UP,
                HistoryKind::Arrived => NODELOCK_HISTORY_ARRIVED,
                HistoryKind::Reduced => NODELOCK_HISTORY_REDUCED,
                // None: a test goes through all that there are.
                _ => 0,
            },
            wall_known: u32::from(entry.wall.is_some()),
            line_id: entry.id.0,
            feature,
            reserved: [0; 5],
        }
    }
}

/// Lists the history of the device: which lines were installed, cleared, accepted and revoked, and which have ended.
/// It holds the last 32 entries and survives clearing and new images.
///
/// agent     The agent.
/// on_entry  Called with each entry, in the order of storage; the numbers give the order of time. The
///           entry is valid during the call.
/// user      Passed to on_entry.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_... if an entry could not be read; the others were given.
/// Writes: agent. Calls: load, on_entry. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_history(
    agent: *mut nodelock_agent,
    on_entry: Option<unsafe extern "C" fn(user: *mut c_void, entry: *const nodelock_history_entry)>,
    user: *mut c_void,
) -> nodelock_result {
    let work = |core: &mut super::Core, _: &crate::config::nodelock_config| {
        let on_entry = on_entry.ok_or(Code(NODELOCK_ERR_NULL_ARGUMENT))?;
        Ok(core.history(|entry| {
            let entry = nodelock_history_entry::of(entry);
            // SAFETY: the program's function, called as the header says.
            unsafe { on_entry(user, &raw const entry) };
        })?)
    };
    // SAFETY: the caller's promise.
    number(unsafe { change(agent, work) })
}

/// Gives the text of an installed line as it was in its file: first its KEY record if its key was delegated, then the
/// line, each followed by a line feed. The texts of all lines together are a backup.
///
/// agent    The agent.
/// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
/// write    Called with each piece of text, valid during the call; needs no NUL. Returns 0 to go on.
/// user     Passed to write.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_STORAGE_...;
/// NODELOCK_ERR_OUTPUT if write returned another number.
/// Writes: agent. Calls: load, write. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_line_text(
    agent: *mut nodelock_agent,
    line_id: *const u8,
    write: Option<unsafe extern "C" fn(user: *mut c_void, text: *const c_char, len: usize) -> i32>,
    user: *mut c_void,
) -> nodelock_result {
    let work = |core: &mut super::Core, _: &crate::config::nodelock_config| {
        // SAFETY: the caller's promise.
        let id = unsafe { self::line_id(line_id) }?;
        let write = write.ok_or(Code(NODELOCK_ERR_NULL_ARGUMENT))?;
        let mut answer = 0;
        core.line_text(id, |piece| {
            if answer == 0 {
                // SAFETY: the program's function, called as the header says.
                answer = unsafe { write(user, piece.as_ptr().cast(), piece.len()) };
            }
        })?;
        if answer == 0 { Ok(()) } else { Err(Code(NODELOCK_ERR_OUTPUT)) }
    };
    // SAFETY: the caller's promise.
    number(unsafe { change(agent, work) })
}

/// One of the stored lines that were refused at boot. They stay in the storage until they are discarded, because
/// another firmware may be able to read them.
///
/// agent   The agent.
/// index   From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
/// place   Its place in the store of lines.
/// reason  Why it was refused.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
/// Writes: *place and *reason on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_refused_at(
    agent: *const nodelock_agent,
    index: usize,
    place: *mut u8,
    reason: *mut nodelock_result,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(place)?;
            ptr::check(reason)?;
            let found = core.refused().nth(index).ok_or(Code(NODELOCK_ERR_NO_SUCH_INDEX))?;
            ptr::put(place, found.place);
            ptr::put(reason, found.reason.code());
            Ok(())
        })
    })
}

/// Removes a stored line that was refused at boot, so that its place is free again. This cannot be undone.
///
/// agent  The agent.
/// place  Its place, from nodelock_agent_refused_at.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE if no refused line is there; NODELOCK_ERR_STORAGE_....
/// Writes: agent; storage, once. Calls: remove. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_discard_refused(
    agent: *mut nodelock_agent,
    place: u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change(agent, |core, _| {
            let place = u8::try_from(place).map_err(|_| Code(NODELOCK_ERR_NO_SUCH_LINE))?;
            Ok(core.discard_refused(place)?)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_number() {
        for kind in HistoryKind::ALL {
            let id = nodelock::value::LineId([1; 10]);
            let entry =
                nodelock::agent::HistoryEntry { number: 1, kind, id, wall: None, feature: b"a" };
            assert_eq!(nodelock_history_entry::of(&entry).kind, u32::from(kind as u8), "{kind}");
        }
    }
}
