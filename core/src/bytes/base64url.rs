//! base64url without padding (RFC 4648 section 5), of 64 bytes, in its one encoding: the four
//! unused bits of the last character must be zero (RFC 4648 section 3.5).

use super::sink::{Sink, SliceSink};

/// Characters for 64 bytes: 512 bits in groups of 6, rounded up.
pub(crate) const LEN_64: usize = 86;

/// Whether it is the one encoding of some 64 bytes.
pub(crate) fn is_encoding_of_64(text: &[u8]) -> bool {
    let unused_bits_are_zero = matches!(text.last(), Some(b'A' | b'Q' | b'g' | b'w'));
    // No way out on the way, and no table: the compiler makes vectors of this.
    let others = text.iter().fold(false, |others, &c| {
        others | !(c.is_ascii_alphanumeric() | (c == b'-') | (c == b'_'))
    });
    text.len() == LEN_64 && unused_bits_are_zero && !others
}

/// Decodes the one encoding of 64 bytes.
pub(crate) fn decode_64(text: &[u8]) -> Option<[u8; 64]> {
    let mut out = [0; 64];
    decode_64_into(text, &mut out).map(|()| out)
}

/// The same in place: a result on its way out would stand on the stack twice.
pub(crate) fn decode_64_into(text: &[u8], out: &mut [u8; 64]) -> Option<()> {
    if !is_encoding_of_64(text) {
        return None;
    }
    fill_64(text, out);
    Some(())
}

/// The same for what is known to be an encoding; anything else gives other bytes.
pub(crate) fn fill_64(text: &[u8], out: &mut [u8; 64]) {
    let ((threes, end), (fours, last)) = (out.as_chunks_mut(), text.as_chunks::<4>());
    for (three, four) in threes.iter_mut().zip(fours) {
        let bits = four.iter().fold(0, |bits: u32, c| bits << 6 | u32::from(value(*c)));
        let [c, b, a, _] = bits.to_le_bytes();
        *three = [a, b, c];
    }
    if let ([byte], [a, b]) = (end, last) {
        *byte = value(*a) << 2 | value(*b) >> 4;
    }
}

/// Writes the one encoding.
pub(crate) fn encode(bytes: &[u8], out: &mut impl Sink) {
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let quad =
            [bits >> 18, bits >> 12, bits >> 6, bits].map(|six| letter(six.to_le_bytes()[0]));
        out.put(quad.get(..=group.len()).unwrap_or_default());
    }
}

/// The same for people.
pub(crate) fn display(bytes: &[u8; 64], f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
    let mut text = [0; LEN_64];
    let mut out = SliceSink::new(&mut text);
    encode(bytes, &mut out);
    f.write_str(core::str::from_utf8(&text).unwrap_or_default())
}

/// What each character stands for; 64 and more if it stands for nothing.
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "at compile time")]
const VALUES: [u8; 128] = {
    let mut values = [64; 128];
    let mut six = 0;
    while six < 64 {
        values[letter(six) as usize] = six;
        six += 1;
    }
    values
};

fn value(c: u8) -> u8 {
    VALUES.get(usize::from(c)).copied().unwrap_or(64)
}

/// The character for the low six bits.
const fn letter(six: u8) -> u8 {
    match six & 63 {
        n @ 0..=25 => n.wrapping_add(b'A'),
        n @ 26..=51 => n.wrapping_sub(26).wrapping_add(b'a'),
        n @ 52..=61 => n.wrapping_sub(52).wrapping_add(b'0'),
        62 => b'-',
        _ => b'_',
    }
}
