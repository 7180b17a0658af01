use std::string::{String, ToString};
use std::vec::Vec;

use crate::fixtures::{public, signed, terms, udi};
use crate::reason::Reason;
use crate::record::transfer::{
    ConfirmTerms, CredentialTerms, Holding, Lines, Outcome, PermissionTerms, RehostTerms, Removal,
    RevokeTerms, Taken, UsedTime,
};
use crate::record::{Record, Records, TimeTerms};
use crate::value::level::{ProofLevel, RollbackLevel};
use crate::value::license::{Count, LineId};
use crate::value::ticket::{Nonce, TicketDigest};
use crate::value::time::UnixTime;
use crate::value::udi::Udi;

const IDS: [LineId; 2] = [LineId([1; 10]), LineId([2; 10])];

/// One of each kind, signed by key 1.
fn samples() -> Vec<String> {
    let [one, two] = IDS;
    let removals = [
        Removal::new(one, Count::Units(10), 6).unwrap(),
        Removal::new(two, Count::Uncounted, 0).unwrap(),
    ];
    let holdings = [
        Holding { id: one, units: Count::Units(10), waiting: false },
        Holding { id: two, units: Count::Uncounted, waiting: true },
    ];
    let used = [UsedTime { id: one, seconds: 0 }, UsedTime { id: two, seconds: 5400 }];
    let taken = [
        Taken { id: one, units: Some(Count::Units(4)), by_word: 0 },
        Taken { id: two, units: None, by_word: 7 },
    ];
    let gone = [Taken { id: one, units: None, by_word: 0 }];
    let to = Udi::parse(b"R1:SN1").unwrap();
    let ticket = TicketDigest([0xAB; 16]);
    let credential = CredentialTerms {
        udi: udi(),
        proof: ProofLevel::Key,
        storage: RollbackLevel::OneCounter,
        key: Some(public(9)),
        word: 3,
        repairs: 1,
        lines: Some(Lines::new(&holdings).unwrap()),
    };
    let rehost = RehostTerms {
        outcome: Outcome::Applied,
        ticket,
        word: 4,
        repairs: 0,
        used: Some(Lines::new(&used).unwrap()),
    };
    let permission = PermissionTerms {
        from: udi(),
        key: Some(public(9)),
        repairs: 0,
        to,
        nonce: Nonce([7; 8]),
        lines: Lines::new(&removals).unwrap(),
        issued: terms().issued,
    };
    let confirm = |lines| ConfirmTerms { ticket, word: 5, repairs: 0, lines };
    std::vec![
        signed(&credential, 1),
        signed(
            &CredentialTerms { proof: ProofLevel::None, key: None, lines: None, ..credential },
            1
        ),
        signed(&permission, 1),
        signed(&PermissionTerms { key: None, ..permission }, 1),
        signed(&rehost, 1),
        signed(&RehostTerms { outcome: Outcome::GivenUp, used: None, ..rehost }, 1),
        signed(
            &RevokeTerms {
                udi: udi(),
                nonce: Nonce([5; 8]),
                lines: Lines::new(&IDS).unwrap(),
                issued: terms().issued,
            },
            1
        ),
        signed(&confirm(Lines::new(&taken).unwrap()), 1),
        signed(&confirm(Lines::new(&gone).unwrap()), 1),
        signed(&TimeTerms { time: UnixTime(1_795_305_600) }, 1),
    ]
}

#[test]
fn every_kind_has_one_text_and_a_twin_that_says_the_same() {
    for text in samples() {
        let record = Records::new(text.as_bytes()).next().unwrap().record.unwrap();
        let mut buffer = [0; 1024];
        assert_eq!(record.write_text(&mut buffer).unwrap(), text.as_bytes());
        let mut buffer = [0; 1024];
        let twin = record.write_binary(&mut buffer).unwrap();
        let mut records = Records::new(twin);
        let again = records.next().unwrap().record.unwrap();
        let mut buffer = [0; 1024];
        assert_eq!(again.write_text(&mut buffer).unwrap(), text.as_bytes());
        assert!(records.next().is_none());
        assert_eq!(
            crate::fixtures::bytes_of(&again.message()),
            crate::fixtures::bytes_of(&record.message())
        );
        for cut in 1..twin.len() {
            let found = Records::new(&twin[..cut]).next().unwrap();
            assert_eq!(found.record.unwrap_err().reason, Reason::BadBinary);
        }
    }
}

#[test]
fn tickets_are_small() {
    let entries: Vec<Removal> = (1..=10)
        .map(|number| Removal::new(LineId([number; 10]), Count::Uncounted, 0).unwrap())
        .collect();
    let ticket = PermissionTerms {
        from: udi(),
        key: Some(public(9)),
        repairs: 0,
        to: Udi::parse(b"ISR4331/K9:FDO9999WXYZ").unwrap(),
        nonce: Nonce([7; 8]),
        lines: Lines::new(&entries).unwrap(),
        issued: terms().issued,
    };
    let text = signed(&ticket, 1);
    let record = Records::new(text.as_bytes()).next().unwrap().record.unwrap();
    let mut buffer = [0; 1024];
    // For ten removals.
    assert_eq!(record.write_binary(&mut buffer).unwrap().len(), 316);
}

#[test]
fn what_is_not_canonical_is_refused_with_its_reason() {
    let samples = samples();
    let find =
        |keyword: &str| -> &str { samples.iter().find(|text| text.starts_with(keyword)).unwrap() };
    let cases: &[(&str, &str, &str, Reason)] = &[
        ("CREDENTIAL", "proof=key", "proof=keys", Reason::BadValue),
        ("CREDENTIAL", "storage=one-counter", "storage=1", Reason::BadValue),
        ("CREDENTIAL", "proof=key", "proof=secret", Reason::FieldNotAllowed),
        ("CREDENTIAL", " word=3", "", Reason::MissingField),
        ("CREDENTIAL", "word=3", "word=03", Reason::BadValue),
        ("CREDENTIAL", "repairs=1", "repairs=18446744073709551616", Reason::BadValue),
        ("CREDENTIAL", ":10,", ":010,", Reason::BadValue),
        ("CREDENTIAL", ":10,", ":0,", Reason::BadValue),
        ("CREDENTIAL", ":waiting", ":waits", Reason::BadValue),
        ("CREDENTIAL", ":10,0", ":10,,0", Reason::BadValue),
        ("CREDENTIAL", "lines=01", "lines=03", Reason::BadValue),
        ("CREDENTIAL", ",02020202020202020202", ",01010101010101010101", Reason::BadValue),
        ("PERMISSION", "from=ISR4331/K9:FDO1234ABCD", "from=R1:SN1", Reason::SameDevice),
        ("PERMISSION", ":10-6", ":10-10", Reason::BadValue),
        ("PERMISSION", ":10-6", ":10-11", Reason::BadValue),
        ("PERMISSION", ":10-6", ":10", Reason::BadValue),
        ("PERMISSION", ":10-6", ":10-06", Reason::BadValue),
        ("PERMISSION", "uncounted-0", "uncounted-1", Reason::BadValue),
        ("PERMISSION", "nonce=07", "nonce=7", Reason::BadValue),
        ("PERMISSION", " to=R1:SN1", "", Reason::MissingField),
        ("PERMISSION", "issued=2026-11-22", "issued=2026-11-22 x-a=b", Reason::FieldOrder),
        ("REHOST", "applied", "refused", Reason::BadValue),
        ("REHOST", "applied", "cancelled", Reason::FieldNotAllowed),
        ("REHOST", "word=4", "word=0", Reason::BadValue),
        ("REHOST", "ticket=abab", "ticket=ABAB", Reason::BadValue),
        ("REHOST", ":5400", ":3153600001", Reason::BadValue),
        ("REVOKE", ",0202", ":1,0202", Reason::BadValue),
        ("CONFIRM", ":gone@7", ":gone@0", Reason::BadValue),
        ("CONFIRM", ":gone@7", ":gone@", Reason::BadValue),
        ("CONFIRM", ":4,", ":0,", Reason::BadValue),
        ("TIME", "T00:00:00Z", "T24:00:00Z", Reason::BadDate),
        ("TIME", "T00:00:00Z", "T00:60:00Z", Reason::BadDate),
        ("TIME", "T00:00:00Z", "T00:00:00+00:00", Reason::BadDate),
        ("TIME", "T00:00:00Z", " 00:00:00Z", Reason::BadDate),
    ];
    for (keyword, old, new, reason) in cases {
        let text = find(keyword);
        assert!(text.contains(old), "{keyword}: {old}: {text}");
        let changed = text.replacen(old, new, 1);
        let found = Records::new(changed.as_bytes()).next().unwrap();
        assert_eq!(found.record.err().map(|error| error.reason), Some(*reason), "{changed}");
    }
}

#[test]
fn lists_have_an_order_and_an_end() {
    assert!(Lines::<LineId>::new(&[]).is_err());
    assert!(Lines::new(&[IDS[1], IDS[0]]).is_err());
    assert!(Lines::new(&[IDS[0], IDS[0]]).is_err());
    let many: Vec<LineId> = (0..17).map(|number| LineId([number; 10])).collect();
    assert!(Lines::new(&many).is_err());
    let most = Lines::new(&many[..16]).unwrap();
    assert_eq!(most.entries().count(), 16);
    assert_eq!(most.of(LineId([3; 10])), Some(LineId([3; 10])));
    assert_eq!(most.of(LineId([99; 10])), None);
    assert!(Removal::new(IDS[0], Count::Uncounted, 1).is_none());
    assert!(Removal::new(IDS[0], Count::Units(3), 3).is_none());
}

#[test]
fn a_time_has_one_text() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-22T08:30:05Z", 20_779 * 86_400 + 8 * 3600 + 30 * 60 + 5),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        assert_eq!(UnixTime::parse(text.as_bytes()), Ok(UnixTime(seconds)));
        assert_eq!(UnixTime(seconds).to_string(), text);
    }
    assert_eq!(UnixTime(253_402_300_800).to_string(), "");
    // After the year 9999 the date is wrong, whatever stands behind it.
    let late = [0xB1, 9, 6, 0x80, 0x83, 0xD1, 0xFF, 0xAF, 0x07];
    assert_eq!(refusal(&late), Reason::BadDate);
}

fn refusal(file: &[u8]) -> Reason {
    Records::new(file).next().unwrap().record.unwrap_err().reason
}

#[test]
fn a_twin_says_nothing_that_a_text_cannot() {
    let word_zero = [&[0xB1, 6, 18, 1][..], &[0; 17]].concat();
    assert_eq!(refusal(&word_zero), Reason::BadValue);
    let entries: Vec<Removal> = (1..=16)
        .map(|number| {
            let units = Count::Units(999_999_999_999);
            Removal::new(LineId([number; 10]), units, 999_999_999_998).unwrap()
        })
        .collect();
    let ticket = PermissionTerms {
        from: udi(),
        key: Some(public(9)),
        repairs: 0,
        to: udi(),
        nonce: Nonce([7; 8]),
        lines: Lines::new(&entries).unwrap(),
        issued: terms().issued,
    };
    let mut frame = [0; 1024];
    let mut out = crate::bytes::sink::SliceSink::new(&mut frame);
    let signature = crate::value::Signature::from_rs([1; 64]);
    let signer = crate::KeyId([1; 4]);
    crate::record::write_signed(&ticket, signer, &signature, true, &mut out);
    // Too long comes before one device with itself.
    assert_eq!(refusal(out.finish().unwrap()), Reason::RecordTooLong);
}

#[test]
fn no_record_passes_for_another_kind() {
    // The same tokens under another keyword are other signed bytes, and no record of that kind.
    for text in samples() {
        let (keyword, rest) = text.split_once(' ').unwrap();
        for other in [
            "LICENSE",
            "KEY",
            "REPAIR",
            "CREDENTIAL",
            "PERMISSION",
            "REHOST",
            "REVOKE",
            "CONFIRM",
            "TIME",
        ] {
            if other == keyword {
                continue;
            }
            let changed = std::format!("{other} {rest}");
            assert!(Records::new(changed.as_bytes()).next().unwrap().record.is_err(), "{changed}");
        }
        let record = Records::new(text.as_bytes()).next().unwrap().record.unwrap();
        assert!(matches!(
            record,
            Record::Credential(_)
                | Record::Permission(_)
                | Record::Rehost(_)
                | Record::Revoke(_)
                | Record::Confirm(_)
                | Record::Time(_)
        ));
    }
}

#[test]
fn a_signature_in_its_second_form_is_turned_into_the_first() {
    use crate::value::signature::Signature;
    // n - 1 is the other form of 1.
    let mut high = [0; 64];
    high[31] = 5;
    high[32..].copy_from_slice(&[
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63,
        0x25, 0x50,
    ]);
    let mut low = [0; 64];
    (low[31], low[63]) = (5, 1);
    assert_eq!(Signature::from_rs(high).to_low_s(), Signature::from_rs(low));
    assert_eq!(Signature::from_rs(low).to_low_s(), Signature::from_rs(low));
}
