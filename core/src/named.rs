//! Enums whose values have a name, and a number that is stored or crosses to C: number and name of
//! each in one list.

/// Makes an enum from `Name = number "name"`, with `ALL`, `name`, `from_number` and `from_name`. With the feature
/// `serde` it is its name in formats for people and its number in others, with `defmt` its name.
macro_rules! named {
    (
        $(#[$attribute:meta])*
        $visible:vis enum $enum:ident {
            $($(#[$doc:meta])* $name:ident = $number:literal $text:literal,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        $visible enum $enum {
            $($(#[$doc])* $name = $number,)+
        }

        impl $enum {
            /// All of them, by number.
            pub const ALL: [Self; [$($number),+].len()] = [$(Self::$name),+];

            /// The name: one word in records, machine-readable output and events.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The one with this number.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// The one with this name.
            #[must_use]
            pub fn from_name(name: &[u8]) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.name().as_bytes() == name)
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $enum {
            fn format(&self, f: defmt::Formatter<'_>) {
                let name = match self {
                    $(Self::$name => defmt::intern!($text),)+
                };
                defmt::write!(f, "{=istr}", name);
            }
        }

        impl core::fmt::Display for $enum {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl core::str::FromStr for $enum {
            type Err = $crate::reason::Reason;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::from_name(text.as_bytes()).ok_or($crate::reason::Reason::BadValue)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::convert::wire::name_or_number(self.name(), *self as u8, serializer)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $enum {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let parse = |name: &[u8]| {
                    Self::from_name(name).ok_or($crate::reason::Reason::BadValue)
                };
                $crate::convert::wire::from_text_or_plain(parse, Self::from_number, from)
            }
        }
    };
}
pub(crate) use named;
