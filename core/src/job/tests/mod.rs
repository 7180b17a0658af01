//! The table of jobs, and jobs that an agent carries out.

#[cfg(feature = "p256")]
mod perform;
mod table;
