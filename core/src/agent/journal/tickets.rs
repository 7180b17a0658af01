//! The device's words on tickets, each in one value: what it says, the units that are left, and the signed
//! proof. The value is the change. docs/SPEC.md section 13.

use crate::agent::journal::Journal;
use crate::agent::journal::keys::{Group, MAX_TICKETS, key};
use crate::bytes::reader::Reader;
use crate::bytes::sink::{CountSink, Sink};
use crate::bytes::writer::number;
use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::record::transfer::{Lines, Taken, UsedTime};
use crate::store::Storage;
use crate::value::key::KeyId;
use crate::value::license::LineId;
use crate::value::signature::Signature;
use crate::value::ticket::TicketDigest;

/// What the device said of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) enum WordKind {
    /// A `PERMISSION` was applied.
    Applied = 1,
    /// A `PERMISSION` will never be applied.
    Cancelled = 2,
    /// What came by a `PERMISSION` was given up.
    GivenUp = 3,
    /// A `REVOKE` was done.
    Confirmed = 4,
}

impl WordKind {
    const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Applied),
            2 => Some(Self::Cancelled),
            3 => Some(Self::GivenUp),
            4 => Some(Self::Confirmed),
            _ => None,
        }
    }
}

/// What is left of a line.
#[derive(Debug, Clone, Copy)]
pub(in crate::agent) struct Left {
    pub(in crate::agent) id: LineId,
    pub(in crate::agent) units: u64,
}

/// A word of the device, as it is stored.
#[derive(Debug, Clone, Copy)]
pub(in crate::agent) struct Word<'v> {
    pub(in crate::agent) ticket: TicketDigest,
    pub(in crate::agent) kind: WordKind,
    /// Its number.
    pub(in crate::agent) number: u64,
    /// Repairs done when it was said.
    pub(in crate::agent) repairs: u64,
    /// What is left of the lines, as [`Left`] one after another.
    left: &'v [u8],
    /// The list in the record of the proof, in the form of the twin: used time, or what was taken.
    pub(in crate::agent) list: &'v [u8],
    pub(in crate::agent) signer: KeyId,
    pub(in crate::agent) signature: Signature,
}

impl Word<'_> {
    /// What is left of the lines that it names.
    pub(in crate::agent) fn left(&self) -> impl Iterator<Item = Left> + use<'_> {
        let mut reader = Reader::new(self.left);
        core::iter::from_fn(move || {
            Some(Left { id: LineId(reader.array()?), units: reader.number()? })
        })
    }
}

/// A word that is about to be stored.
pub(in crate::agent) struct NewWord<'w> {
    pub(in crate::agent) ticket: TicketDigest,
    pub(in crate::agent) kind: WordKind,
    pub(in crate::agent) number: u64,
    pub(in crate::agent) repairs: u64,
    pub(in crate::agent) left: &'w [Left],
    pub(in crate::agent) list: WordList<'w>,
    pub(in crate::agent) signer: KeyId,
    pub(in crate::agent) signature: &'w Signature,
}

/// The list in the record of a word.
#[derive(Clone, Copy)]
pub(in crate::agent) enum WordList<'w> {
    None,
    Used(Lines<'w, UsedTime>),
    Taken(Lines<'w, Taken>),
}

impl<S: Storage, V: SignatureVerifier> Journal<'_, S, V> {
    /// Goes through the words.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    #[inline(never)]
    pub(in crate::agent) fn each_word(
        &mut self,
        take: &mut dyn FnMut(u8, &Word<'_>),
    ) -> Result<(), Reason> {
        let mut result = Ok(());
        for place in 0..MAX_TICKETS {
            match self.vault.load(key(Group::Tickets, place), self.scratch) {
                Ok(None) => {}
                Ok(Some((content, _))) => match read(content) {
                    Some(word) => take(place, &word),
                    None => result = Err(Reason::StorageCorrupted),
                },
                Err(reason) => result = Err(reason),
            }
        }
        result
    }

    /// Reads the word on a ticket.
    ///
    /// # Errors
    /// Why nobody knows whether there is one.
    pub(in crate::agent) fn word_on(
        &mut self,
        ticket: TicketDigest,
    ) -> Result<Option<Word<'_>>, Reason> {
        let mut found = None;
        let read_all = self.each_word(&mut |place, word| {
            if word.ticket == ticket {
                found = Some(place);
            }
        });
        let Some(place) = found else { return read_all.map(|()| None) };
        let loaded = self.vault.load(key(Group::Tickets, place), self.scratch)?;
        loaded.and_then(|(content, _)| read(content)).map(Some).ok_or(Reason::StorageCorrupted)
    }

    /// Stores a word: for good, and with all that it changes.
    ///
    /// # Errors
    /// [`Reason::TicketsFull`], or what storage and counters report.
    #[inline(never)]
    pub(in crate::agent) fn store_word(&mut self, word: &NewWord<'_>) -> Result<(), Reason> {
        let mut free = None;
        for place in 0..MAX_TICKETS {
            match self.vault.load(key(Group::Tickets, place), self.scratch) {
                Ok(None) => free = free.or(Some(place)),
                // What a failed call has left there already.
                Ok(Some((content, _))) if is_on(content, word.ticket) => free = Some(place),
                Ok(Some(_)) => {}
                Err(reason) => return Err(reason),
            }
        }
        let place = free.ok_or(Reason::TicketsFull)?;
        let news = self.vault.load(key(Group::Tickets, place), self.scratch)?.is_none();
        self.vault.store_revocation(key(Group::Tickets, place), self.scratch, news, |out| {
            out.put(&[1]);
            out.put(&word.ticket.0);
            out.put(&[word.kind as u8]);
            number(word.number, out);
            number(word.repairs, out);
            let mut len = CountSink::default();
            put_left(word.left, &mut len);
            number(len.0 as u64, out);
            put_left(word.left, out);
            match word.list {
                WordList::None => number(0, out),
                WordList::Used(lines) => lines.encode(out),
                WordList::Taken(lines) => lines.encode(out),
            }
            out.put(&word.signer.0);
            out.put(word.signature.as_bytes());
        })
    }
}

fn put_left(left: &[Left], out: &mut impl Sink) {
    for line in left {
        out.put(&line.id.0);
        number(line.units, out);
    }
}

fn is_on(content: &[u8], ticket: TicketDigest) -> bool {
    content.get(1..17) == Some(&ticket.0[..])
}

fn read(content: &[u8]) -> Option<Word<'_>> {
    let mut reader = Reader::new(content);
    // As in the lists of revoked ids: how many revocations of the counters it is.
    (reader.byte()? == 1).then_some(())?;
    Some(Word {
        ticket: TicketDigest(reader.array()?),
        kind: WordKind::from_number(reader.byte()?)?,
        number: reader.number()?,
        repairs: reader.number()?,
        left: reader.text()?,
        list: reader.text()?,
        signer: KeyId(reader.array()?),
        signature: Signature::from_rs(reader.array()?),
    })
}
