//! What hosts have and microcontrollers have not: files, clocks, a heap. `include/nodelock_std.h` is
//! generated from the files of this folder.
//!
//! Callbacks of a running command come back here with the same host, so no reference to the whole of one is
//! ever made: each function takes the part that it works on.

// In the order in which the header shows them.
mod host;
mod storage;
mod system;

mod console;

pub use console::*;
pub use host::*;
pub use storage::*;
pub use system::*;

use core::ffi::{CStr, c_char};
use std::ffi::CString;
use std::path::Path;
use std::string::String;

use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_EMPTY};

/// Longest path or command, with its NUL.
const LONGEST: usize = 4096;

/// What the library says has no NUL in it; what it quotes may have.
fn c_text(text: impl Into<String>) -> CString {
    let mut text = text.into();
    text.retain(|c| c != '\0');
    CString::new(text).unwrap_or_default()
}

/// The bytes of a text that ends with NUL.
///
/// The caller's promise: bytes can be read at `text` up to the NUL, and do not change.
unsafe fn line<'a>(text: *const c_char) -> Result<&'a [u8], Code> {
    // SAFETY: passed on.
    unsafe { ptr::string(text, LONGEST) }
}

/// The same as a path. An empty one would mean the working directory to some functions.
///
/// The caller's promise: as for `line`.
unsafe fn path<'a>(text: *const c_char) -> Result<&'a Path, Code> {
    // SAFETY: passed on.
    match unsafe { line(text) }? {
        [] => Err(Code(NODELOCK_ERR_EMPTY)),
        bytes => native(bytes),
    }
}

#[cfg(unix)]
fn native(bytes: &[u8]) -> Result<&Path, Code> {
    use std::os::unix::ffi::OsStrExt;
    Ok(Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn native(bytes: &[u8]) -> Result<&Path, Code> {
    let text = core::str::from_utf8(bytes);
    text.map(Path::new).map_err(|_| Code(crate::result::NODELOCK_ERR_ARGUMENT))
}

/// Writes words that end with NUL, as many as there is room for.
///
/// The caller's promise: `room` bytes can be written at `out`.
unsafe fn tell(words: &CStr, out: *mut c_char, room: usize) {
    let Some(most) = room.checked_sub(1) else {
        return;
    };
    let words = words.to_bytes();
    let len = words.len().min(most);
    // SAFETY: no more than there is room for; the caller's promise.
    unsafe {
        core::ptr::copy_nonoverlapping(words.as_ptr(), out.cast::<u8>(), len);
        out.wrapping_add(len).write(0);
    }
}
