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
        assert_eq!(ran.status, 1);
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
    let (unit, file) = (home.path().join("unit"), home.path().join("nat.lic"));
    device(&unit);
    issue("nat", "--type subscription --start 2026-11-22 --end 2026-12-31", &file);
    console(&unit, &[], &format!("license install {}", file.display()), "").ok();
    console(&unit, &[], "license acquire nat 1", "").ok();
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
