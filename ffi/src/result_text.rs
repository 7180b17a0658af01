//! Texts for results, each a string that ends with NUL.
//!
//! Packed at compile time from the texts of the core, so that none can be missing. Each of the three
//! functions has its own table, and the linker leaves out what nobody calls.

use core::ffi::c_char;

use nodelock::Reason;

use crate::result::*;
use crate::verdict::{NODELOCK_GRANTED, NODELOCK_UNDECIDED, nodelock_verdict};

/// Code, name, text and remedy of the results that only C has.
const USAGE: &[(i32, &str, &str, &str)] = &[
    (NODELOCK_OK, "ok", "done", "nothing to do"),
    (
        NODELOCK_ERR_NULL_ARGUMENT,
        "null-argument",
        "a pointer that must not be NULL is",
        "pass what the header asks for",
    ),
    (
        NODELOCK_ERR_NOT_INITIALIZED,
        "not-initialized",
        "the object that the call is for is not initialised",
        "call nodelock_init, nodelock_agent_boot or what else the header names for its type first, e.g. nodelock_installer_init, and look at the result",
    ),
    (
        NODELOCK_ERR_BUSY,
        "busy",
        "the context is in the middle of another call",
        "do not call the library from its callbacks; lock around calls from several threads",
    ),
    (
        NODELOCK_ERR_CTX_SIZE,
        "ctx-size",
        "the size is less than that of the object which the call is for",
        "give sizeof of the object, not of a pointer to it, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_CONFIG_SIZE,
        "config-size",
        "the size in the configuration is wrong, or fields are set that this library does not know",
        "begin a nodelock_config with NODELOCK_CONFIG_INIT, set the size of other structures to their sizeof, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_SLOT_SIZE,
        "slot-size",
        "the slots are smaller than this library needs",
        "begin the configuration with NODELOCK_CONFIG_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_CONFIG_FLAGS,
        "config-flags",
        "a flag that this library does not know",
        "leave unknown flags 0",
    ),
    (
        NODELOCK_ERR_NO_READ_UDI,
        "no-read-udi",
        "the callback read_udi is missing",
        "set it in the configuration",
    ),
    (
        NODELOCK_ERR_NO_SHA256,
        "no-sha256",
        "callbacks for SHA-256 are missing",
        "set all three; or none, with a library that has the hash inside",
    ),
    (
        NODELOCK_ERR_NO_VERIFY_SIGNATURE,
        "no-verify-signature",
        "the callback verify_signature is missing",
        "set it, or link the library that has the check inside",
    ),
    (
        NODELOCK_ERR_NO_ANCHORS,
        "no-anchors",
        "there is no trust anchor",
        "put the vendor's public key into the configuration",
    ),
    (
        NODELOCK_ERR_TOO_MANY_ANCHORS,
        "too-many-anchors",
        "too many trust anchors",
        "use fewer, and delegate to the others by KEY records",
    ),
    (
        NODELOCK_ERR_NO_SLOTS,
        "no-slots",
        "there are no slots",
        "pass an array with one slot for each license",
    ),
    (
        NODELOCK_ERR_TOO_MANY_SLOTS,
        "too-many-slots",
        "there are more slots than memory",
        "pass the number of elements, not of bytes",
    ),
    (
        NODELOCK_ERR_LENGTH,
        "length",
        "a length that no object can have",
        "look for a subtraction that went below 0",
    ),
    (
        NODELOCK_ERR_ALIGNMENT,
        "alignment",
        "a pointer is not aligned for its type",
        "do not cast byte buffers to the types of the library",
    ),
    (
        NODELOCK_ERR_NO_SUCH_INDEX,
        "no-such-index",
        "there is no element with this index",
        "count from 0, and stop at the first of these",
    ),
    (
        NODELOCK_ERR_NO_STORAGE,
        "no-storage",
        "callbacks for storage or rollback counters are missing",
        "set load, store and remove in the configuration of the agent, with rollback counters also theirs; in the port of a raw flash read, write and erase",
    ),
    (
        NODELOCK_ERR_CATALOG_SIZE,
        "catalog-size",
        "the catalog has no features, or too many",
        "list the features of the firmware, up to 1024",
    ),
    (
        NODELOCK_ERR_CATALOG_NAME,
        "catalog-name",
        "a name in the catalog is none that a license can have",
        "use 1 to 64 letters, digits, '.', '_' and '-'",
    ),
    (
        NODELOCK_ERR_CATALOG_DUPLICATE,
        "catalog-duplicate",
        "two features of the catalog have the same name",
        "give each its own",
    ),
    (
        NODELOCK_ERR_CATALOG_INCLUDE,
        "catalog-include",
        "a feature of the catalog includes itself, a level, or a name that is not there",
        "list other features only; the ranks of levels say what contains what",
    ),
    (
        NODELOCK_ERR_CATALOG_LEVEL,
        "catalog-level",
        "the levels of the catalog do not fit together",
        "give each module and package one level of rank 0 without trial and agreement, other ranks once, and no maximum",
    ),
    (
        NODELOCK_ERR_CATALOG_MAXIMUM,
        "catalog-maximum",
        "a maximum in the catalog is too large",
        "use at most 999999999999, or 0 for what is not counted",
    ),
    (
        NODELOCK_ERR_CATALOG_EULA,
        "catalog-eula",
        "a name of an agreement in the catalog is none that a license can have",
        "use 1 to 64 letters, digits, '.', '_' and '-'",
    ),
    (
        NODELOCK_ERR_CATALOG_TRIAL,
        "catalog-trial",
        "a trial in the catalog is too long",
        "use at most 100 years, in seconds",
    ),
    (
        NODELOCK_ERR_JOBS_FULL,
        "jobs-full",
        "there is no room for another job",
        "delete a job, or wait until one has been over for five minutes",
    ),
    (
        NODELOCK_ERR_NO_SUCH_JOB,
        "no-such-job",
        "there is no such job",
        "list the jobs; they end with the boot",
    ),
    (
        NODELOCK_ERR_JOB_STATE,
        "job-state",
        "the job is not in the state for this",
        "look at its state; a running job cannot be deleted, and only a job that was begun runs",
    ),
    (
        NODELOCK_ERR_OUTPUT,
        "output",
        "the program could not take the output",
        "look at what its callback returned",
    ),
    (
        NODELOCK_ERR_PINNED_TABLE,
        "pinned-table",
        "a table of the pinned keys is missing or damaged",
        "take the tables as nodelock keys tables has written them",
    ),
    (
        NODELOCK_ERR_AGENT_CONFIG_SIZE,
        "agent-config-size",
        "a size in the configuration of the agent is wrong, or fields are set that this library does not know",
        "begin it with NODELOCK_AGENT_CONFIG_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_AGENT_MEMORY_SIZE,
        "agent-memory-size",
        "a size in the memory of the agent is wrong, or fields are set that this library does not know",
        "begin it with NODELOCK_AGENT_MEMORY_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_JOBS_MEMORY_SIZE,
        "jobs-memory-size",
        "a size in the memory of the jobs is wrong",
        "begin it with NODELOCK_JOBS_MEMORY_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_MEMORY_FEATURES,
        "memory-features",
        "the array features of the agent's memory is too small",
        "give it an element for each feature of the catalog",
    ),
    (
        NODELOCK_ERR_MEMORY_CATALOG,
        "memory-catalog",
        "the array catalog of the agent's memory is too small",
        "give it an element for each feature of the catalog",
    ),
    (
        NODELOCK_ERR_MEMORY_NAMES,
        "memory-names",
        "the array names of the agent's memory is too small",
        "give it an element for each name in all includes lists of the catalog",
    ),
    (
        NODELOCK_ERR_MEMORY_SCRATCH,
        "memory-scratch",
        "the buffer scratch of the agent's memory is too small",
        "give it NODELOCK_SCRATCH_LEN bytes, or at least NODELOCK_SCRATCH_MIN",
    ),
    (
        NODELOCK_ERR_WALL,
        "wall",
        "the wall clock is later than the year 2199",
        "give seconds since 1970, not milliseconds; or wall_known = 0 while the clock is not set",
    ),
    (
        NODELOCK_ERR_BUILT,
        "built",
        "the day of the build is none from 2020 to 2079, in days since 1970-01-01",
        "set built to the seconds since 1970-01-01, divided by 86400; not to a spreadsheet's number of the day, which counts from 1900; or to 0",
    ),
    (
        NODELOCK_ERR_FLASH_NOT_MOUNTED,
        "flash-not-mounted",
        "the raw flash was not mounted",
        "call nodelock_flash_mount before nodelock_agent_boot, and look at its result",
    ),
    (
        NODELOCK_ERR_ARGUMENT,
        "argument",
        "an argument, or a field of one, has a value that the header does not list for it",
        "compare each with the comment in the header; what is yes or no is 1 or 0, and what is reserved is 0",
    ),
    (
        NODELOCK_ERR_ANCHOR_KEY_ID,
        "anchor-key-id",
        "the key id in a trust anchor of the configuration does not belong to its key",
        "copy the anchor again from what nodelock pubkey --format c writes; if the program hashes itself, test its SHA-256",
    ),
    #[cfg(feature = "hosted")]
    (
        NODELOCK_ERR_STORAGE_IN_USE,
        "storage-in-use",
        "the directory of the license storage is open already",
        "close it, or stop the other process that uses it",
    ),
    #[cfg(feature = "hosted")]
    (
        NODELOCK_ERR_SYSTEM,
        "system",
        "the operating system refuses",
        "look at what nodelock_std_open or nodelock_std_last_error says",
    ),
    #[cfg(feature = "hosted")]
    (
        NODELOCK_ERR_NO_SUCH_COMMAND,
        "no-such-command",
        "there is no such command",
        "type help for a list",
    ),
];

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
    ($name:ident, $reason:ident, $field:tt, $unknown:tt) => {
        #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
        const fn $name() -> [&'static str; COUNT] {
            let mut strings = [UNKNOWN.$unknown; COUNT];
            let mut i = 0;
            while i < Reason::ALL.len() {
                strings[i] = Reason::ALL[i].$reason();
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

strings!(names, name, 1, 0);
strings!(texts, text, 2, 1);
strings!(remedies, remedy, 3, 2);

#[cfg(test)]
mod tests {
    use super::*;

    /// Code and name of every result that a C program can get.
    fn all() -> impl Iterator<Item = (i32, &'static str, &'static str, &'static str)> {
        let reasons = Reason::ALL.iter().map(|r| (r.code(), r.name(), r.text(), r.remedy()));
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
