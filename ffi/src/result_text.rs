//! Texts for results, each a string that ends with NUL.
//!
//! Packed at compile time from the texts of the core, so that none can be missing. Each of the three
//! functions has its own table, and the linker leaves out what nobody calls.

use core::ffi::c_char;

use nodelock::Reason;

use crate::result::nodelock_result;
use crate::usage::{REMEDIES, USAGE};
use crate::verdict::{NODELOCK_GRANTED, NODELOCK_UNDECIDED, nodelock_verdict};

const UNKNOWN: (&str, &str, &str) = (
    "unknown",
    "a number that is no result of this library",
    "compile with the header that came with the library",
);

/// All reasons, all of `USAGE`, and the text for every other number.
const COUNT: usize = Reason::ALL.len() + USAGE.len() + 1;

/// What is wrong: one sentence without its full stop.
///
/// result  Any number; for one that is no result of this library a text says so.
///
/// Returns a string in read-only memory, never NULL. It must not be freed.
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_result_text(result: nodelock_result) -> *const c_char {
    static TEXTS: Table<{ size(&texts()) }> = Table::pack(&texts());
    TEXTS.find(result)
}

/// What the reader can do about it: one sentence without its full stop.
///
/// result  Any number; for one that is no result of this library a text says so.
///
/// Returns a string in read-only memory, never NULL. It must not be freed.
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_result_remedy(result: nodelock_result) -> *const c_char {
    static REMEDIES: Table<{ size(&remedies()) }> = Table::pack(&remedies());
    REMEDIES.find(result)
}

/// The short name, e.g. "unknown-key": the same in every language and in machine-readable output.
///
/// result  Any number; for one that is no result of this library it is "unknown".
///
/// Returns a string in read-only memory, never NULL. It must not be freed.
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_result_name(result: nodelock_result) -> *const c_char {
    static NAMES: Table<{ size(&names()) }> = Table::pack(&names());
    NAMES.find(result)
}

/// The words of reasons from the tables, so that a library has them once.
#[cfg(feature = "agent")]
pub(crate) const REASON_WORDS: nodelock::rights::ReasonWords = nodelock::rights::ReasonWords {
    text: |reason| words(nodelock_result_text(reason.code())),
    remedy: |reason| words(nodelock_result_remedy(reason.code())),
};

#[cfg(feature = "agent")]
fn words(string: *const c_char) -> &'static [u8] {
    // SAFETY: a string of the tables, which end with NUL.
    unsafe { core::ffi::CStr::from_ptr(string) }.to_bytes()
}

/// A verdict in words: "granted", or the text of the reason of a denial. The 0 of nodelock_granted and
/// nodelock_agent_granted has no reason; its text says where to ask for one.
///
/// verdict  Any number; for one that is no verdict of this library a text says so.
///
/// Returns a string in read-only memory, never NULL. It must not be freed.
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_verdict_text(verdict: nodelock_verdict) -> *const c_char {
    match verdict {
        NODELOCK_GRANTED => c"granted".as_ptr(),
        NODELOCK_UNDECIDED => c"not granted; nodelock_check or nodelock_agent_check tells why, or that the call failed".as_ptr(),
        // What is too large for a denial becomes no negative number, and no result is positive.
        denial => nodelock_result_text(denial.cast_signed().wrapping_neg()),
    }
}

/// Strings one behind the other, each with its NUL, and where each begins.
struct Table<const N: usize> {
    bytes: [u8; N],
    starts: [u16; COUNT],
}

impl<const N: usize> Table<N> {
    fn find(&self, result: i32) -> *const c_char {
        let reason = Reason::ALL.iter().position(|reason| reason.code() == result);
        let usage = || USAGE.iter().position(|entry| entry.0 == result);
        let index = reason
            .or_else(|| usage().map(|at| at.wrapping_add(Reason::ALL.len())))
            .unwrap_or(COUNT.wrapping_sub(1));
        let start = self.starts.get(index).copied().unwrap_or_default();
        self.bytes.get(usize::from(start)..).unwrap_or_default().as_ptr().cast()
    }
}

// From here on everything runs in the compiler, where a wrong index or an overflow is an error.
// Nothing of it is in the library.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::panic
)]
impl<const N: usize> Table<N> {
    const fn pack(strings: &[&str; COUNT]) -> Self {
        let mut table = Self { bytes: [0; N], starts: [0; COUNT] };
        let mut end = 0;
        let mut i = 0;
        while i < COUNT {
            assert!(end <= u16::MAX as usize);
            table.starts[i] = end as u16;
            let string = strings[i].as_bytes();
            let mut at = 0;
            while at < string.len() {
                table.bytes[end] = string[at];
                end += 1;
                at += 1;
            }
            end += 1;
            i += 1;
        }
        table
    }
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn size(strings: &[&str; COUNT]) -> usize {
    let mut size = 0;
    let mut i = 0;
    while i < COUNT {
        size += strings[i].len() + 1;
        i += 1;
    }
    size
}

macro_rules! strings {
    ($name:ident, $reason:expr, $field:tt, $unknown:tt) => {
        #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
        const fn $name() -> [&'static str; COUNT] {
            let mut strings = [UNKNOWN.$unknown; COUNT];
            let mut i = 0;
            while i < Reason::ALL.len() {
                strings[i] = $reason(Reason::ALL[i]);
                i += 1;
            }
            let mut i = 0;
            while i < USAGE.len() {
                strings[Reason::ALL.len() + i] = USAGE[i].$field;
                i += 1;
            }
            strings
        }
    };
}

/// What C says in place of the core's remedy, if it says something else.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn remedy_in_c(reason: Reason) -> &'static str {
    let mut i = 0;
    while i < REMEDIES.len() {
        if REMEDIES[i].0 == reason.code() {
            return REMEDIES[i].1;
        }
        i += 1;
    }
    reason.remedy()
}

strings!(names, Reason::name, 1, 0);
strings!(texts, Reason::text, 2, 1);
strings!(remedies, remedy_in_c, 3, 2);

#[cfg(test)]
mod tests {
    use super::*;

    /// Code and name of every result that a C program can get.
    fn all() -> impl Iterator<Item = (i32, &'static str, &'static str, &'static str)> {
        let reasons = Reason::ALL.iter().map(|&r| (r.code(), r.name(), r.text(), remedy_in_c(r)));
        reasons.chain(USAGE.iter().copied())
    }

    fn string(text: *const c_char) -> &'static str {
        // SAFETY: the tables end every string with NUL and live for ever.
        unsafe { core::ffi::CStr::from_ptr(text) }.to_str().unwrap()
    }

    #[test]
    fn every_result_has_its_texts() {
        for (code, name, text, remedy) in all() {
            assert_eq!(string(nodelock_result_name(code)), name);
            assert_eq!(string(nodelock_result_text(code)), text);
            assert_eq!(string(nodelock_result_remedy(code)), remedy);
        }
        for code in [1, -1, -999, i32::MIN, i32::MAX] {
            assert_eq!(string(nodelock_result_name(code)), "unknown");
            assert_eq!(string(nodelock_result_text(code)), UNKNOWN.1);
            assert_eq!(string(nodelock_result_remedy(code)), UNKNOWN.2);
        }
    }

    /// A program in C may have no console.
    #[test]
    fn no_remedy_names_a_command_alone() {
        for (code, _, _, remedy) in all() {
            let of_console = remedy.contains("show license");
            assert!(!of_console || remedy.contains("nodelock_agent_"), "{code}: {remedy}");
        }
    }

    #[test]
    fn every_verdict_has_its_text() {
        for (code, _, text, _) in all().filter(|one| one.0 < 0) {
            assert_eq!(string(nodelock_verdict_text(code.unsigned_abs())), text);
        }
        assert_eq!(string(nodelock_verdict_text(NODELOCK_GRANTED)), "granted");
        let undecided = string(nodelock_verdict_text(NODELOCK_UNDECIDED));
        assert!(undecided.starts_with("not granted; "), "{undecided}");
        for no_verdict in [1, 9999, i32::MAX.cast_unsigned(), 1 << 31, u32::MAX, u32::MAX - 600] {
            assert_eq!(string(nodelock_verdict_text(no_verdict)), UNKNOWN.1);
        }
    }

    /// The constants that C has are exactly the reasons of the core and the codes of wrong use, each
    /// with the name that the core gives it.
    #[test]
    fn every_code_is_a_constant_and_every_constant_a_code() {
        let source = include_str!("result.rs");
        // The texts of some come with the functions that give them.
        let is_here =
            |about: &str| cfg!(feature = "hosted") || !about.starts_with("/// Of nodelock_std.h");
        let constants: std::vec::Vec<(std::string::String, i32)> = source
            .lines()
            .zip(source.lines().skip(1))
            .filter(|(about, _)| is_here(about))
            .filter_map(|(_, line)| line.strip_prefix("pub const NODELOCK_"))
            .map(|line| {
                let (name, value) = line.split_once(": nodelock_result = ").unwrap();
                let name = name.strip_prefix("ERR_").unwrap_or(name);
                let value = value.strip_suffix(';').unwrap().parse().unwrap();
                (name.to_ascii_lowercase().replace('_', "-"), value)
            })
            .collect();
        for (code, name, ..) in all() {
            assert!(constants.contains(&(name.into(), code)), "{name} = {code} is missing");
        }
        assert_eq!(constants.len(), all().count());
    }
}
