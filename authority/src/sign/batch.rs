//! Many lines: planned with their ids before the first is signed, then signed by several threads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use nodelock::record::{LicenseTerms, Record, Records};
use nodelock::value::{Date, LineId};
use sha2::{Digest, Sha256};

use super::delegate::Delegations;
use super::issue::random_id;
use super::record::{Checker, Issued, accepted, sign_license};
use super::signer::Signer;
use crate::error::Error;
use crate::order::{DeviceUdi, FeatureVersion, LicenseSpec, lines_of, within_limit};

/// Where the ids of lines come from that say none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Random ones.
    Random,
    /// Made from these bytes and from what the line says, without its day of issue: the same order
    /// gives the same ids.
    From([u8; 32]),
}

impl Ids {
    /// For the number of an order.
    #[must_use]
    pub fn of_order(number: &str) -> Self {
        let digest = Sha256::new_with_prefix(b"nodelock order 1\n").chain_update(number);
        Self::From(digest.finalize().into())
    }
}

/// In ids, which shall be the same on another day.
const NO_DAY: Date = match Date::from_days(0) {
    Some(day) => day,
    None => unreachable!(),
};

/// Lines that shall be signed, each with its id and its day of issue.
#[derive(Debug)]
pub struct Batch<'s> {
    lines: Vec<Planned<'s>>,
    /// Where the line with an id stands.
    places: HashMap<LineId, usize>,
    /// Texts of the extension fields, one for each spec.
    extras: Vec<String>,
}

#[derive(Debug)]
struct Planned<'s> {
    spec: &'s LicenseSpec,
    number: usize,
    udi: Option<&'s DeviceUdi>,
    feature: &'s FeatureVersion,
    id: LineId,
    issued: Date,
}

impl<'s> Batch<'s> {
    /// Plans a line for every feature on every device of each spec; those without a day of issue are
    /// of this day.
    ///
    /// # Errors
    /// [`Error::Order`] if there can be no such line; [`Error::Random`].
    pub fn plan(specs: &'s [LicenseSpec], today: Date, ids: Ids) -> Result<Self, Error> {
        let all = specs.iter().map(|spec| lines_of(&spec.udi, &spec.feature));
        within_limit(all.fold(0, usize::saturating_add), "")?;
        let mut batch = Self {
            lines: Vec::new(),
            places: HashMap::new(),
            extras: specs.iter().map(|spec| spec.extra.text()).collect(),
        };
        let mut same = HashMap::new();
        for (number, spec) in specs.iter().enumerate() {
            spec.check()?;
            for (udi, feature) in spec.pairs() {
                let mut line =
                    Planned { spec, number, udi, feature, id: LineId([1; 10]), issued: NO_DAY };
                line.id = match (spec.id, ids) {
                    (Some(id), _) => id,
                    (None, Ids::Random) => random_id()?,
                    (None, Ids::From(seed)) => {
                        let text = super::record::text_of(&batch.terms(&line)?);
                        // Two lines may be the same, if that is meant.
                        let nth = same.entry(text.clone()).or_insert(0_u64);
                        *nth += 1;
                        id_from(&seed, &text, *nth)
                    }
                };
                if batch.places.insert(line.id, batch.lines.len()).is_some() {
                    return Err(Error::Order(format!("two lines would have the id {}", line.id)));
                }
                line.issued = spec.issued.unwrap_or(today);
                batch.lines.push(line);
            }
        }
        Ok(batch)
    }

    /// How many lines.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The device of each line.
    pub fn devices(&self) -> impl Iterator<Item = Option<&'s DeviceUdi>> {
        self.lines.iter().map(|line| line.udi)
    }

    /// A digest of what all lines will say: of the same plan, it is the same.
    ///
    /// # Errors
    /// None: the specs were checked when this was made.
    pub fn digest(&self) -> Result<[u8; 32], Error> {
        let mut digest = Sha256::new_with_prefix(b"nodelock batch 1\n");
        for line in &self.lines {
            digest.update(super::record::text_of(&self.terms(line)?));
            digest.update(b"\n");
        }
        Ok(digest.finalize().into())
    }

    /// Which line a record is that was signed before: one with the terms of that line, which a device
    /// that trusts the key accepts.
    #[must_use]
    pub fn position(
        &self,
        issued: &Issued,
        signer: &dyn Signer,
        delegations: Option<&Delegations>,
    ) -> Option<usize> {
        let Record::License(line) = Records::new(issued.text.as_bytes()).next()?.record.ok()?
        else {
            return None;
        };
        let place = *self.places.get(&line.terms().id)?;
        let terms = self.terms(self.lines.get(place)?).ok()?;
        let role = role(&terms, signer, delegations).ok()?;
        accepted(&line, &terms, signer, role).then_some(place)
    }

    /// Signs what is not there yet, with several threads. `done` hears of each line when it is signed,
    /// in any order, and may end the work.
    ///
    /// # Errors
    /// Those of [`issue`](super::issue); the first one ends the work. What was signed until then, `done`
    /// has heard of.
    pub fn sign(
        &self,
        signer: &(dyn Signer + Sync),
        delegations: Option<&Delegations>,
        mut there: Vec<Option<Issued>>,
        jobs: usize,
        mut done: impl FnMut(&Issued) -> Result<(), Error>,
    ) -> Result<Vec<Issued>, Error> {
        there.resize(self.len(), None);
        let missing: Vec<usize> = (0..self.len()).filter(|&i| there[i].is_none()).collect();
        // Before anything is signed: what may not be signed must not cost a signature.
        for &place in &missing {
            role(&self.terms(&self.lines[place])?, signer, delegations)?;
        }
        let checker = Checker::of(&signer.anchor(), missing.len());
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        let work = |sender: mpsc::Sender<(usize, Result<Issued, Error>)>| {
            while !stop.load(Ordering::Relaxed) {
                let Some(&place) = missing.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                let issued = self.sign_one(place, signer, delegations, &checker);
                if issued.is_err() {
                    // Here, and not where it is heard of: another thread would begin the next one meanwhile.
                    stop.store(true, Ordering::Relaxed);
                }
                if sender.send((place, issued)).is_err() {
                    break;
                }
            }
        };
        let mut problem = None;
        std::thread::scope(|scope| {
            for _ in 0..jobs.clamp(1, missing.len().max(1)) {
                let sender = sender.clone();
                scope.spawn(|| work(sender));
            }
            drop(sender);
            for (place, issued) in &receiver {
                let kept = issued.and_then(|issued| done(&issued).map(|()| issued));
                match kept {
                    Ok(issued) => there[place] = Some(issued),
                    Err(error) => {
                        stop.store(true, Ordering::Relaxed);
                        problem.get_or_insert(error);
                    }
                }
            }
        });
        match problem {
            Some(error) => Err(error),
            None => Ok(there.into_iter().flatten().collect()),
        }
    }

    /// The same in this thread, for signers that know no others.
    pub(super) fn sign_in_turn(
        &self,
        signer: &dyn Signer,
        delegations: Option<&Delegations>,
    ) -> Result<Vec<Issued>, Error> {
        let checker = Checker::of(&signer.anchor(), self.len());
        (0..self.len()).map(|place| self.sign_one(place, signer, delegations, &checker)).collect()
    }

    fn sign_one(
        &self,
        place: usize,
        signer: &dyn Signer,
        delegations: Option<&Delegations>,
        checker: &Checker,
    ) -> Result<Issued, Error> {
        let terms = self.terms(&self.lines[place])?;
        sign_license(&terms, signer, role(&terms, signer, delegations)?, checker)
    }

    fn terms(&self, line: &Planned<'s>) -> Result<LicenseTerms<'_>, Error> {
        let extra = self.extras.get(line.number).map_or("", String::as_str);
        line.spec.terms(line.udi, line.feature, line.id, line.issued, extra)
    }
}

/// In which role the key signs.
fn role(
    terms: &LicenseTerms<'_>,
    signer: &dyn Signer,
    delegations: Option<&Delegations>,
) -> Result<nodelock::Role, Error> {
    let anchor = signer.anchor();
    match delegations {
        Some(delegations) => delegations.permit(terms, &anchor),
        None => Ok(anchor.role),
    }
}

fn id_from(seed: &[u8; 32], text: &[u8], nth: u64) -> LineId {
    let digest = Sha256::new_with_prefix(seed).chain_update(nth.to_be_bytes()).chain_update(text);
    let mut id = [0; 10];
    for (to, from) in id.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    LineId(id)
}
