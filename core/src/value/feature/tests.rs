use std::format;

use super::*;
use crate::bytes::sink::SliceSink;

#[test]
fn names_have_their_characters_and_length() {
    for text in ["a", "IPBASE", "ap-count", "9x", "a.b_c-d", &"n".repeat(64)] {
        assert_eq!(FeatureName::parse(text.as_bytes()).unwrap().text().as_str(), text);
    }
    for text in ["", "-a", ".a", "_a", "a b", "a/b", "a:b", "a=b", "\u{e4}", &"n".repeat(65)] {
        assert_eq!(FeatureName::parse(text.as_bytes()), Err(Reason::BadFeature), "{text}");
    }
    for word in RESERVED {
        assert_eq!(FeatureName::parse(word), Err(Reason::BadFeature));
        assert!(FeatureName::parse(&word.to_ascii_lowercase()).is_ok());
    }
}

#[test]
fn versions_have_one_text_and_compare_as_numbers() {
    for text in ["0.0", "1.0", "2.10", "1.0.1", "1.2.3.4", "1.0.0.1", "65535.65535"] {
        let version = Version::parse(text.as_bytes()).unwrap();
        assert_eq!(format!("{version}"), text);
        let mut buffer = [0; 32];
        let mut out = SliceSink::new(&mut buffer);
        version.emit(&mut out);
        assert_eq!(out.finish().unwrap(), text.as_bytes());
    }
    for text in [
        "",
        "1",
        "1.",
        ".1",
        "1..2",
        "1.00",
        "01.0",
        "1.0.0",
        "1.2.0",
        "1.2.3.4.5",
        "1.65536",
        "1.a",
    ] {
        assert_eq!(Version::parse(text.as_bytes()), Err(Reason::BadVersion), "{text}");
    }
    let parse = |text: &str| Version::parse_lenient(text.as_bytes()).unwrap();
    assert!(parse("2.10") > parse("2.9"));
    assert!(parse("2.0.1") > parse("2"));
    assert_eq!(parse("2"), parse("2.0.0.0"));
    assert!(Version::parse_lenient(b"2.").is_err());
}

#[test]
fn a_request_is_a_name_perhaps_with_a_version() {
    let plain = FeatureRequest::parse(b"voice").unwrap();
    assert_eq!((plain.version, plain.count), (None, 1));
    let versioned = FeatureRequest::parse(b"voice:2.1").unwrap().units(16);
    assert_eq!(versioned.version, Some(Version::from_parts([2, 1, 0, 0])));
    assert_eq!(versioned.count, 16);
    assert_eq!(versioned.units(0).count, 1);
    assert_eq!(FeatureRequest::parse(b"voice:"), Err(Reason::BadVersion));
    assert_eq!(FeatureRequest::parse(b":1.0"), Err(Reason::BadFeature));
    assert_eq!(FeatureRequest::parse(b""), Err(Reason::BadFeature));
}
