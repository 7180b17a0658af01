#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nodelock_fuzz::storage(data));
