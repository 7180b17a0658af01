//! The C interface as C sees it: programs in `tests/c`, built by every compiler at hand for every
//! standard with all warnings as errors, and run under the address and undefined-behaviour sanitizers; those for
//! hosts under valgrind, too.
//!
//! A missing compiler is skipped with a note; with `NODELOCK_REQUIRE_ALL=1` it is a failure.

mod build;
mod data;
mod example_licenses;
mod examples;
mod header;
mod issue;
mod package;
mod programs;
mod symbols;
mod vectors;
mod writes;

use std::path::PathBuf;
use std::sync::OnceLock;

/// Where `data.h` is.
fn data_dir() -> PathBuf {
    static WRITTEN: OnceLock<PathBuf> = OnceLock::new();
    let dir = WRITTEN.get_or_init(|| {
        let dir = build::scratch("data");
        data::write(&dir).expect("the headers");
        dir
    });
    dir.clone()
}
