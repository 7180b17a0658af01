//! Storage in raw NOR flash.

use core::ffi::c_void;
use core::mem::{align_of, needs_drop, size_of};

use nodelock::store::StorageKey;
use nodelock::store::flash::{FlashGeometry, FlashStorage, Nor};
use nodelock::{Reason, Storage};

use crate::agent::NODELOCK_NO_VALUE;
use crate::config::load;
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_BUSY, NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_FLASH_GEOMETRY,
    NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_NO_STORAGE, nodelock_result, number,
};

/// 64-bit words in a nodelock_flash.
pub const NODELOCK_FLASH_WORDS: usize = 72;

/// Values in raw NOR flash, for the callbacks load, store and remove of an agent. The program gives it
/// memory, passes it to nodelock_flash_mount, and does not look into it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_flash {
    /// Not for the program.
    _private: [u64; NODELOCK_FLASH_WORDS],
}

/// The flash of a board: a part of it that belongs to the library alone. Erased bytes read as 0xFF.
///
/// Power may be cut at any moment: what was being written or erased then may hold anything, all else must be
/// as it was.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_flash_port {
    /// sizeof(nodelock_flash_port), as the program knows it.
    pub size: u32,
    /// Bytes of a page: one block that is erased at a time, or several. At least 256; a value takes at most
    /// a page, and those of the agent need 4096 at most.
    pub page_len: u32,
    /// Number of pages, from 2 to 32.
    pub pages: u32,
    /// Bytes that are written at a time: 1, 2, 4, 8, 16 or 32. None is written twice without erasing.
    pub word_len: u32,
    /// Passed to the functions.
    pub user: *mut c_void,
    /// Reads from an address of any alignment, counted from the beginning of the part. Returns 0.
    pub read: Option<
        unsafe extern "C" fn(user: *mut c_void, address: u32, to: *mut u8, len: usize) -> i32,
    >,
    /// Writes whole words. When it returns 0, they are durable.
    pub write: Option<
        unsafe extern "C" fn(user: *mut c_void, address: u32, data: *const u8, len: usize) -> i32,
    >,
    /// Erases a page, counted from 0. Returns 0.
    pub erase: Option<unsafe extern "C" fn(user: *mut c_void, page: u32) -> i32>,
}

/// The board's flash in the form in which the core asks for it.
struct Board {
    geometry: FlashGeometry,
    user: *mut c_void,
    read: unsafe extern "C" fn(*mut c_void, u32, *mut u8, usize) -> i32,
    write: unsafe extern "C" fn(*mut c_void, u32, *const u8, usize) -> i32,
    erase: unsafe extern "C" fn(*mut c_void, u32) -> i32,
}

fn done(returned: i32) -> Result<(), Reason> {
    if returned == 0 { Ok(()) } else { Err(Reason::StorageFailed) }
}

impl Nor for Board {
    fn geometry(&self) -> FlashGeometry {
        self.geometry
    }

    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason> {
        // SAFETY: the program's function, called as the header says.
        done(unsafe { (self.read)(self.user, address, to.as_mut_ptr(), to.len()) })
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        // SAFETY: the program's function, called as the header says.
        done(unsafe { (self.write)(self.user, address, data.as_ptr(), data.len()) })
    }

    fn erase(&mut self, page: u8) -> Result<(), Reason> {
        // SAFETY: the program's function, called as the header says.
        done(unsafe { (self.erase)(self.user, u32::from(page)) })
    }
}

const READY: u64 = 0x666C_7368_A7C3_9B51;
/// A call is running that calls back.
const RUNNING: u64 = 0x666C_7368_58E4_6CAE;

#[repr(C)]
struct Content {
    word: u64,
    storage: FlashStorage<Board>,
}

const _: () = assert!(size_of::<Content>() <= size_of::<nodelock_flash>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_flash>());
const _: () = assert!(!needs_drop::<Content>());

/// The caller's promise: `flash` leads to a `nodelock_flash`, in whatever state.
unsafe fn with<T>(
    flash: *mut nodelock_flash,
    work: impl FnOnce(&mut FlashStorage<Board>) -> Result<T, Code>,
) -> Result<T, Code> {
    ptr::check(flash)?;
    let at = flash.cast::<Content>();
    // SAFETY: aligned for it, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        READY => {}
        RUNNING => return Err(Code(NODELOCK_ERR_BUSY)),
        _ => return Err(Code(NODELOCK_ERR_FLASH_NOT_MOUNTED)),
    }
    // SAFETY: the word says that all of it is written; RUNNING keeps callbacks out, and the caller's
    // lock other calls.
    let outcome = unsafe {
        (&raw mut (*at).word).write(RUNNING);
        work(&mut (*at).storage)
    };
    // SAFETY: as above.
    unsafe { (&raw mut (*at).word).write(READY) };
    outcome
}

/// Reads what is in the flash and writes nothing. Flash that is erased, or holds data of somebody else, is an empty
/// storage.
///
/// flash       Memory; whatever is in it is overwritten. It must not be moved.
/// flash_size  sizeof(nodelock_flash), as the program knows it.
/// port        See nodelock_flash_port; it is copied.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_NO_STORAGE if a function
/// is missing; NODELOCK_ERR_FLASH_GEOMETRY; NODELOCK_ERR_UNSUPPORTED_FORMAT if a newer library has written
/// there; NODELOCK_ERR_STORAGE_FAILED, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_BUSY.
/// Writes: flash. Calls: read. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_flash_mount(
    flash: *mut nodelock_flash,
    flash_size: usize,
    port: *const nodelock_flash_port,
) -> nodelock_result {
    // SAFETY: passed on.
    number(unsafe { mount(flash, flash_size, port) })
}

unsafe fn mount(
    flash: *mut nodelock_flash,
    flash_size: usize,
    port: *const nodelock_flash_port,
) -> Result<(), Code> {
    ptr::check(flash)?;
    if flash_size < size_of::<nodelock_flash>() {
        return Err(Code(NODELOCK_ERR_CTX_SIZE));
    }
    let at = flash.cast::<Content>();
    // SAFETY: aligned for it, and large enough.
    if unsafe { ptr::word(&raw const (*at).word) } == RUNNING {
        return Err(Code(NODELOCK_ERR_BUSY));
    }
    // SAFETY: as above.
    unsafe { (&raw mut (*at).word).write(0) };
    // SAFETY: the caller's promise; zero is a value of every field.
    let given: nodelock_flash_port = unsafe { load(port) }?;
    let (Some(read), Some(write), Some(erase)) = (given.read, given.write, given.erase) else {
        return Err(Code(NODELOCK_ERR_NO_STORAGE));
    };
    let small = |number: u32| u8::try_from(number).map_err(|_| Code(NODELOCK_ERR_FLASH_GEOMETRY));
    let geometry = FlashGeometry {
        page_len: given.page_len,
        pages: small(given.pages)?,
        word_len: small(given.word_len)?,
    };
    let board = Board { geometry, user: given.user, read, write, erase };
    // SAFETY: as above. Callbacks find it running.
    unsafe { (&raw mut (*at).word).write(RUNNING) };
    let mounted = FlashStorage::mount(board);
    // SAFETY: as above.
    unsafe { (&raw mut (*at).word).write(0) };
    let content = Content { word: READY, storage: mounted? };
    // SAFETY: as above.
    unsafe { at.write(content) };
    Ok(())
}

/// Reads a value: the callback load of an agent.
///
/// flash     The flash.
/// key       Its key.
/// buffer    For the value.
/// capacity  Its size in bytes.
/// len       Length of the value.
///
/// Results: NODELOCK_OK; NODELOCK_NO_VALUE; NODELOCK_ERR_STORAGE_CORRUPTED, NODELOCK_ERR_STORAGE_FULL if the
/// buffer is too small, NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
/// NODELOCK_ERR_LENGTH, NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_BUSY.
/// Writes: *len on NODELOCK_OK; buffer, with the value then, else with anything. Calls: read.
/// Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_flash_load(
    flash: *mut nodelock_flash,
    key: u16,
    buffer: *mut u8,
    capacity: usize,
    len: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    let found = unsafe {
        with(flash, |storage| {
            ptr::check(buffer)?;
            ptr::check(len)?;
            ptr::len(capacity)?;
            if !storage.may_hold(StorageKey(key)) {
                return Ok(None);
            }
            // The caller's bytes need not be initialised, and most of them are not needed.
            let likely = storage.likely_len(StorageKey(key))?.unwrap_or(capacity).min(capacity);
            let mut load = |capacity| {
                core::ptr::write_bytes(buffer, 0, capacity);
                let buffer = core::slice::from_raw_parts_mut(buffer, capacity);
                storage.load(StorageKey(key), buffer)
            };
            let found = match load(likely) {
                // An older record counts, which is longer.
                Err(Reason::StorageFull) if likely < capacity => load(capacity)?,
                found => found?,
            };
            if let Some(found) = found {
                ptr::put(len, found);
            }
            Ok(found)
        })
    };
    match found {
        Ok(None) => NODELOCK_NO_VALUE,
        other => number(other.map(|_| ())),
    }
}

/// Replaces a value: the callback store of an agent. When it returns NODELOCK_OK, that is durable; a power cut
/// leaves the old value or the new one. The same value again writes nothing.
///
/// flash  The flash.
/// key    Its key.
/// data   The value.
/// len    Its length in bytes.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_FULL, NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_NULL_ARGUMENT,
/// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH, NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_BUSY.
/// Writes: the flash. Calls: read, write, erase. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_flash_store(
    flash: *mut nodelock_flash,
    key: u16,
    data: *const u8,
    len: usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash, |storage| Ok(storage.store(StorageKey(key), ptr::bytes(data, len)?)?))
    })
}

/// Removes a value: the callback remove of an agent. No error if there is none.
///
/// flash  The flash.
/// key    Its key.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_STORAGE_FULL, which takes damaged flash;
/// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_BUSY.
/// Writes: the flash. Calls: read, write, erase. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_flash_remove(
    flash: *mut nodelock_flash,
    key: u16,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { with(flash, |storage| Ok(storage.remove(StorageKey(key))?)) })
}
