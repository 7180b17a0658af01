//! Tickets: a `PERMISSION` to give rights up for another device, a `REVOKE` by which the vendor takes them back.

use crate::agent::journal::{HistoryKind, Left, WordKind, WordList};
use crate::agent::memory::LineSource;
use crate::agent::verbs::transfer::word::{LINES, Said, units_of};
use crate::agent::{Agent, InstallMode, Ports};
use crate::bytes::sink::{Sink, SliceSink};
use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::record::transfer::{Lines, Removal, Taken, UsedTime};
use crate::record::{BINARY_MARK, Message, Permission, Record, Records, Revoke};
use crate::trust::{KeyRing, KeySlot};
use crate::value::license::LineId;
use crate::value::ticket::TicketDigest;
use crate::value::time::Now;
use crate::value::udi::{Udi, UdiSource};

/// What is to be done with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketAction {
    /// Give up, for good, what it names.
    Apply,
    /// Never apply it. Not of a `REVOKE`.
    Cancel,
    /// Give the proof again of what was done with it.
    Again,
}

/// A ticket of the vendor.
#[derive(Clone, Copy)]
enum Ticket<'f> {
    Permission(Permission<'f>),
    Revoke(Revoke<'f>),
}

impl<'f> Ticket<'f> {
    fn device(&self) -> &Udi<'f> {
        match self {
            Self::Permission(record) => &record.terms().from,
            Self::Revoke(record) => &record.terms().udi,
        }
    }

    fn message(&self) -> Message<'_> {
        match self {
            Self::Permission(record) => record.message(),
            Self::Revoke(record) => record.message(),
        }
    }

    fn record(&self) -> Record<'f> {
        match *self {
            Self::Permission(record) => record.into(),
            Self::Revoke(record) => record.into(),
        }
    }
}

impl<P: Ports> Agent<'_, P> {
    /// Does what is asked with the ticket in a file: a `PERMISSION` or `REVOKE` record, with the `KEY` record before it
    /// if the vendor's key is delegated. Everything is verified before anything changes, and what is given up is
    /// given up with one write. The proof is written to `out`: the ticket with the device's word behind it, in
    /// text, or in binary if the file is; at most three records of
    /// [`MAX_RECORD_LEN`](crate::limits::MAX_RECORD_LEN) bytes. It goes to the vendor, and to the other device if
    /// that waits for it. A dry run changes nothing, and writes no proof.
    ///
    /// A ticket that was applied gives the same proof each time, for ever; a lost one costs nothing.
    ///
    /// # Errors
    /// * the file: [`Reason::NoTicket`], [`Reason::SeveralTickets`], or why it cannot be read;
    /// * its trust: as of a [`RepairRecord`](crate::record::RepairRecord); [`Reason::OtherDevice`];
    /// * the state of this device: [`Reason::NoSuchLine`], [`Reason::LineMoved`], [`Reason::LicenseRevoked`],
    ///   [`Reason::UnitsDiffer`], [`Reason::LineWaits`], [`Reason::BuiltInLine`], [`Reason::RepairsDiffer`],
    ///   [`Reason::DeviceKeyDiffers`], [`Reason::TicketApplied`], [`Reason::TicketCancelled`],
    ///   [`Reason::TicketUnknown`];
    /// * what fails: [`Reason::TicketsFull`], [`Reason::SigningFailed`], storage and counters.
    ///
    /// If storage fails, the next call with the same ticket tells whether it was applied.
    /// [`Reason::BufferTooSmall`] comes before anything is done.
    pub fn ticket<'b>(
        &mut self,
        file: &[u8],
        action: TicketAction,
        mode: InstallMode,
        now: Now,
        out: &'b mut [u8],
    ) -> Result<&'b [u8], Reason> {
        self.retry();
        self.tick(now);
        let mut key_slots = [KeySlot::EMPTY; 2];
        let mut ring = KeyRing::new(self.product.anchors, &mut key_slots);
        if self.product.rules.danger_accept_development_keys {
            ring = ring.danger_accept_development_keys();
        }
        let ticket = self.read_ticket(file, &mut ring)?;
        if self.device.member_with(ticket.device())?.is_none() {
            return Err(Reason::OtherDevice);
        }
        let verifier = &self.journal.vault.verifier;
        match &ticket {
            Ticket::Permission(record) => record.verify(&ring, verifier)?,
            Ticket::Revoke(record) => record.verify(&ring, verifier)?,
        }
        let digest = TicketDigest::from_digest(&verifier.sha256(&ticket.message())?);
        // The ticket and its key stand before the word, so that the proof is a whole file.
        let binary = file.first() == Some(&BINARY_MARK);
        let mut proof = SliceSink::new(out);
        if let Some(key) = ring.delegation_of(ticket.record().signer()) {
            write(&Record::Key(*key), binary, &mut proof);
        }
        write(&ticket.record(), binary, &mut proof);
        // Before anything is done.
        if proof.written().saturating_add(PROOF_LEN) > proof.room() && mode == InstallMode::Apply {
            return Err(Reason::BufferTooSmall);
        }
        let said = self.journal.word_on(digest).map_err(unknown)?.map(|word| word.kind);
        match (action, said) {
            (TicketAction::Apply, Some(WordKind::Cancelled)) => {
                return Err(Reason::TicketCancelled);
            }
            (TicketAction::Cancel, Some(WordKind::Applied | WordKind::Confirmed)) => {
                return Err(Reason::TicketApplied);
            }
            (TicketAction::Again, None) => return Err(Reason::TicketUnknown),
            (_, Some(_)) => {}
            (action, None) => {
                match &ticket {
                    Ticket::Permission(record) => self.permission(record, digest, action, mode),
                    Ticket::Revoke(_) if action == TicketAction::Cancel => {
                        Err(Reason::RevokeNotCancelled)
                    }
                    Ticket::Revoke(record) => self.take_back(record, digest, mode),
                }?;
            }
        }
        if mode == InstallMode::DryRun {
            return Ok(&[]);
        }
        self.write_word(digest, binary, &mut proof)?;
        proof.finish().map_err(|_| Reason::BufferTooSmall)
    }

    /// The one ticket in a file.
    #[inline(never)]
    fn read_ticket<'f>(
        &self,
        file: &'f [u8],
        ring: &mut KeyRing<'_, 'f>,
    ) -> Result<Ticket<'f>, Reason> {
        let mut ticket = None;
        let mut refused = None;
        let mut records = Records::new(file);
        while let Some(found) = &records.next() {
            let one = match &found.record {
                Ok(Record::Permission(record)) => Ticket::Permission(*record),
                Ok(Record::Revoke(record)) => Ticket::Revoke(*record),
                Ok(Record::Key(key)) => {
                    // Of another product, it may stand before what is for that.
                    let _ = self.admit_key(key, ring);
                    continue;
                }
                Err(error) if error.reason != Reason::StrayText => {
                    refused = refused.or(Some(error.reason));
                    continue;
                }
                // The word behind a ticket, where a proof is given again.
                _ => continue,
            };
            if ticket.replace(one).is_some() {
                return Err(Reason::SeveralTickets);
            }
        }
        ticket.ok_or(refused.unwrap_or(Reason::NoTicket))
    }

    /// Applies or cancels a `PERMISSION` that nothing was said of yet.
    #[inline(never)]
    fn permission(
        &mut self,
        record: &Permission<'_>,
        ticket: TicketDigest,
        action: TicketAction,
        mode: InstallMode,
    ) -> Result<(), Reason> {
        let terms = record.terms();
        if terms.repairs != self.repairs {
            return Err(Reason::RepairsDiffer);
        }
        let mut left = [Left { id: LineId([0; 10]), units: 0 }; LINES];
        let mut used = [UsedTime { id: LineId([0; 10]), seconds: 0 }; LINES];
        let (mut lines, mut metered, mut first) = (0_usize, 0_usize, None);
        for removal in terms.lines.entries() {
            first = first.or(Some(removal.id));
            // Of what is cancelled nothing is taken.
            if action == TicketAction::Cancel {
                continue;
            }
            if let Some(slot) = left.get_mut(lines) {
                *slot = Left { id: removal.id, units: removal.after };
                lines = lines.saturating_add(1);
            }
            let seconds = self.removable(&removal, &terms.from)?;
            if let Some((seconds, slot)) = seconds.zip(used.get_mut(metered)) {
                *slot = UsedTime { id: removal.id, seconds };
                metered = metered.saturating_add(1);
            }
        }
        if action == TicketAction::Apply && terms.key != self.device.public_key() {
            return Err(Reason::DeviceKeyDiffers);
        }
        if mode == InstallMode::DryRun {
            return Ok(());
        }
        let used = used.get(..metered).unwrap_or_default();
        let list = if metered == 0 { WordList::None } else { WordList::Used(Lines::new(used)?) };
        let left = left.get(..lines).unwrap_or_default();
        let (kind, history) = match action {
            TicketAction::Cancel => (WordKind::Cancelled, HistoryKind::TicketCancelled),
            _ => (WordKind::Applied, HistoryKind::Moved),
        };
        let first = first.unwrap_or(LineId([0; 10]));
        self.say(&Said { ticket, kind, history, first, left, list })
    }

    /// Whether this device can give up what a ticket asks for; of a metered line how much was used.
    fn removable(&mut self, removal: &Removal, from: &Udi<'_>) -> Result<Option<u64>, Reason> {
        let member = self.device.member_with(from)?.unwrap_or(0);
        let uptime = self.now.uptime;
        let Some((_, held)) = self.find_line(removal.id) else {
            return match self.taken_of(removal.id).map_err(unknown)? {
                Some(taken) if taken.left == 0 => Err(taken.reason),
                _ => Err(Reason::NoSuchLine),
            };
        };
        if held.source == LineSource::BuiltIn {
            return Err(Reason::BuiltInLine);
        }
        if held.right.member().unwrap_or(0) != member {
            return Err(Reason::OtherDevice);
        }
        if held.waits {
            return Err(Reason::LineWaits);
        }
        if held.use_unknown {
            return Err(Reason::UseUnknown);
        }
        if held.count() != removal.before {
            return Err(Reason::UnitsDiffer);
        }
        let meter = held.meter.filter(|_| held.is_metered());
        Ok(meter.map(|meter| meter.used(uptime)))
    }

    /// Takes back what a `REVOKE` names, as far as it is there.
    #[inline(never)]
    fn take_back(
        &mut self,
        record: &Revoke<'_>,
        ticket: TicketDigest,
        mode: InstallMode,
    ) -> Result<(), Reason> {
        let mut left = [Left { id: LineId([0; 10]), units: 0 }; LINES];
        let mut taken = [Taken { id: LineId([0; 10]), units: None, by_word: 0 }; LINES];
        let mut lines = 0_usize;
        for id in record.terms().lines.entries() {
            let before = self.taken_of(id).map_err(unknown)?;
            let mut one = Taken { id, units: None, by_word: before.map_or(0, |it| it.word) };
            match self.find_line(id).map(|(_, held)| (held.source, held.count())) {
                Some((LineSource::BuiltIn, _)) => return Err(Reason::BuiltInLine),
                Some((LineSource::Installed, count)) => one.units = units_of(count),
                // Nobody has given it up: it may be installed again, and then nothing is left of it.
                None => {}
            }
            if one.units.is_some() {
                one.by_word = 0;
            }
            if let Some((left, taken)) = left.get_mut(lines).zip(taken.get_mut(lines)) {
                (*left, *taken) = (Left { id, units: 0 }, one);
                lines = lines.saturating_add(1);
            }
        }
        if mode == InstallMode::DryRun {
            return Ok(());
        }
        let list = WordList::Taken(Lines::new(taken.get(..lines).unwrap_or_default())?);
        let left = left.get(..lines).unwrap_or_default();
        let (kind, history) = (WordKind::Confirmed, HistoryKind::Revoked);
        let first = left.first().map_or(LineId([0; 10]), |line| line.id);
        self.say(&Said { ticket, kind, history, first, left, list })
    }
}

/// The longest word.
const PROOF_LEN: usize = crate::limits::MAX_RECORD_LEN;

/// What is damaged of the device's words may be about any line.
const fn unknown(reason: Reason) -> Reason {
    match reason {
        Reason::StorageCorrupted => Reason::RevocationsUnknown,
        reason => reason,
    }
}

fn write(record: &Record<'_>, binary: bool, out: &mut SliceSink<'_>) {
    if binary {
        record.emit_binary(out);
    } else {
        record.emit_text(out);
        out.put(b"\n");
    }
}
