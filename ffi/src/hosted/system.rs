//! Clocks and files of the system.

use core::ffi::c_char;
use std::format;

use nodelock_std::{keep_license_file, system_now};

use crate::agent::{change, nodelock_agent, nodelock_now, nodelock_uptime};
use crate::hosted::host::{nodelock_std_host, remember, using};
use crate::hosted::path;
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_SYSTEM, nodelock_result, number};

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

/// Keeps a license file for people: writes the installed lines there, as a whole or not at all, and only if
/// it says something else. The agent never reads it. To be called when something may have been installed or
/// removed, e.g. after each nodelock_std_run.
///
/// host   The host, for nodelock_std_last_error.
/// agent  The agent.
/// file   Path of the file; one beside it that ends with ".new" instead is used as well.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_SYSTEM, for which nodelock_std_last_error has words;
/// NODELOCK_ERR_LENGTH.
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
