//! `REPAIR` records: letting one device go on.

use nodelock::record::{Repair, RepairTerms};
use nodelock::value::{Date, LineId};

use super::delegate::Delegations;
use super::instruction::instructing;
use super::issue::random_id;
use super::record::{Issued, sign_repair};
use super::signer::Signer;
use crate::error::Error;
use crate::order::{DeviceUdi, today};

/// What a `REPAIR` record shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairSpec {
    /// What is repaired.
    pub repair: Repair,
    /// The number that the device gave for it.
    pub number: u64,
    /// The device.
    pub udi: DeviceUdi,
    /// The record's id; random if not given.
    pub id: Option<LineId>,
    /// Day of issue; today if not given.
    pub issued: Option<Date>,
}

impl RepairSpec {
    /// What the record says.
    ///
    /// # Errors
    /// None: the UDI was read when the spec was made.
    pub fn terms(&self, id: LineId, issued: Date) -> Result<RepairTerms<'_>, Error> {
        Ok(RepairTerms {
            repair: self.repair,
            number: self.number,
            id,
            udi: self.udi.udi().map_err(Error::Refused)?,
            issued,
        })
    }
}

/// Signs a `REPAIR` record; with delegations, only if they allow it.
///
/// # Errors
/// [`Error::NotDelegated`], [`Error::NotPermitted`] if the key may not do it;
/// [`Error::Signer`], [`Error::Refused`], [`Error::Random`].
pub fn repair(
    spec: &RepairSpec,
    signer: &dyn Signer,
    delegations: Option<&Delegations>,
) -> Result<Issued, Error> {
    let id = spec.id.map_or_else(random_id, Ok)?;
    let terms = spec.terms(id, spec.issued.map_or_else(today, Ok)?)?;
    let role = instructing(signer, delegations, Some(&terms.udi), terms.issued)?;
    sign_repair(&terms, signer, role)
}
