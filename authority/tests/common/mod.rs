//! What the tests share: the vectors, and a reader that judges files as a device does.

#![allow(dead_code)] // Every test file uses a part of it.

use std::fs;
use std::path::{Path, PathBuf};

use nodelock::crypto::SignatureVerifier;
use nodelock::record::{Record, Records};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::{P256Verifier, Reason, TrustAnchor};
use nodelock_authority::{SecretKey, read_public, read_secret};

pub(crate) fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

pub(crate) fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = vectors().join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn secret(name: &str) -> SecretKey {
    read_secret(&vectors().join(format!("keys/{name}.key.pem"))).unwrap()
}

pub(crate) fn anchor(name: &str) -> TrustAnchor {
    read_public(&vectors().join(format!("keys/{name}.pub.pem"))).unwrap()
}

pub(crate) fn anchors() -> Vec<TrustAnchor> {
    ["root", "evaluation", "development"].map(anchor).to_vec()
}

/// Names of the files in a directory of the vectors with this ending, without it.
pub(crate) fn names(directory: &str, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(vectors().join(directory))
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().unwrap().strip_suffix(ending).map(String::from)
        })
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no {ending} in {directory}");
    names
}

/// What a reader makes of a file.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub(crate) struct Judged {
    /// Canonical texts of the license lines and repairs that are accepted.
    pub(crate) accepted: Vec<String>,
    /// Delegated keys taken in.
    pub(crate) keys: usize,
    /// Reasons and offsets, as in the `.expect` files.
    pub(crate) refusals: Vec<(Reason, usize)>,
}

/// Room for delegated keys, as the README of the vectors says.
const KEY_SLOTS: usize = 4;

pub(crate) fn judge(file: &[u8], development: bool) -> Judged {
    judge_with(file, &anchors(), development, &P256Verifier)
}

pub(crate) fn judge_with(
    file: &[u8],
    anchors: &[TrustAnchor],
    development: bool,
    verifier: &dyn SignatureVerifier,
) -> Judged {
    let mut slots = [KeySlot::EMPTY; KEY_SLOTS];
    let mut ring = KeyRing::new(anchors, &mut slots);
    if development {
        ring = ring.danger_accept_development_keys();
    }
    let mut judged = Judged::default();
    for found in Records::new(file) {
        match found.record {
            Err(error) => judged.refusals.push((error.reason, error.offset)),
            Ok(Record::Key(key)) => match ring.admit(&key, verifier) {
                Ok(()) => judged.keys += 1,
                Err(reason) => judged.refusals.push((reason, found.start)),
            },
            Ok(Record::Repair(repair)) => match repair.verify(&ring, verifier) {
                Ok(()) => judged.accepted.push(text(&Record::Repair(repair))),
                Err(reason) => judged.refusals.push((reason, found.start)),
            },
            Ok(Record::Permission(ticket)) => match ticket.verify(&ring, verifier) {
                Ok(()) => judged.accepted.push(text(&Record::Permission(ticket))),
                Err(reason) => judged.refusals.push((reason, found.start)),
            },
            Ok(Record::Revoke(ticket)) => match ticket.verify(&ring, verifier) {
                Ok(()) => judged.accepted.push(text(&Record::Revoke(ticket))),
                Err(reason) => judged.refusals.push((reason, found.start)),
            },
            Ok(Record::Time(time)) => match time.verify(&ring, verifier) {
                Ok(()) => judged.accepted.push(text(&Record::Time(time))),
                Err(reason) => judged.refusals.push((reason, found.start)),
            },
            Ok(Record::License(line)) => match line.verify(&ring, verifier) {
                Ok(_) => judged.accepted.push(text(&Record::License(line))),
                Err(reason) => judged.refusals.push((reason, found.start)),
            },
            // Signed by a device, whose key no ring has.
            Ok(_) => judged.refusals.push((Reason::ForVendor, found.start)),
        }
    }
    judged
}

pub(crate) fn text(record: &Record<'_>) -> String {
    let mut buffer = [0; nodelock::limits::MAX_RECORD_LEN];
    String::from_utf8(record.write_text(&mut buffer).unwrap().to_vec()).unwrap()
}

pub(crate) fn binary(record: &Record<'_>) -> Vec<u8> {
    let mut buffer = [0; nodelock::limits::MAX_RECORD_LEN];
    record.write_binary(&mut buffer).unwrap().to_vec()
}

/// The expectation beside a valid vector.
pub(crate) fn expected(name: &str) -> serde_json::Value {
    serde_json::from_slice(&read(format!("valid/{name}.json"))).unwrap()
}

pub(crate) fn needs_development(name: &str) -> bool {
    expected(name)["development"].as_bool().unwrap()
}
