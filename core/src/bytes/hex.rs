//! Lower-case hexadecimal of fixed length.

use crate::bytes::sink::Sink;

/// Decodes exactly `2 * N` lower-case digits.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != N.wrapping_mul(2) {
        return None;
    }
    let mut out = [0; N];
    let mut all = 0;
    for (byte, [high, low]) in out.iter_mut().zip(text.as_chunks().0) {
        let (high, low) = (digit(*high), digit(*low));
        all |= high | low;
        *byte = high << 4 | low;
    }
    (all < 16).then_some(out)
}

/// The two digits of one byte.
pub(crate) const fn encode_byte(byte: u8) -> [u8; 2] {
    [letter(byte >> 4), letter(byte & 15)]
}

/// Writes the digits of all bytes.
pub(crate) fn emit(bytes: &[u8], out: &mut impl Sink) {
    for &byte in bytes {
        out.put(&encode_byte(byte));
    }
}

/// What a digit stands for; 16 if it is none. Without branches: which way they go, no processor could
/// foresee.
const fn digit(c: u8) -> u8 {
    let (number, letter) = (c.wrapping_sub(b'0'), c.wrapping_sub(b'a'));
    if number < 10 {
        number
    } else if letter < 6 {
        letter.wrapping_add(10)
    } else {
        16
    }
}

const fn letter(n: u8) -> u8 {
    if n < 10 { n | b'0' } else { n.wrapping_add(b'a').wrapping_sub(10) }
}
