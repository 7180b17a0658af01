//! `REVOKE` records: the vendor takes rights back. docs/SPEC.md section 20.

use crate::bytes::hex;
use crate::bytes::reader::{OrDamaged, Reader};
use crate::bytes::sink::Sink;
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::record::transfer::Lines;
use crate::value::date::Date;
use crate::value::license::LineId;
use crate::value::ticket::Nonce;
use crate::value::udi::Udi;

/// What a `REVOKE` record says: these lines are nothing worth on that device from now on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RevokeTerms<'a> {
    /// The device.
    pub udi: Udi<'a>,
    /// Random.
    pub nonce: Nonce,
    /// The lines.
    pub lines: Lines<'a, LineId>,
    /// Day of issue.
    pub issued: Date,
}

impl<'a> Terms<'a> for RevokeTerms<'a> {
    const KEYWORD: &'static [u8] = b"REVOKE";
    const DOMAIN: &'static [u8] = b"nodelock revoke 1\n";
    const KIND: u8 = 7;
    const KEYS: &'static [&'static [u8]] = &[b"udi", b"nonce", b"lines", b"issued"];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self {
            udi: fields.required(b"udi", Udi::parse)?,
            nonce: fields.required(b"nonce", Nonce::parse)?,
            lines: fields.required(b"lines", Lines::parse)?,
            issued: fields.required(b"issued", Date::parse)?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        Ok(Self {
            udi: Udi::parse(reader.text().or_damaged()?)?,
            nonce: reader.array().map(Nonce).or_damaged()?,
            lines: Lines::decode(reader.text().or_damaged()?)?,
            issued: Date::decode(reader).or_damaged()?,
        })
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"REVOKE 1 udi=");
        self.udi.emit(out);
        out.put(b" nonce=");
        hex::emit(&self.nonce.0, out);
        out.put(b" lines=");
        self.lines.emit(out);
        out.put(b" issued=");
        self.issued.emit(out);
    }

    fn encode(&self, out: &mut impl Sink) {
        self.udi.encode(out);
        out.put(&self.nonce.0);
        self.lines.encode(out);
        self.issued.encode(out);
    }
}
