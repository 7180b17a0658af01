//! What can go wrong, said so that the reader knows what to do next.

use std::path::PathBuf;

use nodelock::{KeyId, Reason};

use crate::slips::Slip;
use crate::transfer::Refusal;

/// Why a key could not be used or a record could not be issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that would have been written is there already.
    #[error("{0} exists already and is not overwritten; move it away or choose another place")]
    Exists(PathBuf),
    /// Not a key, or not one that can be used here.
    #[error("{0}")]
    Key(String),
    /// The same, and in which file.
    #[error("{path}: {problem}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The fields of an order do not go together.
    #[error("{0}")]
    Order(String),
    /// The order file is not TOML, or has keys that no order has.
    #[error("{0}")]
    Toml(String),
    /// What was ordered can hardly be meant.
    #[error("{}", lines(.0))]
    Slips(Vec<Slip>),
    /// The signer did not deliver.
    #[error("{0}")]
    Signer(String),
    /// The core's own check refuses the finished record.
    #[error("the record would be refused by every device ({name}): {text}; {remedy}",
        name = .0.name(), text = .0.text(), remedy = .0.remedy())]
    Refused(Reason),
    /// The `KEY` records given do not delegate to the signing key.
    #[error(
        "the delegation does not name the key {key}, which signs: {names}; sign with that key, give the \
        record of this one, or, if {key} is a root, no delegation"
    )]
    NotDelegated {
        /// The key that signs.
        key: KeyId,
        /// Whose records there are, in words.
        names: String,
    },
    /// The key's role or its delegation does not allow what it was to sign.
    #[error("this may not be signed with this key ({name}): {text}; take a key that may",
        name = .0.name(), text = .0.text())]
    NotPermitted(Reason),
    /// The same for a delegated key, with what its `KEY` record says.
    #[error("this may not be signed with this key ({name}): {text}: {detail}", name = .reason.name(),
        text = .reason.text())]
    OutsideDelegation {
        /// Which limit it is.
        reason: Reason,
        /// What the limit is, and what was to be signed.
        detail: String,
    },
    /// A rule of moving rights says no.
    #[error("{0}")]
    Transfer(#[from] Refusal),
    /// Books that are not there, or that cannot be read. They decide nothing.
    #[error("{path}: {problem}")]
    Books {
        /// The directory, or the file in it.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The operating system gave no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

impl Error {
    pub(crate) fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        if source.kind() == std::io::ErrorKind::AlreadyExists {
            Self::Exists(path)
        } else {
            Self::Io { path, source }
        }
    }

    /// Names the file in which the key is.
    pub(crate) fn in_file(self, path: impl Into<PathBuf>) -> Self {
        match self {
            Self::Key(problem) => Self::KeyFile { path: path.into(), problem },
            other => other,
        }
    }
}

/// One on each line.
fn lines(slips: &[Slip]) -> String {
    slips.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
