//! The golden files of `vectors/`, through C.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::build::{C, Inside, library, root};

/// The file, what it is about, and what must be refused in it.
struct Case {
    path: PathBuf,
    development: bool,
    udi: (String, String),
    refusals: String,
}

/// The first UDI that the file names and that a device could have.
fn udi(text: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(text);
    let named = text
        .split_ascii_whitespace()
        .filter_map(|token| token.strip_prefix("udi="))
        .find(|udi| nodelock::Udi::parse(udi.as_bytes()).is_ok());
    let (pid, sn) =
        named.unwrap_or("ISR4331/K9:FDO1234ABCD").split_once(':').expect("a PID and a SN");
    (pid.to_owned(), sn.to_owned())
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("vectors").join(folder))
        .expect("the vectors")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    assert!(files.len() > 15, "{folder} has {} files .{ending}", files.len());
    files
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn run(cases: &[Case]) {
    let mut list = String::new();
    let mut expected = String::new();
    for Case { path, development, udi: (pid, sn), refusals } in cases {
        let path = path.display();
        writeln!(list, "{} {pid} {sn} {path}", u8::from(*development)).expect("a string");
        write!(expected, "== {path}\n{refusals}").expect("a string");
    }
    for compiler in C.iter().filter(|compiler| compiler.standard == "c11" && compiler.is_there()) {
        let program = compiler.build("vectors.c", library(Inside::P256), &[]);
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut input = child.stdin.take().expect("piped");
        let list = list.clone();
        let writer = std::thread::spawn(move || input.write_all(list.as_bytes()));
        let output = child.wait_with_output().expect("ends");
        writer.join().expect("no panic").expect("reads all");
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{compiler:?}");
    }
}

#[test]
fn every_valid_file_is_installed() {
    let mut cases = Vec::new();
    for path in files("valid", "lic") {
        let about = String::from_utf8(read(&path.with_extension("json"))).expect("text");
        let development = about.replace(' ', "").contains("\"development\":true");
        let udi = udi(&read(&path));
        for path in [path.with_extension("bin"), path] {
            // What only the agent can judge.
            let is_repair = path.file_stem().is_some_and(|name| name == "repair");
            let refusals = if is_repair { "needs-agent 0\n" } else { "" }.to_owned();
            cases.push(Case { path, development, udi: udi.clone(), refusals });
        }
    }
    run(&cases);
}

#[test]
fn every_invalid_file_is_refused_for_its_reason() {
    let cases: Vec<Case> = files("invalid", "lic")
        .into_iter()
        .map(|path| Case {
            udi: udi(&read(&path)),
            development: false,
            refusals: String::from_utf8(read(&path.with_extension("expect"))).expect("text"),
            path,
        })
        .collect();
    run(&cases);
}
