//! [`Error`]: what could not be carried out. A denied feature is no error but a
//! [`Verdict`](nodelock::rights::Verdict).

use std::fmt;
use std::io;
use std::path::PathBuf;

use nodelock::limits::{MAX_FILE_LEN, MAX_UDIS};
use nodelock::{KeyId, Reason};

use crate::visible::visible_path;

/// A call that could not be carried out; nothing was changed. The text says what to do.
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
    /// Text that should be a P-256 public key in PEM is not.
    Pem,
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
                "not a P-256 public key in PEM; give the .pub.pem file that nodelock keygen writes",
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { source, .. } => Some(source),
            Self::Udi { reason, .. } | Self::TrustAnchor { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
