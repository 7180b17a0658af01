//! Storage for the license agent on a host.

mod checksum;
mod disk;
mod file;
mod lost;
mod memory;
mod readable;
mod values;

pub use file::{FileStorage, OpenError};
pub(crate) use lost::Backups;
pub use memory::MemoryStorage;
pub use readable::keep_license_file;

#[cfg(test)]
mod faults;
#[cfg(test)]
mod platter;
#[cfg(test)]
mod power;
#[cfg(test)]
mod tests;
