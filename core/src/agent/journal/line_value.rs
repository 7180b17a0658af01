//! The value of an installed line: what the operator set, and the line as it came.

use core::ops::Range;

use crate::bytes::reader::Reader;
use crate::bytes::sink::Sink;
use crate::reason::Reason;
use crate::trust::VerifiedUnder;

/// What is kept with a line besides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) struct LineValue<'v> {
    pub(in crate::agent) priority: u8,
    pub(in crate::agent) activated: bool,
    /// The root under which the line was verified; only believed behind a MAC.
    pub(in crate::agent) seal: Option<VerifiedUnder>,
    pub(in crate::agent) comment: &'v [u8],
    /// Binary frames: the `KEY` record if the key is delegated, and the line.
    pub(in crate::agent) frames: &'v [u8],
}

/// Where the seal stands in the value of a line: behind priority and activation, so that all of
/// them can be changed in place.
pub(in crate::agent) const SEAL: Range<usize> = 2..18;

/// Where the frames begin.
#[cfg(feature = "transfer")]
pub(in crate::agent) const FRAMES: usize = SEAL.end;

impl<'v> LineValue<'v> {
    pub(in crate::agent) fn decode(value: &'v [u8]) -> Result<Self, Reason> {
        let line = (|| {
            let (&comment_len, value) = value.split_last()?;
            let frames_end = value.len().checked_sub(usize::from(comment_len))?;
            let (value, comment) = value.split_at_checked(frames_end)?;
            let mut reader = Reader::new(value);
            Some(Self {
                priority: reader.byte()?,
                activated: reader.byte()? != 0,
                seal: Some(reader.array()?).filter(|seal| *seal != NO_SEAL),
                frames: reader.rest(),
                comment,
            })
        })();
        line.ok_or(Reason::StorageCorrupted)
    }

    /// What stands before the frames of a new line; [`NO_COMMENT`] stands behind them.
    pub(in crate::agent) fn begin(seal: Option<VerifiedUnder>, out: &mut impl Sink) {
        out.put(&[0, 0]);
        out.put(&seal.unwrap_or(NO_SEAL));
    }
}

/// The end of a value without a comment: its length.
pub(in crate::agent) const NO_COMMENT: &[u8] = &[0];

/// No root has it, because no role is 0.
const NO_SEAL: VerifiedUnder = [0; 16];
