//! Lines that a transfer makes: what goes into them, and their ids.

use nodelock::record::{LicenseTerms, Record};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::{Combine, Count, Date, LicenseType, LineId, Period, TicketDigest};
use nodelock::{P256Verifier, Reason, Role, TrustAnchor, Udi};
use sha2::{Digest, Sha256};

use super::books::record_in;
use super::refusal::Refusal;
use crate::error::Error;
use crate::sign::{Checker, Delegations, Issued, Signer, sign_license};

/// Who signs what a transfer makes, and on which day.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    /// Signs.
    pub signer: &'d dyn Signer,
    /// `KEY` records, if it is a delegated key.
    pub delegations: Option<&'d Delegations>,
    /// The day of issue.
    pub today: Date,
}

impl core::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Desk").field("today", &self.today).finish_non_exhaustive()
    }
}

/// License lines that the vendor has issued, and that were verified.
#[derive(Debug, Clone, Default)]
pub struct IssuedLines(Vec<(LineId, String)>);

impl IssuedLines {
    /// Takes the lines of a license file that one of these roots, or a key that it has delegated, has signed. Keys
    /// for development are taken only by a `desk` that signs with one: else their lines would become others.
    ///
    /// # Errors
    /// [`Error::Order`] for a line that none of them has signed.
    pub fn add(
        &mut self,
        file: &[u8],
        roots: &[TrustAnchor],
        desk: &Desk<'_>,
    ) -> Result<(), Error> {
        let records = || nodelock::record::Records::new(file);
        let keys = records().filter(|found| matches!(found.record, Ok(Record::Key(_)))).count();
        let mut slots = vec![KeySlot::EMPTY; keys];
        let mut ring = KeyRing::new(roots, &mut slots);
        if desk.signer.anchor().role == Role::Development {
            ring = ring.danger_accept_development_keys();
        }
        let refused = |what: String, reason: Reason| {
            Error::Order(format!("{what}: {}; {}", reason.text(), reason.remedy()))
        };
        for found in records() {
            match found.record {
                // Of another product, it may stand beside what is for this one.
                Ok(Record::Key(key)) => drop(ring.admit(&key, &P256Verifier)),
                Ok(record @ Record::License(line)) => {
                    let id = line.terms().id;
                    line.verify(&ring, &P256Verifier)
                        .map_err(|reason| refused(format!("the line {id}"), reason))?;
                    self.0.push((id, Issued::from_record(&record)?.text));
                }
                Ok(_) => {}
                Err(error) if error.reason == Reason::StrayText => {}
                Err(error) => return Err(refused(format!("byte {}", error.offset), error.reason)),
            }
        }
        Ok(())
    }

    /// Their ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = LineId> {
        self.0.iter().map(|line| line.0)
    }

    pub(super) fn get(&self, id: LineId) -> Option<&str> {
        self.0.iter().find(|line| line.0 == id).map(|line| line.1.as_str())
    }
}

/// What differs in a line that is made from another one.
pub(super) struct NewLine<'n> {
    pub(super) id: LineId,
    pub(super) udi: &'n str,
    pub(super) count: Count,
    /// Of metered ones, the time that it has.
    pub(super) usage: Option<Period>,
    pub(super) needs: Option<TicketDigest>,
    /// Only bridges a time: the type, and of dated ones the last day.
    pub(super) bridge: Option<(LicenseType, Option<Date>)>,
}

impl Desk<'_> {
    /// The records of the key that signs, if it is delegated.
    pub(super) fn keys(&self) -> Vec<String> {
        let anchor = self.signer.anchor();
        let records = self.delegations.iter().flat_map(|known| known.of(&anchor));
        records.map(|issued| issued.text.clone()).collect()
    }

    /// Signs a line.
    pub(super) fn line(&self, from: &str, new: &NewLine<'_>) -> Result<String, Error> {
        let Some(Record::License(line)) = record_in(from) else {
            return Err(Error::Refused(Reason::BadField));
        };
        let mut terms = LicenseTerms {
            id: new.id,
            udi: Some(Udi::parse(new.udi.as_bytes()).map_err(Error::Refused)?),
            issued: self.today,
            count: new.count,
            // Units that were moved add to those that are there: else a larger line would swallow them.
            combine: match new.count {
                Count::Units(_) => Combine::Additive,
                Count::Uncounted => Combine::Exclusive,
            },
            usage: new.usage,
            needs: new.needs,
            ..*line.terms()
        };
        if let Some((kind, end)) = new.bridge {
            (terms.license_type, terms.start, terms.end, terms.eula) = (kind, None, end, None);
        }
        let anchor = self.signer.anchor();
        let role = match self.delegations {
            Some(delegations) => delegations.permit(&terms, &anchor)?,
            None => anchor.role,
        };
        Ok(sign_license(&terms, self.signer, role, &Checker::of(&anchor, 0))?.text)
    }
}

/// An id that nobody chooses: of the same things the same one, also after the books have forgotten.
fn derived(domain: &str, parts: &[&[u8]]) -> LineId {
    let mut digest = Sha256::new_with_prefix(domain);
    for part in parts {
        digest.update(part);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let mut id = LineId([0; 10]);
    id.0.copy_from_slice(&digest[..10]);
    id
}

/// The id of a line at its destination, the n-th one of its ticket.
pub(super) fn moved_id(ticket: TicketDigest, line: LineId, n: usize, to: &str) -> LineId {
    let n = u64::try_from(n).unwrap_or(u64::MAX).to_be_bytes();
    derived("nodelock moved line 1\n", &[&ticket.0, &line.0, &n, to.as_bytes()])
}

/// The id of what bridges a time on a device: one for each right and device, so that nobody gets it twice.
pub(super) fn bridge_id(kind: LicenseType, right: LineId, device: &str) -> LineId {
    derived("nodelock bridge 1\n", &[kind.name().as_bytes(), &right.0, device.as_bytes()])
}

/// What a line says that moves.
pub(super) fn terms_of(license: &str) -> Result<LicenseTerms<'_>, Refusal> {
    match record_in(license) {
        Some(Record::License(line)) => Ok(*line.terms()),
        _ => Err(Refusal::NoRecord("there is no license line".to_owned())),
    }
}
