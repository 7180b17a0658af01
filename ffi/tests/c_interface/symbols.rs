//! What the library exports is what the header declares, and what `symbols.txt` says it shall.

use std::collections::BTreeSet;
use std::process::Command;

use crate::build::{Inside, have, headers, library, root, run};

/// In nodelock.h, and in every library.
const EVERYWHERE: &str = include_str!("../symbols.txt");
/// In nodelock/transfer.h, and in libraries with the feature "transfer", as those for hosts are.
const TRANSFER: &str = include_str!("../symbols_transfer.txt");
/// In nodelock_std.h, and in libraries for hosts.
const ON_HOSTS: &str = include_str!("../symbols_std.txt");

fn names(list: &str) -> BTreeSet<String> {
    list.lines().map(str::to_owned).collect()
}

#[test]
fn exported_symbols_are_the_listed_ones() {
    if !have("nm", "binutils") {
        return;
    }
    let all = [EVERYWHERE, TRANSFER, ON_HOSTS].concat();
    for (inside, expected) in
        [(Inside::P256, EVERYWHERE), (Inside::Nothing, EVERYWHERE), (Inside::Hosted, &all)]
    {
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
        assert_eq!(exported, names(expected), "{inside:?}");
    }
}

#[test]
fn the_headers_declare_the_listed_ones() {
    let hosted =
        std::fs::read_to_string(root().join("include/nodelock_std.h")).expect("the header");
    let everywhere = [EVERYWHERE, TRANSFER].concat();
    for (header, expected) in [(headers(), everywhere.as_str()), (hosted, ON_HOSTS)] {
        let code = header.lines().filter(|line| !line.trim_start().starts_with(['/', '*', '#']));
        let declared: BTreeSet<String> = code
            .filter_map(|line| line.split_once('('))
            .filter_map(|(before, _)| before.rsplit([' ', '*']).next())
            .filter(|name| name.starts_with("nodelock_"))
            .map(str::to_owned)
            .collect();
        assert_eq!(declared, names(expected));
    }
}
