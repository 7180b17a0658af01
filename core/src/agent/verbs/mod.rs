//! What the agent is asked to do, verb by verb.

mod backup;
mod boot;
mod clock;
mod eula;
mod explain;
mod features;
mod install;
mod levels;
mod manage;
mod metering;
mod recall;
mod repair;
mod revoke;
mod signature;
mod tick;
mod transaction;
#[cfg(feature = "transfer")]
mod transfer;
mod warnings;

pub use install::InstallMode;
#[cfg(feature = "transfer")]
pub use transfer::TicketAction;
