//! What must hold for any input, as functions: libFuzzer calls them, and so does the ordinary test
//! run (`core/tests/hostile_input.rs`), which compiles this very file.
//!
//! A broken promise is a panic here.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use nodelock::bytes::Sink;
use nodelock::record::{
    BINARY_MARK, Extras, Found, KeyTerms, LicenseTerms, List, Message, Record, Records,
    RepairTerms, TimeTerms, emit_signature,
    transfer::{ConfirmTerms, CredentialTerms, PermissionTerms, RehostTerms, RevokeTerms},
};
use nodelock::rights::{Entitlements, InstallEffect, Slot, Verdict};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::{
    Combine, Count, Date, ExpiryPolicy, FeatureName, FeatureRequest, LicenseType, LineId, Period,
    Version,
};
use nodelock::{KeyId, PublicKey, Reason, Role, TrustAnchor, Udi, limits::MAX_RECORD_LEN};

use nodelock::record::Terms as _;

mod storage;
mod toy;

pub use storage::{flash_image, storage};

use toy::ToyVerifier;

/// Any bytes as a license file: every byte belongs to at most one record, comments never matter,
/// and what is accepted has exactly one text and one binary form.
pub fn records(data: &[u8]) {
    let found = go_through(data);
    if data.first() != Some(&BINARY_MARK) {
        assert_eq!(found, go_through(&without_comments(data)), "a comment was read as more");
    }
}

/// Any bytes as a binary license file. The mark is put in front, so that the fuzzer need not find
/// it, and each frame that is accepted must be the only encoding of its record.
pub fn binary(data: &[u8]) {
    let mut file = vec![BINARY_MARK];
    file.extend_from_slice(data);
    go_through(&file);
    for found in Records::new(&file) {
        if let Ok(record) = found.record {
            assert_eq!(binary_of(&record), &file[found.start..found.end], "a second encoding");
        }
    }
}

/// Any bytes as a license file, and as a recipe for damaging a genuine one: only what the vendor
/// has signed, and only for this device, gets in.
pub fn install(data: &[u8]) {
    install_file(data);
    let genuine = if data.first().is_some_and(|b| b & 1 == 1) {
        &Genuine::get().binary
    } else {
        &Genuine::get().text
    };
    install_file(&damaged(genuine, data.get(1..).unwrap_or_default()));
}

/// Any bytes as what a caller asks for.
pub fn feature_request(data: &[u8]) {
    if let Ok(name) = FeatureName::parse(data) {
        assert_eq!(name.as_bytes(), data);
        assert!(name.to_string() != "LICENSE" && name.to_string() != "KEY");
    }
    let Ok(request) = FeatureRequest::parse(data) else { return };
    assert_eq!(request.count, 1);
    assert_eq!(request.units(0).count, 1);
    let again = match request.version {
        Some(version) => format!("{}:{version}", request.feature),
        None => request.feature.to_string(),
    };
    assert_eq!(FeatureRequest::parse(again.as_bytes()), Ok(request));
    let mut slots = [Slot::EMPTY; 1];
    assert!(matches!(Entitlements::new(&mut slots).check(&request), Verdict::Denied(_)));
}

/// Any bytes as each of the small values of a line: one text per value, and no value that no text
/// has.
pub fn udi_date_version(data: &[u8]) {
    one_text(data, Udi::parse(data));
    one_text(data, Date::parse(data));
    one_text(data, Period::parse(data));
    one_text(data, Version::parse(data));
    one_text(data, Count::parse(data));
    one_text(data, KeyId::parse(data));
    one_text(data, LicenseType::parse(data).map(LicenseType::name));
    one_text(data, Role::parse(data).map(Role::name));
    one_text(data, List::features(data).map(|list| list.text()));
    one_text(data, List::pids(data).map(|list| list.text()));
    if let Ok(version) = Version::parse_lenient(data) {
        assert_eq!(Version::parse(version.to_string().as_bytes()), Ok(version));
    }
    if let Ok(extras) = Extras::parse(data) {
        let joined = extras.tokens().collect::<Vec<_>>().join(&b' ');
        assert_eq!(Extras::parse(&joined), Ok(extras));
        assert_eq!(extras.iter().count(), extras.tokens().count());
    }
    if let Some(number) = data.first_chunk().copied().map(u32::from_le_bytes) {
        // The high bits are dropped so that most numbers are days that exist.
        if let Some(date) = Date::from_days(number >> 10) {
            assert_eq!(Date::parse(date.to_string().as_bytes()), Ok(date));
            assert_eq!(Date::from_unix_seconds(date.unix_seconds() + 86_399), Some(date));
        }
        if let Some(period) = Period::from_seconds(u64::from(number)) {
            assert_eq!(Period::parse(period.to_string().as_bytes()), Ok(period));
        }
    }
}

/// Genuine files, text and binary: the places to start from.
pub fn seeds() -> [(&'static str, Vec<u8>); 2] {
    let genuine = Genuine::get();
    [("text", genuine.text.clone()), ("binary", genuine.binary.clone())]
}

fn one_text<T: std::fmt::Display, E>(data: &[u8], parsed: Result<T, E>) {
    if let Ok(value) = parsed {
        assert_eq!(value.to_string().as_bytes(), data, "two texts for one value");
    }
}

/// A record as it was found, in a form that can be compared.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    start: usize,
    end: usize,
    result: Result<Vec<u8>, (Reason, usize)>,
}

/// Goes through a file and checks everything that holds for each record alone.
fn go_through(file: &[u8]) -> Vec<Seen> {
    let mut behind = 0;
    let mut all = Vec::new();
    for Found { start, end, record } in Records::new(file) {
        assert!(behind <= start && start < end && end <= file.len(), "{start}..{end}");
        behind = end;
        if let Ok(record) = &record {
            one_record(record);
        }
        let result = record.map(|record| text_of(&record)).map_err(|error| {
            assert!((start..=file.len()).contains(&error.offset));
            (error.reason, error.offset)
        });
        all.push(Seen { start, end, result });
    }
    all
}

/// Text and binary form come back to the same record, and the signed bytes are the same in all.
fn one_record(record: &Record<'_>) {
    let text = text_of(record);
    let binary = binary_of(record);
    assert!(text.len() <= MAX_RECORD_LEN && binary.len() <= MAX_RECORD_LEN);
    let message = message_of(record);
    let sig = b" sig=".as_slice();
    let domain = match record {
        Record::License(_) => LicenseTerms::DOMAIN,
        Record::Key(_) => KeyTerms::DOMAIN,
        Record::Repair(_) => RepairTerms::DOMAIN,
        Record::Credential(_) => CredentialTerms::DOMAIN,
        Record::Permission(_) => PermissionTerms::DOMAIN,
        Record::Rehost(_) => RehostTerms::DOMAIN,
        Record::Revoke(_) => RevokeTerms::DOMAIN,
        Record::Confirm(_) => ConfirmTerms::DOMAIN,
        Record::Time(_) => TimeTerms::DOMAIN,
        _ => panic!("a kind that this harness does not know"),
    };
    let at = text.windows(sig.len()).rposition(|w| w == sig).expect("a signature");
    assert_eq!(message, [domain, &text[..at]].concat(), "other bytes are signed than are shown");
    for form in [&text, &binary] {
        let mut again = Records::new(form);
        let same = again.next().expect("a record").record.expect("a valid record");
        assert!(again.next().is_none());
        match (record, &same) {
            (Record::License(a), Record::License(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Key(a), Record::Key(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Repair(a), Record::Repair(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Credential(a), Record::Credential(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Permission(a), Record::Permission(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Rehost(a), Record::Rehost(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Revoke(a), Record::Revoke(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Confirm(a), Record::Confirm(b)) => assert_eq!(a.terms(), b.terms()),
            (Record::Time(a), Record::Time(b)) => assert_eq!(a.terms(), b.terms()),
            _ => panic!("another kind of record"),
        }
        assert_eq!((record.signer(), record.signature()), (same.signer(), same.signature()));
        assert_eq!(message_of(&same), message);
        assert_eq!(text_of(&same), text);
        assert_eq!(binary_of(&same), binary);
    }
}

fn install_file(file: &[u8]) {
    let genuine = Genuine::get();
    let own = toy::own_udi();
    let verifier = ToyVerifier::default();
    let anchors = [toy::anchor(toy::ROOT)];
    let mut keys = [KeySlot::EMPTY; 2];
    let mut ring = KeyRing::new(&anchors, &mut keys);
    let mut slots = [Slot::EMPTY; 6];
    let mut rights = Entitlements::new(&mut slots);
    let mut ids = BTreeSet::new();
    let mut reports = 0;
    let mut calls = 0;
    let tally =
        nodelock::rights::install(file, &mut ring, &verifier, &own, &mut rights, |report| {
            reports += 1;
            assert_eq!(report.number, reports);
            match (report.result, report.record) {
                (Ok(what), Some(record)) => {
                    assert!(
                        genuine.for_us.contains(&text_of(record)),
                        "the vendor has not signed it"
                    );
                    match (what, record) {
                        (
                            InstallEffect::New | InstallEffect::Joins | InstallEffect::AddsNothing,
                            Record::License(line),
                        ) => {
                            assert!(line.terms().udi.is_none_or(|udi| udi == own));
                            assert!(ids.insert(line.terms().id), "one id twice");
                        }
                        (InstallEffect::Key, Record::Key(_)) => {}
                        _ => panic!("reported as another kind of record"),
                    }
                }
                (Ok(_), None) => panic!("nothing was taken in"),
                (Err(Reason::OtherDevice), _) => {
                    assert_eq!(verifier.calls.get(), calls, "a signature of a line for others");
                }
                (Err(_), _) => {}
            }
            calls = verifier.calls.get();
        });
    let sum = tally.installed
        + tally.existing
        + tally.keys
        + tally.for_others
        + tally.refused
        + tally.stray;
    assert_eq!(sum, reports);
    assert_eq!(rights.rights().map(|right| right.id()).collect::<BTreeSet<_>>(), ids);
    assert_eq!(usize::try_from(tally.installed), Ok(ids.len()));
    step_by_step(file, &ring);
}

/// The same by hand, without the hint that spares signature checks: each step must hold alone.
fn step_by_step(file: &[u8], ring: &KeyRing<'_, '_>) {
    let genuine = Genuine::get();
    let own = toy::own_udi();
    for found in Records::new(file) {
        let Ok(Record::License(line)) = found.record else { continue };
        let Ok(verified) = line.verify(ring, &ToyVerifier::default()) else { continue };
        let text = text_of(&Record::License(line));
        let for_us = line.terms().udi.is_none_or(|udi| udi == own);
        let signed = if for_us { &genuine.for_us } else { &genuine.for_others };
        assert!(signed.contains(&text), "the vendor has not signed it");
        assert_eq!(
            verified.bind(&own).map(|_| ()),
            if for_us { Ok(()) } else { Err(Reason::OtherDevice) }
        );
    }
}

/// What the vendor has really signed: for this device, for another one, for any, under a delegated
/// key, and under keys that must not count.
struct Genuine {
    text: Vec<u8>,
    binary: Vec<u8>,
    for_us: BTreeSet<Vec<u8>>,
    for_others: BTreeSet<Vec<u8>>,
}

impl Genuine {
    fn get() -> &'static Self {
        static GENUINE: OnceLock<Genuine> = OnceLock::new();
        GENUINE.get_or_init(Self::make)
    }

    fn make() -> Self {
        let own = toy::own_udi();
        let other = Udi::parse(b"ISR4331/K9:FDO9999WXYZ").expect("a valid UDI");
        let permanent = LicenseTerms {
            feature: FeatureName::parse(b"voice").expect("a valid name"),
            version: Version::from_parts([2, 1, 0, 0]),
            license_type: LicenseType::Permanent,
            count: Count::Units(16),
            id: LineId([1; 10]),
            udi: Some(own),
            issued: Date::parse(b"2026-11-22").expect("a valid date"),
            start: None,
            end: None,
            usage: None,
            combine: Combine::Additive,
            expiry: ExpiryPolicy::UntilReboot,
            eula: nodelock::bytes::Text::new(b"standard"),
            pak: nodelock::bytes::Text::new(b"4XQ7-99KD"),
            needs: None,
            extras: Extras::parse(b"x-a=1 x-b=2").expect("valid extras"),
        };
        let trial = LicenseTerms {
            license_type: LicenseType::Evaluation,
            usage: Period::from_seconds(60 * 86_400),
            expiry: ExpiryPolicy::Immediate,
            id: LineId([2; 10]),
            udi: None,
            ..permanent
        };
        let dated = LicenseTerms {
            license_type: LicenseType::Subscription,
            start: Date::parse(b"2026-12-01").ok(),
            end: Date::parse(b"2027-11-30").ok(),
            id: LineId([3; 10]),
            ..permanent
        };
        let delegated = KeyTerms {
            id: KeyId::of(&toy::key(toy::DELEGATED)),
            role: Role::Production,
            key: toy::key(toy::DELEGATED),
            features: List::features(b"v,w").expect("a valid list"),
            pids: List::pids(b"ISR4331/K9").expect("a valid list"),
            not_before: Date::parse(b"2026-01-01").expect("a valid date"),
            not_after: Date::parse(b"2027-12-31").expect("a valid date"),
        };
        let line = |terms: &LicenseTerms<'_>, signer| {
            let signature = toy::sign(signer, &Message::of(terms));
            let mut text = Bytes::default();
            terms.emit(&mut text);
            emit_signature(KeyId::of(&toy::key(signer)), &signature, &mut text);
            text.0
        };
        let delegation = |terms: &KeyTerms<'_>, signer| {
            let signature = toy::sign(signer, &Message::of(terms));
            let mut text = Bytes::default();
            terms.emit(&mut text);
            emit_signature(KeyId::of(&toy::key(signer)), &signature, &mut text);
            text.0
        };
        let counts = [
            delegation(&delegated, toy::ROOT),
            line(&permanent, toy::ROOT),
            line(&trial, toy::ROOT),
            line(&dated, toy::ROOT),
            line(&LicenseTerms { id: LineId([4; 10]), ..permanent }, toy::DELEGATED),
        ];
        let counts_not = [
            line(&LicenseTerms { udi: Some(other), id: LineId([5; 10]), ..permanent }, toy::ROOT),
            line(&LicenseTerms { id: LineId([6; 10]), ..trial }, toy::DELEGATED),
            line(&LicenseTerms { id: LineId([7; 10]), ..permanent }, toy::STRANGER),
            delegation(&KeyTerms { pids: List::default(), ..delegated }, toy::STRANGER),
        ];
        let text = [counts.join(&b'\n'), counts_not.join(&b'\n')].join(&b"\n# more\n"[..]);
        let records = Records::new(&text).map(|found| found.record.expect("a valid record"));
        let binary = records.flat_map(|record| binary_of(&record)).collect();
        let for_others = counts_not.into_iter().take(1).collect();
        Self { text, binary, for_us: counts.into_iter().collect(), for_others }
    }
}

/// Applies a recipe, four bytes for each step: what to do, where (two bytes), with what.
fn damaged(genuine: &[u8], recipe: &[u8]) -> Vec<u8> {
    let mut file = genuine.to_vec();
    for step in recipe.chunks_exact(4).take(8) {
        let &[what, high, low, with] = step else { continue };
        let at = usize::from(u16::from_be_bytes([high, low])) % (file.len() + 1);
        let until = (at + usize::from(with)).min(file.len());
        match what % 8 {
            0 if at < file.len() => file[at] = with,
            1 if at < file.len() => file[at] ^= 1 << (with % 8),
            2 => file.insert(at, with),
            3 => drop(file.drain(at..until)),
            4 => {
                let piece = file[at..until].to_vec();
                let to = until + usize::from(with) % (file.len() - until + 1);
                file.splice(to..to, piece);
            }
            5 => file[at..until].reverse(),
            6 => file.truncate(at),
            7 => {
                let mut rest = file.split_off(at);
                rest.append(&mut file);
                file = rest;
            }
            _ => {}
        }
    }
    file
}

/// Written from the rule, not from the parser: a `#` where a token would begin starts a comment
/// that goes to the end of its line.
fn without_comments(file: &[u8]) -> Vec<u8> {
    let mut plain = file.to_vec();
    let mut blank_before = true;
    let mut in_comment = false;
    let mark = if file.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    for byte in &mut plain[mark..] {
        let line_end = matches!(*byte, b'\r' | b'\n');
        in_comment = !line_end && (in_comment || (blank_before && *byte == b'#'));
        if in_comment {
            *byte = b' ';
        }
        blank_before = line_end || matches!(*byte, b' ' | b'\t');
    }
    plain
}

/// Collects what is emitted.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

fn message_of(record: &Record<'_>) -> Vec<u8> {
    let mut out = Bytes::default();
    record.message().write(&mut out);
    out.0
}

fn text_of(record: &Record<'_>) -> Vec<u8> {
    record.write_text(&mut [0; MAX_RECORD_LEN]).expect("always fits").to_vec()
}

fn binary_of(record: &Record<'_>) -> Vec<u8> {
    record.write_binary(&mut [0; MAX_RECORD_LEN]).expect("always fits").to_vec()
}
