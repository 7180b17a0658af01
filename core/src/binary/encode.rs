//! Record to binary frame.

use crate::binary::{KIND_KEY, KIND_LICENSE, KIND_REPAIR, MARK};
use crate::bytes::sink::{BufferTooSmall, CountSink, Sink, SliceSink};
use crate::date::Date;
use crate::key::{KeyId, KeyRecord, KeyTerms};
use crate::line::{Combine, Count, ExpiryPolicy, Line, Record, Terms, emit_udi};
use crate::repair::{RepairRecord, RepairTerms};
use crate::udi::Udi;
use crate::verify::Signature;

impl Record<'_> {
    /// Writes the binary twin: a frame that decodes to the same signed text.
    ///
    /// # Errors
    /// [`BufferTooSmall`]; [`MAX_RECORD_LEN`](crate::limits::MAX_RECORD_LEN) bytes always do.
    pub fn write_binary<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], BufferTooSmall> {
        let mut out = SliceSink::new(buffer);
        match self {
            Self::License(line) => line.emit_binary(&mut out),
            Self::Key(key) => key.emit_binary(&mut out),
            Self::Repair(repair) => repair.emit_binary(&mut out),
        }
        out.finish()
    }
}

/// A record that has a frame.
pub(crate) trait Frame {
    const KIND: u8;

    fn emit_body(&self, out: &mut SliceSink<'_>);

    fn emit_binary(&self, out: &mut SliceSink<'_>) {
        let mut counted = SliceSink::new(&mut []);
        self.emit_body(&mut counted);
        out.put(&[MARK, Self::KIND]);
        number(u64::try_from(counted.written()).unwrap_or(u64::MAX), out);
        self.emit_body(out);
    }
}

impl Frame for Line<'_> {
    const KIND: u8 = KIND_LICENSE;

    fn emit_body(&self, out: &mut SliceSink<'_>) {
        license_body(self.terms(), out);
        seal(self.signer(), &self.signature(), out);
    }
}

impl Frame for KeyRecord<'_> {
    const KIND: u8 = KIND_KEY;

    fn emit_body(&self, out: &mut SliceSink<'_>) {
        key_body(self.terms(), out);
        seal(self.signer(), &self.signature(), out);
    }
}

impl Frame for RepairRecord<'_> {
    const KIND: u8 = KIND_REPAIR;

    fn emit_body(&self, out: &mut SliceSink<'_>) {
        repair_body(self.terms(), out);
        seal(self.signer(), &self.signature(), out);
    }
}

fn license_body(terms: &Terms<'_>, out: &mut impl Sink) {
    text(terms.feature.as_bytes(), out);
    for part in terms.version.parts() {
        number(u64::from(part), out);
    }
    out.put(&[terms.license_type as u8]);
    number(
        match terms.count {
            Count::Uncounted => 0,
            Count::Units(units) => units,
        },
        out,
    );
    out.put(&terms.id.0);
    match terms.udi {
        None => number(0, out),
        Some(device) => udi(&device, out),
    }
    date(terms.issued, out);
    optional_date(terms.start, out);
    optional_date(terms.end, out);
    number(terms.usage.map_or(0, |usage| usage.seconds()), out);
    out.put(&[match terms.combine {
        Combine::Exclusive => 0,
        Combine::Additive => 1,
    }]);
    out.put(&[match terms.expiry {
        ExpiryPolicy::UntilReboot => 0,
        ExpiryPolicy::Immediate => 1,
        ExpiryPolicy::Report => 2,
    }]);
    text(terms.eula.unwrap_or_default().as_bytes(), out);
    text(terms.pak.unwrap_or_default().as_bytes(), out);
    let mut count = CountSink::default();
    extras(terms, &mut count);
    number(u64::try_from(count.0).unwrap_or(u64::MAX), out);
    extras(terms, out);
}

fn key_body(terms: &KeyTerms<'_>, out: &mut impl Sink) {
    out.put(&terms.id.0);
    out.put(&[terms.role as u8]);
    out.put(terms.key.as_bytes());
    text(terms.features.text().as_bytes(), out);
    text(terms.pids.text().as_bytes(), out);
    date(terms.not_before, out);
    date(terms.not_after, out);
}

fn repair_body(terms: &RepairTerms<'_>, out: &mut impl Sink) {
    out.put(&[terms.repair as u8]);
    number(terms.number, out);
    out.put(&terms.id.0);
    udi(&terms.udi, out);
    date(terms.issued, out);
}

fn udi(udi: &Udi<'_>, out: &mut impl Sink) {
    let len = udi.pid().len().saturating_add(1).saturating_add(udi.sn().len());
    number(u64::try_from(len).unwrap_or(u64::MAX), out);
    emit_udi(udi, out);
}

fn seal(signer: KeyId, signature: &Signature, out: &mut impl Sink) {
    out.put(&signer.0);
    out.put(signature.as_bytes());
}

/// The extension fields with single spaces between.
fn extras(terms: &Terms<'_>, out: &mut impl Sink) {
    let mut space: &[u8] = b"";
    for token in terms.extras.tokens() {
        out.put(space);
        out.put(token);
        space = b" ";
    }
}

pub(crate) fn text(bytes: &[u8], out: &mut impl Sink) {
    number(u64::try_from(bytes.len()).unwrap_or(u64::MAX), out);
    out.put(bytes);
}

fn date(date: Date, out: &mut impl Sink) {
    number(u64::from(date.days()), out);
}

fn optional_date(optional: Option<Date>, out: &mut impl Sink) {
    match optional {
        None => out.put(&[0]),
        Some(day) => {
            out.put(&[1]);
            date(day, out);
        }
    }
}

pub(crate) fn number(mut value: u64, out: &mut impl Sink) {
    loop {
        let low = value.to_le_bytes()[0];
        value >>= 7;
        if value == 0 {
            out.put(&[low & 0x7F]);
            return;
        }
        out.put(&[low | 0x80]);
    }
}
