//! [`Text`]: a borrowed run of printable ASCII.

/// A run of printable ASCII (0x21 to 0x7E), borrowed from the record that it stands in.
///
/// Bytes inside, because the firmware path needs no `str`; [`as_str`](Text::as_str) is there for
/// everybody else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Takes the bytes if all are printable ASCII without white space.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        Self::of(bytes, |b| b.is_ascii_graphic())
    }

    /// The same for letters, digits, `.`, `_` and `-`, which names and free values have.
    pub(crate) fn of_name_bytes(bytes: &'a [u8]) -> Option<Self> {
        Self::of(bytes, is_name_byte)
    }

    /// The same for some printable characters.
    pub(crate) fn of(bytes: &'a [u8], some: impl Fn(u8) -> bool) -> Option<Self> {
        bytes.iter().all(|&b| some(b)).then_some(Self(bytes))
    }

    /// The bytes, ASCII.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The same as a string.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        core::str::from_utf8(self.0).unwrap_or_default()
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// Characters that names and free values share.
pub(crate) const fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')
}

impl core::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Text<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl core::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(self.as_str(), f)
    }
}
