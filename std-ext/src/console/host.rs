//! [`Host`]: files, agreements and questions.

use std::io;
use std::path::Path;

use nodelock::limits::MAX_FILE_LEN;

use crate::files;

/// What a console needs from its surroundings.
pub trait Host {
    /// Reads a file that the operator names, or says that it is too long. Unless something else is
    /// said: one of the system, as [`read_file`](crate::read_file) does. `-` is the standard input, or what is pasted
    /// next, of a host that has such a thing.
    ///
    /// # Errors
    /// What the system says.
    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        if name == "-" {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "nothing can be pasted here; name a file, or give the license in place of a command",
            ));
        }
        files::read_file(name, MAX_FILE_LEN)
    }

    /// Writes a file that the operator names. Unless something else is said: one of the system.
    ///
    /// # Errors
    /// What the system says.
    fn write(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        files::write_file(Path::new(name), content)
    }

    /// The text of a license agreement.
    fn eula_text(&mut self, name: &str) -> Option<String>;

    /// Shows a text and asks a question; no answer is no.
    fn confirm(&mut self, text: &str, question: &str) -> bool;
}

/// Reads a license file within the one limit that there is for them, whatever the host has read.
pub(super) fn read_license_file(host: &mut dyn Host, name: &str) -> io::Result<Vec<u8>> {
    let content = host.read(name)?;
    let fits = content.len() <= MAX_FILE_LEN;
    if fits { Ok(content) } else { Err(io::ErrorKind::FileTooLarge.into()) }
}
