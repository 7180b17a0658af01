//! The examples in C: what of them is generated, and that they compile.

use crate::build::root;
use crate::firmware_licenses;

#[test]
fn the_licenses_of_the_firmware_are_current() {
    let path = root().join("examples/firmware-cortex-m4/licenses.h");
    let committed = std::fs::read_to_string(path).expect("licenses.h");
    assert!(
        committed == firmware_licenses::header(),
        "run: cargo run -q -p nodelock-ffi --example make-firmware-licenses"
    );
}
