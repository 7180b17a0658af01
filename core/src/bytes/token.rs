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
    text: &'a [u8],
    offset: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self::from(text, 0)
    }

    /// From an offset on.
    pub(crate) const fn from(text: &'a [u8], offset: usize) -> Self {
        Self { text, offset }
    }

    /// Where the next look begins.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// The next token, or the offset of the byte that cannot stand in one.
    // In place: what `scan` returns fits into registers, and this does not.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>, (Reason, usize)> {
        match self.scan() {
            Some(bytes) => {
                let offset = self.offset.wrapping_sub(bytes.len());
                Ok(Some(Token { bytes, offset }))
            }
            None if self.offset < self.text.len() => Err((Reason::BadCharacter, self.offset)),
            None => Ok(None),
        }
    }

    /// Goes on behind the next token. If there is none, to the end of the text, or to the byte that
    /// cannot stand in one.
    #[inline(never)]
    fn scan(&mut self) -> Option<&'a [u8]> {
        loop {
            match self.rest().first()? {
                b'#' => self.skip(|b| b != b'\n' && b != b'\r'),
                &b if is_space(b) => self.offset = self.offset.wrapping_add(1),
                _ => break,
            }
        }
        let rest = self.rest();
        let len = printable_run(rest);
        let (token, after) = rest.split_at_checked(len).unwrap_or((rest, &[]));
        self.offset = self.offset.wrapping_add(token.len());
        after.first().is_none_or(|&b| is_space(b)).then_some(token)
    }

    /// Goes on behind everything up to the next white space, whatever bytes these are.
    pub(crate) fn skip_damaged(&mut self) {
        self.skip(is_space);
        self.skip(|b| !is_space(b));
    }

    fn skip(&mut self, what: impl Fn(u8) -> bool) {
        self.offset = self.offset.wrapping_add(run(self.rest(), what));
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.offset..).unwrap_or_default()
    }
}

/// Whether a text is surely tokens with single spaces between them, no comments, and nothing else. Not
/// sure where a token begins with `!` or `"`, which saves a comparison on each of many bytes at a time;
/// and never where bytes are not looked at so, as going through the tokens costs the same there.
pub(crate) fn surely_canonical(text: &[u8]) -> bool {
    let begins = |b: &u8| (b'$'..=b'~').contains(b);
    if !cfg!(target_pointer_width = "64")
        || !text.first().is_some_and(begins)
        || !text.last().is_some_and(begins)
    {
        return false;
    }
    // No way out on the way: the compiler makes vectors of this.
    let pairs = text.iter().zip(text.get(1..).unwrap_or_default());
    !pairs.fold(false, |other, (&b, &next)| {
        other | !(b' '..=b'~').contains(&b) | ((b == b' ') & (next <= b'#'))
    })
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
            let others = others & (ONES << 7);
            if others != 0 {
                return len.wrapping_add(others.trailing_zeros() as usize / 8);
            }
            len = len.wrapping_add(8);
        }
    }
    len.wrapping_add(run(bytes.get(len..).unwrap_or_default(), |b| b.is_ascii_graphic()))
}

/// How many leading bytes fulfil `what`.
fn run(bytes: &[u8], what: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&b| !what(b)).unwrap_or(bytes.len())
}
