//! What a customer has ordered: license lines that shall be issued.

mod file;
mod quotes;
mod spec;
mod table;
mod toml_value;
mod value;

pub(crate) use file::one_message;
pub use file::{OrderForm, read_order, read_order_as};
pub use spec::{LicenseSpec, MAX_ORDER_LINES, today};
pub(crate) use spec::{lines_of, within_limit};
pub use value::{
    DeviceUdi, ExtraField, ExtraFields, FeatureVersion, Label, TomlForm, Value, ValueError,
};
