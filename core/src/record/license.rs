//! License lines: docs/SPEC.md sections 3 to 5, in the order of the text.

use crate::bytes::decimal::Digits;
use crate::bytes::hex;
use crate::bytes::reader::{OrDamaged, Reader, optional};
use crate::bytes::sink::{CountSink, Sink};
use crate::bytes::text::Text;
use crate::bytes::writer::{number, text};
use crate::limits::MAX_COUNT;
use crate::reason::Reason;
use crate::record::extras::{Extras, parse_value};
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::signed::Signed;
use crate::record::text::Fields;
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureName, Version};
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
use crate::value::ticket::TicketDigest;
use crate::value::udi::{Udi, UdiSource};

/// What a license line says. The vendor fills one in and emits it; the device gets one by parsing.
///
/// The fields stand in the order of the line. [`validate`](Terms::validate) checks them against
/// each other; parser, binary decoder and issuer all call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LicenseTerms<'a> {
    /// The feature, one for each line.
    pub feature: FeatureName<'a>,
    /// The highest version of the feature that the right covers.
    pub version: Version,
    /// The type.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub license_type: LicenseType,
    /// Units.
    pub count: Count,
    /// Unique id.
    pub id: LineId,
    /// The device it is locked to.
    pub udi: Option<Udi<'a>>,
    /// Day of issue.
    pub issued: Date,
    /// First day, of dated types.
    pub start: Option<Date>,
    /// Last day, of dated types; valid until 24:00 UTC.
    pub end: Option<Date>,
    /// Running time, of metered types.
    pub usage: Option<Period>,
    /// How counts combine.
    pub combine: Combine,
    /// What happens at the end.
    pub expiry: ExpiryPolicy,
    /// Name of the license agreement text.
    pub eula: Option<Text<'a>>,
    /// Product authorization key, or another reference to the order.
    pub pak: Option<Text<'a>>,
    /// The ticket that must have been applied before the line grants anything.
    pub needs: Option<TicketDigest>,
    /// Extension fields: signed, shown, ignored.
    #[cfg_attr(feature = "serde", serde(rename = "extra"))]
    pub extras: Extras<'a>,
}

impl<'a> Terms<'a> for LicenseTerms<'a> {
    const KEYWORD: &'static [u8] = b"LICENSE";
    const DOMAIN: &'static [u8] = b"nodelock license 1\n";
    const KIND: u8 = 1;
    const KEYS: &'static [&'static [u8]] = &[
        b"id", b"udi", b"issued", b"start", b"end", b"usage", b"combine", b"expiry", b"eula",
        b"pak", b"needs",
    ];

    fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        Ok(Self {
            feature: fields.positional(FeatureName::parse)?,
            version: fields.positional(Version::parse)?,
            license_type: fields.positional(LicenseType::parse)?,
            count: fields.positional(Count::parse)?,
            id: fields.required(b"id", LineId::parse)?,
            udi: fields.optional(b"udi", Udi::parse)?,
            issued: fields.required(b"issued", Date::parse)?,
            start: fields.optional(b"start", Date::parse)?,
            end: fields.optional(b"end", Date::parse)?,
            usage: fields.optional(b"usage", Period::parse)?,
            combine: fields.optional(b"combine", parse_combine)?.unwrap_or_default(),
            expiry: fields.optional(b"expiry", parse_expiry)?.unwrap_or_default(),
            eula: fields.optional(b"eula", parse_value)?,
            pak: fields.optional(b"pak", parse_value)?,
            needs: fields.optional(b"needs", TicketDigest::parse)?,
            extras: fields.extras()?,
        })
    }

    fn decode(reader: &mut Reader<'a>) -> Result<Self, Reason> {
        let feature = FeatureName::parse(reader.text().or_damaged()?)?;
        let mut parts = [0; 4];
        for part in &mut parts {
            *part = reader.number().and_then(|n| u16::try_from(n).ok()).or_damaged()?;
        }
        let license_type = reader.byte().and_then(LicenseType::from_number).or_damaged()?;
        let count = match reader.number().or_damaged()? {
            0 => Count::Uncounted,
            units @ 1..=MAX_COUNT => Count::Units(units),
            _ => return Err(Reason::BadCount),
        };
        let mut conditional = false;
        let mut terms = Self {
            feature,
            version: Version::from_parts(parts),
            license_type,
            count,
            id: reader.array().map(LineId).or_damaged()?,
            udi: optional(reader.text().or_damaged()?, Udi::parse)?,
            issued: Date::decode(reader).or_damaged()?,
            start: Date::decode_optional(reader).or_damaged()?,
            end: Date::decode_optional(reader).or_damaged()?,
            usage: match reader.number().or_damaged()? {
                0 => None,
                seconds => Some(Period::from_seconds(seconds).ok_or(Reason::BadPeriod)?),
            },
            combine: {
                let marks = reader.byte().filter(|marks| *marks < 4).or_damaged()?;
                conditional |= marks & CONDITIONAL != 0;
                if marks & ADDITIVE == 0 { Combine::Exclusive } else { Combine::Additive }
            },
            expiry: match reader.byte().or_damaged()? {
                0 => ExpiryPolicy::UntilReboot,
                1 => ExpiryPolicy::Immediate,
                2 => ExpiryPolicy::Report,
                _ => return Err(Reason::BadBinary),
            },
            eula: optional(reader.text().or_damaged()?, parse_value)?,
            pak: optional(reader.text().or_damaged()?, parse_value)?,
            needs: None,
            extras: Extras::decode(reader.text().or_damaged()?)?,
        };
        if conditional {
            terms.needs = Some(TicketDigest(reader.array().or_damaged()?));
        }
        Ok(terms)
    }

    /// Which fields the type must and must not have.
    ///
    /// # Errors
    /// [`Reason::MissingField`], [`Reason::FieldNotAllowed`], [`Reason::EndBeforeStart`].
    fn validate(&self) -> Result<(), Reason> {
        let kind = self.license_type;
        let missing = (kind.is_metered() && self.usage.is_none())
            || (kind.is_dated() && self.end.is_none())
            || (kind.must_be_locked() && self.udi.is_none());
        let surplus = (!kind.is_metered() && self.usage.is_some())
            || (!kind.is_dated() && (self.start.is_some() || self.end.is_some()))
            || (!kind.is_metered() && !kind.is_dated() && self.expiry != ExpiryPolicy::UntilReboot)
            || (self.count == Count::Uncounted && self.combine != Combine::Exclusive);
        let backwards = matches!((self.start, self.end), (Some(start), Some(end)) if end < start);
        match (missing, surplus, backwards) {
            (true, _, _) => Err(Reason::MissingField),
            (_, true, _) => Err(Reason::FieldNotAllowed),
            (_, _, true) => Err(Reason::EndBeforeStart),
            _ => Ok(()),
        }
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b"LICENSE 1 ");
        out.put(self.feature.as_bytes());
        out.put(b" ");
        self.version.emit(out);
        out.put(b" ");
        out.put(self.license_type.name().as_bytes());
        out.put(b" ");
        match self.count {
            Count::Uncounted => out.put(b"uncounted"),
            Count::Units(units) => out.put(Digits::new(units).as_bytes()),
        }
        out.put(b" id=");
        hex::emit(&self.id.0, out);
        if let Some(udi) = self.udi {
            out.put(b" udi=");
            udi.emit(out);
        }
        out.put(b" issued=");
        self.issued.emit(out);
        if let Some(start) = self.start {
            out.put(b" start=");
            start.emit(out);
        }
        if let Some(end) = self.end {
            out.put(b" end=");
            end.emit(out);
        }
        if let Some(usage) = self.usage {
            out.put(b" usage=");
            usage.emit(out);
        }
        if self.combine != Combine::default() {
            out.put(b" combine=");
            out.put(self.combine.name().as_bytes());
        }
        if self.expiry != ExpiryPolicy::default() {
            out.put(b" expiry=");
            out.put(self.expiry.name().as_bytes());
        }
        if let Some(eula) = self.eula {
            out.put(b" eula=");
            out.put(eula.as_bytes());
        }
        if let Some(pak) = self.pak {
            out.put(b" pak=");
            out.put(pak.as_bytes());
        }
        if let Some(ticket) = self.needs {
            out.put(b" needs=");
            hex::emit(&ticket.0, out);
        }
        for extra in self.extras.tokens() {
            out.put(b" ");
            out.put(extra);
        }
    }

    fn encode(&self, out: &mut impl Sink) {
        text(self.feature.as_bytes(), out);
        for part in self.version.parts() {
            number(u64::from(part), out);
        }
        out.put(&[self.license_type as u8]);
        number(
            match self.count {
                Count::Uncounted => 0,
                Count::Units(units) => units,
            },
            out,
        );
        out.put(&self.id.0);
        match self.udi {
            None => number(0, out),
            Some(udi) => udi.encode(out),
        }
        self.issued.encode(out);
        Date::encode_optional(self.start, out);
        Date::encode_optional(self.end, out);
        number(self.usage.map_or(0, |usage| usage.seconds()), out);
        let additive = match self.combine {
            Combine::Exclusive => 0,
            Combine::Additive => ADDITIVE,
        };
        out.put(&[additive | if self.needs.is_some() { CONDITIONAL } else { 0 }]);
        out.put(&[match self.expiry {
            ExpiryPolicy::UntilReboot => 0,
            ExpiryPolicy::Immediate => 1,
            ExpiryPolicy::Report => 2,
        }]);
        text(self.eula.unwrap_or_default().as_bytes(), out);
        text(self.pak.unwrap_or_default().as_bytes(), out);
        let mut count = CountSink::default();
        self.extras.emit(&mut count);
        number(u64::try_from(count.0).unwrap_or(u64::MAX), out);
        self.extras.emit(out);
        if let Some(ticket) = self.needs {
            out.put(&ticket.0);
        }
    }
}

/// In the twin.
const ADDITIVE: u8 = 1;
/// In the twin: the digest of a ticket stands at the end.
const CONDITIONAL: u8 = 2;

impl Signed<'_, LicenseTerms<'_>> {
    /// Whether it is worth a signature check here: locked to one of the device's UDIs, or to none.
    /// Only a hint; what counts is [`VerifiedLine::bind`](crate::trust::VerifiedLine::bind).
    #[must_use]
    pub fn may_concern<U: UdiSource + ?Sized>(&self, device: &U) -> bool {
        match &self.terms().udi {
            Some(udi) => !matches!(device.member_with(udi), Ok(None)),
            None => true,
        }
    }
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
