//! [`Records`]: one pass over a license file, one result for each record.

use crate::record::binary::{BinaryRecords, MARK};
use crate::record::found::Found;
use crate::record::text::TextRecords;

/// Goes through a license file, text or binary, without allocation and in linear time.
///
/// Each record is judged alone: a damaged one is reported, and the next keyword begins a new one.
///
/// ```
/// use nodelock::Reason;
/// use nodelock::record::Records;
/// let file = b"# a comment\nLICENSE 1 voice 1.0 permanent";
/// let found: Vec<_> = Records::new(file).collect();
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].record.unwrap_err().reason, Reason::Truncated);
/// ```
#[derive(Debug, Clone)]
pub struct Records<'a>(Form<'a>);

#[derive(Debug, Clone)]
enum Form<'a> {
    Text(TextRecords<'a>),
    Binary(BinaryRecords<'a>),
}

impl<'a> Records<'a> {
    /// Begins at the start of a file. A file whose first byte is the binary mark is read as the
    /// binary twin, any other as text.
    #[must_use]
    pub fn new(file: &'a [u8]) -> Self {
        if file.first() == Some(&MARK) {
            Self(Form::Binary(BinaryRecords::new(file)))
        } else {
            Self(Form::Text(TextRecords::new(file)))
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Found<'a>;

    // Kept out of its callers: their stack frames would hold the parser's, which is far larger.
    #[inline(never)]
    fn next(&mut self) -> Option<Found<'a>> {
        match &mut self.0 {
            Form::Text(records) => records.next(),
            Form::Binary(records) => records.next(),
        }
    }
}
