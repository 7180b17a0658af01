//! The verdict for one request from the rights for its feature: docs/SPEC.md section 8.

use crate::reason::Reason;
use crate::rights::Right;
use crate::value::feature::{FeatureRequest, Version};
use crate::value::license::{Combine, Count, LicenseType, LineId};

/// May it run?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "wire::Plain", into = "wire::Plain"))]
#[must_use]
pub enum Verdict {
    /// Yes.
    Granted(Grant),
    /// No.
    Denied(Denial),
}

impl Verdict {
    /// Whether it is granted.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        matches!(self, Self::Granted(_))
    }

    /// [`to_code`](Self::to_code) of what is granted. Far from every other, so that a flipped bit or
    /// memory full of zeros grants nothing.
    pub const GRANTED: u32 = 0xEDB7_5ADB;

    /// The verdict in a word: [`GRANTED`](Self::GRANTED), or the [code](Reason::code) of the reason
    /// without its sign.
    #[must_use]
    pub const fn to_code(&self) -> u32 {
        match self {
            Self::Granted(_) => Self::GRANTED,
            Self::Denied(denial) => denial.reason.code().unsigned_abs(),
        }
    }
}

/// By what a request is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Grant {
    /// The line that grants it; of several that count together, the first.
    pub id: LineId,
    /// Type of that line.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub license_type: LicenseType,
    /// Units licensed in all.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::value::license::sum"))]
    pub licensed: Count,
}

/// Why a request is denied. With several rights, the reason of the one that came closest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Denial {
    /// The rule that decided: [`Reason::NoLicense`], [`Reason::NeedsAgent`],
    /// [`Reason::VersionTooLow`] or [`Reason::CountTooLow`].
    pub reason: Reason,
    /// The line that came closest.
    pub closest: Option<LineId>,
    /// Units asked for.
    pub needed: u64,
    /// Units licensed in all for what was asked.
    pub licensed: u64,
    /// The highest version that any line covers.
    pub version: Option<Version>,
}

impl Denial {
    /// For this many units, by a rule that is about no line.
    #[must_use]
    pub const fn new(reason: Reason, needed: u64) -> Self {
        Self { reason, closest: None, needed, licensed: 0, version: None }
    }
}

/// The reason, and the numbers that belong to it.
impl core::fmt::Display for Denial {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.reason.text())?;
        match (self.reason, self.version) {
            (Reason::CountTooLow, _) => {
                write!(f, ": {} needed, {} licensed", self.needed, self.licensed)
            }
            (Reason::VersionTooLow, Some(version)) => {
                write!(f, ": licensed up to {version}")
            }
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Denial {}

impl From<Denial> for Reason {
    fn from(denial: Denial) -> Self {
        denial.reason
    }
}

/// Units that lines for one feature give together: the largest exclusive one and all additive ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Units {
    uncounted: bool,
    largest_exclusive: u64,
    additive: u64,
}

impl Units {
    pub(crate) const NONE: Self = Self { uncounted: false, largest_exclusive: 0, additive: 0 };

    pub(crate) fn add(&mut self, count: Count, combine: Combine) {
        match (count, combine) {
            (Count::Uncounted, _) => self.uncounted = true,
            (Count::Units(units), Combine::Exclusive) => {
                self.largest_exclusive = self.largest_exclusive.max(units);
            }
            (Count::Units(units), Combine::Additive) => {
                self.additive = self.additive.saturating_add(units);
            }
        }
    }

    /// Whether any line was added; none has 0 units.
    pub(crate) fn any(&self) -> bool {
        *self != Self::NONE
    }

    fn number(&self) -> u64 {
        self.largest_exclusive.saturating_add(self.additive)
    }

    pub(crate) fn suffice(&self, needed: u64) -> bool {
        self.uncounted || self.number() >= needed
    }
}

/// Goes through the rights for one feature.
pub(crate) struct Decision<'q> {
    request: &'q FeatureRequest<'q>,
    first: Option<(LineId, LicenseType)>,
    units: Units,
    refusal: Reason,
    closest: Option<LineId>,
    version: Option<Version>,
}

impl<'q> Decision<'q> {
    pub(crate) const fn new(request: &'q FeatureRequest<'q>) -> Self {
        Self {
            request,
            first: None,
            units: Units::NONE,
            refusal: Reason::NoLicense,
            closest: None,
            version: None,
        }
    }

    pub(crate) fn consider(&mut self, right: &Right) {
        self.version = self.version.max(Some(right.version()));
        if let Err(reason) = right.applies(self.request) {
            // A version that is too low is closer than a type that cannot be decided here.
            if self.closest.is_none() || reason == Reason::VersionTooLow {
                self.refusal = reason;
                self.closest = Some(right.id());
            }
            return;
        }
        let this = (right.id(), right.license_type());
        // The first uncounted line is the one that grants it.
        if right.count() == Count::Uncounted && !self.units.uncounted {
            self.first = Some(this);
        }
        self.units.add(right.count(), right.combine());
        self.first = self.first.or(Some(this));
    }

    pub(crate) fn verdict(self) -> Verdict {
        let units = self.units.number();
        let enough = self.units.suffice(self.request.count);
        match self.first {
            Some((id, license_type)) if enough => {
                let licensed =
                    if self.units.uncounted { Count::Uncounted } else { Count::Units(units) };
                Verdict::Granted(Grant { id, license_type, licensed })
            }
            first => Verdict::Denied(Denial {
                reason: if first.is_some() { Reason::CountTooLow } else { self.refusal },
                closest: first.map(|(id, _)| id).or(self.closest),
                needed: self.request.count,
                licensed: units,
                version: self.version,
            }),
        }
    }
}

#[cfg(feature = "serde")]
mod wire {
    use super::{Denial, Grant, Verdict};

    /// A verdict in the order of caution: what is all zeros grants nothing.
    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub(super) enum Plain {
        Denied(Denial),
        Granted(Grant),
    }

    impl From<Plain> for Verdict {
        fn from(plain: Plain) -> Self {
            match plain {
                Plain::Denied(denial) => Self::Denied(denial),
                Plain::Granted(grant) => Self::Granted(grant),
            }
        }
    }

    impl From<Verdict> for Plain {
        fn from(verdict: Verdict) -> Self {
            match verdict {
                Verdict::Denied(denial) => Self::Denied(denial),
                Verdict::Granted(grant) => Self::Granted(grant),
            }
        }
    }
}
