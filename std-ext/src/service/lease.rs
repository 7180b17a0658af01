//! [`OwnedLease`].

use std::fmt;
use std::sync::Arc;

use nodelock::FeatureHandle;
use nodelock::lease::LeaseToken;

use super::shared::Shared;

/// Units in use for as long as this value lives: wherever it goes, and across an await. They are given
/// back when it is dropped, at once and without waiting, whatever the service does, and also after it
/// has stopped.
#[must_use = "the units are given back when the lease is dropped"]
pub struct OwnedLease {
    pub(super) shared: Arc<Shared>,
    pub(super) token: LeaseToken,
    pub(super) feature: FeatureHandle,
    pub(super) units: u64,
}

impl OwnedLease {
    /// The token, for bookkeeping.
    #[must_use]
    pub const fn token(&self) -> LeaseToken {
        self.token
    }

    /// The feature.
    #[must_use]
    pub const fn feature(&self) -> FeatureHandle {
        self.feature
    }

    /// How many.
    #[must_use]
    pub const fn units(&self) -> u64 {
        self.units
    }
}

impl Drop for OwnedLease {
    fn drop(&mut self) {
        self.shared.give_back(self.token);
    }
}

impl fmt::Debug for OwnedLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token, feature, units, .. } = self;
        let mut lease = f.debug_struct("OwnedLease");
        lease.field("token", token).field("feature", feature).field("units", units);
        lease.finish_non_exhaustive()
    }
}
