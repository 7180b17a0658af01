//! The closed values of a license line: its id, its type, its count, and what happens at its end.

use crate::bytes::{decimal, hex};
use crate::convert::{from_text, one_text};
use crate::limits::MAX_COUNT;
use crate::named::named;
use crate::reason::Reason;

/// The id of a line: 10 bytes, unique among all lines of a vendor. Revoking, "installed already"
/// and support go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub [u8; 10]);

impl LineId {
    /// From 20 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`Reason::BadId`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        hex::decode(text).map(Self).ok_or(Reason::BadId)
    }
}

one_text!(LineId, plain: [u8; 10], |id| id.0, |bytes| Some(Self(bytes)));

impl core::fmt::Display for LineId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

named! {
    /// The ten license types (docs/SPEC.md section 4.3).
    pub enum LicenseType {
        /// Trial, metered by running time.
        Evaluation = 1 "evaluation",
        /// Longer trial, approved by the vendor.
        Extension = 2 "extension",
        /// Bridges the time after a right was moved to another device.
        Grace = 3 "grace",
        /// For ever, on one device.
        Permanent = 4 "permanent",
        /// Paid for, until a date.
        Subscription = 5 "subscription",
        /// Trial until a date, once for each UDI.
        EvaluationSubscription = 6 "evaluation-subscription",
        /// Trial until a date, may be repeated.
        ExtensionSubscription = 7 "extension-subscription",
        /// Trial that turns into a right to use.
        EvaluationRightToUse = 8 "evaluation-right-to-use",
        /// What that trial turns into.
        RightToUse = 9 "right-to-use",
        /// Right to use that the operator activates.
        PermanentRightToUse = 10 "permanent-right-to-use",
    }
}

impl LicenseType {
    /// The type of this name.
    ///
    /// # Errors
    /// [`Reason::BadType`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        Self::from_name(text).ok_or(Reason::BadType)
    }

    /// Whether running time is metered: the line has `usage=`.
    #[must_use]
    pub const fn is_metered(self) -> bool {
        matches!(
            self,
            Self::Evaluation | Self::Extension | Self::Grace | Self::EvaluationRightToUse
        )
    }

    /// Whether the calendar decides: the line has `end=` and may have `start=`.
    #[must_use]
    pub const fn is_dated(self) -> bool {
        matches!(
            self,
            Self::Subscription | Self::EvaluationSubscription | Self::ExtensionSubscription
        )
    }

    /// Whether it is a trial, also one that turns into a right to use.
    #[must_use]
    pub const fn begins_as_trial(self) -> bool {
        self.is_trial() || matches!(self, Self::EvaluationRightToUse)
    }

    /// Whether it only bridges a time: a trial, or the grace after a transfer. Its priority is low at
    /// first and can be changed, and its agreement must be accepted.
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        self.begins_as_trial() || matches!(self, Self::Grace)
    }

    /// Whether the operator must activate it before use.
    #[must_use]
    pub const fn must_be_activated(self) -> bool {
        matches!(self, Self::RightToUse | Self::PermanentRightToUse)
    }

    /// Whether the line must name a UDI.
    #[must_use]
    pub const fn must_be_locked(self) -> bool {
        matches!(
            self,
            Self::Extension
                | Self::Grace
                | Self::Permanent
                | Self::Subscription
                | Self::EvaluationSubscription
                | Self::ExtensionSubscription
        )
    }

    /// Whether a key with the role "evaluation" may sign it: everything that ends by itself and
    /// was not paid for.
    #[must_use]
    pub const fn is_trial(self) -> bool {
        matches!(
            self,
            Self::Evaluation
                | Self::Extension
                | Self::EvaluationSubscription
                | Self::ExtensionSubscription
        )
    }
}

/// How many units a line grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Count {
    /// As many as one likes.
    Uncounted,
    /// This many, 1 to [`MAX_COUNT`].
    Units(u64),
}

impl Count {
    /// From `uncounted` or a number.
    ///
    /// # Errors
    /// [`Reason::BadCount`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        if text == b"uncounted" {
            return Ok(Self::Uncounted);
        }
        match decimal::decode(text, MAX_COUNT) {
            Some(units) if units > 0 => Ok(Self::Units(units)),
            _ => Err(Reason::BadCount),
        }
    }
}

impl core::fmt::Display for Count {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Uncounted => f.write_str("uncounted"),
            Self::Units(units) => write!(f, "{units}"),
        }
    }
}

impl core::str::FromStr for Count {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text.as_bytes())
    }
}

from_text!([] Count);

named! {
    /// How a counted line goes together with others for the same feature. Numbers as in the binary twin.
    #[derive(Default)]
    pub enum Combine {
        /// Stands for itself; of several such lines the largest counts. Not written.
        #[default]
        Exclusive = 0 "exclusive",
        /// Adds its units to the others: `combine=additive`.
        Additive = 1 "additive",
    }
}

named! {
    /// What happens when a metered or dated right ends while it is in use. Numbers as in the binary twin.
    #[derive(Default)]
    pub enum ExpiryPolicy {
        /// It goes on until the next reboot. Not written.
        #[default]
        UntilReboot = 0 "until-reboot",
        /// It ends at once: `expiry=immediate`.
        Immediate = 1 "immediate",
        /// It goes on, and is reported: `expiry=report`.
        Report = 2 "report",
    }
}

/// In formats for people `"uncounted"` or a number.
#[cfg(feature = "serde")]
mod wire {
    use core::fmt::{self, Formatter};

    use serde::de::{Deserialize, Deserializer, Error, Visitor};
    use serde::ser::{Serialize, Serializer};

    use super::{Count, MAX_COUNT, Reason};

    /// In formats for programs. What is all zeros is no count.
    #[derive(serde::Serialize, serde::Deserialize)]
    enum Plain {
        Units(u64),
        Uncounted,
    }

    impl Serialize for Count {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match (serializer.is_human_readable(), *self) {
                (true, Self::Uncounted) => serializer.collect_str(self),
                (true, Self::Units(units)) => serializer.serialize_u64(units),
                (false, Self::Uncounted) => Plain::Uncounted.serialize(serializer),
                (false, Self::Units(units)) => Plain::Units(units).serialize(serializer),
            }
        }
    }

    impl<'de> Deserialize<'de> for Count {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            up_to(MAX_COUNT, from)
        }
    }

    /// The count of several lines together.
    pub(crate) fn sum<'de, D: Deserializer<'de>>(from: D) -> Result<Count, D::Error> {
        up_to(u64::MAX, from)
    }

    fn up_to<'de, D: Deserializer<'de>>(most: u64, from: D) -> Result<Count, D::Error> {
        let count = if from.is_human_readable() {
            from.deserialize_any(Written)?
        } else {
            match Plain::deserialize(from)? {
                Plain::Uncounted => Count::Uncounted,
                Plain::Units(units) => Count::Units(units),
            }
        };
        match count {
            Count::Units(units) if !(1..=most).contains(&units) => {
                Err(D::Error::custom(Reason::BadCount))
            }
            count => Ok(count),
        }
    }

    struct Written;

    impl Visitor<'_> for Written {
        type Value = Count;

        fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("\"uncounted\" or a number")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Count, E> {
            Count::parse(text.as_bytes()).map_err(E::custom)
        }

        fn visit_u64<E: Error>(self, units: u64) -> Result<Count, E> {
            Ok(Count::Units(units))
        }

        fn visit_i64<E: Error>(self, units: i64) -> Result<Count, E> {
            u64::try_from(units).map(Count::Units).map_err(|_| E::custom(Reason::BadCount))
        }
    }
}
#[cfg(feature = "serde")]
pub(crate) use wire::sum;
