//! Storage for the license agent on a host.

mod disk;
mod file;
mod memory;

pub use file::{FileStorage, OpenError};
pub use memory::MemoryStorage;

#[cfg(test)]
mod power;
#[cfg(test)]
mod tests;
