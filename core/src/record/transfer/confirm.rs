//! `CONFIRM` records, a device's word on a `REVOKE`. docs/SPEC.md section 20.

use crate::bytes::hex;
use crate::bytes::reader::{OrDamaged, Reader};
use crate::bytes::sink::Sink;
use crate::bytes::writer::number;
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::record::transfer::{Lines, Taken, decode_word, emit_number, parse_number, parse_word};
use crate::value::ticket::TicketDigest;

/// What a `CONFIRM` record says: what became of each line of a `REVOKE`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ConfirmTerms<'a> {
    /// The `REVOKE`.
    pub ticket: TicketDigest,
    /// Number of this word of the device.
    pub word: u64,
    /// Repairs that the device has done.
    pub repairs: u64,
    /// Its lines.
    pub lines: Lines<'a, Taken>,
}

impl<'a> Terms<'a> for ConfirmTerms<'a> {
    const KEYWORD: &'static [u8] = b"CONFIRM";
    const DOMAIN: &'static [u8] = b"nodelock confirm 1\n";
    const KIND: u8 = 8;
    const KEYS: &'static [&'static [u8]] = &[b"ticket", b"word", b"repairs", b"lines"];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self {
            ticket: fields.required(b"ticket", TicketDigest::parse)?,
            word: fields.required(b"word", parse_word)?,
            repairs: fields.required(b"repairs", parse_number)?,
            lines: fields.required(b"lines", Lines::parse)?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        Ok(Self {
            ticket: reader.array().map(TicketDigest).or_damaged()?,
            word: decode_word(reader)?,
            repairs: reader.number().or_damaged()?,
            lines: Lines::decode(reader.text().or_damaged()?)?,
        })
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"CONFIRM 1 ticket=");
        hex::emit(&self.ticket.0, out);
        emit_number(b" word=", self.word, out);
        emit_number(b" repairs=", self.repairs, out);
        out.put(b" lines=");
        self.lines.emit(out);
    }

    fn encode(&self, out: &mut impl Sink) {
        out.put(&self.ticket.0);
        number(self.word, out);
        number(self.repairs, out);
        self.lines.encode(out);
    }
}
