//! The priority of a line.

use crate::value::license::LicenseType;

/// Priority of a line in the choice between several for one feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Before all others.
    High = 1,
    /// Of licenses that were paid for.
    Medium = 2,
    /// Of trials.
    Low = 3,
}

impl Priority {
    /// The priority of a type until the operator changes it.
    #[must_use]
    pub const fn default_of(license_type: LicenseType) -> Self {
        if license_type.is_temporary() { Self::Low } else { Self::Medium }
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}
