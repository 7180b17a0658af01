//! `cargo xtask check`: what says within a minute whether it is worth to go on.

use std::process::ExitCode;

use crate::proof::layers;
use crate::verbs::steps::{self, Step, cargo, step};

const STEPS: &[Step] = &[
    step("fmt", "the source is formatted", |_| cargo::fmt()),
    step("layers", "no import and no crate points up in the drawing", |_| layers::check()),
    step("clippy", "no lint warns in the core", |_| cargo::clippy_core()),
    step("tests", "the core's own tests that are quick", |_| cargo::tests_of_core(&SLOW)),
];

/// In the names of tests that take seconds each: power cuts at every byte, each bit flipped, attacks, models, long
/// histories. `cargo xtask test` has them.
const SLOW: [&str; 11] = [
    "::attack::",
    "::campaign::",
    "::damage::",
    "::faults::",
    "::hostile::",
    "::model::",
    "::pairs::",
    "prove::",
    "no_history_runs_too_long_or_ends_too_early",
    "sixty_days_are_never_more",
    "what_could_not_be_read_after_a_failure_is_read_later",
];

pub(crate) fn run() -> ExitCode {
    steps::carry_out(STEPS.iter(), false)
}
