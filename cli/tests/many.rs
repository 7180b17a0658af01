//! Many licenses: orders as tables, a file for each device, signers that fail, and slips.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, nodelock, vector};
use tempfile::TempDir;

struct Bench {
    directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn files(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// An order for so many devices.
    fn order(&self, devices: usize) -> String {
        let rows: String = (0..devices).map(|n| format!("R1:SN{n};voice;16\r\n")).collect();
        self.write("order.csv", &format!("\u{feff}udi;feature;count\r\n{rows}"))
    }

    fn issue(&self, more: &[&str]) -> Ran {
        let key = vector("keys/root.key.pem");
        nodelock(["issue", "--key", &key].iter().chain(more))
    }
}

fn ids(text: &str) -> Vec<String> {
    let words = text.split_whitespace().filter_map(|word| word.strip_prefix("id="));
    words.map(str::to_owned).collect()
}

#[test]
fn every_device_gets_a_file_and_the_index_lists_them() {
    let bench = Bench::new();
    let (order, out) = (bench.order(30), bench.path("out"));
    bench.issue(&["--order", &order, "--out-dir", &out]).ok();
    assert_eq!(bench.files("out").len(), 31);
    let index = fs::read_to_string(Path::new(&out).join("index.csv")).unwrap();
    assert!(index.starts_with("file,udi,feature,"), "{index}");
    assert!(index.contains("\nR1_SN7.lic,R1:SN7,voice,1.0,permanent,16,"), "{index}");
    let line = fs::read_to_string(Path::new(&out).join("R1_SN7.lic")).unwrap();
    assert!(line.contains(" udi=R1:SN7 ") && line.lines().count() == 1, "{line}");
    // What is there is neither overwritten nor mixed with something else.
    let again = bench.issue(&["--order", &order, "--out-dir", &out]);
    assert_eq!(again.status, 3);
    assert!(again.stderr.contains("not empty"), "{again:?}");
    assert_eq!(bench.files(""), ["order.csv", "out"]);
}

#[test]
fn an_order_with_a_number_makes_the_same_ids_each_time() {
    let bench = Bench::new();
    let order = bench.order(5);
    let lines_of = |more: &[&str]| {
        let args = [&["--order", order.as_str()], more].concat();
        bench.issue(&args).ok().text().to_owned()
    };
    let numbered = |number| lines_of(&["--order-id", number, "--issued", "2026-11-20"]);
    let first = numbered("PO-1");
    assert_eq!(ids(&first).len(), 5);
    assert_eq!(numbered("PO-1"), first);
    assert!(ids(&numbered("PO-2")).iter().all(|id| !ids(&first).contains(id)));
    assert_ne!(ids(&lines_of(&[])), ids(&lines_of(&[])));
    // On another day they would be other lines with the same ids, which devices refuse.
    let undated = bench.issue(&["--order", &order, "--order-id", "PO-1"]);
    assert!(undated.status == 2 && undated.stderr.contains("--issued"), "{undated:?}");
    let dated = "[[license]]\nudi = 'R1:SN1'\nfeature = 'voice'\nissued = 2026-11-19\n";
    let dated = bench.write("dated.toml", dated);
    let ran = bench.issue(&["--order", &dated, "--order-id", "PO-1", "--issued", "2026-11-20"]);
    assert!(ran.ok().text().contains(" issued=2026-11-19 "));
}

#[cfg(unix)]
#[test]
fn a_signer_that_fails_costs_nothing_that_was_signed() {
    let bench = Bench::new();
    if std::process::Command::new("openssl").arg("version").output().is_err() {
        eprintln!("left out: there is no openssl");
        return;
    }
    let order = bench.order(8);
    let (key, public) = (vector("keys/root.key.pem"), vector("keys/root.pub.pem"));
    let count = bench.write("count", "");
    // It signs so often, and then no more.
    let signer = |limit: usize| {
        format!(
            "test $(wc -c < '{count}') -lt {limit} || exit 1; printf x >> '{count}'; \
             openssl dgst -sha256 -sign '{key}'"
        )
    };
    let run = |limit: usize, target: [&str; 2], more: &[&str]| {
        let sign = signer(limit);
        let fixed = ["issue", "--pub", &public, "--sign-with", &sign, "--order", &order];
        nodelock(fixed.iter().chain(&target).chain(more))
    };
    for (target, name) in [(["-o", "all.lic"], "all.lic"), (["--out-dir", "all"], "all")] {
        fs::write(&count, "").unwrap();
        let to = bench.path(target[1]);
        let target = [target[0], to.as_str()];
        let part = bench.path(&format!("{name}.part"));
        let failed = run(3, target, &[]);
        assert_eq!(failed.status, 3);
        assert!(failed.stderr.contains("3 of 8 lines"), "{failed:?}");
        assert!(failed.stderr.contains("--resume"), "{failed:?}");
        assert!(!Path::new(&to).exists());
        let kept = ids(&fs::read_to_string(&part).unwrap());
        assert_eq!(kept.len(), 3);
        // It must be said whether to go on.
        let unsaid = run(100, target, &[]);
        assert!(unsaid.status == 3 && unsaid.stderr.contains("--resume"), "{unsaid:?}");
        // Another order, and another key, are not mixed with it.
        let other =
            ["issue", "--key", &vector("keys/other.key.pem"), "--order", &order, "--resume"];
        assert!(
            nodelock(other.iter().chain(&target)).stderr.contains("another order or another key")
        );
        // It fails again, in the middle of a line that was written.
        assert_eq!(run(5, target, &["--resume"]).status, 3);
        let mut torn = fs::read(&part).unwrap();
        torn.truncate(torn.len() - 20);
        fs::write(&part, torn).unwrap();
        run(9, target, &["--resume", "--jobs", "2"]).ok();
        // Nine signatures in all: eight lines, and the one that was torn.
        assert_eq!(fs::read(&count).unwrap().len(), 9);
        assert!(!Path::new(&part).exists());
        let text: String = if name == "all" {
            let names = bench.files("all");
            let lines = names.iter().filter(|name| name.ends_with(".lic"));
            lines.map(|name| fs::read_to_string(Path::new(&to).join(name)).unwrap()).collect()
        } else {
            fs::read_to_string(&to).unwrap()
        };
        let mut all = ids(&text);
        assert!(kept.iter().all(|id| all.contains(id)), "{kept:?} {all:?}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 8);
    }
}

#[test]
fn a_delegated_key_needs_its_record() {
    let bench = Bench::new();
    let key = bench.path("delegated.key.pem");
    fs::copy(vector("keys/delegated.key.pem"), &key).unwrap();
    let record = bench.path("record.lic");
    fs::copy(vector("valid/delegated-limited.lic"), &record).unwrap();
    let issue = ["issue", "--key", &key, "--udi", "ISR4331/K9:FDO1234ABCD", "--feature", "voice"];
    let refused = nodelock(issue);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("--delegation"), "{refused:?}");
    nodelock(issue.iter().chain(&["--delegation", &record])).ok();
    nodelock(issue.iter().chain(&["--allow", "not-delegated"])).ok();
    let further = ["delegate", "--root", &key, "--key", &vector("keys/other.pub.pem")];
    let days = ["--not-before", "2026-01-01", "--not-after", "2027-12-31"];
    let refused = nodelock(further.iter().chain(&days));
    assert!(refused.stderr.contains("only a root may delegate"), "{refused:?}");
    // The roots of a catalog tell it too, where no record lies about.
    let catalog = bench.write("c.toml", "roots = ['76805a63']\n[[feature]]\nname = 'voice'\n");
    fs::remove_file(&record).unwrap();
    let refused = nodelock(issue.iter().chain(&["--catalog", &catalog]));
    assert!(refused.stderr.contains("no root of the product"), "{refused:?}");
}

#[test]
fn slips_stand_in_the_json_too() {
    let bench = Bench::new();
    let ran = bench.issue(&["--udi", "r1:SN1", "--feature", "voice", "--json"]).ok();
    assert_eq!(ran.json()["warnings"][0]["name"], "odd-udi");
    assert!(ran.stderr.contains("[odd-udi]"), "{ran:?}");
    let quiet = ["--udi", "r1:SN1", "--feature", "voice", "--json", "--allow", "odd-udi"];
    assert_eq!(bench.issue(&quiet).ok().json()["warnings"], serde_json::json!([]));
    let all = bench.issue(&[
        "--udi",
        "R1:SN1",
        "--feature",
        "a",
        "--feature",
        "a",
        "--issued",
        "2027-01-15",
    ]);
    assert_eq!(all.status, 1);
    assert!(all.stderr.contains("future-issue") && all.stderr.contains("duplicate"), "{all:?}");
    let repair = ["repair", "clock", "--key", &vector("keys/root.key.pem"), "--number", "1"];
    let repair = nodelock(repair.iter().chain(&["--udi", "R1:SN1", "--issued", "2027-01-01"]));
    assert!(repair.status == 1 && repair.stderr.contains("future-issue"), "{repair:?}");
    let catalog = bench.write("c.toml", "pids = ['R1']\n[[feature]]\nname = 'voice'\n");
    let file = bench.path("voice.lic");
    bench.issue(&["--udi", "R2:SN1", "--feature", "vioce", "-o", &file]).ok();
    let told = nodelock(["inspect", &file, "--catalog", &catalog, "--json"]).ok().json();
    let names: Vec<_> =
        told["warnings"].as_array().unwrap().iter().map(|w| w["name"].clone()).collect();
    assert_eq!(names, ["unknown-pid", "unknown-feature"]);
}

#[test]
fn several_keys_in_a_file_are_several_or_none() {
    let bench = Bench::new();
    let read = |name: &str| fs::read_to_string(vector(name)).unwrap();
    let both = bench.write("both.pem", &(read("keys/other.pub.pem") + &read("keys/root.pub.pem")));
    nodelock(["inspect", "valid/typical.lic", "--trust", &both]).ok();
    let refused = nodelock(["pubkey", &both]);
    assert_eq!(refused.status, 2);
    assert!(
        refused.stderr.contains("76805a63") && refused.stderr.contains("6405c967"),
        "{refused:?}"
    );
}

#[test]
fn key_files_are_listed_without_a_passphrase() {
    let bench = Bench::new();
    let secret = bench.write("secret", "x\n");
    let keys = bench.path("keys");
    nodelock(["keygen", "--out", &keys]).ok();
    nodelock(["keygen", "--out", &keys, "--role", "evaluation", "--passphrase-file", &secret]).ok();
    let listed = nodelock(["keys", "list", &keys, "--json"]).ok().json();
    let listed = listed["keys"].as_array().unwrap();
    assert_eq!(listed.len(), 4);
    let count = |field: &str| listed.iter().filter(|key| key[field] == true).count();
    assert_eq!((count("private"), count("encrypted")), (2, 1));
    assert!(listed.iter().all(|key| key["id"].as_str().is_some_and(|id| id.len() == 8)));
    assert_eq!(nodelock(["keys", "list", &bench.path("")]).status, 1);
}
