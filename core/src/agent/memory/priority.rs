//! The priority of a line.

use crate::named::named;
use crate::value::license::LicenseType;

named! {
    /// Priority of a line in the choice between several for one feature.
    pub enum Priority {
        /// Before all others.
        High = 1 "high",
        /// Of licenses that were paid for.
        Medium = 2 "medium",
        /// Of trials.
        Low = 3 "low",
    }
}

impl Priority {
    /// The priority of a type until the operator changes it.
    #[must_use]
    pub const fn default_of(license_type: LicenseType) -> Self {
        if license_type.is_temporary() { Self::Low } else { Self::Medium }
    }
}
