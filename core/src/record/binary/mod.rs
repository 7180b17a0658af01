//! The binary twin of a record: docs/SPEC.md section 7.
//!
//! A frame is the mark `0xB1`, the kind, the length of the body and the body, which is laid out as
//! the `postcard` wire format lays out the struct of section 7. Written by hand rather than with
//! the `postcard` and `serde` crates: every number has one encoding here and a longer one is
//! refused, nothing can panic, and the tests show that `postcard` reads the same bytes.

use crate::bytes::reader::Reader;
use crate::reason::Reason;
use crate::record::Record;
use crate::record::found::{Found, ParseError};

/// First byte of every frame: "binary, format 1". No text in ASCII or UTF-8 begins with it.
pub const MARK: u8 = 0xB1;

/// Goes through the frames of a binary license file.
#[derive(Debug, Clone)]
pub(crate) struct BinaryRecords<'a> {
    reader: Reader<'a>,
}

impl<'a> BinaryRecords<'a> {
    pub(crate) const fn new(file: &'a [u8]) -> Self {
        Self { reader: Reader::new(file) }
    }

    // Kept out of its callers: their stack frames would hold what it decodes into.
    #[inline(never)]
    pub(crate) fn next(&mut self) -> Option<Found<'a>> {
        if self.reader.is_empty() {
            return None;
        }
        let start = self.reader.offset();
        let record = self.frame();
        if record.is_none() {
            // Without the length of the frame nothing behind it can be found.
            self.reader.skip_all();
        }
        let record = record
            .unwrap_or(Err(Reason::BadBinary))
            .map_err(|reason| ParseError::new(reason, start));
        Some(Found { start, end: self.reader.offset(), record })
    }

    /// `None` if not even the frame is whole.
    fn frame(&mut self) -> Option<Result<Record<'a>, Reason>> {
        let mark = self.reader.byte()?;
        if mark != MARK {
            return None;
        }
        let kind = self.reader.byte()?;
        let body = self.reader.text()?;
        Some(Record::decode(kind, body))
    }
}
