use crate::bytes::text::Text;
use crate::crypto::P256Verifier;
use crate::fixtures::{anchor, license, terms, udi};
use crate::reason::Reason;
use crate::record::{Extras, LicenseTerms, Record, Records};
use crate::rights::{Entitlements, Slot, Verdict};
use crate::trust::{KeyRing, KeySlot};
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureName, FeatureRequest, Version};
use crate::value::key::Role;
use crate::value::license::{Combine, Count, LicenseType, LineId};

/// Installs lines with these terms, given ids from 1 up.
fn with_rights<R>(lines: &[LicenseTerms<'_>], then: impl FnOnce(&mut Entitlements<'_>) -> R) -> R {
    let mut slots = [Slot::EMPTY; 8];
    let mut rights = Entitlements::new(&mut slots);
    for (i, terms) in lines.iter().enumerate() {
        let mut terms = *terms;
        terms.id = LineId([u8::try_from(i + 1).unwrap(); 10]);
        install(&mut rights, &terms).unwrap();
    }
    then(&mut rights)
}

fn install(rights: &mut Entitlements<'_>, terms: &LicenseTerms<'_>) -> Result<(), Reason> {
    let text = license(terms, 1);
    let anchors = [anchor(1, Role::Production)];
    let mut slots: [KeySlot<'_>; 0] = [];
    let ring = KeyRing::new(&anchors, &mut slots);
    let Ok(Record::License(line)) = Records::new(text.as_bytes()).next().unwrap().record else {
        panic!("{text}");
    };
    let bound = line.verify(&ring, &P256Verifier).unwrap().bind(&udi()).unwrap();
    rights.install(&bound)
}

fn counted(units: u64, combine: Combine) -> LicenseTerms<'static> {
    LicenseTerms { count: Count::Units(units), combine, ..terms() }
}

fn check(lines: &[LicenseTerms<'_>], request: &str, units: u64) -> Verdict {
    let request = FeatureRequest::parse(request.as_bytes()).unwrap().units(units);
    with_rights(lines, |rights| rights.check(&request))
}

fn reason(verdict: Verdict) -> Reason {
    match verdict {
        Verdict::Denied(denial) => denial.reason,
        Verdict::Granted(grant) => panic!("{grant:?}"),
    }
}

#[test]
fn what_no_line_names_is_denied() {
    assert_eq!(reason(check(&[], "ipservices", 1)), Reason::NoLicense);
    assert_eq!(reason(check(&[terms()], "ipservice", 1)), Reason::NoLicense);
    assert_eq!(reason(check(&[terms()], "ipservices2", 1)), Reason::NoLicense);
    assert_eq!(reason(check(&[terms()], "IPSERVICES", 1)), Reason::NoLicense);
}

#[test]
fn an_uncounted_permanent_line_grants_any_count() {
    assert!(check(&[terms()], "ipservices", u64::MAX).is_granted());
}

#[test]
fn the_line_covers_versions_up_to_its_own() {
    let line = LicenseTerms { version: Version::from_parts([2, 1, 0, 0]), ..terms() };
    for version in ["1.0", "2", "2.1", "2.0.9"] {
        let request = std::format!("ipservices:{version}");
        assert!(check(&[line], &request, 1).is_granted(), "{version}");
    }
    assert_eq!(reason(check(&[line], "ipservices:2.1.1", 1)), Reason::VersionTooLow);
    assert_eq!(reason(check(&[line], "ipservices:10.0", 1)), Reason::VersionTooLow);
}

#[test]
fn additive_counts_add_to_the_largest_exclusive_one() {
    use Combine::{Additive, Exclusive};
    for (lines, licensed) in [
        (&[counted(12, Exclusive)][..], 12),
        (&[counted(12, Exclusive), counted(25, Exclusive)], 25),
        (&[counted(12, Additive), counted(25, Additive)], 37),
        (&[counted(12, Exclusive), counted(25, Additive), counted(50, Additive)], 87),
    ] {
        match check(lines, "ipservices", licensed) {
            Verdict::Granted(grant) => assert_eq!(grant.licensed, Count::Units(licensed)),
            Verdict::Denied(denial) => panic!("{denial:?}"),
        }
        match check(lines, "ipservices", licensed + 1) {
            Verdict::Denied(denial) => {
                assert_eq!(denial.reason, Reason::CountTooLow);
                assert_eq!((denial.needed, denial.licensed), (licensed + 1, licensed));
                assert!(denial.closest.is_some());
            }
            Verdict::Granted(grant) => panic!("{grant:?}"),
        }
    }
}

#[test]
fn an_uncounted_line_beats_counted_ones_and_is_named() {
    let lines = [counted(1, Combine::Exclusive), terms()];
    match check(&lines, "ipservices", 100) {
        Verdict::Granted(grant) => {
            assert_eq!(grant.licensed, Count::Uncounted);
            assert_eq!(grant.id, LineId([2; 10]));
        }
        Verdict::Denied(denial) => panic!("{denial:?}"),
    }
}

#[test]
fn counts_of_lines_for_lower_versions_do_not_help() {
    let newer = LicenseTerms {
        version: Version::from_parts([2, 0, 0, 0]),
        ..counted(5, Combine::Additive)
    };
    let lines = [counted(10, Combine::Additive), newer];
    assert!(check(&lines, "ipservices:1.0", 15).is_granted());
    assert_eq!(reason(check(&lines, "ipservices:2.0", 6)), Reason::CountTooLow);
}

#[test]
fn types_that_need_clocks_or_activation_grant_nothing_here() {
    for kind in LicenseType::ALL.into_iter().filter(|&kind| kind != LicenseType::Permanent) {
        let line = LicenseTerms {
            license_type: kind,
            usage: kind.is_metered().then(|| Period::from_seconds(60).unwrap()),
            end: kind.is_dated().then_some(terms().issued),
            ..terms()
        };
        assert_eq!(reason(check(&[line], "ipservices", 1)), Reason::NeedsAgent, "{kind:?}");
        assert!(check(&[line, terms()], "ipservices", 1).is_granted());
    }
}

#[test]
fn the_closest_line_gives_the_reason() {
    let trial = LicenseTerms {
        license_type: LicenseType::Evaluation,
        usage: Period::from_seconds(60),
        ..terms()
    };
    assert_eq!(reason(check(&[trial, terms()], "ipservices:2.0", 1)), Reason::VersionTooLow);
    assert_eq!(reason(check(&[terms(), trial], "ipservices:2.0", 1)), Reason::VersionTooLow);
}

#[test]
fn a_line_is_installed_once_and_an_id_belongs_to_one_line() {
    with_rights(&[], |rights| {
        assert_eq!(install(rights, &terms()), Ok(()));
        assert_eq!(install(rights, &terms()), Err(Reason::AlreadyInstalled));
        let other = LicenseTerms { feature: FeatureName::parse(b"voice").unwrap(), ..terms() };
        assert_eq!(install(rights, &other), Err(Reason::ConflictingId));
        assert_eq!(rights.rights().count(), 1);
    });
}

// docs/SPEC.md 8.2
#[test]
fn the_same_line_is_one_that_grants_the_same() {
    let same = [
        LicenseTerms { eula: Text::new(b"other"), ..terms() },
        LicenseTerms { pak: Text::new(b"other"), ..terms() },
        LicenseTerms { extras: Extras::parse(b"x-a=1").unwrap(), ..terms() },
    ];
    let other = [
        LicenseTerms { issued: Date::parse(b"2026-11-23").unwrap(), ..terms() },
        LicenseTerms { version: Version::from_parts([1, 1, 0, 0]), ..terms() },
        counted(1, Combine::Exclusive),
    ];
    let known = with_rights(&[], |rights| {
        install(rights, &terms()).unwrap();
        [same, other].map(|lines| lines.map(|terms| install(rights, &terms)))
    });
    let refused = |reason| [Err(reason); 3];
    assert_eq!(known, [refused(Reason::AlreadyInstalled), refused(Reason::ConflictingId)]);
}

#[test]
fn full_slots_refuse_and_keep_what_is_there() {
    let mut slots = [Slot::EMPTY; 1];
    let mut rights = Entitlements::new(&mut slots);
    assert_eq!(install(&mut rights, &terms()), Ok(()));
    let second = LicenseTerms { id: LineId([9; 10]), ..terms() };
    assert_eq!(install(&mut rights, &second), Err(Reason::SlotsFull));
    assert_eq!(rights.rights().next().unwrap().id(), terms().id);
}

#[test]
fn explaining_gives_each_line_of_the_feature_its_own_reason() {
    let lines = [counted(3, Combine::Additive), counted(4, Combine::Additive), terms()];
    let request = FeatureRequest::parse(b"ipservices").unwrap().units(4);
    with_rights(&lines, |rights| {
        let reasons: std::vec::Vec<_> = rights.explain(&request).map(|(_, why)| why).collect();
        // Beside the uncounted line nothing is added.
        assert_eq!(reasons, [Err(Reason::AddsNothing), Ok(()), Ok(())]);
    });
}
