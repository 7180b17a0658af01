//! The keys that sign and that are trusted: in memory, in files, and as tables for products.

mod files;
mod pem;
mod read;
mod secret;
mod tables;

pub use files::{
    KeyFileInfo, KeyFiles, describe_key_file, read_key_text, read_public, read_secret,
    replace_key_file, write_key_files, write_key_files_with,
};
pub use pem::{
    FoundKey, all_in_pem, found_in_pem, public_from_pem, public_to_pem, public_to_pem_saying,
};
pub(crate) use read::read as read_limited;
pub use secret::{SecretKey, change_passphrase};
pub use tables::{TableLanguage, key_tables};
