//! Lower-case hexadecimal of fixed length.

/// Decodes exactly `2 * N` lower-case digits.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != N.wrapping_mul(2) {
        return None;
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(out)
}

/// The two digits of one byte.
pub(crate) const fn encode_byte(byte: u8) -> [u8; 2] {
    [letter(byte >> 4), letter(byte & 15)]
}

const fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c & 15),
        b'a'..=b'f' => Some((c & 15).wrapping_add(9)),
        _ => None,
    }
}

const fn letter(n: u8) -> u8 {
    if n < 10 { n | b'0' } else { n.wrapping_add(b'a').wrapping_sub(10) }
}
