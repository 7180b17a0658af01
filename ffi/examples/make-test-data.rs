//! Writes the headers that the C programs in `tests/c` include into a directory, for who runs them elsewhere
//! than `cargo test`.

#[path = "../tests/c_interface/data.rs"]
mod data;
#[path = "../tests/c_interface/issue.rs"]
mod issue;

fn main() -> std::io::Result<()> {
    let dir = std::env::args_os().nth(1).expect("usage: make-test-data <directory>");
    data::write(dir.as_ref())
}
