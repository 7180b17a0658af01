//! [`Error`]: what could not be carried out. A denied feature is no error but a
//! [`Verdict`](nodelock::rights::Verdict).

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use nodelock::limits::{MAX_FILE_LEN, MAX_UDIS};
use nodelock::{KeyId, Reason};

use crate::device::Denied;
use crate::storage::OpenError;
use crate::visible::visible_path;

/// What a storage says of the call that failed: of [`FileStorage`](crate::FileStorage) an
/// [`io::Error`], which `downcast_ref` gives.
pub type StorageError = Arc<dyn std::error::Error + Send + Sync>;

/// A call that could not be carried out; unless it is about the storage, nothing was changed. The text
/// says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read.
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Larger than [`MAX_FILE_LEN`].
    TooLarge {
        /// The file; `None` if the bytes came from memory.
        path: Option<PathBuf>,
    },
    /// A UDI of the device is not `PID:SN`.
    Udi {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: Reason,
    },
    /// More UDIs than a stack has members ([`MAX_UDIS`]).
    TooManyUdis,
    /// The device trusts no key at all.
    NoTrustAnchor,
    /// A trust anchor whose id is not the one of its key.
    TrustAnchor {
        /// The id.
        id: KeyId,
        /// What is wrong with it.
        reason: Reason,
    },
    /// Text that should be one P-256 public key in PEM, with this role, is not.
    Pem,
    /// No storage was given to a service.
    NoStorage,
    /// The directory of the state cannot be opened.
    Open(OpenError),
    /// The system gives no thread.
    Thread(io::Error),
    /// The agent does not start.
    Start {
        /// Why.
        reason: Reason,
        /// What the storage says, if that is what failed.
        storage: Option<StorageError>,
    },
    /// The agent refuses, or cannot do it.
    Refused {
        /// Why.
        reason: Reason,
        /// What the storage says, if that is what failed.
        storage: Option<StorageError>,
    },
    /// The feature may not run.
    Denied {
        /// Which, and why not.
        denied: Box<Denied>,
        /// What the storage says, if that is what failed.
        storage: Option<StorageError>,
    },
    /// A file that the service should write.
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The service has stopped, or stopped before it came to this. Nothing was done.
    Stopped,
    /// The thread of the service has ended by a panic, with these words.
    Panicked(String),
}

impl Error {
    /// The reason, if it is one of the library: for whoever decides by it.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::Udi { reason, .. }
            | Self::TrustAnchor { reason, .. }
            | Self::Start { reason, .. }
            | Self::Refused { reason, .. } => Some(*reason),
            Self::Denied { denied, .. } => Some(denied.denial.reason),
            _ => None,
        }
    }

    /// With what the storage says, where it is the storage that failed.
    pub(crate) fn with_storage(mut self, words: Option<StorageError>) -> Self {
        if let Self::Start { storage, .. }
        | Self::Refused { storage, .. }
        | Self::Denied { storage, .. } = &mut self
        {
            *storage = words;
        }
        self
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Self {
        Self::Refused { reason, storage: None }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied { denied: Box::new(denied), storage: None }
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

/// What the storage says, behind what the agent says.
struct Words<'e>(&'e Option<StorageError>);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |words| write!(f, " ({words})"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, source } => write!(
                f,
                "cannot read the license file {}: {source}; check its name and permissions",
                visible_path(path)
            ),
            Self::TooLarge { path } => {
                match path {
                    Some(path) => write!(f, "the license file {}", visible_path(path))?,
                    None => f.write_str("the license data")?,
                }
                write!(
                    f,
                    " has more than {MAX_FILE_LEN} bytes; give only the lines for this device"
                )
            }
            Self::Udi { text, reason } => {
                write!(f, "the device's UDI {text:?} is {reason}; {}", reason.remedy())
            }
            Self::TooManyUdis => {
                write!(f, "a device has at most {MAX_UDIS} UDIs; give one for each member")
            }
            Self::NoTrustAnchor => {
                f.write_str("no trust anchor was given; build the vendor's public key in")
            }
            Self::TrustAnchor { id, reason } => {
                write!(f, "trust anchor {id}: {reason}; make it with TrustAnchor::new")
            }
            Self::Pem => f.write_str(
                "not one P-256 public key in PEM, or its text says another role; give the .pub.pem file \
                 that nodelock keygen writes, and its role",
            ),
            Self::NoStorage => f.write_str(
                "no storage was given; give the service a directory for its state, or a storage",
            ),
            Self::Open(error) => error.fmt(f),
            Self::Thread(error) => {
                write!(f, "no thread for the license service: {error}; raise the limit of threads")
            }
            Self::Start { reason, storage } => write!(
                f,
                "the license agent does not start: {reason}{}; {}",
                Words(storage),
                reason.remedy()
            ),
            Self::Refused { reason, storage } => {
                write!(f, "{reason}{}; {}", Words(storage), reason.remedy())
            }
            Self::Denied { denied, storage } => write!(f, "{denied}{}", Words(storage)),
            Self::Write { path, source } => write!(
                f,
                "cannot write {}: {source}; check its directory and permissions",
                visible_path(path)
            ),
            Self::Stopped => f.write_str("the license service has stopped; start it again"),
            Self::Panicked(words) => {
                write!(f, "the license service ended by a panic: {words}; report this as a bug")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { source, .. } | Self::Write { source, .. } | Self::Thread(source) => {
                Some(source)
            }
            // Its text is this one's.
            Self::Open(error) => error.source(),
            Self::Start { storage: Some(words), .. }
            | Self::Refused { storage: Some(words), .. }
            | Self::Denied { storage: Some(words), .. } => Some(&**words),
            Self::Udi { reason, .. }
            | Self::TrustAnchor { reason, .. }
            | Self::Start { reason, .. }
            | Self::Refused { reason, .. } => Some(reason),
            Self::Denied { denied, .. } => Some(&denied.denial),
            _ => None,
        }
    }
}
