//! Why a job or one of its licenses failed: the causes of the license management MIB.

use crate::named::named;
use crate::reason::Reason;

named! {
    /// Cause of a failure. The numbers are those that fleet managers know.
    #[allow(missing_docs, reason = "the names say it")]
    #[non_exhaustive]
    pub enum JobCause {
        None = 1 "none",
        GeneralFailure = 2 "general-failure",
        TransferProtocolNotSupported = 3 "transfer-protocol-not-supported",
        FileServerNotReachable = 4 "file-server-not-reachable",
        UnrecognizedEntity = 5 "unrecognized-entity",
        InvalidLicenseFilePath = 6 "invalid-license-file-path",
        InvalidLicenseFile = 7 "invalid-license-file",
        InvalidLicenseLine = 8 "invalid-license-line",
        LicenseAlreadyExists = 9 "license-already-exists",
        LicenseNotValidForDevice = 10 "license-not-valid-for-device",
        InvalidLicenseCount = 11 "invalid-license-count",
        InvalidLicensePeriod = 12 "invalid-license-period",
        LicenseInUse = 13 "license-in-use",
        InvalidLicenseStore = 14 "invalid-license-store",
        LicenseStorageFull = 15 "license-storage-full",
        InvalidPermissionTicketFile = 16 "invalid-permission-ticket-file",
        InvalidPermissionTicket = 17 "invalid-permission-ticket",
        InvalidRehostTicketFile = 18 "invalid-rehost-ticket-file",
        InvalidRehostTicket = 19 "invalid-rehost-ticket",
        InvalidLicenseBackupFile = 20 "invalid-license-backup-file",
        LicenseClearInProgress = 21 "license-clear-in-progress",
        InvalidLicenseEulaFile = 22 "invalid-license-eula-file",
    }
}

impl JobCause {
    /// The one place where a reason becomes a cause. What no fleet manager has a number for is a
    /// general failure; the reason itself is kept beside it.
    #[must_use]
    pub const fn of(reason: Reason) -> Self {
        match reason {
            Reason::AlreadyInstalled | Reason::ConflictingId => Self::LicenseAlreadyExists,
            Reason::OtherDevice | Reason::LicenseRevoked | Reason::AlreadyEvaluated => {
                Self::LicenseNotValidForDevice
            }
            Reason::BadCount => Self::InvalidLicenseCount,
            Reason::BadPeriod | Reason::BadDate | Reason::EndBeforeStart => {
                Self::InvalidLicensePeriod
            }
            Reason::LineInUse => Self::LicenseInUse,
            Reason::BuiltInLine => Self::InvalidLicenseStore,
            Reason::SlotsFull | Reason::StorageFull | Reason::UsageFull => Self::LicenseStorageFull,
            // Codes of a line and of its signature, and an id that is not there.
            Reason::NoSuchLine => Self::InvalidLicenseLine,
            other if other.code() > -300 && !matches!(other, Reason::CryptoFailure) => {
                Self::InvalidLicenseLine
            }
            _ => Self::GeneralFailure,
        }
    }
}
