//! Programs that may not be there, and the one line that brings them.

use std::fmt;
use std::path::PathBuf;

use anyhow::Result;

/// A tool that is not installed. A check that meets it counts as skipped, not as failed.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) what: String,
    pub(crate) install: &'static str,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {}; install it with: {}", self.what, self.install)
    }
}

impl std::error::Error for Missing {}

/// The first of `names` that is in `PATH`.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| dirs.iter().map(|dir| dir.join(name)).find(|file| file.is_file()))
}

/// The first of `names` that is in `PATH`, or the line that installs it.
pub(crate) fn require(names: &[&str], install: &'static str) -> Result<PathBuf> {
    find(names).ok_or_else(|| Missing { what: names.join(" or "), install }.into())
}
