//! `PERMISSION` records, the tickets with which a device gives rights up for another one. docs/SPEC.md section 19.

use crate::bytes::reader::{OrDamaged, Reader};
use crate::bytes::sink::Sink;
use crate::bytes::writer::number;
use crate::bytes::{base64url, hex};
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::record::transfer::{Lines, Removal, check_length, emit_number, parse_number};
use crate::value::date::Date;
use crate::value::key::PublicKey;
use crate::value::ticket::Nonce;
use crate::value::udi::Udi;

/// What a `PERMISSION` record says: this device may give these units up for that device.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PermissionTerms<'a> {
    /// The device that gives up.
    pub from: Udi<'a>,
    /// The key with which it will prove that, if it has one.
    pub key: Option<PublicKey>,
    /// Repairs that it has done: after another one the ticket is dead.
    pub repairs: u64,
    /// The device that gets.
    pub to: Udi<'a>,
    /// Random, and chosen by the vendor alone.
    pub nonce: Nonce,
    /// What goes.
    pub lines: Lines<'a, Removal>,
    /// Day of issue.
    pub issued: Date,
}

impl<'a> Terms<'a> for PermissionTerms<'a> {
    const KEYWORD: &'static [u8] = b"PERMISSION";
    const DOMAIN: &'static [u8] = b"nodelock permission 1\n";
    const KIND: u8 = 5;
    const KEYS: &'static [&'static [u8]] =
        &[b"from", b"key", b"repairs", b"to", b"nonce", b"lines", b"issued"];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self {
            from: fields.required(b"from", Udi::parse)?,
            key: fields.optional(b"key", PublicKey::parse)?,
            repairs: fields.required(b"repairs", parse_number)?,
            to: fields.required(b"to", Udi::parse)?,
            nonce: fields.required(b"nonce", Nonce::parse)?,
            lines: fields.required(b"lines", Lines::parse)?,
            issued: fields.required(b"issued", Date::parse)?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        Ok(Self {
            from: Udi::parse(reader.text().or_damaged()?)?,
            key: decode_key(reader).or_damaged()?,
            repairs: reader.number().or_damaged()?,
            to: Udi::parse(reader.text().or_damaged()?)?,
            nonce: reader.array().map(Nonce).or_damaged()?,
            lines: Lines::decode(reader.text().or_damaged()?)?,
            issued: Date::decode(reader).or_damaged()?,
        })
    }

    /// # Errors
    /// [`Reason::RecordTooLong`], [`Reason::SameDevice`].
    fn validate(&self) -> Result<(), Reason> {
        check_length(self)?;
        if self.from == self.to { Err(Reason::SameDevice) } else { Ok(()) }
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"PERMISSION 1 from=");
        self.from.emit(out);
        if let Some(key) = &self.key {
            out.put(b" key=");
            base64url::encode(key.as_bytes(), out);
        }
        emit_number(b" repairs=", self.repairs, out);
        out.put(b" to=");
        self.to.emit(out);
        out.put(b" nonce=");
        hex::emit(&self.nonce.0, out);
        out.put(b" lines=");
        self.lines.emit(out);
        out.put(b" issued=");
        self.issued.emit(out);
    }

    fn encode(&self, out: &mut impl Sink) {
        self.from.encode(out);
        encode_key(self.key.as_ref(), out);
        number(self.repairs, out);
        self.to.encode(out);
        out.put(&self.nonce.0);
        self.lines.encode(out);
        self.issued.encode(out);
    }
}

/// 0, or 1 and the key.
pub(super) fn decode_key(reader: &mut Reader<'_>) -> Option<Option<PublicKey>> {
    match reader.byte()? {
        0 => Some(None),
        1 => Some(Some(PublicKey::from_xy(reader.array()?))),
        _ => None,
    }
}

pub(super) fn encode_key(key: Option<&PublicKey>, out: &mut impl Sink) {
    out.put(&[u8::from(key.is_some())]);
    if let Some(key) = key {
        out.put(key.as_bytes());
    }
}
