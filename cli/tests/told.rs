//! What an operator is told: the fact that decided, and a step that works; and files that stay whatever a command says.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::nodelock;

/// A device of its own, and files beside it.
struct Unit {
    place: tempfile::TempDir,
}

/// What a command printed, and how it ended.
#[derive(Debug)]
struct Told {
    status: i32,
    text: String,
}

impl Unit {
    fn new() -> Self {
        let unit = Self { place: tempfile::tempdir().unwrap() };
        let dir = unit.at("unit");
        nodelock([
            "device",
            "init",
            "--dir",
            dir.to_str().unwrap(),
            "--udi",
            "R1:SN1",
            "--catalog",
            "../examples/catalog.toml",
            "--trust",
            "keys/root.pub.pem",
            "--at",
            "2026-11-27",
        ])
        .ok();
        unit
    }

    fn at(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// A line for it, as a file; `{}` in a command stands for the directory.
    fn issue(&self, name: &str, options: &str) {
        let path = self.at(name);
        let args = "issue --key keys/root.key.pem --udi R1:SN1 --issued 2026-11-22 --allow other-day,ended --force -o";
        let args = args.split(' ').chain([path.to_str().unwrap()]).chain(options.split(' '));
        nodelock(args).ok();
    }

    fn device(&self, verb: &str, options: &str, command: &str) -> Told {
        let there = self.place.path().to_str().unwrap();
        let dir = self.at("unit");
        let mut args: Vec<String> = vec!["device".into()];
        args.extend(verb.split(' ').map(str::to_owned));
        args.extend(["--dir".to_owned(), dir.to_str().unwrap().to_owned()]);
        args.extend(options.split_whitespace().map(str::to_owned));
        if !command.is_empty() {
            args.extend(["--".to_owned(), command.replace("{}", there)]);
        }
        let ran = nodelock(args);
        Told { status: ran.status, text: format!("{}{}", ran.text(), ran.stderr) }
    }

    fn run(&self, command: &str) -> Told {
        self.device("run", "", command)
    }

    /// Carries a command out that must be done.
    fn done(&self, command: &str) -> String {
        let told = self.run(command);
        assert_eq!(told.status, 0, "{command}: {}", told.text);
        told.text
    }

    /// Installs a repair record of this kind and number.
    fn repair(&self, what: &str) {
        let (kind, number) = what.split_once(' ').unwrap();
        let path = self.at("repair.lic");
        let args = ["repair", "--key", "keys/root.key.pem", "--udi", "R1:SN1", kind];
        let more = ["--number", number, "--force", "-o", path.to_str().unwrap()];
        nodelock(args.into_iter().chain(more)).ok();
        self.done("license install {}/repair.lic");
    }

    /// Two bits of a stored value are flipped, which nothing can put right, and it boots.
    fn damage(&self, key: &str) {
        self.device("off", "", "");
        for bit in ["17", "30"] {
            let told = self.device("fault bit", &format!("--key {key} --bit {bit}"), "");
            assert_eq!(told.status, 0, "{}", told.text);
        }
    }
}

impl Told {
    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "{words}\n--- not in:\n{}", self.text);
        self
    }

    #[track_caller]
    fn never_says(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "{words}\n--- in:\n{}", self.text);
        self
    }
}

#[track_caller]
fn stays(path: &Path, what: impl FnOnce()) {
    let before = fs::read(path).ok();
    what();
    assert!(fs::read(path).ok() == before, "{} was changed", path.display());
}

#[test]
fn no_command_of_the_device_writes_over_a_key_its_own_files_or_what_it_reads() {
    let unit = Unit::new();
    unit.issue("t.lic", "--feature voice --type evaluation --usage 60d --eula voice-2026");
    fs::copy(common::vector("keys/root.key.pem"), unit.at("a.pem")).unwrap();
    unit.done("license install {}/t.lic");
    unit.done("license save {}/bk.lic");
    unit.done("license save {}/bk.lic force");
    for file in [
        "a.pem",
        "unit/session.json",
        "unit/device.json",
        "unit/catalog.toml",
        "unit/licenses.lic",
        "unit/state/0001",
        "unit/state/new",
        "unit/trust/new.pub.pem",
    ] {
        // The session itself goes on with each command.
        let of = if file == "unit/session.json" { "unit/device.json" } else { file };
        stays(&unit.at(of), || {
            let save = unit.run(&format!("license save {{}}/{file} force"));
            save.says("is not overwritten; write to another file").never_says("cannot write");
            assert_eq!(save.status, 3, "{}", save.text);
        });
    }
    stays(&unit.at("a.pem"), || {
        unit.done("license job backup {}/a.pem force");
        unit.run("license job run").says("a.pem holds a private key, and is not overwritten");
    });
    stays(&unit.at("t.lic"), || {
        unit.done("license job generate-eula {}/t.lic {}/t.lic force");
        unit.run("license job run").says("t.lic is read by this job, and is not overwritten");
    });
    assert!(unit.run("show license").text.contains("voice"));
}

#[test]
fn a_backup_is_not_replaced_by_less() {
    let unit = Unit::new();
    unit.issue("a.lic", "--feature vpn");
    unit.issue("b.lic", "--feature ap-count --count 4");
    unit.done("license install {}/a.lic");
    unit.done("license install {}/b.lic");
    unit.done("license save {}/bk.lic");
    unit.damage("0x0100");
    unit.run("license save {}/new.lic").says("1 line saved").says("1 more cannot be read");
    for command in ["license save {}/bk.lic force", "license job backup {}/bk.lic force"] {
        stays(&unit.at("bk.lic"), || {
            unit.run(command);
            unit.run("license job run");
        });
    }
    unit.run("license save {}/bk.lic force").says("bk.lic is not overwritten").says("vpn (");
    // What was cleared may go.
    unit.done("license install {}/bk.lic");
    unit.done("license clear vpn");
    unit.done("license save {}/bk.lic force");
    assert_eq!(fs::read_to_string(unit.at("bk.lic")).unwrap().lines().count(), 1);
}

#[test]
fn of_damage_the_repair_record_is_named() {
    let words = "ask the vendor for a REPAIR record of the damage with repair number 0";
    // An agreement that cannot be read.
    let unit = Unit::new();
    unit.issue("t.lic", "--feature voice --type evaluation --usage 60d --eula voice-2026");
    unit.done("license install {}/t.lic");
    unit.device("run", "--yes", "license accept end user agreement");
    unit.damage("0x0300");
    unit.run("explain voice")
        .says("which license agreements were accepted cannot be read")
        .says(words);
    unit.device("run", "--yes", "license accept end user agreement")
        .says("which license agreements were accepted cannot be read")
        .says("ask the vendor for a REPAIR record")
        .never_says("Do you accept");
    unit.run("show license status")
        .says("not everything in it can be used")
        .says("Repair number (damage): 0");
    unit.repair("damage 0");
    unit.device("run", "--yes", "license accept end user agreement").says("voice: accepted");
    unit.done("license activate voice");

    // A use that cannot be read.
    unit.damage("0x0200");
    unit.issue("u.lic", "--feature vpn --type evaluation --usage 60d");
    for command in ["license install {}/u.lic what-if", "license install {}/u.lic"] {
        let told = unit.run(command);
        told.says("what was used of the license cannot be read").says("REPAIR record");
        assert_eq!(told.status, 1);
    }
    unit.run("explain voice")
        .says("ask the vendor for a REPAIR record of the damage with repair number 1");

    // The running time.
    let unit = Unit::new();
    unit.issue("e.lic", "--feature vpn --type evaluation-subscription --end 2027-02-01");
    unit.done("license install {}/e.lic");
    unit.device("run", "--advance 3h", "show license");
    unit.damage("0x0001");
    unit.run("explain vpn")
        .says("how long the rights with dates have run cannot be read")
        .says("REPAIR record of the damage");
}

#[test]
fn of_a_trial_that_has_not_run_another_may_come() {
    let unit = Unit::new();
    unit.issue(
        "1.lic",
        "--feature voice --type evaluation-subscription --end 2027-02-01 --eula voice-2026",
    );
    unit.issue(
        "2.lic",
        "--feature voice --type evaluation-subscription --end 2027-02-02 --eula voice-2026",
    );
    unit.device("run", "--advance 3h", "license install {}/1.lic");
    unit.run("license install {}/2.lic")
        .says("is installed, or has run")
        .says("clear the installed one");
    unit.device("run", "--advance 3h", "license clear voice");
    unit.done("license install {}/2.lic");
    unit.device("run", "--yes", "license accept end user agreement").says("accepted");
    unit.device("run", "--advance 3h", "explain voice").says("granted");
    unit.done("license clear voice");
    assert_eq!(unit.run("license install {}/1.lic").status, 1);
}

#[test]
fn an_agreement_without_a_text_is_named_and_cannot_be_accepted() {
    let unit = Unit::new();
    unit.issue("t.lic", "--feature voice --type evaluation --usage 60d --eula other-2026");
    unit.done("license install {}/t.lic");
    for command in ["explain voice", "license acquire voice 1", "license activate voice"] {
        unit.run(command)
            .says("other-2026, of which this firmware has no text")
            .says("ask the vendor for a firmware that has the agreement");
    }
}

#[test]
fn json_says_what_the_text_says() {
    let unit = Unit::new();
    unit.issue("s.lic", "--feature vpn --type evaluation-subscription --end 2027-02-01");
    unit.done("license install {}/s.lic");
    let told = unit.device("run", "--json --at 2027-03-10", "explain vpn");
    let json: serde_json::Value = serde_json::from_str(&told.text).unwrap();
    let reason = &json["reason"];
    assert_eq!(reason["fact"]["last"], "2027-02-01", "{json:#}");
    assert!(reason["remedy"].as_str().unwrap().starts_with("set the device's clock"));
    let vpn = json["features"].as_array().unwrap().iter().find(|one| one["feature"] == "vpn");
    assert_eq!(vpn.unwrap()["reason"]["remedy"], reason["remedy"]);
    assert_eq!(
        json["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["kind"] == "SUBSCRIPTION_EXPIRED")
            .count(),
        0
    );
    unit.issue("c.lic", "--feature ap-count --count 16");
    unit.done("license install {}/c.lic");
    let told = unit.device("run", "--json", "license acquire ap-count 17");
    let json: serde_json::Value = serde_json::from_str(&told.text).unwrap();
    assert_eq!(json["reason"]["fact"]["needed"], 17, "{json:#}");
}

#[test]
fn a_line_with_a_damaged_udi_is_not_told_to_be_for_another_device() {
    let unit = Unit::new();
    unit.issue("a.lic", "--feature vpn");
    let line = fs::read_to_string(unit.at("a.lic")).unwrap();
    for udi in ["Rl:SN1", "<R1:SN1>", "[R1:SN1](http://x)", "R1:sn1", "R1\\:SN1"] {
        fs::write(unit.at("b.lic"), line.replace("udi=R1:SN1", &format!("udi={udi}"))).unwrap();
        let told = unit.run("license install {}/b.lic");
        assert_eq!(told.status, 1, "{udi}: {}", told.text);
        told.never_says("not for this device");
    }
    fs::write(unit.at("b.lic"), line.replace("udi=R1:SN1", "udi=Rl:SN1")).unwrap();
    unit.run("license install {}/b.lic")
        .says("the signature does not match")
        .says("it says udi=Rl:SN1, and this device is R1:SN1");
    // Another device is another device.
    let path = unit.at("c.lic");
    let args = "issue --key keys/root.key.pem --udi R1:SN2 --feature vpn -o";
    nodelock(args.split(' ').chain([path.to_str().unwrap()])).ok();
    assert_eq!(unit.run("license install {}/c.lic").says("it is for R1:SN2").status, 4);
    let path = unit.at("r.lic");
    let args = "repair clock --key keys/root.key.pem --udi R1:SN2 --number 0 -o";
    nodelock(args.split(' ').chain([path.to_str().unwrap()])).ok();
    unit.run("license install {}/r.lic").says("it is for R1:SN2");
}

#[test]
fn what_is_refused_names_a_step_that_works() {
    let unit = Unit::new();
    unit.issue("a.lic", "--feature vpn");
    unit.done("license install {}/a.lic");
    // As license install says of it.
    unit.done("license job install {}/a.lic");
    unit.done("license job run");
    unit.run("license clear video").says("part of the firmware");
    unit.run("license modify priority video high").says("part of the firmware");
    unit.done("license comment add vpn text");
    unit.run("license comment delete vpn").says("deleted");
    unit.run("license comment delete vpn").says("nothing was deleted");
    // An image level.
    unit.issue("s.lic", "--feature security");
    unit.done("license install {}/s.lic");
    unit.device("run", "--reboot", "show license");
    unit.run("license clear security").says("license boot level base");
    unit.done("license boot level base");
    unit.device("run", "--reboot", "license clear security").says("cleared");
}

#[test]
fn a_key_record_that_made_room_is_named() {
    let unit = Unit::new();
    let mut file = String::new();
    let mut lines = String::new();
    for name in ["a", "b", "c"] {
        let keys = unit.at(name);
        fs::copy(common::vector("keys/root.pub.pem"), unit.at("root.pub.pem")).unwrap();
        let made = nodelock(["keygen", "--out", keys.to_str().unwrap(), "--json"]).ok();
        let (key, public) = (made.json()["private_key"].clone(), made.json()["public_key"].clone());
        let (key, public) = (key.as_str().unwrap(), public.as_str().unwrap());
        let record = unit.at(&format!("{name}.key.lic"));
        let record = record.to_str().unwrap();
        let args = ["delegate", "--root", "keys/root.key.pem", "--key", public];
        let days = ["--not-before", "2026-11-01", "--not-after", "2027-11-01", "-o", record];
        nodelock(args.into_iter().chain(days)).ok();
        let line = unit.at(&format!("{name}.lic"));
        let line = line.to_str().unwrap();
        let args = ["issue", "--key", key, "--delegation", record, "--udi", "R1:SN1"];
        let ran = nodelock(args.into_iter().chain(["--feature", "vpn", "-o", line])).ok();
        assert!(!ran.stderr.contains("was not checked"), "{}", ran.stderr);
        let text = fs::read_to_string(line).unwrap();
        let (first, second) = text.split_once("LICENSE").unwrap();
        file += first;
        lines += &format!("LICENSE{second}");
        if name == "a" {
            // A damaged one is signed along by nobody.
            let damaged = fs::read_to_string(record).unwrap().replace("2027-11-01", "2027-11-02");
            fs::write(record, damaged).unwrap();
            let args = ["issue", "--key", key, "--delegation", record, "--udi", "R1:SN1"];
            let ran = nodelock(args.into_iter().chain(["--feature", "vpn"]));
            assert_eq!(ran.status, 1);
            assert!(ran.stderr.contains("the signature does not match"), "{}", ran.stderr);
        }
    }
    fs::write(unit.at("all.lic"), file + &lines).unwrap();
    let all = unit.at("all.lic");
    let ran = nodelock(["inspect", all.to_str().unwrap(), "--trust", "keys/root.pub.pem"]);
    assert!(ran.stderr.contains("a device knows two KEY records"), "{}", ran.stderr);
    unit.run("license install {}/all.lic")
        .says("record 1, had to make room")
        .says("put the KEY record right before the lines of its key");
}

#[test]
fn mangled_lines_are_told_to_be_copied_again() {
    let unit = Unit::new();
    unit.issue("a.lic", "--feature vpn");
    let line = fs::read_to_string(unit.at("a.lic")).unwrap();
    let wrapped = nodelock_std::to_base64(line.as_bytes());
    for (mangled, words) in [
        (line.replace("LICENSE 1", "LICENSE l"), "copy the whole line again"),
        (line.replace(" udi=", " Udi="), "copy the whole line again"),
        (line.replace("-11-22", "\\-11\\-22"), "copy the whole line again"),
        (line.replace("issued=2026-11-22", "issued=20"), "copy the whole line again"),
        (line.replace(' ', ","), "with commas or semicolons"),
        (line.to_ascii_uppercase(), "copy the whole line again"),
        (wrapped[..wrapped.len() - 30].to_owned(), "base64 that is damaged, or cut off"),
    ] {
        fs::write(unit.at("b.lic"), &mangled).unwrap();
        unit.run("license install {}/b.lic").says(words).never_says("update the software");
    }
    // A field of a later version is one.
    fs::write(unit.at("b.lic"), line.replace(" issued=", " until=5 issued=")).unwrap();
    unit.run("license install {}/b.lic").says("update the software");
    // A picture is no terminal.
    fs::write(unit.at("b.png"), b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\x1b[0m xyz").unwrap();
    unit.run("license install {}/b.png").says("this is a picture").never_says("undone");
}

#[test]
fn what_no_device_can_use_is_said_when_it_is_made() {
    let unit = Unit::new();
    let catalog = unit.at("catalog.toml");
    fs::write(&catalog, "[[feature]]\nname = \"voice\"\neula = \"voice-2026\"\n").unwrap();
    let (catalog, dir) = (catalog.to_str().unwrap(), unit.at("other"));
    let args = ["device", "init", "--udi", "R1:SN1", "--trust", "keys/root.pub.pem", "--catalog"];
    let ran = nodelock(args.into_iter().chain([catalog, "--dir", dir.to_str().unwrap()])).ok();
    assert!(ran.stderr.contains("the catalog has no text"), "{}", ran.stderr);

    let issue = |udi: &str, feature: &str| {
        let args = ["issue", "--key", "keys/root.key.pem", "--catalog", "../examples/catalog.toml"];
        nodelock(args.into_iter().chain(["--udi", udi, "--feature", feature])).stderr
    };
    assert!(issue("R1:SN1", "nat").contains("comes with the base level base"));
    assert!(issue("R1:SN1/R1:SN2", "vpn").contains("is one device with the serial number"));
    assert!(issue("UDI:R1", "vpn").contains("the word UDI as its PID"));

    for (name, order, words) in [
        ("o.toml", "[license]\nudi = \"R1:SN1\"\n", "[[license]]"),
        ("o.csv", "R1:SN1,vpn\n", "the first row must name the columns"),
        ("p.csv", "udi,feature\nR1:SN1,\"vpn\nx\"\n", "write it in one"),
        ("o.xlsx", "PK\u{3}\u{4}\u{0}", "save it as CSV"),
    ] {
        fs::write(unit.at(name), order).unwrap();
        let order = unit.at(name);
        let args = ["issue", "--key", "keys/root.key.pem", "--order", order.to_str().unwrap()];
        let ran = nodelock(args);
        assert!(ran.stderr.contains(words), "{name}: {}", ran.stderr);
    }
}
