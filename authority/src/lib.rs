#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod delegate;
mod entry;
mod error;
mod fields;
mod issue;
mod key;
mod key_files;
mod pem;
mod read;
mod repair;
mod sign;
mod signer;
mod spec;
mod tables;
mod view;

pub use delegate::{DelegationSpec, Delegations, delegate};
pub use entry::{Entry, MAX_ORDER_LINES};
pub use error::Error;
pub use fields::{parse_date, parse_feature, parse_id, parse_role, today};
pub use issue::{issue, issue_delegated, random_id};
pub use key::SecretKey;
pub use key_files::{KeyFiles, read_public, read_secret, write_key_files};
pub use pem::{public_from_pem, public_to_pem, public_to_pem_saying};
pub use repair::{RepairSpec, repair};
pub use sign::Issued;
pub use signer::{CommandSigner, Signer, low_s};
pub use spec::LicenseSpec;
pub use tables::{TableLanguage, key_tables};
pub use view::{KeyView, LicenseView, RecordView, RepairView, UdiView};
