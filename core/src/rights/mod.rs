//! What the device is entitled to: rights in slots, the verdict for a feature, and the two ways to take
//! lines in without an agent.

mod answer;
mod check_lines;
mod entitlements;
mod install;
mod right;
mod verdict;

pub use answer::{Answer, Fact, ReasonWords, Remedy, Words};
pub use check_lines::{MAX_CHECKED_LINES, check_lines};
pub use entitlements::{Entitlements, RightsView};
pub use install::{InstallEffect, RecordReport, Tally, install};
pub use right::{Right, Slot};
pub(crate) use verdict::Units;
pub use verdict::{Denial, Grant, Verdict};

#[cfg(all(test, feature = "p256"))]
mod tests;
