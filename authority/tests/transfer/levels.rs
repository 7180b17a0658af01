//! What devices can prove.

use nodelock_authority::transfer::{Evidence, Refusal};
use zeroize::Zeroizing;

use crate::device::TestDevice;
use crate::rig::{A, Ask, B, Rig, lines, rule};

fn secret(byte: u8) -> Evidence {
    let mut evidence = Evidence::default();
    evidence.secret = Some(Zeroizing::new([byte; 32]));
    evidence
}

#[test]
fn a_secret_proves_to_the_vendor_who_has_it() {
    let mut rig = Rig::new();
    let a = TestDevice::with_secret(A, 7, &rig.roots());
    let b = rig.device(B, 0x22);
    let line = rig.units(&a, "16");
    let ask = lines(&[(line, None)]);
    assert_eq!(rule(rig.permit(&a, B, &ask)), Refusal::SecretNeeded(A.into()));
    rig.evidence = secret(8);
    assert!(matches!(rule(rig.permit(&a, B, &ask)), Refusal::Forged { .. }));
    rig.evidence = secret(7);
    let visit = Ask { one_visit: true, ..ask.clone() };
    assert_eq!(rule(rig.permit(&a, B, &visit)), Refusal::NotPublic(A.into()));
    let ticket = rig.permit(&a, B, &ask).unwrap();
    let proof = a.apply(&ticket.for_source());
    rig.evidence = secret(8);
    assert_eq!(rule(rig.accept(&proof)), Refusal::OtherSecret(A.into()));
    rig.evidence = secret(7);
    b.install(&rig.accept(&proof).unwrap().records);
    assert!(b.grants_voice(16));
    // The books hold no secret.
    let name = std::fs::read_dir(rig.directory.path().join("books/devices")).unwrap();
    for file in name {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("0707070707"), "{text}");
    }
}

#[test]
fn a_device_that_proves_nothing_needs_a_person() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ask = lines(&[(line, None)]);
    assert_eq!(rule(rig.permit(&a, B, &ask)), Refusal::ApprovalNeeded(A.into()));
    rig.evidence.approved_by = Some("anna".into());
    let ticket = rig.permit(&a, B, &ask).unwrap();
    let proof = a.apply(&ticket.for_source());
    rig.evidence.approved_by = None;
    assert_eq!(rule(rig.accept(&proof)), Refusal::ApprovalNeeded(A.into()));
    rig.evidence.approved_by = Some("bert".into());
    b.install(&rig.accept(&proof).unwrap().records);
    assert!(b.grants_voice(16));
    let who: Vec<String> =
        rig.books().tickets().flat_map(|it| it.approved.iter().map(|it| it.by.clone())).collect();
    assert_eq!(who, ["anna", "bert"]);
}
