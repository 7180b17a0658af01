use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use crate::bytes::text::Text;
use crate::fixtures::{bytes_of, delegation, key_terms, license, terms};
use crate::reason::Reason;
use crate::record::{Extras, LicenseTerms, Message, ParseError, Record, Records};
use crate::value::date::{Date, Period};
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType};

const SIG: &str = "sig=3f9a2c41:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn parse_all(file: &[u8]) -> Vec<Result<Record<'_>, ParseError>> {
    Records::new(file).map(|found| found.record).collect()
}

fn only_reason(file: &str) -> (Reason, usize) {
    let found = parse_all(file.as_bytes());
    assert_eq!(found.len(), 1, "{file}: {found:?}");
    let error = found[0].as_ref().unwrap_err();
    (error.reason, error.offset)
}

fn text_of(record: &Record<'_>) -> String {
    let mut buffer = [0; crate::limits::MAX_RECORD_LEN];
    String::from_utf8(record.write_text(&mut buffer).unwrap().to_vec()).unwrap()
}

fn full_terms() -> LicenseTerms<'static> {
    let mut full = terms();
    full.license_type = LicenseType::Subscription;
    full.count = Count::Units(250);
    full.start = Some(Date::parse(b"2026-12-01").unwrap());
    full.end = Some(Date::parse(b"2027-11-30").unwrap());
    full.combine = Combine::Additive;
    full.expiry = ExpiryPolicy::Report;
    full.eula = Text::new(b"standard-2026");
    full.pak = Text::new(b"4XCDEF12345");
    full.extras = Extras::parse(b"x-batch=7 x-order=SO-1").unwrap();
    full
}

#[test]
fn the_typical_line_has_the_documented_text() {
    let text = license(&terms(), 1);
    let head = "LICENSE 1 ipservices 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2 \
                udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 sig=";
    assert!(text.starts_with(head), "{text}");
    assert_eq!(text.len(), head.len() + 8 + 1 + 86);
}

#[test]
fn emitting_a_parsed_record_gives_the_same_text_and_terms() {
    for text in [license(&terms(), 1), license(&full_terms(), 1), delegation(&key_terms(2), 1)] {
        let found = parse_all(text.as_bytes());
        assert_eq!(text_of(found[0].as_ref().unwrap()), text);
    }
    let text = license(&full_terms(), 1);
    match parse_all(text.as_bytes())[0] {
        Ok(Record::License(line)) => assert_eq!(*line.terms(), full_terms()),
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn white_space_and_comments_do_not_change_what_is_signed() {
    let plain = license(&full_terms(), 1);
    let expected = bytes_of(&Message::of(&full_terms()));
    let variants = [
        plain.clone(),
        plain.replace(' ', "\n"),
        plain.replace(' ', "\r\n\t "),
        format!("\u{feff}# comment \u{e4}\r\n{plain}\r\n# end"),
        plain.replace(" issued=", "\n# wrapped here\n issued="),
    ];
    for text in variants {
        let found = parse_all(text.as_bytes());
        assert_eq!(found.len(), 1, "{text}");
        let record = found[0].as_ref().unwrap();
        assert_eq!(bytes_of(&record.message()), expected, "{text}");
        assert_eq!(text_of(record), plain);
    }
}

#[test]
fn every_rule_has_its_reason_and_offset() {
    let head =
        "LICENSE 1 f 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2 udi=P:S issued=2026-11-22";
    let id = "id=5f1c0a9e27d4b86310c2";
    for (text, reason, at) in [
        ("hello world".to_string(), Reason::StrayText, "hello"),
        (format!("license 1 {SIG}"), Reason::DamagedKeyword, "license"),
        (format!("LICENSE 2 f {SIG}"), Reason::UnsupportedFormat, "2"),
        (format!("LICENSE 1 -f 1.0 permanent {SIG}"), Reason::BadFeature, "-f"),
        (format!("LICENSE 1 f 1 permanent {SIG}"), Reason::BadVersion, "1 perm"),
        (format!("LICENSE 1 f 1.0.0 permanent {SIG}"), Reason::BadVersion, "1.0.0"),
        (format!("LICENSE 1 f 01.0 permanent {SIG}"), Reason::BadVersion, "01.0"),
        (format!("LICENSE 1 f 1.0 Permanent {SIG}"), Reason::BadType, "Permanent"),
        (format!("LICENSE 1 f 1.0 permanent 0 {SIG}"), Reason::BadCount, "0 sig"),
        (format!("LICENSE 1 f 1.0 permanent 007 {SIG}"), Reason::BadCount, "007"),
        (format!("LICENSE 1 f 1.0 permanent 1000000000000 {SIG}"), Reason::BadCount, "1000"),
        (
            format!("LICENSE 1 f 1.0 permanent 1 id=5F1c0a9e27d4b86310c2 {SIG}"),
            Reason::BadId,
            "id=",
        ),
        (format!("LICENSE 1 f 1.0 permanent 1 udi=P:S {SIG}"), Reason::MissingField, "udi"),
        (format!("LICENSE 1 f 1.0 permanent 1 ie=00 {SIG}"), Reason::UnknownField, "ie="),
        (format!("LICENSE 1 f 1.0 permanent 1 {id} udi=PS issued {SIG}"), Reason::BadUdi, "udi="),
        (format!("LICENSE 1 f 1.0 permanent 1 {id} udi=P:S {SIG}"), Reason::MissingField, "sig="),
        (format!("LICENSE 1 f 1.0 permanent 1 {id} udi=P:S word {SIG}"), Reason::BadField, "word"),
        (format!("{head}:00 {SIG}"), Reason::BadDate, "issued"),
        (format!("{head} color=red {SIG}"), Reason::UnknownField, "color"),
        (format!("{head} udi=P:S {SIG}"), Reason::FieldOrder, "udi=P:S sig"),
        (format!("{head} start=2026-02-30 {SIG}"), Reason::BadDate, "start"),
        (format!("{head} usage=1440m {SIG}"), Reason::BadPeriod, "usage"),
        (format!("{head} usage=60d {SIG}"), Reason::FieldNotAllowed, "LICENSE"),
        (format!("{head} combine=additive {SIG}"), Reason::FieldNotAllowed, "LICENSE"),
        (format!("{head} combine=exclusive {SIG}"), Reason::BadValue, "combine"),
        (format!("{head} expiry=until-reboot {SIG}"), Reason::BadValue, "expiry"),
        (format!("{head} eula=a/b {SIG}"), Reason::BadValue, "eula"),
        (format!("{head} x-b=1 x-a=1 {SIG}"), Reason::FieldOrder, "x-a"),
        (format!("{head} x-a=1 x-a=1 {SIG}"), Reason::FieldOrder, "x-a=1 sig"),
        (format!("{head} x-A=1 {SIG}"), Reason::BadValue, "x-A"),
        (format!("{head} x-a=1 x-b=2 x-c=3 x-d=4 x-e=5 {SIG}"), Reason::TooManyExtras, "x-e"),
        (head.to_string(), Reason::Truncated, ""),
        (format!("{head} sig=3f9a2c41:AAAA"), Reason::BadSignatureText, "sig"),
        (format!("{head} {}B", &SIG[..SIG.len() - 1]), Reason::BadSignatureText, "sig"),
        (format!("{head} {}", SIG.replace("3f9a", "3F9A")), Reason::BadSignatureText, "sig"),
        (format!("{head} x-\u{e4}=1 {SIG}"), Reason::BadCharacter, "\u{e4}"),
        (format!("{head} x-a={} {SIG}", "v".repeat(65)), Reason::BadValue, "x-a"),
        (format!("{head} {} {SIG}", "v".repeat(2000)), Reason::RecordTooLong, "vvv"),
        ("KEY 1 3f9a2c4 production".to_string(), Reason::BadValue, "3f9a"),
        ("KEY 1 3f9a2c41 root".to_string(), Reason::BadRole, "root"),
        ("KEY 1 3f9a2c41 production key=AAAA".to_string(), Reason::BadKeyText, "key="),
    ] {
        let expected = if at.is_empty() { text.len() } else { text.find(at).unwrap() };
        assert_eq!(only_reason(&text), (reason, expected), "{text}");
    }
}

#[test]
fn every_type_has_exactly_its_fields() {
    for kind in LicenseType::ALL {
        for bits in 0..8 {
            let (usage, end, locked) = (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0);
            let mut terms = terms();
            terms.license_type = kind;
            terms.usage = usage.then(|| Period::from_seconds(60).unwrap());
            terms.end = end.then(|| Date::parse(b"2027-01-01").unwrap());
            if !locked {
                terms.udi = None;
            }
            let fits = usage == kind.is_metered()
                && end == kind.is_dated()
                && (locked || !kind.must_be_locked());
            let text = license(&terms, 1);
            assert_eq!(parse_all(text.as_bytes())[0].is_ok(), fits, "{text}");
        }
    }
    let mut backwards = full_terms();
    backwards.start = Some(Date::parse(b"2027-12-01").unwrap());
    assert_eq!(only_reason(&license(&backwards, 1)).0, Reason::EndBeforeStart);
}

#[test]
fn a_damaged_record_does_not_touch_its_neighbours() {
    let good = license(&terms(), 1);
    let cut = &good[..good.len() - 120];
    let damaged = good.replace("permanent", "permament");
    let file = format!("Dear customer,\n{good}\n{cut}\n{good} {damaged} {good}\nbye");
    let reasons: Vec<_> =
        parse_all(file.as_bytes()).iter().map(|r| r.as_ref().err().map(|e| e.reason)).collect();
    assert_eq!(
        reasons,
        [
            Some(Reason::StrayText),
            None,
            Some(Reason::Truncated),
            None,
            Some(Reason::BadType),
            None,
            Some(Reason::StrayText)
        ]
    );
}

#[test]
fn a_doubled_keyword_or_signature_damages_the_whole_record() {
    let good = license(&terms(), 1);
    let signature = &good[good.find("sig=").unwrap()..];
    for (file, at) in [
        (format!("LICENSE {good}"), 8),
        (format!("KEY LICENSE\n{good}"), 12),
        (format!("{good} {signature}"), good.len() + 1),
    ] {
        assert_eq!(only_reason(&file), (Reason::FieldOrder, at), "{file}");
    }
}

#[test]
fn spans_cover_the_record_and_count_the_byte_order_mark() {
    let good = license(&terms(), 1);
    let file = format!("\u{feff}  {good}\nbye");
    let found: Vec<_> = Records::new(file.as_bytes()).collect();
    assert_eq!(&file[found[0].start..found[0].end], good);
    assert_eq!(&file[found[1].start..found[1].end], "bye");
    assert_eq!(found[1].record.unwrap_err().offset, file.len() - 3);
}

#[test]
fn empty_files_hold_no_records() {
    for file in ["", " \r\n\t", "\u{feff}", "# only a comment", "#"] {
        assert!(parse_all(file.as_bytes()).is_empty(), "{file:?}");
    }
}

#[test]
fn the_longest_line_fits_the_record_limit() {
    let mut longest = full_terms();
    let name = [b'n'; crate::limits::MAX_FEATURE_LEN];
    let pid = [b'P'; crate::limits::MAX_PID_LEN];
    let sn = [b'S'; crate::limits::MAX_SN_LEN];
    let value = "v".repeat(crate::limits::MAX_VALUE_LEN);
    let key = "k".repeat(crate::limits::MAX_EXTRA_KEY_LEN - 3);
    let extras = format!("x-{key}1={value} x-{key}2={value} x-{key}3={value} x-{key}4={value}");
    longest.feature = crate::value::FeatureName::parse(&name).unwrap();
    longest.version = crate::value::Version::from_parts([65535; 4]);
    longest.license_type = LicenseType::ExtensionSubscription;
    longest.count = Count::Units(crate::limits::MAX_COUNT);
    longest.udi = Some(crate::Udi::new(&pid, &sn).unwrap());
    longest.eula = Text::new(value.as_bytes());
    longest.pak = Text::new(value.as_bytes());
    longest.extras = Extras::parse(extras.as_bytes()).unwrap();
    let text = license(&longest, 1);
    assert!(text.len() <= crate::limits::MAX_RECORD_LEN, "{}", text.len());
    assert!(parse_all(text.as_bytes())[0].is_ok());
}

// docs/SPEC.md 1.3, 1.4
#[test]
fn a_damaged_record_ends_behind_its_signature_and_stray_text_at_the_next_keyword() {
    let good = license(&terms(), 1);
    let extents = |file: &str| -> Vec<(String, Option<Reason>)> {
        let found = Records::new(file.as_bytes());
        let piece = |start: usize, end: usize| file.get(start..end).unwrap().trim().to_string();
        found
            .map(|one| (piece(one.start, one.end), one.record.err().map(|error| error.reason)))
            .collect()
    };
    let stray = Some(Reason::StrayText);
    for (bad, reason) in [
        ("LICENSE 1 voice 1.0 permanent uncounted sig=x", Reason::MissingField),
        ("LICENSE 1 sig=x", Reason::BadFeature),
        ("LICENSE 2 voice sig=x sig=y", Reason::UnsupportedFormat),
    ] {
        let file = format!("{bad} foo bar\n{good}");
        let expected =
            [(bad.to_string(), Some(reason)), ("foo bar".to_string(), stray), (good.clone(), None)];
        assert_eq!(extents(&file), expected, "{file}");
    }
    let cut = good.get(..good.len() - 1).unwrap();
    let expected = [
        (cut.to_string(), Some(Reason::BadSignatureText)),
        ("foo bar".to_string(), stray),
        (good.clone(), None),
    ];
    assert_eq!(extents(&format!("{cut} foo bar {good}")), expected);
    // What is glued to a byte that cannot stand in a token is part of the stray text.
    let glued = format!("caf\u{e9} au lait {good}");
    assert_eq!(extents(&glued), [("caf\u{e9} au lait".to_string(), stray), (good.clone(), None)]);
    let glued = format!("# tea\nx LICENSE\u{e9} {good}");
    let expected = [("x LICENSE\u{e9}".to_string(), stray), (good.clone(), None)];
    assert_eq!(extents(&glued), expected);
    // Nor is it a signature, behind a record or in it.
    let expected = [(good.clone(), None), ("sig=x\u{e9} y".to_string(), stray)];
    assert_eq!(extents(&format!("{good} sig=x\u{e9} y")), expected);
    let bad = format!("{good}\u{e9} and more");
    let expected = [(bad.clone(), Some(Reason::BadCharacter)), (good.clone(), None)];
    assert_eq!(extents(&format!("{bad}\n{good}")), expected);
}

// docs/SPEC.md 1.9
#[test]
fn a_cut_off_record_points_at_its_end_whatever_follows() {
    let cut = "LICENSE 1 f 1.0";
    for behind in ["", "\n# LICENSE\n", " # x\nLICENSE 1", "\nKEY"] {
        let file = format!("{cut}{behind}");
        let found = Records::new(file.as_bytes()).next().unwrap();
        assert_eq!((found.start, found.end), (0, cut.len()), "{file}");
        let error = found.record.unwrap_err();
        assert_eq!((error.reason, error.offset), (Reason::Truncated, cut.len()), "{file}");
    }
}
