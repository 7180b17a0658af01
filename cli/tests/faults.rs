//! Faults of a simulated device: the same history is the same device, whenever it goes on.

mod common;

use std::fs;
use std::path::Path;

use common::nodelock;

fn device(unit: &Path, line: &str) -> (i32, String) {
    let (words, command) = line.split_once(" -- ").map_or((line, None), |(w, c)| (w, Some(c)));
    let (verb, options) = words.split_once(' ').unwrap_or((words, ""));
    let mut args = vec!["device"];
    args.extend(verb.split('/'));
    args.extend(["--dir", unit.to_str().unwrap()]);
    args.extend(options.split_whitespace());
    if let Some(command) = command {
        args.extend(["--", command]);
    }
    let ran = nodelock(args);
    assert!(ran.status < 2, "{line}: {ran:?}");
    (ran.status, ran.text().to_owned())
}

fn made(unit: &Path) {
    let options = "init --udi R1:SN1 --catalog ../examples/catalog.toml --trust keys/root.pub.pem --at 2026-11-22";
    assert_eq!(device(unit, options).0, 0);
}

fn license(place: &Path) -> String {
    let path = place.join("vpn.lic");
    let args = "issue --key keys/root.key.pem --udi R1:SN1 --feature vpn --issued 2026-11-22 --id 00000000000000000201 --force -o";
    nodelock(args.split(' ').chain([path.to_str().unwrap()])).ok();
    path.to_str().unwrap().to_owned()
}

/// Every call of the program repeats what came before, with its faults.
#[test]
fn a_history_with_faults_is_repeated_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    let unit = place.path().join("unit");
    let install = format!("run --advance 1h -- license install {}", license(place.path()));
    for rule in [
        "storage --fail-every 2",
        "storage --fail-every 3 --effect after",
        "storage --fail-one-in 2 --effect either",
        "storage --fail-after 3",
        "storage --read-only",
        "flash --worn --fail-one-in 2",
        "flash --fail-one-in 1 --seed 7",
    ] {
        let history = |unit: &Path| {
            made(unit);
            let fault = format!("fault/{rule}");
            let lines = [
                "run -- show license",
                &fault,
                &install,
                "run -- license comment add vpn a",
                "fault/show",
            ];
            let told: Vec<_> = lines.map(|line| device(unit, line)).into();
            let seen = device(unit, "run -- show license detail");
            assert_eq!(device(unit, "run -- show license detail"), seen, "{rule}");
            (told, seen)
        };
        let first = history(&unit);
        let files = |unit: &Path| {
            let entries = fs::read_dir(unit.join("state")).unwrap();
            let mut all: Vec<_> = entries
                .map(|entry| entry.unwrap().path())
                .map(|path| (path.file_name().unwrap().to_owned(), fs::read(path).unwrap()))
                .collect();
            all.sort();
            all
        };
        let state = files(&unit);
        fs::remove_dir_all(&unit).unwrap();
        assert_eq!(history(&unit), first, "{rule}");
        assert_eq!(files(&unit), state, "{rule}");
        fs::remove_dir_all(&unit).unwrap();
    }
}

/// The contents of files are kept for the next call; the largest must not make it impossible.
#[test]
fn the_largest_license_file_is_read_by_a_device_and_remembered() {
    let place = tempfile::tempdir().unwrap();
    let unit = place.path().join("unit");
    made(&unit);
    let file = license(place.path());
    let mut content = fs::read(&file).unwrap();
    content.resize(nodelock::limits::MAX_FILE_LEN - 1, b'#');
    content.push(b'\n');
    fs::write(&file, content).unwrap();
    let install = format!("run -- license install {file}");
    assert_eq!(device(&unit, &install).0, 0);
    fs::remove_file(file).unwrap();
    assert_eq!(device(&unit, "run -- explain vpn").0, 0);
    assert!(fs::metadata(unit.join("session.json")).unwrap().len() < 30_000_000);
}

/// However the storage fails, the device can be made well again.
#[test]
fn a_device_that_does_not_boot_is_off_and_can_be_repaired() {
    let place = tempfile::tempdir().unwrap();
    let unit = place.path().join("unit");
    made(&unit);
    device(&unit, "fault/storage --read-only");
    let install = format!("run -- license install {}", license(place.path()));
    for line in
        [&*install, "run --reboot --at 2030-01-01 -- show license", "run --reboot -- explain vpn"]
    {
        device(&unit, line);
    }
    // The rule outlives reboots.
    assert_eq!(device(&unit, &install.replace("run", "run --reboot")).0, 1);
    assert_eq!(device(&unit, "fault/storage --off").0, 0);
    assert_eq!(device(&unit, &install).0, 0);
    assert_eq!(device(&unit, "run --reboot -- explain vpn").0, 0);
}

/// What lies in worn flash that fails is there after each reboot, as the device was told.
#[test]
fn a_device_on_worn_flash_keeps_what_it_acknowledged() {
    let place = tempfile::tempdir().unwrap();
    let unit = place.path().join("unit");
    made(&unit);
    let install = format!("run -- license install {}", license(place.path()));
    for seed in 1..4 {
        let fault = format!("fault/flash --worn --fail-one-in 6 --seed {seed}");
        assert_eq!(device(&unit, &fault).0, 0);
        if seed == 1 {
            assert_eq!(device(&unit, &install).0, 0);
        }
        let mut kept = None;
        for round in 0..6 {
            let comment = format!("{seed}-{round}");
            let command = format!("run --reboot -- license comment add vpn {comment}");
            if device(&unit, &command).0 == 0 {
                kept = Some(comment);
            }
            let shown = device(&unit, "run --reboot -- show license detail").1;
            let kept = kept.as_ref().map_or(String::new(), |kept| format!("Comment: {kept}"));
            assert!(shown.contains(&kept), "{kept}: {shown}");
        }
        assert!(kept.is_some(), "it is of use still");
    }
    // The whole flash fails: nothing is kept, and nothing is lost.
    assert_eq!(device(&unit, "fault/flash --fail-one-in 1").0, 0);
    assert_eq!(device(&unit, "run -- license clear vpn").0, 1);
    assert_eq!(device(&unit, "run --reboot -- explain vpn").0, 0);
    assert_eq!(device(&unit, "fault/flash --off").0, 0);
    assert_eq!(device(&unit, "run --reboot -- license clear vpn").0, 0);
    assert_eq!(device(&unit, "run --reboot -- explain vpn").0, 1);
}

/// A call that could not write what the device keeps leaves nothing that later ones do not mend.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_could_not_be_written_is_put_right_by_the_next_call() {
    let place = tempfile::tempdir().unwrap();
    let unit = place.path().join("unit");
    made(&unit);
    device(&unit, "run -- show license");
    let install = format!("run -- license install {}", license(place.path()));
    // The line cannot be written, what comes before it can.
    fs::create_dir(unit.join("state/0100.new")).unwrap();
    let args =
        ["device", "run", "--dir", unit.to_str().unwrap(), "--", &install["run -- ".len()..]];
    assert_eq!(nodelock(args).status, 3);
    fs::remove_dir(unit.join("state/0100.new")).unwrap();
    assert_eq!(device(&unit, "run -- explain vpn").0, 1);
    assert_eq!(device(&unit, "run --reboot -- explain vpn").0, 1);
    assert_eq!(device(&unit, &install).0, 0);
    assert_eq!(device(&unit, "run --reboot -- explain vpn").0, 0);
    // What is removed is gone from the directory too.
    assert_eq!(device(&unit, "run -- license clear vpn").0, 0);
    assert_eq!(device(&unit, "run --reboot -- explain vpn").0, 1);
}
