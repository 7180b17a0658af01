//! The text of a license file: docs/SPEC.md section 3.

mod fields;

pub(super) use fields::Fields;

use crate::bytes::token::{Token, Tokens};
use crate::reason::Reason;
use crate::record::found::{Found, ParseError};
use crate::record::{Record, is_keyword};

/// A text without the byte order mark that some editors put before it.
pub(crate) fn without_mark(file: &[u8]) -> &[u8] {
    file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file)
}

#[derive(Debug, Clone)]
pub(super) struct TextRecords<'a> {
    file: &'a [u8],
    tokens: Tokens<'a>,
}

impl<'a> TextRecords<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        let mark = file.len().wrapping_sub(without_mark(file).len());
        Self { file, tokens: Tokens::from(file, mark) }
    }

    pub(super) fn next(&mut self) -> Option<Found<'a>> {
        match self.tokens.next() {
            Ok(None) => None,
            Ok(Some(token)) if is_keyword(token.bytes) => Some(self.record(token)),
            Ok(Some(token)) => Some(self.stray(token.offset, token.bytes.starts_with(b"sig="))),
            Err((_, offset)) => {
                self.tokens.skip_damaged();
                let before = self.file.get(..offset).unwrap_or_default();
                let glued = before.iter().rev().take_while(|byte| byte.is_ascii_graphic());
                Some(self.stray(glued.fold(offset, |start, _| start.wrapping_sub(1)), false))
            }
        }
    }

    fn record(&mut self, keyword: Token<'a>) -> Found<'a> {
        let mut fields = Fields::new(self.file, keyword);
        let record = fields.begin().and_then(|()| Record::parse(keyword.bytes, &mut fields));
        let mut found = Found { start: keyword.offset, end: 0, record };
        self.tokens = fields.behind();
        if found.record.is_err() {
            if fields.is_behind_signature() {
                self.skip_signatures();
            } else {
                self.skip_to_next_record(true);
            }
        }
        found.end = self.tokens.offset();
        found
    }

    /// `is_signed`: its first token is a `sig=`.
    fn stray(&mut self, start: usize, is_signed: bool) -> Found<'a> {
        // A greeting has no signature.
        let is_signed = self.skip_to_next_record(false) || is_signed;
        let reason = if is_signed { Reason::DamagedKeyword } else { Reason::StrayText };
        let record = Err(ParseError::new(reason, start));
        Found { start, end: self.tokens.offset(), record }
    }

    /// Goes on behind `sig=` tokens that stand directly behind a record.
    fn skip_signatures(&mut self) {
        let mut ahead = self.tokens;
        while let Ok(Some(token)) = ahead.next()
            && token.bytes.starts_with(b"sig=")
        {
            self.tokens = ahead;
        }
    }

    /// Goes on behind what is left of a damaged record: up to the next keyword, or behind the
    /// `sig=` that ends it, and those directly behind it. Whether there was such a token.
    fn skip_to_next_record(&mut self, in_record: bool) -> bool {
        let mut is_signed = false;
        loop {
            let mut ahead = self.tokens;
            match ahead.next() {
                Ok(None) => return is_signed,
                Ok(Some(token)) if is_keyword(token.bytes) => return is_signed,
                Ok(Some(token)) => {
                    self.tokens = ahead;
                    is_signed |= token.bytes.starts_with(b"sig=");
                    if in_record && is_signed {
                        self.skip_signatures();
                        return true;
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
