//! A directory of license storage that is open.

use core::ffi::{c_char, c_void};
use core::mem::{align_of, size_of};
use std::boxed::Box;
use std::ffi::CString;
use std::string::{String, ToString};
use std::vec;

use nodelock::job::{JobSlot, Jobs, ResultSlot};
use nodelock_std::{FileStorage, JobQueue, OpenError};

use crate::hosted::{c_text, path, tell};
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_BUSY, NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NOT_INITIALIZED,
    NODELOCK_ERR_STORAGE_IN_USE, NODELOCK_ERR_SYSTEM, nodelock_result, number,
};

/// Jobs that the operator's commands can have at a time, and results of licenses that are kept of them.
const JOBS: usize = 16;
const RESULTS: usize = 512;

/// 64-bit words in a nodelock_std_host.
pub const NODELOCK_STD_HOST_WORDS: usize = 4;

/// A directory in which an agent keeps its licenses, opened by this process, and the jobs that operators
/// make by commands, which end with it. The program gives it memory, passes it to nodelock_std_open, and does
/// not look into it.
///
/// It must NOT be moved or copied while it is open.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_std_host {
    /// Not for the program.
    _private: [u64; NODELOCK_STD_HOST_WORDS],
}

/// In `Content::word`: open.
const READY: u64 = 0x686F_7374_A7C3_9B51;
/// Open, and a call is running that may call back.
const RUNNING: u64 = 0x686F_7374_58E4_6CAE;

/// What is in a host.
#[repr(C)]
struct Content {
    word: u64,
    user: *mut c_void,
    parts: *mut Parts,
}

const _: () = assert!(size_of::<Content>() <= size_of::<nodelock_std_host>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_std_host>());

/// What has to be released. Never referred to as a whole: storage is used while a command uses the desk.
pub(super) struct Parts {
    pub(super) storage: FileStorage,
    pub(super) desk: JobQueue<'static>,
    /// What the system said last.
    pub(super) error: CString,
    /// What the desk works in.
    jobs: *mut [JobSlot],
    results: *mut [ResultSlot],
}

/// Opens a directory in which an agent keeps its licenses, and makes it if it is not there: for this user alone
/// (mode 700), like the files in it (600). A directory that is there keeps its mode.
///
/// host       Memory for the host; whatever is in it is overwritten.
/// host_size  sizeof(nodelock_std_host), as the program knows it.
/// directory  Its path.
/// user       For the program, see nodelock_std_user; may be NULL.
/// why        Where the reason goes in words, as far as there is room, with a NUL; NULL if why_capacity is 0.
/// why_capacity  Size of why in bytes.
///
/// A host that is open must be closed first, or its directory stays locked until the process ends.
/// Each value is a file, which a power cut leaves as it was or as it shall be. What else is in the directory
/// is left alone; nothing else should be.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_IN_USE if it is open already, here or in another process;
/// NODELOCK_ERR_SYSTEM; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
/// NODELOCK_ERR_LENGTH; NODELOCK_ERR_EMPTY, NODELOCK_ERR_TEXT_TOO_LONG for the path.
/// Writes: host on NODELOCK_OK, why on the first two others. Calls: nothing. Threads: any.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_std_open(
    host: *mut nodelock_std_host,
    host_size: usize,
    directory: *const c_char,
    user: *mut c_void,
    why: *mut c_char,
    why_capacity: usize,
) -> nodelock_result {
    // SAFETY: passed on.
    number(unsafe { open(host, host_size, directory, user, why, why_capacity) })
}

unsafe fn open(
    host: *mut nodelock_std_host,
    host_size: usize,
    directory: *const c_char,
    user: *mut c_void,
    why: *mut c_char,
    why_capacity: usize,
) -> Result<(), Code> {
    ptr::check(host)?;
    if host_size < size_of::<nodelock_std_host>() {
        return Err(Code(NODELOCK_ERR_CTX_SIZE));
    }
    if why_capacity > 0 {
        ptr::check(why)?;
    }
    ptr::len(why_capacity)?;
    // SAFETY: the caller's promise.
    let directory = unsafe { path(directory) }?;
    let storage = FileStorage::open(directory).map_err(|error| {
        // SAFETY: checked; the caller's promise.
        unsafe { tell(&c_text(error.to_string()), why, why_capacity) };
        Code(match error {
            OpenError::InUse(_) => NODELOCK_ERR_STORAGE_IN_USE,
            _ => NODELOCK_ERR_SYSTEM,
        })
    })?;
    let jobs = Box::into_raw(vec![JobSlot::EMPTY; JOBS].into_boxed_slice());
    let results = Box::into_raw(vec![ResultSlot::EMPTY; RESULTS].into_boxed_slice());
    // SAFETY: nobody else refers to them, and `nodelock_std_close` frees them after the desk.
    let desk = JobQueue::new(unsafe { Jobs::new(&mut *jobs, &mut *results) });
    let parts = Parts { storage, desk, error: CString::default(), jobs, results };
    let content = Content { word: READY, user, parts: Box::into_raw(Box::new(parts)) };
    // SAFETY: aligned for a host, which is large enough; nobody has a reference to it.
    unsafe { ptr::put(host.cast(), content) };
    Ok(())
}

/// Closes a directory, so that others can open it, and frees all memory that nodelock_std_open has allocated. End the
/// agent that keeps its licenses there first: after this it can store nothing.
///
/// host  The host.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_BUSY from a callback of nodelock_std_run;
/// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED.
/// Writes: host. Calls: nothing. Threads: see base.h.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_std_close(host: *mut nodelock_std_host) -> nodelock_result {
    // SAFETY: the caller's promise; what is released here was made in `open`, and the desk goes before what
    // it works in.
    number(unsafe {
        enter(host, |parts| {
            let parts = *Box::from_raw(parts);
            drop(parts.desk);
            drop(Box::from_raw(parts.jobs));
            drop(Box::from_raw(parts.results));
            Ok(0)
        })
    })
}

/// The user that was given to nodelock_std_open: callbacks of an agent that keeps its licenses in a host get
/// the host, and find the program's own things by this.
///
/// host  The host: what the callback got as its user.
///
/// Returns NULL if it is not open, too.
/// Writes: nothing. Calls: nothing. Threads: any, while it is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_std_user(host: *const c_void) -> *mut c_void {
    // SAFETY: the caller's promise.
    match unsafe { look(host.cast()) } {
        // SAFETY: it is open, and the field is not written while it is.
        Ok(at) => unsafe { (&raw const (*at).user).read() },
        Err(_) => core::ptr::null_mut(),
    }
}

/// What the system said when it last failed to load, store, remove or write a file, e.g. "No space left on
/// device".
///
/// host  The host.
///
/// Returns a text that stays as it is until the next call with this host or an agent that keeps its licenses
/// there; empty if nothing failed yet, or if the host is not open. Never NULL. It must not be freed.
/// Writes: nothing. Calls: nothing. Threads: see base.h.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_std_last_error(host: *const nodelock_std_host) -> *const c_char {
    // SAFETY: the caller's promise.
    match unsafe { parts(host) } {
        // SAFETY: it is open; calls that change the text are kept apart by the caller's lock.
        Ok(parts) => unsafe { &(*parts).error }.as_ptr(),
        Err(_) => c"".as_ptr(),
    }
}

/// Remembers what went wrong.
///
/// The caller's promise: `parts` comes from an open host.
pub(super) unsafe fn remember(parts: *mut Parts, words: impl Into<String>) {
    // SAFETY: nobody refers to the text while a call runs.
    unsafe { (*parts).error = c_text(words) };
}

/// The parts of a host that is open, whether a call runs or not.
///
/// The caller's promise: `host` leads to a `nodelock_std_host`, in whatever state.
pub(super) unsafe fn parts(host: *const nodelock_std_host) -> Result<*mut Parts, Code> {
    // SAFETY: passed on; the word says that all of it is written.
    unsafe { Ok((&raw const (*look(host)?).parts).read()) }
}

/// Lets a call use a host, and keeps others out meanwhile but for storage. `work` says what the host is
/// afterwards: `READY`, or no host any more.
///
/// The caller's promise: `host` leads to a `nodelock_std_host`, in whatever state.
unsafe fn enter(
    host: *mut nodelock_std_host,
    work: impl FnOnce(*mut Parts) -> Result<u64, Code>,
) -> Result<(), Code> {
    // SAFETY: passed on.
    let at = unsafe { look(host) }?.cast_mut();
    // SAFETY: the word says that all of it is written; nobody has a reference to it.
    unsafe {
        if (&raw const (*at).word).read() == RUNNING {
            return Err(Code(NODELOCK_ERR_BUSY));
        }
        (&raw mut (*at).word).write(RUNNING);
        let outcome = work((&raw const (*at).parts).read());
        (&raw mut (*at).word).write(*outcome.as_ref().unwrap_or(&READY));
        outcome.map(|_| ())
    }
}

/// Lets a call use an open host, which it leaves open.
///
/// The caller's promise: `host` leads to a `nodelock_std_host`, in whatever state.
pub(super) unsafe fn using(
    host: *mut nodelock_std_host,
    work: impl FnOnce(*mut Parts) -> Result<(), Code>,
) -> Result<(), Code> {
    // SAFETY: passed on.
    unsafe { enter(host, |parts| work(parts).map(|()| READY)) }
}

unsafe fn look(host: *const nodelock_std_host) -> Result<*const Content, Code> {
    ptr::check(host)?;
    let at = host.cast::<Content>();
    // SAFETY: aligned for a host, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        READY | RUNNING => Ok(at),
        _ => Err(Code(NODELOCK_ERR_NOT_INITIALIZED)),
    }
}
