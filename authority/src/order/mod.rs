//! What a customer has ordered: license lines that shall be issued.

mod entry;
pub(crate) mod fields;
mod spec;

pub use entry::{Entry, MAX_ORDER_LINES};
pub use fields::{parse_date, parse_feature, parse_id, parse_role, today};
pub use spec::LicenseSpec;
