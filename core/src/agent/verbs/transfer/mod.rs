//! Moving rights: tickets that this device applies, proofs that it takes, and its words on both.
//! docs/SPEC.md sections 19 to 21.

mod proof;
mod ticket;
mod word;

pub(in crate::agent) use proof::check_proof;
pub use ticket::TicketAction;
