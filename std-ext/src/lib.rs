//! Host side of nodelock: a [`Service`] that decides for a program which features may run, and what
//! tools and consoles need beside it.
//!
//! Everything that decides is in [`nodelock`]; this crate adds what a host has and a core without
//! allocation cannot have: memory of its own, files, clocks, threads, and errors that say what to do.
//!
//! # Which of them
//!
//! | you have | you use |
//! | --- | --- |
//! | a product on a host: a gateway, an appliance, a daemon | [`Service`]: memory, storage, clock, and a thread that drives the agent; all license types |
//! | a loop of your own that must drive the agent | an [`Agent`](nodelock::Agent) on [`HeapMemory`]; [`install_on_agent`] gives the report |
//! | a tool that looks at license files once | [`Device`]: permanent licenses only |
//!
//! A [`Device`] has no clock and remembers nothing. **It denies trials, subscriptions, rights to use and
//! whatever else needs an agent** ([`Reason::NeedsAgent`]), and knows of no right that was taken back.
//! Products take the service.
//!
//! # A service
//!
//! ```no_run
//! use nodelock::{Feature, Product, Rules};
//! use nodelock::catalog::BuiltIn;
//! use nodelock_std::{Role, Service};
//!
//! nodelock::catalog! {
//!     /// What this gateway licenses.
//!     enum Licensed {
//!         Routing = Feature::new("routing"),
//!         Tunnels = Feature::new("tunnels").counted(100),
//!         Cloud = Feature::new("cloud").built_in(BuiltIn::days(30)),
//!     }
//! }
//! const PRODUCT: Product<'static> =
//!     Product { catalog: &Licensed::CATALOG, anchors: &[], rules: Rules::DEFAULT };
//! # const VENDOR_KEY: &str = "";
//!
//! let service = Service::builder(&PRODUCT)
//!     .trust_pem(VENDOR_KEY, Role::Production) // include_str!("vendor.pub.pem")
//!     .udi("EDGE-GW:GW0001")
//!     .state_dir("/var/lib/gateway/licenses")
//!     .start()?;
//! let licenses = service.handle(); // Clone, Send, Sync
//!
//! if licenses.granted(Licensed::Routing) { /* for each packet: takes no lock */ }
//! let tunnel = licenses.acquire(Licensed::Tunnels, 1)?; // may go to another thread or task
//! drop(tunnel); // gives it back
//! println!("{}", licenses.explain(Licensed::Cloud)?);
//! service.stop()?;
//! # Ok::<(), nodelock_std::Error>(())
//! ```
//!
//! What it promises:
//!
//! * Nobody waits for it where traffic flows: [`Handle::granted`] takes no lock, denies rights with a time
//!   limit when the thread has hung for too long, and every right when the thread is gone.
//! * Requests are carried out one after the other, each as a whole; what they change is durable when they
//!   return, and its events are there.
//! * Queues are bounded. Where one is full, callers wait; a slow subscriber loses the oldest events, and is
//!   told how many.
//! * Errors say what the disk said ([`Error`], [`Handle::storage_error`]).
//!
//! Tests give it a [`FakeClock`] and a [`MemoryStorage`], and never sleep. With the Cargo feature `tokio`
//! everything that waits is there as futures too (`AsyncHandle`), for any executor; without it there are
//! only threads. Two whole programs are in `examples/`: a device with a console (`product.rs`), and a gateway
//! with HTTP (`gateway`).
//!
//! # A device
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
mod device_key;
mod error;
mod files;
mod pem;
mod reading;
mod report;
mod service;
mod storage;
mod visible;
mod writing;

pub use agent_device::{HeapMemory, answer_on_agent, install_on_agent};
#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLcVerifier;
pub use clock::{Clock, FakeClock, SystemClock, system_now};
pub use console::{
    Command, CommandError, Completion, Ending, Filter, Grammar, Host, JobCommand, JobQueue,
    Outcome, OwnCommand, QueuedJob, Typed, quote, run,
};
pub use device::{Denied, Device, DeviceBuilder};
pub use device_key::{DeviceKey, WithKey};
pub use error::{Error, StorageError};
pub use files::{read_file, read_stdin};
pub use pem::public_key_from_pem;
pub use reading::{Form, Lines, Reading, Undone, from_base64, to_base64};
pub use report::{InstallReport, Row, Subject};
#[cfg(feature = "tokio")]
pub use service::AsyncHandle;
pub use service::{
    Events, Explanation, FeatureStatus, Handle, History, License, Notification, OwnedHistoryEntry,
    OwnedLease, Service, ServiceBuilder, Status, Ticker, Watch,
};
pub use storage::{FileStorage, MemoryStorage, OpenError, keep_license_file};
pub use visible::{is_visible, visible, visible_path};
pub use writing::{FileGuard, FileWriter};

pub use nodelock::crypto::SignatureVerifier;
pub use nodelock::rights::{Grant, InstallEffect, Right, Tally, Verdict};
pub use nodelock::value::LineId;
pub use nodelock::{Denial, KeyId, P256Verifier, PublicKey, Reason, Role, TrustAnchor};

/// Compiles the example on the crate's front page.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct FrontPage;
