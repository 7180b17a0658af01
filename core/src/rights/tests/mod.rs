//! Rights, and the two ways to take them in.

mod check_lines;
mod entitlements;
mod install;
