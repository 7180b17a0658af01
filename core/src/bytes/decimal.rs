//! Numbers in their one form: digits without leading zeros.

/// Reads a number of up to `max`; `None` for an empty text, other characters, a leading zero
/// (but for 0 itself) or more than `max`.
pub(crate) fn decode(text: &[u8], max: u64) -> Option<u64> {
    if matches!(text, [] | [b'0', _, ..]) {
        return None;
    }
    let mut value: u64 = 0;
    for &c in text {
        if !c.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(c & 15))?;
        if value > max {
            return None;
        }
    }
    Some(value)
}

/// The lower half.
pub(crate) const fn low_u32(value: u64) -> u32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The number, or the highest that fits.
pub(crate) const fn saturating_u32(value: u64) -> u32 {
    if value >> 32 == 0 { low_u32(value) } else { u32::MAX }
}

/// The lower half.
pub(crate) const fn low_u16(value: u32) -> u16 {
    let [a, b, _, _] = value.to_le_bytes();
    u16::from_le_bytes([a, b])
}

/// The digits of a number; 20 are enough for 64 bits.
pub(crate) struct Digits {
    digits: [u8; 20],
    start: usize,
}

impl Digits {
    pub(crate) fn new(value: u64) -> Self {
        // In parts of 16 bits, from the highest: a processor of 32 bits divides each in one step, and takes
        // some 500 for all 64 bits.
        let [a, b, c, d, e, f, g, h] = value.to_be_bytes();
        let mut parts = [[a, b], [c, d], [e, f], [g, h]].map(u16::from_be_bytes);
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        for place in digits.iter_mut().rev() {
            let mut rest: u32 = 0;
            for part in &mut parts {
                // The remainder before is below 10, so the quotient is below 2^16.
                let number = rest << 16 | u32::from(*part);
                *part = low_u16(number / 10);
                rest = number % 10;
            }
            // A digit is its own low byte.
            *place = b'0' | rest.to_le_bytes()[0];
            start = start.wrapping_sub(1);
            if parts == [0; 4] {
                break;
            }
        }
        Self { digits, start }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.start..).unwrap_or_default()
    }
}
