//! Host side of nodelock: license files, keys in PEM, a [`Device`] with owned memory.
//!
//! Everything that decides is in [`nodelock`]; only lines that it has verified and bound get into
//! a [`Device`]. What this crate adds is memory that grows, files that are read within limits, and
//! errors that say what to do.
//!
//! ```
//! use nodelock_std::{Device, Role};
//!
//! const VENDOR_KEY: &str = "-----BEGIN PUBLIC KEY-----
//! MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAhfmF/C2RDkoJ4+WmZ5pojpPLBUr
//! 321s32bluAKC1O0ZSn3ry5dxLS3aPKhaqHZaVvRfx1hZllLyiXxlMG5XlA==
//! -----END PUBLIC KEY-----
//! ";
//! const LICENSES: &str = "LICENSE 1 ipservices 1.0 permanent uncounted \
//!     id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 sig=76805a63:\
//!     6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw";
//!
//! let mut device = Device::builder()
//!     .trust_pem(VENDOR_KEY, Role::Production)
//!     .udi("ISR4331/K9:FDO1234ABCD")
//!     .build()?;
//! assert_eq!(device.install_bytes(LICENSES.as_bytes())?.tally.installed, 1);
//! assert!(device.check("ipservices").is_granted());
//! assert!(!device.check("voice:2.1").is_granted());
//! # Ok::<(), nodelock_std::Error>(())
//! ```

#![forbid(unsafe_code)]

mod agent_device;
#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
mod clock;
mod console;
mod device;
mod error;
mod files;
mod pem;
mod report;
mod service;
mod storage;
mod visible;

pub use agent_device::{HeapMemory, install_on_agent};
#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLcVerifier;
pub use clock::{Clock, FakeClock, SystemClock, system_now};
#[doc(hidden)] // Its former name, until the C interface uses the new one.
pub use console::JobQueue as JobDesk;
pub use console::{Command, CommandError, Host, JobCommand, JobQueue, Outcome, QueuedJob, run};
pub use device::{Denied, Device, DeviceBuilder};
pub use error::{Error, StorageError};
pub use files::read_file;
pub use pem::public_key_from_pem;
pub use report::{InstallReport, Row, Subject};
#[cfg(feature = "tokio")]
pub use service::AsyncHandle;
pub use service::{
    Events, Explanation, FeatureStatus, Handle, History, License, Notification, OwnedHistoryEntry,
    OwnedLease, Service, ServiceBuilder, Status, Ticker, Watch,
};
pub use storage::{FileStorage, MemoryStorage, OpenError, keep_license_file};
pub use visible::{is_visible, visible, visible_path};

pub use nodelock::{
    Denial, Grant, InstallEffect, KeyId, LineId, P256Verifier, PublicKey, Reason, Right, Role,
    SignatureVerifier, Tally, TrustAnchor, Verdict,
};

/// Compiles the example on the crate's front page.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct FrontPage;
