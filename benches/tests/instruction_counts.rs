//! The counting program itself: the same numbers wherever and however it is called.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_instruction-counts");
const SHORT: [&str; 5] = ["--json", "--only", "parse-line", "--only", "check-hit"];

/// A folder that is removed at the end of the test.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nodelock-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn output(program: &Path, args: &[&str], noise: &str) -> Output {
    let mut command = Command::new(program);
    command.args(args).env("NOISE", noise);
    command.output().expect("the program runs")
}

#[test]
fn counts_do_not_vary() {
    let first = output(Path::new(PROGRAM), &SHORT, "");
    if first.status.code() == Some(3) {
        eprintln!("skipped: {}", String::from_utf8_lossy(&first.stderr));
        return;
    }
    assert!(first.status.success());
    let folder = TempFolder::new("a-folder-with-a-longer-name-than-usual");
    let copy = folder.0.join("instruction-counts");
    std::fs::copy(PROGRAM, &copy).expect("a copy");
    for noise in ["", "much more in the environment than there was the first time"] {
        assert_eq!(output(&copy, &SHORT, noise).stdout, first.stdout);
    }
}

#[test]
fn says_that_valgrind_is_missing() {
    let mut command = Command::new(PROGRAM);
    let output = command.args(SHORT).env("PATH", "").output().expect("the program runs");
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("apt-get install valgrind"), "{text}");
}

#[test]
fn refuses_wrong_calls() {
    for args in [["--only", "nothing"], ["--check", ""], ["--tolerance", "two"], ["x", "y"]] {
        let code = output(Path::new(PROGRAM), &args, "").status.code();
        // An unoptimised build has no baseline, an optimised one does not find this.
        let expected = if args[0] == "--check" && !cfg!(debug_assertions) { 3 } else { 2 };
        assert_eq!(code, Some(expected), "{args:?}");
    }
}

/// The program's answer to a baseline that it cannot meet, meets, or cannot judge.
#[test]
#[cfg(not(debug_assertions))]
fn compares_with_a_baseline() {
    let folder = TempFolder::new("baseline");
    let file = folder.0.join("counts.json");
    let file = file.to_str().expect("UTF-8");
    let run = |args: &[&str]| {
        output(Path::new(PROGRAM), &[&["--only", "parse-line"], args].concat(), "").status.code()
    };
    if run(&["--write", file]) == Some(3) {
        return;
    }
    let check = ["--check", file, "--tolerance", "2"];
    assert_eq!(run(&check), Some(0));
    let honest = std::fs::read_to_string(file).expect("the baseline");
    let (before, count) = honest.split_once("\"parse-line\": ").expect("the count");
    let (count, behind) = count.split_once('\n').expect("the end of the line");
    let lower = count.parse::<u64>().expect("a number") * 97 / 100;
    std::fs::write(file, format!("{before}\"parse-line\": {lower}\n{behind}")).expect("written");
    assert_eq!(run(&check), Some(1));
    let other = std::fs::read_to_string(file).expect("the baseline").replace("rustc 1", "rustc 0");
    std::fs::write(file, other).expect("written");
    assert_eq!(run(&check), Some(0));
}
