use std::collections::BTreeSet;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use proptest::prelude::*;

use crate::bytes::sink::SliceSink;
use crate::crypto::P256Verifier;
use crate::fixtures::{anchor, delegation, key_terms, license, public, sign, terms, udi};
use crate::reason::Reason;
use crate::record::{LicenseTerms, Message, Terms, emit_signature};
use crate::rights::{Entitlements, Slot, Verdict, check_lines, install};
use crate::trust::{KeyRing, KeySlot, TrustAnchor};
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureName, FeatureRequest, Version};
use crate::value::key::{KeyId, Role};
use crate::value::license::{Combine, Count, LicenseType, LineId};
use crate::value::ticket::TicketDigest;
use crate::value::udi::Udi;

fn anchors() -> [TrustAnchor; 3] {
    [anchor(1, Role::Production), anchor(2, Role::Evaluation), anchor(3, Role::Development)]
}

fn spot(text: &[u8], request: &str, units: u64) -> Result<(), Reason> {
    let anchors = anchors();
    let find = |id| anchors.iter().find(|a| a.id == id).map(|a| (&a.key, a.role));
    let request = FeatureRequest::parse(request.as_bytes()).unwrap().units(units);
    check_lines(text, &request, &udi(), find, false, &P256Verifier)
}

/// What a context with room for every line says.
fn whole(text: &[u8], request: &str, units: u64) -> bool {
    let anchors = anchors();
    let (mut keys, mut slots) = ([KeySlot::EMPTY; 4], [Slot::EMPTY; 64]);
    let mut ring = KeyRing::new(&anchors, &mut keys);
    let mut rights = Entitlements::new(&mut slots);
    install(text, &mut ring, &P256Verifier, &udi(), &mut rights, |_| {});
    let request = FeatureRequest::parse(request.as_bytes()).unwrap().units(units);
    matches!(rights.check(&request), Verdict::Granted(_))
}

fn numbered(number: u8) -> LicenseTerms<'static> {
    LicenseTerms { id: LineId([number; 10]), ..terms() }
}

fn units(number: u8, units: u64, combine: Combine) -> String {
    license(&LicenseTerms { count: Count::Units(units), combine, ..numbered(number) }, 1)
}

/// Any tokens, signed by the first key as if they were a line.
fn signed(tokens: &str) -> String {
    let message = Message::Text { domain: LicenseTerms::DOMAIN, text: tokens.as_bytes() };
    let mut buffer = [0; 128];
    let mut out = SliceSink::new(&mut buffer);
    emit_signature(KeyId::of(&public(1)), &sign(1, &message), &mut out);
    tokens.to_string() + core::str::from_utf8(out.finish().unwrap()).unwrap()
}

#[test]
fn a_permanent_line_grants() {
    let line = license(&terms(), 1);
    for text in [
        line.clone(),
        format!("\u{FEFF}# ours\r\n{line}\n"),
        line.replace(' ', "\n\t# a comment\n"),
        format!("stray \u{e9} LICENSE 1 {line}"),
        format!("{line} {line}"),
        format!("KEY \u{e9} {line}"),
    ] {
        assert_eq!(spot(text.as_bytes(), "ipservices", 1), Ok(()), "{text}");
        assert_eq!(spot(text.as_bytes(), "ipservices:1.0", 5), Ok(()), "{text}");
        assert!(whole(text.as_bytes(), "ipservices:1.0", 5), "{text}");
    }
}

#[test]
fn the_reason_is_that_of_the_last_line_for_the_feature() {
    let metered = LicenseTerms {
        license_type: LicenseType::Evaluation,
        usage: Period::from_seconds(60),
        ..terms()
    };
    let tampered = license(&terms(), 1).replace("issued=2026-11-22", "issued=2026-11-23");
    let other = LicenseTerms { udi: Some(Udi::parse(b"ISR4331/K9:OTHER").unwrap()), ..terms() };
    for (text, request, reason) in [
        (String::new(), "ipservices", Reason::NoLicense),
        (license(&terms(), 1), "voice", Reason::NoLicense),
        (license(&other, 1), "ipservices", Reason::NoLicense),
        (license(&terms(), 1), "ipservices:1.1", Reason::VersionTooLow),
        (license(&metered, 1), "ipservices", Reason::NeedsAgent),
        (
            license(&LicenseTerms { needs: Some(TicketDigest([7; 16])), ..terms() }, 1),
            "ipservices",
            Reason::NeedsAgent,
        ),
        (license(&terms(), 2), "ipservices", Reason::KeyRole),
        (license(&terms(), 3), "ipservices", Reason::DevelopmentKey),
        (license(&terms(), 4), "ipservices", Reason::UnknownKey),
        (tampered, "ipservices", Reason::SignatureMismatch),
        (units(1, 4, Combine::Exclusive), "ipservices", Reason::CountTooLow),
    ] {
        assert_eq!(spot(text.as_bytes(), request, 5), Err(reason), "{text}");
        assert!(!whole(text.as_bytes(), request, 5), "{text}");
    }
    // A record that another one interrupts has no type.
    for keyword in ["LICENSE", "KEY", "REPAIR"] {
        let text = format!("LICENSE 1 ipservices 1.0 {keyword} 1 ");
        assert_eq!(spot(text.as_bytes(), "ipservices", 1), Err(Reason::NoLicense), "{keyword}");
    }
    let delegated = delegation(&key_terms(4), 1) + " " + &license(&terms(), 4);
    assert_eq!(spot(delegated.as_bytes(), "ipservices", 1), Err(Reason::UnknownKey));
}

// docs/SPEC.md 8.6; the values that are not judged: `a_signature_does_not_mend_a_form`.
#[test]
fn what_it_passes_over_leaves_the_answer_as_it_was() {
    let good = license(&terms(), 1);
    let metered = LicenseTerms {
        license_type: LicenseType::Evaluation,
        usage: Period::from_seconds(60),
        ..terms()
    };
    // An id that a line has that does not count here.
    let conflict = license(&metered, 1) + " " + &good;
    assert_eq!(spot(conflict.as_bytes(), "ipservices", 1), Ok(()));
    assert!(!whole(conflict.as_bytes(), "ipservices", 1));
    // Of two that count, the first one.
    let twice = units(1, 2, Combine::Additive) + " " + &units(1, 3, Combine::Additive);
    assert_eq!(spot(twice.as_bytes(), "ipservices", 2), Ok(()));
    assert_eq!(spot(twice.as_bytes(), "ipservices", 3), Err(Reason::CountTooLow));
    let elsewhere = Udi::parse(b"ISR4331/K9:OTHER").unwrap();
    let tampered = good.replace("issued=2026-11-22", "issued=2026-11-23");
    for behind in [
        "what is this".to_string(),
        license(&LicenseTerms { udi: Some(elsewhere), ..terms() }, 1),
        good.replace(" uncounted", " 0"),
        good.replace("ipservices", "voice"),
        delegation(&key_terms(4), 1),
    ] {
        let text = format!("{tampered}\n{behind}");
        let verdict = spot(text.as_bytes(), "ipservices", 1);
        assert_eq!(verdict, Err(Reason::SignatureMismatch), "{text}");
    }
    let other_type = license(&LicenseTerms { udi: Some(elsewhere), ..metered }, 1);
    let text = format!("{tampered}\n{other_type}");
    assert_eq!(spot(text.as_bytes(), "ipservices", 1), Err(Reason::NeedsAgent));
}

#[test]
fn development_keys_sign_where_they_are_accepted() {
    let (anchors, text) = (anchors(), license(&terms(), 3));
    let find = |id| anchors.iter().find(|a| a.id == id).map(|a| (&a.key, a.role));
    let request = FeatureRequest::parse(b"ipservices").unwrap();
    let device = udi();
    assert_eq!(check_lines(text.as_bytes(), &request, &device, find, true, &P256Verifier), Ok(()));
}

#[test]
fn units_add_up_as_in_a_context() {
    let (exclusive, additive) = (Combine::Exclusive, Combine::Additive);
    let lines = [
        units(1, 4, exclusive),
        units(2, 6, exclusive),
        units(3, 3, additive),
        units(3, 3, additive),
        units(3, 9, additive),
        units(4, 2, additive),
    ];
    let text = lines.join("\n");
    assert_eq!(spot(text.as_bytes(), "ipservices", 11), Ok(()));
    assert_eq!(spot(text.as_bytes(), "ipservices", 12), Err(Reason::CountTooLow));
    assert!(whole(text.as_bytes(), "ipservices", 11) && !whole(text.as_bytes(), "ipservices", 12));
}

#[test]
fn eight_lines_count_and_no_more() {
    let lines: Vec<_> = (1..=9).map(|number| units(number, 1, Combine::Additive)).collect();
    assert_eq!(spot(lines.join("\n").as_bytes(), "ipservices", 8), Ok(()));
    let ninth = spot(lines.join("\n").as_bytes(), "ipservices", 9);
    assert_eq!(ninth, Err(Reason::CountTooLow));
}

/// Damaged in form, but signed: what a parser that is too kind would let pass.
#[test]
fn a_signature_does_not_mend_a_form() {
    let line = "LICENSE 1 ipservices 1.0 permanent 5 id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD \
                issued=2026-11-22 combine=additive eula=a pak=b x-a=1 x-b=2 ";
    assert_eq!(spot(signed(line).as_bytes(), "ipservices", 5), Ok(()));
    let long = format!("x-c={} ", "c".repeat(1000));
    for (from, to) in [
        ("LICENSE ", "LICENSE LICENSE "),
        ("LICENSE 1", "LICENSE 2"),
        ("1.0", "1"),
        (" 5 ", " 05 "),
        (" 5 ", " uncounted "),
        ("id=", "ID="),
        ("id=5f1c0a9e27d4b86310c2", "id=5F1C0A9E27D4B86310C2"),
        ("id=5f1c0a9e27d4b86310c2", "id=5f1c0a9e27d4b86310c"),
        ("udi=ISR4331/K9:FDO1234ABCD ", ""),
        ("issued=2026-11-22 ", ""),
        ("combine=additive", "combine=exclusive"),
        ("combine=additive", "expiry=report"),
        ("combine=additive", "end=2027-01-01"),
        ("combine=additive", "usage=1d"),
        ("combine=additive", "pids=1d"),
        ("combine=additive ", "combine=additive combine=additive "),
        ("eula=a pak=b", "pak=b eula=a"),
        ("x-a=1", "y-a=1"),
        ("x-b=2 ", long.as_str()),
        ("x-b=2 ", "x-b=2 KEY "),
        ("x-b=2 ", "x-b=2 sig=a "),
    ] {
        let text = signed(&line.replace(from, to));
        assert!(!whole(text.as_bytes(), "ipservices", 1), "{from} > {to}");
        assert!(spot(text.as_bytes(), "ipservices", 1).is_err(), "{from} > {to}");
    }
    // Values that have no say in the answer are the vendor's affair.
    for (from, to) in [
        ("issued=2026-11-22", "issued=2026-02-29"),
        ("eula=a", "eula="),
        ("pak=b", "pak=b/"),
        ("x-a=1", "x-c=1"),
        ("x-a=1", "x-A=1"),
        ("x-a=1", "x-a"),
        ("x-b=2 ", "x-b=2 x-c=3 x-d=4 x-e=5 "),
    ] {
        let text = signed(&line.replace(from, to));
        assert!(!whole(text.as_bytes(), "ipservices", 1), "{from} > {to}");
        assert_eq!(spot(text.as_bytes(), "ipservices", 1), Ok(()), "{from} > {to}");
    }
    let twice = signed(line);
    let (_, signature) = twice.split_once("sig=").unwrap();
    let twice = format!("{twice} sig={signature}");
    // The second one may be longer than a record.
    for twice in [twice.clone(), twice + &"A".repeat(1000)] {
        assert!(!whole(twice.as_bytes(), "ipservices", 1));
        assert!(spot(twice.as_bytes(), "ipservices", 1).is_err());
    }
}

fn any_line() -> impl Strategy<Value = String> {
    let parts = (0_u8..4, 0_u8..2, 1_u64..4, any::<bool>(), 1_u8..4, 0_u8..6, 0_u16..3);
    parts.prop_map(|(id, feature, number, additive, signer, twist, minor)| {
        // Ids are unique, so the same one means the same line.
        let [major, low] = minor.to_be_bytes();
        let id = [
            id,
            feature,
            u8::try_from(number).unwrap(),
            u8::from(additive),
            twist,
            major,
            low,
            0,
            0,
            0,
        ];
        let mut line = LicenseTerms {
            id: LineId(id),
            feature: FeatureName::parse([&b"a"[..], b"b"][usize::from(feature)]).unwrap(),
            version: Version::from_parts([1, minor, 0, 0]),
            count: Count::Units(number),
            combine: if additive { Combine::Additive } else { Combine::Exclusive },
            ..terms()
        };
        match twist {
            0 => (line.count, line.combine) = (Count::Uncounted, Combine::Exclusive),
            1 => line.udi = Some(Udi::parse(b"ISR4331/K9:OTHER").unwrap()),
            2 => {
                line.license_type = LicenseType::Subscription;
                line.end = Some(Date::parse(b"2030-01-01").unwrap());
            }
            _ => {}
        }
        license(&line, signer)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 200 }))]

    /// Both readers, on files of good, foreign and damaged lines.
    #[test]
    fn agrees_with_a_context(
        lines in proptest::collection::vec(any_line(), 0..6),
        damage in proptest::option::of((any::<proptest::sample::Index>(), any::<u8>())),
        units in 1_u64..9,
        version in prop_oneof![Just(""), Just(":1.0"), Just(":1.1"), Just(":2")],
    ) {
        let mut text = lines.join("\n").into_bytes();
        if let Some((at, byte)) = damage && !text.is_empty() {
            let at = at.index(text.len());
            text[at] = byte;
        }
        let granted: BTreeSet<_> = ["a", "b"]
            .into_iter()
            .filter(|name| spot(&text, &format!("{name}{version}"), units).is_ok())
            .collect();
        let expected: BTreeSet<_> = ["a", "b"]
            .into_iter()
            .filter(|name| whole(&text, &format!("{name}{version}"), units))
            .collect();
        prop_assert_eq!(granted, expected, "{:?}", vec![String::from_utf8_lossy(&text)]);
    }
}
