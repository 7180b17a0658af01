//! Values with one text each: dates, names, identities, keys, and what a license line is made of.

pub(crate) mod date;
pub(crate) mod feature;
pub(crate) mod key;
pub(crate) mod license;
pub(crate) mod signature;
pub(crate) mod time;
pub(crate) mod udi;
