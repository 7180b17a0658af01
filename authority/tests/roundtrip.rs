//! Random terms: what the emitter writes the parser reads, and the other way round.

mod common;

use common::{binary, text};
use nodelock::crypto::SignatureVerifier;
use nodelock::record::Terms as _;
use nodelock::record::{KeyTerms, LicenseTerms, List, Message, Record, Records};
use nodelock::value::{Combine, Count, Date, ExpiryPolicy, LicenseType, LineId, Period, Version};
use nodelock::{P256Verifier, Role};
use nodelock_authority::{
    DelegationSpec, DeviceUdi, ExtraField, ExtraFields, FeatureVersion, Issued, Label, LicenseSpec,
    SecretKey, Signer, Value, delegate, issue,
};
use proptest::prelude::*;

fn signer() -> SecretKey {
    SecretKey::from_scalar(&[7; 32], Role::Production).unwrap()
}

fn date() -> impl Strategy<Value = Date> {
    (0_u32..=2_932_896).prop_map(|days| Date::from_days(days).unwrap())
}

fn feature() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9._-]{0,63}".prop_filter("words that begin records", |name| {
        nodelock::value::FeatureName::parse(name.as_bytes()).is_ok()
    })
}

/// Small and full numbers, so that versions of every length come up.
fn part() -> impl Strategy<Value = u16> {
    prop_oneof![Just(0), 0_u16..12, any::<u16>()]
}

fn count() -> impl Strategy<Value = Count> {
    prop_oneof![Just(Count::Uncounted), (1..=nodelock::limits::MAX_COUNT).prop_map(Count::Units)]
}

fn usage() -> impl Strategy<Value = Period> {
    let seconds = 1..=nodelock::limits::MAX_USAGE_SECONDS;
    let whole = (1_u64..1000, prop_oneof![Just(60), Just(3600), Just(86_400)]);
    prop_oneof![seconds, whole.prop_map(|(n, unit)| n * unit)]
        .prop_map(|seconds| Period::from_seconds(seconds).unwrap())
}

fn spec() -> impl Strategy<Value = LicenseSpec> {
    let head = (
        feature(),
        [part(), part(), part(), part()],
        proptest::sample::select(LicenseType::ALL.to_vec()),
        count(),
        any::<[u8; 10]>(),
        proptest::option::of(("[!-+\\--9;-~]{1,32}", "[!-~]{1,64}")),
    );
    let tail = (
        date(),
        proptest::option::of(date()),
        date(),
        usage(),
        any::<bool>(),
        proptest::sample::select(vec![
            ExpiryPolicy::UntilReboot,
            ExpiryPolicy::Immediate,
            ExpiryPolicy::Report,
        ]),
        proptest::option::of("[A-Za-z0-9._-]{1,64}"),
        proptest::option::of("[A-Za-z0-9._-]{1,64}"),
        proptest::collection::btree_map("x-[a-z0-9-]{1,22}", "[!-~]{1,64}", 0..=4),
    );
    (head, tail).prop_map(|(head, tail)| {
        let (feature, version, kind, count, id, udi) = head;
        let (issued, start, end, usage, additive, expiry, eula, pak, extras) = tail;
        let udi = udi.map(|(pid, sn)| format!("{pid}:{sn}"));
        let start = start.map(|day| day.min(end));
        let ends = kind.is_metered() || kind.is_dated();
        let counted = matches!(count, Count::Units(_));
        let udi = udi.or(kind.must_be_locked().then(|| "P:S".to_owned()));
        let feature = format!("{feature}:{}", Version::from_parts(version));
        let mut extra = ExtraFields::default();
        for (key, value) in extras {
            extra.add(ExtraField::new(&key, &value).unwrap()).unwrap();
        }
        LicenseSpec {
            feature: vec![FeatureVersion::read(&feature).unwrap()],
            license_type: Some(kind),
            count: Some(count),
            id: Some(LineId(id)),
            udi: udi.iter().map(|udi| DeviceUdi::read(udi).unwrap()).collect(),
            issued: Some(issued),
            start: start.filter(|_| kind.is_dated()),
            end: kind.is_dated().then_some(end),
            usage: kind.is_metered().then_some(usage),
            additive: Some(additive && counted),
            expiry: ends.then_some(expiry),
            eula: eula.map(|name| Label::read(&name).unwrap()),
            pak: pak.map(|name| Label::read(&name).unwrap()),
            extra,
            place: String::new(),
        }
    })
}

/// Its line.
fn one(spec: &LicenseSpec) -> Issued {
    let mut lines = issue(spec, &signer(), None).unwrap();
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

fn only(file: &[u8]) -> Record<'_> {
    let mut records = Records::new(file);
    let record = records.next().unwrap().record.unwrap();
    assert!(records.next().is_none());
    record
}

fn digest(record: &Record<'_>) -> [u8; 32] {
    P256Verifier.sha256(&record.message()).unwrap()
}

/// Text and binary say the same, are written the same again, and are signed the same.
fn same_in_both_forms(issued: &Issued) {
    let from_text = only(issued.text.as_bytes());
    let from_binary = only(&issued.binary);
    for record in [&from_text, &from_binary] {
        assert_eq!(text(record), issued.text);
        assert_eq!(binary(record), issued.binary);
        assert_eq!(digest(record), digest(&from_text));
        assert_eq!(record.signature(), from_text.signature());
    }
}

fn license<'a>(record: &Record<'a>) -> LicenseTerms<'a> {
    match record {
        Record::License(line) => *line.terms(),
        _ => panic!("not a license"),
    }
}

fn key<'a>(record: &Record<'a>) -> KeyTerms<'a> {
    match record {
        Record::Key(key) => *key.terms(),
        _ => panic!("not a key"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn license_lines(spec in spec()) {
        // `issue` itself compares the parsed terms with those that it has emitted.
        let issued = one(&spec);
        same_in_both_forms(&issued);
        let terms = license(&only(issued.text.as_bytes()));
        prop_assert_eq!(terms, license(&only(&issued.binary)));
        prop_assert_eq!(terms.feature.to_string(), spec.feature[0].name());
        prop_assert_eq!(terms.version, spec.feature[0].version());
        prop_assert_eq!(Some(terms.license_type), spec.license_type);
        prop_assert_eq!(Some(terms.count), spec.count);
        prop_assert_eq!(Some(terms.id), spec.id);
        let udi = terms.udi.map(|udi| udi.to_string());
        prop_assert_eq!(udi.as_deref(), spec.udi.first().map(DeviceUdi::as_str));
        prop_assert_eq!(Some(terms.issued), spec.issued);
        prop_assert_eq!(terms.start, spec.start);
        prop_assert_eq!(terms.end, spec.end);
        prop_assert_eq!(terms.usage, spec.usage);
        prop_assert_eq!(Some(terms.combine == Combine::Additive), spec.additive);
        prop_assert_eq!(terms.expiry, spec.expiry.unwrap_or_default());
        prop_assert_eq!(terms.eula.map(|text| text.as_str()), spec.eula.as_ref().map(Label::as_str));
        prop_assert_eq!(terms.pak.map(|text| text.as_str()), spec.pak.as_ref().map(Label::as_str));
        let extras: Vec<_> = terms.extras.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        prop_assert_eq!(extras, spec.extra.iter().collect::<Vec<_>>());
    }

    /// The order names the field that is missing or too many; whether one is, the core says.
    #[test]
    fn an_order_is_refused_where_the_core_refuses_the_line(
        whole in spec(),
        locked in any::<bool>(),
        given in any::<[bool; 4]>(),
        additive in any::<bool>(),
        expiry in proptest::sample::select(vec![ExpiryPolicy::UntilReboot, ExpiryPolicy::Report]),
        (start, end, usage) in (date(), date(), usage()),
    ) {
        let spec = LicenseSpec {
            udi: if locked { vec![DeviceUdi::read("P:S").unwrap()] } else { Vec::new() },
            count: whole.count.filter(|_| given[0]),
            start: given[1].then_some(start),
            end: given[2].then_some(end),
            usage: given[3].then_some(usage),
            additive: Some(additive),
            expiry: Some(expiry),
            ..whole
        };
        let name = spec.feature[0].name();
        let terms = LicenseTerms {
            feature: nodelock::value::FeatureName::parse(name.as_bytes()).unwrap(),
            version: spec.feature[0].version(),
            license_type: spec.license_type.unwrap(),
            count: spec.count.unwrap_or(Count::Uncounted),
            id: LineId([0; 10]),
            udi: locked.then(|| nodelock::Udi::parse(b"P:S").unwrap()),
            issued: spec.issued.unwrap(),
            start: spec.start,
            end: spec.end,
            usage: spec.usage,
            combine: if additive { Combine::Additive } else { Combine::Exclusive },
            expiry,
            eula: None,
            pak: None,
            needs: None,
            extras: nodelock::record::Extras::default(),
        };
        prop_assert_eq!(spec.check().is_ok(), terms.validate().is_ok(), "{:?}", terms);
    }

    #[test]
    fn key_records(
        scalar in 1_u64..,
        features in proptest::collection::btree_set("[A-Za-z0-9][A-Za-z0-9._-]{0,20}", 0..=8),
        pids in proptest::collection::btree_set("[!-+\\--9;-~]{1,20}", 0..=8),
        role in proptest::sample::select(Role::ALL.to_vec()),
        first in date(),
        last in date(),
    ) {
        let mut bytes = [1; 32];
        bytes[24..].copy_from_slice(&scalar.to_be_bytes());
        let delegated = SecretKey::from_scalar(&bytes, role).unwrap();
        let spec = DelegationSpec {
            key: delegated.anchor().key,
            role,
            features: features.iter().cloned().collect(),
            pids: pids.iter().cloned().collect(),
            not_before: first.min(last),
            not_after: first.max(last),
        };
        let issued = delegate(&spec, &signer()).unwrap();
        same_in_both_forms(&issued);
        let terms = key(&only(issued.text.as_bytes()));
        prop_assert_eq!(terms, key(&only(&issued.binary)));
        prop_assert_eq!(terms.key, spec.key);
        prop_assert_eq!(terms.role, role);
        let entries = |list: List<'_>| -> Vec<String> {
            list.entries().map(|e| String::from_utf8(e.to_vec()).unwrap()).collect()
        };
        prop_assert_eq!(entries(terms.features), spec.features);
        prop_assert_eq!(entries(terms.pids), spec.pids);
        prop_assert_eq!((terms.not_before, terms.not_after), (spec.not_before, spec.not_after));
    }

    /// Whatever comes in, the reader ends, and what it calls a record is written as it was read.
    #[test]
    fn any_text(words in proptest::collection::vec(word(), 0..40)) {
        let file = words.join(" ");
        let mut last = 0;
        for found in Records::new(file.as_bytes()) {
            prop_assert!(found.start >= last && found.end > found.start && found.end <= file.len());
            last = found.end;
            if let Ok(record) = found.record {
                prop_assert_eq!(text(&record), &file[found.start..found.end]);
            }
        }
    }

    #[test]
    fn any_bytes(mut file in proptest::collection::vec(any::<u8>(), 0..400), binary_mark in any::<bool>()) {
        if let (true, Some(first)) = (binary_mark, file.first_mut()) {
            *first = nodelock::record::BINARY_MARK;
        }
        let mut last = 0;
        for found in Records::new(&file) {
            prop_assert!(found.start >= last && found.end > found.start && found.end <= file.len());
            last = found.end;
        }
    }
}

fn word() -> impl Strategy<Value = String> {
    let signature = format!("sig=76805a63:{}A", "B".repeat(85));
    let parts: Vec<String> = [
        "LICENSE",
        "KEY",
        "1",
        "f",
        "1.0",
        "permanent",
        "uncounted",
        "5",
        "id=5f1c0a9e27d4b86310c2",
        "udi=P:S",
        "issued=2026-11-22",
        "usage=60d",
        "x-a=1",
        "x-b=2",
        "76805a63",
        "production",
        "not-before=2026-01-01",
        "not-after=2027-01-01",
    ]
    .map(String::from)
    .to_vec();
    prop_oneof![
        8 => proptest::sample::select(parts),
        2 => Just(signature),
        // One that is whole.
        2 => Just("LICENSE 1 f 1.0 right-to-use 5 id=5f1c0a9e27d4b86310c2 issued=2026-11-22 \
                   sig=76805a63:".to_owned() + &"B".repeat(85) + "A"),
        1 => "[!-~]{1,20}",
    ]
}

/// The terms of a message that came as text and as binary hash to the same.
#[test]
fn message_kinds_agree() {
    let udi = vec![DeviceUdi::read("P:S").unwrap()];
    let issued = one(&LicenseSpec { udi, ..LicenseSpec::new("f").unwrap() });
    let record = only(issued.text.as_bytes());
    let terms = license(&record);
    assert_eq!(P256Verifier.sha256(&Message::of(&terms)).unwrap(), digest(&record));
}
