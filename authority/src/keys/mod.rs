//! The keys that sign and that are trusted: in memory, in files, and as tables for products.

mod files;
mod pem;
mod read;
mod secret;
mod tables;

pub use files::{KeyFiles, read_public, read_secret, write_key_files};
pub use pem::{public_from_pem, public_to_pem, public_to_pem_saying};
pub use secret::SecretKey;
pub use tables::{TableLanguage, key_tables};
