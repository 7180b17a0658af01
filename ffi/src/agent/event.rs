//! What the device should tell.

use core::ffi::c_char;

use nodelock::Event;
use nodelock::event::EventGroup;

use crate::agent::check::{NODELOCK_NO_HANDLE, handle_of, nodelock_handle};
use crate::agent::config::nodelock_uptime;
use crate::agent::flag;
use crate::agent::state::{change, nodelock_agent};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_ARGUMENT, nodelock_result, number};
use crate::verdict::NODELOCK_LINE_ID_LEN;

/// Event: no event waits.
pub const NODELOCK_EVENT_NONE: u32 = 0;
/// Event: a line was installed.
pub const NODELOCK_EVENT_INSTALL: u32 = 1;
/// Event: a line was cleared.
pub const NODELOCK_EVENT_CLEAR: u32 = 2;
/// Event: a license agreement was accepted.
pub const NODELOCK_EVENT_EULA_ACCEPTED: u32 = 3;
/// Event: a metered right will end; the value is the seconds left. 4, 3 and 2 weeks before, daily in the last
/// week; a right that is shorter begins with one.
pub const NODELOCK_EVENT_EXPIRING: u32 = 4;
/// Event: a metered right has ended. Again every week while the feature still runs: with
/// NODELOCK_EXPIRY_UNTIL_REBOOT it does, and nodelock_agent_check says yes, until the next boot.
pub const NODELOCK_EVENT_EXPIRED: u32 = 5;
/// Event: a dated right will end; the value is the seconds left.
pub const NODELOCK_EVENT_SUBSCRIPTION_EXPIRING: u32 = 6;
/// Event: a dated right has ended. Again every day while the feature still runs.
pub const NODELOCK_EVENT_SUBSCRIPTION_EXPIRED: u32 = 7;
/// Event: a trial will turn into a right to use; the value is the seconds left.
pub const NODELOCK_EVENT_RIGHT_TO_USE_COMING: u32 = 8;
/// Event: a trial has turned into a right to use.
pub const NODELOCK_EVENT_RIGHT_TO_USE: u32 = 9;
/// Event: 80 % of the units are in use; the value is their number. Not where one step leads to all of them.
pub const NODELOCK_EVENT_COUNT_NEAR: u32 = 10;
/// Event: all units are in use; the value is their number.
pub const NODELOCK_EVENT_COUNT_REACHED: u32 = 11;
/// Event: more is in use than is licensed, which the feature allows; the value is the surplus.
pub const NODELOCK_EVENT_VIOLATION: u32 = 12;
/// Event: a level other than before will run after the next boot.
pub const NODELOCK_EVENT_NEXT_LEVEL: u32 = 13;
/// Event: the wall clock stepped back and is not followed.
pub const NODELOCK_EVENT_CLOCK_BACK: u32 = 14;
/// Event: the wall clock jumped forward and is not believed yet.
pub const NODELOCK_EVENT_CLOCK_FORWARD: u32 = 15;
/// Event: the wall clock is believed again.
pub const NODELOCK_EVENT_CLOCK_GOOD: u32 = 16;
/// Event: the wall clock is not known any more.
pub const NODELOCK_EVENT_CLOCK_LOST: u32 = 17;
/// Event: storage failed; the value is the result's number without its sign, and nodelock_result_text and
/// nodelock_result_remedy of that number with its sign have words for it. With NODELOCK_ERR_STORAGE_FAILED what
/// changes with time, such as what was used of a trial, cannot be stored or read at present: that is tried again
/// every minute at the latest, and told once until it works again. With other numbers a part of what is remembered
/// for the life of the device cannot be read.
pub const NODELOCK_EVENT_STORAGE: u32 = 18;
/// Event: a stored line was refused at boot; the value is the result's number without its sign. After
/// NODELOCK_ERR_STORAGE_FAILED the line may be good, and the next boot reads it again. NODELOCK_ERR_SLOTS_FULL: there are
/// too few elements in the array lines of nodelock_agent_memory; the line stays stored, and is there again after a boot
/// with more of them. If the event names a feature, it was the trial that the catalog gives it.
pub const NODELOCK_EVENT_REFUSED: u32 = 19;
/// Event: the storage is older than the rollback counters; rights with a time limit are denied.
pub const NODELOCK_EVENT_ROLLED_BACK: u32 = 20;
/// Event: the rollback counters do not answer; rights with a time limit wait.
pub const NODELOCK_EVENT_COUNTERS: u32 = 21;
/// Event: a right was revoked.
pub const NODELOCK_EVENT_REVOKED: u32 = 22;
/// Event: a REPAIR record was accepted.
pub const NODELOCK_EVENT_REPAIRED: u32 = 23;

/// Group of events: periods and counts.
pub const NODELOCK_EVENTS_USAGE: u32 = 1;
/// Group of events: installing, clearing, accepting, revoking, levels.
pub const NODELOCK_EVENTS_DEPLOYMENT: u32 = 2;
/// Group of events: what went wrong, and clocks.
pub const NODELOCK_EVENTS_ERROR: u32 = 3;

/// Something that happened.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_event {
    /// When.
    pub uptime: nodelock_uptime,
    /// A number that belongs to the kind; else 0.
    pub value: u64,
    /// Events that were lost since boot because nobody fetched them.
    pub dropped: u64,
    /// NODELOCK_EVENT_...
    pub kind: u32,
    /// Severity of syslog, from 2 (critical) to 6 (informational).
    pub severity: u32,
    /// The feature that it is about, or NODELOCK_NO_HANDLE.
    pub handle: nodelock_handle,
    /// The line that it is about, or zeros.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// 0.
    pub reserved: [u8; 4],
}

// Nothing in it but its fields, so that no stray byte of the stack gets to the caller.
const _: () = assert!(core::mem::size_of::<nodelock_event>() == 48);

impl nodelock_event {
    fn of(event: Option<Event>, dropped: u64) -> Self {
        let none = Self {
            uptime: nodelock_uptime { seconds: 0 },
            value: 0,
            dropped,
            kind: NODELOCK_EVENT_NONE,
            severity: 0,
            handle: NODELOCK_NO_HANDLE,
            line_id: [0; NODELOCK_LINE_ID_LEN],
            reserved: [0; 4],
        };
        event.map_or(none, |event| Self {
            uptime: nodelock_uptime { seconds: event.uptime },
            value: event.value,
            kind: u32::from(event.kind as u8),
            severity: u32::from(event.kind.severity()),
            handle: event.feature.map_or(NODELOCK_NO_HANDLE, handle_of),
            line_id: event.line.map_or([0; NODELOCK_LINE_ID_LEN], |id| id.0),
            ..none
        })
    }
}

/// Takes the oldest waiting event out of the queue. Call it until it gives NODELOCK_EVENT_NONE.
///
/// agent  The agent.
/// out    The event; its kind is NODELOCK_EVENT_NONE if none waits.
///
/// Results: NODELOCK_OK.
/// Writes: agent; *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_poll_event(
    agent: *mut nodelock_agent,
    out: *mut nodelock_event,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change(agent, |core, _| {
            ptr::check(out)?;
            let event = core.poll_event();
            ptr::put(out, nodelock_event::of(event, core.dropped_events()));
            Ok(())
        })
    })
}

/// Switches a group of events on or off. All are on after boot.
///
/// agent  The agent.
/// group  NODELOCK_EVENTS_...
/// on     1 or 0. What is off is neither queued nor counted as lost.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_ARGUMENT.
/// Writes: agent. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_enable_events(
    agent: *mut nodelock_agent,
    group: u32,
    on: u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change(agent, |core, _| {
            let group = match group {
                NODELOCK_EVENTS_USAGE => EventGroup::Usage,
                NODELOCK_EVENTS_DEPLOYMENT => EventGroup::Deployment,
                NODELOCK_EVENTS_ERROR => EventGroup::Error,
                _ => return Err(Code(NODELOCK_ERR_ARGUMENT)),
            };
            core.enable_events(group, flag(on)?);
            Ok(())
        })
    })
}

/// The word for a kind of event that is for logs: its constant without NODELOCK_EVENT_, e.g. "EXPIRED".
///
/// kind  Any number; for one that is no NODELOCK_EVENT_... it is "UNKNOWN", and for NODELOCK_EVENT_NONE
///       "NONE".
///
/// Returns a string in read-only memory, never NULL. It must not be freed.
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_event_name(kind: u32) -> *const c_char {
    let name: &'static [u8] = match kind {
        NODELOCK_EVENT_NONE => b"NONE\0",
        NODELOCK_EVENT_INSTALL => b"INSTALL\0",
        NODELOCK_EVENT_CLEAR => b"CLEAR\0",
        NODELOCK_EVENT_EULA_ACCEPTED => b"EULA_ACCEPTED\0",
        NODELOCK_EVENT_EXPIRING => b"EXPIRING\0",
        NODELOCK_EVENT_EXPIRED => b"EXPIRED\0",
        NODELOCK_EVENT_SUBSCRIPTION_EXPIRING => b"SUBSCRIPTION_EXPIRING\0",
        NODELOCK_EVENT_SUBSCRIPTION_EXPIRED => b"SUBSCRIPTION_EXPIRED\0",
        NODELOCK_EVENT_RIGHT_TO_USE_COMING => b"RIGHT_TO_USE_COMING\0",
        NODELOCK_EVENT_RIGHT_TO_USE => b"RIGHT_TO_USE\0",
        NODELOCK_EVENT_COUNT_NEAR => b"COUNT_NEAR\0",
        NODELOCK_EVENT_COUNT_REACHED => b"COUNT_REACHED\0",
        NODELOCK_EVENT_VIOLATION => b"VIOLATION\0",
        NODELOCK_EVENT_NEXT_LEVEL => b"NEXT_LEVEL\0",
        NODELOCK_EVENT_CLOCK_BACK => b"CLOCK_BACK\0",
        NODELOCK_EVENT_CLOCK_FORWARD => b"CLOCK_FORWARD\0",
        NODELOCK_EVENT_CLOCK_GOOD => b"CLOCK_GOOD\0",
        NODELOCK_EVENT_CLOCK_LOST => b"CLOCK_LOST\0",
        NODELOCK_EVENT_STORAGE => b"STORAGE\0",
        NODELOCK_EVENT_REFUSED => b"REFUSED\0",
        NODELOCK_EVENT_ROLLED_BACK => b"ROLLED_BACK\0",
        NODELOCK_EVENT_COUNTERS => b"COUNTERS\0",
        NODELOCK_EVENT_REVOKED => b"REVOKED\0",
        NODELOCK_EVENT_REPAIRED => b"REPAIRED\0",
        _ => b"UNKNOWN\0",
    };
    name.as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nodelock::event::EventKind;

    #[test]
    fn each_word_is_that_of_its_constant() {
        let source = include_str!("event.rs");
        let words = source.lines().filter_map(|line| {
            let (name, rest) =
                line.strip_prefix("pub const NODELOCK_EVENT_")?.split_once(": u32 = ")?;
            Some((name, rest.trim_end_matches(';').parse().unwrap()))
        });
        let mut seen = 0;
        for (name, kind) in words {
            // SAFETY: ends with NUL, lives for ever.
            let word = unsafe { core::ffi::CStr::from_ptr(nodelock_event_name(kind)) };
            assert_eq!(word.to_str().unwrap(), name);
            seen += 1;
        }
        assert_eq!(seen, 24);
    }

    #[test]
    fn events_have_the_numbers_and_words_of_the_core() {
        let word = |kind: u32| {
            // SAFETY: ends with NUL, lives for ever.
            let name = unsafe { core::ffi::CStr::from_ptr(nodelock_event_name(kind)) };
            name.to_str().unwrap()
        };
        let kinds = [
            EventKind::Install,
            EventKind::Clear,
            EventKind::EulaAccepted,
            EventKind::Expiring,
            EventKind::Expired,
            EventKind::SubscriptionExpiring,
            EventKind::SubscriptionExpired,
            EventKind::RightToUseComing,
            EventKind::RightToUse,
            EventKind::CountNear,
            EventKind::CountReached,
            EventKind::Violation,
            EventKind::NextLevel,
            EventKind::ClockBack,
            EventKind::ClockForward,
            EventKind::ClockGood,
            EventKind::ClockLost,
            EventKind::Storage,
            EventKind::Refused,
            EventKind::RolledBack,
            EventKind::Counters,
            EventKind::Revoked,
            EventKind::Repaired,
        ];
        for (number, kind) in (1..).zip(kinds) {
            assert_eq!(u32::from(kind as u8), number);
            assert_eq!(word(number), kind.name());
        }
        let next = u32::try_from(kinds.len()).unwrap() + 1;
        assert_eq!([word(0), word(next), word(u32::MAX)], ["NONE", "UNKNOWN", "UNKNOWN"]);
    }
}
