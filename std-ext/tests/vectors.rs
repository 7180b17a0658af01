//! The golden files, through the door that products use.

use std::fs;
use std::path::{Path, PathBuf};

use nodelock_std::{Device, Reading, Reason, Role, Undone};

fn vectors(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = vectors_folder().join(folder);
    let files =
        fs::read_dir(folder).expect("the vectors").map(|entry| entry.expect("a file").path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|e| e == ending)).collect();
    files.sort();
    assert!(files.len() > 10, "vectors are missing");
    files
}

fn vectors_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn device(development: bool) -> Device {
    let key =
        |name: &str| fs::read_to_string(vectors_folder().join("keys").join(name)).expect("a key");
    let builder = Device::builder()
        .trust_pem(&key("root.pub.pem"), Role::Production)
        .trust_pem(&key("evaluation.pub.pem"), Role::Evaluation)
        .trust_pem(&key("development.pub.pem"), Role::Development)
        .udi("ISR4331/K9:FDO1234ABCD");
    let builder = if development { builder.danger_accept_development_keys() } else { builder };
    builder.build().expect("a device")
}

#[test]
fn valid_files_are_taken_in() {
    for file in vectors("valid", "lic") {
        if file.file_stem().is_some_and(|name| name == "repair") {
            // Only the agent can judge it.
            continue;
        }
        let facts = fs::read_to_string(file.with_extension("json")).expect("the facts");
        let development = facts.contains("\"development\": true");
        let mut from_text = device(development);
        let report = from_text.install_file(&file).expect("a report");
        assert_eq!(report.refused().count(), 0, "{}: {report}", file.display());
        let mut from_binary = device(development);
        let twin = from_binary.install_file(file.with_extension("bin")).expect("a report");
        assert_eq!(twin.tally, report.tally, "{}", file.display());
        assert!(from_text.rights().eq(from_binary.rights()), "{}", file.display());
    }
}

#[test]
fn invalid_files_are_refused_with_the_reason_and_its_place() {
    for file in vectors("invalid", "lic") {
        // That one is about memory of fixed size, which a host does not have.
        if file.file_stem().is_some_and(|name| name == "key-slots-full") {
            continue;
        }
        let expected = fs::read_to_string(file.with_extension("expect")).expect("the refusals");
        // A host sets text beside records aside before it reads them.
        let content = fs::read(&file).expect("the vector");
        let aside = Reading::of_bytes(content).undone().contains(&Undone::OtherText);
        let counts = |line: &&str| !(aside && line.starts_with("stray-text "));
        let expected: Vec<_> = expected.lines().filter(counts).collect();
        let mut device = device(false);
        let report = device.install_file(&file).expect("a report");
        let refused: Vec<_> = report
            .rows
            .iter()
            .filter_map(|row| row.result.err().map(|reason| (reason, row.offset)))
            .collect();
        assert_eq!(refused.len(), expected.len(), "{}: {report}", file.display());
        for ((reason, offset), expected) in refused.iter().zip(expected) {
            // Lines for other devices are left alone before anybody looks at their keys.
            let name = match reason {
                Reason::OtherDevice => expected.split(' ').next().expect("a name"),
                reason => reason.name(),
            };
            assert_eq!(format!("{name} {offset}"), expected, "{}", file.display());
        }
        assert_eq!(device.rights().count(), 0, "{}", file.display());
    }
}

#[test]
fn room_for_keys_grows() {
    let mut device = device(false);
    let file = vectors_folder().join("invalid/key-slots-full.lic");
    let report = device.install_file(file).expect("a report");
    assert_eq!((report.tally.keys, report.tally.refused), (5, 0), "{report}");
}
