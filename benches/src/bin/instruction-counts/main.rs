//! Counts.

fn main() {}
