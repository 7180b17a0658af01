//! Load, store and remove, as an agent calls them.

use core::ffi::c_void;
use std::string::{String, ToString};

use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};
use nodelock_std::FileStorage;

use crate::agent::{NODELOCK_NO_VALUE, NODELOCK_SCRATCH_LEN};
use crate::hosted::host::{parts, remember};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_STORAGE_NOT_OPEN, nodelock_result, number};

/// For nodelock_agent_config.load, where the user is an open nodelock_std_host.
///
/// Results: as there; NODELOCK_ERR_STORAGE_FAILED, for which nodelock_std_last_error has words,
/// NODELOCK_ERR_STORAGE_CORRUPTED, NODELOCK_ERR_STORAGE_FULL for the buffer;
/// NODELOCK_ERR_STORAGE_NOT_OPEN if user is NULL or no host that is open, with which nodelock_agent_boot fails;
/// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH.
/// Writes: buffer and *len on NODELOCK_OK. Calls: nothing. Threads: see base.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_std_load(
    user: *mut c_void,
    key: u16,
    buffer: *mut u8,
    capacity: usize,
    len: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise. The value goes through a buffer of our own, so that the caller's need
    // not be initialised and is not touched by a failure.
    let found = unsafe {
        with(user, |storage| {
            ptr::check(buffer)?;
            ptr::check(len)?;
            ptr::len(capacity)?;
            let mut own = [0; NODELOCK_SCRATCH_LEN];
            let room = own.get_mut(..capacity.min(NODELOCK_SCRATCH_LEN)).unwrap_or_default();
            let found = storage.load(StorageKey(key), room)?;
            if let Some(found) = found {
                core::ptr::copy_nonoverlapping(own.as_ptr(), buffer, found.min(capacity));
                ptr::put(len, found);
            }
            Ok(found)
        })
    };
    match found {
        Ok(None) => NODELOCK_NO_VALUE,
        found => number(found.map(|_| ())),
    }
}

/// For nodelock_agent_config.store, where the user is an open nodelock_std_host.
///
/// Results: as nodelock_std_load; NODELOCK_ERR_STORAGE_FULL also for a value of more than 2048 bytes.
/// Writes: the directory. Calls: nothing. Threads: see base.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_std_store(
    user: *mut c_void,
    key: u16,
    value: *const u8,
    len: usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(user, |storage| {
            let value = ptr::bytes(value, len)?;
            // No agent has a buffer in which a longer one could come back.
            if len > NODELOCK_SCRATCH_LEN {
                return Err(Reason::StorageFull.into());
            }
            Ok(storage.store(StorageKey(key), value)?)
        })
    })
}

/// For nodelock_agent_config.remove, where the user is an open nodelock_std_host.
///
/// Results: as nodelock_std_load. Writes: the directory. Calls: nothing. Threads: see base.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_std_remove(user: *mut c_void, key: u16) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { with(user, |storage| Ok(storage.remove(StorageKey(key))?)) })
}

/// The caller's promise: `user` is NULL or leads to a `nodelock_std_host`, in whatever state.
unsafe fn with<T>(
    user: *mut c_void,
    work: impl FnOnce(&mut FileStorage) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on. A storage calls nobody back, and nothing else uses this part of the host.
    unsafe {
        // Whatever else stands there, the fact for who reads it is the same.
        let parts = parts(user.cast()).map_err(|_| Code(NODELOCK_ERR_STORAGE_NOT_OPEN))?;
        let storage = &mut (*parts).storage;
        let outcome = work(storage);
        let failure = outcome.as_ref().err();
        if let Some(words) = failure.and_then(|&Code(code)| words(storage, code)) {
            remember(parts, words);
        }
        outcome
    }
}

/// What the system said, if it is the system that failed.
fn words(storage: &FileStorage, code: i32) -> Option<String> {
    let of_the_system = [Reason::StorageFailed, Reason::StorageFull];
    of_the_system.iter().find(|reason| reason.code() == code)?;
    storage.last_error().map(ToString::to_string)
}
