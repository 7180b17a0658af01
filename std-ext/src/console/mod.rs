//! The operator's commands, for products that hang them on a console of their own.
//!
//! [`Command::parse`] reads one line; [`run`] carries it out on an agent and gives the text to
//! print. Files, agreement texts and questions go through a [`Host`]; what a fleet manager queues
//! is kept in a [`JobQueue`].

mod command;
mod find;
mod grammar;
mod host;
mod install;
mod job;
mod run;
mod table;

pub use command::{Command, CommandError};
pub use host::Host;
pub use job::{JobCommand, JobQueue, QueuedJob};
pub use run::{Outcome, run};

#[cfg(test)]
mod tests;
