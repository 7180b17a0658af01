//! Binary body to record. What it accepts, the encoder would write. A record that keeps the limits of its
//! parts has a text that keeps the limit of all, so that is not looked at.

use crate::date::{Date, Period};
use crate::feature::{FeatureName, Version};
use crate::key::{KeyId, KeyRecord, KeyTerms, List, PublicKey, Role};
use crate::limits::MAX_COUNT;
use crate::line::{
    Combine, Count, ExpiryPolicy, Extras, LicenseType, Line, LineId, Seal, Terms, parse_value,
};
use crate::reason::Reason;
use crate::repair::{Repair, RepairRecord, RepairTerms};
use crate::udi::Udi;
use crate::verify::WrittenSignature;

/// Reads forward, never beyond the end.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0 }
    }

    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What was not read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn skip_all(&mut self) {
        self.offset = self.offset.wrapping_add(self.rest.len());
        self.rest = &[];
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// A length and that many bytes.
    pub(crate) fn text(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        self.take(len)
    }

    /// A number in groups of seven bits, lowest first, the high bit set on all but the last; in
    /// its shortest form.
    pub(crate) fn number(&mut self) -> Option<u64> {
        // Most are small.
        let mut byte = self.byte()?;
        if byte & 0x80 == 0 {
            return Some(u64::from(byte));
        }
        let mut value = u64::from(byte & 0x7F);
        for shift in (7..64).step_by(7) {
            byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            let shifted = bits.wrapping_shl(shift);
            if shifted.wrapping_shr(shift) != bits {
                return None;
            }
            value |= shifted;
            if byte & 0x80 == 0 {
                return (byte != 0).then_some(value);
            }
        }
        None
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.array_here().copied()
    }

    /// The same where it stands.
    pub(crate) fn array_here<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn date(&mut self) -> Option<Date> {
        u32::try_from(self.number()?).ok().and_then(Date::from_days)
    }

    /// A byte that says whether a date follows, and the date.
    fn optional_date(&mut self) -> Option<Option<Date>> {
        match self.byte()? {
            0 => Some(None),
            1 => self.date().map(Some),
            _ => None,
        }
    }

    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        self.offset = self.offset.wrapping_add(n);
        Some(taken)
    }
}

/// What does not decode is damaged; what decodes to a value that no text has keeps that reason.
trait OrDamaged<T> {
    fn or_damaged(self) -> Result<T, Reason>;
}

impl<T> OrDamaged<T> for Option<T> {
    fn or_damaged(self) -> Result<T, Reason> {
        self.ok_or(Reason::BadBinary)
    }
}

// Each of the three a function in machine code, too: in their caller they would be larger, and take the
// stack of all.
#[inline(never)]
pub(crate) fn license_body(body: &[u8]) -> Result<Line<'_>, Reason> {
    let mut reader = Reader::new(body);
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
    let terms = Terms {
        feature,
        version: Version::from_parts(parts),
        license_type,
        count,
        id: reader.array().map(LineId).or_damaged()?,
        udi: optional(reader.text().or_damaged()?, Udi::parse)?,
        issued: reader.date().or_damaged()?,
        start: reader.optional_date().or_damaged()?,
        end: reader.optional_date().or_damaged()?,
        usage: match reader.number().or_damaged()? {
            0 => None,
            seconds => Some(Period::from_seconds(seconds).ok_or(Reason::BadPeriod)?),
        },
        combine: match reader.byte().or_damaged()? {
            0 => Combine::Exclusive,
            1 => Combine::Additive,
            _ => return Err(Reason::BadBinary),
        },
        expiry: match reader.byte().or_damaged()? {
            0 => ExpiryPolicy::UntilReboot,
            1 => ExpiryPolicy::Immediate,
            2 => ExpiryPolicy::Report,
            _ => return Err(Reason::BadBinary),
        },
        eula: optional(reader.text().or_damaged()?, parse_value)?,
        pak: optional(reader.text().or_damaged()?, parse_value)?,
        extras: extras(reader.text().or_damaged()?)?,
    };
    let seal = seal(&mut reader)?;
    terms.validate()?;
    Ok(Line::new(terms, seal))
}

#[inline(never)]
pub(crate) fn key_body(body: &[u8]) -> Result<KeyRecord<'_>, Reason> {
    let mut reader = Reader::new(body);
    let terms = KeyTerms {
        id: reader.array().map(KeyId).or_damaged()?,
        role: reader.byte().and_then(Role::from_number).or_damaged()?,
        key: reader.array().map(PublicKey::from_xy).or_damaged()?,
        features: optional(reader.text().or_damaged()?, List::features)?.unwrap_or_default(),
        pids: optional(reader.text().or_damaged()?, List::pids)?.unwrap_or_default(),
        not_before: reader.date().or_damaged()?,
        not_after: reader.date().or_damaged()?,
    };
    let seal = seal(&mut reader)?;
    terms.validate()?;
    Ok(KeyRecord::new(terms, seal))
}

#[inline(never)]
pub(crate) fn repair_body(body: &[u8]) -> Result<RepairRecord<'_>, Reason> {
    let mut reader = Reader::new(body);
    let terms = RepairTerms {
        repair: reader.byte().and_then(Repair::from_number).or_damaged()?,
        number: reader.number().or_damaged()?,
        id: reader.array().map(LineId).or_damaged()?,
        udi: Udi::parse(reader.text().or_damaged()?)?,
        issued: reader.date().or_damaged()?,
    };
    Ok(RepairRecord::new(terms, seal(&mut reader)?))
}

/// Signer and signature, and nothing behind them.
fn seal<'a>(reader: &mut Reader<'a>) -> Result<Seal<'a>, Reason> {
    let signer = reader.array().map(KeyId).or_damaged()?;
    let signature = reader.array_here().map(WrittenSignature::Binary).or_damaged()?;
    if reader.is_empty() {
        Ok(Seal { text: None, signer, signature })
    } else {
        Err(Reason::BadBinary)
    }
}

fn optional<'a, T>(
    text: &'a [u8],
    parse: impl FnOnce(&'a [u8]) -> Result<T, Reason>,
) -> Result<Option<T>, Reason> {
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}

/// Extension fields with exactly one space between.
fn extras(text: &[u8]) -> Result<Extras<'_>, Reason> {
    let extras = Extras::parse(text)?;
    // Not `count()`, which panics where overflow checks are on.
    let joined = extras.tokens().fold(0_usize, |len, token| {
        len.saturating_add(token.len()).saturating_add(usize::from(len > 0))
    });
    let shortest = joined == text.len();
    let plain = text.iter().all(|&b| b == b' ' || b.is_ascii_graphic());
    if shortest && plain { Ok(extras) } else { Err(Reason::BadBinary) }
}
