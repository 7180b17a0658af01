//! What a device knows of the age of its stored values.

use crate::reason::Reason;

/// Whether the stored values are the latest ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum RollbackState {
    /// There are no counters: nobody can tell.
    Unanchored,
    /// They are.
    Latest,
    /// They are older than the counters say, or some are gone. Only a REPAIR record, or putting the
    /// latest values back, ends this.
    RolledBack {
        /// Rights were revoked since then, or may have been.
        revocations_missing: bool,
    },
    /// The counters cannot be read.
    CountersFailed,
    /// The manifest, which says to which number of the counters the values belong, cannot be read. A
    /// REPAIR record for a rollback ends this.
    ManifestUnreadable {
        /// The list of revoked ids is shorter than the counters say.
        revocations_missing: bool,
    },
}

impl RollbackState {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unanchored => "unanchored",
            Self::Latest => "latest",
            Self::RolledBack { .. } => "rolled-back",
            Self::CountersFailed => "counters-failed",
            Self::ManifestUnreadable { .. } => "manifest-unreadable",
        }
    }

    /// Why rights with a time limit are denied.
    pub(crate) const fn doubt(self) -> Option<Reason> {
        match self {
            Self::Unanchored | Self::Latest => None,
            Self::RolledBack { .. } => Some(Reason::StorageRolledBack),
            Self::CountersFailed => Some(Reason::CountersFailed),
            Self::ManifestUnreadable { .. } => Some(Reason::ManifestUnreadable),
        }
    }

    /// Whether a right with dates that was paid for goes on: damage is no proof of an older copy.
    pub(crate) const fn spares(self, is_paid: bool) -> bool {
        is_paid && matches!(self, Self::ManifestUnreadable { .. })
    }

    /// Whether every right is denied: one that was revoked may be among them.
    pub(crate) const fn denies_all(self) -> bool {
        matches!(
            self,
            Self::RolledBack { revocations_missing: true }
                | Self::ManifestUnreadable { revocations_missing: true }
        )
    }
}
