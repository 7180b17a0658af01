//! A product in Rust that is licensed with nodelock.
