//! [`Found`]: what one step through a file gives.

use crate::reason::Reason;
use crate::record::Record;

/// Why a piece of a file is no record, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ParseError {
    /// The reason.
    pub reason: Reason,
    /// Offset in the file of the byte or token that is wrong.
    pub offset: usize,
}

impl ParseError {
    pub(crate) const fn new(reason: Reason, offset: usize) -> Self {
        Self { reason, offset }
    }
}

impl core::fmt::Display for ParseError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} (at byte {})", self.reason, self.offset)
    }
}

impl core::error::Error for ParseError {}

/// A piece of a license file: a record, or something that is none.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// Offset of its first byte in the file.
    pub start: usize,
    /// Offset of the byte after its last.
    pub end: usize,
    /// The record, or why it is none.
    pub record: Result<Record<'a>, ParseError>,
}
