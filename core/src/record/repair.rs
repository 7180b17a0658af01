//! `REPAIR` records: the vendor lets one device go on from a state that it does not trust any more.
//! docs/SPEC.md section 17.

use crate::bytes::decimal::{self, Digits};
use crate::bytes::hex;
use crate::bytes::reader::{OrDamaged, Reader};
use crate::bytes::sink::Sink;
use crate::bytes::writer::number;
use crate::named::named;
use crate::reason::Reason;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::text::Fields;
use crate::value::date::Date;
use crate::value::license::LineId;
use crate::value::udi::Udi;

named! {
    /// What is repaired.
    pub enum Repair {
        /// The stored values are older than the anchor: from now on they are the latest.
        Rollback = 1 "rollback",
        /// Stored values cannot be read: they are removed, and use that was lost with them begins anew.
        Damage = 2 "damage",
        /// The device believes in a date that is not true: the clock begins at the day of issue.
        Clock = 3 "clock",
    }
}

impl Repair {
    /// The repair of this name.
    ///
    /// # Errors
    /// [`Reason::BadValue`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        Self::from_name(text).ok_or(Reason::BadValue)
    }
}

/// What a `REPAIR` record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RepairTerms<'a> {
    /// What is repaired.
    pub repair: Repair,
    /// The number that the device gave for it; it changes when the repair is done.
    pub number: u64,
    /// Unique among all records of a vendor.
    pub id: LineId,
    /// The device.
    pub udi: Udi<'a>,
    /// Day of issue.
    pub issued: Date,
}

impl<'a> Terms<'a> for RepairTerms<'a> {
    const KEYWORD: &'static [u8] = b"REPAIR";
    const DOMAIN: &'static [u8] = b"nodelock repair 1\n";
    const KIND: u8 = 3;
    const KEYS: &'static [&'static [u8]] = &[b"id", b"udi", b"issued"];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        let number = |text| decimal::decode(text, u64::MAX).ok_or(Reason::BadValue);
        Ok(Self {
            repair: fields.positional(Repair::parse)?,
            number: fields.positional(number)?,
            id: fields.required(b"id", LineId::parse)?,
            udi: fields.required(b"udi", Udi::parse)?,
            issued: fields.required(b"issued", Date::parse)?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        Ok(Self {
            repair: reader.byte().and_then(Repair::from_number).or_damaged()?,
            number: reader.number().or_damaged()?,
            id: reader.array().map(LineId).or_damaged()?,
            udi: Udi::parse(reader.text().or_damaged()?)?,
            issued: Date::decode(reader).or_damaged()?,
        })
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"REPAIR 1 ");
        out.put(self.repair.name().as_bytes());
        out.put(b" ");
        out.put(Digits::new(self.number).as_bytes());
        out.put(b" id=");
        hex::emit(&self.id.0, out);
        out.put(b" udi=");
        self.udi.emit(out);
        out.put(b" issued=");
        self.issued.emit(out);
    }

    fn encode(&self, out: &mut impl Sink) {
        out.put(&[self.repair as u8]);
        number(self.number, out);
        out.put(&self.id.0);
        self.udi.encode(out);
        self.issued.encode(out);
    }
}
