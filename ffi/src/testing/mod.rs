//! The test kit for integrators, in a header of its own: include/nodelock_testing.h, written by hand.
//! Documentation stands there.

pub use flash::*;
pub use prove::*;

mod flash;
mod prove;
