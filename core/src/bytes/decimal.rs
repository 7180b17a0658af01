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
            // Most numbers are short, and 64 bits take a small processor some 500 instructions.
            let (rest, digit) = match u32::try_from(value) {
                Ok(value) => (u64::from(value / 10), u64::from(value % 10)),
                Err(_) => (value / 10, value % 10),
            };
            // A digit is its own low byte.
            *place = b'0' | digit.to_le_bytes()[0];
            value = rest;
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
