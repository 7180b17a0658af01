//! Who may sign what.

mod ring;
mod verify;
