use std::string::String;

use crate::crypto::P256Verifier;
use crate::fixtures::{anchor, delegation, key_terms, public};
use crate::reason::Reason;
use crate::record::{KeyRecord, List, Record, Records};
use crate::trust::{KeyRing, KeySlot};
use crate::value::date::Date;
use crate::value::key::{KeyId, PublicKey, Role};

fn record(text: &str) -> KeyRecord<'_> {
    match Records::new(text.as_bytes()).next().unwrap().record {
        Ok(Record::Key(key)) => key,
        other => panic!("{other:?}"),
    }
}

fn admit(text: &str, root: Role, development: bool) -> Result<(), Reason> {
    let anchors = [anchor(1, root)];
    let mut slots = [KeySlot::EMPTY; 1];
    let mut ring = KeyRing::new(&anchors, &mut slots);
    if development {
        ring = ring.danger_accept_development_keys();
    }
    ring.admit(&record(text), &P256Verifier)
}

#[test]
fn the_key_id_is_the_head_of_the_spki_digest() {
    use p256::pkcs8::EncodePublicKey;
    let der = crate::fixtures::secret(1).verifying_key().to_public_key_der().unwrap();
    assert_eq!(PublicKey::from_spki_der(der.as_bytes()), Some(public(1)));
    let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(der.as_bytes()).into();
    assert_eq!(KeyId::of(&public(1)), KeyId::from_digest(&digest));
    assert_eq!(PublicKey::from_spki_der(&der.as_bytes()[1..]), None);
}

#[test]
fn a_root_delegates_downwards_only() {
    for root in Role::ALL {
        for role in Role::ALL {
            let mut terms = key_terms(2);
            terms.role = role;
            let result = admit(&delegation(&terms, 1), root, true);
            let allowed = root == role || root == Role::Production;
            let expected = if allowed { Ok(()) } else { Err(Reason::KeyRole) };
            assert_eq!(result, expected, "{root:?} {role:?}");
        }
    }
}

#[test]
fn development_keys_are_refused_unless_accepted() {
    let mut terms = key_terms(2);
    terms.role = Role::Development;
    let text = delegation(&terms, 1);
    assert_eq!(admit(&text, Role::Development, false), Err(Reason::DevelopmentKey));
    assert_eq!(admit(&text, Role::Production, false), Err(Reason::DevelopmentKey));
    assert_eq!(admit(&text, Role::Development, true), Ok(()));
}

#[test]
fn forged_and_foreign_records_are_refused() {
    let good = delegation(&key_terms(2), 1);
    assert_eq!(admit(&good, Role::Production, false), Ok(()));
    assert_eq!(
        admit(&good.replace("2027-12-31", "2037-12-31"), Role::Production, false),
        Err(Reason::SignatureMismatch)
    );
    assert_eq!(
        admit(&delegation(&key_terms(2), 3), Role::Production, false),
        Err(Reason::UnknownKey)
    );
    let mut wrong_id = key_terms(2);
    wrong_id.id = KeyId([1, 2, 3, 4]);
    assert_eq!(
        admit(&delegation(&wrong_id, 1), Role::Production, false),
        Err(Reason::KeyIdMismatch)
    );
}

#[test]
fn a_delegated_key_cannot_delegate() {
    let first = delegation(&key_terms(2), 1);
    let second = delegation(&key_terms(3), 2);
    let anchors = [anchor(1, Role::Production)];
    let mut slots = [KeySlot::EMPTY; 4];
    let mut ring = KeyRing::new(&anchors, &mut slots);
    assert_eq!(ring.admit(&record(&second), &P256Verifier), Err(Reason::UnknownKey));
    assert_eq!(ring.admit(&record(&first), &P256Verifier), Ok(()));
    assert_eq!(ring.admit(&record(&second), &P256Verifier), Err(Reason::NotARoot));
    assert_eq!(ring.delegated().count(), 1);
}

#[test]
fn the_ring_has_as_many_places_as_slots_and_a_key_takes_one() {
    let (first, second) = (delegation(&key_terms(2), 1), delegation(&key_terms(3), 1));
    let anchors = [anchor(1, Role::Production)];
    let mut slots = [KeySlot::EMPTY; 1];
    let mut ring = KeyRing::new(&anchors, &mut slots);
    assert_eq!(ring.admit(&record(&first), &P256Verifier), Ok(()));
    assert_eq!(ring.admit(&record(&first), &P256Verifier), Ok(()));
    assert_eq!(ring.admit(&record(&second), &P256Verifier), Err(Reason::KeySlotsFull));
}

#[test]
fn an_anchor_knows_whether_its_id_is_right() {
    let mut root = anchor(1, Role::Production);
    assert_eq!(root.check(&P256Verifier), Ok(()));
    root.id.0[3] ^= 1;
    assert_eq!(root.check(&P256Verifier), Err(Reason::KeyIdMismatch));
}

#[test]
fn lists_are_ascending_and_limited() {
    for text in ["a", "a,b", "ap-,ip"] {
        assert_eq!(List::features(text.as_bytes()).unwrap().text().as_str(), text);
    }
    let nine: String = "abcdefghi".chars().flat_map(|c| [c, ',']).take(17).collect();
    let long = std::format!("{},{}", "a".repeat(64), "b".repeat(65));
    for text in ["", ",", "a,", ",a", "b,a", "a,a", "-a", "a/b", &nine, &long] {
        assert_eq!(List::features(text.as_bytes()), Err(Reason::BadValue), "{text}");
    }
    assert_eq!(List::pids(b"A/K9,B=").unwrap().entries().count(), 2);
    assert_eq!(List::pids(b"A:1"), Err(Reason::BadValue));
    assert_eq!(List::default().entries().count(), 0);
}

#[test]
fn the_limits_of_a_delegation_hold() {
    let mut terms = key_terms(2);
    terms.features = List::features(b"ap-,voice").unwrap();
    terms.pids = List::pids(b"P1,P2").unwrap();
    let day = |text: &[u8]| Date::parse(text).unwrap();
    let udi = |text: &'static [u8]| Some(crate::Udi::parse(text).unwrap());
    for (feature, udi, issued, expected) in [
        (&b"ap-count"[..], udi(b"P1:S"), day(b"2026-01-01"), Ok(())),
        (b"voice", udi(b"P2:S"), day(b"2027-12-31"), Ok(())),
        (b"voic", udi(b"P2:S"), day(b"2026-05-05"), Err(Reason::KeyFeature)),
        (b"xvoice", udi(b"P2:S"), day(b"2026-05-05"), Err(Reason::KeyFeature)),
        (b"voice", udi(b"P3:S"), day(b"2026-05-05"), Err(Reason::KeyProduct)),
        (b"voice", udi(b"P:S"), day(b"2026-05-05"), Err(Reason::KeyProduct)),
        (b"voice", None, day(b"2026-05-05"), Err(Reason::KeyProduct)),
        (b"voice", udi(b"P1:S"), day(b"2025-12-31"), Err(Reason::KeyPeriod)),
        (b"voice", udi(b"P1:S"), day(b"2028-01-01"), Err(Reason::KeyPeriod)),
    ] {
        let feature = crate::value::FeatureName::parse(feature).unwrap();
        assert_eq!(terms.permits(feature, udi.as_ref(), issued), expected, "{feature}");
    }
}
