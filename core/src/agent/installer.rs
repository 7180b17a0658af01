//! [`Installer`]: a license file that comes in pieces.

use core::ops::Range;

use crate::agent::{Agent, InstallMode, Ports};
use crate::reason::Reason;
use crate::record::{BINARY_MARK, Found, Records};
use crate::rights::{InstallEffect, RecordReport};
use crate::value::time::Now;

/// Delegated keys that are remembered from piece to piece: as many as one file may use at a time.
const KEYS: usize = 2;

/// Takes a license file in pieces of any size, as a serial line, a socket or a mailbox gives them,
/// and installs each record as soon as it is whole. `KEY` records count for the lines behind them,
/// in whichever piece those come.
///
/// A record is whole when its last byte is there and, in a text, the blank or the end of the line
/// behind its signature; texts are looked through at each end of a line. One that is damaged ends where the next begins, or with
/// [`finish`](Self::finish).
///
/// `LEN` is the room in bytes, at least 256: for the longest record with its blanks and comments, and for
/// two `KEY` records if the vendor delegates keys. [`Installer::LEN`] is enough for three records
/// of the greatest length as they are issued. A record that finds no room is reported as
/// [`Reason::RecordTooLong`].
///
/// The first byte of a file says whether it is text or binary (docs/SPEC.md section 1). What a line does
/// is reported as it is then: of two lines for one feature in one file, the second may replace
/// the first here and join it there.
///
/// A `KEY` record that is remembered is checked again with each piece that completes a record, at
/// the price of one signature: what stands in RAM is not trusted for having been checked once.
///
/// ```
/// # use nodelock::agent::Installer;
/// # use nodelock::{Agent, Now, agent::Ports};
/// fn on_bytes<P: Ports>(feed: &mut Installer, agent: &mut Agent<'_, P>, bytes: &[u8], now: Now) {
///     feed.push(agent, bytes, now, |report| {
///         if let Err(reason) = report.result {
///             // Tell the sender: report.number, report.offset, reason.
///         }
///     });
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Installer<const LEN: usize = 3072> {
    /// Remembered `KEY` records, and behind them what is not yet whole.
    buffer: [u8; LEN],
    /// Length of each remembered record, the oldest first.
    keys: [usize; KEYS],
    form: Form,
    filled: usize,
    /// Where the unfinished part begins in the file.
    offset: usize,
    /// Records that were reported.
    number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Nothing has come.
    Unknown,
    Text,
    Binary,
    /// A binary file after a frame whose end nobody knows: the rest is refused with it.
    Lost,
}

impl Installer {
    /// Bytes for three records of the greatest length.
    pub const LEN: usize = 3 * crate::limits::MAX_RECORD_LEN;
}

impl<const LEN: usize> Default for Installer<LEN> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const LEN: usize> Installer<LEN> {
    /// Nothing has come yet.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(LEN >= 256, "no line finds room in it") };
        let form = Form::Unknown;
        Self { buffer: [0; LEN], keys: [0; KEYS], form, filled: 0, offset: 0, number: 0 }
    }

    /// Takes the next bytes of the file, and installs what is whole. The report's numbers and
    /// offsets count from the start of the file.
    pub fn push<P: Ports>(
        &mut self,
        agent: &mut Agent<'_, P>,
        mut bytes: &[u8],
        now: Now,
        mut report: impl FnMut(&RecordReport<'_, '_>),
    ) {
        if let (Form::Unknown, Some(first)) = (self.form, bytes.first()) {
            self.form = if *first == BINARY_MARK { Form::Binary } else { Form::Text };
        }
        while !bytes.is_empty() && self.form != Form::Lost {
            if self.filled >= LEN {
                // Keys alone fill it: too little room for this vendor's.
                self.forget_keys();
            }
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            let count = room.len().min(bytes.len());
            let (piece, rest) = bytes.split_at_checked(count).unwrap_or_default();
            for (to, from) in room.iter_mut().zip(piece) {
                *to = *from;
            }
            bytes = rest;
            self.filled = self.filled.saturating_add(count);
            let is_full = self.filled >= LEN;
            // In a text, looking for whole records is worth it once a line.
            if is_full || self.form == Form::Binary || piece.contains(&b'\n') {
                let whole = self.whole();
                self.install(agent, whole, now, &mut report);
            }
            let strange = self.pending().first().is_some_and(|first| *first != BINARY_MARK);
            if self.form == Form::Binary && strange {
                self.refuse(Reason::BadBinary, &mut report);
                self.form = Form::Lost;
            } else if is_full && self.filled >= LEN {
                self.make_room(&mut report);
            }
        }
    }

    /// The file has ended: installs what is left, and forgets the keys. The next byte begins a new
    /// file.
    pub fn finish<P: Ports>(
        &mut self,
        agent: &mut Agent<'_, P>,
        now: Now,
        mut report: impl FnMut(&RecordReport<'_, '_>),
    ) {
        if self.form != Form::Lost {
            self.install(agent, self.pending().len(), now, &mut report);
        }
        *self = Self::new();
    }

    fn keys_len(&self) -> usize {
        self.keys.iter().fold(0, |sum, len| sum.saturating_add(*len))
    }

    /// Where the unfinished part begins. Behind the first record of a text there is always a key or a
    /// blank before it: nothing that comes then is the first byte of a file.
    fn base(&self) -> usize {
        let keys = self.keys_len();
        let blank = keys == 0 && self.form == Form::Text && self.offset > 0;
        keys.saturating_add(usize::from(blank))
    }

    /// What has come and is not installed.
    fn pending(&self) -> &[u8] {
        self.buffer.get(self.base()..self.filled).unwrap_or_default()
    }

    /// How many of the pending bytes are whole records, or between records.
    fn whole(&self) -> usize {
        let base = self.base();
        let mut whole = base;
        for found in Records::new(self.buffer.get(..self.filled).unwrap_or_default()) {
            // The signature of a text may go on in the next piece.
            let is_text = self.form == Form::Text;
            let end = found.end.saturating_add(usize::from(is_text));
            // Of a frame that is damaged or not yet whole, the end is that of the bytes.
            let has_ended = match found.record {
                Ok(_) => end <= self.filled,
                Err(_) => !is_text && end < self.filled,
            };
            whole = if has_ended { end } else { found.start };
        }
        whole.saturating_sub(base)
    }

    /// Installs the first so many pending bytes, behind the remembered keys.
    fn install<P: Ports>(
        &mut self,
        agent: &mut Agent<'_, P>,
        whole: usize,
        now: Now,
        report: &mut impl FnMut(&RecordReport<'_, '_>),
    ) {
        if whole == 0 {
            return;
        }
        let base = self.base();
        // Neither `count()` nor `enumerate`, which panic where overflow checks are on.
        let known = self.keys_at().iter().flatten().fold(0_usize, |n, _| n.saturating_add(1));
        let end = base.saturating_add(whole);
        let file = self.buffer.get(..end).unwrap_or_default();
        let (mut number, reported, offset) = (0_usize, self.number, self.offset);
        let mut last = 0_u32;
        // Where the keys are that the agent knows.
        let mut keys = self.keys_at();
        let mut records = Records::new(file);
        // With the blank behind the record: a text may follow that is not blank.
        let blank = usize::from(self.form == Form::Text);
        let behind = |found: Found<'_>| found.end.saturating_add(blank).min(file.len());
        let mut ends = records.next().map(behind);
        agent.install(file, InstallMode::Apply, now, |taken| {
            number = number.saturating_add(1);
            let end = ends.unwrap_or(file.len());
            ends = records.next().map(behind);
            if number <= known {
                return;
            }
            last = last.saturating_add(1);
            if taken.result == Ok(InstallEffect::Key) {
                let key = Some(taken.offset..end);
                let bytes = |at: &Option<Range<usize>>| file.get(at.clone()?);
                // One that is known already keeps its place.
                if keys.iter().all(|known| bytes(known) != bytes(&key)) {
                    keys.rotate_left(1);
                    if let Some(newest) = keys.last_mut() {
                        *newest = key;
                    }
                }
            }
            report(&RecordReport {
                number: reported.saturating_add(last),
                offset: offset.saturating_add(taken.offset.saturating_sub(base)),
                record: taken.record,
                result: taken.result,
            });
        });
        self.number = reported.saturating_add(last);
        self.offset = offset.saturating_add(whole);
        self.keep(keys, end);
    }

    fn keys_at(&self) -> [Option<Range<usize>>; KEYS] {
        let mut end = 0_usize;
        self.keys.map(|len| {
            let start = end;
            end = end.saturating_add(len);
            (len > 0).then_some(start..end)
        })
    }

    /// Moves these keys to the front, and what is not installed behind them.
    fn keep(&mut self, keys: [Option<Range<usize>>; KEYS], installed: usize) {
        let mut end = 0_usize;
        self.keys = [0; KEYS];
        for (at, key) in (0..KEYS).zip(keys) {
            let Some(key) = key else { continue };
            let len = key.len();
            self.move_down(key, end);
            end = end.saturating_add(len);
            if let Some(kept) = self.keys.get_mut(at) {
                *kept = len;
            }
        }
        self.close_gap(installed, end);
    }

    /// Moves what is not installed down to here, or behind a blank.
    fn close_gap(&mut self, from: usize, end: usize) {
        let base = self.base();
        if let Some(blank) = self.buffer.get_mut(end).filter(|_| base > end) {
            *blank = b'\n';
        }
        self.move_down(from..self.filled, base);
        self.filled = base.saturating_add(self.filled.saturating_sub(from));
    }

    /// Keys alone fill the buffer.
    fn forget_keys(&mut self) {
        let keys = self.keys_len();
        self.keys = [0; KEYS];
        self.close_gap(keys, 0);
    }

    /// Reports what begins here as no record.
    fn refuse(&mut self, reason: Reason, report: &mut impl FnMut(&RecordReport<'_, '_>)) {
        self.number = self.number.saturating_add(1);
        let (number, offset) = (self.number, self.offset);
        report(&RecordReport { number, offset, record: None, result: Err(reason) });
    }

    /// The buffer is full, and nothing in it is whole.
    fn make_room(&mut self, report: &mut impl FnMut(&RecordReport<'_, '_>)) {
        let pending = self.pending();
        let length = pending.len();
        let is_record = Records::new(pending).next().is_some();
        // Of a comment, the rest of the line is to come.
        let line = pending.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let in_comment = !is_record && line.contains(&b'#');
        if is_record {
            self.refuse(Reason::RecordTooLong, report);
        }
        if self.form == Form::Binary {
            self.form = Form::Lost;
        }
        self.offset = self.offset.saturating_add(length.saturating_sub(usize::from(in_comment)));
        self.close_gap(self.filled, self.keys_len());
        if let Some(next) = self.buffer.get_mut(self.filled).filter(|_| in_comment) {
            *next = b'#';
            self.filled = self.filled.saturating_add(1);
        }
    }

    /// Moves bytes towards the front.
    fn move_down(&mut self, bytes: Range<usize>, to: usize) {
        for (to, from) in (to..LEN).zip(bytes) {
            let byte = self.buffer.get(from).copied().unwrap_or(0);
            if let Some(place) = self.buffer.get_mut(to) {
                *place = byte;
            }
        }
    }
}
