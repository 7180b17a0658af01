//! [`Clean`]: lines without what programs put before them, and without characters that cannot be seen.

use std::borrow::Cow;

/// A text whose lines are clean, and where they were.
#[derive(Debug)]
pub(super) struct Clean<'t> {
    pub(super) text: Cow<'t, [u8]>,
    /// From an offset here on, the offset there; in order.
    shifts: Vec<(usize, usize)>,
    /// Whether lines began with `>`.
    pub(super) quoted: bool,
    /// Whether there were blanks other than space and tab.
    pub(super) blanks: bool,
}

impl<'t> Clean<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        let mut clean =
            Self { text: Cow::Borrowed(text), shifts: Vec::new(), quoted: false, blanks: false };
        let quoted = lines(text).any(|line| quote(line) > 0);
        if !quoted && text.is_ascii() && !text.iter().any(is_odd) {
            return clean;
        }
        let mut out = Vec::with_capacity(text.len());
        let mut offset = 0;
        for line in lines(text) {
            let plain = if line.is_ascii() && !line.iter().any(is_odd) {
                Cow::Borrowed(line)
            } else {
                Cow::Owned(without_odd(line))
            };
            let quote = quote(&plain);
            clean.quoted |= quote > 0;
            clean.blanks |= matches!(plain, Cow::Owned(_)) && *plain != *line;
            let before = if matches!(plain, Cow::Borrowed(_)) { quote } else { 0 };
            clean.shift(out.len(), offset + before);
            out.extend_from_slice(plain.get(quote..).unwrap_or_default());
            offset += line.len();
        }
        if out == text {
            clean.shifts.clear();
        } else {
            clean.text = Cow::Owned(out);
        }
        clean
    }

    fn shift(&mut self, here: usize, there: usize) {
        let known = self.shifts.last().copied().unwrap_or_default();
        if there.wrapping_sub(here) != known.1.wrapping_sub(known.0) {
            self.shifts.push((here, there));
        }
    }

    /// Where it was.
    pub(super) fn source(&self, offset: usize) -> usize {
        let behind = self.shifts.partition_point(|&(here, _)| here <= offset);
        let known = behind.checked_sub(1).and_then(|i| self.shifts.get(i)).copied();
        let (here, there) = known.unwrap_or_default();
        there + (offset - here)
    }

    /// Whether nothing was changed.
    pub(super) const fn is_as_it_was(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }

    /// Takes something out, and leaves the end of a paragraph.
    pub(super) fn blank(&mut self, range: std::ops::Range<usize>) {
        self.text.to_mut().get_mut(range).unwrap_or_default().fill(b'\n');
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|b| matches!(b, b'\n' | b'\r'))
}

/// Length of the `>` and `|` of answers to answers, with their blanks.
fn quote(line: &[u8]) -> usize {
    let prefix = line.iter().take_while(|b| matches!(b, b'>' | b'|' | b' ' | b'\t')).count();
    let quoted = line.get(..prefix).unwrap_or_default().iter().any(|b| matches!(b, b'>' | b'|'));
    if quoted { prefix } else { 0 }
}

/// What old systems leave at the end of a text or a page.
const fn is_odd(b: &u8) -> bool {
    matches!(b, 0 | 0x0B | 0x0C | 0x1A)
}

/// Blanks of all kinds as spaces; without characters that have no width.
fn without_odd(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\0' | '\u{b}' | '\u{c}' | '\u{1a}' => out.push(b' '),
                '\t' | '\n' | '\r' => out.extend(c.to_string().bytes()),
                _ if c.is_whitespace() => out.push(b' '),
                // Soft hyphen, joiners, marks of direction, byte order mark.
                '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}' => {}
                _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for &byte in chunk.invalid() {
            // The blank that does not break, in Latin-1.
            out.push(if byte == 0xA0 { b' ' } else { byte });
        }
    }
    out
}
