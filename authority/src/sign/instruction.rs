//! What a vendor tells a device apart from its licenses: tickets, revocations, the time.

use nodelock::record::transfer::{PermissionTerms, RevokeTerms};
use nodelock::record::{Message, Record, Terms as _, TimeTerms};
use nodelock::value::{Date, UnixTime};
use nodelock::{P256Verifier, Reason, Role, TrustAnchor, Udi};

use super::delegate::Delegations;
use super::record::{Issued, ring, sign};
use super::signer::Signer;
use crate::error::Error;

/// The role in which the key may instruct a device, or with `None` all of them.
pub(super) fn instructing(
    signer: &dyn Signer,
    delegations: Option<&Delegations>,
    to: Option<&Udi<'_>>,
    issued: Date,
) -> Result<Role, Error> {
    let anchor = signer.anchor();
    let Some(delegations) = delegations else { return Ok(anchor.role) };
    let what = |reason| match (reason, to) {
        (Reason::KeyFeature, _) => "what a device is told is for all features".to_owned(),
        (Reason::KeyProduct, Some(udi)) => udi.to_string(),
        (Reason::KeyProduct, None) => "what is for all devices".to_owned(),
        _ => format!("issued {issued}"),
    };
    delegations.role_for(&anchor, |key| key.permits_instruction(to, issued), what)
}

/// Signs a `TIME` record: devices take it as the earliest time that it can be, within the rules of their clocks.
///
/// # Errors
/// [`Error::NotDelegated`], [`Error::NotPermitted`], [`Error::OutsideDelegation`] if the key may not do it: a
/// delegated one must be for all features and products. [`Error::Signer`], [`Error::Refused`].
pub fn tell_time(
    time: UnixTime,
    signer: &dyn Signer,
    delegations: Option<&Delegations>,
) -> Result<Issued, Error> {
    let terms = TimeTerms { time };
    let day = Date::from_unix_seconds(time.0).ok_or(Error::Refused(Reason::BadDate))?;
    let role = instructing(signer, delegations, None, day)?;
    let anchor = TrustAnchor { role, ..signer.anchor() };
    sign(
        &Message::of(&terms),
        |out| terms.emit(out),
        signer,
        |record| match record {
            Record::Time(record) if *record.terms() == terms => {
                record.verify(&ring(&[anchor], &mut []), &P256Verifier)
            }
            _ => Err(Reason::BadField),
        },
    )
}

pub(crate) fn sign_permission(
    terms: &PermissionTerms<'_>,
    signer: &dyn Signer,
    delegations: Option<&Delegations>,
) -> Result<Issued, Error> {
    let role = instructing(signer, delegations, Some(&terms.from), terms.issued)?;
    let anchor = TrustAnchor { role, ..signer.anchor() };
    sign(
        &Message::of(terms),
        |out| terms.emit(out),
        signer,
        |record| match record {
            Record::Permission(record) if record.terms() == terms => {
                record.verify(&ring(&[anchor], &mut []), &P256Verifier)
            }
            _ => Err(Reason::BadField),
        },
    )
}

pub(crate) fn sign_revoke(
    terms: &RevokeTerms<'_>,
    signer: &dyn Signer,
    delegations: Option<&Delegations>,
) -> Result<Issued, Error> {
    let role = instructing(signer, delegations, Some(&terms.udi), terms.issued)?;
    let anchor = TrustAnchor { role, ..signer.anchor() };
    sign(
        &Message::of(terms),
        |out| terms.emit(out),
        signer,
        |record| match record {
            Record::Revoke(record) if record.terms() == terms => {
                record.verify(&ring(&[anchor], &mut []), &P256Verifier)
            }
            _ => Err(Reason::BadField),
        },
    )
}
