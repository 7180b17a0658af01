//! Nothing from a file, a name, an argument or another program reaches the terminal as a command to
//! it, and nothing is waited for without a limit.

#![cfg(unix)]

mod common;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use common::{Ran, UDI, nodelock, nodelock_with, run, vector};

/// What no name should hold: CSI, OSC, CR, backspace, a right-to-left override, C1, a line that looks
/// like ours, and bytes that are no text.
const NAMES: [&[u8]; 8] = [
    b"a\x1b[2J",
    b"a\x1b]0;title\x07",
    b"a\rb",
    b"a\x08b",
    "a\u{202e}cil".as_bytes(),
    "a\u{9b}2J".as_bytes(),
    b"a\nerror: b",
    b"a\xff\xfe",
];

/// What is printed is text, and has no line that a name has made.
fn harmless(ran: &Ran, what: &dyn std::fmt::Debug) {
    assert!(!ran.stderr.contains("panicked"), "{what:?}: {ran:?}");
    let stdout = std::str::from_utf8(&ran.stdout).unwrap_or_else(|_| panic!("{what:?}: {ran:?}"));
    for text in [stdout, &ran.stderr] {
        let odd = text.chars().find(|&c| c != '\n' && !nodelock_std::is_visible(c));
        assert_eq!(odd, None, "{what:?}: {text:?}");
        assert!(!text.contains('\u{FFFD}'), "{what:?}: {text:?}");
        assert!(!text.contains("\nerror: b"), "{what:?}: {text:?}");
    }
}

fn with_colours(args: &[OsString]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodelock"));
    run(command.args(args).env("TERM", "xterm"), b"")
}

/// Every command with a name in each of its places. `@` is the name.
const PLACES: [&str; 25] = [
    "inspect @",
    "inspect valid/typical.lic --trust @",
    "check @ --trust keys/root.pub.pem --udi A:1 --feature f",
    "check valid/typical.lic --trust keys/root.pub.pem --udi A:1 --feature @",
    "check valid/typical.lic --trust keys/root.pub.pem --udi @ --feature f",
    "check valid/typical.lic --trust keys/root.pub.pem --udi=@ --feature f",
    "convert @ --to text",
    "convert valid/typical.lic --to text -o @/x",
    "convert valid/typical.lic --to @",
    "qr @",
    "qr valid/typical.lic --svg @/x",
    "signed-bytes @",
    "pubkey @",
    "keys tables --key @",
    "keygen --out keys/root.pub.pem/@",
    "man --out keys/root.pub.pem/@",
    "completions @",
    "issue --key @ --udi A:1 --feature f",
    "issue --key keys/root.key.pem --order @",
    "issue --key keys/root.key.pem --udi A:1 --feature f --pak @",
    "issue --pub keys/root.pub.pem --sign-with @ --udi A:1 --feature f",
    "repair @ --key keys/root.key.pem --udi A:1 --number 1",
    "delegate --root keys/root.key.pem --key @ --not-before 2026-01-01 --not-after 2027-01-01",
    "device run --dir @ -- show license",
    "device init --dir @/x --udi A:1 --catalog @ --trust keys/root.pub.pem",
];

fn placed(place: &str, name: &OsStr) -> Vec<OsString> {
    let word = |word: &str| {
        let mut parts = word.split('@');
        let mut whole = OsString::from(parts.next().unwrap_or_default());
        for part in parts {
            whole.push(name);
            whole.push(part);
        }
        whole
    };
    place.split(' ').map(word).collect()
}

#[test]
fn names_and_arguments_are_spelled_out_by_every_command() {
    for place in PLACES {
        for name in NAMES.map(OsStr::from_bytes) {
            let mut args = placed(place, name);
            let ran = with_colours(&args);
            assert_ne!(ran.status, 0, "{args:?}: {ran:?}");
            harmless(&ran, &args);
            args.push("--json".into());
            harmless(&with_colours(&args), &args);
        }
    }
}

/// The files are there, and their names are part of results.
#[test]
fn names_of_files_that_are_there_are_spelled_out_too() {
    let directory = tempfile::tempdir().unwrap();
    for name in NAMES.map(OsStr::from_bytes) {
        let path = directory.path().join(name);
        fs::copy(vector("valid/typical.lic"), &path).unwrap();
        let path = path.as_os_str();
        for place in
            ["inspect @", "inspect @ --json", "convert valid/typical.lic --to text -o @.txt"]
        {
            let args = placed(place, path);
            let ran = with_colours(&args);
            assert_eq!(ran.status, 0, "{args:?}: {ran:?}");
            if place.ends_with("json") {
                // The spelling differs, the text does not; what is no text has no spelling.
                let told = ran.json()["file"].as_str().unwrap().to_owned();
                assert_eq!(told, Path::new(path).display().to_string());
            } else {
                harmless(&ran, &args);
            }
        }
        let keys = placed("keygen --out @.keys", path);
        harmless(&with_colours(&keys), &keys);
        let args = placed(
            "device init --dir @.unit --udi R1:SN1 --catalog ../examples/catalog.toml --trust keys/root.pub.pem",
            path,
        );
        harmless(&with_colours(&args), &args);
        for line in ["license install @", "license save @", "explain @", "license clear @", "@"] {
            let start = placed("device run --dir @.unit --", path);
            let args: Vec<_> = start.into_iter().chain(placed(line, path)).collect();
            harmless(&with_colours(&args), &args);
        }
    }
}

#[test]
fn toml_of_orders_and_catalogs_is_quoted_without_its_escape_codes() {
    let long = format!("pak = '{}", "x".repeat(1 << 20));
    for text in [
        "\"\\u001b[2J\\u009b\\u202e\" = 1\n",
        "\"a\\nerror: b\" = 1\n",
        "pak = \u{1b}[2J\n",
        "pak = '\u{1b}]0;title\u{7}'\r\n\u{9b}",
        "# \u{202e}\npak = '\u{202e}\n",
        "[[license]]\nfeature = 'f\u{202e}'\n",
        "[[license]]\nfeature = \"f\\u001b[2J\\nerror: b\"\n",
        "[[feature]]\nname = \"f\\u001b[2J\\nerror: b\"\ntrial = \"x\"\n",
        "[[feature]]\nname = 'f'\ntrial = \"\\u001b[2J\"\n",
        "[[feature]]\nname = \"f\\u001b[2J\\nerror: b\"\ntrial-becomes-right-to-use = true\n",
        &long,
    ] {
        let place = tempfile::tempdir().unwrap();
        let unit = place.path().join("unit");
        let unit = unit.to_str().unwrap();
        for args in [
            &["issue", "--key", "keys/root.key.pem", "--order", "-"][..],
            &["issue", "--key", "keys/root.key.pem", "--order", "-", "--json"],
            &[
                "device",
                "init",
                "--dir",
                unit,
                "--udi",
                "R1:SN1",
                "--catalog",
                "-",
                "--trust",
                "keys/root.pub.pem",
            ],
        ] {
            let ran = nodelock_with(args, text.as_bytes());
            assert_ne!(ran.status, 0, "{text:?}");
            harmless(&ran, &text);
            assert!(ran.stderr.len() < 40_000 || args.contains(&"--json"), "{}", ran.stderr.len());
        }
    }
}

#[test]
fn a_signing_command_cannot_talk_to_the_terminal() {
    for command in [
        "printf '\\033[2J\\r\\302\\233' >&2; exit 1",
        "printf '\\033]0;x\\007'",
        "echo \u{1b}[2J >&2; false # \u{202e}",
    ] {
        let args = [
            "issue",
            "--pub",
            "keys/root.pub.pem",
            "--sign-with",
            command,
            "--udi",
            UDI,
            "--feature",
            "f",
        ];
        let ran = nodelock(args);
        assert_eq!(ran.status, 3);
        harmless(&ran, &command);
    }
    // What it says is shown all the same.
    let ran = nodelock([
        "issue",
        "--pub",
        "keys/root.pub.pem",
        "--sign-with",
        "echo touch the key >&2; false",
        "--udi",
        UDI,
        "--feature",
        "f",
    ]);
    assert!(ran.stderr.contains("touch the key"), "{}", ran.stderr);
}

#[test]
fn a_signing_command_that_takes_too_long_is_ended() {
    let before = Instant::now();
    let issue = ["issue", "--pub", "keys/root.pub.pem", "--udi", UDI, "--feature", "f"];
    let ran =
        nodelock(issue.into_iter().chain(["--sign-with", "sleep 30", "--sign-timeout", "1s"]));
    assert_eq!(ran.status, 3);
    assert!(ran.stderr.contains("--sign-timeout"), "{}", ran.stderr);
    assert!(before.elapsed() < Duration::from_secs(10));
    let zero = nodelock(issue.into_iter().chain(["--sign-with", "true", "--sign-timeout", "0s"]));
    assert_eq!(zero.status, 2);
}

/// In place of every file that a command reads.
#[test]
fn what_is_no_file_is_refused_at_once_by_every_command() {
    let place = tempfile::tempdir().unwrap();
    let (pipe, large) = (place.path().join("pipe"), place.path().join("large"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::File::create(&large).unwrap().set_len(3 << 30).unwrap();
    let socket = place.path().join("socket");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let before = Instant::now();
    let others = ["--feature @", "--udi @", "--udi=@", "@/x", "/@"];
    for path in [&pipe, &large, &socket, place.path()] {
        let reads = |place: &&&str| !others.iter().any(|word| place.contains(word));
        for reads in PLACES.iter().filter(reads) {
            let args = placed(reads, path.as_os_str());
            let ran = with_colours(&args);
            assert_ne!(ran.status, 0, "{args:?}: {ran:?}");
        }
    }
    assert!(before.elapsed() < Duration::from_secs(60));
    let ran = nodelock(["inspect", pipe.to_str().unwrap()]);
    assert!(ran.stderr.contains("FIFO") && ran.stderr.contains("standard input"), "{}", ran.stderr);
    // A pipe that is open already is what somebody wants to be read.
    let typical = fs::read(vector("valid/typical.lic")).unwrap();
    for name in ["-", "/dev/stdin"] {
        assert_eq!(nodelock_with(["inspect", name], &typical).status, 0, "{name}");
    }
    let key = fs::read(vector("keys/root.pub.pem")).unwrap();
    assert_eq!(nodelock_with(["pubkey", "/dev/stdin"], &key).status, 0);
}

#[test]
fn files_of_a_simulated_device_are_read_within_limits() {
    let place = tempfile::tempdir().unwrap();
    let unit = place.path().join("unit");
    let dir = unit.to_str().unwrap();
    nodelock([
        "device",
        "init",
        "--dir",
        dir,
        "--udi",
        "R1:SN1",
        "--catalog",
        "../examples/catalog.toml",
        "--trust",
        "keys/root.pub.pem",
    ])
    .ok();
    let show = || nodelock(["device", "run", "--dir", dir, "--", "show license"]);
    show().ok();
    let before = Instant::now();
    let mut files = vec![
        "device.json".into(),
        "catalog.toml".into(),
        "session.json".into(),
        "licenses.lic".into(),
        "licenses.new".into(),
        "state/lock".into(),
    ];
    for key in fs::read_dir(unit.join("trust")).unwrap() {
        files.push(Path::new("trust").join(key.unwrap().file_name()));
    }
    for file in files {
        let (path, kept): (_, _) = (unit.join(&file), unit.join("kept"));
        let was_there = fs::rename(&path, &kept).is_ok();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        harmless(&show(), &file);
        let _ = fs::remove_file(&path);
        if was_there {
            fs::rename(&kept, &path).unwrap();
        }
        show().ok();
    }
    assert!(before.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_device_or_a_fifo_is_never_replaced_by_a_file() {
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    let ran = nodelock(["convert", "valid/typical.lic", "--to", "text", "-o", pipe, "--force"]);
    assert_eq!(ran.status, 3);
    assert!(!fs::metadata(pipe).unwrap().is_file());
}
