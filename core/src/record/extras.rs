//! Extension fields (`x-...=`): signed, shown, ignored by the device.

use crate::bytes::sink::Sink;
use crate::bytes::text::Text;
use crate::bytes::token::Tokens;
use crate::limits::{MAX_EXTRA_KEY_LEN, MAX_EXTRAS, MAX_VALUE_LEN};
use crate::reason::Reason;

/// The extension fields of one line, in ascending order of their keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    text: &'a [u8],
}

impl<'a> Extras<'a> {
    /// No fields.
    pub const NONE: Self = Self { text: &[] };

    /// Checks `x-key=value` tokens, white space between them.
    ///
    /// # Errors
    /// [`Reason::BadField`], [`Reason::UnknownField`], [`Reason::BadValue`],
    /// [`Reason::FieldOrder`], [`Reason::TooManyExtras`], [`Reason::BadCharacter`].
    pub fn parse(text: &'a [u8]) -> Result<Self, Reason> {
        let mut tokens = Tokens::new(text);
        let mut check = ExtrasCheck::new();
        while let Some(token) = tokens.next().map_err(|(reason, _)| reason)? {
            check.take(token.bytes)?;
        }
        Ok(Self { text })
    }

    /// Text whose tokens have all gone through [`ExtrasCheck`].
    pub(super) const fn checked(text: &'a [u8]) -> Self {
        Self { text }
    }

    /// The tokens, `x-key=value` each.
    pub fn tokens(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut tokens = Tokens::new(self.text);
        core::iter::from_fn(move || tokens.next().ok().flatten().map(|token| token.bytes))
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (Text<'a>, Text<'a>)> + use<'a> {
        self.tokens().filter_map(|token| {
            let (key, value) = split_field(token)?;
            Some((Text::new(key)?, Text::new(value)?))
        })
    }

    /// The tokens with single spaces between.
    pub(super) fn emit(&self, out: &mut impl Sink) {
        let mut space: &[u8] = b"";
        for token in self.tokens() {
            out.put(space);
            out.put(token);
            space = b" ";
        }
    }

    /// From the binary twin, which has exactly one space between two.
    pub(super) fn decode(text: &'a [u8]) -> Result<Self, Reason> {
        let extras = Self::parse(text)?;
        // Not `count()`, which panics where overflow checks are on.
        let joined = extras.tokens().fold(0_usize, |len, token| {
            len.saturating_add(token.len()).saturating_add(usize::from(len > 0))
        });
        let shortest = joined == text.len();
        let plain = text.iter().all(|&b| b == b' ' || b.is_ascii_graphic());
        if shortest && plain { Ok(extras) } else { Err(Reason::BadBinary) }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens().next().is_none()
    }
}

/// Keys and values.
#[cfg(feature = "serde")]
impl serde::Serialize for Extras<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        // Not `count()`, which panics where overflow checks are on.
        let len = self.iter().fold(0_usize, |len, _| len.saturating_add(1));
        let mut map = serializer.serialize_map(Some(len))?;
        for (key, value) in self.iter() {
            map.serialize_entry(&key, &value)?;
        }
        map.end()
    }
}

/// Equal if the tokens are; white space between them does not matter.
impl PartialEq for Extras<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.tokens().eq(other.tokens())
    }
}

impl Eq for Extras<'_> {}

/// `key=value` at its first `=`.
pub(super) fn split_field(token: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = token.iter().position(|&b| b == b'=')?;
    let (key, rest) = token.split_at_checked(at)?;
    let (_, value) = rest.split_first()?;
    Some((key, value))
}

/// Checks one extension field after another.
pub(super) struct ExtrasCheck<'a> {
    last_key: &'a [u8],
    count: usize,
}

impl<'a> ExtrasCheck<'a> {
    pub(super) const fn new() -> Self {
        Self { last_key: &[], count: 0 }
    }

    pub(super) fn take(&mut self, token: &'a [u8]) -> Result<(), Reason> {
        let (key, value) = split_field(token).ok_or(Reason::BadField)?;
        let name = key.strip_prefix(b"x-").ok_or(Reason::UnknownField)?;
        let key_ok = !name.is_empty()
            && key.len() <= MAX_EXTRA_KEY_LEN
            && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
        // Tokens are printable.
        let value_ok = (1..=MAX_VALUE_LEN).contains(&value.len());
        if !key_ok || !value_ok {
            return Err(Reason::BadValue);
        }
        if key <= self.last_key {
            return Err(Reason::FieldOrder);
        }
        self.last_key = key;
        self.count = self.count.wrapping_add(1);
        if self.count > MAX_EXTRAS { Err(Reason::TooManyExtras) } else { Ok(()) }
    }
}

/// A free value: 1 to 64 name bytes.
pub(super) fn parse_value(text: &[u8]) -> Result<Text<'_>, Reason> {
    let fits = (1..=MAX_VALUE_LEN).contains(&text.len());
    Text::of_name_bytes(text).filter(|_| fits).ok_or(Reason::BadValue)
}
