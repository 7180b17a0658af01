//! What goes through a file costs: no allocation ever, and a signature check only for lines that
//! are ours. Counted, not timed.

use std::cell::Cell;

use allocation_counter::measure;
use nodelock::crypto::SignatureVerifier;
use nodelock::record::Message;
use nodelock::rights::{Entitlements, Slot, Tally, install};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::Signature;
use nodelock::{P256Verifier, PublicKey, Reason};
use nodelock_benches::{TestVendor, lines_for_others, to_binary, udi};

/// The default verifier, counting its calls.
#[derive(Default)]
struct CountingVerifier {
    hashes: Cell<u32>,
    signatures: Cell<u32>,
}

impl SignatureVerifier for CountingVerifier {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        self.hashes.set(self.hashes.get() + 1);
        P256Verifier.sha256(message)
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        self.signatures.set(self.signatures.get() + 1);
        P256Verifier.verify(key, digest, signature)
    }
}

struct Cost {
    tally: Tally,
    allocations: u64,
    hashes: u32,
    signatures: u32,
    reports: u32,
}

fn go_through(file: &[u8]) -> Cost {
    let anchors = [TestVendor::test_anchor()];
    let (mut keys, mut slots) = ([KeySlot::EMPTY; 2], [Slot::EMPTY; 32]);
    let mut ring = KeyRing::new(&anchors, &mut keys);
    let mut rights = Entitlements::new(&mut slots);
    let verifier = CountingVerifier::default();
    let mut reports = 0;
    let mut tally = Tally::default();
    let allocations = measure(|| {
        tally = install(file, &mut ring, &verifier, &udi(), &mut rights, |_| reports += 1);
    })
    .count_total;
    let (hashes, signatures) = (verifier.hashes.get(), verifier.signatures.get());
    Cost { tally, allocations, hashes, signatures, reports }
}

fn assert_all_skipped(file: &[u8]) {
    let cost = go_through(file);
    assert_eq!(cost.tally, Tally { for_others: 10_000, ..Tally::default() });
    assert_eq!(cost.reports, 10_000);
    assert_eq!((cost.allocations, cost.hashes, cost.signatures), (0, 0, 0));
}

#[test]
fn the_counters_count() {
    let counted = measure(|| drop(std::hint::black_box(vec![0_u8; 1])));
    assert_eq!(counted.count_total, 1);
}

#[test]
fn lines_for_others_cost_neither_memory_nor_signatures() {
    let file = lines_for_others(10_000);
    assert_all_skipped(file.as_bytes());
    assert_all_skipped(&to_binary(&file));
}

#[test]
fn each_own_line_costs_one_signature_check() {
    let vendor = TestVendor::new();
    let own = vendor.own_lines(5);
    // Ours at the beginning, in the middle and at the end.
    let lines: Vec<_> = own.lines().collect();
    let others = lines_for_others(100);
    let file = [lines[0], &others, lines[1], lines[2], &others, lines[3], lines[4]].join("\n");
    for file in [file.as_bytes(), &to_binary(&file)] {
        let cost = go_through(file);
        assert_eq!(cost.tally, Tally { installed: 5, for_others: 200, ..Tally::default() });
        assert_eq!((cost.allocations, cost.hashes, cost.signatures), (0, 5, 5));
    }
}

#[test]
fn damage_costs_no_memory_either() {
    let mut file = lines_for_others(1_000).replace("permanent", "perpetual");
    file.push_str(&TestVendor::new().own_lines(1).replace("feature-0000", "feature-0001"));
    let cost = go_through(file.as_bytes());
    assert_eq!(cost.tally, Tally { refused: 1_001, ..Tally::default() });
    assert_eq!((cost.allocations, cost.hashes, cost.signatures), (0, 1, 1));
}
