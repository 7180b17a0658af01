//! What an operator does at the console of a device. Test names begin with the row of the
//! capability they show.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, nodelock, nodelock_with};

const AT: &str = "2026-11-22T12:00:00Z";

/// A device with the example's catalog, without licenses.
fn device(directory: &Path) {
    let directory = directory.to_str().unwrap();
    let args =
        "device init --udi R1:SN1 --catalog ../examples/catalog.toml --trust keys/root.pub.pem";
    let args = args.split(' ').chain(["--at", AT, "--dir", directory]);
    nodelock(args).ok();
}

fn console(directory: &Path, before: &[&str], line: &str, typed: &str) -> Ran {
    let directory = directory.to_str().unwrap();
    let start = ["device", "run", "--dir", directory];
    nodelock_with([&start, before, &["--", line]].concat(), typed.as_bytes())
}

fn issue(feature: &str, options: &str, to: &Path) {
    let args = "issue --key keys/root.key.pem --udi R1:SN1 --issued 2026-11-22 --feature";
    let args = args.split(' ').chain([feature]).chain(options.split_whitespace());
    nodelock(args.chain(["-o", to.to_str().unwrap()])).ok();
}

/// A directory on another file system than that of the device, if there is one.
fn removable() -> tempfile::TempDir {
    let stick = Path::new("/dev/shm");
    let place = if stick.is_dir() { stick.to_owned() } else { std::env::temp_dir() };
    tempfile::tempdir_in(place).unwrap()
}

// shows: F002-053
#[test]
fn a_license_file_is_kept_and_installed_later() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("flash.lic"));
    device(&unit);
    issue("vpn", "", &file);
    let before = fs::read(&file).unwrap();
    assert_eq!(console(&unit, &[], "explain vpn", "").status, 1);
    // A year and two boots later it is as good as on the first day, and is not used up.
    let install = format!("license install {}", file.display());
    console(&unit, &["--reboot", "--advance", "365d"], "show license udi", "").ok();
    console(&unit, &["--reboot"], &install, "").ok();
    assert_eq!(fs::read(&file).unwrap(), before);
    console(&unit, &["--reboot"], "explain vpn", "").ok();
}

// shows: F002-055
#[test]
fn an_evaluation_asks_for_its_agreement_and_no_is_the_default() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("trial.lic"));
    device(&unit);
    issue("voice", "--type evaluation --usage 60d", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    let accept = "license accept end user agreement voice";
    for refusal in ["", "\n", "no\n", "YES please\n"] {
        let ran = console(&unit, &[], accept, refusal);
        assert_eq!(ran.status, 1, "{refusal:?}");
        assert!(ran.stderr.contains("yes/[no]"), "{}", ran.stderr);
        assert_eq!(console(&unit, &[], "license activate voice", "").status, 1);
    }
    console(&unit, &["--yes"], accept, "").ok();
    console(&unit, &[], "license activate voice", "").ok();
    console(&unit, &["--advance", "59d"], "explain voice", "").ok();
    assert_eq!(console(&unit, &["--advance", "2d", "--reboot"], "explain voice", "").status, 1);
}

// shows: F002-061
#[test]
fn statistics_tell_what_happened_and_events_can_be_switched_off_by_group() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("vpn.lic"));
    device(&unit);
    issue("vpn", "", &file);
    let install = format!("license install {}", file.display());
    let shown = console(&unit, &[], "show license statistics", "").ok();
    assert!(shown.text().contains("Installed lines: 0"), "{}", shown.text());
    console(&unit, &[], "license events deployment off", "").ok();
    let silent = console(&unit, &[], &install, "").ok();
    assert!(!silent.text().contains("%LICENSE"), "{}", silent.text());
    // Errors are another group, and a boot switches all on.
    let back = console(&unit, &["--at", "2020-01-01"], "show license statistics", "").ok();
    assert!(back.text().contains("CLOCK_BACK"), "{}", back.text());
    assert!(back.text().contains("Installed lines: 1"), "{}", back.text());
    let cleared = console(&unit, &["--reboot"], "license clear vpn", "").ok();
    assert!(cleared.text().contains("%LICENSE-6-CLEAR"), "{}", cleared.text());
}

// shows: F002-068
#[test]
fn questions_are_answered_by_hand_or_in_advance() {
    let home = tempfile::tempdir().unwrap();
    let unit = home.path().join("unit");
    device(&unit);
    let file = home.path().join("trial.lic");
    issue("voice", "--type evaluation --usage 60d", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    // Nobody is there to ask: the answer is no, at once, and the way out is said.
    let asked = console(&unit, &[], "license accept end user agreement", "");
    assert_eq!(asked.status, 1);
    assert!(asked.stderr.contains("--yes"), "{}", asked.stderr);
    let json = console(&unit, &["--yes", "--json"], "license accept end user agreement", "").ok();
    assert_eq!(json.json()["done"], true);
    let voice = json.json()["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["feature"] == "voice")
        .cloned();
    assert_eq!(voice.unwrap()["eula_accepted"], true);
}

// shows: F002-093
#[test]
fn files_on_another_file_system_are_read_and_written() {
    let (home, stick) = (tempfile::tempdir().unwrap(), removable());
    let unit = home.path().join("unit");
    device(&unit);
    let (file, backup) = (stick.path().join("vpn.lic"), stick.path().join("backup.lic"));
    issue("vpn", "", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    console(&unit, &[], &format!("license save {}", backup.display()), "").ok();
    let (file, backup) = (fs::read(&file).unwrap(), fs::read(&backup).unwrap());
    assert_eq!(file.trim_ascii_end(), backup.trim_ascii_end());
    // The medium is gone: an error that names the file, and nothing else happens.
    let gone = stick.path().join("vpn.lic");
    drop(stick);
    for line in ["license install", "license save"] {
        let ran = console(&unit, &[], &format!("{line} {}", gone.display()), "");
        assert_eq!(ran.status, 3);
        assert!(ran.text().contains(gone.to_str().unwrap()), "{}", ran.text());
    }
    console(&unit, &["--reboot"], "explain vpn", "").ok();
}

#[test]
fn a_clock_that_was_taken_away_stays_away_in_the_next_command() {
    let home = tempfile::tempdir().unwrap();
    let unit = home.path().join("unit");
    device(&unit);
    for _ in 0..2 {
        let taken = console(&unit, &["--reboot", "--at", "none"], "show license status", "").ok();
        assert!(taken.text().contains("Clock: not known"), "{}", taken.text());
        let next = console(&unit, &[], "show license status", "").ok();
        assert!(next.text().contains("Clock: not known"), "{}", next.text());
        console(&unit, &["--at", AT], "show license udi", "").ok();
        let back = console(&unit, &[], "show license status", "").ok();
        assert!(back.text().contains("Clock: believed"), "{}", back.text());
    }
}

#[test]
fn a_clock_beyond_the_last_date_is_shown_in_words() {
    let home = tempfile::tempdir().unwrap();
    let unit = home.path().join("unit");
    device(&unit);
    let unit = unit.to_str().unwrap();
    nodelock(["device", "off", "--dir", unit]).ok();
    let end = ["--at", "9999-12-31T23:59:59Z", "--advance", "1s"];
    let shown = nodelock([&["device", "clock", "--dir", unit], &end[..]].concat()).ok();
    assert_eq!(shown.text(), "device: off\nwall clock: after the year 9999\n");
}

#[test]
fn events_that_found_no_room_are_counted() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("vpn.lic"));
    device(&unit);
    issue("vpn", "--type subscription --start 2026-11-22 --end 2026-12-31", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    console(&unit, &[], "license acquire vpn 1", "").ok();
    // What still runs is reported as ended every day.
    let year = console(&unit, &["--advance", "400d"], "show license udi", "").ok();
    let events = year.text().lines().filter(|line| line.starts_with('%')).count();
    assert_eq!(events, 256);
    assert!(year.text().contains(" older events are not shown: the device keeps the last 256\n"));
    let day = console(&unit, &["--advance", "1d"], "show license udi", "").ok();
    assert!(!day.text().contains("not shown"), "{}", day.text());
}

#[test]
fn the_status_says_what_is_wrong_with_the_storage_and_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("nat.lic"));
    device(&unit);
    issue("nat", "", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    let fault = |what: &str| {
        let place = ["--dir", unit.to_str().unwrap()];
        nodelock(["device", "fault"].into_iter().chain(what.split(' ')).chain(place)).ok();
    };
    fault("storage --read-only");
    let shown = console(&unit, &["--advance", "30d"], "show license status", "").ok();
    for line in
        ["License storage: cannot be written at present\n", "if this stays, restart the device"]
    {
        assert!(shown.text().contains(line), "{}", shown.text());
    }
    let told = "%LICENSE-2-STORAGE: license storage: the storage failed (reason 410)\n";
    assert_eq!(shown.text().matches(told).count(), 1, "{}", shown.text());
    fault("storage --off");
    let shown = console(&unit, &["--advance", "2m"], "show license status", "").ok();
    assert!(shown.text().contains("License storage: works"), "{}", shown.text());
    fault("bit --key 0x0100 --bit 100");
    fault("bit --key 0x0100 --bit 101");
    let shown = console(&unit, &["--reboot"], "show license status", "").ok();
    for line in
        ["Stored lines refused at boot: 1: a stored value is damaged\n", "license clear refused"]
    {
        assert!(shown.text().contains(line), "{}", shown.text());
    }
}

#[test]
fn a_file_that_would_move_the_clock_says_so_before_it_is_installed() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("some.lic"));
    device(&unit);
    issue("vpn", "--type evaluation-subscription --end 2026-11-30", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    let args = "issue --key keys/root.key.pem --udi R1:SN1 --issued 2026-12-10 --feature nat --allow future-issue --force -o";
    nodelock(args.split(' ').chain([file.to_str().unwrap()])).ok();
    let ran = console(&unit, &[], &format!("license install {} what-if", file.display()), "");
    let wanted = "  record 1 would make 2026-12-10 the earliest date; that would end vpn (";
    assert!(ran.text().contains(wanted), "{}", ran.text());
}

fn shell(directory: &Path, options: &[&str], script: &str) -> Ran {
    let start = ["device", "shell", "--dir", directory.to_str().unwrap()];
    nodelock_with([&start, options].concat(), script.as_bytes())
}

#[test]
fn a_script_ends_with_the_status_of_the_last_command_that_failed() {
    let home = tempfile::tempdir().unwrap();
    let unit = home.path().join("unit");
    device(&unit);
    for (script, status) in [
        ("show license\n# a comment\n\nshow lic udi", 0),
        ("explain vpn\nshow license\n", 1),
        ("explain vpn\nmake coffee\nshow license\n", 2),
        ("license install nowhere.lic\nexit\nmake coffee\n", 3),
        ("advance soon\n", 2),
    ] {
        let ran = shell(&unit, &[], script);
        assert_eq!(ran.status, status, "{script}: {}", ran.text());
    }
    let ran = shell(&unit, &["--stop-on-error"], "explain vpn\nshow license udi\nmake coffee\n");
    assert_eq!(ran.status, 1);
    assert!(!ran.text().contains("R1:SN1"), "{}", ran.text());
}

#[test]
fn the_same_mistake_has_the_same_status_everywhere() {
    let home = tempfile::tempdir().unwrap();
    let unit = home.path().join("unit");
    device(&unit);
    assert_eq!(console(&unit, &[], "license install nowhere.lic", "").status, 3);
    assert_eq!(nodelock(["inspect", "nowhere.lic"]).status, 3);
    assert_eq!(nodelock(["convert", "nowhere.lic", "--to", "text"]).status, 3);
    assert_eq!(console(&unit, &[], "make coffee", "").status, 2);
    assert_eq!(nodelock(["make", "coffee"]).status, 2);
}

#[test]
fn what_is_for_others_or_no_license_is_no_failure() {
    let home = tempfile::tempdir().unwrap();
    let (unit, own, others) =
        (home.path().join("unit"), home.path().join("own.lic"), home.path().join("others.lic"));
    device(&unit);
    issue("vpn", "", &own);
    let args = "issue --key keys/root.key.pem --udi R1:SN9 --feature nat -o";
    nodelock(args.split(' ').chain([others.to_str().unwrap()])).ok();
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let mail = format!("Dear customer,\n{}{}Kind regards\n", read(&own), read(&others));
    let install = "license install -";
    let ran = console(&unit, &[], install, &mail).ok();
    let end = "1/1 installed, 0/1 existing, 0/1 failed; 1 is for another device (R1:SN9)\n";
    assert!(ran.text().contains(end), "{}", ran.text());
    let ran = console(&unit, &[], install, &read(&others));
    assert_eq!(ran.status, 4);
    let told = "nothing in it is for this device, which is R1:SN1; it is for R1:SN9\n";
    assert!(ran.text().contains(told), "{}", ran.text());
    // What is damaged is.
    let damaged = read(&own).replacen("LICENSE", "LICENCE", 1);
    let ran = console(&unit, &[], install, &format!("{}{damaged}", read(&own)));
    assert_eq!(ran.status, 1);
    for told in [
        "keyword is damaged; LICENCE stands where LICENSE was expected",
        "what to do: copy the whole",
    ] {
        assert!(ran.text().contains(told), "{}", ran.text());
    }
    assert_eq!(console(&unit, &[], install, "Kind regards\n").status, 1);
}

#[test]
fn json_has_an_object_for_everything_that_the_text_says() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("ap.lic"));
    device(&unit);
    issue("ap-count", "--count 10 --id 00000000000000000007", &file);
    let content = fs::read_to_string(&file).unwrap();
    let changed = content.replace(" 10 ", " 99 ");
    let both = format!("{content}{changed}");
    let ran = console(&unit, &["--json"], "license install -", &both);
    let told = ran.json();
    assert_eq!((ran.status, &told["status"], &told["done"]), (1, &1.into(), &false.into()));
    let install = &told["install"];
    assert_eq!((&install["installed"], &install["refused"]), (&1.into(), &1.into()));
    let first = serde_json::json!({
        "record": 1, "line": 1, "offset": 0, "kind": "license", "feature": "ap-count",
        "type": "permanent", "count": 10, "id": "00000000000000000007", "udi": "R1:SN1",
        "outcome": "installed", "effect": "new", "reason": null, "fact": null,
    });
    assert_eq!(install["records"][0], first);
    let second = &install["records"][1];
    assert_eq!(second["outcome"], "refused");
    assert_eq!(second["reason"]["name"], "signature-mismatch");
    assert!(second["reason"]["remedy"].as_str().unwrap().len() > 10);
    assert_eq!(second["fact"], "its key is 76805a63");
    let event = &told["events"][0];
    assert_eq!((&event["kind"], &event["severity"]), (&"INSTALL".into(), &6.into()));
    assert_eq!(event["feature"], "ap-count");
    assert!(event["text"].as_str().unwrap().contains("was installed"));
    console(&unit, &[], "license acquire ap-count 3", "").ok();
    let told = console(&unit, &["--json"], "show license leases", "").ok().json();
    let lease = serde_json::json!({
        "token": "4294967296", "feature": "ap-count", "units": 3, "owner": 0,
    });
    assert_eq!(told["leases"], serde_json::json!([lease]));
    console(&unit, &[], "license lease release 4294967296", "").ok();
    let told = console(&unit, &["--json"], "show license brief", "").ok().json();
    assert_eq!(told["leases"], serde_json::json!([]));
    let feature =
        told["features"].as_array().unwrap().iter().find(|one| one["feature"] == "ap-count");
    assert_eq!(feature.unwrap()["granted"], true);
}

#[test]
fn a_level_without_a_license_says_why_it_is_not_next() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("level.lic"));
    device(&unit);
    let ran = console(&unit, &[], "license boot level security", "");
    assert_eq!(ran.status, 1);
    for told in ["next reboot level: base\n", "no installed line is for this feature", "what to do"]
    {
        assert!(ran.text().contains(told), "{}", ran.text());
    }
    assert_eq!(console(&unit, &[], "license boot level vpn", "").status, 1);
    // The wish is remembered.
    issue("security", "", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    let ran = console(&unit, &[], "license boot level security", "").ok();
    assert_eq!(ran.text(), "next reboot level: security\n");
    let ran = console(&unit, &[], "license comment add security 'a  b'", "").ok();
    assert!(ran.text().ends_with("saved\n"), "{}", ran.text());
    let ran = console(&unit, &[], "license comment delete security", "").ok();
    assert!(ran.text().ends_with("deleted\n"), "{}", ran.text());
}

#[test]
fn words_of_the_command_line_keep_their_blanks() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("my vpn.lic"));
    device(&unit);
    issue("vpn", "", &file);
    let start = ["device", "run", "--dir", unit.to_str().unwrap(), "--"];
    let install = ["license", "install", file.to_str().unwrap()];
    nodelock([&start[..], &install].concat()).ok();
    let counted =
        nodelock([&start[..], &["sh", "lic", "brief", "|", "count", "VPN"]].concat()).ok();
    assert_eq!(counted.text(), "1 lines\n");
}
