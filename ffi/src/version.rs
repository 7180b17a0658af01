//! Three numbers that change for different reasons: the library, its C interface, the license line.

use core::ffi::c_char;

/// Version of the library that this header belongs to: major part.
pub const NODELOCK_VERSION_MAJOR: u32 = 0;
/// Version of the library that this header belongs to: minor part.
pub const NODELOCK_VERSION_MINOR: u32 = 1;
/// Version of the library that this header belongs to: patch part.
pub const NODELOCK_VERSION_PATCH: u32 = 0;
/// The three parts in one number that can be compared: major * 65536 + minor * 256 + patch.
pub const NODELOCK_VERSION_NUMBER: u32 = 0x0000_0100;
/// Number of this C interface. It changes when a program has to be compiled again: when a function,
/// a size or the meaning of a number changes, but not when something is added.
pub const NODELOCK_ABI_VERSION: u32 = 1;
/// Format of the license lines that are understood: the number behind the keyword.
pub const NODELOCK_FORMAT_VERSION: u32 = 1;

/// NODELOCK_VERSION_NUMBER of the library that is linked.
///
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_version_number() -> u32 {
    NODELOCK_VERSION_NUMBER
}

/// Version of the library that is linked, e.g. "0.1.0".
///
/// Returns a string in read-only memory, never NULL. It must not be freed.
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_version_text() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// NODELOCK_ABI_VERSION of the library that is linked.
///
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_abi_version() -> u32 {
    NODELOCK_ABI_VERSION
}

/// NODELOCK_FORMAT_VERSION of the library that is linked.
///
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_format_version() -> u32 {
    NODELOCK_FORMAT_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_belong_to_the_manifest() {
        let parts = [NODELOCK_VERSION_MAJOR, NODELOCK_VERSION_MINOR, NODELOCK_VERSION_PATCH];
        let text = std::format!("{}.{}.{}", parts[0], parts[1], parts[2]);
        assert_eq!(text, env!("CARGO_PKG_VERSION"));
        assert!(parts.iter().all(|&part| part < 256));
        let packed = parts.iter().fold(0, |packed, part| packed * 256 + part);
        assert_eq!(NODELOCK_VERSION_NUMBER, packed);
        assert_eq!(nodelock_version_number(), packed);
        // SAFETY: the text ends with NUL and lives for ever.
        let linked = unsafe { core::ffi::CStr::from_ptr(nodelock_version_text()) };
        assert_eq!(linked.to_str(), Ok(text.as_str()));
        assert_eq!(nodelock_abi_version(), NODELOCK_ABI_VERSION);
        assert_eq!(nodelock_format_version(), NODELOCK_FORMAT_VERSION);
    }

    #[test]
    fn the_core_reads_this_format() {
        use nodelock::Reason;
        use nodelock::record::Records;
        let reason = |text: &str| {
            let found = Records::new(text.as_bytes()).next().unwrap();
            found.record.unwrap_err().reason
        };
        let with = |format: u32| reason(&std::format!("LICENSE {format} x 1.0"));
        assert_eq!(with(NODELOCK_FORMAT_VERSION), Reason::Truncated);
        assert_eq!(with(NODELOCK_FORMAT_VERSION + 1), Reason::UnsupportedFormat);
    }
}
