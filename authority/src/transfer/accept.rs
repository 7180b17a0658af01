//! [`Books::accept`]: a word of a device, believed and booked. [`Books::redirect`]: another destination.

use nodelock::TrustAnchor;
use nodelock::record::transfer::Outcome;
use nodelock::record::{Record, Records, Rehost};
use nodelock::value::{Date, LineId, TicketDigest};

use super::books::{Books, digest_of, record_in};
use super::entries::{Approval, Destination, Device, State, TakenBack, Ticket, Word};
use super::make::{Desk, moved_id, terms_of};
use super::refusal::Refusal;
use super::words::{Credential, Evidence, check_word};
use crate::error::Error;
use crate::order::DeviceUdi;
use crate::sign::Issued;

/// What a word has done to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The units are at the destination now.
    Posted,
    /// The units stay: the ticket is void.
    Void,
    /// The destination has given up; another one may be named.
    GivenUp,
    /// The ticket has another destination.
    Redirected,
    /// Lines were taken back.
    TakenBack,
}

impl Done {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Void => "void",
            Self::GivenUp => "given-up",
            Self::Redirected => "redirected",
            Self::TakenBack => "taken-back",
        }
    }
}

/// The answer to a word, the same one each time.
#[derive(Debug)]
#[non_exhaustive]
pub struct Accepted {
    /// What it is about.
    pub ticket: TicketDigest,
    /// What it has done.
    pub done: Done,
    /// Whether that was done before.
    pub again: bool,
    /// Records for the device that gets the lines.
    pub records: Vec<String>,
    /// The device that they are for.
    pub to: String,
    /// What was taken back.
    pub taken: Vec<TakenBack>,
    /// What should be known.
    pub notes: Vec<String>,
}

/// The records of a proof, as the device has written them.
pub(super) struct Proof<'f> {
    pub(super) word: Record<'f>,
    pub(super) text: String,
    ticket: Option<String>,
    pub(super) revoke: Option<Record<'f>>,
}

impl<'f> Proof<'f> {
    fn read(file: &'f [u8]) -> Result<Self, Error> {
        let (mut word, mut ticket, mut revoke) = (None, None, None);
        for found in Records::new(file) {
            let one = match found.record {
                Ok(record @ (Record::Rehost(_) | Record::Confirm(_))) => {
                    word.replace(record).is_some()
                }
                Ok(record @ Record::Permission(_)) => {
                    ticket.replace(Issued::from_record(&record)?.text).is_some()
                }
                Ok(record @ Record::Revoke(_)) => revoke.replace(record).is_some(),
                _ => false,
            };
            if one {
                let several =
                    "there are several proofs in the file; give each in a file of its own";
                return Err(Refusal::NoRecord(several.to_owned()).into());
            }
        }
        let none = "there is no proof in the file; the device writes one with license revoke";
        let word = word.ok_or_else(|| Refusal::NoRecord(none.to_owned()))?;
        Ok(Self { text: Issued::from_record(&word)?.text, word, ticket, revoke })
    }
}

impl Books {
    /// Books a word of a device: the proof of a ticket or of a revocation, or that a destination has given up. The same
    /// word gets the same answer each time. `credential` makes a device known that has not said anything yet; `roots`
    /// are trusted with revocations that these books do not have.
    ///
    /// # Errors
    /// [`Error::Transfer`] with the rule that refuses it; those of signing; [`Error::Io`].
    pub fn accept(
        &mut self,
        file: &[u8],
        credential: Option<&Credential>,
        evidence: &Evidence,
        roots: &[TrustAnchor],
        desk: &Desk<'_>,
    ) -> Result<Accepted, Error> {
        let proof = Proof::read(file)?;
        if let Some(credential) = credential {
            let known = self.devices.get(credential.udi());
            let device = credential.check(known, None, evidence, desk.today)?;
            self.keep_device(device)?;
        }
        match &proof.word {
            Record::Rehost(rehost) => self.rehost(rehost, &proof, evidence, desk),
            _ => self.confirm(&proof, file, evidence, roots, desk),
        }
    }

    pub(super) fn device(&self, udi: &str) -> Result<&Device, Refusal> {
        self.devices.get(udi).ok_or_else(|| Refusal::UnknownDevice(udi.to_owned()))
    }

    fn rehost(
        &mut self,
        rehost: &Rehost<'_>,
        proof: &Proof<'_>,
        evidence: &Evidence,
        desk: &Desk<'_>,
    ) -> Result<Accepted, Error> {
        let (digest, outcome) = (rehost.terms().ticket, rehost.terms().outcome);
        if proof.ticket.as_deref().and_then(digest_of).is_some_and(|of| of != digest) {
            return Err(Refusal::OtherTicket.into());
        }
        let ticket = self.tickets.get(&digest).ok_or(Refusal::UnknownTicket(digest))?;
        // Also when it has another destination since.
        if outcome == Outcome::GivenUp && ticket.words.iter().any(|it| it.record == proof.text) {
            return Ok(self.answer(ticket, outcome, true, Vec::new()));
        }
        let by = match outcome {
            Outcome::GivenUp => ticket.to().to_owned(),
            _ => ticket.from.clone(),
        };
        let approved = check_word(self.device(&by)?, &proof.word, evidence)?;
        if outcome != Outcome::GivenUp && rehost.terms().repairs != ticket.repairs {
            let (now, then) = (rehost.terms().repairs, ticket.repairs);
            let what = format!("it is from after {now} repairs, and the ticket is for {then}");
            return Err(Refusal::Misfit(what).into());
        }
        let of = by.clone();
        let word = Word {
            of: by.clone(),
            number: rehost.terms().word,
            outcome,
            record: proof.text.clone(),
        };
        if ticket.words.contains(&word) && outcome != Outcome::Cancelled {
            return Ok(self.answer(ticket, outcome, true, Vec::new()));
        }
        let mut notes = Vec::new();
        let mut ticket = ticket.clone();
        if !ticket.words.contains(&word) {
            notes.extend(self.in_order(self.device(&by)?, word.number)?);
            ticket.words.push(word);
        }
        ticket.approved.extend(approved.map(|by| believed(by, "word", &of, desk.today)));
        let (state, before) = (self.state(&ticket), ticket.state);
        match (outcome, state) {
            (Outcome::GivenUp, _) => {
                if let Some(to) = ticket.destinations.last_mut() {
                    to.given_up = true;
                }
            }
            (Outcome::Cancelled, State::Open) => ticket.state = State::Void,
            (Outcome::Cancelled, State::Void) => {
                ticket.state = State::Void;
                if self.tickets.get(&digest) == Some(&ticket) {
                    return Ok(self.answer(&ticket, outcome, true, notes));
                }
            }
            (Outcome::Cancelled, State::Posted) => {
                let (device, to) = (ticket.from.clone(), ticket.to().to_owned());
                // The word is booked, because others come behind it; the units stay where they are.
                self.keep_ticket(ticket)?;
                return Err(Refusal::Posted { device, ticket: digest, to }.into());
            }
            (Outcome::Applied, State::Posted) => {}
            (Outcome::Applied, _) => {
                self.books_allow(&ticket)?;
                if before == State::Void {
                    notes.push(
                        "the ticket was void, and its device has applied it all the same".into(),
                    );
                }
                ticket.state = State::Posted;
                self.finish(&mut ticket, desk, &mut notes)?;
            }
        }
        let again = before == State::Posted && outcome == Outcome::Applied;
        let answer = self.answer(&ticket, outcome, again, notes);
        self.keep_ticket(ticket)?;
        Ok(answer)
    }

    /// Whether the units of a ticket can still go, whatever the ticket is called.
    fn books_allow(&self, ticket: &Ticket) -> Result<(), Refusal> {
        for line in &ticket.lines {
            let count = terms_of(&line.license)?.count;
            let left = self.left(line.id, count)?;
            if left != line.before {
                let (device, books) = (super::Units(line.before), super::Units(left));
                return Err(Refusal::UnitsDiffer { line: line.id, device, books });
            }
            if let Some(other) = self.pending(line.id).filter(|it| it.ticket != ticket.ticket) {
                return Err(Refusal::Pending {
                    line: line.id,
                    ticket: other.ticket,
                    to: other.to().to_owned(),
                    from: other.from.clone(),
                });
            }
        }
        Ok(())
    }

    /// Makes the final lines for the present destination of a ticket that is posted.
    pub(super) fn finish(
        &self,
        ticket: &mut Ticket,
        desk: &Desk<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(), Error> {
        let n = ticket.destinations.len();
        let Some(to) = ticket.destinations.last() else { return Ok(()) };
        if to.given_up {
            notes.push(format!(
                "{} has given up; name another device with nodelock transfer redirect",
                to.udi
            ));
            return Ok(());
        }
        if let Some(by) = self.devices.get(&to.udi).and_then(|it| it.replaced_by.as_ref()) {
            notes
                .push(format!("{} was replaced by {by}; nodelock rma brings the lines on", to.udi));
        }
        let applied = ticket.words.iter().find(|word| word.outcome == Outcome::Applied);
        let used = applied.map_or_else(Vec::new, |word| used_in(&word.record));
        let used_of =
            |id| used.iter().find(|used: &&(LineId, u64)| used.0 == id).map(|used| used.1);
        let (mut records, mut waiting) = (desk.keys(), Vec::new());
        for (line, id) in ticket.lines.iter().zip(&to.lines) {
            let usage = terms_of(&line.license)?.usage;
            let seconds = used_of(line.id);
            if ticket.one_visit && n == 1 && usage.is_some() && applied.is_some() {
                // Its time is counted from where the proof says, so that it is the same line whichever file came
                // first.
                let of = |text: &&String| super::books::license_id(text) == Some(*id);
                waiting.extend(to.conditional.iter().find(of).cloned());
                continue;
            }
            if usage.is_some_and(|usage| seconds.is_some_and(|used| used >= usage.seconds())) {
                notes.push(format!("the time of the line {} was used up", line.id));
                continue;
            }
            if usage.is_some() && seconds.is_none() {
                notes.push(format!("nobody knows how much of the line {} was used", line.id));
            }
            records.push(desk.line(&line.license, &line.at(*id, &to.udi, None, seconds)?)?);
        }
        if let Some(word) = applied.filter(|_| !waiting.is_empty()) {
            for key in &ticket.keys {
                if !records.contains(key) {
                    records.push(key.clone());
                }
            }
            records.append(&mut waiting);
            records.extend([ticket.permission.clone(), word.record.clone()]);
        }
        if let Some(to) = ticket.destinations.last_mut() {
            to.last = records;
        }
        Ok(())
    }

    fn answer(
        &self,
        ticket: &Ticket,
        outcome: Outcome,
        again: bool,
        notes: Vec<String>,
    ) -> Accepted {
        let (done, records) = match outcome {
            Outcome::Applied => (Done::Posted, ticket.last().to_vec()),
            Outcome::Cancelled => (Done::Void, Vec::new()),
            Outcome::GivenUp => (Done::GivenUp, Vec::new()),
        };
        let (digest, to) = (ticket.ticket, ticket.to().to_owned());
        Accepted { ticket: digest, done, again, records, to, taken: Vec::new(), notes }
    }

    /// Gives a ticket another destination, after the one that it has has given up. For the one that it has, gives
    /// its lines once more.
    ///
    /// # Errors
    /// [`Error::Transfer`]; those of signing; [`Error::Io`].
    pub fn redirect(
        &mut self,
        digest: TicketDigest,
        to: &DeviceUdi,
        desk: &Desk<'_>,
    ) -> Result<Accepted, Error> {
        let ticket = self.tickets.get(&digest).ok_or(Refusal::UnknownTicket(digest))?;
        let mut ticket = ticket.clone();
        let state = self.state(&ticket);
        let answer = |ticket: &Ticket, again, notes| Accepted {
            done: Done::Redirected,
            ..self.answer(ticket, Outcome::Applied, again, notes)
        };
        let given_up = ticket.destinations.last().is_some_and(|present| present.given_up);
        if ticket.to() == to.as_str() && !given_up {
            return Ok(answer(&ticket, true, Vec::new()));
        }
        if state == State::Void {
            return Err(Refusal::Void(digest).into());
        }
        if !given_up {
            return Err(Refusal::NotGivenUp { to: ticket.to().to_owned(), ticket: digest }.into());
        }
        if state == State::Open && ticket.from == to.as_str() {
            return Err(Refusal::SameDevice(ticket.from).into());
        }
        if let Some(by) = self.devices.get(to.as_str()).and_then(|it| it.replaced_by.as_ref()) {
            return Err(Refusal::Retired(to.as_str().to_owned(), by.clone()).into());
        }
        let n = ticket.destinations.len();
        let id = |line: &super::entries::Moving| moved_id(digest, line.id, n, to.as_str());
        let lines = ticket.lines.iter().map(id).collect();
        ticket.destinations.push(Destination {
            udi: to.as_str().to_owned(),
            lines,
            conditional: Vec::new(),
            provisional: Vec::new(),
            last: Vec::new(),
            given_up: false,
        });
        let mut notes = Vec::new();
        if state == State::Posted {
            self.finish(&mut ticket, desk, &mut notes)?;
        }
        let answer = answer(&ticket, false, notes);
        self.keep_ticket(ticket)?;
        Ok(answer)
    }
}

pub(super) fn believed(by: String, what: &str, device: &str, day: Date) -> Approval {
    Approval { by, what: format!("{what} of {device}"), day }
}

/// The seconds that were used of each line, as a proof says.
fn used_in(record: &str) -> Vec<(LineId, u64)> {
    match record_in(record) {
        Some(Record::Rehost(rehost)) => {
            let used = rehost.terms().used.iter().flat_map(|used| used.entries());
            used.map(|used| (used.id, used.seconds)).collect()
        }
        _ => Vec::new(),
    }
}
