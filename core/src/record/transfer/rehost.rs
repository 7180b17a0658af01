//! `REHOST` records, a device's word on a ticket. docs/SPEC.md section 19.

use crate::bytes::hex;
use crate::bytes::reader::{OrDamaged, Reader, optional};
use crate::bytes::sink::Sink;
use crate::bytes::writer::number;
use crate::named::named;
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::record::transfer::{
    Lines, UsedTime, decode_word, emit_number, parse_number, parse_word,
};
use crate::value::ticket::TicketDigest;

named! {
    /// What became of a ticket.
    pub enum Outcome {
        /// The source has given up what the ticket names.
        Applied = 1 "applied",
        /// The source has not, and never will.
        Cancelled = 2 "cancelled",
        /// The destination will never use what it was to get.
        GivenUp = 3 "given-up",
    }
}

impl Outcome {
    fn parse(text: &[u8]) -> Result<Self, Reason> {
        Self::from_name(text).ok_or(Reason::BadValue)
    }
}

/// What a `REHOST` record says. The source signs it, or the destination if it has given up.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RehostTerms<'a> {
    /// What became of the ticket.
    pub outcome: Outcome,
    /// The ticket.
    pub ticket: TicketDigest,
    /// Number of this word of the device.
    pub word: u64,
    /// Repairs that the device has done.
    pub repairs: u64,
    /// Of the metered ones among the lines that went, how much was used.
    pub used: Option<Lines<'a, UsedTime>>,
}

impl<'a> Terms<'a> for RehostTerms<'a> {
    const KEYWORD: &'static [u8] = b"REHOST";
    const DOMAIN: &'static [u8] = b"nodelock rehost 1\n";
    const KIND: u8 = 6;
    const KEYS: &'static [&'static [u8]] = &[b"ticket", b"word", b"repairs", b"used"];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self {
            outcome: fields.positional(Outcome::parse)?,
            ticket: fields.required(b"ticket", TicketDigest::parse)?,
            word: fields.required(b"word", parse_word)?,
            repairs: fields.required(b"repairs", parse_number)?,
            used: fields.optional(b"used", Lines::parse)?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        Ok(Self {
            outcome: reader.byte().and_then(Outcome::from_number).or_damaged()?,
            ticket: reader.array().map(TicketDigest).or_damaged()?,
            word: decode_word(reader)?,
            repairs: reader.number().or_damaged()?,
            used: optional(reader.text().or_damaged()?, Lines::decode)?,
        })
    }

    /// # Errors
    /// [`Reason::FieldNotAllowed`]: only what was given up was used.
    fn validate(&self) -> Result<(), Reason> {
        match (self.outcome, self.used) {
            (Outcome::Applied, _) | (_, None) => Ok(()),
            (_, Some(_)) => Err(Reason::FieldNotAllowed),
        }
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"REHOST 1 ");
        out.put(self.outcome.name().as_bytes());
        out.put(b" ticket=");
        hex::emit(&self.ticket.0, out);
        emit_number(b" word=", self.word, out);
        emit_number(b" repairs=", self.repairs, out);
        if let Some(used) = &self.used {
            out.put(b" used=");
            used.emit(out);
        }
    }

    fn encode(&self, out: &mut impl Sink) {
        out.put(&[self.outcome as u8]);
        out.put(&self.ticket.0);
        number(self.word, out);
        number(self.repairs, out);
        match &self.used {
            Some(used) => used.encode(out),
            None => number(0, out),
        }
    }
}
