#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod catalog;
mod error;
mod keys;
mod order;
mod sign;
mod slips;
pub mod transfer;
mod view;

pub use catalog::Product;
pub use error::Error;
pub use keys::{
    FoundKey, KeyFileInfo, KeyFiles, SecretKey, TableLanguage, all_in_pem, change_passphrase,
    describe_key_file, found_in_pem, key_tables, public_from_pem, public_to_pem,
    public_to_pem_saying, read_key_text, read_public, read_secret, replace_key_file,
    write_key_files, write_key_files_with,
};
pub use order::{
    DeviceUdi, ExtraField, ExtraFields, FeatureVersion, Label, LicenseSpec, MAX_ORDER_LINES,
    OrderForm, TomlForm, Value, ValueError, read_order, read_order_as, today,
};
pub use sign::{
    Batch, CommandSigner, DelegationSpec, Delegations, Ids, Issued, RepairSpec, Signer, delegate,
    issue, low_s, random_id, repair, tell_time,
};
pub use slips::{Severity, Slip, SlipCheck, SlipKind};
pub use view::{RecordView, ViewRow, summary};
