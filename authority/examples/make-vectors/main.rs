//! Writes the golden files in `vectors/`, or with `--check` compares them.
//!
//! ```text
//! cargo run -q -p nodelock-authority --example make-vectors -- [--check] vectors
//! ```
//!
//! Everything is made from fixed keys, and signatures are deterministic, so that the files change
//! only if the format does.

#![forbid(unsafe_code)]

mod changes;
mod invalid;
mod invalid_list;
mod keys;
mod pieces;
mod readme;
mod tree;
mod untrusted;
mod valid;

use std::path::PathBuf;
use std::process::ExitCode;

use keys::Keys;
use tree::Tree;

fn main() -> ExitCode {
    let mut check = false;
    let mut directory = None;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--check" => check = true,
            path => directory = Some(PathBuf::from(path)),
        }
    }
    let Some(directory) = directory else {
        eprintln!("usage: make-vectors [--check] DIRECTORY");
        return ExitCode::from(2);
    };
    let tree = match everything() {
        Ok(tree) => tree,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let result = if check { tree.compare(&directory) } else { tree.write(&directory) };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn everything() -> Result<Tree, String> {
    let keys = Keys::new()?;
    let mut tree = Tree::default();
    keys.write(&mut tree)?;
    let valid = valid::all(&keys)?;
    for vector in &valid {
        vector.write(&keys, &mut tree)?;
    }
    let invalid = invalid_list::all(&keys)?;
    for vector in &invalid {
        vector.write(&keys, &mut tree)?;
    }
    tree.add("README.md", readme::text(&valid, &invalid));
    Ok(tree)
}
