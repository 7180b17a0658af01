//! `REVOKE` records, with and without books.

use nodelock::record::Record;
use nodelock::record::transfer::{Lines, RevokeTerms};
use nodelock::value::{LineId, Nonce};

use super::books::{Books, record_in};
use super::confirm::revocation;
use super::entries::Revocation;
use super::make::Desk;
use super::refusal::Refusal;
use crate::error::Error;
use crate::order::DeviceUdi;
use crate::sign::{Issued, sign_revoke};

/// Signs a `REVOKE`: these lines are nothing worth on that device any more. The same call gives another record.
///
/// # Errors
/// [`Error::Order`] for no lines, or too many; those of signing; [`Error::Random`].
pub fn revoke(udi: &DeviceUdi, lines: &[LineId], desk: &Desk<'_>) -> Result<Issued, Error> {
    let mut lines = lines.to_vec();
    lines.sort();
    lines.dedup();
    let mut nonce = Nonce([0; 8]);
    getrandom::fill(&mut nonce.0).map_err(|e| Error::Random(e.to_string()))?;
    let many = nodelock::limits::MAX_RECORD_LINES;
    let terms = RevokeTerms {
        udi: udi.udi().map_err(Error::Refused)?,
        nonce,
        lines: Lines::new(&lines)
            .map_err(|_| Error::Order(format!("one record takes 1 to {many} lines back")))?,
        issued: desk.today,
    };
    sign_revoke(&terms, desk.signer, desk.delegations)
}

impl Books {
    /// The same, booked: while the device has said nothing of it, the same wish gets the same record, and the same
    /// request gets it for ever.
    ///
    /// # Errors
    /// Those of [`revoke`]; [`Refusal::OtherWish`]; [`Error::Io`].
    pub fn revoke(
        &mut self,
        udi: &DeviceUdi,
        lines: &[LineId],
        request: Option<&str>,
        desk: &Desk<'_>,
    ) -> Result<&Revocation, Error> {
        let mut wanted = lines.to_vec();
        wanted.sort();
        wanted.dedup();
        let same = |it: &Revocation| it.udi == udi.as_str() && it.lines == wanted;
        let there = match request {
            Some(request) => {
                let of = |it: &&Revocation| it.request.as_deref() == Some(request);
                self.revocations.values().find(of)
            }
            None => self.revocations.values().find(|it| same(it) && it.word.is_none()),
        };
        if let Some(there) = there {
            if !same(there) {
                return Err(Refusal::OtherWish(request.unwrap_or_default().to_owned()).into());
            }
            let digest = there.ticket;
            return self.revocations.get(&digest).ok_or(Refusal::UnknownTicket(digest).into());
        }
        let record = revoke(udi, &wanted, desk)?.text;
        let entry = match record_in(&record) {
            Some(Record::Revoke(revoke)) => {
                let request = request.map(str::to_owned);
                revocation(revoke.terms(), record.clone(), desk.keys(), request)
            }
            _ => return Err(Refusal::OtherTicket.into()),
        };
        let digest = entry.ticket;
        self.keep_revocation(entry)?;
        self.revocations.get(&digest).ok_or(Refusal::UnknownTicket(digest).into())
    }
}
