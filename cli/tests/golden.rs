//! Transcripts of the command: `tests/golden/*.txt`.
//!
//! A line that begins with `## ` says what follows. A line that begins with `$ ` is run in the directory of the vectors; what follows is what it must
//! print, its errors marked with `!`, and its exit status if that is not 0. `$TMP` is a directory of
//! the transcript's own, which the vectors cannot be written to by mistake. With NODELOCK_BLESS=1 the
//! transcripts are written anew.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, nodelock_with, vectors};

/// The words of a command line; `'...'` keeps blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (i, piece) in line.split('\'').enumerate() {
        if i % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(String::from));
        }
    }
    words
}

fn run(line: &str, directory: &Path) -> Ran {
    let place = directory.to_str().unwrap();
    let mut words: Vec<String> =
        words(line).iter().map(|word| word.replace("$TMP", place)).collect();
    assert_eq!(words.remove(0), "nodelock", "{line}");
    let mut stdin = Vec::new();
    if let Some(at) = words.iter().position(|word| word == "<") {
        stdin = fs::read(vectors().join(&words[at + 1])).unwrap();
        words.truncate(at);
    }
    nodelock_with(&words, &stdin)
}

/// What a run looks like in a transcript, with what differs each time replaced.
fn shown(line: &str, ran: &Ran, directory: &Path) -> String {
    let stdout = match std::str::from_utf8(&ran.stdout) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("{}\n", ran.stdout.escape_ascii()),
    };
    let mut text = format!("$ {line}\n{stdout}");
    if !text.ends_with('\n') {
        text.push_str("(no line end)\n");
    }
    for line in ran.stderr.lines() {
        text.push_str(format!("! {line}").trim_end());
        text.push('\n');
    }
    if ran.status != 0 {
        text.push_str(&format!("status {}\n", ran.status));
    }
    let mut text = text.replace(directory.to_str().unwrap(), "$TMP");
    if line.starts_with("nodelock keygen") && ran.status == 0 {
        let id = stdout
            .split(|c: char| !c.is_ascii_hexdigit())
            .find(|word| word.len() == 8)
            .expect("a key id");
        text = text.replace(id, "KID");
    }
    text
}

fn transcript(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.txt"));
    let wanted = fs::read_to_string(&path).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut now = String::new();
    for line in wanted.lines() {
        let piece = match line.strip_prefix("$ ") {
            Some(line) => shown(line, &run(line, directory.path()), directory.path()),
            None if line.starts_with("## ") => format!("{line}\n"),
            None => continue,
        };
        if !now.is_empty() {
            now.push('\n');
        }
        now.push_str(&piece);
    }
    if std::env::var_os("NODELOCK_BLESS").is_some() {
        fs::write(&path, now).unwrap();
    } else if now != wanted {
        let differing = now.lines().zip(wanted.lines()).find(|(now, wanted)| now != wanted);
        panic!("{name}: first difference (now, wanted): {differing:#?}\n\n{now}");
    }
}

macro_rules! transcripts {
    ($($name:ident)+) => {
        $(#[test] fn $name() { transcript(stringify!($name)); })+

        #[test]
        fn every_transcript_is_run() {
            let there = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
            assert_eq!(there.unwrap().count(), [$(stringify!($name)),+].len());
        }
    };
}

transcripts! { check convert delegate device faults general inspect issue jobs keygen keys pubkey qr repair signed_bytes }
