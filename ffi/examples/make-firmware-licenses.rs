//! Writes `examples/firmware-cortex-m4/licenses.h`.

#[path = "../tests/c_interface/firmware_licenses.rs"]
mod firmware_licenses;
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/c_interface/issue.rs"]
mod issue;

fn main() -> std::io::Result<()> {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/firmware-cortex-m4/licenses.h");
    std::fs::write(example, firmware_licenses::header())
}
