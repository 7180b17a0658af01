//! [`Out`]: the text that is put together for the core.

use super::damage::Damage;
use super::undone::Undone;

/// Where a piece of the text comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Its offset in what the core reads.
    pub(super) out: usize,
    /// Its offset in the file.
    pub(super) source: usize,
    /// Its line in the file, from 1.
    pub(super) line: usize,
    /// Whether the bytes behind it are those of the file.
    pub(super) exact: bool,
}

/// Beyond this, nobody asks what has happened to a piece.
const MAX_NOTES: usize = 10_000;

/// What is put together, piece by piece in the order of the file.
#[derive(Debug)]
pub(super) struct Out {
    pub(super) bytes: Vec<u8>,
    pub(super) places: Vec<Place>,
    pub(super) damage: Vec<Damage>,
    pub(super) undone: Vec<Undone>,
    pub(super) unread: Vec<String>,
    /// Whether keywords stand in what is no record.
    pub(super) prose: bool,
    /// How many pieces are records, or look like what is left of one.
    pub(super) records: usize,
    /// Up to where lines were counted, and which one it is.
    counted: (usize, usize),
}

impl Out {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            places: Vec::new(),
            damage: Vec::new(),
            undone: Vec::new(),
            unread: Vec::new(),
            prose: false,
            records: 0,
            counted: (0, 1),
        }
    }

    pub(super) fn undo(&mut self, what: Undone) {
        if !self.undone.contains(&what) {
            self.undone.push(what);
        }
    }

    /// A piece that is taken over, on lines of its own.
    pub(super) fn put(&mut self, file: &[u8], source: usize, piece: &[u8], exact: bool) {
        if self.bytes.last().is_some_and(|&last| last != b'\n') {
            self.bytes.push(b'\n');
        }
        let (offset, line) = self.counted;
        let between = file.get(offset..source).unwrap_or_default();
        let line = line + line_feeds(between);
        self.counted = (source.max(offset), line);
        self.places.push(Place { out: self.bytes.len(), source, line, exact });
        self.bytes.extend_from_slice(piece);
    }

    /// What is known of the piece that was put last.
    pub(super) fn note(&mut self, words: Option<String>) {
        if self.damage.len() == MAX_NOTES {
            return;
        }
        let at = self.places.last().map_or(0, |place| place.out);
        self.damage.extend(words.map(|words| Damage { at, words }));
    }
}

pub(super) fn line_feeds(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b == b'\n').count()
}
