//! Rights that move among devices while messages are lost, doubled, late and in the wrong place, power goes, and
//! owners change their minds: on no device a unit runs that another one still has, and when everything was delivered
//! none is missing. The authority is a model of its own, written from the protocol's rules; the devices are
//! whole agents.

use std::collections::{BTreeMap, BTreeSet};

use nodelock::agent::{FeatureSlot, LineSlot, LineSource, Memory, SCRATCH_LEN, TicketAction};
use nodelock::catalog::Catalog;
use nodelock::crypto::SignatureVerifier;
use nodelock::event::EventSlot;
use nodelock::lease::LeaseSlot;
use nodelock::record::transfer::{Lines, Outcome, PermissionTerms, Removal};
use nodelock::record::{Extras, LicenseTerms, Message, Record, Records};
use nodelock::store::StorageKey;
use nodelock::value::{
    Combine, Count, Date, ExpiryPolicy, FeatureName, LicenseType, LineId, Nonce, Signature,
    TicketDigest, UdiSource, UnixTime, Version,
};
use nodelock::{Feature, InstallMode, Now, Product, PublicKey, Reason, Storage, Udi};

use crate::dice::Dice;
use crate::generate::TODAY;
use crate::history::DAY;
use crate::toy::{self, ANCHORS, Toy};
use crate::world::rules;

const DEVICES: usize = 3;
const UDIS: [&str; DEVICES] = ["P:A", "P:B", "P:C"];
const TABLE: &[Feature<'static>] = &[Feature::new("alpha"), Feature::new("count").counted(1000)];
static CATALOG: Catalog<'static> = nodelock::catalog!(TABLE);
/// Lines that were sold: units, 0 = not counted.
const SOLD: [u64; 3] = [0, 4, 3];
const STEPS: u64 = 40;

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Histories.
    pub histories: u64,
    /// Steps of them.
    pub steps: u64,
    /// Tickets made, and those that were posted and void at the end.
    pub tickets: u64,
    /// Applied and booked.
    pub posted: u64,
    /// Cancelled by the source's word.
    pub void: u64,
    /// Calls in which the power went.
    pub cuts: u64,
    /// Records that a device has refused.
    pub refused: u64,
    /// Lines made again for another destination.
    pub redirected: u64,
}

/// A storage that can lose power.
#[derive(Debug, Clone, Default)]
struct Disk {
    values: BTreeMap<u16, Vec<u8>>,
    writes_left: Option<u64>,
}

impl Disk {
    fn write(&mut self) -> Result<(), Reason> {
        match &mut self.writes_left {
            Some(0) => Err(Reason::StorageFailed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Storage for Disk {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(value) = self.values.get(&key.0) else { return Ok(None) };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.write()?;
        self.values.insert(key.0, value.to_vec());
        Ok(())
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.write()?;
        self.values.remove(&key.0);
        Ok(())
    }
}

/// Who a device is.
#[derive(Clone, Copy)]
struct Identity(usize);

impl UdiSource for Identity {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        Ok((member == 0).then(|| udi(self.0)))
    }

    fn public_key(&self) -> Option<PublicKey> {
        Some(key(self.0))
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        Ok(toy::signature(digest))
    }
}

fn udi(device: usize) -> Udi<'static> {
    Udi::parse(UDIS[device].as_bytes()).expect("a UDI")
}

fn key(device: usize) -> PublicKey {
    toy::device_key(u8::try_from(device).unwrap_or(0))
}

type Agent<'a> = nodelock::Agent<'a, (&'a mut Disk, Toy, Identity)>;

fn on<R>(disk: &mut Disk, device: usize, then: impl FnOnce(&mut Agent<'_>, Now) -> R) -> R {
    let product = Product { catalog: &CATALOG, anchors: &ANCHORS, rules: rules(900) };
    let mut lines = [LineSlot::EMPTY; 16];
    let mut features = [FeatureSlot::EMPTY; TABLE.len()];
    let leases: [LeaseSlot; 1] = Default::default();
    let mut events = [EventSlot::EMPTY; 4];
    let mut scratch = [0; SCRATCH_LEN];
    let memory = Memory {
        lines: &mut lines,
        features: &mut features,
        leases: &leases,
        events: &mut events,
        scratch: &mut scratch,
        gates: &[],
    };
    let now = Now { uptime: 0, wall: Some(UnixTime(u64::from(TODAY) * DAY)) };
    let agent = nodelock::Agent::boot(product, Identity(device), Toy, disk, memory, now);
    then(&mut agent.expect("it boots"), Now { uptime: 1, ..now })
}

/// A permanent line of the vendor: sold, or made by a ticket.
#[derive(Debug, Clone)]
struct Line {
    /// The line that was sold of which these units are.
    family: usize,
    device: usize,
    /// 0 = not counted.
    units: u64,
    /// Units that are in the books of this line and under no ticket. One that is not counted is one unit.
    on: u64,
    /// The final line is issued.
    settled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Posted,
    Void,
}

#[derive(Debug, Clone)]
struct Ticket {
    line: usize,
    source: usize,
    /// Units that it takes.
    moves: u64,
    made: usize,
    digest: TicketDigest,
    text: String,
    state: State,
}

/// The vendor.
#[derive(Default)]
struct Authority {
    lines: Vec<Line>,
    tickets: Vec<Ticket>,
    /// The last word of each device that is in the books.
    booked: [u64; DEVICES],
    /// Words that wait for those before them.
    waiting: BTreeSet<String>,
}

/// Everything on the way: files that anybody may deliver, any number of times.
#[derive(Default)]
struct Mail {
    files: Vec<(usize, String)>,
    words: Vec<String>,
}

fn line_id(line: usize) -> LineId {
    let mut id = [0x22; 10];
    id[9] = u8::try_from(line).unwrap_or(u8::MAX);
    LineId(id)
}

fn count(units: u64) -> Count {
    if units == 0 { Count::Uncounted } else { Count::Units(units) }
}

/// Units of a line in the books: one for what is not counted.
fn all(units: u64) -> u64 {
    units.max(1)
}

fn license(line: usize, of: &Line, needs: Option<TicketDigest>) -> String {
    let feature: &[u8] = if of.units == 0 { b"alpha" } else { b"count" };
    let terms = LicenseTerms {
        feature: FeatureName::parse(feature).expect("a name"),
        version: Version::ONE,
        license_type: LicenseType::Permanent,
        count: count(of.units),
        id: line_id(line),
        udi: Some(udi(of.device)),
        issued: Date::from_days(TODAY).expect("a day"),
        start: None,
        end: None,
        usage: None,
        combine: if of.units == 0 { Combine::Exclusive } else { Combine::Additive },
        expiry: ExpiryPolicy::UntilReboot,
        eula: None,
        pak: None,
        needs,
        extras: Extras::NONE,
    };
    toy::signed(&terms)
}

impl Authority {
    /// Units of a line that are under an open ticket.
    fn pending(&self, line: usize) -> u64 {
        let open = |ticket: &&Ticket| ticket.line == line && ticket.state == State::Open;
        self.tickets.iter().filter(open).map(|ticket| ticket.moves).sum()
    }

    fn begin(
        &mut self,
        line: usize,
        moves: u64,
        to: usize,
        one_visit: bool,
        mail: &mut Mail,
    ) -> bool {
        let from = self.lines[line].clone();
        if !from.settled || to == from.device || from.on < moves || moves == 0 {
            return false;
        }
        if self.lines.len() >= 15 {
            return false;
        }
        let before = from.on + self.pending(line);
        let (before, after) = match from.units {
            0 if moves == before => (Count::Uncounted, 0),
            0 => return false,
            _ => (Count::Units(before), before - moves),
        };
        let removal = [Removal::new(line_id(line), before, after).expect("something goes")];
        let number = self.tickets.len() as u64 + 1;
        let terms = PermissionTerms {
            from: udi(from.device),
            key: Some(key(from.device)),
            repairs: 0,
            to: udi(to),
            nonce: Nonce(number.to_le_bytes()),
            lines: Lines::new(&removal).expect("one line"),
            issued: Date::from_days(TODAY).expect("a day"),
        };
        let digest = Toy.sha256(&Message::of(&terms)).expect("a hash");
        let digest = TicketDigest::from_digest(&digest);
        let units = if from.units == 0 { 0 } else { moves };
        let made = self.lines.len();
        self.lines.push(Line { family: from.family, device: to, units, on: 0, settled: false });
        self.lines[line].on -= moves;
        let text = toy::signed(&terms);
        if one_visit {
            mail.files.push((to, license(made, &self.lines[made], Some(digest))));
        }
        let source = from.device;
        self.tickets.push(Ticket { line, source, moves, made, digest, text, state: State::Open });
        true
    }

    /// Books a device's word, and those that waited for it.
    fn accept(&mut self, word: &str, mail: &mut Mail, counts: &mut Counts) {
        self.waiting.insert(word.to_owned());
        loop {
            let ready = self.waiting.iter().find(|word| self.is_next(word)).cloned();
            let Some(word) = ready else { return };
            self.waiting.remove(&word);
            self.book(&word, mail, counts);
        }
    }

    /// Whose word it is, its ticket, its number and what it says.
    fn read(&self, word: &str) -> Option<(usize, usize, u64, Outcome)> {
        for found in Records::new(word.as_bytes()) {
            let Ok(Record::Rehost(record)) = found.record else { continue };
            let terms = *record.terms();
            let ticket = self.tickets.iter().position(|known| known.digest == terms.ticket)?;
            let device = match terms.outcome {
                Outcome::GivenUp => (0..DEVICES).find(|&device| {
                    let digest = Toy.sha256(&Message::PublicKey(&key(device)));
                    digest.is_ok_and(|digest| {
                        nodelock::KeyId::from_digest(&digest) == record.signer()
                    })
                })?,
                _ => self.tickets[ticket].source,
            };
            return Some((device, ticket, terms.word, terms.outcome));
        }
        None
    }

    fn is_next(&self, word: &str) -> bool {
        self.read(word).is_some_and(|(device, _, number, _)| number == self.booked[device] + 1)
    }

    fn book(&mut self, word: &str, mail: &mut Mail, counts: &mut Counts) {
        let Some((device, at, number, outcome)) = self.read(word) else { return };
        self.booked[device] = number;
        let (line, made, moves) =
            (self.tickets[at].line, self.tickets[at].made, self.tickets[at].moves);
        match (outcome, self.tickets[at].state) {
            (Outcome::Applied, State::Open) => {
                self.tickets[at].state = State::Posted;
                self.lines[made].on += moves;
                self.lines[made].settled = true;
                let to = self.lines[made].device;
                mail.files.push((to, license(made, &self.lines[made], None)));
                counts.posted += 1;
            }
            (Outcome::Cancelled, State::Open) => {
                self.tickets[at].state = State::Void;
                self.lines[line].on += moves;
                counts.void += 1;
            }
            // The destination has given up: another one may have it, unless tickets have moved on what it had.
            (Outcome::GivenUp, State::Open | State::Posted)
                if device == self.lines[made].device =>
            {
                let used = self.tickets.iter().any(|other| other.line == made);
                let next = (0..DEVICES).find(|&to| to != device && to != self.tickets[at].source);
                if let Some(to) = next.filter(|_| !used && self.lines.len() < 15) {
                    // A new line, because the device that has given up refuses the old one for ever; the units are
                    // its from now on.
                    let again = self.lines.len();
                    let old = self.lines[made].clone();
                    self.lines[made].on = 0;
                    self.lines.push(Line { device: to, ..old });
                    self.tickets[at].made = again;
                    if self.tickets[at].state == State::Posted {
                        mail.files.push((to, license(again, &self.lines[again], None)));
                    }
                    counts.redirected += 1;
                } else {
                    self.lines[made].on = 0;
                    self.lines[made].settled = false;
                }
            }
            _ => {}
        }
    }
}

/// What runs on a device: units by family.
fn running(agent: &Agent<'_>, lines: &[Line]) -> [u64; SOLD.len()] {
    let mut units = [0; SOLD.len()];
    for held in agent.lines() {
        let known = (0..lines.len()).find(|&line| line_id(line) == held.right().id());
        if let Some(line) =
            known.filter(|_| !held.waits() && held.source() == LineSource::Installed)
        {
            units[lines[line].family] += match held.count() {
                Count::Uncounted => 1,
                Count::Units(units) => units,
            };
        }
    }
    units
}

struct World {
    disks: [Disk; DEVICES],
    runs: [[u64; SOLD.len()]; DEVICES],
    authority: Authority,
    mail: Mail,
    /// Families of which somebody has given units up for good.
    wasted: BTreeSet<usize>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            disks: Default::default(),
            runs: Default::default(),
            authority: Authority::default(),
            mail: Mail::default(),
            wasted: BTreeSet::new(),
        };
        for (family, units) in SOLD.into_iter().enumerate() {
            let (device, on) = (family % 2, all(units));
            let line = Line { family, device, units, on, settled: true };
            world.mail.files.push((device, license(family, &line, None)));
            world.authority.lines.push(line);
        }
        for at in 0..SOLD.len() {
            let (device, file) = world.mail.files[at].clone();
            world.install(device, &file, None, &mut Counts::default());
        }
        world
    }

    /// Does something on a device, perhaps until the power goes; then looks at what runs there.
    fn act<R>(
        &mut self,
        device: usize,
        cut: Option<u64>,
        counts: &mut Counts,
        then: impl FnOnce(&mut Agent<'_>, Now) -> R,
    ) -> R {
        let lines = &self.authority.lines;
        self.disks[device].writes_left = cut;
        let (done, live) = on(&mut self.disks[device], device, |agent, now| {
            (then(agent, now), running(agent, lines))
        });
        self.disks[device].writes_left = None;
        self.runs[device] = live;
        if cut.is_some() {
            counts.cuts += 1;
            self.runs[device] =
                on(&mut self.disks[device], device, |agent, _| running(agent, lines));
        }
        done
    }

    fn install(&mut self, device: usize, file: &str, cut: Option<u64>, counts: &mut Counts) {
        let refused = self.act(device, cut, counts, |agent, now| {
            let mut refused = 0;
            agent.install(file.as_bytes(), InstallMode::Apply, now, |taken| {
                refused += u64::from(taken.result.is_err());
            });
            refused
        });
        counts.refused += refused;
    }

    fn ticket(
        &mut self,
        at: usize,
        device: usize,
        action: TicketAction,
        cut: Option<u64>,
        counts: &mut Counts,
    ) -> Option<String> {
        let text = self.authority.tickets[at].text.clone();
        let proof = self.act(device, cut, counts, |agent, now| {
            let mut out = [0; 3 * 1025];
            let proof = agent.ticket(text.as_bytes(), action, InstallMode::Apply, now, &mut out);
            proof.map(|proof| String::from_utf8_lossy(proof).into_owned()).ok()
        });
        match &proof {
            Some(proof) => self.mail.words.push(proof.clone()),
            None => counts.refused += 1,
        }
        proof
    }

    fn give_up(&mut self, at: usize, cut: Option<u64>, counts: &mut Counts) {
        let made = self.authority.tickets[at].made;
        let line = self.authority.lines[made].clone();
        let word = self.act(line.device, cut, counts, |agent, now| {
            let mut out = [0; 1025];
            let word = agent.give_up(line_id(made), now, &mut out);
            word.map(|word| String::from_utf8_lossy(word).into_owned()).ok()
        });
        match word {
            Some(word) => {
                self.wasted.insert(line.family);
                self.mail.words.push(word);
            }
            None => {
                // It may have happened before the power went.
                self.wasted.insert(line.family);
                counts.refused += 1;
            }
        }
    }

    /// On all devices together nothing runs that was not sold.
    fn check(&self, step: u64) -> Result<(), String> {
        for (family, units) in SOLD.into_iter().enumerate() {
            let runs: u64 = self.runs.iter().map(|runs| runs[family]).sum();
            if runs > all(units) {
                return Err(format!(
                    "step {step}: {runs} units of line {family} run, and {} were sold: {:?}",
                    all(units),
                    self.runs
                ));
            }
        }
        Ok(())
    }

    /// Everything that was on the way is lost, and what the documents say is done: tickets are applied, or their proof
    /// is given again; the authority gives its answers again; final lines are installed.
    fn recover(&mut self, counts: &mut Counts) {
        for _ in 0..3 {
            for at in 0..self.authority.tickets.len() {
                let source = self.authority.tickets[at].source;
                let proof = self
                    .ticket(at, source, TicketAction::Apply, None, counts)
                    .or_else(|| self.ticket(at, source, TicketAction::Cancel, None, counts));
                if let Some(proof) = proof {
                    let mut mail = std::mem::take(&mut self.mail);
                    self.authority.accept(&proof, &mut mail, counts);
                    self.mail = mail;
                }
            }
            for at in 0..self.mail.words.len() {
                let word = self.mail.words[at].clone();
                let mut mail = std::mem::take(&mut self.mail);
                self.authority.accept(&word, &mut mail, counts);
                self.mail = mail;
            }
            for line in 0..self.authority.lines.len() {
                let of = self.authority.lines[line].clone();
                if of.settled {
                    self.install(of.device, &license(line, &of, None), None, counts);
                }
            }
        }
    }
}

/// One history.
///
/// # Errors
/// What is wrong.
pub fn history(seed: u64, counts: &mut Counts) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let mut world = World::new();
    world.check(0)?;
    for step in 1..=STEPS {
        counts.steps += 1;
        let cut = dice.percent(20).then(|| dice.below(9));
        let tickets = world.authority.tickets.len() as u64;
        match dice.below(10) {
            0 | 1 => {
                let line = pick(&mut dice, world.authority.lines.len());
                let on = world.authority.lines[line].on;
                let moves = if dice.percent(50) { on } else { dice.range(1, on.max(1)) };
                let (to, one) = (pick(&mut dice, DEVICES), dice.percent(50));
                let mut mail = std::mem::take(&mut world.mail);
                counts.tickets += u64::from(world.authority.begin(line, moves, to, one, &mut mail));
                world.mail = mail;
            }
            2..=4 if tickets > 0 => {
                let at = pick(&mut dice, world.authority.tickets.len());
                let source = world.authority.tickets[at].source;
                // Or at the wrong place.
                let device = if dice.percent(90) { source } else { pick(&mut dice, DEVICES) };
                world.ticket(at, device, TicketAction::Apply, cut, counts);
            }
            5 if tickets > 0 => {
                let at = pick(&mut dice, world.authority.tickets.len());
                let source = world.authority.tickets[at].source;
                let action =
                    if dice.percent(40) { TicketAction::Cancel } else { TicketAction::Again };
                world.ticket(at, source, action, cut, counts);
            }
            6 | 7 if !world.mail.words.is_empty() => {
                let word = world.mail.words[pick(&mut dice, world.mail.words.len())].clone();
                if dice.percent(50) {
                    let mut mail = std::mem::take(&mut world.mail);
                    world.authority.accept(&word, &mut mail, counts);
                    world.mail = mail;
                } else {
                    // A proof for the device that waits, or for another one.
                    world.install(pick(&mut dice, DEVICES), &word, cut, counts);
                }
            }
            8 if tickets > 0 && dice.percent(15) => {
                let at = pick(&mut dice, world.authority.tickets.len());
                world.give_up(at, cut, counts);
            }
            9 if dice.percent(30) => {
                let device = pick(&mut dice, DEVICES);
                let line = line_id(pick(&mut dice, world.authority.lines.len()));
                // Cleared by somebody; what is left may be installed again.
                world.act(device, cut, counts, |agent, now| {
                    let _ = agent.clear(line, now);
                });
            }
            _ => {
                let at = pick(&mut dice, world.mail.files.len());
                let (to, file) = world.mail.files[at].clone();
                let device = if dice.percent(90) { to } else { pick(&mut dice, DEVICES) };
                world.install(device, &file, cut, counts);
            }
        }
        world.check(step)?;
    }
    world.recover(counts);
    world.check(STEPS + 1)?;
    for (family, units) in SOLD.into_iter().enumerate() {
        let runs: u64 = world.runs.iter().map(|runs| runs[family]).sum();
        if runs < all(units) && !world.wasted.contains(&family) {
            return Err(format!(
                "after everything was delivered {runs} units of line {family} run, and {} were sold: {:?}\n{:?}\n{:?}",
                all(units),
                world.runs,
                world.authority.lines,
                world.authority.tickets,
            ));
        }
    }
    counts.histories += 1;
    Ok(())
}

fn pick(dice: &mut Dice, of: usize) -> usize {
    usize::try_from(dice.below(of as u64)).unwrap_or(0)
}
