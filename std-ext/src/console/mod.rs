//! The operator's commands, for products that hang them on a console of their own.
//!
//! [`Command::parse`] reads one line, or a [`Grammar`] where a product has commands of its own;
//! [`run`] carries it out on an agent and gives the text to print. Files, agreement texts and
//! questions go through a [`Host`]; what a fleet manager queues is kept in a [`JobQueue`].

mod command;
mod filter;
mod find;
mod grammar;
mod help;
mod host;
mod install;
mod job;
mod run;
mod show;
mod slip;
mod table;
mod transfer;
mod typed;
mod words;

pub use command::{Command, CommandError};
pub use filter::Filter;
pub use host::Host;
pub use job::{JobCommand, JobQueue, QueuedJob};
pub use run::{Ending, Outcome, run};
pub use typed::{Completion, Grammar, OwnCommand, Typed};
pub use words::quote;

#[cfg(test)]
mod tests;
