//! Clocks and files of the system.

use core::ffi::c_char;
use std::format;

use nodelock::limits::MAX_FILE_LEN;
use nodelock_std::{Reading, keep_license_file, read_file, system_now};

use crate::agent::{change, nodelock_agent, nodelock_now, nodelock_uptime};
use crate::hosted::host::{nodelock_std_host, remember, using};
use crate::hosted::path;
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_BUFFER, NODELOCK_ERR_SYSTEM, nodelock_result, number};

/// The time by the clocks of the system: seconds since power-on, with those asleep where the system counts
/// them, and the wall clock unless it shows a time before 2026, when nobody has set it.
///
/// now  The time.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT.
/// Writes: *now on NODELOCK_OK. Calls: nothing. Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_std_now(now: *mut nodelock_now) -> nodelock_result {
    number(ptr::check(now).map(|()| {
        let time = system_now();
        let time = nodelock_now {
            uptime: nodelock_uptime { seconds: time.uptime },
            wall: time.wall.map_or(0, |wall| wall.0),
            wall_known: u32::from(time.wall.is_some()),
            reserved: 0,
        };
        // SAFETY: checked; the caller's promise.
        unsafe { ptr::put(now, time) };
    }))
}

/// Reads a license file in any form, and gives what nodelock_agent_install and nodelock_install take: base64 is decoded,
/// and what mail programs, editors and shells have done to the text is undone, where it can be undone in one way
/// (quoting, wrapping, quoted-printable, UTF-16 and more). Records are not changed by it: their signatures decide.
///
/// host      The host, for nodelock_std_last_error.
/// file      Path of the file, of 16 MiB at most. It is read at once: a FIFO is refused.
/// buffer    Where the bytes go; may be NULL if capacity is 0.
/// capacity  Its size. The length of the file does for a text; of base64 in a text the bytes may be more.
/// len       The number of bytes.
///
/// Results: NODELOCK_OK, also for what is no license file; NODELOCK_ERR_BUFFER if the buffer is too small, and *len is
/// then what it needs; NODELOCK_ERR_EMPTY, NODELOCK_ERR_TEXT_TOO_LONG for the path; NODELOCK_ERR_SYSTEM, for which nodelock_std_last_error has words;
/// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
/// Writes: buffer on NODELOCK_OK, *len as said. Calls: nothing. Threads: see base.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_std_read_license(
    host: *mut nodelock_std_host,
    file: *const c_char,
    buffer: *mut u8,
    capacity: usize,
    len: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise; no more is written than there is room for.
    number(unsafe {
        using(host, |parts| {
            ptr::check(len)?;
            if capacity > 0 {
                ptr::check(buffer)?;
            }
            let content = read_file(path(file)?, MAX_FILE_LEN).map_err(|error| {
                remember(parts, format!("cannot read {error}"));
                Code(NODELOCK_ERR_SYSTEM)
            })?;
            let bytes = Reading::of_bytes(content).into_bytes();
            ptr::put(len, bytes.len());
            if bytes.len() > capacity {
                return Err(Code(NODELOCK_ERR_BUFFER));
            }
            if !bytes.is_empty() {
                core::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len());
            }
            Ok(())
        })
    })
}

/// Keeps a license file for people: writes the installed lines there, as a whole or not at all, and only if
/// it says something else. The agent never reads it. To be called when something may have been installed or
/// removed, e.g. after each nodelock_std_run.
///
/// host   The host, for nodelock_std_last_error.
/// agent  The agent.
/// file   Path of the file, a regular one or none yet; another one beside it is used meanwhile.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_SYSTEM, for which nodelock_std_last_error has words;
/// NODELOCK_ERR_EMPTY, NODELOCK_ERR_TEXT_TOO_LONG for the path.
/// Writes: the file. Calls: load. Threads: see base.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_std_keep_license_file(
    host: *mut nodelock_std_host,
    agent: *mut nodelock_agent,
    file: *const c_char,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        using(host, |parts| {
            let file = path(file)?;
            let kept = change(agent, |core, _| Ok(keep_license_file(core, file)))?;
            kept.map_err(|error| {
                remember(parts, format!("cannot write {}: {error}", file.display()));
                Code(NODELOCK_ERR_SYSTEM)
            })
        })
    })
}
