//! Values with one text each: dates, names, identities, keys, and what a license line is made of.

pub(crate) mod date;
pub(crate) mod duration;
pub(crate) mod feature;
pub(crate) mod key;
pub(crate) mod level;
pub(crate) mod license;
pub(crate) mod signature;
pub(crate) mod ticket;
pub(crate) mod time;
pub(crate) mod udi;

pub use date::{Date, Period};
pub use feature::{FeatureHandle, FeatureName, FeatureRequest, Version};
pub use key::{KeyId, PublicKey, Role, SPKI_PREFIX};
pub use level::{ProofLevel, RollbackLevel};
pub use license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
pub use signature::Signature;
pub use ticket::{Nonce, TicketDigest};
pub use time::{Now, UnixTime};
#[cfg(feature = "heapless")]
pub use udi::OwnedUdi;
pub use udi::{Udi, UdiSource, WithSecret};
