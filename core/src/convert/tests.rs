//! What is written is read again as it was, as text and through `serde`, and nothing else is.

use std::format;
use std::string::ToString;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::event::{Event, EventGroup, EventKind};
use crate::reason::Reason;
use crate::rights::{Denial, Grant, InstallEffect, Verdict};
use crate::store::{RollbackLevel, RollbackState};
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureHandle, FeatureName, Version};
use crate::value::key::{KeyId, PublicKey, Role};
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
use crate::value::signature::Signature;
use crate::value::time::UnixTime;
use crate::value::udi::Udi;

/// Through JSON, which must be this text, and through `postcard`, in so many bytes.
fn both<T>(value: &T, json: &str, len: usize)
where
    T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug,
{
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
    let bytes = postcard::to_allocvec(value).unwrap();
    assert_eq!(bytes.len(), len, "{json}");
    assert_eq!(&postcard::from_bytes::<T>(&bytes).unwrap(), value);
}

fn text<T>(value: T) -> Result<(), TestCaseError>
where
    T: core::fmt::Display + core::fmt::Debug + core::str::FromStr + PartialEq + Copy,
    T: for<'t> TryFrom<&'t str> + for<'t> TryFrom<&'t [u8]> + Serialize + DeserializeOwned,
{
    let text = value.to_string();
    prop_assert_eq!(text.parse::<T>().ok(), Some(value));
    prop_assert_eq!(T::try_from(text.as_str()).ok(), Some(value));
    prop_assert_eq!(T::try_from(text.as_bytes()).ok(), Some(value));
    let json = serde_json::to_string(&value).unwrap();
    prop_assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
    let bytes = postcard::to_allocvec(&value).unwrap();
    prop_assert_eq!(postcard::from_bytes::<T>(&bytes).unwrap(), value);
    Ok(())
}

proptest! {
    #[test]
    fn what_is_displayed_is_parsed_again(
        bytes: [u8; 32],
        days in 0..=2_932_896_u32,
        seconds in 1..=crate::limits::MAX_USAGE_SECONDS,
        parts: [u16; 4],
        zeros in 0..4_usize,
        units in 1..=crate::limits::MAX_COUNT,
    ) {
        let [a, b, c, d, e, f, g, h, i, j, ..] = bytes;
        text(LineId([a, b, c, d, e, f, g, h, i, j]))?;
        text(KeyId([a, b, c, d]))?;
        text(Date::from_days(days).unwrap())?;
        text(Period::from_seconds(seconds).unwrap())?;
        let mut parts = parts;
        parts[4 - zeros..].fill(0);
        text(Version::from_parts(parts))?;
        text(Count::Units(units))?;
        let mut both = [0; 64];
        both[..32].copy_from_slice(&bytes);
        both[63] = a;
        text(PublicKey::from_xy(both))?;
        text(Signature::from_rs(both))?;
    }

    #[test]
    fn so_is_what_borrows_its_text(name in "[A-Za-z0-9][A-Za-z0-9._-]{0,63}", pid in "[!-+\\--9;-~]{1,32}", sn in "[!-~]{1,64}") {
        if let Ok(name) = FeatureName::try_from(name.as_str()) {
            let shown = name.to_string();
            prop_assert_eq!(FeatureName::try_from(shown.as_bytes()), Ok(name));
            let json = serde_json::to_string(&name).unwrap();
            prop_assert_eq!(serde_json::from_str::<FeatureName<'_>>(&json).unwrap(), name);
        }
        let udi = Udi::new(pid.as_bytes(), sn.as_bytes()).unwrap();
        let shown = udi.to_string();
        prop_assert_eq!(Udi::try_from(shown.as_str()), Ok(udi));
        let bytes = postcard::to_allocvec(&udi).unwrap();
        prop_assert_eq!(postcard::from_bytes::<Udi<'_>>(&bytes).unwrap(), udi);
    }
}

#[test]
fn values_are_words_for_people_and_short_for_programs() {
    both(&LineId([0xAB; 10]), "\"abababababababababab\"", 10);
    both(&KeyId([1, 2, 3, 0xFF]), "\"010203ff\"", 4);
    both(&Date::parse(b"2026-11-22").unwrap(), "\"2026-11-22\"", 3);
    both(&Period::parse(b"60d").unwrap(), "\"60d\"", 4);
    both(&Version::parse(b"2.1").unwrap(), "\"2.1\"", 4);
    both(&Count::Units(16), "16", 2);
    both(&Count::Uncounted, "\"uncounted\"", 1);
    both(&UnixTime(5), "5", 1);
    both(&PublicKey::from_xy([0; 64]), &format!("\"{}\"", "A".repeat(86)), 64);
    both(&Signature::from_rs([0; 64]), &format!("\"{}\"", "A".repeat(86)), 64);
    both(&FeatureHandle::at(300), "300", 2);
    both(&EventKind::EulaAccepted, "\"EULA_ACCEPTED\"", 1);
    both(&Reason::NoLicense, "\"no-license\"", 2);
    both(&InstallEffect::Replaces(LineId([0; 10])), "{\"replaces\":\"00000000000000000000\"}", 11);
}

#[test]
fn events_and_verdicts_come_back() {
    let line = LineId([1; 10]);
    let event = Event {
        kind: EventKind::Expiring,
        uptime: 5,
        feature: Some(FeatureHandle::at(2)),
        line: Some(line),
        value: 1_209_600,
    };
    let json = "{\"kind\":\"EXPIRING\",\"uptime\":5,\"feature\":2,\"line\":\"01010101010101010101\",\"value\":1209600}";
    both(&event, json, 18);
    let grant = Grant { id: line, license_type: LicenseType::Permanent, licensed: Count::Units(8) };
    let json =
        "{\"granted\":{\"id\":\"01010101010101010101\",\"type\":\"permanent\",\"licensed\":8}}";
    both(&Verdict::Granted(grant), json, 14);
    // Of several lines together, more than one of them may have.
    let sum = Grant { licensed: Count::Units(crate::limits::MAX_COUNT + 1), ..grant };
    let json = serde_json::to_string(&sum).unwrap();
    assert_eq!(serde_json::from_str::<Grant>(&json).unwrap(), sum);
    let denial = Denial { version: Some(Version::ONE), ..Denial::new(Reason::CountTooLow, 9) };
    let json = "{\"denied\":{\"reason\":\"count-too-low\",\"closest\":null,\"needed\":9,\"licensed\":0,\"version\":\"1.0\"}}";
    both(&Verdict::Denied(denial), json, 11);
}

#[test]
fn all_zeros_grant_nothing() {
    assert!(!matches!(postcard::from_bytes(&[0; 64]), Ok(Verdict::Granted(_))));
    assert!(postcard::from_bytes::<Grant>(&[0; 64]).is_err());
    assert!(postcard::from_bytes::<Count>(&[0; 64]).is_err());
}

fn named<T>(all: &[T], name: fn(T) -> &'static str)
where
    T: Copy + Serialize + DeserializeOwned + PartialEq + core::fmt::Debug,
{
    all.iter().for_each(|one| both(one, &format!("\"{}\"", name(*one)), 1));
    assert!(serde_json::from_str::<T>("\"no-such-name\"").is_err());
    assert!(serde_json::from_str::<T>("1").is_err());
    assert!(postcard::from_bytes::<T>(&[200]).is_err());
}

#[test]
fn every_name_is_the_one_that_the_spec_has() {
    named(&LicenseType::ALL, LicenseType::name);
    named(&EventKind::ALL, EventKind::name);
    named(&EventGroup::ALL, EventGroup::name);
    named(&Role::ALL, Role::name);
    named(&Combine::ALL, Combine::name);
    named(&ExpiryPolicy::ALL, ExpiryPolicy::name);
    named(&RollbackLevel::ALL, RollbackLevel::name);
    for reason in Reason::ALL {
        both(reason, &format!("\"{}\"", reason.name()), 2);
        assert_eq!(reason.name().parse(), Ok(*reason));
    }
    for state in [RollbackState::Unanchored, RollbackState::Latest, RollbackState::CountersFailed] {
        both(&state, &format!("\"{}\"", state.name()), 1);
    }
}

#[test]
fn what_no_constructor_would_make_is_refused() {
    fn refused<'t, T: Deserialize<'t> + core::fmt::Debug>(json: &'t str) {
        assert!(serde_json::from_str::<T>(json).is_err(), "{json}");
    }
    refused::<LineId>("\"ABABABABABABABABABAB\"");
    refused::<Date>("\"2026-02-29\"");
    refused::<Period>("\"24h\"");
    refused::<Version>("\"1.0.0\"");
    refused::<Version>("[1,0,0,0]");
    refused::<FeatureName<'_>>("\"LICENSE\"");
    refused::<Udi<'_>>("\"no colon\"");
    refused::<Signature>("\"AA\"");
    for count in ["0", "-1", "1.5", "1000000000000", "\"0\"", "null"] {
        refused::<Count>(count);
    }
    assert!(postcard::from_bytes::<Date>(&[0xE1, 0x81, 0xB3, 0x01]).is_err());
    assert!(postcard::from_bytes::<Period>(&[0]).is_err());
    let error = serde_json::from_str::<Version>("\"1\"").unwrap_err().to_string();
    assert!(error.starts_with("not a feature version"), "{error}");
}

#[cfg(feature = "heapless")]
mod owned {
    use super::*;
    use crate::record::{OwnedLicenseTerms, Records};
    use crate::rights::RecordReport;
    use crate::value::udi::{OwnedUdi, UdiSource};

    const LINE: &str = "LICENSE 1 voice 1.0 subscription 8 id=00000000000000000003 udi=ISR4331/K9:FDO1234ABCD \
        issued=2026-11-22 end=2027-11-22 combine=additive eula=standard x-a=1 x-b=2 \
        sig=76805a63:6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw";
    const JSON: &str = "{\"feature\":\"voice\",\"version\":\"1.0\",\"type\":\"subscription\",\"count\":8,\
        \"id\":\"00000000000000000003\",\"udi\":\"ISR4331/K9:FDO1234ABCD\",\"issued\":\"2026-11-22\",\
        \"start\":null,\"end\":\"2027-11-22\",\"usage\":null,\"combine\":\"additive\",\
        \"expiry\":\"until-reboot\",\"eula\":\"standard\",\"pak\":null,\"needs\":null,\"extra\":{\"x-a\":\"1\",\"x-b\":\"2\"}}";

    #[test]
    fn terms_are_owned_and_come_back() {
        let record = Records::new(LINE.as_bytes()).next().unwrap().record.unwrap();
        let crate::record::Record::License(line) = record else { panic!("{record:?}") };
        assert_eq!(serde_json::to_string(line.terms()).unwrap(), JSON);
        let owned = OwnedLicenseTerms::try_from(line.terms()).unwrap();
        assert_eq!(owned.terms(), *line.terms());
        both(&owned, JSON, 83);
    }

    #[test]
    fn a_report_says_what_became_of_a_record() {
        let record = Records::new(LINE.as_bytes()).next().unwrap().record.unwrap();
        let report = RecordReport {
            number: 1,
            offset: 0,
            record: Some(&record),
            result: Ok(InstallEffect::New),
        };
        let expected = format!(
            "{{\"number\":1,\"offset\":0,\"record\":{{\"license\":{JSON}}},\"result\":{{\"done\":\"new\"}}}}"
        );
        assert_eq!(serde_json::to_string(&report).unwrap(), expected);
        let report = RecordReport { record: None, result: Err(Reason::StrayText), ..report };
        let expected =
            "{\"number\":1,\"offset\":0,\"record\":null,\"result\":{\"refused\":\"stray-text\"}}";
        assert_eq!(serde_json::to_string(&report).unwrap(), expected);
    }

    #[test]
    fn terms_that_no_line_could_have_are_refused() {
        for (good, bad) in [
            ("\"end\":\"2027-11-22\"", "\"end\":null"),
            ("\"end\":\"2027-11-22\"", "\"end\":\"2027-11-22\",\"region\":\"eu\""),
            ("\"start\":null", "\"start\":\"2028-01-01\""),
            ("\"pak\":null", "\"pak\":\"a b\""),
            ("\"pak\":null", "\"pak\":\"\""),
            ("\"x-b\":\"2\"", "\"x-a\":\"2\""),
            ("\"x-b\":\"2\"", "\"#x-b\":\"2\""),
            ("\"x-b\":\"2\"", "\"x-b\":\"2 x-c=3\""),
            ("\"count\":8", "\"count\":0"),
            ("\"voice\"", "\"KEY\""),
        ] {
            let json = JSON.replace(good, bad);
            assert_ne!(json, JSON);
            assert!(serde_json::from_str::<OwnedLicenseTerms>(&json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_udi_is_owned_and_is_a_device() {
        let owned: OwnedUdi = "ISR4331/K9:FDO1:2".parse().unwrap();
        both(&owned, "\"ISR4331/K9:FDO1:2\"", 18);
        assert_eq!(UdiSource::udi(&owned, 0), Ok(Some(Udi::parse(b"ISR4331/K9:FDO1:2").unwrap())));
        assert_eq!(UdiSource::udi(&owned, 1), Ok(None));
        assert!("no colon".parse::<OwnedUdi>().is_err());
    }
}
