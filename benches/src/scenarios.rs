//! What is measured: each scenario prepares its input once and can then be run any number of
//! times. Criterion takes the time of the same closures that callgrind counts.

use std::hint::black_box;

use nodelock::crypto::{SignatureVerifier, sha256};
use nodelock::record::{Line, Message, Record, Records};
use nodelock::rights::{Entitlements, RightsView, Slot, Tally, install};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::{FeatureRequest, Signature};
use nodelock::{P256Verifier, PinnedVerifier, PublicKey, Reason};

use crate::{TestVendor, agent, feature_name, line_of_300_bytes, lines_for_others, to_binary, udi};

/// One operation, ready to be repeated.
pub type Operation = Box<dyn FnMut()>;

/// A named operation.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Name in tables and baselines.
    pub name: &'static str,
    /// How often it is run for a count, beyond the first time.
    pub repeats: u32,
    /// Makes the input.
    pub prepare: fn() -> Operation,
}

/// Everything that is counted.
pub const SCENARIOS: [Scenario; 28] = [
    Scenario { name: "parse-line", repeats: 8, prepare: parse_line },
    Scenario { name: "parse-binary", repeats: 8, prepare: parse_binary },
    Scenario { name: "hash-line", repeats: 8, prepare: hash_line },
    Scenario { name: "decide-line", repeats: 8, prepare: decide_line },
    Scenario { name: "p256-verify", repeats: 8, prepare: p256_verify },
    Scenario { name: "pinned-verify-1k", repeats: 8, prepare: pinned_verify::<8> },
    Scenario { name: "pinned-verify-4k", repeats: 8, prepare: pinned_verify::<32> },
    Scenario { name: "pinned-verify-16k", repeats: 8, prepare: pinned_verify::<128> },
    Scenario { name: "verify-line", repeats: 8, prepare: verify_line },
    Scenario { name: "check-hit", repeats: 8, prepare: || check(8, "feature-0007") },
    Scenario { name: "check-miss", repeats: 8, prepare: || check(8, "feature-9999") },
    Scenario { name: "install-8-lines", repeats: 8, prepare: || install_own(8) },
    Scenario { name: "skip-10000-lines", repeats: 1, prepare: skip_10000 },
    Scenario { name: "agent-check-handle-1", repeats: 8, prepare: || agent::check_by_handle(1) },
    Scenario { name: "agent-check-handle", repeats: 8, prepare: || agent::check_by_handle(8) },
    Scenario { name: "agent-check-handle-32", repeats: 8, prepare: || agent::check_by_handle(32) },
    Scenario { name: "agent-check-name-1", repeats: 8, prepare: || agent::check_by_name(1) },
    Scenario { name: "agent-check-name", repeats: 8, prepare: || agent::check_by_name(8) },
    Scenario { name: "agent-check-name-32", repeats: 8, prepare: || agent::check_by_name(32) },
    Scenario { name: "agent-acquire-release", repeats: 8, prepare: agent::acquire_and_release },
    Scenario { name: "agent-idle-tick", repeats: 8, prepare: agent::idle_tick },
    Scenario { name: "agent-boot-1-line", repeats: 4, prepare: || agent::boot(1) },
    Scenario { name: "agent-boot-8-lines", repeats: 2, prepare: || agent::boot(8) },
    Scenario { name: "agent-boot-32-lines", repeats: 1, prepare: || agent::boot(32) },
    Scenario { name: "agent-boot-32-pinned", repeats: 1, prepare: || agent::boot_pinned(32) },
    Scenario { name: "agent-boot-1-sealed", repeats: 4, prepare: || agent::boot_sealed(1) },
    Scenario { name: "agent-boot-8-sealed", repeats: 4, prepare: || agent::boot_sealed(8) },
    Scenario { name: "agent-boot-32-sealed", repeats: 4, prepare: || agent::boot_sealed(32) },
];

/// Parses a line of 300 bytes.
#[must_use]
pub fn parse_line() -> Operation {
    let text = line_of_300_bytes(&TestVendor::new());
    Box::new(move || first_record(black_box(text.as_bytes())))
}

/// Decodes the binary twin of that line.
#[must_use]
pub fn parse_binary() -> Operation {
    let binary = to_binary(&line_of_300_bytes(&TestVendor::new()));
    Box::new(move || first_record(black_box(&binary)))
}

/// Hashes the signed bytes of that line.
#[must_use]
pub fn hash_line() -> Operation {
    let line = leaked_line();
    Box::new(move || {
        black_box(sha256(&black_box(line).message()));
    })
}

/// Everything that a line of 300 bytes costs but its signature: parses, hashes, binds and decides.
#[must_use]
pub fn decide_line() -> Operation {
    /// Believes every signature.
    struct Believing;
    impl SignatureVerifier for Believing {
        fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
            Ok(sha256(message))
        }

        fn verify(&self, _: &PublicKey, hash: &[u8; 32], _: &Signature) -> Result<(), Reason> {
            black_box(hash);
            Ok(())
        }
    }
    let text = line_of_300_bytes(&TestVendor::new());
    let anchors = [TestVendor::new().anchor()];
    Box::new(move || {
        let found = Records::new(black_box(text.as_bytes())).next();
        let Some(Ok(Record::License(line))) = found.map(|found| found.record) else {
            panic!("no license line");
        };
        let ring = KeyRing::new(&anchors, &mut []);
        let bound = line.verify(&ring, &Believing).and_then(|line| line.bind(&udi()));
        let mut slots = [Slot::EMPTY];
        Entitlements::new(&mut slots).install(&bound.expect("ours")).expect("one slot");
        let request = FeatureRequest::parse(b"ipservices").expect("a name");
        assert!(black_box(RightsView::new(&slots).check(&request)).is_granted());
    })
}

/// Checks one signature over a digest that is there already.
#[must_use]
pub fn p256_verify() -> Operation {
    let line = leaked_line();
    let anchor = TestVendor::new().anchor();
    let digest = sha256(&line.message());
    Box::new(move || {
        let result = P256Verifier.verify(&anchor.key, black_box(&digest), &line.signature());
        assert_eq!(result, Ok(()));
    })
}

/// Checks the signature with tables for the key and the base point, of so many entries each.
pub fn pinned_verify<const ENTRIES: usize>() -> Operation {
    let line = leaked_line();
    let key = *TestVendor::new().anchor().key.as_bytes();
    let hash = sha256(&line.message());
    let PinnedVerifier { generator, keys } = pinned_verifier::<ENTRIES>();
    Box::new(move || {
        let signature = line.signature();
        let accepted = nodelock::crypto::pinned_tables::verify(
            &generator,
            keys,
            &key,
            black_box(&hash),
            signature.as_bytes(),
        );
        assert!(accepted.is_ok());
    })
}

/// The verifier with tables of the vendor's key.
#[must_use]
pub fn pinned_verifier<const ENTRIES: usize>() -> PinnedVerifier<'static> {
    use nodelock::crypto::pinned_tables::{GENERATOR, PinnedKey, Table, build, digest};
    let key = *TestVendor::new().anchor().key.as_bytes();
    let table = |point: &[u8; 64]| {
        let entries: &'static _ = Box::leak(Box::new(build::<ENTRIES>(point).expect("a point")));
        Table::new(entries, digest(entries)).expect("a whole table")
    };
    let keys = vec![PinnedKey { xy: key, table: table(&key) }].leak();
    PinnedVerifier { generator: table(&GENERATOR), keys }
}

/// Verifies that line: finds its key, hashes, checks the signature.
#[must_use]
pub fn verify_line() -> Operation {
    let line = leaked_line();
    let anchors = [TestVendor::new().anchor()];
    Box::new(move || {
        let ring = KeyRing::new(&anchors, &mut []);
        assert!(black_box(line).verify(&ring, &P256Verifier).is_ok());
    })
}

/// Asks for a feature by name.
#[must_use]
pub fn check(rights: u32, feature: &'static str) -> Operation {
    let mut slots = vec![Slot::EMPTY; rights as usize];
    let tally = install_into(&mut slots, TestVendor::new().own_lines(rights).as_bytes());
    assert_eq!(tally.installed, rights);
    let licensed = (0..rights).any(|i| feature_name(i) == feature);
    Box::new(move || {
        let request = FeatureRequest::parse(black_box(feature.as_bytes())).expect("a name");
        let verdict = RightsView::new(black_box(&slots)).check(&request);
        assert_eq!(verdict.is_granted(), licensed);
    })
}

/// Installs a file of lines for this device into empty slots.
#[must_use]
pub fn install_own(lines: u32) -> Operation {
    let file = TestVendor::new().own_lines(lines);
    Box::new(move || {
        let mut slots = [Slot::EMPTY; 32];
        let tally = install_into(&mut slots, black_box(file.as_bytes()));
        assert_eq!(tally.installed, lines);
    })
}

/// Goes through a file of 10,000 lines for other devices.
#[must_use]
pub fn skip_10000() -> Operation {
    let file = lines_for_others(10_000);
    Box::new(move || {
        let tally = install_into(&mut [Slot::EMPTY; 8], black_box(file.as_bytes()));
        assert_eq!(tally.for_others, 10_000);
    })
}

fn install_into(slots: &mut [Slot], file: &[u8]) -> Tally {
    let anchors = [TestVendor::test_anchor()];
    let mut keys = [KeySlot::EMPTY; 2];
    let mut ring = KeyRing::new(&anchors, &mut keys);
    let mut rights = Entitlements::new(slots);
    install(file, &mut ring, &P256Verifier, &udi(), &mut rights, |report| {
        black_box(report);
    })
}

fn first_record(file: &[u8]) {
    let found = Records::new(file).next();
    assert!(black_box(found).is_some_and(|found| found.record.is_ok()));
}

/// A parsed line borrows its text, which stays for the rest of this short process.
fn leaked_line() -> Line<'static> {
    let text: &'static str = Box::leak(line_of_300_bytes(&TestVendor::new()).into_boxed_str());
    match Records::new(text.as_bytes()).next().map(|found| found.record) {
        Some(Ok(Record::License(line))) => line,
        other => panic!("no license line: {other:?}"),
    }
}
