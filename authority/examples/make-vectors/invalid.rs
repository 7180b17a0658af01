//! Files that must be refused, and how the expectation is written down.

use nodelock::record::{Record, Records};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::{P256Verifier, Reason};

use crate::keys::Keys;
use crate::tree::Tree;

/// Room for delegated keys that readers of the vectors give their ring.
pub(crate) const KEY_SLOTS: usize = 4;

pub(crate) struct Invalid {
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) file: Vec<u8>,
    /// Reason and offset of each refusal, in the order of the file.
    pub(crate) refusals: Vec<(Reason, usize)>,
}

impl Invalid {
    /// One refusal, at the place where `at` stands in the file; for an empty `at`, at the end.
    pub(crate) fn at(
        name: &str,
        what: &str,
        file: impl Into<Vec<u8>>,
        reason: Reason,
        at: &str,
    ) -> Result<Self, String> {
        let file = file.into();
        let offset = if at.is_empty() {
            file.trim_ascii_end().len()
        } else {
            file.windows(at.len())
                .position(|part| part == at.as_bytes())
                .ok_or_else(|| format!("{name}: no {at:?} in it"))?
        };
        Ok(Self {
            name: name.to_owned(),
            what: what.to_owned(),
            file,
            refusals: vec![(reason, offset)],
        })
    }

    /// Checks that the core refuses the file for the expected reasons at the expected places, and
    /// accepts no license in it; adds the file and the expectation.
    pub(crate) fn write(&self, keys: &Keys, tree: &mut Tree) -> Result<(), String> {
        let anchors = keys.anchors();
        let mut slots = [KeySlot::EMPTY; KEY_SLOTS];
        let mut ring = KeyRing::new(&anchors, &mut slots);
        let mut refusals = Vec::new();
        for found in Records::new(&self.file) {
            let judged = match &found.record {
                Err(error) => Err((error.reason, error.offset)),
                Ok(Record::Key(key)) => {
                    ring.admit(key, &P256Verifier).map_err(|reason| (reason, found.start))
                }
                Ok(Record::Repair(repair)) => match repair.verify(&ring, &P256Verifier) {
                    Ok(()) => return Err(format!("{}: a repair is accepted", self.name)),
                    Err(reason) => Err((reason, found.start)),
                },
                Ok(Record::Permission(record)) => match record.verify(&ring, &P256Verifier) {
                    Ok(()) => return Err(format!("{}: a ticket is accepted", self.name)),
                    Err(reason) => Err((reason, found.start)),
                },
                Ok(Record::Revoke(record)) => match record.verify(&ring, &P256Verifier) {
                    Ok(()) => return Err(format!("{}: a ticket is accepted", self.name)),
                    Err(reason) => Err((reason, found.start)),
                },
                Ok(Record::Time(record)) => match record.verify(&ring, &P256Verifier) {
                    Ok(()) => return Err(format!("{}: a time is accepted", self.name)),
                    Err(reason) => Err((reason, found.start)),
                },
                Ok(Record::License(line)) => match line.verify(&ring, &P256Verifier) {
                    Ok(_) => return Err(format!("{}: a line is accepted", self.name)),
                    Err(reason) => Err((reason, found.start)),
                },
                Ok(_) => return Err(format!("{}: a device's word is here", self.name)),
            };
            refusals.extend(judged.err());
        }
        if refusals != self.refusals {
            return Err(format!("{}: {refusals:?} instead of {:?}", self.name, self.refusals));
        }
        let expect: String = refusals
            .iter()
            .map(|(reason, offset)| format!("{} {offset}\n", reason.name()))
            .collect();
        tree.add(format!("invalid/{}.lic", self.name), self.file.clone());
        tree.add(format!("invalid/{}.expect", self.name), expect);
        Ok(())
    }
}
