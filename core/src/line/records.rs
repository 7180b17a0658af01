//! [`Records`]: one pass over a license file, one result for each record.

use crate::binary::BinaryRecords;
use crate::bytes::token::{Token, Tokens};
use crate::line::parse::Parser;
use crate::line::{Record, is_keyword};
use crate::reason::Reason;

/// Why a piece of a file is no record, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    /// The reason.
    pub reason: Reason,
    /// Offset in the file of the byte or token that is wrong.
    pub offset: usize,
}

impl ParseError {
    pub(crate) const fn new(reason: Reason, offset: usize) -> Self {
        Self { reason, offset }
    }
}

impl core::fmt::Display for ParseError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} (at byte {})", self.reason, self.offset)
    }
}

impl core::error::Error for ParseError {}

/// A piece of a license file: a record, or something that is none.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// Offset of its first byte in the file.
    pub start: usize,
    /// Offset of the byte after its last.
    pub end: usize,
    /// The record, or why it is none.
    pub record: Result<Record<'a>, ParseError>,
}

/// Goes through a license file, text or binary, without allocation and in linear time.
///
/// Each record is judged alone: a damaged one is reported, and the next keyword begins a new one.
///
/// ```
/// use nodelock::{Reason, Records};
/// let file = b"# a comment\nLICENSE 1 voice 1.0 permanent";
/// let found: Vec<_> = Records::new(file).collect();
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].record.unwrap_err().reason, Reason::Truncated);
/// ```
#[derive(Debug, Clone)]
pub struct Records<'a>(Form<'a>);

#[derive(Debug, Clone)]
enum Form<'a> {
    Text(TextRecords<'a>),
    Binary(BinaryRecords<'a>),
}

impl<'a> Records<'a> {
    /// Begins at the start of a file. A file whose first byte is the binary mark is read as the
    /// binary twin, any other as text.
    #[must_use]
    pub fn new(file: &'a [u8]) -> Self {
        if file.first() == Some(&crate::binary::MARK) {
            Self(Form::Binary(BinaryRecords::new(file)))
        } else {
            Self(Form::Text(TextRecords::new(file)))
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Found<'a>;

    // Kept out of its callers: their stack frames would hold the parser's, which is far larger.
    #[inline(never)]
    fn next(&mut self) -> Option<Found<'a>> {
        match &mut self.0 {
            Form::Text(records) => records.next(),
            Form::Binary(records) => records.next(),
        }
    }
}

/// A text without the byte order mark that some editors put before it.
pub(crate) fn without_mark(file: &[u8]) -> &[u8] {
    file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file)
}

#[derive(Debug, Clone)]
struct TextRecords<'a> {
    file: &'a [u8],
    tokens: Tokens<'a>,
}

impl<'a> TextRecords<'a> {
    fn new(file: &'a [u8]) -> Self {
        let mark = file.len().wrapping_sub(without_mark(file).len());
        Self { file, tokens: Tokens::from(file, mark) }
    }

    fn next(&mut self) -> Option<Found<'a>> {
        match self.tokens.next() {
            Ok(None) => None,
            Ok(Some(token)) if is_keyword(token.bytes) => Some(self.record(token)),
            Ok(Some(token)) => Some(self.stray(token.offset)),
            Err((_, offset)) => {
                self.tokens.skip_damaged();
                Some(self.stray(offset))
            }
        }
    }

    fn record(&mut self, keyword: Token<'a>) -> Found<'a> {
        let mut parser = Parser::new(self.file, keyword);
        let mut found = Found { start: keyword.offset, end: 0, record: parser.record() };
        self.tokens = parser.behind();
        if found.record.is_err() {
            self.skip_to_next_record(true);
        }
        found.end = self.tokens.offset();
        found
    }

    fn stray(&mut self, start: usize) -> Found<'a> {
        self.skip_to_next_record(false);
        let record = Err(ParseError::new(Reason::StrayText, start));
        Found { start, end: self.tokens.offset(), record }
    }

    /// Goes on behind what is left of a damaged record: up to the next keyword, or behind the
    /// `sig=` that ends it.
    fn skip_to_next_record(&mut self, in_record: bool) {
        loop {
            let mut ahead = self.tokens;
            match ahead.next() {
                Ok(None) => return,
                Ok(Some(token)) if is_keyword(token.bytes) => return,
                Ok(Some(token)) => {
                    self.tokens = ahead;
                    if in_record && token.bytes.starts_with(b"sig=") {
                        return;
                    }
                }
                Err(_) => {
                    // `ahead` is behind any comment, whose words must not be taken for records.
                    self.tokens = ahead;
                    self.tokens.skip_damaged();
                }
            }
        }
    }
}
