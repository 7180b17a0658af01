//! Reads the binary forms: records in their twin, and the values in storage.

use crate::reason::Reason;

/// Reads forward, never beyond the end.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
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

    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        self.offset = self.offset.wrapping_add(n);
        Some(taken)
    }
}

/// What does not decode is damaged; what decodes to a value that no text has keeps that reason.
pub(crate) trait OrDamaged<T> {
    fn or_damaged(self) -> Result<T, Reason>;
}

impl<T> OrDamaged<T> for Option<T> {
    fn or_damaged(self) -> Result<T, Reason> {
        self.ok_or(Reason::BadBinary)
    }
}

/// Text that may be empty for "not there".
pub(crate) fn optional<'a, T>(
    text: &'a [u8],
    parse: impl FnOnce(&'a [u8]) -> Result<T, Reason>,
) -> Result<Option<T>, Reason> {
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}
