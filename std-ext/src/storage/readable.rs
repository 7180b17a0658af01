//! A license file for people, beside the state that only the agent reads.

use std::fs;
use std::io;
use std::path::Path;

use nodelock::Agent;
use nodelock::agent::Ports;
use nodelock::limits::MAX_FILE_LEN;

use super::lost;
use crate::files;

const HEAD: &str = "\
# The licenses that are installed on this device, for reading and for safe keeping. The device does
# not read this file; changes to it have no effect, and it is written anew.
";

/// Writes the installed lines to a license file, as a whole or not at all, and only if it says
/// something else now. A line that the storage has lost stays in it, under a heading that says so, until it
/// is cleared. To be called whenever a command has changed the agent; what is installed
/// does not depend on it.
///
/// # Errors
/// What the system reports; the file is then as it was.
pub fn keep_license_file<P: Ports>(agent: &mut Agent<'_, P>, path: &Path) -> io::Result<()> {
    let before = files::read_regular(path, MAX_FILE_LEN).unwrap_or_default();
    let text = lost::content(agent, HEAD, &before).map_err(io::Error::other)?;
    if before == text.as_bytes() {
        return Ok(());
    }
    let unfinished = path.with_extension("new");
    // A new file, whatever an earlier process has left there.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = files::create(&unfinished, text.as_bytes());
    let kept = written.and_then(|()| fs::rename(&unfinished, path));
    if kept.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    kept
}
