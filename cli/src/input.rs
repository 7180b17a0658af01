//! Reading: files with a limit, the standard input for `-`, and the three forms of license files.

use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use nodelock::limits::MAX_FILE_LEN;
use nodelock::record::{BINARY_MARK, Found, Record, Records};
use nodelock_std::{read_file, visible_path};
use serde::Serialize;

use crate::encode;
use crate::report::Failure;

/// A license file in memory.
pub(crate) struct LicenseFile {
    /// For people.
    pub(crate) name: String,
    /// For programs.
    pub(crate) path: String,
    pub(crate) form: Form,
    /// Text or binary; base64 is decoded already.
    pub(crate) bytes: Vec<u8>,
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
        let bytes = read(path, MAX_FILE_LEN)?;
        let name = shown(path);
        let at = if is_stdin(path) { name.clone() } else { path.display().to_string() };
        if bytes.first() == Some(&BINARY_MARK) {
            return Ok(Self { name, path: at, form: Form::Binary, bytes });
        }
        let decoded = encode::from_base64(&bytes).filter(|b| b.first() == Some(&BINARY_MARK));
        Ok(match decoded {
            Some(bytes) => Self { name, path: at, form: Form::Base64, bytes },
            None => Self { name, path: at, form: Form::Text, bytes },
        })
    }

    pub(crate) fn records(&self) -> Records<'_> {
        Records::new(&self.bytes)
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
                        "{}: record {}{}: {}; {}",
                        self.name,
                        i + 1,
                        lines.place(error.offset),
                        crate::report::reason_line(error.reason),
                        error.reason.remedy()
                    )));
                }
            }
        }
        if whole.is_empty() {
            return Err(Failure::no(format!("{}: there is no record in it", self.name)));
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
    bytes: &'f [u8],
    text: bool,
    offset: usize,
    line: usize,
}

impl<'f> LineCounter<'f> {
    pub(crate) fn new(file: &'f LicenseFile) -> Self {
        Self { bytes: &file.bytes, text: file.form == Form::Text, offset: 0, line: 1 }
    }

    /// Number of the line, from 1, of a text file.
    pub(crate) fn line(&mut self, offset: usize) -> Option<usize> {
        if !self.text {
            return None;
        }
        if offset < self.offset {
            (self.offset, self.line) = (0, 1);
        }
        let between = self.bytes.get(self.offset..offset).unwrap_or_default();
        self.line += between.iter().filter(|&&b| b == b'\n').count();
        self.offset = offset;
        Some(self.line)
    }

    /// `, line 3, byte 120`, or without the line.
    pub(crate) fn place(&mut self, offset: usize) -> String {
        match self.line(offset) {
            Some(line) => format!(", line {line}, byte {offset}"),
            None => format!(", byte {offset}"),
        }
    }
}

/// Reads a file, or the standard input for `-`, of limited size. Every file that this command reads
/// comes through here, or through the library that keeps keys.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let too_large =
        || Failure::no(format!("{}: larger than {limit} bytes, which is the limit", shown(path)));
    let failed = |error: io::Error| Failure::io(shown(path), &error);
    if is_stdin(path) {
        take_stdin()?;
        let mut bytes = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(failed)?;
        return if bytes.len() > limit { Err(too_large()) } else { Ok(bytes) };
    }
    read_file(path, limit).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(),
        _ => failed(error),
    })
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The name of a file argument, for people.
pub(crate) fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".into() } else { visible_path(path) }
}

/// The standard input can be read once.
fn take_stdin() -> Result<(), Failure> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return Err(Failure::usage("only one argument can be - (the standard input)"));
    }
    Ok(())
}

/// A file argument that is read as text.
pub(crate) fn read_text(path: &Path, limit: usize) -> Result<String, Failure> {
    String::from_utf8(read(path, limit)?)
        .map_err(|_| Failure::no(format!("{}: not a text file in UTF-8", shown(path))))
}
