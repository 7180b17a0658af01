//! What leaves this tree: the release archive, and packages for device images.

pub(crate) mod dist;
pub(crate) mod packages;
