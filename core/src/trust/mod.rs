//! Trust: who may sign what, and the way from a line as it came to one that may grant something,
//! `Line` to [`VerifiedLine`] to [`BoundLine`]. Each is made only by the check that its name says.

mod bind;
mod ring;
mod verify;

pub use bind::BoundLine;
pub(crate) use ring::VerifiedUnder;
pub use ring::{KeyRing, KeySlot, TrustAnchor};
pub use verify::VerifiedLine;

#[cfg(all(test, feature = "p256"))]
mod tests;
