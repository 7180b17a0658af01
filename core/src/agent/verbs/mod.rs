//! What the agent is asked to do, verb by verb.

mod boot;
mod features;
mod install;
mod levels;
mod manage;
mod repair;
mod tick;

pub use install::{Effect, Intent, Taken};
