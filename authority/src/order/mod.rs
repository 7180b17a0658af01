//! What a customer has ordered: license lines that shall be issued.

mod file;
mod spec;
mod toml_value;
mod value;

pub use file::read_order;
pub use spec::{LicenseSpec, MAX_ORDER_LINES, today};
pub use value::{
    DeviceUdi, ExtraField, ExtraFields, FeatureVersion, Label, TomlForm, Value, ValueError,
};
