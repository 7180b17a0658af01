//! What calls write, against the table of docs/SPEC.md, section 13.4, which the headers refer to.

use std::collections::BTreeMap;

use crate::build::{C, Inside, library, root};

/// The rows of the table: the verb, and what it writes in this order.
fn table() -> BTreeMap<String, Vec<String>> {
    let spec = std::fs::read_to_string(root().join("docs/SPEC.md")).expect("the specification");
    let (_, rest) = spec.split_once("| verb | writes |").expect("the table");
    let rows = rest.lines().skip(2).map_while(|line| line.strip_prefix("| ")?.split_once(" | "));
    rows.map(|(verb, writes)| {
        // What follows a semicolon is about boots, what is in parentheses about which lines.
        let writes = writes.trim_end_matches(" |").split(';').next().unwrap_or_default();
        let mut plain = String::new();
        let mut depth = 0_u32;
        for letter in writes.chars() {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                letter if depth == 0 => plain.push(letter),
                _ => {}
            }
        }
        (verb.to_owned(), plain.split(',').map(|part| part.trim().to_owned()).collect())
    })
    .collect()
}

#[test]
fn calls_write_what_the_specification_says() {
    let table = table();
    let row = |verb: &str| table.get(verb).unwrap_or_else(|| panic!("no row {verb}")).clone();
    let one = table.keys().find(|verb| verb.starts_with("charge, ")).expect("the row of one value");
    assert_eq!(row(one), ["one value"]);
    for verb in ["level", "comment", "priority", "activation"] {
        assert!(one.split(", ").any(|word| word == verb), "{verb}");
    }
    let without_use = |row: Vec<String>| -> Vec<String> {
        row.into_iter().filter(|value| value != "use value").collect()
    };
    for compiler in C.iter().filter(|compiler| compiler.standard == "c11" && compiler.is_there()) {
        let told = compiler.run("writes.c", library(Inside::P256), &[]);
        let calls: BTreeMap<&str, Vec<&str>> = told
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(call, writes)| (call, writes.split(", ").filter(|w| !w.is_empty()).collect()))
            .collect();
        assert_eq!(calls.len(), told.lines().count(), "{told}");
        assert_eq!(calls["install-metered"], row("install, for each line"));
        assert_eq!(calls["install-permanent"], without_use(row("install, for each line")));
        assert_eq!(calls["clear"], row("clear"));
        assert_eq!(calls["revoke"], row("revoke"));
        assert_eq!(calls["accept-eula"], row("accept an agreement"));
        // Before it turns, its last seconds are charged, as in every tick.
        let becomes = &calls["becomes-right-to-use"];
        assert!(
            becomes.ends_with(
                &row("a trial turns into a right to use")
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
            ),
            "{becomes:?}"
        );
        for call in [
            "activate-right-to-use",
            "deactivate-right-to-use",
            "comment",
            "set-priority",
            "request-level",
            "request-any-level",
            "charge",
        ] {
            assert_eq!(calls[call].len(), 1, "{call}");
        }
        assert_eq!(calls["nothing-charged"].len(), 0);
    }
}
