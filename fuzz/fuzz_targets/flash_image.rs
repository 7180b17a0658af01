#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nodelock_fuzz::flash_image(data));
