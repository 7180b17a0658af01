//! The canonical text of a record. Device and vendor both emit with this and nothing else.

use crate::bytes::sink::Sink;
use crate::bytes::{base64url, decimal::Digits, hex};
use crate::key::{KeyId, KeyTerms};
use crate::line::terms::{Combine, ExpiryPolicy};
use crate::line::{Count, Terms};
use crate::udi::Udi;
use crate::verify::Signature;

impl Terms<'_> {
    /// Writes the text from the keyword to the last field before `sig=`, without white space at
    /// the end: what is signed, behind the domain prefix.
    pub fn emit(&self, out: &mut impl Sink) {
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
        emit_hex(&self.id.0, out);
        if let Some(udi) = self.udi {
            out.put(b" udi=");
            emit_udi(&udi, out);
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
        for extra in self.extras.tokens() {
            out.put(b" ");
            out.put(extra);
        }
    }
}

impl KeyTerms<'_> {
    /// Writes the text from the keyword to the last field before `sig=`.
    pub fn emit(&self, out: &mut impl Sink) {
        out.put(b"KEY 1 ");
        emit_hex(&self.id.0, out);
        out.put(b" ");
        out.put(self.role.name().as_bytes());
        out.put(b" key=");
        base64url::encode(self.key.as_bytes(), out);
        if !self.features.is_empty() {
            out.put(b" features=");
            out.put(self.features.text().as_bytes());
        }
        if !self.pids.is_empty() {
            out.put(b" pids=");
            out.put(self.pids.text().as_bytes());
        }
        out.put(b" not-before=");
        self.not_before.emit(out);
        out.put(b" not-after=");
        self.not_after.emit(out);
    }
}

/// Writes ` sig=KEYID:SIGNATURE`, the end of every record.
pub fn emit_signature(signer: KeyId, signature: &Signature, out: &mut impl Sink) {
    out.put(b" sig=");
    emit_hex(&signer.0, out);
    out.put(b":");
    base64url::encode(signature.as_bytes(), out);
}

pub(crate) fn emit_udi(udi: &Udi<'_>, out: &mut impl Sink) {
    out.put(udi.pid().as_bytes());
    out.put(b":");
    out.put(udi.sn().as_bytes());
}

pub(crate) fn emit_hex(bytes: &[u8], out: &mut impl Sink) {
    for &byte in bytes {
        out.put(&hex::encode_byte(byte));
    }
}
