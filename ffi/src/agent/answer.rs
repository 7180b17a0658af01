//! Why a feature may run or not: the fact that decided, in numbers and in words.

use core::ffi::c_char;

use nodelock::bytes::Sink;
use nodelock::rights::{Answer, Fact, Verdict, Words};
use nodelock::value::{Count, Date, Version};

use crate::agent::check::{NODELOCK_NO_HANDLE, handle_of, nodelock_handle, nodelock_units};
use crate::agent::feature;
use crate::agent::state::{Core, look, nodelock_agent};
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_BUFFER, NODELOCK_OK, nodelock_result, number,
};
use crate::result_text::REASON_WORDS;
use crate::rights::license::{NODELOCK_NO_DATE, NODELOCK_UNCOUNTED, units};
use crate::verdict::{NODELOCK_LINE_ID_LEN, NODELOCK_VERSION_PARTS, nodelock_verdict};

/// In place of a repair number: a REPAIR record does not help.
pub const NODELOCK_NO_REPAIR: u64 = u64::MAX;

/// Words of an answer: why it is denied, with the fact that decided; "granted" if it is granted.
pub const NODELOCK_WORDS_WHY: u32 = 1;
/// Words of an answer: what to do about it here and now.
pub const NODELOCK_WORDS_REMEDY: u32 = 2;

/// Size of an array for the words of an answer with their NUL; more is never needed.
pub const NODELOCK_WORDS_SIZE: usize = 512;

/// An answer with the fact that decided. What does not belong to the reason has its "none".
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_answer {
    /// Units asked for; 0 if only the feature was.
    pub needed: u64,
    /// Units of the feature that are licensed in all, or NODELOCK_UNCOUNTED; 0 if none is.
    pub licensed: u64,
    /// Units of it that are in use.
    pub in_use: u64,
    /// Units that this firmware can have of it at most, or NODELOCK_UNCOUNTED.
    pub maximum: u64,
    /// With NODELOCK_ERR_EXPIRED of a metered right, seconds of running time that were used; else 0.
    pub used_seconds: u64,
    /// With NODELOCK_ERR_RESTARTED_TOO_OFTEN, seconds to wait; else 0.
    pub wait_seconds: u64,
    /// With NODELOCK_ERR_EXPIRED, the number for a REPAIR record of the clock, or NODELOCK_NO_REPAIR.
    pub repair_number: u64,
    /// NODELOCK_GRANTED or the number of the reason.
    pub verdict: nodelock_verdict,
    /// NODELOCK_OK if it is granted, else the reason.
    pub reason: nodelock_result,
    /// With NODELOCK_ERR_NOT_STARTED the first day of the right, in days since 1970-01-01; else NODELOCK_NO_DATE.
    pub first_day: u32,
    /// With NODELOCK_ERR_EXPIRED of a right with dates its last day; else NODELOCK_NO_DATE.
    pub last_day: u32,
    /// With one of these days: it is at least this day, as far as the device knows; else NODELOCK_NO_DATE.
    pub known_day: u32,
    /// With one of these days: the day that the clock shows, or NODELOCK_NO_DATE if there is no clock.
    pub shown_day: u32,
    /// With NODELOCK_ERR_NO_LICENSE, stored lines that were refused at boot; else 0.
    pub refused: u32,
    /// Why the first of them was; else NODELOCK_OK.
    pub refused_reason: nodelock_result,
    /// With NODELOCK_ERR_VERSION_TOO_LOW, the version of this firmware; else zeros.
    pub version_needed: [u16; NODELOCK_VERSION_PARTS],
    /// With NODELOCK_ERR_VERSION_TOO_LOW, the highest licensed one; else zeros.
    pub version_licensed: [u16; NODELOCK_VERSION_PARTS],
    /// With NODELOCK_ERR_LEVEL_NOT_BOOTED the level that is licensed, or NODELOCK_NO_HANDLE.
    pub level: nodelock_handle,
    /// The line that grants it or that came closest; zeros if there is none.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// With a level, 1 if the next boot chooses it or a higher one, 0 if it must be asked for first.
    pub next_boot: u8,
    /// With NODELOCK_ERR_EXPIRED, 1 if the right has run for as long as it is long, before its last day.
    pub ran_out: u8,
    /// 0.
    pub reserved: [u8; 2],
}

// Nothing in it but its fields, so that no stray byte of the stack gets to the caller.
const _: () = assert!(core::mem::size_of::<nodelock_answer>() == 120);

impl nodelock_answer {
    fn of(core: &Core, id: nodelock::FeatureHandle, asked: u64, answer: &Answer<'_>) -> Self {
        let (line, licensed) = match &answer.verdict {
            Verdict::Granted(grant) => (Some(grant.id), grant.licensed),
            Verdict::Denied(denial) => (denial.closest, Count::Units(denial.licensed)),
        };
        let maximum = core.catalog().feature(id).and_then(nodelock::Feature::maximum);
        let day = |date: Option<Date>| date.map_or(NODELOCK_NO_DATE, Date::days);
        let mut out = Self {
            needed: asked,
            licensed: units(licensed),
            in_use: core.in_use(id),
            maximum: maximum.unwrap_or(NODELOCK_UNCOUNTED),
            used_seconds: 0,
            wait_seconds: 0,
            repair_number: NODELOCK_NO_REPAIR,
            verdict: answer.verdict.to_code(),
            reason: answer.reason().map_or(NODELOCK_OK, nodelock::Reason::code),
            first_day: NODELOCK_NO_DATE,
            last_day: NODELOCK_NO_DATE,
            known_day: NODELOCK_NO_DATE,
            shown_day: NODELOCK_NO_DATE,
            refused: 0,
            refused_reason: NODELOCK_OK,
            version_needed: [0; NODELOCK_VERSION_PARTS],
            version_licensed: [0; NODELOCK_VERSION_PARTS],
            level: NODELOCK_NO_HANDLE,
            line_id: line.map_or([0; NODELOCK_LINE_ID_LEN], |id| id.0),
            next_boot: 0,
            ran_out: 0,
            reserved: [0; 2],
        };
        match answer.fact {
            Fact::Version { needed, licensed } => {
                (out.version_needed, out.version_licensed) =
                    (Version::parts(needed), Version::parts(licensed));
            }
            Fact::Ended { last, known, shown, ran_out, repair, .. } => {
                (out.last_day, out.known_day) = (day(Some(last)), day(Some(known)));
                out.shown_day = day(shown);
                out.ran_out = u8::from(ran_out);
                out.repair_number = repair.unwrap_or(NODELOCK_NO_REPAIR);
            }
            Fact::Used { seconds } => out.used_seconds = seconds,
            Fact::Begins { first, known, shown } => {
                (out.first_day, out.known_day) = (day(Some(first)), day(Some(known)));
                out.shown_day = day(shown);
            }
            Fact::Level { level, next } => {
                out.level = core.find(level.as_bytes()).map_or(NODELOCK_NO_HANDLE, handle_of);
                out.next_boot = u8::from(next);
            }
            Fact::Wait { seconds } => out.wait_seconds = seconds,
            Fact::Refused { lines, reason } => {
                out.refused = u32::try_from(lines).unwrap_or(u32::MAX);
                out.refused_reason = reason.code();
            }
            _ => {}
        }
        out
    }
}

/// May so many more units of a feature run, beside those in use, and if not, why: the fact that decided, as of the
/// time that the agent was told last. Nothing is taken. It also tells how many units are licensed and in use.
///
/// So it does not explain a verdict of 611, NODELOCK_ERR_TICK_OVERDUE: that is about the uptime with which the check was
/// asked. Call nodelock_agent_tick, and look at its result.
///
/// agent   The agent.
/// handle  The feature.
/// count   Units asked for beside those in use; 0 asks whether the feature may run, as nodelock_agent_check does.
/// out     The answer.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_explain(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    count: nodelock_units,
    out: *mut nodelock_answer,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(out)?;
            let id = feature(core, handle)?;
            let answer = core.answer(id, count.count);
            ptr::put(out, nodelock_answer::of(core, id, count.count, &answer));
            Ok(())
        })
    })
}

/// The same in words, for a console or a log: printable ASCII without a full stop. For 611 see above: "granted" is what
/// was true at the last tick.
///
/// agent, handle, count  As for nodelock_agent_explain.
/// which                 NODELOCK_WORDS_WHY or NODELOCK_WORDS_REMEDY.
/// buffer                For the words and a NUL. What there is no room for is left out.
/// capacity              Its size in bytes, at least 1; NODELOCK_WORDS_SIZE is always enough.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_ARGUMENT for which, NODELOCK_ERR_BUFFER for a
/// capacity of 0, NODELOCK_ERR_LENGTH.
/// Writes: buffer on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_explain_words(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    count: nodelock_units,
    which: u32,
    buffer: *mut c_char,
    capacity: usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(buffer)?;
            ptr::len(capacity)?;
            if capacity == 0 {
                return Err(Code(NODELOCK_ERR_BUFFER));
            }
            let answer = core.answer(feature(core, handle)?, count.count);
            let mut room = Room { at: buffer.cast(), left: capacity.saturating_sub(1) };
            match which {
                NODELOCK_WORDS_WHY => answer.emit(REASON_WORDS, &mut room),
                NODELOCK_WORDS_REMEDY => answer.remedy().emit(REASON_WORDS, &mut room),
                _ => return Err(Code(NODELOCK_ERR_ARGUMENT)),
            }
            room.at.write(0);
            Ok(())
        })
    })
}

/// Room of the caller that is written to, less one byte for the NUL.
struct Room {
    at: *mut u8,
    left: usize,
}

impl Sink for Room {
    fn put(&mut self, words: &[u8]) {
        let len = words.len().min(self.left);
        // SAFETY: the caller has promised so much room, which nothing else uses during the call.
        unsafe {
            core::ptr::copy_nonoverlapping(words.as_ptr(), self.at, len);
            self.at = self.at.add(len);
        }
        self.left = self.left.saturating_sub(len);
    }
}
