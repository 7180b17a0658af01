//! A file in pieces does what the whole file does.

use std::string::String;
use std::vec::Vec;

use super::rig::*;
use crate::agent::{InstallMode, Installer};
use crate::bytes::sink::SliceSink;
use crate::fixtures::*;
use crate::reason::Reason;
use crate::record::{Record, Records};
use crate::rights::{InstallEffect, RecordReport};
use crate::value::license::LicenseType;

type Reported = (u32, usize, Result<InstallEffect, Reason>);

fn signed_line(feature: &'static str, number: u8, signer: u8) -> String {
    license(&line(feature, LicenseType::Permanent, number), signer).trim_end().into()
}

/// Two delegated keys, lines of both and of the root, and what is wrong in many ways.
fn file() -> String {
    [
        "# to: the owner",
        &delegation(&key_terms(2), 1),
        "",
        &signed_line("nat", 1, 2),
        "stray text here",
        &signed_line("vpn", 2, 1),
        "LICENSE 1 vpn",
        &signed_line("video", 3, 2),
        &signed_line("camera", 5, 3),
        &delegation(&key_terms(3), 1),
        &signed_line("camera", 5, 3),
        "# LICENSE 1 in a comment",
        &signed_line("media", 4, 2),
        &delegation(&key_terms(4), 1),
        &signed_line("voice", 6, 4),
        &signed_line("patient", 7, 2),
        &delegation(&key_terms(5), 1),
        &signed_line("patient", 7, 5),
    ]
    .join("\n")
}

fn binary(file: &str) -> Vec<u8> {
    let mut buffer = [0; 8192];
    let mut out = SliceSink::new(&mut buffer);
    for found in Records::new(file.as_bytes()) {
        match found.record {
            Ok(Record::License(line)) => line.emit_binary(&mut out),
            Ok(Record::Key(key)) => key.emit_binary(&mut out),
            _ => {}
        }
    }
    out.finish().unwrap().to_vec()
}

fn note(reports: &mut Vec<Reported>) -> impl FnMut(&RecordReport<'_, '_>) {
    |taken| {
        reports.push((taken.number, taken.offset, taken.result));
    }
}

fn whole(file: &[u8]) -> Vec<Reported> {
    let mut reports = Vec::new();
    boot(&mut Ram::default(), noon(0), |agent| {
        agent.install(file, InstallMode::Apply, noon(1), note(&mut reports));
    });
    reports
}

fn pieces<const LEN: usize>(file: &[u8], len: usize) -> Vec<Reported> {
    let mut reports = Vec::new();
    let mut feed = Installer::<LEN>::new();
    boot(&mut Ram::default(), noon(0), |agent| {
        for piece in file.chunks(len) {
            feed.push(agent, piece, noon(1), note(&mut reports));
        }
        feed.finish(agent, noon(1), note(&mut reports));
    });
    reports
}

#[test]
fn a_text_in_pieces_is_installed_as_the_whole() {
    let file = file();
    let expected = whole(file.as_bytes());
    assert!(expected.iter().filter(|report| report.2.is_ok()).count() >= 7, "{expected:?}");
    assert!(expected.iter().any(|report| report.2 == Err(Reason::UnknownKey)));
    for len in (1..40).chain([64, 200, 500, 1000, 5000]) {
        assert_eq!(pieces::<3072>(file.as_bytes(), len), expected, "in pieces of {len}");
        assert_eq!(pieces::<1400>(file.as_bytes(), len), expected, "in less room, {len}");
    }
}

#[test]
fn a_binary_file_in_pieces_is_installed_as_the_whole() {
    let file = binary(&file());
    let expected = whole(&file);
    assert!(expected.iter().filter(|report| report.2.is_ok()).count() >= 7, "{expected:?}");
    for len in (1..40).chain([64, 200, 500, 1000, 5000]) {
        assert_eq!(pieces::<1400>(&file, len), expected, "in pieces of {len}");
    }
}

/// What a file is, its first byte says, in one piece and in many.
#[test]
fn text_and_binary_are_not_mixed() {
    let (text, binary) = (file(), binary(&file()));
    let frame = binary.get(..binary.len() / 2).unwrap();
    let unknown = [crate::record::BINARY_MARK, 99, 2, 1, 1];
    let mark = b"\xEF\xBB\xBF";
    let line = signed_line("nat", 1, 1);
    for file in [
        [&binary[..], b"\n", text.as_bytes()].concat(),
        [text.as_bytes(), b"\n", &binary].concat(),
        [line.as_bytes(), b"\n", &binary].concat(),
        [frame, text.as_bytes()].concat(),
        [&unknown[..], &binary, &unknown, &binary].concat(),
        [&binary[..], &unknown].concat(),
        [&mark[..], line.as_bytes(), b"\n", mark, text.as_bytes()].concat(),
        [line.as_bytes(), b"\n", mark, line.as_bytes()].concat(),
    ] {
        let expected = whole(&file);
        for len in (1..20).chain([100, 400, 6000]) {
            let found = pieces::<3072>(&file, len);
            let of = |reports: &[Reported]| -> Vec<_> {
                reports.iter().map(|report| (report.0, report.2.is_ok())).collect()
            };
            assert_eq!(of(&found), of(&expected), "in pieces of {len}: {found:?}, {expected:?}");
        }
    }
}

#[test]
fn a_key_that_comes_again_keeps_its_place() {
    let key = |number| delegation(&key_terms(number), 1);
    let keys = [key(2), key(3), key(2), key(4)].concat();
    for signer in 2..5 {
        let file = [keys.as_str(), &signed_line("media", 4, signer), "\n"].concat();
        let expected = whole(file.as_bytes());
        for len in [1, 50, 5000] {
            assert_eq!(pieces::<3072>(file.as_bytes(), len), expected, "{signer} {len}");
        }
    }
}

#[test]
fn a_record_is_installed_when_the_line_is_ended() {
    let mut feed = Installer::<1400>::new();
    boot(&mut Ram::default(), noon(0), |agent| {
        let mut reports = Vec::new();
        for piece in [&delegation(&key_terms(2), 1), "\n", &signed_line("nat", 1, 2)] {
            feed.push(agent, piece.as_bytes(), noon(1), note(&mut reports));
        }
        assert_eq!(reports.len(), 1, "the signature may go on");
        feed.push(agent, b"\r\n", noon(2), note(&mut reports));
        assert_eq!(reports.last().map(|report| report.2), Some(Ok(InstallEffect::New)));
    });
}

#[test]
fn keys_do_not_count_for_the_next_file() {
    let mut feed = Installer::<1400>::new();
    boot(&mut Ram::default(), noon(0), |agent| {
        let mut reports = Vec::new();
        feed.push(agent, delegation(&key_terms(2), 1).as_bytes(), noon(1), note(&mut reports));
        feed.finish(agent, noon(1), note(&mut reports));
        feed.push(agent, signed_line("nat", 1, 2).as_bytes(), noon(1), note(&mut reports));
        feed.finish(agent, noon(1), note(&mut reports));
        assert_eq!(reports.last(), Some(&(1, 0, Err(Reason::UnknownKey))));
    });
}

#[test]
fn what_finds_no_room_is_reported_and_the_next_record_is_installed() {
    let long = std::format!("LICENSE 1 {} ", "x".repeat(900));
    let comment = std::format!("# LICENSE {}\n", "LICENSE 1 ".repeat(200));
    let file = [comment.as_str(), &long, "\n", &signed_line("nat", 1, 1), "\n"].concat();
    for len in [1, 7, 64, 5000] {
        let reports = pieces::<600>(file.as_bytes(), len);
        assert_eq!(reports.first().unwrap().1, comment.len());
        assert_eq!(reports.first().unwrap().2, Err(Reason::RecordTooLong), "{len}: {reports:?}");
        assert_eq!(reports.last().unwrap().2, Ok(InstallEffect::New), "{len}: {reports:?}");
    }
}

#[test]
fn noise_and_little_room_do_no_harm() {
    assert_eq!(pieces::<256>(b"", 1), []);
    let noise: Vec<u8> =
        (0..3000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for len in [1, 13, 3000] {
        pieces::<256>(&noise, len);
        let marked = [&[crate::record::BINARY_MARK][..], &noise].concat();
        pieces::<256>(&marked, len);
        pieces::<256>(file().as_bytes(), len);
        pieces::<256>(&binary(&file()), len);
    }
}
