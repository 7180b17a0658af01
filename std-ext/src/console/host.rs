//! [`Host`]: files, agreements and questions.

use std::io;
use std::path::Path;

use nodelock::limits::MAX_FILE_LEN;

use crate::files;
use crate::reading::Reading;
use crate::visible::visible;
use crate::writing::FileWriter;

/// What a console needs from its surroundings.
pub trait Host {
    /// Reads a file that the operator names, or says that it is too long. Unless something else is
    /// said: one of the system, as [`read_file`](crate::read_file) does. `-` is the
    /// [standard input](Self::read_stdin), or what is pasted next, of a host that has such a thing.
    ///
    /// # Errors
    /// What the system says, without the name.
    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        if name == "-" { self.read_stdin() } else { files::read(Path::new(name), MAX_FILE_LEN) }
    }

    /// Reads the standard input of the operator to its end, e.g. with [`read_stdin`](crate::read_stdin).
    /// Unless something else is said, there is none: that of a device belongs to nobody who gives
    /// commands, and might never end.
    ///
    /// # Errors
    /// What the system says.
    fn read_stdin(&mut self) -> io::Result<Vec<u8>> {
        let words =
            "nothing can be pasted here; name a file, or give the license in place of a command";
        Err(io::Error::new(io::ErrorKind::Unsupported, words))
    }

    /// Writes a file that the operator names; one that is there only if `replace` says so. Unless
    /// something else is said: one of the system, as [`FileWriter`] does.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if it must not be replaced; what the system says, without the name.
    fn write(&mut self, name: &str, content: &[u8], replace: bool) -> io::Result<()> {
        FileWriter::new().replace(replace).write(name, content)
    }

    /// Whether a file that the operator names could be written so, as far as can be seen without writing.
    ///
    /// # Errors
    /// As of [`write`](Self::write).
    fn check(&mut self, name: &str, replace: bool) -> io::Result<()> {
        FileWriter::new().replace(replace).check(name).map(drop)
    }

    /// What stands now in a file that is to be replaced, to see what would be lost; `None` if nothing can, or if it
    /// must not be replaced at all. Unless something else is said: a file of the system.
    fn read_old(&mut self, name: &str) -> Option<Vec<u8>> {
        let there = FileWriter::new().replace(true).check(name).ok()??;
        files::read(&there, MAX_FILE_LEN).ok()
    }

    /// The text of a license agreement.
    fn eula_text(&mut self, name: &str) -> Option<String>;

    /// Shows a text and asks a question; no answer is no.
    fn confirm(&mut self, text: &str, question: &str) -> bool;
}

/// Reads a license file in any form, within the one limit that there is for them, whatever the host has read.
pub(super) fn read_license_file(host: &mut dyn Host, name: &str) -> io::Result<Reading<'static>> {
    let content = host.read(name)?;
    let fits = content.len() <= MAX_FILE_LEN;
    if fits { Ok(Reading::of_bytes(content)) } else { Err(io::ErrorKind::FileTooLarge.into()) }
}

/// Why a file was not written, in words.
pub(super) fn not_written(name: &str, error: &io::Error, force: &str) -> String {
    let name = visible(name);
    match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{name} {error}; {force} replaces it"),
        io::ErrorKind::ResourceBusy | io::ErrorKind::PermissionDenied
            if error.get_ref().is_some() =>
        {
            format!("{name} {error}")
        }
        _ => format!("cannot write {name}: {error}"),
    }
}
