//! [`Reading`]: what a person has of a license file, made into the bytes that the core reads.
//!
//! Mail programs, editors and shells change texts on their way: they wrap lines, quote them, put them into
//! other encodings. That is undone here, before anything is parsed, and only where it can be undone in one
//! way. The rules for records stay as they are: a record that the core reads as it stands is never touched,
//! what is mended is read by the core like any other, and its signature decides.
//!
//! A word LICENSE, KEY or REPAIR that the core cannot read as the beginning of a record is one here only if
//!
//! - `1` follows, and behind it what its records begin with (a version, a key id, a repair) or one of their fields,
//! - or such a record follows on the same line, directly: that is a doubled keyword, and refused (docs/SPEC.md 1.3),
//! - or another number follows, and a whole field such as `sig=`: a record of another format.
//!
//! Anywhere else it is a word of a greeting or a table, and blanked out. Text that stands directly before a keyword
//! with a sign between them, such as `"` or `:`, is no part of it. What stands behind `#` stays a comment; a
//! license there is not read, and [`Reading::unread`] says so.

mod base64;
mod clean;
mod damage;
mod encoding;
mod join;
mod out;
mod shape;
mod text;
mod undone;
mod unread;

use std::borrow::Cow;

use nodelock::record::{BINARY_MARK, Records};

pub use base64::{from_base64, to_base64};
pub use undone::Undone;

use damage::Damage;
use out::{Out, Place};

/// The form in which license data came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Records as text.
    Text,
    /// Binary frames.
    Binary,
    /// Binary frames in base64, as in QR codes.
    Base64,
}

/// A license file as the core reads it, and what was undone to get there.
///
/// ```
/// use nodelock_std::{Reading, Undone};
/// let mail = b"Dear customer,\n> LICENSE 1 ipservices 1.0 permanent uncounted\n\
/// > id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22\n\
/// > sig=76805a63:6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_\n\
/// > gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw\n";
/// let reading = Reading::of_bytes(mail.as_slice());
/// assert!(reading.bytes().starts_with(b"LICENSE 1 ipservices 1.0 permanent uncounted id="));
/// assert!(reading.undone().contains(&Undone::Wrapping));
/// ```
#[derive(Debug, Clone)]
pub struct Reading<'f> {
    bytes: Cow<'f, [u8]>,
    form: Form,
    empty: bool,
    undone: Vec<Undone>,
    damage: Vec<Damage>,
    unread: Vec<String>,
    /// Where the pieces of the text come from, in its order; without any, it is the file.
    places: Vec<Place>,
}

/// Base64 in base64 and so on is nobody's license file.
const MAX_DEPTH: u8 = 2;

impl<'f> Reading<'f> {
    /// Undoes what was done to license data on its way here, e.g. to a file that was read, or to what was
    /// pasted at a console. Takes time and memory in proportion to the length.
    #[must_use]
    pub fn of_bytes(bytes: impl Into<Cow<'f, [u8]>>) -> Self {
        Self::with_depth(bytes.into(), MAX_DEPTH)
    }

    fn with_depth(bytes: Cow<'f, [u8]>, depth: u8) -> Self {
        let empty = bytes.trim_ascii().is_empty();
        if empty || bytes.first() == Some(&BINARY_MARK) {
            let form = if empty { Form::Text } else { Form::Binary };
            return Self::as_it_is(bytes, form, empty);
        }
        if is_whole(&bytes) {
            let mut reading = Self::as_it_is(bytes, Form::Text, false);
            reading.unread.extend(unread::in_comments(&reading.bytes));
            return reading;
        }
        let kind = unread::kind(&bytes);
        let mut undone = Vec::new();
        let (text, link) = encoding::decode(bytes, &mut undone);
        let mut unread: Vec<_> = unread::in_comments(&text).into_iter().collect();
        unread.extend(link.then(|| unread::IN_TAG.to_owned()));
        let mut reading = match base64::whole(&text, depth) {
            Some(inner) => inner,
            None => text::mend(text, depth),
        };
        reading.undone.retain(|what| !undone.contains(what));
        undone.append(&mut reading.undone);
        undone.sort_unstable();
        reading.undone = undone;
        if let Some(kind) = kind
            && !Records::new(&reading.bytes).any(|found| found.record.is_ok())
        {
            unread.push(kind.to_owned());
            // What looked like something done on the way was a part of it.
            reading.undone.clear();
        }
        if Records::new(&reading.bytes).all(|found| {
            found.record.is_err_and(|error| error.reason == nodelock::Reason::StrayText)
        }) {
            unread.extend(unread::hint(&reading.bytes).map(str::to_owned));
        }
        reading.unread.append(&mut unread);
        reading
    }

    const fn as_it_is(bytes: Cow<'f, [u8]>, form: Form, empty: bool) -> Self {
        Self {
            bytes,
            form,
            empty,
            undone: Vec::new(),
            damage: Vec::new(),
            unread: Vec::new(),
            places: Vec::new(),
        }
    }

    fn mended(out: Out, form: Form) -> Self {
        let Out { mut bytes, undone, damage, unread, places, .. } = out;
        if bytes.last().is_some_and(|&last| last != b'\n') {
            bytes.push(b'\n');
        }
        Self { bytes: Cow::Owned(bytes), form, empty: false, undone, damage, unread, places }
    }

    /// What the core reads: text or binary records.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same, and nothing else of the reading.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes.into_owned()
    }

    /// The form in which the license data came.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Whether there is nothing in it but white space.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.empty
    }

    /// What was undone, each once; nothing if the core could read the file as it was.
    #[must_use]
    pub fn undone(&self) -> &[Undone] {
        &self.undone
    }

    /// [`undone`](Self::undone) in words: "undone: quoted-printable, line breaks inside words".
    #[must_use]
    pub fn undone_text(&self) -> Option<String> {
        undone_text(&self.undone)
    }

    /// What stands in the file and was not read, in sentences: a license behind `#` or in a link, and what kind of
    /// file it is if there is no license in it, e.g. a ZIP archive.
    #[must_use]
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// What seems to have happened to the piece of [`bytes`](Self::bytes) at an offset that is no record,
    /// in words, e.g. that the last character of its signature was cut off. `None` where nothing more is
    /// known than the reason.
    #[must_use]
    pub fn damage(&self, offset: usize) -> Option<&str> {
        let at = self.place(offset)?.out;
        let found = self.damage.binary_search_by_key(&at, |damage| damage.at).ok()?;
        self.damage.get(found).map(|damage| damage.words.as_str())
    }

    fn place(&self, offset: usize) -> Option<&Place> {
        let behind = self.places.partition_point(|place| place.out <= offset);
        self.places.get(behind.checked_sub(1)?)
    }

    /// Where a byte of [`bytes`](Self::bytes) stands in the file: exactly in what was left as it is, else
    /// near the beginning of its record. In a file in another encoding, counted in its text.
    #[must_use]
    pub fn offset_in_file(&self, offset: usize) -> usize {
        match self.place(offset) {
            Some(place) if place.exact => place.source.saturating_add(offset - place.out),
            Some(place) => place.source,
            None => offset,
        }
    }

    /// Tells lines of the file.
    #[must_use]
    pub fn lines(&self) -> Lines<'_> {
        Lines {
            bytes: self.bytes(),
            places: self.places.as_slice(),
            text: matches!(self.form, Form::Text),
            next: 0,
            offset: 0,
            line: 1,
        }
    }
}

pub(crate) fn undone_text(undone: &[Undone]) -> Option<String> {
    let words: Vec<_> = undone.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| format!("undone: {}", words.join(", ")))
}

/// Finds line numbers for offsets that come in ascending order, each byte looked at once.
#[derive(Debug, Clone)]
pub struct Lines<'r> {
    bytes: &'r [u8],
    places: &'r [Place],
    text: bool,
    next: usize,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    /// Number of the line, from 1, in which a byte of the reading stands in the file; `None` if the file
    /// has no lines.
    pub fn line(&mut self, offset: usize) -> Option<usize> {
        if !self.text {
            return None;
        }
        if offset < self.offset {
            (self.next, self.offset, self.line) = (0, 0, 1);
        }
        while let Some(place) = self.places.get(self.next).filter(|place| place.out <= offset) {
            (self.offset, self.line) = (place.out, place.line);
            self.next += 1;
        }
        self.line += out::line_feeds(self.bytes.get(self.offset..offset).unwrap_or_default());
        self.offset = offset;
        Some(self.line)
    }
}

/// Whether the core reads every piece of it, and there is one.
fn is_whole(bytes: &[u8]) -> bool {
    let mut any = false;
    Records::new(bytes).all(|found| {
        any = true;
        found.record.is_ok()
    }) && any
}
