//! Installing a file that comes in pieces.

use core::mem::{align_of, needs_drop, size_of};

use nodelock::agent::Installer;
use nodelock::rights::RecordReport;

use crate::agent::config::nodelock_now;
use crate::agent::install::take;
use crate::agent::state::{change_at, nodelock_agent};
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_BUSY, NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NO_RECORD,
    NODELOCK_ERR_NOT_INITIALIZED, nodelock_result, number,
};
use crate::rights::license::nodelock_tally;

/// 64-bit words in a nodelock_installer: three records of the greatest length, and what it knows of the file.
pub const NODELOCK_INSTALLER_WORDS: usize = 400;

/// A license file that comes in pieces. The program gives it memory, passes it to nodelock_installer_init, and does
/// not look into it. Behind nodelock_installer_finish the memory may serve for something else.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_installer {
    /// Not for the program.
    _private: [u64; NODELOCK_INSTALLER_WORDS],
}

const READY: u64 = 0x696E_7374_8B61_D2C5;
/// A call is running that calls back.
const RUNNING: u64 = 0x696E_7374_749E_2D3A;

#[repr(C)]
struct Content {
    word: u64,
    /// Of the file so far.
    tally: nodelock_tally,
    holds_records: bool,
    file: Installer,
}

const _: () = assert!(size_of::<Content>() <= size_of::<nodelock_installer>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_installer>());
const _: () = assert!(!needs_drop::<Content>());

/// What is in an installer that is ready.
///
/// The caller's promise: `installer` leads to a `nodelock_installer`, in whatever state.
unsafe fn open(installer: *mut nodelock_installer) -> Result<*mut Content, Code> {
    ptr::check(installer)?;
    let at = installer.cast::<Content>();
    // SAFETY: aligned for it, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        READY => Ok(at),
        RUNNING => Err(Code(NODELOCK_ERR_BUSY)),
        _ => Err(Code(NODELOCK_ERR_NOT_INITIALIZED)),
    }
}

/// Makes an installer ready: nothing has come yet.
///
/// installer       Memory; whatever is in it is overwritten. It may be moved between two calls.
/// installer_size  sizeof(nodelock_installer), as the program knows it.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
/// NODELOCK_ERR_BUSY.
/// Writes: installer. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_installer_init(
    installer: *mut nodelock_installer,
    installer_size: usize,
) -> nodelock_result {
    let work = || {
        ptr::check(installer)?;
        if installer_size < size_of::<nodelock_installer>() {
            return Err(Code(NODELOCK_ERR_CTX_SIZE));
        }
        // SAFETY: checked above; whatever else is in it does not count.
        if let Err(busy @ Code(NODELOCK_ERR_BUSY)) = unsafe { open(installer) } {
            return Err(busy);
        }
        let at = installer.cast::<Content>();
        // SAFETY: aligned for it, and large enough. Part by part: as a whole it would be built on the stack.
        unsafe {
            (&raw mut (*at).tally).write(nodelock_tally::NOTHING);
            (&raw mut (*at).holds_records).write(false);
            (&raw mut (*at).file).write(Installer::new());
            (&raw mut (*at).word).write(READY);
        }
        Ok(())
    };
    number(work())
}

/// Takes the next bytes of a license file, and installs each record as soon as it is whole, as nodelock_agent_install
/// does. KEY records count for the lines behind them, in whichever piece those come; the latest two are
/// remembered, and checked again with each piece that completes a record.
///
/// installer  The installer.
/// agent      The agent.
/// data       The bytes, of a text or of a binary file: pieces of any size. Used during the call only.
/// len        Their number.
/// now        The time.
/// out        What became of the records of the file so far; may be NULL.
///
/// The callback on_record hears of each record; number and offset count from the start of the file. In a text a record
/// is whole with the blank or the end of the line behind its signature, and looked for at each end of a line. One
/// that is longer than any record is refused with NODELOCK_ERR_RECORD_TOO_LONG.
///
/// Results: NODELOCK_OK, even if every line was refused: see out and the callback on_record; NODELOCK_ERR_LENGTH,
/// NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_NOT_INITIALIZED and NODELOCK_ERR_BUSY also for the installer. With another
/// result than NODELOCK_OK nothing was taken, and the same piece can be given again.
/// Writes: installer, agent; storage, for each record as nodelock_agent_install; *out on NODELOCK_OK.
/// Calls: sha256_..., verify_signature, load, store, remove, on_record. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_installer_push(
    installer: *mut nodelock_installer,
    agent: *mut nodelock_agent,
    data: *const u8,
    len: usize,
    now: *const nodelock_now,
    out: *mut nodelock_tally,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { work(installer, agent, Some((data, len)), now, out) })
}

/// The file has ended: installs what is left, and forgets the keys. The next byte begins a new file.
///
/// installer  The installer. Call this also where a file breaks off: what is not whole is refused then.
/// agent      The agent.
/// now        The time.
/// out        What became of all records of the file; may be NULL.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_RECORD if the file held none, as for nodelock_agent_install;
/// NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_NOT_INITIALIZED and NODELOCK_ERR_BUSY also for the
/// installer. With another result than the first two the file has not ended.
/// Writes: installer, agent; storage, for each record as nodelock_agent_install; *out on NODELOCK_OK.
/// Calls: sha256_..., verify_signature, load, store, remove, on_record. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_installer_finish(
    installer: *mut nodelock_installer,
    agent: *mut nodelock_agent,
    now: *const nodelock_now,
    out: *mut nodelock_tally,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { work(installer, agent, None, now, out) })
}

/// Takes a piece, or without one the end of the file.
///
/// The caller's promise: that of both functions.
unsafe fn work(
    installer: *mut nodelock_installer,
    agent: *mut nodelock_agent,
    piece: Option<(*const u8, usize)>,
    now: *const nodelock_now,
    out: *mut nodelock_tally,
) -> Result<(), Code> {
    // SAFETY: the caller's promise.
    let at = unsafe { open(installer) }?;
    // SAFETY: the caller's promise.
    unsafe {
        change_at(agent, now, |core, settings, now| {
            let piece = piece.map(|(data, len)| ptr::bytes(data, len)).transpose()?;
            if !out.is_null() {
                ptr::check(out)?;
            }
            // The word says that all of it is written; RUNNING keeps callbacks out, and the caller's lock other
            // calls.
            (&raw mut (*at).word).write(RUNNING);
            let (file, tally) = (&mut (*at).file, &mut (*at).tally);
            let holds_records = &mut (*at).holds_records;
            let mut take =
                |taken: &RecordReport<'_, '_>| *holds_records |= take(tally, settings, taken);
            match piece {
                Some(piece) => file.push(core, piece, now, &mut take),
                None => file.finish(core, now, &mut take),
            }
            let (so_far, is_no_file) = (*tally, piece.is_none() && !*holds_records);
            if piece.is_none() {
                (*tally, *holds_records) = (nodelock_tally::NOTHING, false);
            }
            (&raw mut (*at).word).write(READY);
            if is_no_file {
                return Err(Code(NODELOCK_ERR_NO_RECORD));
            }
            if !out.is_null() {
                ptr::put(out, so_far);
            }
            Ok(())
        })
    }
}
