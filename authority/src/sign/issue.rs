//! Issuing license lines.

use nodelock::value::LineId;

use super::batch::{Batch, Ids};
use super::delegate::Delegations;
use super::record::Issued;
use super::signer::Signer;
use crate::error::Error;
use crate::order::{LicenseSpec, today};

/// Signs a license line for every feature on every device of the spec: all or none. With
/// delegations, only if they allow it.
///
/// # Errors
/// [`Error::Order`] if there can be no such line; [`Error::NotDelegated`], [`Error::NotPermitted`]
/// if the key may not sign it; [`Error::Signer`], [`Error::Refused`] if the finished line does not
/// stand up to the core's own check; [`Error::Random`].
pub fn issue(
    spec: &LicenseSpec,
    signer: &dyn Signer,
    delegations: Option<&Delegations>,
) -> Result<Vec<Issued>, Error> {
    let today = spec.issued.map_or_else(today, Ok)?;
    let batch = Batch::plan(std::slice::from_ref(spec), today, Ids::Random)?;
    batch.sign_in_turn(signer, delegations)
}

/// A new line id. With 80 random bits, a vendor with a thousand million lines has one chance in
/// two million that any two are the same.
///
/// # Errors
/// [`Error::Random`].
pub fn random_id() -> Result<LineId, Error> {
    let mut id = [0; 10];
    getrandom::fill(&mut id).map_err(|e| Error::Random(e.to_string()))?;
    Ok(LineId(id))
}
