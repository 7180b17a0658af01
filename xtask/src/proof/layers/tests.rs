use super::check::{self, Tree};
use super::imports::File;
use super::table::{self, Section};

const DRAWING: &str = "```text
crates               | who links whom
    cli  (service)
    ffi -> std  authority
    core
src
    testing          | proofs
    agent
    meter  event -> catalog
    bytes
```";

fn section(at: &str) -> Section {
    table::parse(DRAWING).unwrap().into_iter().find(|section| section.at == at).unwrap()
}

/// A core in which all is well, but for the files given.
fn wrong(planted: &[(&str, &str)]) -> Vec<String> {
    let root = "mod agent; mod bytes; mod catalog; mod event; mod meter;\n\
                #[cfg(any(feature = \"testing\", test))] pub mod testing;\n\
                #[cfg(test)] mod tests;\npub use agent::Agent;\n";
    let well = [
        ("lib.rs", root),
        (
            "agent/mod.rs",
            "mod tick; mod verbs;\nuse crate::{bytes, meter::Meter};\npub use tick::Tick;",
        ),
        ("agent/tick.rs", "use super::Agent; use crate::catalog::Feature as F;"),
        ("agent/verbs.rs", "use super::{Agent, Tick}; // use crate::testing::Dice;"),
        (
            "bytes.rs",
            "#[cfg(all(test, feature = \"x\"))]\n#[allow(unused)]\nmod tests { use crate::agent::A; }",
        ),
        (
            "catalog.rs",
            "const S: &str = \"crate::agent::A \\\" '\"; macro_rules! m { () => { $crate::Agent } }",
        ),
        ("event.rs", "fn f<'a>(c: char) -> bool { c == '\"' || crate::catalog::is(c) }"),
        ("meter/mod.rs", "#[cfg(test)]\nmod trials;\nuse core::fmt; use crate::bytes::*;"),
        ("meter/trials.rs", "use crate::agent::A;"),
        ("testing.rs", "use crate::agent::{self, Agent};"),
        ("tests.rs", "use crate::Agent;"),
    ];
    let replaced = |path: &str| planted.iter().any(|(other, _)| *other == path);
    let files = well.iter().filter(|(path, _)| !replaced(path)).chain(planted);
    let tree =
        Tree::new("src", files.map(|(path, text)| File::read(path, text).unwrap()).collect());
    tree.check(&section("src"))
}

#[test]
fn what_points_down_is_well() {
    assert_eq!(wrong(&[]), [""; 0]);
}

#[test]
fn an_import_up_is_reported() {
    let up = ["src/event.rs:3: event uses agent, which stands above it"];
    for import in [
        "use core::fmt;\n\nuse crate::agent::tick::Tick;",
        "use crate::{\n    bytes::{self, Text},\n    agent::{Agent as A, *},\n};",
        "/* a\n */ fn f() {\n    let '_' = crate::agent::new(r#\"\"#); }",
        "mod inside {\n\n    use super::super::agent; }",
        "#[cfg(test)] use crate::testing::{Dice, Power};\n#[cfg(test)] fn f() -> [u8; 2] { x }\nuse crate::agent;",
        "\n\npub(crate) use crate::agent;",
    ] {
        assert_eq!(wrong(&[("event.rs", import)]), up, "{import}");
    }
}

#[test]
fn an_import_beside_is_reported() {
    let found = wrong(&[("catalog.rs", "use crate::event::Event;"), ("event.rs", "")]);
    assert_eq!(found, ["src/catalog.rs:1: catalog uses event, which stands beside it"]);
    let found = wrong(&[("event.rs", "fn f() { super::meter::f(); }")]);
    assert_eq!(found, ["src/event.rs:1: event uses meter, which stands beside it"]);
}

#[test]
fn a_name_of_the_root_is_reported() {
    let found = wrong(&[("event.rs", "use crate::Agent;")]);
    assert_eq!(found, ["src/event.rs:1: crate::Agent hides its layer; name its module"]);
    let found = wrong(&[("event.rs", "use super::*;")]);
    assert_eq!(found, ["src/event.rs:1: crate::* hides its layer; name its module"]);
}

#[test]
fn a_circle_of_files_is_reported() {
    let circle = ["a circle: src/agent/tick.rs:2 -> src/agent/verbs.rs:1"];
    let tick = ("agent/tick.rs", "use super::Agent;\nuse super::verbs::Verb;");
    assert_eq!(wrong(&[tick, ("agent/verbs.rs", "use super::tick::Tick;")]), circle);
    // Behind what the module above them passes on.
    assert_eq!(wrong(&[tick]), circle);
}

#[test]
fn a_module_without_a_layer_and_a_layer_without_a_module_are_reported() {
    let found = wrong(&[(
        "lib.rs",
        "mod agent; mod bytes; mod catalog; mod meter; mod store; mod testing;",
    )]);
    assert_eq!(found[..2], ["src: store stands in no layer", "src: event is drawn, and not there"]);
}

#[test]
fn a_forbidden_crate_is_reported() {
    let tree = |core: &[&str], ffi: &[&str]| {
        let all = [
            ("cli", &["core"][..]),
            ("ffi", ffi),
            ("std", &["core"]),
            ("authority", &["core"]),
            ("core", core),
        ];
        let owned = |names: &[&str]| names.iter().copied().map(String::from).collect();
        check::crates(&section("crates"), &all.map(|(name, used)| (name.to_owned(), owned(used))))
    };
    assert_eq!(tree(&[], &["core", "std"]), [""; 0]);
    assert_eq!(tree(&["std"], &[]), ["core/Cargo.toml: core uses std, which stands above it"]);
    let beside = ["ffi/Cargo.toml: ffi uses authority, which stands beside it"];
    assert_eq!(tree(&[], &["authority"]), beside);
}

#[test]
fn a_drawing_that_means_nothing_is_refused() {
    for drawing in ["    a\n", "x\n    -> a\n", "x\n    a\n    a\n"] {
        assert!(table::parse(drawing).is_err(), "{drawing}");
    }
}
