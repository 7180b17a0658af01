//! What the library exports is what the header declares, and what `symbols.txt` says it shall.

use std::collections::BTreeSet;
use std::process::Command;

use crate::build::{Inside, have, library, root, run};

fn expected() -> BTreeSet<String> {
    include_str!("../symbols.txt").lines().map(str::to_owned).collect()
}

#[test]
fn exported_symbols_are_the_listed_ones() {
    if !have("nm", "binutils") {
        return;
    }
    for inside in [Inside::P256, Inside::Nothing] {
        let mut nm = Command::new("nm");
        nm.args(["-A", "-g", "--defined-only"]).arg(library(inside)).env("LC_ALL", "C");
        // Of the objects of this crate, the names that are not the compiler's own.
        let exported: BTreeSet<String> = run(&mut nm)
            .lines()
            .filter(|line| line.contains(":nodelock_ffi-"))
            .filter_map(|line| line.rsplit(' ').next())
            .filter(|name| !name.starts_with('_') && !name.contains('.'))
            .map(str::to_owned)
            .collect();
        assert_eq!(exported, expected(), "{inside:?}");
    }
}

#[test]
fn the_header_declares_the_listed_ones() {
    let header = std::fs::read_to_string(root().join("include/nodelock.h")).expect("the header");
    let code = header.lines().filter(|line| !line.trim_start().starts_with(['/', '*', '#']));
    let declared: BTreeSet<String> = code
        .filter_map(|line| line.split_once('('))
        .filter_map(|(before, _)| before.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("nodelock_"))
        .map(str::to_owned)
        .collect();
    assert_eq!(declared, expected());
}
