//! Storage for the license agent on a host.

mod disk;
mod file;
mod memory;
mod readable;

pub use file::{FileStorage, OpenError};
pub use memory::MemoryStorage;
pub use readable::keep_license_file;

#[cfg(test)]
mod power;
#[cfg(test)]
mod tests;
