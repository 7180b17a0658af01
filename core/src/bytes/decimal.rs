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

/// The digits of a number; 20 are enough for 64 bits.
pub(crate) struct Digits {
    digits: [u8; 20],
    start: usize,
}

impl Digits {
    pub(crate) fn new(mut value: u64) -> Self {
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        for place in digits.iter_mut().rev() {
            // The remainder is below 10, so it is its own low byte.
            *place = b'0' | value.wrapping_rem(10).to_le_bytes()[0];
            value /= 10;
            start = start.wrapping_sub(1);
            if value == 0 {
                break;
            }
        }
        Self { digits, start }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.start..).unwrap_or_default()
    }
}
