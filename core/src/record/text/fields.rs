//! [`Fields`]: the tokens of one record, taken one after another.
//!
//! Accepts exactly what the emitter writes, up to white space between tokens.

use crate::bytes::token::{Token, Tokens};
use crate::limits::MAX_RECORD_LEN;
use crate::reason::Reason;
use crate::record::extras::{Extras, ExtrasCheck, split_field};
use crate::record::found::ParseError;
use crate::record::signature_block::SignatureBlock;
use crate::record::{is_keyword, is_known_key};

/// The fields of one record that are still to be taken.
pub struct Fields<'a> {
    text: &'a [u8],
    keyword: Token<'a>,
    /// The last token that was looked at.
    token: Token<'a>,
    /// End of the last token that was used: this one, or the one before.
    end: usize,
    /// How many bytes the canonical text may have behind this token.
    room: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(text: &'a [u8], keyword: Token<'a>) -> Self {
        let room = MAX_RECORD_LEN.saturating_sub(keyword.bytes.len());
        Self { text, keyword, token: keyword, end: keyword.end(), room }
    }

    /// Behind the last token that belongs to the record.
    pub(crate) const fn behind(&self) -> Tokens<'a> {
        Tokens::from(self.text, self.end)
    }

    /// Whether the last token that was used is a `sig=`, which ends a record however damaged it is.
    pub(super) fn is_behind_signature(&self) -> bool {
        self.end == self.token.end() && self.token.bytes.starts_with(b"sig=")
    }

    /// Behind the keyword: the version of the format.
    pub(super) fn begin(&mut self) -> Result<(), ParseError> {
        if self.peek().is_err() {
            self.refuse_doubled_keyword()?;
        }
        self.positional(|text| match text {
            b"1" => Ok(()),
            _ => Err(Reason::UnsupportedFormat),
        })
    }

    /// A keyword directly behind the keyword is part of a damaged record, not the start of the next
    /// one.
    fn refuse_doubled_keyword(&mut self) -> Result<(), ParseError> {
        let mut doubled = None;
        let mut ahead = self.behind();
        while let Ok(Some(token)) = ahead.next()
            && is_keyword(token.bytes)
        {
            self.end = token.end();
            doubled = Some(token.offset);
        }
        doubled.map_or(Ok(()), |offset| Err(ParseError::new(Reason::FieldOrder, offset)))
    }

    pub(crate) fn extras(&mut self) -> Result<Extras<'a>, ParseError> {
        self.peek()?;
        let start = self.token.offset;
        let mut check = ExtrasCheck::new();
        while self.peek()?.starts_with(b"x-") {
            check.take(self.token.bytes).map_err(|reason| self.refused(reason))?;
            self.advance();
        }
        // Without any, the end lies before the start.
        Ok(Extras::checked(self.text.get(start..self.end).unwrap_or_default()))
    }

    /// The end of the record.
    pub(crate) fn signature(&mut self) -> Result<SignatureBlock<'a>, ParseError> {
        let text = self.text.get(self.keyword.offset..self.end);
        let value = self.required_value(b"sig")?;
        let text = text.ok_or(self.refused(Reason::Truncated))?;
        let block = SignatureBlock::parse(text, value);
        let block = block.ok_or(self.refused(Reason::BadSignatureText))?;
        self.refuse_doubled_signature()?;
        Ok(block)
    }

    /// A second `sig=` behind the first is part of a damaged record, not stray text.
    fn refuse_doubled_signature(&self) -> Result<(), ParseError> {
        match self.behind().next() {
            Ok(Some(token)) if token.bytes.starts_with(b"sig=") => {
                Err(ParseError::new(Reason::FieldOrder, token.offset))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn positional<T>(
        &mut self,
        parse: impl FnOnce(&'a [u8]) -> Result<T, Reason>,
    ) -> Result<T, ParseError> {
        let token = self.peek()?;
        self.advance();
        parse(token).map_err(|reason| self.refused(reason))
    }

    pub(crate) fn optional<T>(
        &mut self,
        key: &[u8],
        parse: impl FnOnce(&'a [u8]) -> Result<T, Reason>,
    ) -> Result<Option<T>, ParseError> {
        let Some(value) = self.value_of(key)? else { return Ok(None) };
        parse(value).map(Some).map_err(|reason| self.refused(reason))
    }

    /// Uses the next token if it is a field with this key, for its value. Apart from `optional`, so
    /// that firmware has it once and not for every type of value.
    fn value_of(&mut self, key: &[u8]) -> Result<Option<&'a [u8]>, ParseError> {
        // The `=` first: it tells most keys from each other.
        let value = self
            .peek()?
            .split_at_checked(key.len())
            .and_then(|(name, rest)| rest.strip_prefix(b"=").filter(|_| name == key));
        if value.is_some() {
            self.advance();
        }
        Ok(value)
    }

    pub(crate) fn required<T>(
        &mut self,
        key: &'static [u8],
        parse: impl FnOnce(&'a [u8]) -> Result<T, Reason>,
    ) -> Result<T, ParseError> {
        let value = self.required_value(key)?;
        parse(value).map_err(|reason| self.refused(reason))
    }

    fn required_value(&mut self, key: &[u8]) -> Result<&'a [u8], ParseError> {
        let value = self.value_of(key)?;
        value.ok_or_else(|| self.refused(why_not(key, self.token.bytes)))
    }

    /// The next token, which it does not use yet.
    fn peek(&mut self) -> Result<&'a [u8], ParseError> {
        if self.end == self.token.end() {
            self.look()?;
        }
        Ok(self.token.bytes)
    }

    /// Apart from `peek`: most tokens are looked at several times.
    #[inline(never)]
    fn look(&mut self) -> Result<(), ParseError> {
        match self.behind().next() {
            Ok(Some(token)) if !is_keyword(token.bytes) => {
                // With the space before it.
                let len = token.bytes.len().wrapping_add(1);
                let too_long = ParseError::new(Reason::RecordTooLong, token.offset);
                self.room = self.room.checked_sub(len).ok_or(too_long)?;
                self.token = token;
                Ok(())
            }
            Ok(_) => Err(ParseError::new(Reason::Truncated, self.end)),
            Err((reason, offset)) => Err(ParseError::new(reason, offset)),
        }
    }

    /// Uses the token that was looked at.
    const fn advance(&mut self) {
        self.end = self.token.end();
    }

    /// What is wrong with the record as a whole.
    pub(crate) const fn refused_as_a_whole(&self, reason: Reason) -> ParseError {
        ParseError::new(reason, self.keyword.offset)
    }

    /// What is wrong with the token that was looked at.
    pub(crate) const fn refused(&self, reason: Reason) -> ParseError {
        ParseError::new(reason, self.token.offset)
    }
}

/// Why another token stands where a field was required.
fn why_not(required: &[u8], token: &[u8]) -> Reason {
    let Some((key, _)) = split_field(token) else { return Reason::BadField };
    let known = is_known_key(key) || key.starts_with(b"x-");
    match (known, required) {
        (false, _) => Reason::UnknownField,
        // Only `sig=` may follow here, so a known field stands twice or in the wrong place.
        (true, b"sig") => Reason::FieldOrder,
        (true, _) => Reason::MissingField,
    }
}
