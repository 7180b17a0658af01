//! What a vendor does by mistake with files, days and keys.

mod common;

use std::fs;
use std::process::Command;

use common::{Ran, nodelock, run, vector};
use tempfile::TempDir;

struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn copy(&self, name: &str, from: &str) -> String {
        fs::copy(vector(from), self.path(name)).unwrap();
        self.path(name)
    }
}

fn issue(more: &[&str]) -> Ran {
    let key = vector("keys/root.key.pem");
    nodelock(["issue", "--key", &key].iter().chain(more))
}

const LINE: [&str; 4] = ["--udi", "R1:SN1", "--feature", "voice"];

/// The command says no, whatever it is forced to, does not advise to force it, and the file is as it was.
fn keeps(file: &str, args: &[&str]) {
    let before = fs::read(file).unwrap();
    for force in [&["--force"][..], &[]] {
        let ran = nodelock(args.iter().chain(force));
        assert!(matches!(ran.status, 2 | 3), "{args:?}: {ran:?}");
        assert!(ran.stderr.contains("is not overwritten"), "{args:?}: {ran:?}");
        assert!(!ran.stderr.contains("--force"), "{args:?}: {ran:?}");
        assert_eq!(fs::read(file).unwrap(), before, "{args:?}");
    }
}

#[test]
fn neither_a_private_key_nor_an_input_is_overwritten() {
    let bench = Bench::new();
    let key = bench.copy("k.key.pem", "keys/root.key.pem");
    let public = bench.copy("o.pub.pem", "keys/other.pub.pem");
    let own = bench.copy("k.pub.pem", "keys/root.pub.pem");
    let license = bench.copy("a.lic", "valid/typical.lic");
    let order = bench.write("a.toml", "[[license]]\nudi = 'R1:SN1'\nfeature = 'voice'\n");
    let catalog = bench.write("c.toml", "[[feature]]\nname = 'voice'\n");
    let days = ["--not-before", "2026-01-01", "--not-after", "2027-12-31"];
    for target in [&key, &public] {
        let args = ["delegate", "--root", &key, "--key", &public, "-o", target];
        keeps(target, &[&args[..], &days].concat());
    }
    let ours = ["issue", "--key", &key];
    keeps(&key, &[&ours[..], &LINE, &["-o", &key]].concat());
    keeps(&order, &[&ours[..], &["--order", &order, "-o", &order]].concat());
    keeps(&catalog, &[&ours[..], &LINE, &["--catalog", &catalog, "-o", &catalog]].concat());
    let elsewhere = ["issue", "--pub", &own, "--sign-with", "false"];
    keeps(&own, &[&elsewhere[..], &LINE, &["-o", &own]].concat());
    let repair = ["repair", "clock", "--key", &key, "--udi", "R1:SN1", "--number", "1"];
    keeps(&key, &[&repair[..], &["-o", &key]].concat());
    keeps(&key, &["keys", "public", &key, "-o", &key]);
    keeps(&public, &["keys", "tables", "--key", &public, "-o", &public]);
    keeps(&license, &["convert", &license, "--to", "binary", "-o", &license]);
    keeps(&license, &["inspect", &license, "--mended", &license]);
    keeps(&license, &["qr", &license, "--svg", &license]);
    // A private key that the command does not read.
    keeps(&key, &["convert", &license, "--to", "binary", "-o", &key]);
    keeps(&key, &["keys", "tables", "--key", &public, "-o", &key]);
    #[cfg(unix)]
    {
        let (link, other) = (bench.path("link"), bench.path("other"));
        std::os::unix::fs::symlink(&order, &link).unwrap();
        fs::hard_link(&order, &other).unwrap();
        for name in [&link, &other] {
            keeps(&order, &[&ours[..], &["--order", &order, "-o", name]].concat());
        }
    }
    // What is neither is overwritten by force.
    issue(&[&LINE[..], &["-o", &license, "--force"]].concat()).ok();
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_written_into_and_the_rest_is_not_forced_in_vain() {
    let bench = Bench::new();
    let to = |target: &str, more: &[&str]| issue(&[&LINE[..], &["-o", target], more].concat());
    assert!(to("/dev/stdout", &[]).ok().text().contains("LICENSE 1 "));
    to("/dev/null", &[]).ok();
    let public = vector("keys/root.pub.pem");
    let sign = format!("openssl dgst -sha256 -sign '{}'", vector("keys/root.key.pem"));
    if Command::new("openssl").arg("version").output().is_ok() {
        let args = ["issue", "--pub", &public, "--sign-with", &sign, "-o", "/dev/null"];
        nodelock(args.iter().chain(&LINE)).ok();
    }
    let nothing = bench.path("nothing");
    std::os::unix::fs::symlink(bench.path("no"), &nothing).unwrap();
    for (target, says) in [(bench.path(""), "is a directory"), (nothing, "link to nothing")] {
        for more in [&[][..], &["--force"]] {
            let ran = to(&target, more);
            assert!(ran.status == 3 && ran.stderr.contains(says), "{ran:?}");
            assert!(!ran.stderr.contains("--force"), "{ran:?}");
        }
    }
    let there = bench.write("there", "");
    assert!(to(&there, &[]).stderr.contains("--force overwrites it"));
}

#[test]
fn a_forgotten_day_in_the_environment_is_told_and_judged_by_the_clock() {
    let key = vector("keys/root.key.pem");
    let on = |seconds: &str, more: &[&str]| {
        let mut command = Command::new("env");
        command.arg(format!("SOURCE_DATE_EPOCH={seconds}"));
        command.arg(env!("CARGO_BIN_EXE_nodelock")).args(["issue", "--key", &key]);
        run(command.args(LINE).args(more), b"")
    };
    let old = on("0", &["--json"]).ok();
    assert!(old.stderr.contains("SOURCE_DATE_EPOCH makes 1970-01-01"), "{old:?}");
    assert!(old.stderr.contains("today is 2026-11-27"), "{old:?}");
    let json = old.json();
    let names: Vec<_> = json["warnings"].as_array().unwrap().iter().map(|w| &w["name"]).collect();
    assert_eq!(names, ["other-day", "old-issue"]);
    let future = on("4102444800", &[]);
    assert!(future.status == 1 && future.stderr.contains("future-issue"), "{future:?}");
    // For builds that come out the same each time; a day or so is nothing.
    let quiet = on("1795651200", &[]).ok();
    assert!(
        quiet.text().contains(" issued=2026-11-26 ") && !quiet.stderr.contains("warning"),
        "{quiet:?}"
    );
    let meant = on("1700000000", &["--allow", "other-day,old-issue"]).ok();
    assert!(
        meant.text().contains(" issued=2023-11-14 ") && !meant.stderr.contains("warning"),
        "{meant:?}"
    );
}

#[test]
fn nothing_is_resumed_that_was_not_begun() {
    let bench = Bench::new();
    let to = bench.path("zy.lic");
    let ran = issue(&[&LINE[..], &["-o", &to, "--resume"]].concat());
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("zy.lic.part to go on with; leave --resume out"), "{ran:?}");
    assert!(!fs::exists(&to).unwrap());
}

#[test]
fn orders_are_spoken_of_as_what_they_are() {
    let bench = Bench::new();
    let of = |path: &str| issue(&["--order", path]);
    let csv = bench.write("a.csv", "udi,faeture\nR1:SN1,voice\n");
    let ran = of(&csv);
    assert!(ran.status == 1 && ran.stderr.contains("column B (\"faeture\")"), "{ran:?}");
    let text = "udi\tfeature\r\nR1:SN1\tvoice\r\n";
    for (name, mark, bytes) in [
        ("l.csv", [0xFF, 0xFE], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("b.txt", [0xFE, 0xFF], u16::to_be_bytes),
    ] {
        let mut content = mark.to_vec();
        content.extend(text.encode_utf16().flat_map(bytes));
        fs::write(bench.path(name), &content).unwrap();
        assert!(of(&bench.path(name)).ok().text().contains(" udi=R1:SN1 "));
        content.pop();
        fs::write(bench.path(name), &content).unwrap();
        assert!(of(&bench.path(name)).stderr.contains("UTF-16"));
    }
}

#[test]
fn remedies_lead_out() {
    let bench = Bench::new();
    let record = vector("valid/delegated-limited.lic");
    let ran = issue(&[&LINE[..], &["--delegation", &record]].concat());
    assert!(ran.status == 1 && ran.stderr.contains("does not name the key"), "{ran:?}");
    assert!(ran.stderr.contains("if 76805a63 is a root, no delegation"), "{ran:?}");
    let public = vector("keys/other.pub.pem");
    let ran = issue(&[&LINE[..], &["--delegation", &public]].concat());
    assert!(ran.stderr.contains("this is a public key, not a KEY record"), "{ran:?}");
    let key = vector("keys/root.key.pem");
    let days = ["--not-before", "2026-12-31", "--not-after", "2026-01-01"];
    let delegate = ["delegate", "--root", &key, "--key", &public];
    let ran = nodelock(delegate.iter().chain(&days));
    assert!(ran.status == 2 && ran.stderr.contains("may be swapped"), "{ran:?}");
    let catalog = bench.write("c.toml", "[[feature]]\nname = 'voice'\n");
    let ran = issue(&[&LINE[..], &["--catalog", &catalog]].concat()).ok();
    assert!(ran.stderr.contains("[unchecked-root]"), "{ran:?}");
    let days = ["--not-before", "2026-01-01", "--not-after", "2026-12-31"];
    let bench_key = bench.path("bench");
    let ran = nodelock(["keygen", "--out", &bench_key, "--role", "development"]).ok();
    let id = ran.text().lines().next().unwrap().to_owned();
    let public = format!("{bench_key}/{id}.pub.pem");
    let ran = nodelock(["delegate", "--root", &key, "--key", &public].iter().chain(&days));
    assert!(ran.stderr.contains("development key"), "{ran:?}");
}
