//! [`Books::replace`]: a device that is dead, or was sent back, and the one in its place.

use std::collections::BTreeSet;

use nodelock::Reason;
use nodelock::value::{Date, LicenseType, LineId, Period, ProofLevel, RollbackLevel};

use super::books::{Books, digest_of};
use super::entries::{Approval, Destination, Device, FORMAT, Moving, State, Ticket};
use super::make::{Desk, IssuedLines, bridge_id, moved_id, terms_of};
use super::permit::permission;
use super::refusal::Refusal;
use crate::error::Error;
use crate::order::DeviceUdi;

/// Running time, or days, that provisional lines have.
const PROVISIONAL_DAYS: u64 = 60;
/// Lines in one ticket: so many have room, however long their counts are.
const LINES: usize = 10;

/// Which device takes the place of which.
#[derive(Debug)]
pub struct ReplaceWish<'w> {
    /// The device that is dead.
    pub from: &'w DeviceUdi,
    /// The device in its place.
    pub to: &'w DeviceUdi,
    /// Whether the vendor has the dead one: then everything is settled, and never goes back.
    pub booked_in: bool,
    /// Who says so.
    pub by: &'w str,
}

/// What the device in its place gets.
#[derive(Debug)]
#[non_exhaustive]
pub struct Replaced {
    /// Records for it.
    pub records: Vec<String>,
    /// The tickets.
    pub tickets: Vec<nodelock::value::TicketDigest>,
    /// What should be known.
    pub notes: Vec<String>,
}

impl Books {
    /// Moves all lines of a dead device without its word. Until it is booked in, or proves that it has given up, the
    /// device in its place has provisional lines, once for each right; then it gets the final ones. What the dead
    /// device has in open tickets goes to their destinations. The same wish gets the same answer.
    ///
    /// # Errors
    /// [`Error::Transfer`]; those of signing; [`Error::Io`].
    pub fn replace(
        &mut self,
        wish: &ReplaceWish<'_>,
        issued: &IssuedLines,
        desk: &Desk<'_>,
    ) -> Result<Replaced, Error> {
        let (from, to) = (wish.from.as_str(), wish.to.as_str());
        if from == to {
            return Err(Refusal::SameDevice(from.to_owned()).into());
        }
        if let Some(by) = self.devices.get(to).and_then(|it| it.replaced_by.as_ref()) {
            return Err(Refusal::Retired(to.to_owned(), by.clone()).into());
        }
        let mut device = self.devices.get(from).cloned().unwrap_or_else(|| unknown(from, desk));
        if let Some(by) = device.replaced_by.as_ref().filter(|by| *by != to) {
            return Err(Refusal::Retired(from.to_owned(), by.clone()).into());
        }
        let mut notes = Vec::new();
        let (lines, mut left_out) = self.all_of(&device, issued);
        notes.append(&mut left_out);
        // From here on it has no other way than forward. What is not done below is done the next time.
        if wish.booked_in {
            device.replaced_by = Some(to.to_owned());
        }
        self.keep_device(device.clone())?;
        for lines in lines.chunks(LINES) {
            let ticket = self.without_word(wish, &device, lines.to_vec(), desk)?;
            self.keep_ticket(ticket)?;
        }
        if wish.booked_in {
            self.settle(wish, desk, &mut notes)?;
        }
        self.replacement(wish, &mut notes)
    }

    /// All lines that a device has by the books and are in no ticket, and why others are not among them.
    fn all_of(&self, device: &Device, issued: &IssuedLines) -> (Vec<Moving>, Vec<String>) {
        let (mut lines, mut notes) = (Vec::new(), Vec::new());
        let at = |to: &&Destination| to.udi == device.udi;
        let made = self.tickets.values().flat_map(|it| it.destinations.iter().filter(at));
        let ids: BTreeSet<LineId> =
            made.flat_map(|to| to.lines.iter().copied()).chain(issued.ids()).collect();
        for id in ids.into_iter().filter(|id| self.pending(*id).is_none()) {
            match self.moving(id, None, device, issued) {
                Ok(line) => lines.push(line),
                Err(Refusal::Waiting { ticket, .. }) => notes.push(format!(
                    "ticket {ticket} still brings a line to {}; when its proof is accepted, do this again",
                    device.udi
                )),
                Err(Refusal::Revoking { ticket, .. }) => {
                    notes.push(format!("the line {id} is being taken back ({ticket}), and stays behind"));
                }
                // Nothing is left of them, they are of others, or they only bridge a time.
                Err(_) => {}
            }
        }
        (lines, notes)
    }

    /// A ticket with provisional lines.
    fn without_word(
        &self,
        wish: &ReplaceWish<'_>,
        device: &Device,
        lines: Vec<Moving>,
        desk: &Desk<'_>,
    ) -> Result<Ticket, Error> {
        let to = wish.to.as_str();
        let permission = permission(device, wish.to, &lines, desk)?;
        let digest = digest_of(&permission).ok_or(Error::Refused(Reason::BadField))?;
        let mut provisional = Vec::new();
        for line in lines.iter().filter(|_| !wish.booked_in) {
            provisional.extend(self.provisional(line, to, desk)?);
        }
        let what = format!("{} replaced by {to}", device.udi);
        Ok(Ticket {
            format: FORMAT,
            ticket: digest,
            state: State::Open,
            from: device.udi.clone(),
            repairs: device.repairs,
            issued: desk.today,
            request: None,
            wish: what.clone(),
            one_visit: false,
            destinations: vec![Destination {
                udi: to.to_owned(),
                lines: lines.iter().map(|line| moved_id(digest, line.id, 0, to)).collect(),
                conditional: Vec::new(),
                provisional,
                last: Vec::new(),
                given_up: false,
            }],
            lines,
            keys: desk.keys(),
            permission,
            grace: Vec::new(),
            words: Vec::new(),
            approved: vec![Approval { by: wish.by.to_owned(), what, day: desk.today }],
        })
    }

    /// What bridges the time, unless the device had it before or the line is a trial.
    fn provisional(
        &self,
        line: &Moving,
        to: &str,
        desk: &Desk<'_>,
    ) -> Result<Option<String>, Error> {
        let terms = terms_of(&line.license)?;
        let id = bridge_id(LicenseType::Extension, line.right, to);
        if terms.license_type.is_metered() || self.is_bridge(id) {
            return Ok(None);
        }
        let mut new = line.at(id, to, None, None)?;
        let seconds = PROVISIONAL_DAYS * 86_400;
        new.bridge = Some(match terms.end {
            Some(end) => {
                let last = Date::from_unix_seconds(desk.today.unix_seconds() + seconds);
                (LicenseType::ExtensionSubscription, Some(last.map_or(end, |last| last.min(end))))
            }
            None => {
                new.usage = Period::from_seconds(seconds);
                (LicenseType::Extension, None)
            }
        });
        Ok(Some(desk.line(&line.license, &new)?))
    }

    /// FORWARD: what a device that was booked in has in open tickets is at their destinations.
    fn settle(
        &mut self,
        wish: &ReplaceWish<'_>,
        desk: &Desk<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(), Error> {
        let open: Vec<Ticket> = self
            .tickets
            .values()
            .filter(|it| it.from == wish.from.as_str() && self.state(it) == State::Open)
            .cloned()
            .collect();
        for mut ticket in open {
            ticket.state = State::Posted;
            let what = format!("{} booked in", ticket.from);
            ticket.approved.push(Approval { by: wish.by.to_owned(), what, day: desk.today });
            self.finish(&mut ticket, desk, notes)?;
            self.keep_ticket(ticket)?;
        }
        Ok(())
    }

    fn replacement(
        &self,
        wish: &ReplaceWish<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Replaced, Error> {
        let (mut records, mut tickets) = (Vec::new(), Vec::new());
        for ticket in self.tickets.values().filter(|it| it.from == wish.from.as_str()) {
            let state = self.state(ticket);
            if ticket.to() != wish.to.as_str() {
                if wish.booked_in && state == State::Posted && ticket.words.is_empty() {
                    notes.push(format!(
                        "ticket {0} brings lines to {1}: nodelock transfer redirect {0} --to {1} writes them",
                        ticket.ticket,
                        ticket.to()
                    ));
                }
                continue;
            }
            let Some(to) = ticket.destinations.last() else { continue };
            match state {
                State::Open if !to.provisional.is_empty() => {
                    tickets.push(ticket.ticket);
                    records.extend(ticket.keys.iter().chain(&to.provisional).cloned());
                }
                State::Posted => {
                    tickets.push(ticket.ticket);
                    records.extend(to.last.iter().cloned());
                }
                _ => {}
            }
        }
        if tickets.is_empty() {
            return Err(Refusal::NothingToMove(wish.from.as_str().to_owned()).into());
        }
        Ok(Replaced { records, tickets, notes: std::mem::take(notes) })
    }
}

/// A device that has never said anything.
fn unknown(udi: &str, desk: &Desk<'_>) -> Device {
    Device {
        format: FORMAT,
        udi: udi.to_owned(),
        proof: ProofLevel::None,
        key: None,
        enrolled: false,
        secret: None,
        storage: RollbackLevel::None,
        repairs: 0,
        first_word: 0,
        last_word: 0,
        since: desk.today,
        stack: Vec::new(),
        replaced_by: None,
    }
}
