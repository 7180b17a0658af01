//! What events there are: mnemonic, severity and switch of each.

use crate::named::named;

named! {
    /// What happened.
    #[non_exhaustive]
    pub enum EventKind {
        /// A line was installed.
        Install = 1 "INSTALL",
        /// A line was cleared by the operator.
        Clear = 2 "CLEAR",
        /// A license agreement was accepted.
        EulaAccepted = 3 "EULA_ACCEPTED",
        /// A metered right will end; the value is the seconds left.
        Expiring = 4 "EXPIRING",
        /// A metered right has ended. Again every week while the feature still runs.
        Expired = 5 "EXPIRED",
        /// A dated right will end; the value is the seconds left.
        SubscriptionExpiring = 6 "SUBSCRIPTION_EXPIRING",
        /// A dated right has ended. Again every day while the feature still runs.
        SubscriptionExpired = 7 "SUBSCRIPTION_EXPIRED",
        /// A trial will turn into a right to use; the value is the seconds left.
        RightToUseComing = 8 "RIGHT_TO_USE_COMING",
        /// A trial has turned into a right to use.
        RightToUse = 9 "RIGHT_TO_USE",
        /// 80 % of the units are in use; the value is their number.
        CountNear = 10 "COUNT_NEAR",
        /// All units are in use; the value is their number.
        CountReached = 11 "COUNT_REACHED",
        /// More is in use than is licensed: an honour-based feature allows it, of an enforced one leases are
        /// still out after their right has ended. The value is the surplus.
        Violation = 12 "VIOLATION",
        /// A level other than the present one will run after the next boot.
        NextLevel = 13 "NEXT_LEVEL",
        /// The wall clock stepped back and is not followed.
        ClockBack = 14 "CLOCK_BACK",
        /// The wall clock jumped forward and is not believed yet.
        ClockForward = 15 "CLOCK_FORWARD",
        /// The wall clock is believed again.
        ClockGood = 16 "CLOCK_GOOD",
        /// The wall clock is not known any more.
        ClockLost = 17 "CLOCK_LOST",
        /// Storage failed; the value is the reason's number.
        Storage = 18 "STORAGE",
        /// A stored line was refused at boot, or the trial of a feature, which is named then; the value is the
        /// reason's number, without its sign.
        Refused = 19 "REFUSED",
        /// The storage is older than the counters say: rights with a time limit are denied.
        RolledBack = 20 "ROLLED_BACK",
        /// The counters do not answer: rights with a time limit wait.
        Counters = 21 "COUNTERS",
        /// A right was taken back for good.
        Revoked = 22 "REVOKED",
        /// A REPAIR record was accepted.
        Repaired = 23 "REPAIRED",
        /// A right, or some of its units, was given up by a ticket; the value is the number of units that
        /// are left.
        Moved = 24 "MOVED",
        /// A right that came from another device is active.
        Arrived = 25 "ARRIVED",
        /// A ticket of the vendor will never be applied.
        TicketCancelled = 26 "TICKET_CANCELLED",
    }
}

named! {
    /// The three switches for notifications.
    pub enum EventGroup {
        /// Periods and counts.
        Usage = 0 "usage",
        /// Installing, clearing, accepting.
        Deployment = 1 "deployment",
        /// What went wrong.
        Error = 2 "error",
    }
}

impl EventKind {
    /// Syslog severity (RFC 5424 table 2), 2 critical to 6 informational.
    #[must_use]
    pub const fn severity(self) -> u8 {
        match self {
            Self::Storage | Self::RolledBack | Self::Counters => 2,
            Self::Expired | Self::SubscriptionExpired | Self::Refused => 3,
            Self::Expiring
            | Self::SubscriptionExpiring
            | Self::CountReached
            | Self::Violation
            | Self::ClockBack
            | Self::ClockForward => 4,
            Self::RightToUseComing
            | Self::RightToUse
            | Self::CountNear
            | Self::ClockGood
            | Self::ClockLost
            | Self::Revoked
            | Self::Moved
            | Self::Arrived
            | Self::TicketCancelled
            | Self::Repaired => 5,
            Self::Install | Self::Clear | Self::EulaAccepted | Self::NextLevel => 6,
        }
    }

    /// The switch that turns it off.
    #[must_use]
    pub const fn group(self) -> EventGroup {
        match self {
            Self::Install
            | Self::Clear
            | Self::EulaAccepted
            | Self::NextLevel
            | Self::Revoked
            | Self::Moved
            | Self::Arrived
            | Self::TicketCancelled
            | Self::Repaired => EventGroup::Deployment,
            Self::ClockBack
            | Self::ClockForward
            | Self::ClockGood
            | Self::ClockLost
            | Self::Storage
            | Self::Refused
            | Self::RolledBack
            | Self::Counters => EventGroup::Error,
            _ => EventGroup::Usage,
        }
    }
}
