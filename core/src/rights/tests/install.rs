use std::cell::Cell;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::crypto::{P256Verifier, SignatureVerifier};
use crate::fixtures::{anchor, delegation, key_terms, license, terms, udi};
use crate::reason::Reason;
use crate::record::{LicenseTerms, Message};
use crate::rights::{Entitlements, InstallEffect, Slot, Tally, install};
use crate::trust::{KeyRing, KeySlot};
use crate::value::feature::FeatureRequest;
use crate::value::key::{PublicKey, Role};
use crate::value::license::LineId;
use crate::value::signature::Signature;
use crate::value::udi::Udi;

/// Counts how often a signature is verified.
struct Counting(Cell<u32>);

impl SignatureVerifier for Counting {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        P256Verifier.sha256(message)
    }

    fn verify(&self, key: &PublicKey, digest: &[u8; 32], s: &Signature) -> Result<(), Reason> {
        self.0.set(self.0.get() + 1);
        P256Verifier.verify(key, digest, s)
    }
}

struct Outcome {
    tally: Tally,
    results: Vec<Result<InstallEffect, Reason>>,
    verifications: u32,
    granted: bool,
}

fn run(file: &str) -> Outcome {
    let anchors = [anchor(1, Role::Production)];
    let mut key_slots = [KeySlot::EMPTY; 2];
    let mut ring = KeyRing::new(&anchors, &mut key_slots);
    let mut slots = [Slot::EMPTY; 4];
    let mut rights = Entitlements::new(&mut slots);
    let verifier = Counting(Cell::new(0));
    let mut results = Vec::new();
    let tally = install(file.as_bytes(), &mut ring, &verifier, &udi(), &mut rights, |report| {
        assert_eq!(usize::try_from(report.number).unwrap(), results.len() + 1);
        results.push(report.result);
    });
    let granted = rights.check(&FeatureRequest::parse(b"ipservices").unwrap()).is_granted();
    Outcome { tally, results, verifications: verifier.0.get(), granted }
}

fn for_other_device() -> String {
    let other = Udi::parse(b"ISR4331/K9:FDO9999ZZZZ").unwrap();
    license(&LicenseTerms { udi: Some(other), ..terms() }, 1)
}

#[test]
fn each_record_gets_its_own_result() {
    let good = license(&terms(), 1);
    let changed = good.replace("1.0", "9.0");
    let by_delegate = license(&LicenseTerms { id: LineId([7; 10]), ..terms() }, 2);
    let file = format!(
        "Dear customer,\n{changed}\n{by_delegate}\n{}\n{}\n{by_delegate}\n{good}\n{good}\nLICENSE 1 x",
        for_other_device(),
        delegation(&key_terms(2), 1),
    );
    let outcome = run(&file);
    assert_eq!(
        outcome.results,
        [
            Err(Reason::StrayText),
            Err(Reason::SignatureMismatch),
            Err(Reason::UnknownKey),
            Err(Reason::OtherDevice),
            Ok(InstallEffect::Key),
            Ok(InstallEffect::New),
            Ok(InstallEffect::Joins),
            Err(Reason::AlreadyInstalled),
            Err(Reason::Truncated),
        ]
    );
    let expected =
        Tally { installed: 2, existing: 1, keys: 1, for_others: 1, refused: 3, stray: 1 };
    assert_eq!(outcome.tally, expected);
    assert!(outcome.granted);
}

#[test]
fn lines_for_other_devices_cost_no_verification() {
    let file = format!("{0}\n{0}\n{0}\n{1}", for_other_device(), license(&terms(), 1));
    let outcome = run(&file);
    assert_eq!(outcome.verifications, 1);
    assert_eq!((outcome.tally.for_others, outcome.tally.installed), (3, 1));
}

// shows: F000-027, F002-026
#[test]
fn a_line_made_up_for_another_device_says_so_and_grants_nothing() {
    let outcome = run(&for_other_device());
    assert_eq!(outcome.results, [Err(Reason::OtherDevice)]);
    assert!(!outcome.granted);
    // Changing the UDI in it breaks the signature.
    let outcome = run(&for_other_device().replace("FDO9999ZZZZ", "FDO1234ABCD"));
    assert_eq!(outcome.results, [Err(Reason::SignatureMismatch)]);
    assert!(!outcome.granted);
}

// shows: F002-095
#[test]
fn a_device_without_udi_installs_only_what_is_not_locked() {
    let anchors = [anchor(1, Role::Production)];
    let unlocked =
        LicenseTerms { license_type: crate::value::LicenseType::RightToUse, udi: None, ..terms() };
    let unlocked = LicenseTerms { id: LineId([3; 10]), ..unlocked };
    let file = format!("{}\n{}", license(&terms(), 1), license(&unlocked, 1));
    let mut ring = KeyRing::new(&anchors, &mut []);
    let mut slots = [Slot::EMPTY; 4];
    let mut rights = Entitlements::new(&mut slots);
    let mut results = Vec::new();
    let no_udi: [Udi<'_>; 0] = [];
    install(file.as_bytes(), &mut ring, &P256Verifier, &no_udi, &mut rights, |report| {
        results.push(report.result);
    });
    assert_eq!(results, [Err(Reason::UdiUnavailable), Ok(InstallEffect::New)]);
}
