//! The catalog of the simulated device.

use std::collections::BTreeMap;

use nodelock::catalog::Catalog;
use nodelock_authority::{Error, Product};
use nodelock_std::visible;

/// The catalog and the texts of its agreements.
pub(crate) fn read(
    text: &str,
) -> Result<(&'static Catalog<'static>, BTreeMap<String, String>), String> {
    match Product::read(text) {
        Ok(product) => Ok((product.catalog, product.agreements)),
        // It quotes a line of the file, and is of several lines.
        Err(Error::Toml(text)) => Err(text),
        Err(error) => Err(visible(&error.to_string())),
    }
}
