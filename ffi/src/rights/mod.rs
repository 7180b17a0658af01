//! Rights as they stand in license lines: a plain context, and the check without one.

mod check_lines;

#[cfg(feature = "agent")]
pub(crate) mod license;

#[cfg(feature = "agent")]
pub(crate) mod context;

#[cfg(feature = "agent")]
pub(crate) mod install;

#[cfg(feature = "agent")]
mod check;

#[cfg(feature = "agent")]
mod explain;

#[cfg(feature = "agent")]
mod installed;

pub use check_lines::*;

#[cfg(feature = "agent")]
pub use check::*;
#[cfg(feature = "agent")]
pub use context::*;
#[cfg(feature = "agent")]
pub use explain::*;
#[cfg(feature = "agent")]
pub use install::*;
#[cfg(feature = "agent")]
pub use installed::*;
#[cfg(feature = "agent")]
pub use license::*;
