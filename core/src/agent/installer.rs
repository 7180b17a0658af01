//! [`Installer`]: a license file that comes in pieces.

use core::ops::Range;

use crate::agent::{Agent, InstallMode, Ports};
use crate::reason::Reason;
use crate::record::{BINARY_MARK, Found, Record, Records};
use crate::rights::{InstallEffect, RecordReport};
use crate::value::time::Now;

/// Delegated keys that are remembered from piece to piece: as many as one file may use at a time.
const KEYS: usize = 2;

/// Takes a license file in pieces of any size, as a serial line, a socket or a mailbox gives them,
/// and installs each record as soon as it is whole. `KEY` records count for the lines behind them,
/// in whichever piece those come.
///
/// A record is whole when its last byte is there and, in a text, the blank or the end of the line
/// behind its signature. One that is damaged ends where the next begins, or with
/// [`finish`](Self::finish).
///
/// `LEN` is the room in bytes: for the longest record, and for two `KEY` records if the vendor
/// delegates keys. [`Installer::LEN`] is enough for whatever format 1 permits. A record that finds no
/// room is reported as [`Reason::RecordTooLong`].
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
    filled: usize,
    /// Where the unfinished part begins in the file.
    offset: usize,
    /// Records that were reported.
    number: u32,
}

impl Installer {
    /// Bytes that are always enough: three records of the greatest length.
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
        Self { buffer: [0; LEN], keys: [0; KEYS], filled: 0, offset: 0, number: 0 }
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
        while !bytes.is_empty() {
            if self.filled >= LEN {
                // Keys alone fill it: too little room for this vendor's.
                self.forget_keys(self.keys_len());
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
            if is_full || self.is_binary() || piece.contains(&b'\n') {
                let whole = self.whole();
                self.install(agent, whole, now, &mut report);
            }
            if is_full && self.filled >= LEN {
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
        self.install(agent, self.filled.saturating_sub(self.keys_len()), now, &mut report);
        *self = Self::new();
    }

    fn keys_len(&self) -> usize {
        self.keys.iter().fold(0, |sum, len| sum.saturating_add(*len))
    }

    /// What has come and is not installed.
    fn pending(&self) -> &[u8] {
        self.buffer.get(self.keys_len()..self.filled).unwrap_or_default()
    }

    fn is_binary(&self) -> bool {
        self.pending().first() == Some(&BINARY_MARK)
    }

    /// How many of the pending bytes are whole records, or between records.
    fn whole(&self) -> usize {
        let is_binary = self.is_binary();
        let mut whole = 0;
        for found in Records::new(self.pending()) {
            // The signature of a text may go on in the next piece.
            let end = found.end.saturating_add(usize::from(!is_binary));
            let has_ended = end <= self.pending().len();
            whole = if has_ended && found.record.is_ok() { end } else { found.start };
        }
        whole
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
        // Keys of another form belong to a file that came before.
        let mut keys = self.keys_len();
        if keys > 0 && (self.buffer.first() == Some(&BINARY_MARK)) != self.is_binary() {
            self.forget_keys(keys);
            keys = 0;
        }
        let known = self.keys.iter().filter(|len| **len > 0).count();
        let end = keys.saturating_add(whole);
        let file = self.buffer.get(..end).unwrap_or_default();
        let (mut number, reported, offset) = (0_usize, self.number, self.offset);
        let mut last = 0_u32;
        // Where the newest two keys of this piece are.
        let mut fresh = [(0, 0); KEYS];
        let mut records = Records::new(file);
        // With the blank behind the record: a text may follow that is not blank.
        let blank = usize::from(!self.is_binary());
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
            if taken.result == Ok(InstallEffect::Key)
                && matches!(taken.record, Some(Record::Key(_)))
            {
                fresh.rotate_left(1);
                if let Some(newest) = fresh.last_mut() {
                    *newest = (taken.offset, end);
                }
            }
            report(&RecordReport {
                number: reported.saturating_add(last),
                offset: offset.saturating_add(taken.offset.saturating_sub(keys)),
                record: taken.record,
                result: taken.result,
            });
        });
        self.number = reported.saturating_add(last);
        self.offset = offset.saturating_add(whole);
        self.keep(fresh, end);
    }

    /// Moves the new keys behind the old ones, and what is not installed behind both.
    fn keep(&mut self, fresh: [(usize, usize); KEYS], installed: usize) {
        let mut end = self.keys_len();
        for (start, stop) in fresh.into_iter().filter(|(start, stop)| start < stop) {
            self.move_down(start..stop, end);
            let len = stop.saturating_sub(start);
            end = end.saturating_add(len);
            let oldest = self.keys.first().copied().unwrap_or(0);
            self.move_down(oldest..end, 0);
            end = end.saturating_sub(oldest);
            self.keys.rotate_left(1);
            if let Some(newest) = self.keys.last_mut() {
                *newest = len;
            }
        }
        self.move_down(installed..self.filled, end);
        self.filled = end.saturating_add(self.filled.saturating_sub(installed));
    }

    /// Forgets the remembered keys, which are so many bytes.
    fn forget_keys(&mut self, len: usize) {
        self.move_down(len..self.filled, 0);
        self.filled = self.filled.saturating_sub(len);
        self.keys = [0; KEYS];
    }

    /// The buffer is full, and nothing in it is whole.
    fn make_room(&mut self, report: &mut impl FnMut(&RecordReport<'_, '_>)) {
        let keys = self.keys_len();
        let pending = self.pending();
        let length = pending.len();
        let is_record = Records::new(pending).next().is_some();
        // Of a comment, the rest of the line is to come.
        let line = pending.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let in_comment = !is_record && line.contains(&b'#');
        if is_record {
            self.number = self.number.saturating_add(1);
            report(&RecordReport {
                number: self.number,
                offset: self.offset,
                record: None,
                result: Err(Reason::RecordTooLong),
            });
        }
        self.filled = keys;
        if let Some(first) = self.buffer.get_mut(keys).filter(|_| in_comment) {
            *first = b'#';
            self.filled = keys.saturating_add(1);
        }
        self.offset = self.offset.saturating_add(length.saturating_sub(usize::from(in_comment)));
    }

    /// Moves bytes towards the front.
    fn move_down(&mut self, bytes: Range<usize>, to: usize) {
        for (to, from) in (to..).zip(bytes) {
            let byte = self.buffer.get(from).copied().unwrap_or(0);
            if let Some(place) = self.buffer.get_mut(to) {
                *place = byte;
            }
        }
    }
}
