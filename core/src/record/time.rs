//! `TIME` records: the vendor says what time it is. docs/SPEC.md section 21.

use crate::bytes::reader::{OrDamaged, Reader};
use crate::bytes::sink::Sink;
use crate::bytes::writer::number;
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::value::time::UnixTime;

/// What a `TIME` record says. It has no device and no number: one that is played back names a time that has
/// passed, and time never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TimeTerms {
    /// The time at which it was signed; up to the year 9999.
    pub time: UnixTime,
}

impl<'a> Terms<'a> for TimeTerms {
    const KEYWORD: &'static [u8] = b"TIME";
    const DOMAIN: &'static [u8] = b"nodelock time 1\n";
    const KIND: u8 = 9;
    const KEYS: &'static [&'static [u8]] = &[];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self { time: fields.positional(UnixTime::parse)? })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        let time = UnixTime(reader.number().or_damaged()?);
        // After the year 9999 there is no text.
        Some(Self { time }).filter(|_| time.civil().is_some()).ok_or(Reason::BadDate)
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"TIME 1 ");
        self.time.emit(out);
    }

    fn encode(&self, out: &mut impl Sink) {
        number(self.time.0, out);
    }
}
