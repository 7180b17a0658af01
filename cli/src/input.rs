//! Reading: files with a limit, the standard input for `-`, and license files in all forms.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use nodelock::limits::MAX_FILE_LEN;
use nodelock::record::{Found, ParseError, Record, Records};
use nodelock_std::{FileGuard, Lines, Reading, read_file, read_stdin, visible, visible_path};
use serde::Serialize;

use crate::report::Failure;

/// A license file in memory.
pub(crate) struct LicenseFile {
    /// For people.
    pub(crate) name: String,
    /// For programs.
    pub(crate) path: String,
    pub(crate) form: Form,
    pub(crate) reading: Reading<'static>,
}

/// The form in which a license file came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    /// One record on each line
    Text,
    /// Binary frames, for small devices
    Binary,
    /// The binary frames in base64
    Base64,
}

impl LicenseFile {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        Ok(Self::of(path, read(path, MAX_FILE_LEN)?))
    }

    /// Reads a file that nobody named, which is looked at only.
    pub(crate) fn glance(path: &Path) -> Option<Self> {
        Some(Self::of(path, read_file(path, MAX_FILE_LEN).ok()?))
    }

    fn of(path: &Path, bytes: Vec<u8>) -> Self {
        let reading = Reading::of_bytes(bytes);
        let name = shown(path);
        let at = if is_stdin(path) { name.clone() } else { path.display().to_string() };
        let form = match reading.form() {
            nodelock_std::Form::Text => Form::Text,
            nodelock_std::Form::Binary => Form::Binary,
            nodelock_std::Form::Base64 => Form::Base64,
        };
        Self { name, path: at, form, reading }
    }

    /// Text or binary, with everything undone that was done to it on its way.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.reading.bytes()
    }

    pub(crate) fn records(&self) -> Records<'_> {
        Records::new(self.bytes())
    }

    /// What was undone and what was not read, for people.
    pub(crate) fn note(&self) -> Option<String> {
        let parts = self.reading.undone_text().into_iter().chain(self.unread());
        let parts = parts.collect::<Vec<_>>().join("; ");
        (!parts.is_empty()).then(|| format!("{}: {parts}", self.name))
    }

    /// The same, for programs.
    pub(crate) fn undone(&self) -> Vec<String> {
        self.reading.undone().iter().map(ToString::to_string).collect()
    }

    /// What stands in the file and was not read, e.g. behind `#`.
    pub(crate) fn unread(&self) -> Vec<String> {
        self.reading.unread().to_vec()
    }

    /// What is known of a piece that is no record, behind its reason.
    pub(crate) fn damage(&self, error: &ParseError) -> String {
        self.reading.damage(error.offset).map_or(String::new(), |words| format!(": {words}"))
    }

    /// What is said of a file without records.
    pub(crate) fn nothing(&self) -> String {
        match self.reading.unread() {
            _ if self.reading.is_empty() => "the file is empty".to_owned(),
            [] => "there is no record in it".to_owned(),
            unread => unread.join("; "),
        }
    }

    /// Whether a device would have forgotten the `KEY` record of a line when it comes to it.
    pub(crate) fn crowded(&self) -> Option<String> {
        let mut keys = Vec::new();
        for (i, found) in self.records().enumerate() {
            match found.record {
                Ok(Record::Key(key)) => {
                    keys.retain(|id| *id != key.terms().id);
                    keys.push(key.terms().id);
                }
                Ok(record) if keys.iter().rev().skip(2).any(|id| *id == record.signer()) => {
                    return Some(format!(
                        "a device knows two KEY records of a file at a time, and refuses record {}: put each KEY record \
                         right before the lines of its key",
                        i + 1
                    ));
                }
                _ => {}
            }
        }
        None
    }

    /// The records that are whole, or which piece of the file is not.
    pub(crate) fn whole_records(&self) -> Result<Vec<(Found<'_>, Record<'_>)>, Failure> {
        let mut lines = LineCounter::new(self);
        let mut whole = Vec::new();
        for (i, found) in self.records().enumerate() {
            match found.record {
                Ok(record) => whole.push((found, record)),
                Err(error) => {
                    return Err(Failure::no(format!(
                        "{}: record {}{}: {}{}; {}",
                        self.name,
                        i + 1,
                        lines.place(error.offset),
                        crate::report::reason_line(error.reason),
                        self.damage(&error),
                        self.reading.remedy(error.offset, None, error.reason)
                    )));
                }
            }
        }
        if whole.is_empty() {
            return Err(Failure::no(format!("{}: {}", self.name, self.nothing())));
        }
        Ok(whole)
    }

    /// The one record that is meant: number N, or the only one.
    pub(crate) fn record(&self, number: Option<usize>) -> Result<Record<'_>, Failure> {
        let whole = self.whole_records()?;
        let there = match whole.len() {
            1 => "there is 1 record".to_owned(),
            n => format!("there are {n} records"),
        };
        let index = match number {
            Some(number) => number.saturating_sub(1),
            None if whole.len() == 1 => 0,
            None => {
                return Err(Failure::usage(format!(
                    "{}: {there}; say which one with --record",
                    self.name
                )));
            }
        };
        whole
            .get(index)
            .filter(|_| number != Some(0))
            .map(|(_, record)| *record)
            .ok_or_else(|| Failure::usage(format!("{}: {there}, counted from 1", self.name)))
    }
}

/// Finds line numbers for offsets that come in ascending order.
pub(crate) struct LineCounter<'f> {
    reading: &'f Reading<'static>,
    lines: Lines<'f>,
}

impl<'f> LineCounter<'f> {
    pub(crate) fn new(file: &'f LicenseFile) -> Self {
        Self { reading: &file.reading, lines: file.reading.lines() }
    }

    /// Number of the line, from 1, of a text file.
    pub(crate) fn line(&mut self, offset: usize) -> Option<usize> {
        self.lines.line(offset)
    }

    /// `, line 3, byte 120`, or without the line.
    pub(crate) fn place(&mut self, offset: usize) -> String {
        let at = self.reading.offset_in_file(offset);
        match self.line(offset) {
            Some(line) => format!(", line {line}, byte {at}"),
            None => format!(", byte {at}"),
        }
    }
}

/// Reads a file, or the standard input for `-`, of limited size. Every file that this command reads
/// comes through here, or through the library that keeps keys.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let too_large =
        || Failure::no(format!("{}: larger than {limit} bytes, which is the limit", shown(path)));
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(),
        _ if is_stdin(path) => Failure::io(shown(path), &error),
        // It begins with the path.
        _ => Failure::unavailable(visible(&error.to_string())),
    };
    note_read(path);
    if is_stdin(path) {
        take_stdin()?;
        return read_stdin(limit).map_err(failed);
    }
    read_file(path, limit).map_err(failed)
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The name of a file argument, for people.
pub(crate) fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".into() } else { visible_path(path) }
}

/// What this command has read. It ends with the process.
static READ: Mutex<Vec<FileGuard>> = Mutex::new(Vec::new());

/// Remembers a file that is read, so that it is not overwritten.
pub(crate) fn note_read(path: &Path) {
    // Where a file comes in by redirection, the system has a name for it.
    let path = if is_stdin(path) { Path::new("/dev/stdin") } else { path };
    if path.is_file() {
        let guard = FileGuard::new(path, "is read by this command");
        READ.lock().unwrap_or_else(PoisonError::into_inner).push(guard);
    }
}

/// The standard input can be read once.
fn take_stdin() -> Result<(), Failure> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return Err(Failure::usage("only one argument can be - (the standard input)"));
    }
    Ok(())
}

/// A file argument that is read as text: UTF-8, or UTF-16 with its mark, as spreadsheet programs write it.
pub(crate) fn read_text(path: &Path, limit: usize) -> Result<String, Failure> {
    let bytes = read(path, limit)?;
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Failure::no(format!(
            "{}: this is a spreadsheet or another archive; save it as CSV, or as plain text",
            shown(path)
        )));
    }
    let text = match bytes.as_slice() {
        [0xFF, 0xFE, units @ ..] => from_utf16(units, u16::from_le_bytes),
        [0xFE, 0xFF, units @ ..] => from_utf16(units, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    };
    text.ok_or_else(|| {
        let name = shown(path);
        Failure::no(format!("{name}: not a text in UTF-8, or in UTF-16 with its mark"))
    })
}

fn from_utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let units: Vec<u16> = pairs.filter_map(|pair| pair.try_into().ok()).map(unit).collect();
    String::from_utf16(&units).ok()
}
