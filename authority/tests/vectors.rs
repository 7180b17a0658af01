//! The golden files say what this code does, and nothing else.

mod common;

use std::process::Command;

use common::{binary, expected, judge, names, needs_development, read, text, vectors};
use data_encoding::BASE64;
use nodelock::Reason;
use nodelock::bytes::Sink;
use nodelock::record::{Record, Records};
use nodelock_authority::RecordView;

struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

fn signed_bytes(record: &Record<'_>) -> Vec<u8> {
    let mut bytes = Bytes(Vec::new());
    record.message().write(&mut bytes);
    bytes.0
}

#[test]
fn generator_makes_what_is_committed() {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "nodelock-authority", "--example", "make-vectors"])
        .args(["--", "--check"])
        .arg(vectors())
        .status()
        .unwrap();
    assert!(status.success(), "vectors differ from what the generator makes");
}

#[test]
fn valid_vectors_are_accepted_and_say_what_is_expected() {
    for name in names("valid", ".lic") {
        let file = read(format!("valid/{name}.lic"));
        let expected = expected(&name);
        let judged = judge(&file, needs_development(&name));
        assert_eq!(judged.refusals, [], "{name}");
        assert!(!judged.accepted.is_empty(), "{name}");

        let wanted = expected["records"].as_array().unwrap();
        let found: Vec<_> = Records::new(&file).collect();
        assert_eq!(found.len(), wanted.len(), "{name}");
        for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
            let record = found.record.unwrap();
            assert_eq!(serde_json::to_value(RecordView::of(&record)).unwrap(), wanted["record"]);
            assert_eq!(wanted["text"], text(&record), "{name}");
            assert_eq!(wanted["signer"], record.signer().to_string(), "{name}");
            assert_eq!(wanted["offset"], found.start, "{name}");
            assert_eq!(wanted["end"], found.end, "{name}");
            let which =
                if wanted_is_one(&expected) { String::new() } else { format!(".{}", i + 1) };
            let signed = read(format!("valid/{name}{which}.signed"));
            assert_eq!(signed, signed_bytes(&record), "{name}");
        }
    }
}

fn wanted_is_one(expected: &serde_json::Value) -> bool {
    expected["records"].as_array().unwrap().len() == 1
}

#[test]
fn development_vectors_are_refused_elsewhere() {
    let mut seen = 0;
    for name in names("valid", ".lic").iter().filter(|name| needs_development(name)) {
        let judged = judge(&read(format!("valid/{name}.lic")), false);
        assert_eq!(judged.accepted, Vec::<String>::new());
        assert_eq!(judged.refusals, [(Reason::DevelopmentKey, 0)]);
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn forms_turn_into_each_other_without_loss() {
    for name in names("valid", ".lic") {
        let from_text = read(format!("valid/{name}.lic"));
        let from_binary = read(format!("valid/{name}.bin"));
        let base64 = read(format!("valid/{name}.b64"));
        assert_eq!(BASE64.decode(base64.trim_ascii_end()).unwrap(), from_binary, "{name}");

        let of = |file: &[u8]| -> Vec<(String, Vec<u8>, Vec<u8>)> {
            Records::new(file)
                .map(|found| found.record.unwrap())
                .map(|record| (text(&record), binary(&record), signed_bytes(&record)))
                .collect()
        };
        // The binary form is verified by itself too: what is signed is the text.
        assert_eq!(of(&from_text), of(&from_binary), "{name}");
        let development = needs_development(&name);
        assert_eq!(
            judge(&from_text, development).accepted,
            judge(&from_binary, development).accepted,
            "{name}"
        );
        let joined: Vec<u8> =
            of(&from_text).into_iter().flat_map(|(_, binary, _)| binary).collect();
        assert_eq!(joined, from_binary, "{name}");
    }
}

#[test]
fn typical_line_fits_150_bytes() {
    let len = read("valid/typical.bin").len();
    assert!(len <= 150, "{len}");
}

#[test]
fn longest_line_is_within_the_limit() {
    let len = read("valid/longest.lic").trim_ascii_end().len();
    assert!(len <= nodelock::limits::MAX_RECORD_LEN, "{len}");
}

#[test]
fn invalid_vectors_are_refused_for_the_reason_expected() {
    for name in names("invalid", ".lic") {
        let judged = judge(&read(format!("invalid/{name}.lic")), false);
        let expect: String = judged
            .refusals
            .iter()
            .map(|(reason, offset)| format!("{} {offset}\n", reason.name()))
            .collect();
        let wanted = String::from_utf8(read(format!("invalid/{name}.expect"))).unwrap();
        assert_eq!(expect, wanted, "{name}");
        assert_eq!(judged.accepted, Vec::<String>::new(), "{name}");
        assert!(!judged.refusals.is_empty(), "{name}");
    }
}

/// Every reason that a file can bring about has a vector. A failing port cannot come from a file.
#[test]
fn every_reason_has_a_vector() {
    let seen: Vec<String> = names("invalid", ".expect")
        .iter()
        .map(|name| String::from_utf8(read(format!("invalid/{name}.expect"))).unwrap())
        .collect();
    for reason in Reason::ALL.iter().filter(|reason| (-299..=-100).contains(&reason.code())) {
        let there = seen
            .iter()
            .any(|text| text.lines().any(|line| line.split(' ').next() == Some(reason.name())));
        assert_eq!(there, *reason != Reason::CryptoFailure, "{}", reason.name());
    }
}
