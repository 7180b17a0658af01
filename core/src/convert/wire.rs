//! What is behind `serde`: a text in formats for people, a small value in others.

use core::fmt::{self, Display, Formatter};

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::reason::Reason;

/// Writes the text of a value, or what is shorter where nobody reads it.
pub(crate) fn text_or_plain<T: Display, P: Serialize, S: Serializer>(
    value: &T,
    plain: fn(&T) -> P,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.collect_str(value)
    } else {
        plain(value).serialize(serializer)
    }
}

/// Reads what [`text_or_plain`] has written, and nothing that its constructors would refuse.
pub(crate) fn from_text_or_plain<'de, T, P: Deserialize<'de>, D: Deserializer<'de>>(
    parse: fn(&[u8]) -> Result<T, Reason>,
    plain: fn(P) -> Option<T>,
    from: D,
) -> Result<T, D::Error> {
    if from.is_human_readable() {
        from.deserialize_str(Parse(parse))
    } else {
        plain(P::deserialize(from)?).ok_or_else(|| D::Error::custom(Reason::BadValue))
    }
}

/// Writes the name of one of several values, or its number.
pub(crate) fn name_or_number<S: Serializer>(
    name: &'static str,
    number: u8,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.serialize_str(name)
    } else {
        serializer.serialize_u8(number)
    }
}

/// A text that is UTF-8 as a string, and else its bytes.
pub(crate) fn string_or_bytes<S: Serializer>(
    text: &[u8],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match core::str::from_utf8(text) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => serializer.serialize_bytes(text),
    }
}

/// Reads a text with the function that knows its form.
pub(crate) struct Parse<T>(pub(crate) fn(&[u8]) -> Result<T, Reason>);

impl<T> Visitor<'_> for Parse<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text.as_bytes()).map_err(E::custom)
    }
}

/// 64 bytes in two parts: arrays of up to 32 are what `serde` knows.
pub(crate) fn halves(bytes: &[u8; 64]) -> [[u8; 32]; 2] {
    let half = |half: Option<&[u8; 32]>| half.copied().unwrap_or_default();
    [half(bytes.first_chunk()), half(bytes.last_chunk())]
}

/// The way back.
pub(crate) fn joined(halves: [[u8; 32]; 2]) -> Option<[u8; 64]> {
    halves.as_flattened().try_into().ok()
}
