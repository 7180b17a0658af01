#![doc = include_str!("README.md")]

mod accept;
mod books;
mod confirm;
mod disk;
mod entries;
mod make;
mod permit;
mod refusal;
mod replace;
mod revoke;
mod words;

pub use accept::{Accepted, Done};
pub use books::Books;
pub use entries::{
    Approval, Destination, Device, Moving, Revocation, State, TakenBack, Ticket, Word,
};
pub use make::{Desk, IssuedLines};
pub use permit::{MoveWish, Permitted};
pub use refusal::{Refusal, Units};
pub use replace::{ReplaceWish, Replaced};
pub use revoke::revoke;
pub use words::{Credential, Evidence, signed_by, ticket_digest};
