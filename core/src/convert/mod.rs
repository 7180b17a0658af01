//! Values on their way to other forms: the conversions of the standard library, and `serde`.
//!
//! A value with one text says here how that is read and, for formats that are not for people, which small value
//! stands for it. Enums with names do so in [`named`](crate::named); structs of such values derive the rest.

#[cfg(feature = "serde")]
pub(crate) mod wire;

/// Gives a value that has one text, which `parse` reads and `Display` writes, the conversions from text of the standard
/// library, and with the feature `serde` two forms: the text in formats for people, the small value in others.
///
/// `plain: PLAIN, into, from` names that small value, the way to it, and the way back, which may fail.
macro_rules! one_text {
    ($value:ident, plain: $plain:ty, $into:expr, $from:expr $(,)?) => {
        impl core::str::FromStr for $value {
            type Err = $crate::reason::Reason;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text.as_bytes())
            }
        }

        $crate::convert::from_text!([] $value);

        #[cfg(feature = "serde")]
        impl serde::Serialize for $value {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let plain: fn(&Self) -> $plain = $into;
                $crate::convert::wire::text_or_plain(self, plain, serializer)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $value {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let plain: fn($plain) -> Option<Self> = $from;
                $crate::convert::wire::from_text_or_plain(Self::parse, plain, from)
            }
        }
    };
}
pub(crate) use one_text;

/// The same for a value that borrows its text, which is its form in every format.
macro_rules! borrowed_text {
    ($value:ident) => {
        $crate::convert::from_text!(['a] $value);

        #[cfg(feature = "serde")]
        impl serde::Serialize for $value<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de: 'a, 'a> serde::Deserialize<'de> for $value<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <&'a str>::deserialize(from)?;
                Self::parse(text.as_bytes()).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use borrowed_text;

/// `TryFrom` of text, as bytes and as a string.
macro_rules! from_text {
    ([$($life:lifetime)?] $value:ident) => {
        impl<$($life)?> TryFrom<&$($life)? [u8]> for $value $(<$life>)? {
            type Error = $crate::reason::Reason;

            fn try_from(text: &$($life)? [u8]) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl<$($life)?> TryFrom<&$($life)? str> for $value $(<$life>)? {
            type Error = $crate::reason::Reason;

            fn try_from(text: &$($life)? str) -> Result<Self, Self::Error> {
                Self::parse(text.as_bytes())
            }
        }
    };
}
pub(crate) use from_text;
