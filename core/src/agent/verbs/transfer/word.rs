//! The device's words: numbered, signed, stored with what they change, and given again for ever.

use crate::agent::journal::{HistoryKind, Left, NewWord, Word, WordKind, WordList};
use crate::agent::memory::{LineSlot, LineSource};
use crate::agent::verbs::transaction::Change;
use crate::agent::{Agent, Ports};
use crate::bytes::sink::{Sink, SliceSink};
use crate::crypto::{SignatureVerifier, check_signature};
use crate::event::EventKind;
use crate::limits::MAX_RECORD_LINES;
use crate::reason::Reason;
use crate::record::transfer::{
    ConfirmTerms, CredentialTerms, Holding, Lines, Outcome, RehostTerms, Taken, UsedTime,
};
use crate::record::{AnyTerms, Message, write_signed};
use crate::value::key::KeyId;
use crate::value::level::ProofLevel;
use crate::value::license::{Count, LineId};
use crate::value::signature::Signature;
use crate::value::ticket::TicketDigest;
use crate::value::time::Now;
use crate::value::udi::UdiSource;

/// Lines in one credential: the longest fit into a record.
const CREDENTIAL_LINES: usize = 12;

/// What stands in front of a digest that is authenticated with the device secret.
const SECRET_DOMAIN: &[u8] = b"nodelock word 1\n";

/// What a word is about, before it has a number and a signature.
pub(super) struct Said<'w> {
    pub(super) ticket: TicketDigest,
    pub(super) kind: WordKind,
    /// Tells the history, with the first of the lines.
    pub(super) history: HistoryKind,
    pub(super) first: LineId,
    pub(super) left: &'w [Left],
    pub(super) list: WordList<'w>,
}

impl<P: Ports> Agent<'_, P> {
    /// With what this device proves its words.
    #[must_use]
    pub fn proof_level(&self) -> ProofLevel {
        match self.device.public_key() {
            Some(_) => ProofLevel::Key,
            None if self.journal.vault.secret().is_some() => ProofLevel::Secret,
            None => ProofLevel::None,
        }
    }

    /// Writes a credential of a member of the stack: who it is and what it has, for a vendor who is to make a ticket.
    /// One record has up to 12 lines, with ids above `after`; the last of them is given back if there are more,
    /// which a further credential has.
    ///
    /// # Errors
    /// [`Reason::UdiUnavailable`] for a member that is not there, [`Reason::RevocationsUnknown`] if the number of
    /// the last word cannot be read, [`Reason::SigningFailed`], [`Reason::BufferTooSmall`] with less than
    /// [`MAX_RECORD_LEN`](crate::limits::MAX_RECORD_LEN) bytes.
    pub fn credential<'b>(
        &mut self,
        member: u8,
        after: Option<LineId>,
        out: &'b mut [u8],
    ) -> Result<(&'b [u8], Option<LineId>), Reason> {
        let word = self.last_word()?;
        let mut holdings = [Holding::NONE; CREDENTIAL_LINES];
        let (mut len, mut last) = (0_usize, after);
        while let Some(slot) = holdings.get_mut(len)
            && let Some(next) = self.next_holding(member, last)
        {
            *slot = next;
            last = Some(next.id);
            len = len.saturating_add(1);
        }
        let more = self.next_holding(member, last).and(last);
        let lines = holdings.get(..len).unwrap_or_default();
        let lines = if lines.is_empty() { None } else { Some(Lines::new(lines)?) };
        let terms = CredentialTerms {
            udi: self.device.udi(member)?.ok_or(Reason::UdiUnavailable)?,
            proof: self.proof_level(),
            storage: self.journal.vault.level(),
            key: self.device.public_key(),
            word,
            repairs: self.repairs,
            lines,
        };
        let (signer, signature) = self.sign(&terms)?;
        let mut text = SliceSink::new(out);
        write_signed(&terms, signer, &signature, false, &mut text);
        let text = text.finish().map_err(|_| Reason::BufferTooSmall)?;
        Ok((text, more))
    }

    /// The installed line of a member with the lowest id above this one.
    fn next_holding(&self, member: u8, after: Option<LineId>) -> Option<Holding> {
        let of_member = |held: &&crate::agent::AgentLine| {
            held.source == LineSource::Installed && held.right.member().unwrap_or(0) == member
        };
        let next = self.lines().filter(of_member).filter(|held| Some(held.right.id()) > after);
        let next = next.min_by_key(|held| held.right.id())?;
        Some(Holding { id: next.right.id(), units: next.count(), waiting: next.waits })
    }

    /// Gives up for good what came by a ticket, or waits for its proof: this line, and every other one of the same
    /// ticket, because the word names the ticket. The vendor may then have it made for another device. Gives the proof, as [`ticket`](Self::ticket) does; the same one again if that has happened
    /// before.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::BuiltInLine`], [`Reason::NotTransferred`], and as of `ticket`.
    pub fn give_up<'b>(
        &mut self,
        id: LineId,
        now: Now,
        out: &'b mut [u8],
    ) -> Result<&'b [u8], Reason> {
        self.retry();
        self.tick(now);
        let mut known = None;
        self.journal.each_word(&mut |_, word| {
            if word.kind == WordKind::GivenUp && word.left().any(|line| line.id == id) {
                known = Some(word.ticket);
            }
        })?;
        let ticket = match known {
            Some(ticket) => ticket,
            None => {
                let (_, held) = self.installed(id)?;
                let ticket = held.right.needs().ok_or(Reason::NotTransferred)?;
                if self.journal.word_on(ticket)?.is_some() {
                    // A grace line of what this device has given up itself.
                    return Err(Reason::NotTransferred);
                }
                let mut left = [Left { id, units: 0 }; LINES];
                let mut count = 1_usize;
                let others = self.lines().filter(|held| held.right.needs() == Some(ticket));
                for other in others.filter(|other| other.right.id() != id) {
                    left.get_mut(count).ok_or(Reason::TicketsFull)?.id = other.right.id();
                    count = count.saturating_add(1);
                }
                self.say(&Said {
                    ticket,
                    kind: WordKind::GivenUp,
                    history: HistoryKind::GivenUp,
                    first: id,
                    left: left.get(..count).unwrap_or_default(),
                    list: WordList::None,
                })?;
                ticket
            }
        };
        let mut proof = SliceSink::new(out);
        self.write_word(ticket, false, &mut proof)?;
        proof.finish().map_err(|_| Reason::BufferTooSmall)
    }

    /// Writes the last word again, without its ticket: for a fleet manager that has lost a proof.
    ///
    /// # Errors
    /// [`Reason::TicketUnknown`] if none was said, or what storage reports.
    pub fn last_proof<'b>(&mut self, out: &'b mut [u8]) -> Result<&'b [u8], Reason> {
        let mut last = None;
        self.journal.each_word(&mut |_, word| last = last.max(Some((word.number, word.ticket))))?;
        let (_, ticket) = last.ok_or(Reason::TicketUnknown)?;
        let mut proof = SliceSink::new(out);
        self.write_word(ticket, false, &mut proof)?;
        proof.finish().map_err(|_| Reason::BufferTooSmall)
    }

    /// The number of the last word.
    ///
    /// # Errors
    /// [`Reason::RevocationsUnknown`] if one of them cannot be read, or what storage reports.
    fn last_word(&mut self) -> Result<u64, Reason> {
        let mut last = 0;
        let read = self.journal.each_word(&mut |_, word| last = last.max(word.number));
        match read {
            Ok(()) => Ok(last),
            Err(Reason::StorageCorrupted) => Err(Reason::RevocationsUnknown),
            Err(reason) => Err(reason),
        }
    }

    /// Signs and stores a word, with all that it takes away, and brings the lines to it.
    #[inline(never)]
    pub(super) fn say(&mut self, said: &Said<'_>) -> Result<(), Reason> {
        if let Some(reason) = self.journal.vault.rollback_state().doubt() {
            return Err(reason);
        }
        let number = self.last_word()?.saturating_add(1);
        let (signer, signature) = self.sign_word(said, number)?;
        let word = NewWord {
            ticket: said.ticket,
            kind: said.kind,
            number,
            repairs: self.repairs,
            left: said.left,
            list: said.list,
            signer,
            signature: &signature,
        };
        let first = said.first;
        let index = self.find_line(first).map(|(index, _)| index);
        let left = said.left.first().map_or(0, |line| line.units);
        let mut digest = [0; 32];
        SliceSink::new(&mut digest).put(&said.ticket.0);
        let change = Change {
            ticket: Some(&digest),
            left,
            ..Change::of_line(history_of(said, left), first, index)
        };
        let outcome = self.transact(&change, |agent| agent.journal.store_word(&word));
        if outcome.happened {
            self.obey(said);
        }
        outcome.written
    }

    /// Brings the lines to what a stored word has left of them.
    fn obey(&mut self, said: &Said<'_>) {
        for (at, line) in (0_usize..).zip(said.left) {
            let Some((index, held)) = self.find_line(line.id) else { continue };
            let about = held.about();
            if at > 0 {
                // The first one was told with the change.
                let kind = match said.kind {
                    WordKind::Confirmed => EventKind::Revoked,
                    _ => EventKind::Moved,
                };
                self.event(kind, about, line.units);
                self.remember(history_of(said, line.units), index);
            }
            if let Some(held) = self.held_mut(index) {
                held.left = held.left.min(line.units);
            }
            if line.units == 0 {
                // If that fails, the next boot does it.
                if let Ok(key) = self.line_key(index) {
                    let removed = self.journal.vault.remove(key, self.journal.scratch);
                    self.storage_failed(removed);
                }
                self.free(index);
            }
        }
        self.end_own_waits();
        self.settle_change();
    }

    /// Lines that wait for a ticket that this device has applied itself wait no longer: the grace for what it has
    /// given up.
    pub(in crate::agent) fn end_own_waits(&mut self) {
        let lines = &mut *self.lines;
        if !lines.iter().filter_map(LineSlot::held).any(|held| held.waits) {
            return;
        }
        let read = self.journal.each_word(&mut |_, word| {
            let held = lines.iter_mut().filter_map(LineSlot::held_mut);
            let applied = word.kind == WordKind::Applied;
            for held in held.filter(|held| applied && held.right.needs() == Some(word.ticket)) {
                held.waits = false;
            }
        });
        self.storage_failed(read);
    }

    /// Whether what comes by this ticket was given up here.
    pub(in crate::agent) fn is_given_up(&mut self, ticket: TicketDigest) -> Result<bool, Reason> {
        let word = self.journal.word_on(ticket)?;
        Ok(word.is_some_and(|word| word.kind == WordKind::GivenUp))
    }

    /// Whether this device has said something of the ticket whose digest begins so.
    pub(in crate::agent) fn has_word_on(&mut self, digest: &[u8; 32]) -> Result<bool, Reason> {
        self.journal.word_on(TicketDigest::from_digest(digest)).map(|word| word.is_some())
    }

    fn sign_word(&self, said: &Said<'_>, word: u64) -> Result<(KeyId, Signature), Reason> {
        let (ticket, repairs) = (said.ticket, self.repairs);
        match said.list {
            WordList::Taken(lines) => self.sign(&ConfirmTerms { ticket, word, repairs, lines }),
            WordList::Used(used) => {
                let outcome = outcome_of(said.kind);
                self.sign(&RehostTerms { outcome, ticket, word, repairs, used: Some(used) })
            }
            WordList::None => {
                let outcome = outcome_of(said.kind);
                self.sign(&RehostTerms { outcome, ticket, word, repairs, used: None })
            }
        }
    }

    /// Signs with the device's key; without one with its secret, else not at all. docs/SPEC.md section 19.3.
    fn sign<T>(&self, terms: &T) -> Result<(KeyId, Signature), Reason>
    where
        for<'m> AnyTerms<'m>: From<&'m T>,
    {
        let verifier = &self.journal.vault.verifier;
        let message = Message::of(terms);
        let Some(key) = self.device.public_key() else {
            let digest = verifier.sha256(&message)?;
            let mut signature = [0; 64];
            if let Some(mac) = self.journal.vault.secret_mac(&[SECRET_DOMAIN, &digest]) {
                SliceSink::new(&mut signature).put(&mac?);
            }
            return Ok((KeyId([0; 4]), Signature::from_rs(signature)));
        };
        let digest = verifier.sha256(&message)?;
        let signature = self.device.sign(&digest)?.to_low_s();
        // What nobody would accept must not give anything up.
        check_signature(&key, &message, &signature, verifier).map_err(|reason| match reason {
            Reason::CryptoFailure => reason,
            _ => Reason::SigningFailed,
        })?;
        Ok((KeyId::from_digest(&verifier.sha256(&Message::PublicKey(&key))?), signature))
    }

    /// Writes the stored proof of a ticket: the same bytes each time.
    ///
    /// # Errors
    /// [`Reason::TicketUnknown`], or what storage reports.
    pub(super) fn write_word(
        &mut self,
        ticket: TicketDigest,
        binary: bool,
        out: &mut SliceSink<'_>,
    ) -> Result<(), Reason> {
        let word = self.journal.word_on(ticket)?.ok_or(Reason::TicketUnknown)?;
        let Word { number, repairs, signer, signature, .. } = word;
        if word.kind == WordKind::Confirmed {
            let lines = Lines::<Taken>::decode(word.list)?;
            let terms = ConfirmTerms { ticket, word: number, repairs, lines };
            write_signed(&terms, signer, &signature, binary, out);
        } else {
            let used = match word.list {
                [] => None,
                list => Some(Lines::<UsedTime>::decode(list)?),
            };
            let outcome = outcome_of(word.kind);
            let terms = RehostTerms { outcome, ticket, word: number, repairs, used };
            write_signed(&terms, signer, &signature, binary, out);
        }
        Ok(())
    }
}

const fn outcome_of(kind: WordKind) -> Outcome {
    match kind {
        WordKind::Applied | WordKind::Confirmed => Outcome::Applied,
        WordKind::Cancelled => Outcome::Cancelled,
        WordKind::GivenUp => Outcome::GivenUp,
    }
}

/// How the history tells it of a line of which so many units are left.
const fn history_of(said: &Said<'_>, left: u64) -> HistoryKind {
    match said.history {
        HistoryKind::Moved if left > 0 => HistoryKind::Reduced,
        kind => kind,
    }
}

/// Room for the entries of one record.
pub(super) const LINES: usize = MAX_RECORD_LINES;

/// No units, or as many as a count has.
pub(super) const fn units_of(count: Count) -> Option<Count> {
    match count {
        Count::Units(0) => None,
        count => Some(count),
    }
}
