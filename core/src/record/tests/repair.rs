use std::string::{String, ToString};

use crate::crypto::P256Verifier;
use crate::fixtures::{anchor, delegation, key_terms, repair, repair_terms};
use crate::reason::Reason;
use crate::record::{List, Record, Records};
use crate::trust::{KeyRing, KeySlot, TrustAnchor};
use crate::value::date::Date;
use crate::value::key::Role;

const TEXT: &str =
    "REPAIR 1 rollback 17 id=aaaaaaaaaaaaaaaaaaaa udi=ISR4331/K9:FDO1234ABCD issued=2026-11-24";

/// The verdict on the last record of a file.
fn verified(file: &str, anchors: &[TrustAnchor]) -> Result<(), Reason> {
    let mut slots = [KeySlot::EMPTY; 2];
    let mut ring = KeyRing::new(anchors, &mut slots);
    let mut last = Err(Reason::NoLicense);
    for found in Records::new(file.as_bytes()) {
        last = match found.record {
            Ok(Record::Key(key)) => ring.admit(&key, &P256Verifier),
            Ok(Record::Repair(repair)) => repair.verify(&ring, &P256Verifier),
            Ok(_) => panic!("not here"),
            Err(error) => Err(error.reason),
        };
    }
    last
}

#[test]
fn a_record_has_one_text() {
    let text = repair(&repair_terms(), 1);
    assert!(text.starts_with(&[TEXT, " sig="].concat()), "{text}");
    let Ok(Record::Repair(record)) = Records::new(text.as_bytes()).next().unwrap().record else {
        panic!("not a repair");
    };
    assert_eq!(*record.terms(), repair_terms());
    let sig = &text[TEXT.len()..];
    for (field, other, reason) in [
        ("REPAIR 1", "REPAIR 2", Reason::UnsupportedFormat),
        ("rollback", "everything", Reason::BadValue),
        (" 17 ", " 017 ", Reason::BadValue),
        (" 17 ", " 18446744073709551616 ", Reason::BadValue),
        (" id=aaaa", " id=AAAA", Reason::BadId),
        (" udi=ISR4331/K9:FDO1234ABCD", "", Reason::MissingField),
        (" issued=2026-11-24", " issued=2026-11-24 x-a=b", Reason::FieldOrder),
        (" issued=2026-11-24", " issued=2026-11-24 days=3", Reason::UnknownField),
    ] {
        let changed = [&TEXT.replace(field, other), sig].concat();
        let found = Records::new(changed.as_bytes()).next().unwrap();
        assert_eq!(found.record.unwrap_err().reason, reason, "{changed}");
    }
}

#[test]
fn roots_and_delegated_keys_without_feature_limit_may_sign() {
    let record = repair(&repair_terms(), 1);
    let production = [anchor(1, Role::Production)];
    assert_eq!(verified(&record, &production), Ok(()));
    let other = record.replace(" 17 ", " 18 ");
    assert_eq!(verified(&other, &production), Err(Reason::SignatureMismatch));
    assert_eq!(verified(&record, &[anchor(1, Role::Evaluation)]), Err(Reason::KeyRole));
    let development = [anchor(1, Role::Development)];
    assert_eq!(verified(&record, &development), Err(Reason::DevelopmentKey));
    assert_eq!(verified(&record, &[anchor(3, Role::Production)]), Err(Reason::UnknownKey));

    let delegated = |change: &dyn Fn(&mut crate::record::KeyTerms<'static>)| -> String {
        let mut terms = key_terms(2);
        change(&mut terms);
        [delegation(&terms, 1), repair(&repair_terms(), 2)].join("\n")
    };
    let judge = |file: String| verified(&file, &production);
    assert_eq!(judge(delegated(&|_| {})), Ok(()));
    let list = |text: &'static str| List::pids(text.as_bytes()).unwrap();
    assert_eq!(judge(delegated(&|key| key.pids = list("ISR4331/K9"))), Ok(()));
    assert_eq!(judge(delegated(&|key| key.pids = list("OTHER"))), Err(Reason::KeyProduct));
    let some = List::features(b"ap-").unwrap();
    assert_eq!(judge(delegated(&|key| key.features = some)), Err(Reason::KeyFeature));
    let early = Date::parse(b"2026-11-23").unwrap();
    assert_eq!(judge(delegated(&|key| key.not_after = early)), Err(Reason::KeyPeriod));
    assert_eq!(judge(delegated(&|key| key.role = Role::Evaluation)), Err(Reason::KeyRole));
}

#[test]
fn no_license_passes_for_a_repair() {
    // The same tokens under another keyword are other signed bytes.
    let text = repair(&repair_terms(), 1).to_string();
    let license = text.replacen("REPAIR", "LICENSE", 1);
    let found = Records::new(license.as_bytes()).next().unwrap();
    assert!(found.record.is_err());
}
