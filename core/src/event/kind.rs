//! What events there are: mnemonic, severity and switch of each.

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum EventKind {
    /// A line was installed.
    Installed = 1,
    /// A line was cleared by the operator.
    Cleared = 2,
    /// A license agreement was accepted.
    EulaAccepted = 3,
    /// A metered right will end; the value is the seconds left.
    ExpiryWarning = 4,
    /// A metered right has ended. Again every week while the feature still runs.
    Expired = 5,
    /// A dated right will end; the value is the seconds left.
    SubscriptionExpiryWarning = 6,
    /// A dated right has ended. Again every day while the feature still runs.
    SubscriptionExpired = 7,
    /// A trial will turn into a right to use; the value is the seconds left.
    RightToUseWarning = 8,
    /// A trial has turned into a right to use.
    RightToUseReached = 9,
    /// 80 % of the units are in use; the value is their number.
    CountNear = 10,
    /// All units are in use; the value is their number.
    CountReached = 11,
    /// More is in use than is licensed, which the feature allows; the value is the surplus.
    Violation = 12,
    /// A level other than the present one will run after the next boot.
    NextLevel = 13,
    /// The wall clock stepped back and is not followed.
    ClockSteppedBack = 14,
    /// The wall clock jumped forward and is not believed yet.
    ClockJumpedForward = 15,
    /// The wall clock is believed again.
    ClockGood = 16,
    /// The wall clock is not known any more.
    ClockLost = 17,
    /// Storage failed; the value is the reason's number.
    StorageFailed = 18,
    /// A stored line was refused at boot; the value is the reason's number, without its sign.
    LineRefused = 19,
    /// The storage is older than the anchor: rights with a time limit are denied.
    StorageRolledBack = 20,
    /// The anchor does not answer: rights with a time limit wait.
    AnchorFailed = 21,
    /// A right was taken back for good.
    Revoked = 22,
    /// A REPAIR record was accepted.
    Repaired = 23,
}

/// The three switches for notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventGroup {
    /// Periods and counts.
    Usage,
    /// Installing, clearing, accepting.
    Deployment,
    /// What went wrong.
    Error,
}

impl EventGroup {
    /// All switches.
    pub const ALL: [Self; 3] = [Self::Usage, Self::Deployment, Self::Error];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Deployment => "deployment",
            Self::Error => "error",
        }
    }
}

impl EventKind {
    /// The word in the text after severity.
    #[must_use]
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Self::Installed => "INSTALL",
            Self::Cleared => "CLEAR",
            Self::EulaAccepted => "EULA_ACCEPTED",
            Self::ExpiryWarning => "EXPIRING",
            Self::Expired => "EXPIRED",
            Self::SubscriptionExpiryWarning => "SUBSCRIPTION_EXPIRING",
            Self::SubscriptionExpired => "SUBSCRIPTION_EXPIRED",
            Self::RightToUseWarning => "RIGHT_TO_USE_COMING",
            Self::RightToUseReached => "RIGHT_TO_USE",
            Self::CountNear => "COUNT_NEAR",
            Self::CountReached => "COUNT_REACHED",
            Self::Violation => "VIOLATION",
            Self::NextLevel => "NEXT_LEVEL",
            Self::ClockSteppedBack => "CLOCK_BACK",
            Self::ClockJumpedForward => "CLOCK_FORWARD",
            Self::ClockGood => "CLOCK_GOOD",
            Self::ClockLost => "CLOCK_LOST",
            Self::StorageFailed => "STORAGE",
            Self::LineRefused => "REFUSED",
            Self::StorageRolledBack => "ROLLED_BACK",
            Self::AnchorFailed => "ANCHOR",
            Self::Revoked => "REVOKED",
            Self::Repaired => "REPAIRED",
        }
    }

    /// Syslog severity (RFC 5424 table 2), 2 critical to 6 informational.
    #[must_use]
    pub const fn severity(self) -> u8 {
        match self {
            Self::StorageFailed | Self::StorageRolledBack | Self::AnchorFailed => 2,
            Self::Expired | Self::SubscriptionExpired | Self::LineRefused => 3,
            Self::ExpiryWarning
            | Self::SubscriptionExpiryWarning
            | Self::CountReached
            | Self::Violation
            | Self::ClockSteppedBack
            | Self::ClockJumpedForward => 4,
            Self::RightToUseWarning
            | Self::RightToUseReached
            | Self::CountNear
            | Self::ClockGood
            | Self::ClockLost
            | Self::Revoked
            | Self::Repaired => 5,
            Self::Installed | Self::Cleared | Self::EulaAccepted | Self::NextLevel => 6,
        }
    }

    /// The switch that turns it off.
    #[must_use]
    pub const fn group(self) -> EventGroup {
        match self {
            Self::Installed
            | Self::Cleared
            | Self::EulaAccepted
            | Self::NextLevel
            | Self::Revoked
            | Self::Repaired => EventGroup::Deployment,
            Self::ClockSteppedBack
            | Self::ClockJumpedForward
            | Self::ClockGood
            | Self::ClockLost
            | Self::StorageFailed
            | Self::LineRefused
            | Self::StorageRolledBack
            | Self::AnchorFailed => EventGroup::Error,
            _ => EventGroup::Usage,
        }
    }
}
