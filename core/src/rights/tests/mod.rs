//! Rights, and the two ways to take them in.

mod answer;
mod check_lines;
mod entitlements;
mod install;
