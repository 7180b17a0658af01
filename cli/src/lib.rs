//! The nodelock command.
