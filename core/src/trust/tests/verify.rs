use std::string::String;

use crate::crypto::{P256Verifier, SignatureVerifier, sha256};
use crate::fixtures::{anchor, delegation, key_terms, license, terms};
use crate::reason::Reason;
use crate::record::{KeyTerms, LicenseTerms, Message, Record, Records, Terms};
use crate::trust::{KeyRing, KeySlot};
use crate::value::date::Period;
use crate::value::key::{PublicKey, Role};
use crate::value::license::LicenseType;
use crate::value::signature::{HALF_ORDER, Signature};

/// n of P-256 (SP 800-186).
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

/// Verifies the last record of a text with root 1; `KEY` records before it are admitted.
fn verify(text: &str, role: Role) -> Result<(), Reason> {
    let anchors = [anchor(1, role)];
    let mut slots = [KeySlot::EMPTY; 2];
    let mut ring = KeyRing::new(&anchors, &mut slots);
    let mut result = Err(Reason::NoLicense);
    for found in Records::new(text.as_bytes()) {
        match found.record.unwrap() {
            Record::Key(key) => ring.admit(&key, &P256Verifier).unwrap(),
            Record::License(line) => {
                result = line.verify(&ring, &P256Verifier).map(|_| ());
            }
            _ => panic!("not here"),
        }
    }
    result
}

fn with_signature(text: &str, change: impl FnOnce(&mut [u8; 64])) -> String {
    let Ok(Record::License(line)) = Records::new(text.as_bytes()).next().unwrap().record else {
        panic!("no line");
    };
    let mut signature = *line.signature().as_bytes();
    change(&mut signature);
    let mut buffer = [0; 1024];
    let mut out = crate::bytes::SliceSink::new(&mut buffer);
    line.terms().emit(&mut out);
    crate::record::emit_signature(line.signer(), &Signature::from_rs(signature), &mut out);
    String::from_utf8(out.finish().unwrap().to_vec()).unwrap()
}

#[test]
fn a_signed_line_verifies_and_a_changed_one_does_not() {
    let good = license(&terms(), 1);
    assert_eq!(verify(&good, Role::Production), Ok(()));
    let changed = good.replace("FDO1234ABCD", "FDO1234ABCE");
    assert_eq!(verify(&changed, Role::Production), Err(Reason::SignatureMismatch));
    assert_eq!(verify(&license(&terms(), 2), Role::Production), Err(Reason::UnknownKey));
}

#[test]
fn the_second_form_of_a_signature_is_refused() {
    // n - s, computed digit by digit in base 256.
    let high = with_signature(&license(&terms(), 1), |signature| {
        let mut borrow = 0;
        for i in (0..32).rev() {
            let difference = i32::from(ORDER[i]) - i32::from(signature[32 + i]) - borrow;
            borrow = i32::from(difference < 0);
            signature[32 + i] = difference.rem_euclid(256).to_le_bytes()[0];
        }
    });
    assert_eq!(verify(&high, Role::Production), Err(Reason::SignatureNotLowS));
}

#[test]
fn half_the_order_is_the_boundary_of_low_s() {
    let mut rs = [0; 64];
    rs[32..].copy_from_slice(&HALF_ORDER);
    assert!(Signature::from_rs(rs).is_low_s());
    rs[63] += 1;
    assert!(!Signature::from_rs(rs).is_low_s());
    // Twice the half plus one is n.
    let mut carry = 1;
    for i in (0..32).rev() {
        let sum = u16::from(HALF_ORDER[i]) * 2 + carry;
        assert_eq!(sum.to_le_bytes()[0], ORDER[i]);
        carry = sum >> 8;
    }
}

#[test]
fn r_and_s_at_the_edges_are_refused() {
    let good = license(&terms(), 1);
    for r in [[0; 32], ORDER, [0xFF; 32]] {
        let text = with_signature(&good, |signature| signature[..32].copy_from_slice(&r));
        assert_eq!(verify(&text, Role::Production), Err(Reason::SignatureMismatch));
    }
    let zero_s = with_signature(&good, |signature| signature[32..].fill(0));
    assert_eq!(verify(&zero_s, Role::Production), Err(Reason::SignatureMismatch));
}

#[test]
fn a_key_off_the_curve_is_refused() {
    let mut root = anchor(1, Role::Production);
    for bytes in [[0; 64], [1; 64], [0xFF; 64]] {
        root.key = PublicKey::from_xy(bytes);
        let text = license(&terms(), 1);
        let anchors = [root];
        let mut slots: [KeySlot<'_>; 0] = [];
        let ring = KeyRing::new(&anchors, &mut slots);
        let Ok(Record::License(line)) = Records::new(text.as_bytes()).next().unwrap().record else {
            panic!("no line");
        };
        assert_eq!(line.verify(&ring, &P256Verifier).err(), Some(Reason::InvalidKey));
    }
}

#[test]
fn an_evaluation_key_signs_trials_only() {
    for kind in LicenseType::ALL {
        let mut terms = terms();
        terms.license_type = kind;
        terms.usage = kind.is_metered().then(|| Period::from_seconds(60).unwrap());
        terms.end = kind.is_dated().then_some(terms.issued);
        let expected = if kind.is_trial() { Ok(()) } else { Err(Reason::KeyRole) };
        assert_eq!(verify(&license(&terms, 1), Role::Evaluation), expected, "{kind:?}");
        assert_eq!(verify(&license(&terms, 1), Role::Production), Ok(()));
    }
}

#[test]
fn a_development_root_is_refused() {
    assert_eq!(verify(&license(&terms(), 1), Role::Development), Err(Reason::DevelopmentKey));
}

#[test]
fn a_delegated_key_signs_within_its_limits() {
    let mut limits = key_terms(2);
    limits.features = crate::record::List::features(b"ip").unwrap();
    let good = std::format!("{}\n{}", delegation(&limits, 1), license(&terms(), 2));
    assert_eq!(verify(&good, Role::Production), Ok(()));
    limits.features = crate::record::List::features(b"voice").unwrap();
    let other = std::format!("{}\n{}", delegation(&limits, 1), license(&terms(), 2));
    assert_eq!(verify(&other, Role::Production), Err(Reason::KeyFeature));
    // A second record for the same key widens what it may sign.
    limits.features = crate::record::List::features(b"ipserv").unwrap();
    let both = std::format!("{}\n{}", delegation(&limits, 1), other);
    assert_eq!(verify(&both, Role::Production), Ok(()));
}

#[test]
fn a_license_cannot_pass_for_a_delegation() {
    // The same tokens under the two domain prefixes are two messages.
    let text = b"KEY 1 x";
    assert_ne!(
        sha256(&Message::Text { domain: LicenseTerms::DOMAIN, text }),
        sha256(&Message::Text { domain: KeyTerms::DOMAIN, text })
    );
}

#[test]
fn a_failing_port_decides_nothing() {
    struct Broken;
    impl SignatureVerifier for Broken {
        fn sha256(&self, _: &Message<'_>) -> Result<[u8; 32], Reason> {
            Err(Reason::CryptoFailure)
        }
        fn verify(&self, _: &PublicKey, _: &[u8; 32], _: &Signature) -> Result<(), Reason> {
            Ok(())
        }
    }
    let anchors = [anchor(1, Role::Production)];
    let mut slots: [KeySlot<'_>; 0] = [];
    let ring = KeyRing::new(&anchors, &mut slots);
    let text = license(&terms(), 1);
    let Ok(Record::License(line)) = Records::new(text.as_bytes()).next().unwrap().record else {
        panic!("no line");
    };
    assert_eq!(line.verify(&ring, &Broken).err(), Some(Reason::CryptoFailure));
}
