//! Making records: a record is signed, and checked as a device would check it, before it is given
//! out.

mod batch;
mod delegate;
mod instruction;
mod issue;
mod record;
mod repair;
mod signer;

pub use batch::{Batch, Ids};
pub use delegate::{DelegationSpec, Delegations, delegate};
pub use instruction::tell_time;
pub(crate) use instruction::{sign_permission, sign_revoke};
pub use issue::{issue, random_id};
pub use record::Issued;
pub(crate) use record::{Checker, sign_license};
pub use repair::{RepairSpec, repair};
pub use signer::{CommandSigner, Signer, low_s};
