//! [`Terms`]: what a license line says, field by field.

use crate::bytes::Text;
use crate::bytes::decimal;
use crate::date::{Date, Period};
use crate::feature::{FeatureName, Version};
use crate::limits::MAX_COUNT;
use crate::line::extras::Extras;
use crate::reason::Reason;
use crate::udi::Udi;

/// The id of a line: 10 bytes, unique among all lines of a vendor. Revoking, "installed already"
/// and support go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub [u8; 10]);

impl core::fmt::Display for LineId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The ten license types (docs/SPEC.md section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LicenseType {
    /// Trial, metered by running time.
    Evaluation = 1,
    /// Longer trial, approved by the vendor.
    Extension = 2,
    /// Bridges the time after a right was moved to another device.
    Grace = 3,
    /// For ever, on one device.
    Permanent = 4,
    /// Paid for, until a date.
    Subscription = 5,
    /// Trial until a date, once for each UDI.
    EvaluationSubscription = 6,
    /// Trial until a date, may be repeated.
    ExtensionSubscription = 7,
    /// Trial that turns into a right to use.
    EvaluationRightToUse = 8,
    /// What that trial turns into.
    RightToUse = 9,
    /// Right to use that the operator activates.
    PermanentRightToUse = 10,
}

impl LicenseType {
    /// All types, by number.
    pub const ALL: [LicenseType; 10] = [
        Self::Evaluation,
        Self::Extension,
        Self::Grace,
        Self::Permanent,
        Self::Subscription,
        Self::EvaluationSubscription,
        Self::ExtensionSubscription,
        Self::EvaluationRightToUse,
        Self::RightToUse,
        Self::PermanentRightToUse,
    ];

    /// The name in a line, e.g. `evaluation-subscription`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Evaluation => "evaluation",
            Self::Extension => "extension",
            Self::Grace => "grace",
            Self::Permanent => "permanent",
            Self::Subscription => "subscription",
            Self::EvaluationSubscription => "evaluation-subscription",
            Self::ExtensionSubscription => "extension-subscription",
            Self::EvaluationRightToUse => "evaluation-right-to-use",
            Self::RightToUse => "right-to-use",
            Self::PermanentRightToUse => "permanent-right-to-use",
        }
    }

    /// The type of this name.
    ///
    /// # Errors
    /// [`Reason::BadType`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        let found = Self::ALL.into_iter().find(|t| t.name().as_bytes() == text);
        found.ok_or(Reason::BadType)
    }

    /// The type with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&t| t as u8 == number)
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

/// How a counted line goes together with others for the same feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Combine {
    /// Stands for itself; of several such lines the largest counts. Not written.
    #[default]
    Exclusive,
    /// Adds its units to the others: `combine=additive`.
    Additive,
}

impl Combine {
    /// The name, also of the default, which no line writes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::Additive => "additive",
        }
    }
}

/// What happens when a metered or dated right ends while it is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExpiryPolicy {
    /// It goes on until the next reboot. Not written.
    #[default]
    UntilReboot,
    /// It ends at once: `expiry=immediate`.
    Immediate,
    /// It goes on, and is reported: `expiry=report`.
    Report,
}

impl ExpiryPolicy {
    /// The name, also of the default, which no line writes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UntilReboot => "until-reboot",
            Self::Immediate => "immediate",
            Self::Report => "report",
        }
    }
}

/// What a license line says. The vendor fills one in and emits it; the device gets one by parsing.
///
/// The fields stand in the order of the line. [`validate`](Terms::validate) checks them against
/// each other; parser, binary decoder and issuer all call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The feature, one for each line.
    pub feature: FeatureName<'a>,
    /// The highest version of the feature that the right covers.
    pub version: Version,
    /// The type.
    pub license_type: LicenseType,
    /// Units.
    pub count: Count,
    /// Unique id.
    pub id: LineId,
    /// The device it is locked to.
    pub udi: Option<Udi<'a>>,
    /// Day of issue.
    pub issued: Date,
    /// First day, of dated types.
    pub start: Option<Date>,
    /// Last day, of dated types; valid until 24:00 UTC.
    pub end: Option<Date>,
    /// Running time, of metered types.
    pub usage: Option<Period>,
    /// How counts combine.
    pub combine: Combine,
    /// What happens at the end.
    pub expiry: ExpiryPolicy,
    /// Name of the license agreement text.
    pub eula: Option<Text<'a>>,
    /// Product authorization key, or another reference to the order.
    pub pak: Option<Text<'a>>,
    /// Extension fields: signed, shown, ignored.
    pub extras: Extras<'a>,
}

impl Terms<'_> {
    /// Checks what no single field can show: which fields the type must and must not have.
    ///
    /// # Errors
    /// [`Reason::MissingField`], [`Reason::FieldNotAllowed`], [`Reason::EndBeforeStart`].
    pub fn validate(&self) -> Result<(), Reason> {
        let kind = self.license_type;
        let missing = (kind.is_metered() && self.usage.is_none())
            || (kind.is_dated() && self.end.is_none())
            || (kind.must_be_locked() && self.udi.is_none());
        let surplus = (!kind.is_metered() && self.usage.is_some())
            || (!kind.is_dated() && (self.start.is_some() || self.end.is_some()))
            || (!kind.is_metered() && !kind.is_dated() && self.expiry != ExpiryPolicy::UntilReboot)
            || (self.count == Count::Uncounted && self.combine != Combine::Exclusive);
        let backwards = matches!((self.start, self.end), (Some(start), Some(end)) if end < start);
        match (missing, surplus, backwards) {
            (true, _, _) => Err(Reason::MissingField),
            (_, true, _) => Err(Reason::FieldNotAllowed),
            (_, _, true) => Err(Reason::EndBeforeStart),
            _ => Ok(()),
        }
    }
}
