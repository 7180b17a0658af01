//! The vendor's side of nodelock: keys and issuing.
