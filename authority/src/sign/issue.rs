//! Issuing license lines.

use nodelock::{LineId, Terms};

use super::delegate::Delegations;
use super::record::{Issued, sign_license};
use super::signer::Signer;
use crate::error::Error;
use crate::order::LicenseSpec;

/// Signs one license line.
///
/// # Errors
/// [`Error::Field`], [`Error::Order`] if no such line can be; [`Error::NotPermitted`] if the key's
/// role does not allow it; [`Error::Signer`], [`Error::Refused`] if the finished line does not
/// stand up to the core's own check.
pub fn issue(spec: &LicenseSpec, signer: &dyn Signer) -> Result<Issued, Error> {
    with_id(spec, |terms| sign_license(terms, signer, signer.anchor().role))
}

/// Signs one license line with a delegated key, if the delegation allows it.
///
/// # Errors
/// As [`issue`], and [`Error::NotDelegated`], [`Error::NotPermitted`].
pub fn issue_delegated(
    spec: &LicenseSpec,
    signer: &dyn Signer,
    delegations: &Delegations,
) -> Result<Issued, Error> {
    with_id(spec, |terms| {
        let role = delegations.permit(terms, &signer.anchor())?;
        sign_license(terms, signer, role)
    })
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

fn with_id(
    spec: &LicenseSpec,
    then: impl FnOnce(&Terms<'_>) -> Result<Issued, Error>,
) -> Result<Issued, Error> {
    spec.with_terms(spec.id.map_or_else(random_id, Ok)?, then)
}
