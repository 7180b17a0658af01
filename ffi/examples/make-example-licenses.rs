//! Writes the headers with keys and licenses of the examples in C.

#[path = "../tests/c_interface/example_licenses.rs"]
mod example_licenses;
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/c_interface/issue.rs"]
mod issue;

fn main() -> std::io::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (path, text) in example_licenses::files() {
        std::fs::write(root.join(path), text)?;
    }
    Ok(())
}
