//! [`Books::permit`]: a ticket for a device that wants to give rights up for another one.

use nodelock::record::transfer::{Lines, PermissionTerms, Removal};
use nodelock::value::{Count, LicenseType, LineId, Nonce, Period, ProofLevel, TicketDigest};
use nodelock::{PublicKey, Reason, Udi};

use super::books::{Books, digest_of};
use super::entries::{Approval, Destination, Device, FORMAT, Moving, State, Ticket};
use super::make::{Desk, IssuedLines, NewLine, bridge_id, moved_id, terms_of};
use super::refusal::{Refusal, Units};
use super::words::{Credential, Evidence};
use crate::error::Error;
use crate::order::DeviceUdi;
use crate::sign::sign_permission;

/// What shall move, and how.
#[derive(Debug)]
pub struct MoveWish<'w> {
    /// The device that gives.
    pub from: &'w Credential,
    /// The device that gets.
    pub to: &'w DeviceUdi,
    /// The lines, each with its units or all of it; none for all lines that the device has.
    pub lines: &'w [(LineId, Option<u64>)],
    /// Whether the destination gets lines now, which wait for the proof.
    pub one_visit: bool,
    /// The running time for which the source may go on with what it has given up.
    pub grace: Option<Period>,
    /// An id of the request: the same one gets the same answer for ever.
    pub request: Option<&'w str>,
    /// The key of the source, if the vendor recorded it when the device was made and nobody can read it.
    pub enrolled: Option<&'w PublicKey>,
}

impl MoveWish<'_> {
    /// In words that are the same for the same wish.
    fn words(&self) -> String {
        let mut lines: Vec<String> = self
            .lines
            .iter()
            .map(|(id, units)| units.map_or(id.to_string(), |units| format!("{id}:{units}")))
            .collect();
        lines.sort();
        let lines = if lines.is_empty() { "all".to_owned() } else { lines.join(",") };
        let grace = self.grace.map_or(0, |grace| grace.seconds());
        format!(
            "from {} to {} lines {lines} one-visit {} grace {grace}s",
            self.from.udi,
            self.to.as_str(),
            self.one_visit
        )
    }
}

/// A ticket that was given, or was there.
#[derive(Debug)]
#[non_exhaustive]
pub struct Permitted<'b> {
    /// It.
    pub ticket: &'b Ticket,
    /// Whether it was there.
    pub again: bool,
    /// What should be known.
    pub notes: Vec<String>,
}

impl Books {
    /// Decides on a wish, and makes the ticket. The same wish gets the same ticket while that is open; the same
    /// request gets it for ever.
    ///
    /// # Errors
    /// [`Error::Transfer`] with the rule that refuses it; those of signing; [`Error::Io`]. Nothing is decided then.
    pub fn permit(
        &mut self,
        wish: &MoveWish<'_>,
        issued: &IssuedLines,
        evidence: &Evidence,
        desk: &Desk<'_>,
    ) -> Result<Permitted<'_>, Error> {
        let known = self.devices.get(wish.from.udi());
        let same = |it: &&Ticket| wish.request.is_some() && it.request.as_deref() == wish.request;
        let before = self.tickets.values().find(same);
        if let (Some(by), None) = (known.and_then(|it| it.replaced_by.as_ref()), before) {
            return Err(Refusal::Retired(wish.from.udi().to_owned(), by.clone()).into());
        }
        let device = wish.from.check(known, wish.enrolled, evidence, desk.today)?;
        let words = wish.words();
        if let Some(ticket) = before {
            if ticket.wish != words {
                let request = wish.request.unwrap_or_default();
                return Err(Refusal::OtherWish(request.to_owned()).into());
            }
            return self.there(ticket.ticket);
        }
        if wish.to.as_str() == device.udi {
            return Err(Refusal::SameDevice(device.udi.clone()).into());
        }
        if let Some(to) = self.devices.get(wish.to.as_str())
            && let Some(by) = &to.replaced_by
        {
            return Err(Refusal::Retired(to.udi.clone(), by.clone()).into());
        }
        let lines = self.choose(wish, &device, issued)?;
        let id = |line: &Moving| line.id;
        let pending = lines.iter().find_map(|line| Some((line.id, self.pending(line.id)?)));
        if let Some((line, ticket)) = pending {
            let (same, open) = (ticket.wish == words, ticket.lines.iter().map(id));
            // Without a request id, what is wished again is the ticket that is open.
            let again = same && wish.request.is_none() && open.eq(lines.iter().map(id));
            if again && ticket.lines == lines && ticket.repairs == device.repairs {
                return self.there(ticket.ticket);
            }
            let (to, from) = (ticket.to().to_owned(), ticket.from.clone());
            return Err(Refusal::Pending { line, ticket: ticket.ticket, to, from }.into());
        }
        for line in &lines {
            self.settle_units(line, wish.from)?;
        }
        if wish.one_visit {
            match device.proof {
                ProofLevel::Key if device.enrolled => {}
                ProofLevel::Key => return Err(Refusal::NotEnrolled(device.udi).into()),
                _ => return Err(Refusal::NotPublic(device.udi).into()),
            }
            // The proof tells the used time of each, and a device begins with the longest.
            let metered = lines.iter().map(|line| terms_of(&line.license).map(|it| it.usage));
            let metered = metered.collect::<Result<Vec<_>, _>>()?;
            if metered.iter().flatten().count() > 1 {
                return Err(Refusal::SeveralMetered.into());
            }
        }
        let mut notes = self.notes(&device, wish.from);
        let ticket = self.make(wish, words, &device, lines, evidence, desk, &mut notes)?;
        let digest = ticket.ticket;
        // First the device: without a ticket, it says nothing.
        self.keep_device(device)?;
        self.keep_ticket(ticket)?;
        Ok(Permitted { notes, again: false, ..self.there(digest)? })
    }

    fn there(&self, digest: TicketDigest) -> Result<Permitted<'_>, Error> {
        let ticket = self.tickets.get(&digest).ok_or(Refusal::UnknownTicket(digest))?;
        Ok(Permitted { ticket, again: true, notes: Vec::new() })
    }

    /// The lines that are wished, in order, each with what goes of it.
    fn choose(
        &self,
        wish: &MoveWish<'_>,
        device: &Device,
        issued: &IssuedLines,
    ) -> Result<Vec<Moving>, Refusal> {
        let mut lines = Vec::new();
        if wish.lines.is_empty() {
            for (id, _, waiting) in &wish.from.lines {
                if !waiting && !self.is_bridge(*id) && !is_grace(*id, issued) {
                    lines.push(self.moving(*id, None, device, issued)?);
                }
            }
        }
        for (id, units) in wish.lines {
            lines.push(self.moving(*id, *units, device, issued)?);
        }
        lines.sort_by_key(|line: &Moving| line.id);
        let next = lines.iter().skip(1);
        if let Some((one, _)) = lines.iter().zip(next).find(|(one, two)| one.id == two.id) {
            return Err(Refusal::Twice(one.id));
        }
        match lines.len() {
            0 => Err(Refusal::NothingToMove(device.udi.clone())),
            many if many > nodelock::limits::MAX_RECORD_LINES => Err(Refusal::TooMany(many)),
            _ => Ok(lines),
        }
    }

    /// What would go of one line, by the books.
    pub(super) fn moving(
        &self,
        id: LineId,
        units: Option<u64>,
        device: &Device,
        issued: &IssuedLines,
    ) -> Result<Moving, Refusal> {
        if self.is_bridge(id) {
            return Err(Refusal::Bridges(id));
        }
        let (license, right) = match self.made(id) {
            Some((ticket, to, moving)) => {
                if to.given_up {
                    let how = format!("{} has given it up", to.udi);
                    return Err(Refusal::Gone { line: id, how });
                }
                let license =
                    to.last.iter().find(|text| super::books::license_id(text) == Some(id));
                let waiting = Refusal::Waiting { line: id, ticket: ticket.ticket };
                (license.ok_or(waiting)?.as_str(), moving.right)
            }
            None => (issued.get(id).ok_or(Refusal::UnknownLine(id))?, id),
        };
        let terms = terms_of(license)?;
        if terms.udi.map(|udi| udi.to_string()).as_ref() != Some(&device.udi) {
            return Err(Refusal::OtherDevice { line: id, device: device.udi.clone() });
        }
        if terms.license_type == LicenseType::Grace {
            return Err(Refusal::Bridges(id));
        }
        if let (None, Some(ticket)) = (self.made(id), terms.needs) {
            return Err(Refusal::UnknownTicket(ticket));
        }
        if let Some(revocation) = self.revoking(id) {
            return Err(Refusal::Revoking { line: id, ticket: revocation.ticket });
        }
        let before = self.left(id, terms.count)?;
        let after = match (before, units) {
            (_, None) => 0,
            (Count::Units(there), Some(wanted @ 1..)) if wanted <= there => {
                there.saturating_sub(wanted)
            }
            (there, Some(wanted)) => {
                return Err(Refusal::NoSuchUnits { line: id, wanted, there: Units(there) });
            }
        };
        Ok(Moving { id, right, before, after, license: license.to_owned() })
    }

    /// Whether the device has what the books say.
    fn settle_units(&self, line: &Moving, from: &Credential) -> Result<(), Refusal> {
        let id = line.id;
        let Some((units, waiting)) = from.holds(id) else {
            return Err(Refusal::NotThere { line: id, device: from.udi.clone() });
        };
        if waiting {
            let ticket = self.made(id).map_or(TicketDigest([0; 16]), |made| made.0.ticket);
            return Err(Refusal::Waiting { line: id, ticket });
        }
        if units != line.before {
            let (device, books) = (Units(units), Units(line.before));
            return Err(Refusal::UnitsDiffer { line: id, device, books });
        }
        Ok(())
    }

    /// What a credential tells besides its lines.
    fn notes(&self, device: &Device, credential: &Credential) -> Vec<String> {
        let mut notes = Vec::new();
        let udi = &device.udi;
        if credential.word < device.last_word.max(self.booked_word(device)) {
            notes.push(format!(
                "this credential of {udi} is older than its last word, or its storage was put back to an older copy"
            ));
        } else if credential.word > self.booked_word(device) {
            let missing = self.booked_word(device).saturating_add(1);
            notes.push(format!(
                "word {missing} of {udi} is not in the books yet, and comes before its next proof"
            ));
        }
        for ticket in self.tickets.values() {
            let old = ticket.from == *udi && ticket.repairs < device.repairs;
            if old && self.state(ticket) == State::Open {
                notes.push(format!(
                    "ticket {} is from before a repair of {udi}, which can now neither apply nor cancel it",
                    ticket.ticket
                ));
            }
        }
        notes
    }

    #[allow(clippy::too_many_arguments)] // All of them are what the ticket is made of.
    fn make(
        &self,
        wish: &MoveWish<'_>,
        words: String,
        device: &Device,
        lines: Vec<Moving>,
        evidence: &Evidence,
        desk: &Desk<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Ticket, Error> {
        let to = wish.to.as_str().to_owned();
        let permission = permission(device, wish.to, &lines, desk)?;
        let digest = digest_of(&permission).ok_or(Error::Refused(Reason::BadField))?;
        let ids: Vec<LineId> = lines.iter().map(|line| moved_id(digest, line.id, 0, &to)).collect();
        let mut conditional = Vec::new();
        if wish.one_visit {
            for (line, id) in lines.iter().zip(&ids) {
                conditional
                    .push(desk.line(&line.license, &line.at(*id, &to, Some(digest), None)?)?);
            }
        }
        let mut grace = Vec::new();
        for line in wish.grace.iter().flat_map(|_| &lines) {
            match self.grace(line, device, digest, wish.grace, desk)? {
                Ok(text) => grace.push(text),
                Err(note) => notes.push(note),
            }
        }
        let approved = match (&evidence.approved_by, device.proof) {
            (Some(by), ProofLevel::None) => {
                let what = format!("credential of {}", device.udi);
                vec![Approval { by: by.clone(), what, day: desk.today }]
            }
            _ => Vec::new(),
        };
        Ok(Ticket {
            format: FORMAT,
            ticket: digest,
            state: State::Open,
            from: device.udi.clone(),
            repairs: device.repairs,
            issued: desk.today,
            request: wish.request.map(str::to_owned),
            wish: words,
            one_visit: wish.one_visit,
            lines,
            destinations: vec![Destination {
                udi: to,
                lines: ids,
                conditional,
                provisional: Vec::new(),
                last: Vec::new(),
                given_up: false,
            }],
            keys: desk.keys(),
            permission,
            grace,
            words: Vec::new(),
            approved,
        })
    }

    /// The grace for a line, or why there is none.
    fn grace(
        &self,
        line: &Moving,
        device: &Device,
        digest: TicketDigest,
        time: Option<Period>,
        desk: &Desk<'_>,
    ) -> Result<Result<String, String>, Error> {
        let id = bridge_id(LicenseType::Grace, line.right, &device.udi);
        let kind = terms_of(&line.license)?.license_type;
        if kind.is_metered() || kind.is_dated() {
            return Ok(Err(format!("no grace for the line {}: its time is limited", line.id)));
        }
        let of = |text: &String| super::books::license_id(text) == Some(id);
        let given = |ticket: &&Ticket| ticket.state != State::Void && ticket.grace.iter().any(of);
        if let Some(ticket) = self.tickets.values().find(given) {
            let (line, ticket) = (line.id, ticket.ticket);
            return Ok(Err(format!(
                "no grace for the line {line}: {} has had it for this right with ticket {ticket}",
                device.udi
            )));
        }
        let mut new = line.at(id, &device.udi, Some(digest), None)?;
        (new.usage, new.bridge) = (time, Some((LicenseType::Grace, None)));
        Ok(Ok(desk.line(&line.license, &new)?))
    }
}

fn is_grace(id: LineId, issued: &IssuedLines) -> bool {
    let kind = issued.get(id).and_then(|text| terms_of(text).ok()).map(|it| it.license_type);
    kind == Some(LicenseType::Grace)
}

impl Moving {
    /// What goes.
    pub(super) fn taken(&self) -> Count {
        match self.before {
            Count::Uncounted => Count::Uncounted,
            Count::Units(before) => Count::Units(before.saturating_sub(self.after)),
        }
    }

    /// The line at another device; of a metered one, with this time less.
    pub(super) fn at<'n>(
        &self,
        id: LineId,
        udi: &'n str,
        needs: Option<TicketDigest>,
        used: Option<u64>,
    ) -> Result<NewLine<'n>, Refusal> {
        let usage = terms_of(&self.license)?.usage;
        let left = |usage: Period| usage.seconds().saturating_sub(used.unwrap_or(0));
        let usage = usage.and_then(|usage| Period::from_seconds(left(usage)));
        Ok(NewLine { id, udi, count: self.taken(), usage, needs, bridge: None })
    }
}

pub(super) fn permission(
    device: &Device,
    to: &DeviceUdi,
    lines: &[Moving],
    desk: &Desk<'_>,
) -> Result<String, Error> {
    let mut removals = Vec::new();
    for line in lines {
        let removal = Removal::new(line.id, line.before, line.after);
        removals.push(removal.ok_or(Error::Refused(Reason::BadCount))?);
    }
    let mut nonce = Nonce([0; 8]);
    getrandom::fill(&mut nonce.0).map_err(|e| Error::Random(e.to_string()))?;
    let terms = PermissionTerms {
        from: Udi::parse(device.udi.as_bytes()).map_err(Error::Refused)?,
        key: device.key,
        repairs: device.repairs,
        to: to.udi().map_err(Error::Refused)?,
        nonce,
        lines: Lines::new(&removals).map_err(Error::Refused)?,
        issued: desk.today,
    };
    match sign_permission(&terms, desk.signer, desk.delegations) {
        Err(Error::Refused(Reason::RecordTooLong)) => Err(Refusal::TooMany(lines.len()).into()),
        signed => Ok(signed?.text),
    }
}
