//! docs/COVERAGE.md: which capability of the system that nodelock follows is shown by which test.
//! Made from the comments above the tests, so that it cannot say more than there is.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::tools::workspace;

/// Where the tests are.
const SOURCES: [&str; 5] = ["core", "std-ext", "authority", "cli", "ffi"];
/// One capability in each line: `F001-005 | what it is | why there is no test yet`.
const LIST: &str = "docs/capabilities.txt";
const TABLE: &str = "docs/COVERAGE.md";

pub(crate) fn run(check: bool) -> Result<String> {
    let root = workspace::root();
    let list = fs::read_to_string(root.join(LIST)).context(LIST)?;
    let mut tests = BTreeMap::new();
    for source in SOURCES {
        collect(&root.join(source), &mut tests)?;
    }
    let (table, shown, all) = table(&list, &tests)?;
    if !check {
        fs::write(root.join(TABLE), table)?;
    } else if fs::read_to_string(root.join(TABLE)).unwrap_or_default() != table {
        bail!("{TABLE} is not what the tests say; run: cargo xtask coverage-table");
    }
    Ok(format!("{shown} of {all} capabilities have a test"))
}

/// Test names by capability.
type Tests = BTreeMap<String, Vec<String>>;

fn collect(directory: &Path, tests: &mut Tests) -> Result<()> {
    let mut entries: Vec<_> =
        fs::read_dir(directory)?.collect::<Result<_, _>>().context("a folder of the sources")?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, tests)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            for (rows, name) in shown(&fs::read_to_string(&path)?) {
                for row in rows {
                    tests.entry(row.to_owned()).or_default().push(name.to_owned());
                }
            }
        }
    }
    Ok(())
}

/// Tests with the rows that the comment above them says they show: `// shows: F001-005, F002-009`.
fn shown(source: &str) -> Vec<(Vec<&str>, &str)> {
    let (mut found, mut rows) = (Vec::new(), Vec::new());
    for line in source.lines().map(str::trim_start) {
        if let Some(more) = line.strip_prefix("// shows: ") {
            rows.extend(more.split(',').map(str::trim).filter(|row| !row.is_empty()));
        } else if let Some((name, _)) = line.strip_prefix("fn ").and_then(|l| l.split_once('('))
            && !rows.is_empty()
        {
            found.push((std::mem::take(&mut rows), name));
        }
    }
    found
}

fn table(list: &str, tests: &Tests) -> Result<(String, usize, usize)> {
    let mut rows = String::new();
    let (mut shown, mut all) = (0, 0);
    let mut listed = Vec::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [id, what, why_not] = parts[..] else { bail!("{LIST}: {line:?} has not three parts") };
        all += 1;
        listed.push(id);
        let by = match (tests.get(id), why_not) {
            (Some(names), "") => {
                shown += 1;
                names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            }
            (Some(_), _) => bail!("{LIST}: {id} has a test and a reason why it has none"),
            (None, "") => bail!("{LIST}: {id} has neither a test nor a reason why not"),
            (None, why_not) => format!("*not yet*: {why_not}"),
        };
        writeln!(rows, "| {id} | {what} | {by} |")?;
    }
    if let Some(id) = tests.keys().find(|id| !listed.contains(&id.as_str())) {
        bail!("a test shows {id}, which {LIST} does not have");
    }
    let head = format!(
        "# Coverage\n\nThe capabilities of the node-locked system that a device has, and the tests that \
         show them. Made by\n`cargo xtask coverage-table` from the comments `// shows:` above the tests; the list stands \
         in [capabilities.txt](capabilities.txt).\n\n{shown} of {all} have a test.\n\n\
         | row | capability | test |\n| --- | --- | --- |\n"
    );
    Ok((head + &rows, shown, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_say_what_they_show() {
        let source = "    // shows: F001-005, F002-009,\n    // shows: F002-010\n    #[test]\n    \
                      fn a_line() {}\n#[test]\nfn other() {}\n";
        assert_eq!(shown(source), [(vec!["F001-005", "F002-009", "F002-010"], "a_line")]);
    }

    #[test]
    fn every_row_needs_a_test_or_a_reason_and_not_both() {
        let tests = Tests::from([("F001-001".to_owned(), vec!["t".to_owned()])]);
        let list = "# c\nF001-001 | what |\nF001-002 | other | later\n";
        let (text, shown, all) = table(list, &tests).unwrap();
        assert_eq!((shown, all), (1, 2));
        assert!(text.contains("| F001-001 | what | `t` |"));
        assert!(table("F001-001 | what | later\n", &tests).is_err());
        assert!(table("F001-001 | what |\nF001-002 | other |\n", &tests).is_err());
        assert!(table("F001-002 | other | later\n", &tests).is_err());
    }
}
