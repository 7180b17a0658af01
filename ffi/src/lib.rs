//! C interface of nodelock.
