//! A license file for people, beside the state that only the agent reads.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use nodelock::{Agent, Show, SignatureVerifier, Storage, UdiSource};

const HEAD: &str = "\
# The licenses that are installed on this device, for reading and for safe keeping. The device does
# not read this file; changes to it have no effect, and it is written anew.
";

/// Writes the installed lines to a license file, as a whole or not at all, and only if it says
/// something else now. To be called whenever a command has changed the agent; what is installed
/// does not depend on it.
///
/// # Errors
/// What the system reports; the file is then as it was.
pub fn keep_license_file<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &mut Agent<'_, S, V, U>,
    path: &Path,
) -> io::Result<()> {
    let mut text = HEAD.to_owned();
    agent.show(Show::File, &mut text).map_err(io::Error::other)?;
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    let unfinished = path.with_extension("new");
    let mut file = File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(&unfinished, path)
}
