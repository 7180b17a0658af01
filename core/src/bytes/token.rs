//! Tokens: runs of printable ASCII with white space between (docs/SPEC.md section 2).
//!
//! White space is space, tab, CR and LF. A token that would begin with `#` is a comment up to the
//! end of its line and counts as white space, so a comment may stand anywhere between tokens.

use crate::reason::Reason;

/// One token and where it begins in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) offset: usize,
}

impl Token<'_> {
    /// Offset of the byte after the token.
    pub(crate) const fn end(&self) -> usize {
        self.offset.wrapping_add(self.bytes.len())
    }
}

/// Walks over the tokens of some text. `Copy`, so a look ahead is a copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tokens<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self { rest: text, offset: 0 }
    }

    /// From an offset on, which offsets of tokens count too.
    pub(crate) fn from(text: &'a [u8], offset: usize) -> Self {
        Self { rest: text.get(offset..).unwrap_or_default(), offset }
    }

    /// Where the next look begins.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// The next token, or the offset of the byte that cannot stand in one.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>, (Reason, usize)> {
        loop {
            let blank = run(self.rest, is_space);
            self.skip(blank);
            match self.rest.first() {
                None => return Ok(None),
                Some(b'#') => {
                    let comment = run(self.rest, |b| b != b'\n' && b != b'\r');
                    self.skip(comment);
                }
                Some(_) => break,
            }
        }
        let len = printable_run(self.rest);
        let (bytes, after) = self.rest.split_at_checked(len).unwrap_or((self.rest, &[]));
        let token = Token { bytes, offset: self.offset };
        match after.first() {
            Some(&b) if !is_space(b) => Err((Reason::BadCharacter, token.end())),
            _ => {
                self.skip(len);
                Ok(Some(token))
            }
        }
    }

    /// Goes on behind everything up to the next white space, whatever bytes these are.
    pub(crate) fn skip_damaged(&mut self) {
        let blank = run(self.rest, is_space);
        self.skip(blank);
        let word = run(self.rest, |b| !is_space(b));
        self.skip(word);
    }

    fn skip(&mut self, n: usize) {
        self.rest = self.rest.get(n..).unwrap_or_default();
        self.offset = self.offset.wrapping_add(n);
    }
}

/// White space between tokens.
const fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r' | b'\n')
}

/// How many leading bytes are printable: most of all bytes are looked at here, so eight at a time where
/// that is one number.
fn printable_run(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut len = 0_usize;
    if cfg!(target_pointer_width = "64") {
        for eight in bytes.as_chunks().0 {
            let word = u64::from_le_bytes(*eight);
            // The highest bit of a byte is set if it is above `~`, or below `!`. What is carried
            // spoils the bytes behind the first one only.
            let others = word | word.wrapping_add(ONES) | word.wrapping_sub(ONES * 0x21);
            let first = (others & (ONES << 7)).trailing_zeros() / 8;
            len = len.saturating_add(first as usize);
            if first < 8 {
                return len;
            }
        }
    }
    len.saturating_add(run(bytes.get(len..).unwrap_or_default(), |b| b.is_ascii_graphic()))
}

/// How many leading bytes fulfil `what`.
fn run(bytes: &[u8], what: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&b| !what(b)).unwrap_or(bytes.len())
}
