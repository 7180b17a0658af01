use std::format;
use std::string::String;
use std::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::bytes::text::Text;
use crate::fixtures::{bytes_of, delegation, key_terms, license, repair, repair_terms, terms};
use crate::reason::Reason;
use crate::record::binary::MARK;
use crate::record::{Extras, LicenseTerms, List, Record, Records};
use crate::value::date::{Date, Period};
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType};

fn first(file: &[u8]) -> Result<Record<'_>, Reason> {
    Records::new(file).next().unwrap().record.map_err(|error| error.reason)
}

fn binary(record: &Record<'_>) -> Vec<u8> {
    let mut buffer = [0; crate::limits::MAX_RECORD_LEN];
    record.write_binary(&mut buffer).unwrap().to_vec()
}

fn text(record: &Record<'_>) -> String {
    let mut buffer = [0; crate::limits::MAX_RECORD_LEN];
    String::from_utf8(record.write_text(&mut buffer).unwrap().to_vec()).unwrap()
}

fn samples() -> Vec<String> {
    let dated = LicenseTerms {
        license_type: LicenseType::Subscription,
        count: Count::Units(crate::limits::MAX_COUNT),
        start: Date::from_days(0),
        end: Date::parse(b"9999-12-31").ok(),
        combine: Combine::Additive,
        expiry: ExpiryPolicy::Report,
        eula: Text::new(b"eula"),
        pak: Text::new(b"PAK"),
        extras: Extras::parse(b"x-a=1 x-b==").unwrap(),
        ..terms()
    };
    let metered = LicenseTerms {
        license_type: LicenseType::Evaluation,
        usage: Period::from_seconds(5_184_000),
        expiry: ExpiryPolicy::Immediate,
        udi: None,
        ..terms()
    };
    let mut limited = key_terms(2);
    limited.features = List::features(b"ap-,ip").unwrap();
    limited.pids = List::pids(b"ISR4331/K9").unwrap();
    std::vec![
        license(&terms(), 1),
        license(&dated, 1),
        license(&metered, 1),
        delegation(&key_terms(2), 1),
        delegation(&limited, 1),
        repair(&repair_terms(), 1),
    ]
}

#[test]
fn the_twin_gives_back_the_text_and_signs_the_same_bytes() {
    for sample in samples() {
        let record = first(sample.as_bytes()).unwrap();
        let twin = binary(&record);
        let back = first(&twin).unwrap();
        assert_eq!(text(&back), sample);
        assert_eq!(bytes_of(&back.message()), bytes_of(&record.message()));
        assert_eq!(binary(&back), twin);
    }
}

#[test]
fn a_typical_line_fits_150_bytes() {
    let line = license(&terms(), 1);
    let twin = binary(&first(line.as_bytes()).unwrap());
    assert!(twin.len() <= 150, "{}", twin.len());
}

/// So no decoder need count a text.
#[test]
fn the_widest_records_of_each_kind_keep_the_limit_of_a_text() {
    use crate::limits::*;

    let words = |len: usize| "x".repeat(len);
    let value = words(MAX_VALUE_LEN);
    let list = |entries: usize| -> String {
        let len = (MAX_LIST_LEN - entries) / entries;
        let entries: Vec<_> = (0..entries).map(|n| format!("{n}{}", words(len - 1))).collect();
        entries.join(",")
    };
    let feature = words(MAX_FEATURE_LEN);
    let udi = format!("{}:{}", words(MAX_PID_LEN), words(MAX_SN_LEN));
    let extras: Vec<String> = (0..MAX_EXTRAS)
        .map(|number| format!("x-{number}{}={value}", words(MAX_EXTRA_KEY_LEN - 3)))
        .collect();
    let extras = extras.join(" ");
    let far = Date::parse(b"9999-12-31").unwrap();
    let widest = LicenseTerms {
        feature: crate::value::FeatureName::parse(feature.as_bytes()).unwrap(),
        version: crate::value::Version::from_parts([u16::MAX; 4]),
        license_type: *LicenseType::ALL.iter().max_by_key(|kind| kind.name().len()).unwrap(),
        count: Count::Units(MAX_COUNT),
        udi: Some(crate::Udi::parse(udi.as_bytes()).unwrap()),
        issued: far,
        start: Some(far),
        end: Some(far),
        usage: Period::from_seconds(MAX_USAGE_SECONDS),
        combine: Combine::Additive,
        expiry: ExpiryPolicy::Immediate,
        eula: Text::new(value.as_bytes()),
        pak: Text::new(value.as_bytes()),
        extras: Extras::parse(extras.as_bytes()).unwrap(),
        ..terms()
    };
    let line = license(&widest, 1);
    assert!(line.len() > 950 && line.len() <= MAX_RECORD_LEN, "{}", line.len());

    let (features, pids) = (list(4), list(8));
    let mut widest = key_terms(2);
    widest.role = crate::Role::Development;
    widest.features = List::features(features.as_bytes()).unwrap();
    widest.pids = List::pids(pids.as_bytes()).unwrap();
    let key = delegation(&widest, 1);
    assert!(key.len() > 700 && key.len() <= MAX_RECORD_LEN, "{}", key.len());
}

#[test]
fn a_file_of_twins_is_read_frame_by_frame() {
    let twins: Vec<u8> =
        samples().iter().flat_map(|s| binary(&first(s.as_bytes()).unwrap())).collect();
    let texts: Vec<_> = Records::new(&twins).map(|found| text(&found.record.unwrap())).collect();
    assert_eq!(texts, samples());
}

#[test]
fn whatever_decodes_encodes_to_the_same_bytes() {
    for sample in samples() {
        let twin = binary(&first(sample.as_bytes()).unwrap());
        for place in 1..twin.len() {
            for value in 0..=255 {
                let mut other = twin.clone();
                other[place] = value;
                for found in Records::new(&other) {
                    if let Ok(record) = found.record {
                        assert_eq!(binary(&record), &other[found.start..found.end]);
                        assert_eq!(text(&first(text(&record).as_bytes()).unwrap()), text(&record));
                    }
                }
            }
        }
        for end in 1..twin.len() {
            assert_eq!(first(&twin[..end]).err(), Some(Reason::BadBinary), "{end}");
        }
        let longer = [&twin[..], &[0]].concat();
        assert_eq!(Records::new(&longer).count(), 2);
    }
}

#[test]
fn a_damaged_frame_leaves_the_next_one_alone_if_its_length_is_whole() {
    let sample = license(&terms(), 1);
    let twin = binary(&first(sample.as_bytes()).unwrap());
    let mut damaged = twin.clone();
    damaged[4] = b'-';
    let file = [&damaged[..], &twin[..]].concat();
    let reasons: Vec<_> =
        Records::new(&file).map(|f| f.record.err().map(|e| (e.reason, e.offset))).collect();
    assert_eq!(reasons, [Some((Reason::BadFeature, 0)), None]);
    let mut unknown = twin.clone();
    unknown[1] = 200;
    assert_eq!(first(&unknown).err(), Some(Reason::UnsupportedFormat));
}

/// The body of a license line as section 7 of docs/SPEC.md gives it, for `postcard`.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct LicenseBody<'a> {
    feature: &'a str,
    version: [u16; 4],
    license_type: u8,
    count: u64,
    id: [u8; 10],
    udi: &'a str,
    issued: u32,
    start: Option<u32>,
    end: Option<u32>,
    usage: u64,
    combine: u8,
    expiry: u8,
    eula: &'a str,
    pak: &'a str,
    extras: &'a str,
    signer: [u8; 4],
    r: [u8; 32],
    s: [u8; 32],
}

/// The body of a `KEY` record likewise.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct KeyBody<'a> {
    id: [u8; 4],
    role: u8,
    x: [u8; 32],
    y: [u8; 32],
    features: &'a str,
    pids: &'a str,
    not_before: u32,
    not_after: u32,
    signer: [u8; 4],
    r: [u8; 32],
    s: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct RepairBody<'a> {
    repair: u8,
    number: u64,
    id: [u8; 10],
    udi: &'a str,
    issued: u32,
    signer: [u8; 4],
    r: [u8; 32],
    s: [u8; 32],
}

#[test]
fn postcard_reads_and_writes_the_same_bytes() {
    for sample in samples() {
        let record = first(sample.as_bytes()).unwrap();
        let twin = binary(&record);
        let (frame, rest): ((u8, u8, u64), _) = postcard::take_from_bytes(&twin).unwrap();
        assert_eq!((frame.0, frame.2), (MARK, u64::try_from(rest.len()).unwrap()));
        match record {
            Record::License(line) => {
                let body: LicenseBody<'_> = postcard::from_bytes(rest).unwrap();
                assert_eq!(body.feature, line.terms().feature.text().as_str());
                assert_eq!(body.issued, line.terms().issued.days());
                assert_eq!(body.r, line.signature().as_bytes()[..32]);
                assert_eq!(postcard::to_allocvec(&body).unwrap(), rest);
            }
            Record::Repair(repair) => {
                let body: RepairBody<'_> = postcard::from_bytes(rest).unwrap();
                assert_eq!(body.number, repair.terms().number);
                assert_eq!(body.udi.as_bytes(), crate::fixtures::UDI);
                assert_eq!(postcard::to_allocvec(&body).unwrap(), rest);
            }
            Record::Key(key) => {
                let body: KeyBody<'_> = postcard::from_bytes(rest).unwrap();
                assert_eq!(body.features, key.terms().features.text().as_str());
                assert_eq!(body.y, key.terms().key.as_bytes()[32..]);
                assert_eq!(postcard::to_allocvec(&body).unwrap(), rest);
            }
            _ => panic!("no sample of it"),
        }
    }
}
