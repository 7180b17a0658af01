//! Bytes, tokens and the few encodings that format 1 uses. Nothing here knows licenses.

pub(crate) mod base64url;
pub(crate) mod decimal;
pub(crate) mod hex;
pub(crate) mod sink;
pub(crate) mod token;

mod text;

pub use sink::{BufferTooSmall, SliceSink};
pub use text::Text;
pub(crate) use text::is_name_byte;

#[cfg(test)]
mod tests;
