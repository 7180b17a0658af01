//! `CREDENTIAL` records: a device says who it is and what it has. docs/SPEC.md section 19.

use crate::bytes::base64url;
use crate::bytes::reader::{OrDamaged, Reader, optional};
use crate::bytes::sink::Sink;
use crate::bytes::writer::number;
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::record::transfer::permission::{decode_key, encode_key};
use crate::record::transfer::{Holding, Lines, check_length, emit_number, parse_number};
use crate::value::key::PublicKey;
use crate::value::level::{ProofLevel, RollbackLevel};
use crate::value::udi::Udi;

/// What a `CREDENTIAL` record says. It is no word: it binds the device to nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CredentialTerms<'a> {
    /// The device.
    pub udi: Udi<'a>,
    /// With what it proves its words.
    pub proof: ProofLevel,
    /// How well it notices that its storage was put back.
    pub storage: RollbackLevel,
    /// The key, where it proves with one.
    pub key: Option<PublicKey>,
    /// The last of its words.
    pub word: u64,
    /// Repairs that it has done.
    pub repairs: u64,
    /// Lines that it has, if any. Where there are more, further credentials have the rest.
    pub lines: Option<Lines<'a, Holding>>,
}

impl<'a> Terms<'a> for CredentialTerms<'a> {
    const KEYWORD: &'static [u8] = b"CREDENTIAL";
    const DOMAIN: &'static [u8] = b"nodelock credential 1\n";
    const KIND: u8 = 4;
    const KEYS: &'static [&'static [u8]] =
        &[b"udi", b"proof", b"storage", b"key", b"word", b"repairs", b"lines"];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self {
            udi: fields.required(b"udi", Udi::parse)?,
            proof: fields
                .required(b"proof", |text| ProofLevel::from_name(text).ok_or(Reason::BadValue))?,
            storage: fields.required(b"storage", |text| {
                RollbackLevel::from_name(text).ok_or(Reason::BadValue)
            })?,
            key: fields.optional(b"key", PublicKey::parse)?,
            word: fields.required(b"word", parse_number)?,
            repairs: fields.required(b"repairs", parse_number)?,
            lines: fields.optional(b"lines", Lines::parse)?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        Ok(Self {
            udi: Udi::parse(reader.text().or_damaged()?)?,
            proof: reader.byte().and_then(ProofLevel::from_number).or_damaged()?,
            storage: reader.byte().and_then(RollbackLevel::from_number).or_damaged()?,
            key: decode_key(reader).or_damaged()?,
            word: reader.number().or_damaged()?,
            repairs: reader.number().or_damaged()?,
            lines: optional(reader.text().or_damaged()?, Lines::decode)?,
        })
    }

    /// # Errors
    /// [`Reason::RecordTooLong`]; [`Reason::MissingField`] without the key of a proof by key, [`Reason::FieldNotAllowed`] for the key of
    /// another.
    fn validate(&self) -> Result<(), Reason> {
        check_length(self)?;
        match (self.proof, self.key) {
            (ProofLevel::Key, None) => Err(Reason::MissingField),
            (ProofLevel::Key, Some(_)) | (_, None) => Ok(()),
            (_, Some(_)) => Err(Reason::FieldNotAllowed),
        }
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"CREDENTIAL 1 udi=");
        self.udi.emit(out);
        out.put(b" proof=");
        out.put(self.proof.name().as_bytes());
        out.put(b" storage=");
        out.put(self.storage.name().as_bytes());
        if let Some(key) = &self.key {
            out.put(b" key=");
            base64url::encode(key.as_bytes(), out);
        }
        emit_number(b" word=", self.word, out);
        emit_number(b" repairs=", self.repairs, out);
        if let Some(lines) = &self.lines {
            out.put(b" lines=");
            lines.emit(out);
        }
    }

    fn encode(&self, out: &mut impl Sink) {
        self.udi.encode(out);
        out.put(&[self.proof as u8, self.storage as u8]);
        encode_key(self.key.as_ref(), out);
        number(self.word, out);
        number(self.repairs, out);
        match &self.lines {
            Some(lines) => lines.encode(out),
            None => number(0, out),
        }
    }
}
