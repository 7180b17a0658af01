//! The parser of text records: docs/SPEC.md sections 3 to 5, in the order of the text.
//!
//! It accepts exactly what the emitter writes, up to white space between tokens.

use crate::bytes::token::{Token, Tokens};
use crate::bytes::{decimal, hex};
use crate::date::{Date, Period};
use crate::feature::{FeatureName, Version};
use crate::key::{KeyId, KeyRecord, KeyTerms, List, PublicKey, Role};
use crate::limits::MAX_RECORD_LEN;
use crate::line::extras::{Extras, ExtrasCheck, parse_value, split_field};
use crate::line::records::ParseError;
use crate::line::terms::{Combine, Count, ExpiryPolicy, LicenseType, LineId, Terms};
use crate::line::{Line, Record, Seal, is_keyword};
use crate::reason::Reason;
use crate::repair::{Repair, RepairRecord, RepairTerms};
use crate::udi::Udi;
use crate::verify::WrittenSignature;

/// Keys of format 1; others are unknown and, unless they begin with `x-`, critical.
const KNOWN_KEYS: [&[u8]; 16] = [
    b"id",
    b"udi",
    b"issued",
    b"start",
    b"end",
    b"usage",
    b"combine",
    b"expiry",
    b"eula",
    b"pak",
    b"key",
    b"features",
    b"pids",
    b"not-before",
    b"not-after",
    b"sig",
];

pub(crate) struct Parser<'a> {
    text: &'a [u8],
    keyword: Token<'a>,
    /// The last token that was looked at.
    token: Token<'a>,
    /// End of the last token that was used: this one, or the one before.
    end: usize,
    /// How many bytes the canonical text may have behind this token.
    room: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a [u8], keyword: Token<'a>) -> Self {
        let room = MAX_RECORD_LEN.saturating_sub(keyword.bytes.len());
        Self { text, keyword, token: keyword, end: keyword.end(), room }
    }

    /// Behind the last token that belongs to the record.
    pub(crate) const fn behind(&self) -> Tokens<'a> {
        Tokens::from(self.text, self.end)
    }

    pub(crate) fn record(&mut self) -> Result<Record<'a>, ParseError> {
        if self.peek().is_err() {
            self.refuse_doubled_keyword()?;
        }
        self.positional(|text| match text {
            b"1" => Ok(()),
            _ => Err(Reason::UnsupportedFormat),
        })?;
        match self.keyword.bytes {
            b"KEY" => self.key(),
            b"REPAIR" => self.repair(),
            _ => self.license(),
        }
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

    // The three are functions of their own in machine code too: only one of them runs, and each has a record on
    // its stack.
    #[inline(never)]
    fn license(&mut self) -> Result<Record<'a>, ParseError> {
        let terms = Terms {
            feature: self.positional(FeatureName::parse)?,
            version: self.positional(Version::parse)?,
            license_type: self.positional(LicenseType::parse)?,
            count: self.positional(Count::parse)?,
            id: self.required(b"id", parse_id)?,
            udi: self.optional(b"udi", Udi::parse)?,
            issued: self.required(b"issued", Date::parse)?,
            start: self.optional(b"start", Date::parse)?,
            end: self.optional(b"end", Date::parse)?,
            usage: self.optional(b"usage", Period::parse)?,
            combine: self.optional(b"combine", parse_combine)?.unwrap_or_default(),
            expiry: self.optional(b"expiry", parse_expiry)?.unwrap_or_default(),
            eula: self.optional(b"eula", parse_value)?,
            pak: self.optional(b"pak", parse_value)?,
            extras: self.extras()?,
        };
        let seal = self.seal()?;
        terms.validate().map_err(|reason| ParseError::new(reason, self.keyword.offset))?;
        Ok(Record::License(Line::new(terms, seal)))
    }

    #[inline(never)]
    fn key(&mut self) -> Result<Record<'a>, ParseError> {
        let terms = KeyTerms {
            id: self.positional(KeyId::parse)?,
            role: self.positional(Role::parse)?,
            key: self.required(b"key", PublicKey::parse)?,
            features: self.optional(b"features", List::features)?.unwrap_or_default(),
            pids: self.optional(b"pids", List::pids)?.unwrap_or_default(),
            not_before: self.required(b"not-before", Date::parse)?,
            not_after: self.required(b"not-after", Date::parse)?,
        };
        let seal = self.seal()?;
        terms.validate().map_err(|reason| ParseError::new(reason, self.keyword.offset))?;
        Ok(Record::Key(KeyRecord::new(terms, seal)))
    }

    #[inline(never)]
    fn repair(&mut self) -> Result<Record<'a>, ParseError> {
        let number = |text| decimal::decode(text, u64::MAX).ok_or(Reason::BadValue);
        let terms = RepairTerms {
            repair: self.positional(Repair::parse)?,
            number: self.positional(number)?,
            id: self.required(b"id", parse_id)?,
            udi: self.required(b"udi", Udi::parse)?,
            issued: self.required(b"issued", Date::parse)?,
        };
        Ok(Record::Repair(RepairRecord::new(terms, self.seal()?)))
    }

    fn extras(&mut self) -> Result<Extras<'a>, ParseError> {
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

    fn seal(&mut self) -> Result<Seal<'a>, ParseError> {
        let text = self.text.get(self.keyword.offset..self.end);
        let value = self.required_value(b"sig")?;
        let text = Some(text.ok_or(self.refused(Reason::Truncated))?);
        let bad = self.refused(Reason::BadSignatureText);
        let (signer, signature) = split_signature(value).ok_or(bad)?;
        let signature = WrittenSignature::parse(signature).ok_or(bad)?;
        let seal = Seal { text, signer, signature };
        self.refuse_doubled_signature()?;
        Ok(seal)
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

    fn positional<T>(
        &mut self,
        parse: impl FnOnce(&'a [u8]) -> Result<T, Reason>,
    ) -> Result<T, ParseError> {
        let token = self.peek()?;
        self.advance();
        parse(token).map_err(|reason| self.refused(reason))
    }

    fn optional<T>(
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

    fn required<T>(
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
            Ok(Some(token)) => Err(ParseError::new(Reason::Truncated, token.offset)),
            Ok(None) => Err(ParseError::new(Reason::Truncated, self.end)),
            Err((reason, offset)) => Err(ParseError::new(reason, offset)),
        }
    }

    /// Uses the token that was looked at.
    const fn advance(&mut self) {
        self.end = self.token.end();
    }

    /// What is wrong with the token that was looked at.
    const fn refused(&self, reason: Reason) -> ParseError {
        ParseError::new(reason, self.token.offset)
    }
}

/// Why another token stands where a field was required.
fn why_not(required: &[u8], token: &[u8]) -> Reason {
    let Some((key, _)) = split_field(token) else { return Reason::BadField };
    let known = KNOWN_KEYS.contains(&key) || key.starts_with(b"x-");
    match (known, required) {
        (false, _) => Reason::UnknownField,
        // Only `sig=` may follow here, so a known field stands twice or in the wrong place.
        (true, b"sig") => Reason::FieldOrder,
        (true, _) => Reason::MissingField,
    }
}

fn parse_id(text: &[u8]) -> Result<LineId, Reason> {
    hex::decode(text).map(LineId).ok_or(Reason::BadId)
}

fn parse_combine(text: &[u8]) -> Result<Combine, Reason> {
    if text == Combine::Additive.name().as_bytes() {
        Ok(Combine::Additive)
    } else {
        Err(Reason::BadValue)
    }
}

fn parse_expiry(text: &[u8]) -> Result<ExpiryPolicy, Reason> {
    [ExpiryPolicy::Immediate, ExpiryPolicy::Report]
        .into_iter()
        .find(|policy| policy.name().as_bytes() == text)
        .ok_or(Reason::BadValue)
}

/// Who signed, and the text of the signature.
pub(crate) fn split_signature(text: &[u8]) -> Option<(KeyId, &[u8])> {
    let (id, rest) = text.split_at_checked(8)?;
    Some((KeyId::parse(id).ok()?, rest.strip_prefix(b":")?))
}
