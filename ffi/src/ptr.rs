//! Raw pointers from C: checked as far as a library can, and turned into what Rust works with.
//!
//! NULL, a wrong alignment and impossible lengths are seen here. That a pointer leads to memory of
//! that length, which nobody else writes meanwhile, is what the header asks of the caller; each
//! SAFETY comment of this crate that says "the caller's promise" means that.

use core::ffi::c_char;

use crate::result::{
    Code, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH, NODELOCK_ERR_NULL_ARGUMENT,
    NODELOCK_ERR_TEXT_TOO_LONG,
};

/// Refuses NULL and what is not aligned.
pub(crate) fn check<T>(pointer: *const T) -> Result<(), Code> {
    if pointer.is_null() {
        Err(Code(NODELOCK_ERR_NULL_ARGUMENT))
    } else if !pointer.is_aligned() {
        Err(Code(NODELOCK_ERR_ALIGNMENT))
    } else {
        Ok(())
    }
}

/// The word by which an object of the program's is known. Memory that nobody has written yet holds some number, too.
///
/// The caller's promise: a `T` can be read at `at`.
#[cfg(feature = "agent")]
pub(crate) unsafe fn word<T: Copy>(at: *const T) -> T {
    tell_valgrind(at);
    // SAFETY: the caller's promise.
    unsafe { at.read() }
}

/// Lets valgrind take the memory for written, as it would otherwise report what depends on the word. It knows
/// the request by instructions that do nothing.
#[cfg(all(feature = "agent", target_arch = "x86_64", target_os = "linux"))]
fn tell_valgrind<T>(at: *const T) {
    /// `VG_USERREQ__MAKE_MEM_DEFINED_IF_ADDRESSABLE` of valgrind/memcheck.h.
    const REQUEST: usize = 0x4D43_000B;
    let request = [REQUEST, at.addr(), size_of::<T>(), 0, 0, 0];
    // SAFETY: rdi is turned by 128 bits in all, and rbx is exchanged with itself.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") &raw const request, inout("rdx") 0_usize => _, options(nostack),
        );
    }
}

#[cfg(all(feature = "agent", not(all(target_arch = "x86_64", target_os = "linux"))))]
fn tell_valgrind<T>(_: *const T) {}

/// Refuses a length that no object can have.
pub(crate) fn len(len: usize) -> Result<(), Code> {
    isize::try_from(len).map(drop).map_err(|_| Code(NODELOCK_ERR_LENGTH))
}

/// Bytes with their length, which may be 0.
///
/// The caller's promise: `len` bytes can be read at `pointer` for as long as `'a`, and do not change.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> Result<&'a [u8], Code> {
    check(pointer)?;
    self::len(len)?;
    // SAFETY: not NULL, bytes need no alignment, no longer than an object can be; the rest is the
    // caller's promise.
    Ok(unsafe { core::slice::from_raw_parts(pointer, len) })
}

/// The same for text, which C counts in `char`.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, len: usize) -> Result<&'a [u8], Code> {
    // SAFETY: passed on.
    unsafe { bytes(pointer.cast(), len) }
}

#[cfg(feature = "agent")]
/// A string that ends with NUL, without it. At most `max` bytes are looked at.
///
/// The caller's promise: bytes can be read at `pointer` up to the NUL, and do not change.
pub(crate) unsafe fn string<'a>(pointer: *const c_char, max: usize) -> Result<&'a [u8], Code> {
    check(pointer)?;
    for len in 0..max {
        // SAFETY: no NUL came yet, so there is one more byte: the caller's promise.
        if unsafe { pointer.wrapping_add(len).read() } == 0 {
            // SAFETY: these bytes have just been read.
            return unsafe { text(pointer, len) };
        }
    }
    Err(Code(NODELOCK_ERR_TEXT_TOO_LONG))
}

/// Writes an output that `check` has let pass.
///
/// The caller's promise: a `T` can be written at `out`.
pub(crate) unsafe fn put<T>(out: *mut T, value: T) {
    // SAFETY: checked by the caller of this function; the rest is the caller's promise.
    unsafe { out.write(value) }
}
