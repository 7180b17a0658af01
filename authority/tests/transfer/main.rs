//! Moving rights: the books of a vendor against the real agents of devices, rule by rule.

#[path = "../common/device.rs"]
mod device;
mod levels;
mod moves;
mod rig;
mod rules;
mod words;
