//! Writes the binary forms that [`Reader`](super::reader::Reader) reads.

use crate::bytes::sink::Sink;

/// A length and the bytes.
pub(crate) fn text(bytes: &[u8], out: &mut impl Sink) {
    number(u64::try_from(bytes.len()).unwrap_or(u64::MAX), out);
    out.put(bytes);
}

/// In groups of seven bits, lowest first, the high bit set on all but the last.
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
