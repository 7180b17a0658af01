//! Checks that build, link or run something: each ends with a promise kept or broken.

pub(crate) mod consoles;
pub(crate) mod counts;
pub(crate) mod embassy;
pub(crate) mod firmware;
pub(crate) mod hostile;
pub(crate) mod layers;
pub(crate) mod link_proof;
pub(crate) mod no_std;
pub(crate) mod ports;
pub(crate) mod reader;
pub(crate) mod zephyr;
