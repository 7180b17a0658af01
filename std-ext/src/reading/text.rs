//! The records of a text: those that the core reads as they stand, and what can be mended between them.

use std::borrow::Cow;
use std::ops::Range;

use nodelock::limits::MAX_RECORD_LEN;
use nodelock::record::{ParseError, Records};

use super::base64::embedded;
use super::clean::Clean;
use super::join::{
    Candidate, Piece, Pieces, begins_record, is_record, keyword_behind_text, keyword_in,
};
use super::out::Out;
use super::shape::is_keyword;
use super::undone::Undone;
use super::{Form, Reading, damage};

/// The stretches in which the core finds something that is no record.
pub(super) fn gaps(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    sections(text).into_iter().filter(|section| section.gap).map(|section| section.range)
}

struct Section {
    range: Range<usize>,
    gap: bool,
}

fn sections(text: &[u8]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    // Where the section begins, what it is, and the end of its last record.
    let (mut start, mut gap, mut end) = (0, None, 0);
    for found in Records::new(text) {
        let is_gap = found.record.is_err();
        if gap.is_some_and(|gap| gap != is_gap) {
            let border = if is_gap { end } else { found.start };
            sections.push(Section { range: start..border, gap: !is_gap });
            start = border;
        }
        gap = Some(is_gap);
        end = found.end;
    }
    sections.push(Section { range: start..text.len(), gap: gap.unwrap_or(true) });
    sections
}

/// Puts together what the core shall read.
pub(super) fn mend(text: Cow<'_, [u8]>, depth: u8) -> Reading<'_> {
    let mut out = Out::new();
    let mut only = None;
    for Section { range, gap } in sections(&text) {
        if gap {
            let mut mender =
                Mender { text: &text, start: range.start, out: &mut out, only: &mut only };
            mender.gap(text.get(range).unwrap_or_default(), depth);
        } else {
            out.put(&text, range.start, text.get(range.clone()).unwrap_or_default(), true);
            (out.records, only) = (out.records + 1, None);
        }
    }
    if out.records == 0 {
        let text = if out.prose { Cow::Owned(without_keywords(&text, 0)) } else { text };
        return Reading::as_it_is(text, Form::Text, false);
    }
    match only {
        // One block of base64, and nothing else: its records stay binary.
        Some(binary) => {
            let mut reading: Reading<'static> = binary;
            reading.undone = out.undone;
            reading.unread = out.unread;
            reading
        }
        None => Reading::mended(out, Form::Text),
    }
}

/// Mends what stands between records.
struct Mender<'m, 't> {
    text: &'t [u8],
    /// Where the gap begins.
    start: usize,
    out: &'m mut Out,
    /// The one block of base64 that has been all so far.
    only: &'m mut Option<Reading<'static>>,
}

/// Text that belongs to no record.
#[derive(Default)]
struct Other {
    range: Option<Range<usize>>,
    /// Whether there are letters or digits in it.
    words: bool,
    /// Whether it begins with what may be a keyword.
    begins: bool,
    /// Whether it looks like a part of a record.
    suspicious: bool,
    note: Option<String>,
}

impl Mender<'_, '_> {
    fn gap(&mut self, gap: &[u8], depth: u8) {
        let mut clean = Clean::new(gap);
        let as_it_was = clean.is_as_it_was();
        let records = self.out.records;
        let blocks = embedded(&clean.text, depth);
        for (range, _) in &blocks {
            clean.blank(range.clone());
        }
        let mut blocks = blocks.into_iter().peekable();
        let mut other = Other::default();
        let mut pieces = Pieces::from(&clean.text, 0);
        loop {
            let piece = pieces.next();
            let at = piece.map_or(usize::MAX, |piece| piece.start);
            while let Some((range, reading)) = blocks.next_if(|(range, _)| range.start < at) {
                self.end_of_other(&mut other, &clean, as_it_was);
                self.block(self.start + clean.source(range.start), reading);
            }
            let Some(piece) = piece else { break };
            let next = pieces.peek();
            let behind_text = keyword_behind_text(piece.text)
                .filter(|&at| is_record(piece.text.get(at..).unwrap_or_default(), pieces));
            if !begins_record(&piece, pieces) && behind_text.is_none() {
                if let Some(like) = like_record(&piece, next.as_ref(), pieces) {
                    self.end_of_other(&mut other, &clean, as_it_was);
                    other = Other { begins: true, ..like };
                }
                other.take(&piece);
                self.out.prose |= is_keyword(piece.text);
                continue;
            }
            self.end_of_other(&mut other, &clean, as_it_was);
            let junk = keyword_in(piece.text).or(behind_text).unwrap_or_default();
            if piece.text.iter().take(junk).any(u8::is_ascii_alphanumeric) {
                self.out.undo(Undone::OtherText);
            }
            let start = piece.start + junk;
            let mut candidate = Candidate::take(&clean.text, start);
            candidate.trimmed |= junk > 0;
            self.candidate(candidate, start, &clean, as_it_was, &mut pieces);
        }
        self.end_of_other(&mut other, &clean, as_it_was);
        if self.out.records > records {
            if clean.quoted {
                self.out.undo(Undone::Quoting);
            }
            if clean.blanks {
                self.out.undo(Undone::Blanks);
            }
        }
    }

    fn candidate<'c>(
        &mut self,
        mut candidate: Candidate,
        start: usize,
        clean: &'c Clean<'_>,
        as_it_was: bool,
        pieces: &mut Pieces<'c>,
    ) {
        *pieces = Pieces::from(&clean.text, candidate.end);
        let source = self.start + clean.source(start);
        let (mut dashes, mut marks) = (false, candidate.capitals);
        let error = match read(&candidate.tokens) {
            Ok(()) => None,
            Err(error) => {
                let without = without_dashes(&candidate.tokens);
                match without.filter(|tokens| read(tokens).is_ok()) {
                    Some(tokens) => {
                        (candidate.tokens, dashes) = (tokens, true);
                        None
                    }
                    None => match without_marks(&candidate.tokens) {
                        Some(tokens) if read(&tokens).is_ok() => {
                            (candidate.tokens, marks) = (tokens, true);
                            None
                        }
                        _ => Some(error),
                    },
                }
            }
        };
        let Candidate { tokens, end, wrapped, trimmed, glued, .. } = candidate;
        (self.out.records, *self.only) = (self.out.records + 1, None);
        let mended = wrapped || trimmed || glued || dashes || marks;
        let original = clean.text.get(start..end).filter(|_| as_it_was && !mended);
        let (piece, exact) = match original {
            Some(original) => (original.to_vec(), true),
            None => (tokens.join(&b' '), false),
        };
        self.out.put(self.text, source, &piece, exact);
        match error {
            Some(error) => {
                let behind = clean.text.get(end..).unwrap_or_default();
                self.out.note(damage::of_record(&tokens, error, behind));
            }
            None => {
                let what = [
                    (wrapped, Undone::Wrapping),
                    (trimmed, Undone::Punctuation),
                    (glued, Undone::Glued),
                    (dashes, Undone::Dashes),
                    (marks, Undone::Marks),
                ];
                what.iter().filter(|(is, _)| *is).for_each(|(_, what)| self.out.undo(*what));
            }
        }
    }

    /// Base64 that has records in it.
    fn block(&mut self, source: usize, reading: Reading<'static>) {
        for what in &reading.undone {
            self.out.undo(*what);
        }
        self.out.unread.extend_from_slice(&reading.unread);
        let first = self.out.records == 0;
        let mut buffer = [0; MAX_RECORD_LEN];
        for found in Records::new(&reading.bytes) {
            self.out.records += 1;
            match found.record.map(|record| record.write_text(&mut buffer).map(<[u8]>::to_vec)) {
                Ok(Ok(text)) => self.out.put(self.text, source, &text, false),
                _ => {
                    self.out.put(self.text, source, b"damaged-record", false);
                    self.out.note(Some("a record in the base64 is damaged".into()));
                }
            }
        }
        *self.only = Some(reading).filter(|reading| first && reading.form == Form::Base64);
    }

    fn end_of_other(&mut self, other: &mut Other, clean: &Clean<'_>, as_it_was: bool) {
        let Other { range, words, begins, suspicious, note } = std::mem::take(other);
        let Some(range) = range else { return };
        if suspicious {
            (self.out.records, *self.only) = (self.out.records + 1, None);
            let piece = clean.text.get(range.clone()).unwrap_or_default();
            let source = self.start + clean.source(range.start);
            // What is no keyword of a record shall not look like one to the core.
            let piece = without_keywords(piece, usize::from(begins));
            self.out.put(self.text, source, &piece, as_it_was);
            self.out.note(note);
        } else if words {
            self.out.undo(Undone::OtherText);
        }
    }
}

impl Other {
    fn take(&mut self, piece: &Piece<'_>) {
        let start = self.range.take().map_or(piece.start, |range| range.start);
        self.range = Some(start..piece.end());
        self.words |= piece.text.iter().any(u8::is_ascii_alphanumeric);
        self.suspicious |= is_field(piece.text);
    }
}

/// Whether something is one of the fields that every record has.
fn is_field(piece: &[u8]) -> bool {
    let value = |name: &[u8]| piece.strip_prefix(name);
    let hex = |value: Option<&[u8]>, len: usize| {
        value
            .and_then(|value| value.get(..len))
            .is_some_and(|v| v.iter().all(u8::is_ascii_hexdigit))
    };
    hex(value(b"sig="), 8)
        || hex(value(b"id="), 20)
        || value(b"udi=").is_some_and(|value| value.contains(&b':'))
        || value(b"issued=").is_some_and(|value| value.first().is_some_and(u8::is_ascii_digit))
}

/// What was perhaps meant to be the keyword of a record, and what is wrong with it. Without one of the fields of a
/// record behind it, it is not.
fn like_record(piece: &Piece<'_>, next: Option<&Piece<'_>>, behind: Pieces<'_>) -> Option<Other> {
    next.filter(|next| next.text.iter().all(u8::is_ascii_digit))?;
    if is_keyword(piece.text) {
        return Some(Other::default());
    }
    let (meant, words) = damage::of_text(piece.text)?;
    let suspicious = is_record(meant.as_bytes(), behind);
    Some(Other { suspicious, note: Some(words), ..Other::default() })
}

/// With blanks in place of keywords, but for that at the beginning, if one is there.
fn without_keywords(text: &[u8], first: usize) -> Vec<u8> {
    let mut out = text.to_vec();
    let pieces = Pieces::from(text, 0).skip(first);
    for piece in pieces.filter(|piece| is_keyword(piece.text)) {
        out.get_mut(piece.start..piece.end()).unwrap_or_default().fill(b' ');
    }
    out
}

/// Whether the core reads these words as one record.
fn read(tokens: &[Vec<u8>]) -> Result<(), ParseError> {
    let text = tokens.join(&b' ');
    let mut records = Records::new(&text);
    let nothing = ParseError { reason: nodelock::Reason::StrayText, offset: 0 };
    let first = records.next().ok_or(nothing)?.record.map(|_| ());
    // What is behind it would be a record of its own.
    match records.next() {
        Some(_) => first.and(Err(nothing)),
        None => first,
    }
}

/// With hyphens where a program has put dashes, where it can be told how many there were. `None` if there
/// are no dashes.
fn without_dashes(tokens: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    let fixed: [&[u8]; 8] = [
        b"sig=",
        b"key=",
        b"issued=",
        b"start=",
        b"end=",
        b"not-before=",
        b"not-after=",
        b"combine=",
    ];
    let mut any = false;
    let token = |(place, token): (usize, &Vec<u8>)| {
        let text = std::str::from_utf8(token).ok().filter(|text| !text.is_ascii());
        let known = place == 4 || fixed.iter().any(|name| token.starts_with(name));
        let Some(text) = text.filter(|_| known) else { return token.clone() };
        any = true;
        let dash = |c| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}');
        let one = text.replace(dash, "-");
        let two = text.replace('\u{2014}', "--").replace(dash, "-");
        let len = super::shape::SIGNATURE_LEN;
        let doubled = token.starts_with(b"sig=") && one.len() != len && two.len() == len;
        if doubled { two.into_bytes() } else { one.into_bytes() }
    };
    let tokens = tokens.iter().enumerate().map(token).collect();
    any.then_some(tokens)
}

/// Without the signs with which shells and editors go on behind a line break. `None` if there are none.
fn without_marks(tokens: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    let is_mark = |b: &u8| matches!(b, b'\\' | b'`' | b'^' | b'+');
    let mut plain = tokens.to_vec();
    for token in plain.iter_mut().skip(1) {
        let end = token.iter().rposition(|b| !is_mark(b)).map_or(0, |last| last + 1);
        token.truncate(end);
        let marks = token.iter().take_while(|b| is_mark(b)).count();
        token.drain(..marks);
    }
    plain.retain(|token| !token.is_empty());
    (plain != tokens).then_some(plain)
}
