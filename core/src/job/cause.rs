//! Why a job or one of its licenses failed: the causes of the license management MIB.

use crate::reason::Reason;

/// Cause of a failure. The numbers are those that fleet managers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Cause {
    None = 1,
    GeneralFailure = 2,
    TransferProtocolNotSupported = 3,
    FileServerNotReachable = 4,
    UnrecognizedEntity = 5,
    InvalidLicenseFilePath = 6,
    InvalidLicenseFile = 7,
    InvalidLicenseLine = 8,
    LicenseAlreadyExists = 9,
    LicenseNotValidForDevice = 10,
    InvalidLicenseCount = 11,
    InvalidLicensePeriod = 12,
    LicenseInUse = 13,
    InvalidLicenseStore = 14,
    LicenseStorageFull = 15,
    InvalidPermissionTicketFile = 16,
    InvalidPermissionTicket = 17,
    InvalidRehostTicketFile = 18,
    InvalidRehostTicket = 19,
    InvalidLicenseBackupFile = 20,
    LicenseClearInProgress = 21,
    InvalidLicenseEulaFile = 22,
}

impl Cause {
    /// All causes, by number.
    pub const ALL: [Self; 22] = [
        Self::None,
        Self::GeneralFailure,
        Self::TransferProtocolNotSupported,
        Self::FileServerNotReachable,
        Self::UnrecognizedEntity,
        Self::InvalidLicenseFilePath,
        Self::InvalidLicenseFile,
        Self::InvalidLicenseLine,
        Self::LicenseAlreadyExists,
        Self::LicenseNotValidForDevice,
        Self::InvalidLicenseCount,
        Self::InvalidLicensePeriod,
        Self::LicenseInUse,
        Self::InvalidLicenseStore,
        Self::LicenseStorageFull,
        Self::InvalidPermissionTicketFile,
        Self::InvalidPermissionTicket,
        Self::InvalidRehostTicketFile,
        Self::InvalidRehostTicket,
        Self::InvalidLicenseBackupFile,
        Self::LicenseClearInProgress,
        Self::InvalidLicenseEulaFile,
    ];

    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::GeneralFailure => "general-failure",
            Self::TransferProtocolNotSupported => "transfer-protocol-not-supported",
            Self::FileServerNotReachable => "file-server-not-reachable",
            Self::UnrecognizedEntity => "unrecognized-entity",
            Self::InvalidLicenseFilePath => "invalid-license-file-path",
            Self::InvalidLicenseFile => "invalid-license-file",
            Self::InvalidLicenseLine => "invalid-license-line",
            Self::LicenseAlreadyExists => "license-already-exists",
            Self::LicenseNotValidForDevice => "license-not-valid-for-device",
            Self::InvalidLicenseCount => "invalid-license-count",
            Self::InvalidLicensePeriod => "invalid-license-period",
            Self::LicenseInUse => "license-in-use",
            Self::InvalidLicenseStore => "invalid-license-store",
            Self::LicenseStorageFull => "license-storage-full",
            Self::InvalidPermissionTicketFile => "invalid-permission-ticket-file",
            Self::InvalidPermissionTicket => "invalid-permission-ticket",
            Self::InvalidRehostTicketFile => "invalid-rehost-ticket-file",
            Self::InvalidRehostTicket => "invalid-rehost-ticket",
            Self::InvalidLicenseBackupFile => "invalid-license-backup-file",
            Self::LicenseClearInProgress => "license-clear-in-progress",
            Self::InvalidLicenseEulaFile => "invalid-license-eula-file",
        }
    }

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
