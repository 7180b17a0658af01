//! Bytes, tokens and the few encodings that format 1 uses. Nothing here knows licenses.

pub(crate) mod base64url;
pub(crate) mod decimal;
pub(crate) mod hex;
pub(crate) mod reader;
pub(crate) mod sink;
pub(crate) mod text;
pub(crate) mod token;
pub(crate) mod writer;

pub use sink::{BufferTooSmall, Sink, SliceSink};
pub use text::Text;

#[cfg(test)]
mod tests;
