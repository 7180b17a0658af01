//! Changing what is installed.

use core::ffi::c_char;

use nodelock::agent::Priority;
use nodelock::limits::MAX_COMMENT_LEN;

use crate::agent::check::nodelock_handle;
use crate::agent::config::nodelock_now;
use crate::agent::state::{change, change_at, nodelock_agent};
use crate::agent::{feature, line_id};
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_EMPTY, NODELOCK_ERR_NO_AGREEMENT, nodelock_result,
    number,
};

/// Priority of a line: that of its type.
pub const NODELOCK_PRIORITY_DEFAULT: u32 = 0;
/// Priority of a line: before all others for its feature.
pub const NODELOCK_PRIORITY_HIGH: u32 = 1;
/// Priority of a line: of licenses that were paid for.
pub const NODELOCK_PRIORITY_MEDIUM: u32 = 2;
/// Priority of a line: of trials.
pub const NODELOCK_PRIORITY_LOW: u32 = 3;

/// Most bytes of a comment.
pub const NODELOCK_COMMENT_LEN: usize = 255;
const _: () = assert!(NODELOCK_COMMENT_LEN == MAX_COMMENT_LEN);

/// Removes a line. The time that was used of it stays stored, so installing it again does not give it back.
///
/// agent    The agent.
/// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
/// now      The time.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_LINE_IN_USE,
/// NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_ARGUMENT. The line is still there then; but after
/// NODELOCK_ERR_STORAGE_... it is there or gone; the agent shows the same as a reboot would after the next
/// ticks at the latest, and NODELOCK_EVENT_CLEAR tells if it is gone. Clear it again then: NODELOCK_OK and
/// NODELOCK_ERR_NO_SUCH_LINE both say that it is gone.
/// Writes: agent; storage: the writes of "clear", three. Calls: load, store, remove.
/// Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_clear(
    agent: *mut nodelock_agent,
    line_id: *const u8,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| Ok(core.clear(self::line_id(line_id)?, now)?))
    })
}

/// Sets the priority of a trial in the choice between several lines for one feature.
///
/// agent     The agent.
/// line_id   Id of the line, NODELOCK_LINE_ID_LEN bytes.
/// priority  NODELOCK_PRIORITY_HIGH, NODELOCK_PRIORITY_LOW or NODELOCK_PRIORITY_DEFAULT.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE;
/// NODELOCK_ERR_PRIORITY_FIXED for a line that is no trial; NODELOCK_ERR_ARGUMENT,
/// NODELOCK_ERR_STORAGE_...
/// Writes: agent; storage, once. Calls: load, store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_set_priority(
    agent: *mut nodelock_agent,
    line_id: *const u8,
    priority: u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change(agent, |core, _| {
            let priority = match priority {
                NODELOCK_PRIORITY_DEFAULT => None,
                NODELOCK_PRIORITY_HIGH => Some(Priority::High),
                NODELOCK_PRIORITY_MEDIUM => Some(Priority::Medium),
                NODELOCK_PRIORITY_LOW => Some(Priority::Low),
                _ => return Err(Code(NODELOCK_ERR_ARGUMENT)),
            };
            Ok(core.set_priority(self::line_id(line_id)?, priority)?)
        })
    })
}

/// Replaces the comment of a line.
///
/// agent    The agent.
/// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
/// text     The comment, up to NODELOCK_COMMENT_LEN bytes of whatever kind; needs no NUL.
/// len      Its length in bytes; 0 deletes the comment.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE,
/// NODELOCK_ERR_COMMENT_TOO_LONG, NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_LENGTH. The old comment stays
/// then; after NODELOCK_ERR_STORAGE_... it is the old one or the new one.
/// Writes: agent; storage, once. Calls: load, store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_comment(
    agent: *mut nodelock_agent,
    line_id: *const u8,
    text: *const c_char,
    len: usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change(agent, |core, _| {
            let (id, text) = (self::line_id(line_id)?, ptr::text(text, len)?);
            Ok(core.comment(id, text)?)
        })
    })
}

/// Reads the comment of a line.
///
/// agent    The agent.
/// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
/// buffer   For the comment; no NUL is added. NODELOCK_COMMENT_LEN bytes are always enough.
/// capacity Its size in bytes.
/// len      Length of the comment; 0 if there is none.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE;
/// NODELOCK_ERR_COMMENT_TOO_LONG for the buffer; NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_LENGTH.
/// Writes: agent; buffer and *len on NODELOCK_OK. Calls: load. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_read_comment(
    agent: *mut nodelock_agent,
    line_id: *const u8,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise. The comment goes through a buffer of our own, so that the caller's
    // need not be initialised and is not touched by a failure.
    number(unsafe {
        change(agent, |core, _| {
            let id = self::line_id(line_id)?;
            ptr::check(buffer)?;
            ptr::check(len)?;
            ptr::len(capacity)?;
            let mut own = [0; MAX_COMMENT_LEN];
            let most = capacity.min(own.len());
            let comment = core.read_comment(id, own.get_mut(..most).unwrap_or_default())?;
            core::ptr::copy_nonoverlapping(comment.as_ptr(), buffer.cast(), comment.len());
            ptr::put(len, comment.len());
            Ok(())
        })
    })
}

/// Records that the license agreement of a feature was accepted: when, and the SHA-256 of the text that was
/// shown. It is remembered for the life of the device.
///
/// agent   The agent.
/// handle  The feature.
/// text    The text that was shown, at least one byte; needs no NUL.
/// len     Its length in bytes.
/// now     The time.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_NO_AGREEMENT if the catalog names none for the
/// feature, NODELOCK_ERR_EMPTY if len is 0, NODELOCK_ERR_CRYPTO_FAILURE, NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_LENGTH, NODELOCK_ERR_ARGUMENT. It is not accepted then; but after
/// NODELOCK_ERR_STORAGE_... it may be, and NODELOCK_EVENT_EULA_ACCEPTED tells if it is. Accept it again then.
/// Writes: agent; storage: the writes of "accept an agreement", three, for however many lines.
/// Calls: sha256_..., load, store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_accept_eula(
    agent: *mut nodelock_agent,
    handle: nodelock_handle,
    text: *const c_char,
    len: usize,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            let (id, text) = (feature(core, handle)?, ptr::text(text, len)?);
            if text.is_empty() {
                return Err(Code(NODELOCK_ERR_EMPTY));
            }
            let catalog = core.catalog();
            if catalog.feature(id).is_none_or(|feature| feature.eula_name().is_none()) {
                return Err(Code(NODELOCK_ERR_NO_AGREEMENT));
            }
            Ok(core.accept_eula(id, text, now)?)
        })
    })
}
