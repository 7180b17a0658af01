//! Flash in RAM that loses power, fails and forgets, and a clock that is moved by hand.

use core::ffi::c_void;
use core::mem::{align_of, needs_drop, size_of};

use nodelock::Reason;
use nodelock::store::flash::Nor;
use nodelock::testing::{RamFlash, Tear};

use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_FLASH_GEOMETRY,
    NODELOCK_ERR_NOT_INITIALIZED, nodelock_result, number,
};

/// As in the header.
const LEN: usize = 16_384;
const WORDS: usize = 4_128;
const READY: u64 = 0x7465_7374_A7C3_9B51;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_testing_flash {
    _private: [u64; WORDS],
}

#[repr(C)]
struct Content {
    word: u64,
    flash: RamFlash<LEN>,
}

const _: () = assert!(size_of::<Content>() <= size_of::<nodelock_testing_flash>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_testing_flash>());
const _: () = assert!(!needs_drop::<Content>());

/// The caller's promise: `flash` leads to a `nodelock_testing_flash`, in whatever state.
unsafe fn with<T>(
    flash: *mut nodelock_testing_flash,
    work: impl FnOnce(&mut RamFlash<LEN>) -> Result<T, Code>,
) -> Result<T, Code> {
    ptr::check(flash)?;
    let at = flash.cast::<Content>();
    // SAFETY: aligned for it, which is large enough; any bits are a number.
    if unsafe { ptr::word(&raw const (*at).word) } != READY {
        return Err(Code(NODELOCK_ERR_NOT_INITIALIZED));
    }
    // SAFETY: the word says that all of it is written, here or by copying it; it calls nobody back.
    work(unsafe { &mut (*at).flash })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_testing_flash_init(
    flash: *mut nodelock_testing_flash,
    flash_size: usize,
    page_len: u32,
    word_len: u32,
) -> nodelock_result {
    let init = || {
        ptr::check(flash)?;
        if flash_size < size_of::<nodelock_testing_flash>() {
            return Err(Code(NODELOCK_ERR_CTX_SIZE));
        }
        let word_len = u8::try_from(word_len).map_err(|_| Code(NODELOCK_ERR_FLASH_GEOMETRY))?;
        let content = Content { word: READY, flash: RamFlash::new(page_len, word_len) };
        if !content.flash.geometry().is_possible() {
            return Err(Code(NODELOCK_ERR_FLASH_GEOMETRY));
        }
        // SAFETY: aligned for it, and large enough.
        unsafe { flash.cast::<Content>().write(content) };
        Ok(())
    };
    number(init())
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_testing_flash_read(
    flash: *mut c_void,
    address: u32,
    to: *mut u8,
    len: usize,
) -> i32 {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash.cast(), |flash| {
            ptr::check(to)?;
            ptr::len(len)?;
            // The caller's bytes need not be initialised.
            to.write_bytes(0, len);
            Ok(flash.read(address, core::slice::from_raw_parts_mut(to, len))?)
        })
    })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_testing_flash_write(
    flash: *mut c_void,
    address: u32,
    data: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash.cast(), |flash| {
            ptr::check(data)?;
            ptr::len(len)?;
            Ok(flash.write(address, core::slice::from_raw_parts(data, len))?)
        })
    })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_testing_flash_erase(flash: *mut c_void, page: u32) -> i32 {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash.cast(), |flash| {
            Ok(flash.erase(u8::try_from(page).map_err(|_| Reason::StorageFailed)?)?)
        })
    })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_testing_flash_cut_power(
    flash: *mut nodelock_testing_flash,
    after: u64,
    tear: u32,
    seed: u64,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash, |flash| {
            let tear = usize::try_from(tear).ok().and_then(|tear| Tear::ALL.get(tear));
            flash.cut_power(after, *tear.ok_or(Code(NODELOCK_ERR_ARGUMENT))?, seed);
            Ok(())
        })
    })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_testing_flash_power_on(
    flash: *mut nodelock_testing_flash,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash, |flash| {
            flash.power_on();
            Ok(())
        })
    })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_testing_flash_fail_at(
    flash: *mut nodelock_testing_flash,
    call: u64,
    from_then_on: u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash, |flash| {
            if from_then_on > 1 {
                return Err(Code(NODELOCK_ERR_ARGUMENT));
            }
            flash.fail_at(call, from_then_on == 1);
            Ok(())
        })
    })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_testing_flash_flip(
    flash: *mut nodelock_testing_flash,
    bit: u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash, |flash| {
            let bit = usize::try_from(bit).ok().filter(|bit| bit / 8 < LEN);
            flash.flip(bit.ok_or(Code(NODELOCK_ERR_ARGUMENT))?);
            Ok(())
        })
    })
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_testing_flash_work(
    flash: *mut nodelock_testing_flash,
    work: *mut u64,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(flash, |flash| {
            ptr::check(work)?;
            ptr::put(work, flash.work());
            Ok(())
        })
    })
}
