//! The firmware library once more, with a panic handler that cannot be linked.
//!
//! `cargo xtask link-proof` links this archive with every function of `nodelock.h` as a root and
//! everything unreachable dropped. If any of them can reach a panic, the linker looks for
//! `nodelock_must_never_link`, finds none, and fails: the absence of panics is then shown on the
//! machine code, not believed of the source.
#![no_std]

// Only for its exported functions.
extern crate nodelock_ffi as _;

#[panic_handler]
fn never(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn nodelock_must_never_link() -> !;
    }
    // SAFETY: never runs; the symbol is defined nowhere, and a link that needs it fails.
    unsafe { nodelock_must_never_link() }
}

/// Indexes past what the caller may have given: the proof must refuse a library that exports this.
///
/// # Safety
///
/// `data` points to `len` readable bytes.
#[cfg(feature = "planted-panic")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_planted_panic(data: *const u8, len: usize) -> u8 {
    // SAFETY: the caller's promise above.
    let bytes = unsafe { core::slice::from_raw_parts(data, len) };
    bytes[3]
}
