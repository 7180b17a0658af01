//! A license file for people, beside the state that only the agent reads.

use std::io;
use std::path::Path;

use nodelock::Agent;
use nodelock::agent::Ports;
use nodelock::limits::MAX_FILE_LEN;

use super::lost;
use crate::files;
use crate::writing::FileWriter;

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
    // The file is this library's own: a link in its place was put there by somebody else.
    if let Some(there) = path.symlink_metadata().ok().filter(|there| !there.is_file()) {
        // Never to remove it: it may be a device of the system, or a whole directory.
        let words = match there.is_symlink() {
            true => {
                "is a link, and the installed licenses are kept in a regular file; name that file"
            }
            false => {
                "is no regular file, which it must be for the installed licenses; name another"
            }
        };
        return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
    }
    FileWriter::new().replace(true).own(true).write(path, text.as_bytes())
}
