//! Enums whose values have a name, and a number that is stored or crosses to C: number and name of
//! each in one list.

/// Makes an enum from `Name = number "name"`, with `ALL`, `name`, `from_number` and `from_name`.
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
    };
}
pub(crate) use named;
