//! Benchmarks of nodelock.
