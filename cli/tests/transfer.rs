//! Licenses that move between two simulated devices, with every file on disk.

mod common;

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Ran, nodelock, run, vector};
use tempfile::TempDir;

const LINE: &str = "00000000000000000301";

/// A vendor and three devices in a directory; the first device has a line of 16 units.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        for name in ["a", "b", "c"] {
            let (dir, udi) = (bench.path(name), format!("R1:{}", name.to_uppercase()));
            let trust = vector("keys/root.pub.pem");
            let catalog = vector("../examples/catalog.toml");
            let at = "2026-11-27T12:00:00Z";
            let args = ["device", "init", "--dir", &dir, "--udi", &udi, "--catalog", &catalog];
            nodelock(args.iter().chain(&["--trust", &trust, "--at", at])).ok();
        }
        let file = bench.path("a.lic");
        let line = ["--udi", "R1:A", "--feature", "ap-count", "--count", "16", "--id", LINE];
        bench.vendor(&["issue"], &[&line[..], &["-o", &file]].concat()).ok();
        bench.device("a", &["license", "install", &file]).ok();
        bench.device("a", &["license", "save", "credential", &bench.path("a.cred")]).ok();
        bench
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }

    /// A command that signs.
    fn vendor(&self, command: &[&str], more: &[&str]) -> Ran {
        let key = vector("keys/root.key.pem");
        nodelock(command.iter().chain(&["--key", &key]).chain(more))
    }

    fn device(&self, name: &str, words: &[&str]) -> Ran {
        let dir = self.path(name);
        nodelock(["device", "run", "--dir", &dir, "--"].iter().chain(words))
    }

    fn permit_args(&self) -> Vec<String> {
        let mut args: Vec<String> = ["transfer", "permit", "--key"].map(Into::into).into();
        args.push(vector("keys/root.key.pem"));
        for (flag, name) in
            [("--books", "books"), ("--credential", "a.cred"), ("--licenses", "a.lic")]
        {
            args.extend([flag.to_owned(), self.path(name)]);
        }
        args
    }

    fn permit(&self, more: &[&str]) -> Ran {
        let args = self.permit_args();
        nodelock(args.iter().map(String::as_str).chain(more.iter().copied()))
    }

    fn accept(&self, proof: &str, more: &[&str]) -> Ran {
        let (books, proof) = (self.path("books"), self.path(proof));
        self.vendor(&["transfer", "accept", &proof, "--books", &books], more)
    }

    fn grants(&self, name: &str, units: &str) -> bool {
        let ran = self.device(name, &["explain", "ap-count", units]);
        ran.status == 0
    }

    fn list(&self) -> serde_json::Value {
        nodelock(["transfer", "list", "--books", &self.path("books"), "--json"]).ok().json()
    }
}

// shows: F002-049, F002-050, F002-052, F002-057, F002-060, F002-074, F002-077, F002-081
#[test]
fn a_line_moves_from_one_device_to_the_other() {
    let bench = Bench::new();
    let (ticket, proof) = (bench.path("t.lic"), bench.path("p.lic"));
    let ran = bench.permit(&["--to", "R1:B", "-o", &ticket]).ok();
    assert!(ran.stderr.contains("new books"), "{ran:?}");
    assert!(ran.text().contains("16 units of 16, 0 stay"), "{ran:?}");
    bench.device("a", &["license", "revoke", &ticket, &proof]).ok();
    assert!(!bench.grants("a", "1"));
    let last = bench.path("b.lic");
    bench.accept("p.lic", &["-o", &last]).ok();
    // Once more gives the same bytes.
    bench.accept("p.lic", &["-o", &bench.path("b2.lic")]).ok();
    assert_eq!(bench.read("b.lic"), bench.read("b2.lic"));
    bench.device("b", &["license", "install", &last]).ok();
    assert!(bench.grants("b", "16") && !bench.grants("b", "17"));
    let list = bench.list();
    assert_eq!(list["tickets"][0]["state"], "posted");
    assert_eq!(list["tickets"][0]["lines"][0]["id"], LINE);
    assert_eq!(list["devices"][0]["booked_word"], 1);

    // And on, to the third one, without a license file: the books know the line.
    bench.device("b", &["license", "save", "credential", &bench.path("b.cred")]).ok();
    let books = bench.path("books");
    let credential = bench.path("b.cred");
    let next = ["--books", &books, "--credential", &credential, "--to", "R1:C"];
    let next = bench
        .vendor(&["transfer", "permit"], &[&next[..], &["-o", &bench.path("t2.lic")]].concat());
    next.ok();
    let (ticket, proof) = (bench.path("t2.lic"), bench.path("p2.lic"));
    bench.device("b", &["license", "revoke", &ticket, &proof]).ok();
    bench.accept("p2.lic", &["-o", &bench.path("c.lic")]).ok();
    bench.device("c", &["license", "install", &bench.path("c.lic")]).ok();
    assert!(bench.grants("c", "16") && !bench.grants("b", "1") && !bench.grants("a", "1"));
}

#[test]
fn one_visit_with_an_enrolled_key() {
    let bench = Bench::new();
    let key = bench.path("a/device.key.pem");
    let public = bench.path("a.pub.pem");
    nodelock(["keys", "public", &key, "--role", "production", "-o", &public]).ok();
    let (ticket, waiting) = (bench.path("t.lic"), bench.path("w.lic"));
    let visit = ["--to", "R1:B", "--one-visit", "--for-destination", &waiting, "-o", &ticket];
    let ran = bench.permit(&visit);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("--enrolled"), "{ran:?}");
    bench.permit(&[&visit[..], &["--enrolled", &public]].concat()).ok();
    let proof = bench.path("p.lic");
    bench.device("a", &["license", "revoke", &ticket, &proof]).ok();
    bench.device("b", &["license", "install", &waiting]).ok();
    assert!(!bench.grants("b", "1"));
    bench.device("b", &["license", "install", &proof]).ok();
    assert!(bench.grants("b", "16"));
    let root = vector("keys/root.pub.pem");
    let verified = nodelock(["ticket", "verify", &proof, "--trust", &root]).ok();
    assert!(verified.text().contains("signed by the device"), "{verified:?}");
    // Another device's key is not that of the ticket.
    let text = String::from_utf8(bench.read("p.lic")).unwrap().replace("word=1", "word=2");
    fs::write(bench.path("forged.lic"), text).unwrap();
    let forged = nodelock(["ticket", "verify", &bench.path("forged.lic"), "--trust", &root]);
    assert_eq!(forged.status, 1, "{forged:?}");
    let refused = bench.accept("forged.lic", &[]);
    assert!(refused.status == 1 && refused.stderr.contains("not that of R1:A"), "{refused:?}");
    bench.accept("p.lic", &[]).ok();
}

#[test]
fn a_cancelled_ticket_and_a_given_up_line() {
    let bench = Bench::new();
    let (ticket, word) = (bench.path("t.lic"), bench.path("w.lic"));
    bench.permit(&["--to", "R1:B", "--line", &format!("{LINE}:6"), "-o", &ticket]).ok();
    bench.device("a", &["license", "revoke", "cancel", &ticket, &word]).ok();
    let ran = bench.accept("w.lic", &["-o", &bench.path("none.lic")]).ok();
    assert!(ran.text().contains(": void"), "{ran:?}");
    assert!(!std::path::Path::new(&bench.path("none.lic")).exists());
    assert!(bench.grants("a", "16"));
    // The other way of a word: what was taken back.
    let revoke = bench.path("r.lic");
    let args = ["--udi", "R1:A", "--line", LINE, "--books", &bench.path("books"), "-o", &revoke];
    bench.vendor(&["revoke"], &args).ok();
    bench.device("a", &["license", "revoke", &revoke, &bench.path("c.lic")]).ok();
    let ran = bench.accept("c.lic", &["--json"]).ok();
    assert_eq!(ran.json()["taken"][0]["units"], 16, "{ran:?}");
    let refused = bench.permit(&["--to", "R1:B"]);
    assert!(refused.status == 1 && refused.stderr.contains("taken back"), "{refused:?}");
}

#[test]
fn a_proof_without_its_predecessor_waits() {
    let bench = Bench::new();
    let other = bench.path("o.lic");
    let line =
        ["--udi", "R1:A", "--feature", "ap-count", "--count", "4", "--additive", "-o", &other];
    bench.vendor(&["issue"], &line).ok();
    bench.device("a", &["license", "install", &other]).ok();
    bench.device("a", &["license", "save", "credential", &bench.path("a.cred"), "force"]).ok();
    let (one, two) = (bench.path("1.lic"), bench.path("2.lic"));
    bench.permit(&["--to", "R1:B", "--line", LINE, "-o", &one]).ok();
    let all = bench.permit(&["--licenses", &other, "--to", "R1:B", "-o", &two]);
    assert!(all.status == 1 && all.stderr.contains("open ticket"), "{all:?}");
    let id = String::from_utf8(bench.read("o.lic")).unwrap();
    let id = id.split("id=").nth(1).unwrap()[..20].to_owned();
    bench.permit(&["--licenses", &other, "--to", "R1:C", "--line", &id, "-o", &two]).ok();
    for n in ["1", "2"] {
        let (ticket, proof) = (bench.path(&format!("{n}.lic")), bench.path(&format!("p{n}.lic")));
        bench.device("a", &["license", "revoke", &ticket, &proof]).ok();
    }
    let early = bench.accept("p2.lic", &[]);
    assert!(early.status == 1 && early.stderr.contains("word 1 yet"), "{early:?}");
    bench.accept("p1.lic", &[]).ok();
    bench.accept("p2.lic", &[]).ok();
}

#[test]
fn what_was_decided_is_given_again_when_it_could_not_be_written() {
    let bench = Bench::new();
    // The decision is stored, and its output fails.
    #[cfg(target_os = "linux")]
    {
        let ran = bench.permit(&["--to", "R1:B", "-o", "/dev/full"]);
        assert_eq!(ran.status, 3, "{ran:?}");
        assert_eq!(bench.list()["tickets"].as_array().unwrap().len(), 1);
    }
    let first = bench.permit(&["--to", "R1:B"]).ok();
    let second = bench.permit(&["--to", "R1:B"]).ok();
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(bench.list()["tickets"].as_array().unwrap().len(), 1);
    // A file that is there is seen before anything is decided.
    fs::write(bench.path("there"), "x").unwrap();
    let ran = bench.permit(&["--to", "R1:C", "-o", &bench.path("there")]);
    assert!(ran.status == 3 && ran.stderr.contains("exists already"), "{ran:?}");
}

/// Two want the same units for different devices, at once: one gets them.
#[test]
fn several_processes_at_once_get_one_ticket() {
    let bench = Bench::new();
    let mut children = Vec::new();
    for n in 0..6 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nodelock"));
        let to = if n % 2 == 0 { "R1:B" } else { "R1:C" };
        let args = bench.permit_args();
        command.args(args).args(["--to", to]).env("NODELOCK_TEST_CLOCK", "1795737600");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        children.push(command.spawn().unwrap());
    }
    let outputs: Vec<_> = children.into_iter().map(|it| it.wait_with_output().unwrap()).collect();
    let won: Vec<_> = outputs.iter().filter(|it| it.status.success()).collect();
    assert_eq!(won.len(), 3, "{outputs:?}");
    assert!(won.iter().all(|it| it.stdout == won[0].stdout));
    let lost = outputs.iter().filter(|it| !it.status.success());
    assert!(lost.clone().all(|it| String::from_utf8_lossy(&it.stderr).contains("open ticket")));
    assert_eq!(bench.list()["tickets"].as_array().unwrap().len(), 1);
}

/// Killed at any moment: there is no ticket or one, and the next call gives it.
#[cfg(unix)]
#[test]
fn whoever_is_killed_has_decided_or_not() {
    let bench = Bench::new();
    for n in 0..25_u64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nodelock"));
        command.args(bench.permit_args()).args(["--to", "R1:B"]);
        command.env("NODELOCK_TEST_CLOCK", "1795737600");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_micros(n * 1500));
        child.kill().unwrap();
        child.wait().unwrap();
        let books = std::path::PathBuf::from(bench.path("books"));
        if books.is_dir() {
            assert!(bench.list()["tickets"].as_array().unwrap().len() <= 1);
        }
    }
    let first = bench.permit(&["--to", "R1:B"]).ok();
    assert_eq!(bench.list()["tickets"].as_array().unwrap().len(), 1);
    assert_eq!(bench.permit(&["--to", "R1:B"]).ok().stdout, first.stdout);
}

// shows: F001-034, F001-037
#[test]
fn a_dead_device_is_replaced() {
    let bench = Bench::new();
    let (books, file) = (bench.path("books"), bench.path("a.lic"));
    let args = ["--books", &books, "--from", "R1:A", "--to", "R1:B", "--licenses", &file];
    let args = [&args[..], &["--approve", "anna"]].concat();
    let provisional = bench.path("p.lic");
    bench.vendor(&["rma"], &[&args[..], &["-o", &provisional]].concat()).ok();
    bench.device("b", &["license", "install", &provisional]).ok();
    let last = bench.path("last.lic");
    bench.vendor(&["rma"], &[&args[..], &["--booked-in", "-o", &last]].concat()).ok();
    bench.device("b", &["license", "install", &last]).ok();
    assert!(bench.grants("b", "16"));
    let refused = bench.permit(&["--to", "R1:C"]);
    assert!(refused.stderr.contains("was replaced by R1:B"), "{refused:?}");
    assert_eq!(bench.list()["tickets"][0]["approved"][0]["by"], "anna");
}

#[test]
fn a_delegated_key_makes_tickets_if_it_may() {
    let bench = Bench::new();
    let (key, record) = (vector("keys/other.key.pem"), bench.path("k.lic"));
    let days = ["--not-before", "2026-01-01", "--not-after", "2027-12-31"];
    let (root, public) = (vector("keys/root.key.pem"), vector("keys/other.pub.pem"));
    let args = ["delegate", "--root", &root, "--key", &public, "-o", &record];
    nodelock(args.iter().chain(&days)).ok();
    let mut args = bench.permit_args();
    args[3] = key;
    let (ticket, trust) = (bench.path("t.lic"), vector("keys/root.pub.pem"));
    let more = ["--delegation", &record, "--trust", &trust, "--to", "R1:B", "-o", &ticket];
    nodelock(args.iter().map(String::as_str).chain(more)).ok();
    bench.device("a", &["license", "revoke", &ticket, &bench.path("p.lic")]).ok();
    bench.accept("p.lic", &["-o", &bench.path("b.lic")]).ok();
    bench.device("b", &["license", "install", &bench.path("b.lic")]).ok();
    assert!(bench.grants("b", "16"));
}

#[test]
fn the_time_is_told() {
    let told = nodelock(["time", "--key", &vector("keys/root.key.pem")]).ok();
    assert!(told.text().starts_with("TIME 1 2026-11-27T00:00:00Z sig="), "{told:?}");
    let far = ["time", "--key", &vector("keys/root.key.pem"), "--at", "2027-11-27"];
    let far = nodelock(far);
    assert!(far.status == 1 && far.stderr.contains("more than a day"), "{far:?}");
}

/// Wrong arguments and files say what to do.
#[test]
fn mistakes_name_the_next_step() {
    let bench = Bench::new();
    bench.permit(&["--to", "R1:C"]).ok();
    let nothing = bench.accept("a.lic", &[]);
    assert!(nothing.status == 1 && nothing.stderr.contains("license revoke"), "{nothing:?}");
    let books = ["transfer", "list", "--books", &bench.path("nowhere")];
    let books = nodelock(books);
    assert!(books.status == 3 && books.stderr.contains("no books here"), "{books:?}");
    let other = bench.permit(&["--to", "R1:A"]);
    assert!(other.status == 1 && other.stderr.contains("another one"), "{other:?}");
    let units = bench.permit(&["--to", "R1:B", "--line", &format!("{LINE}:17")]);
    assert!(units.status == 1 && units.stderr.contains("16 units"), "{units:?}");
    let wrong = bench.permit(&["--to", "R1:B", "--line", "17"]);
    assert_eq!(wrong.status, 2, "{wrong:?}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodelock"));
    let help = run(command.args(["transfer", "permit", "--help"]), b"").ok();
    assert!(help.text().contains("--one-visit"), "{help:?}");
}
