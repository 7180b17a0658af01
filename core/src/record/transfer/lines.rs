//! [`Lines`]: the lists of license lines in records of a transfer.

use core::marker::PhantomData;

use crate::bytes::decimal::{self, Digits};
use crate::bytes::hex;
use crate::bytes::reader::Reader;
use crate::bytes::sink::{CountSink, Sink};
use crate::bytes::writer::number;
use crate::limits::{MAX_COUNT, MAX_RECORD_LINES, MAX_USAGE_SECONDS};
use crate::reason::Reason;
use crate::value::license::{Count, LineId};

/// What a list says of each line.
pub trait Entry: Copy + PartialEq {
    /// The line.
    fn id(&self) -> LineId;

    /// From what stands between two commas, behind the id: nothing, or `:` and more.
    #[doc(hidden)]
    fn parse(id: LineId, rest: &[u8]) -> Option<Self>;

    /// Writes what stands behind the id.
    #[doc(hidden)]
    fn emit(&self, out: &mut impl Sink);

    /// From the twin, behind the id.
    #[doc(hidden)]
    fn decode(id: LineId, reader: &mut Reader<'_>) -> Option<Self>;

    /// Writes the twin behind the id.
    #[doc(hidden)]
    fn encode(&self, out: &mut impl Sink);
}

/// A list of lines: 1 to [`MAX_RECORD_LINES`] entries in strictly ascending order of their ids.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a, E>(Form<'a, E>);

#[derive(Debug, Clone, Copy)]
enum Form<'a, E> {
    /// As in a text: entries with commas between.
    Text(&'a [u8]),
    /// As in the twin.
    Binary(&'a [u8], PhantomData<E>),
    /// About to be signed.
    Made(&'a [E]),
}

impl<'a, E: Entry> Lines<'a, E> {
    /// Of these entries.
    ///
    /// # Errors
    /// [`Reason::BadValue`] if they are not in ascending order, none, or too many.
    pub fn new(entries: &'a [E]) -> Result<Self, Reason> {
        Self::checked(Form::Made(entries), || Some(()))
    }

    /// The entries.
    pub fn entries(&self) -> Entries<'a, E> {
        Entries(self.0)
    }

    /// The entry of a line.
    #[must_use]
    pub fn of(&self, id: LineId) -> Option<E> {
        self.entries().find(|entry| entry.id() == id)
    }

    pub(super) fn parse(text: &'a [u8]) -> Result<Self, Reason> {
        Self::checked(Form::Text(text), || {
            text.split(|&b| b == b',').try_for_each(|entry| parse::<E>(entry).map(drop))
        })
    }

    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, Reason> {
        Self::checked(Form::Binary(bytes, PhantomData), || {
            let mut reader = Reader::new(bytes);
            while !reader.is_empty() {
                decode::<E>(&mut reader)?;
            }
            Some(())
        })
    }

    /// A list whose entries can all be read.
    fn checked(form: Form<'a, E>, read: impl FnOnce() -> Option<()>) -> Result<Self, Reason> {
        let mut last = None;
        let mut count = 0_usize;
        for entry in read().map(|()| Entries(form)).into_iter().flatten() {
            count = count.wrapping_add(1);
            if last >= Some(entry.id()) || count > MAX_RECORD_LINES {
                return Err(Reason::BadValue);
            }
            last = Some(entry.id());
        }
        if count == 0 { Err(Reason::BadValue) } else { Ok(Self(form)) }
    }

    pub(super) fn emit(&self, out: &mut impl Sink) {
        let mut comma: &[u8] = b"";
        for entry in self.entries() {
            out.put(comma);
            hex::emit(&entry.id().0, out);
            entry.emit(out);
            comma = b",";
        }
    }

    /// Writes the twin: its length in bytes, and the entries.
    pub(crate) fn encode(&self, out: &mut impl Sink) {
        let mut count = CountSink::default();
        self.encode_entries(&mut count);
        number(u64::try_from(count.0).unwrap_or(u64::MAX), out);
        self.encode_entries(out);
    }

    fn encode_entries(&self, out: &mut impl Sink) {
        for entry in self.entries() {
            out.put(&entry.id().0);
            entry.encode(out);
        }
    }
}

impl<E: Entry> PartialEq for Lines<'_, E> {
    fn eq(&self, other: &Self) -> bool {
        self.entries().eq(other.entries())
    }
}

#[cfg(feature = "serde")]
impl<E: Entry + serde::Serialize> serde::Serialize for Lines<'_, E> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        // Not `count()`, which panics where overflow checks are on.
        let len = self.entries().fold(0_usize, |len, _| len.saturating_add(1));
        let mut list = serializer.serialize_seq(Some(len))?;
        for entry in self.entries() {
            list.serialize_element(&entry)?;
        }
        list.end()
    }
}

/// Goes through the entries of a list, which was checked as a whole.
#[derive(Debug, Clone)]
pub struct Entries<'a, E>(Form<'a, E>);

impl<E: Entry> Iterator for Entries<'_, E> {
    type Item = E;

    fn next(&mut self) -> Option<E> {
        match &mut self.0 {
            Form::Text(text) => {
                if text.is_empty() {
                    return None;
                }
                let end = text.iter().position(|&b| b == b',').unwrap_or(text.len());
                let (entry, rest) = text.split_at_checked(end)?;
                *text = rest.split_first().map_or(&[], |(_, rest)| rest);
                parse(entry)
            }
            Form::Binary(bytes, _) => {
                if bytes.is_empty() {
                    return None;
                }
                let mut reader = Reader::new(bytes);
                let entry = decode(&mut reader);
                *bytes = reader.rest();
                entry
            }
            Form::Made(entries) => {
                let (first, rest) = entries.split_first()?;
                *entries = rest;
                Some(*first)
            }
        }
    }
}

fn parse<E: Entry>(entry: &[u8]) -> Option<E> {
    let (id, rest) = entry.split_at_checked(20)?;
    E::parse(LineId::parse(id).ok()?, rest)
}

fn decode<E: Entry>(reader: &mut Reader<'_>) -> Option<E> {
    let id = LineId(reader.array()?);
    E::decode(id, reader)
}

/// A line, and nothing about it.
impl Entry for LineId {
    fn id(&self) -> LineId {
        *self
    }

    fn parse(id: LineId, rest: &[u8]) -> Option<Self> {
        rest.is_empty().then_some(id)
    }

    fn emit(&self, _: &mut impl Sink) {}

    fn decode(id: LineId, _: &mut Reader<'_>) -> Option<Self> {
        Some(id)
    }

    fn encode(&self, _: &mut impl Sink) {}
}

/// What a ticket takes of a line: `ID:BEFORE-AFTER`. The device gives nothing up unless it has what the ticket
/// says that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Removal {
    /// The line.
    pub id: LineId,
    /// Units that it has now. One that is not counted moves as a whole.
    pub before: Count,
    /// Units that it will have: fewer, and 0 of one that is not counted.
    pub after: u64,
}

impl Removal {
    /// `None` if nothing would be taken, or some of what has no parts.
    #[must_use]
    pub const fn new(id: LineId, before: Count, after: u64) -> Option<Self> {
        match before {
            Count::Units(units) if units > after => Some(Self { id, before, after }),
            Count::Uncounted if after == 0 => Some(Self { id, before, after }),
            _ => None,
        }
    }

    /// The units that go.
    #[must_use]
    pub const fn taken(&self) -> Count {
        match self.before {
            Count::Uncounted => Count::Uncounted,
            Count::Units(units) => Count::Units(units.saturating_sub(self.after)),
        }
    }
}

impl Entry for Removal {
    fn id(&self) -> LineId {
        self.id
    }

    fn parse(id: LineId, rest: &[u8]) -> Option<Self> {
        let rest = rest.strip_prefix(b":")?;
        let dash = rest.iter().position(|&b| b == b'-')?;
        let (before, after) = rest.split_at_checked(dash)?;
        let after = decimal::decode(after.strip_prefix(b"-")?, MAX_COUNT)?;
        Self::new(id, Count::parse(before).ok()?, after)
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b":");
        emit_count(self.before, out);
        out.put(b"-");
        out.put(Digits::new(self.after).as_bytes());
    }

    fn decode(id: LineId, reader: &mut Reader<'_>) -> Option<Self> {
        let before = decode_count(reader)?;
        Self::new(id, before, reader.number()?)
    }

    fn encode(&self, out: &mut impl Sink) {
        encode_count(self.before, out);
        number(self.after, out);
    }
}

/// How much of a metered line was used when it was given up: `ID:SECONDS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UsedTime {
    /// The line.
    pub id: LineId,
    /// Seconds.
    pub seconds: u64,
}

impl Entry for UsedTime {
    fn id(&self) -> LineId {
        self.id
    }

    fn parse(id: LineId, rest: &[u8]) -> Option<Self> {
        let seconds = decimal::decode(rest.strip_prefix(b":")?, MAX_USAGE_SECONDS)?;
        Some(Self { id, seconds })
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b":");
        out.put(Digits::new(self.seconds).as_bytes());
    }

    fn decode(id: LineId, reader: &mut Reader<'_>) -> Option<Self> {
        let seconds = reader.number().filter(|seconds| *seconds <= MAX_USAGE_SECONDS)?;
        Some(Self { id, seconds })
    }

    fn encode(&self, out: &mut impl Sink) {
        number(self.seconds, out);
    }
}

/// What became of a line that was taken back: `ID:UNITS` if these units were taken now, `ID:gone` if there
/// were none to take, `ID:gone@WORD` if this word of the device had taken them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Taken {
    /// The line.
    pub id: LineId,
    /// Units that were taken now, if any were there.
    pub units: Option<Count>,
    /// Else the word that took them, or 0 if the device does not know of one.
    pub by_word: u64,
}

const GONE: &[u8] = b"gone";

impl Entry for Taken {
    fn id(&self) -> LineId {
        self.id
    }

    fn parse(id: LineId, rest: &[u8]) -> Option<Self> {
        let rest = rest.strip_prefix(b":")?;
        let Some(word) = rest.strip_prefix(GONE) else {
            return Some(Self { id, units: Some(Count::parse(rest).ok()?), by_word: 0 });
        };
        let by_word = match word {
            [] => 0,
            _ => decimal::decode(word.strip_prefix(b"@")?, u64::MAX).filter(|word| *word > 0)?,
        };
        Some(Self { id, units: None, by_word })
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b":");
        match self.units {
            Some(units) => emit_count(units, out),
            None => {
                out.put(GONE);
                if self.by_word > 0 {
                    out.put(b"@");
                    out.put(Digits::new(self.by_word).as_bytes());
                }
            }
        }
    }

    fn decode(id: LineId, reader: &mut Reader<'_>) -> Option<Self> {
        match reader.byte()? {
            0 => Some(Self { id, units: Some(decode_count(reader)?), by_word: 0 }),
            1 => Some(Self { id, units: None, by_word: reader.number()? }),
            _ => None,
        }
    }

    fn encode(&self, out: &mut impl Sink) {
        match self.units {
            Some(units) => {
                out.put(&[0]);
                encode_count(units, out);
            }
            None => {
                out.put(&[1]);
                number(self.by_word, out);
            }
        }
    }
}

/// A line that a device has: `ID:UNITS`, and `:waiting` behind it if it waits for the proof of its transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Holding {
    /// The line.
    pub id: LineId,
    /// Units that are left.
    pub units: Count,
    /// Whether it waits.
    pub waiting: bool,
}

impl Holding {
    pub(crate) const NONE: Self =
        Self { id: LineId([0; 10]), units: Count::Uncounted, waiting: false };
}

const WAITING: &[u8] = b":waiting";

impl Entry for Holding {
    fn id(&self) -> LineId {
        self.id
    }

    fn parse(id: LineId, rest: &[u8]) -> Option<Self> {
        let rest = rest.strip_prefix(b":")?;
        let units = rest.strip_suffix(WAITING);
        let waiting = units.is_some();
        Some(Self { id, units: Count::parse(units.unwrap_or(rest)).ok()?, waiting })
    }

    fn emit(&self, out: &mut impl Sink) {
        out.put(b":");
        emit_count(self.units, out);
        if self.waiting {
            out.put(WAITING);
        }
    }

    fn decode(id: LineId, reader: &mut Reader<'_>) -> Option<Self> {
        let units = decode_count(reader)?;
        let waiting = match reader.byte()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        Some(Self { id, units, waiting })
    }

    fn encode(&self, out: &mut impl Sink) {
        encode_count(self.units, out);
        out.put(&[u8::from(self.waiting)]);
    }
}

fn emit_count(count: Count, out: &mut impl Sink) {
    match count {
        Count::Uncounted => out.put(b"uncounted"),
        Count::Units(units) => out.put(Digits::new(units).as_bytes()),
    }
}

/// 0 for what is not counted.
fn decode_count(reader: &mut Reader<'_>) -> Option<Count> {
    match reader.number()? {
        0 => Some(Count::Uncounted),
        units @ 1..=MAX_COUNT => Some(Count::Units(units)),
        _ => None,
    }
}

fn encode_count(count: Count, out: &mut impl Sink) {
    number(
        match count {
            Count::Uncounted => 0,
            Count::Units(units) => units,
        },
        out,
    );
}
