//! [`Books`]: what is known of devices, tickets and revocations, and what is left of each line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nodelock::record::{Record, Records};
use nodelock::value::{Count, LineId, TicketDigest};
use sha2::{Digest, Sha256};

use super::disk::Disk;
use super::entries::{Destination, Device, FORMAT, Moving, Revocation, State, Ticket};
use super::refusal::Refusal;
use crate::error::Error;

/// The vendor's memory of moved rights: a directory with one file for each device, ticket and revocation.
///
/// While it is open, nobody else can open it; each decision is one file, which is durable before anything of it is
/// handed out. It holds no secrets, but whoever can write to it can double rights: it is for its owner only.
#[derive(Debug)]
pub struct Books {
    pub(super) disk: Disk,
    pub(super) devices: BTreeMap<String, Device>,
    pub(super) tickets: BTreeMap<TicketDigest, Ticket>,
    pub(super) revocations: BTreeMap<TicketDigest, Revocation>,
}

impl Books {
    /// Opens books that are there, and waits while somebody else has them.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Books`] if there are none, or one of their files is damaged: damaged books decide
    /// nothing.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Self::read(Disk::open(directory, false)?)
    }

    /// The same, and makes them (mode 700) if they are not there.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_or_make(directory: &Path) -> Result<Self, Error> {
        Self::read(Disk::open(directory, true)?)
    }

    fn read(disk: Disk) -> Result<Self, Error> {
        let damaged = |folder, name: &str, problem: &str| Error::Books {
            path: disk.path(folder, name),
            problem: problem.to_owned(),
        };
        let (mut devices, mut tickets, mut revocations) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (name, device) in disk.read_all::<Device>("devices")? {
            if device.format != FORMAT || name != device_name(&device.udi) {
                return Err(damaged("devices", &name, "not the file of this device"));
            }
            devices.insert(device.udi.clone(), device);
        }
        for (name, ticket) in disk.read_all::<Ticket>("tickets")? {
            let whole = ticket.format == FORMAT
                && name == ticket.ticket.to_string()
                && digest_of(&ticket.permission) == Some(ticket.ticket)
                && !ticket.destinations.is_empty()
                && ticket.destinations.iter().all(|to| to.lines.len() == ticket.lines.len());
            if !whole {
                return Err(damaged("tickets", &name, "not the file of this ticket"));
            }
            tickets.insert(ticket.ticket, ticket);
        }
        for (name, revocation) in disk.read_all::<Revocation>("revocations")? {
            let whole = revocation.format == FORMAT
                && name == revocation.ticket.to_string()
                && digest_of(&revocation.record) == Some(revocation.ticket);
            if !whole {
                return Err(damaged("revocations", &name, "not the file of this revocation"));
            }
            revocations.insert(revocation.ticket, revocation);
        }
        Ok(Self { disk, devices, tickets, revocations })
    }

    /// All devices.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// All tickets.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// All revocations.
    pub fn revocations(&self) -> impl Iterator<Item = &Revocation> {
        self.revocations.values()
    }

    /// What became of a ticket. One whose line the vendor has taken back, before it was applied, is void.
    #[must_use]
    pub fn state(&self, ticket: &Ticket) -> State {
        let taken = |id| self.taken_back(id).is_some();
        match ticket.state {
            State::Open if ticket.lines.iter().any(|line| taken(line.id)) => State::Void,
            state => state,
        }
    }

    pub(super) fn keep_device(&mut self, device: Device) -> Result<(), Error> {
        if self.devices.get(&device.udi) != Some(&device) {
            self.disk.write("devices", &device_name(&device.udi), &device)?;
            self.devices.insert(device.udi.clone(), device);
        }
        Ok(())
    }

    pub(super) fn keep_ticket(&mut self, ticket: Ticket) -> Result<(), Error> {
        self.disk.write("tickets", &ticket.ticket.to_string(), &ticket)?;
        self.tickets.insert(ticket.ticket, ticket);
        Ok(())
    }

    pub(super) fn keep_revocation(&mut self, revocation: Revocation) -> Result<(), Error> {
        self.disk.write("revocations", &revocation.ticket.to_string(), &revocation)?;
        self.revocations.insert(revocation.ticket, revocation);
        Ok(())
    }

    /// The ticket and the destination by which a line came.
    pub(super) fn made(&self, id: LineId) -> Option<(&Ticket, &Destination, &Moving)> {
        self.tickets.values().find_map(|ticket| {
            let of = |to: &Destination| to.lines.iter().position(|line| *line == id);
            let (to, at) = ticket.destinations.iter().find_map(|to| Some((to, of(to)?)))?;
            Some((ticket, to, ticket.lines.get(at)?))
        })
    }

    /// Whether a line only bridges a time: grace, or until a device is booked in.
    pub(super) fn is_bridge(&self, id: LineId) -> bool {
        let of = |record: &String| license_id(record) == Some(id);
        let provisional = |to: &Destination| to.provisional.iter().any(of);
        let bridges =
            |it: &Ticket| it.grace.iter().any(of) || it.destinations.iter().any(provisional);
        self.tickets.values().any(bridges)
    }

    /// The open ticket that a line is in.
    pub(super) fn pending(&self, id: LineId) -> Option<&Ticket> {
        self.tickets.values().find(|ticket| {
            ticket.lines.iter().any(|line| line.id == id) && self.state(ticket) == State::Open
        })
    }

    /// Units that are left of a line with this count, or what took the last of them.
    pub(super) fn left(&self, id: LineId, count: Count) -> Result<Count, Refusal> {
        let gone = |how: String| Refusal::Gone { line: id, how };
        if let Some(revocation) = self.taken_back(id) {
            return Err(gone(format!("it was taken back ({})", revocation.ticket)));
        }
        let mut left = count;
        for ticket in self.tickets.values().filter(|ticket| ticket.state == State::Posted) {
            for line in ticket.lines.iter().filter(|line| line.id == id) {
                left = match (left, line.before) {
                    (Count::Units(left), Count::Units(before)) => {
                        Count::Units(left.saturating_sub(before.saturating_sub(line.after)))
                    }
                    _ => Count::Units(0),
                };
                if left == Count::Units(0) {
                    let (digest, to) = (ticket.ticket, ticket.to());
                    return Err(gone(format!("ticket {digest} has moved it to {to}")));
                }
            }
        }
        Ok(left)
    }

    /// The revocation that has taken units of a line.
    fn taken_back(&self, id: LineId) -> Option<&Revocation> {
        self.revocations
            .values()
            .find(|it| it.taken.iter().any(|line| line.id == id && line.units.is_some()))
    }

    /// A revocation of a line on which its device has not said anything.
    pub(super) fn revoking(&self, id: LineId) -> Option<&Revocation> {
        self.revocations.values().find(|it| it.word.is_none() && it.lines.contains(&id))
    }

    /// Those who number their words together with a device, itself among them.
    fn voice<'b>(&'b self, device: &'b Device) -> impl Iterator<Item = &'b Device> {
        let same = |other: &&Device| {
            other.udi == device.udi
                || device.stack.contains(&other.udi)
                || other.stack.contains(&device.udi)
                || (other.key.is_some() && other.key == device.key)
                || (other.secret.is_some() && other.secret == device.secret)
        };
        self.devices.values().filter(same)
    }

    /// Numbers of the words of a device that are booked.
    fn words(&self, device: &Device) -> BTreeSet<u64> {
        let udis: BTreeSet<&str> = self.voice(device).map(|it| it.udi.as_str()).collect();
        let of_tickets = self.tickets.values().flat_map(|ticket| &ticket.words);
        let of_revocations = self.revocations.values().filter_map(|it| it.word.as_ref());
        let words = of_tickets.chain(of_revocations);
        let words = words.filter(|word| udis.contains(word.of.as_str()));
        words.map(|word| word.number).collect()
    }

    /// The last word up to which none is missing.
    #[must_use]
    pub fn booked_word(&self, device: &Device) -> u64 {
        let words = self.words(device);
        let first = self.voice(device).map(|it| it.first_word).min();
        let mut last = first.unwrap_or(device.first_word);
        while words.contains(&last.saturating_add(1)) {
            last = last.saturating_add(1);
        }
        last
    }

    /// Whether a new word of a device may be booked; a note if the device has said another one of that number.
    pub(super) fn in_order(&self, device: &Device, number: u64) -> Result<Option<String>, Refusal> {
        let missing = self.booked_word(device).saturating_add(1);
        let of = &device.udi;
        if number > missing {
            return Err(Refusal::WordMissing { device: of.clone(), word: number, missing });
        }
        let twice = self.words(device).contains(&number);
        Ok(twice.then(|| {
            format!("{of} has said another word {number} before: its storage was put back to an older copy")
        }))
    }
}

/// The name of the file of a device: UDIs have characters that file names do not have.
fn device_name(udi: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(udi).into();
    data_encoding::HEXLOWER.encode(&digest[..16])
}

/// The one record in a text.
pub(super) fn record_in(text: &str) -> Option<Record<'_>> {
    Records::new(text.as_bytes()).next()?.record.ok()
}

/// The name of a ticket or of a revocation.
pub(super) fn digest_of(record: &str) -> Option<TicketDigest> {
    record_in(record).as_ref().map(super::words::ticket_digest)
}

/// The id of a license line.
pub(super) fn license_id(record: &str) -> Option<LineId> {
    match record_in(record)? {
        Record::License(line) => Some(line.terms().id),
        _ => None,
    }
}

/// Collects the bytes of a message.
pub(super) struct Hashed<'v>(pub(super) &'v mut Vec<u8>);

impl nodelock::bytes::Sink for Hashed<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}
