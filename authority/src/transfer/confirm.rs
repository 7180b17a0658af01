//! The word of a device on a revocation.

use nodelock::record::transfer::{Outcome, RevokeTerms};
use nodelock::record::{Record, Records};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::TicketDigest;
use nodelock::{P256Verifier, Role, TrustAnchor};

use super::accept::{Accepted, Done, Proof, believed};
use super::books::{Books, digest_of};
use super::entries::{FORMAT, Revocation, TakenBack, Word};
use super::make::Desk;
use super::refusal::Refusal;
use super::words::{Evidence, check_word};
use crate::error::Error;
use crate::sign::Issued;

impl Books {
    pub(super) fn confirm(
        &mut self,
        proof: &Proof<'_>,
        file: &[u8],
        evidence: &Evidence,
        roots: &[TrustAnchor],
        desk: &Desk<'_>,
    ) -> Result<Accepted, Error> {
        let Record::Confirm(confirm) = &proof.word else {
            return Err(Refusal::OtherTicket.into());
        };
        let terms = confirm.terms();
        let digest = terms.ticket;
        let known = self.revocations.get(&digest).cloned();
        let mut revocation = match (known, &proof.revoke) {
            (Some(known), _) => known,
            (None, Some(record)) => foreign(record, file, roots, desk)?,
            (None, None) => return Err(Refusal::UnknownTicket(digest).into()),
        };
        if revocation.ticket != digest {
            return Err(Refusal::OtherTicket.into());
        }
        let device = self.device(&revocation.udi)?;
        let approved = check_word(device, &proof.word, evidence)?;
        let word = Word {
            of: revocation.udi.clone(),
            number: terms.word,
            outcome: Outcome::Applied,
            record: proof.text.clone(),
        };
        let again = revocation.word.is_some();
        let mut notes = Vec::new();
        if !again {
            notes.extend(self.in_order(device, word.number)?);
            let entries = terms.lines.entries().map(|line| TakenBack {
                id: line.id,
                units: line.units,
                by_word: line.by_word,
            });
            revocation.taken = entries.collect();
            if revocation.taken.iter().any(|line| !revocation.lines.contains(&line.id)) {
                return Err(Refusal::OtherTicket.into());
            }
            revocation.word = Some(word);
            let by = approved.map(|by| believed(by, "word", &revocation.udi, desk.today));
            revocation.approved.extend(by);
            self.keep_revocation(revocation.clone())?;
        }
        let (to, taken) = (revocation.udi, revocation.taken);
        let done = Done::TakenBack;
        Ok(Accepted { ticket: digest, done, again, records: Vec::new(), to, taken, notes })
    }
}

/// Takes a revocation into the books that was made without them.
fn foreign(
    record: &Record<'_>,
    file: &[u8],
    roots: &[TrustAnchor],
    desk: &Desk<'_>,
) -> Result<Revocation, Error> {
    let Record::Revoke(revoke) = record else { return Err(Refusal::OtherTicket.into()) };
    let mut slots = [KeySlot::EMPTY; 4];
    let mut ring = KeyRing::new(roots, &mut slots);
    if desk.signer.anchor().role == Role::Development {
        ring = ring.danger_accept_development_keys();
    }
    let mut keys = Vec::new();
    for found in Records::new(file) {
        if let Ok(key @ Record::Key(one)) = found.record
            && ring.admit(&one, &P256Verifier).is_ok()
        {
            keys.push(Issued::from_record(&key)?.text);
        }
    }
    revoke.verify(&ring, &P256Verifier).map_err(Error::Refused)?;
    let text = Issued::from_record(record)?.text;
    Ok(revocation(revoke.terms(), text, keys, None))
}

/// The entry of a revocation on which nothing was said.
pub(super) fn revocation(
    terms: &RevokeTerms<'_>,
    record: String,
    keys: Vec<String>,
    request: Option<String>,
) -> Revocation {
    Revocation {
        format: FORMAT,
        ticket: digest_of(&record).unwrap_or(TicketDigest([0; 16])),
        udi: terms.udi.to_string(),
        lines: terms.lines.entries().collect(),
        issued: terms.issued,
        request,
        keys,
        record,
        word: None,
        taken: Vec::new(),
        approved: Vec::new(),
    }
}
