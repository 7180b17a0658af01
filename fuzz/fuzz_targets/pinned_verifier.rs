#![no_main]

// Not in the library, whose other targets run with the features of core's tests.
#[path = "../src/pinned.rs"]
mod pinned;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pinned::pinned_verifier(data));
