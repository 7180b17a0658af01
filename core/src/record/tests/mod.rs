//! Records in text and twin.

mod binary;
mod repair;
mod text;
#[cfg(feature = "transfer")]
mod transfer;
