//! What a vendor does by mistake with files, days and keys.

mod common;

use std::fs;

use common::{Ran, nodelock, vector};
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
    if std::process::Command::new("openssl").arg("version").output().is_ok() {
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
