use std::fs;
use std::path::PathBuf;

use nodelock::limits::MAX_FILE_LEN;
use nodelock::value::Count;
use nodelock::{KeyId, TrustAnchor};
use nodelock_benches::{TestVendor, UDI, feature_name, lines_for_others, to_binary};

use crate::{Device, Error, InstallEffect, Reason, Role, Verdict, public_key_from_pem};

/// The routing, the counted, the damaged and the foreign line of the product example.
const FILE: &str = include_str!("../../../examples/rust-product/licenses/router.lic");
const KEY: &str = include_str!("../../../examples/rust-product/keys/test.pub.pem");

fn device() -> Device {
    Device::builder()
        .trust_pem(KEY, Role::Production)
        .udi(std::str::from_utf8(UDI).unwrap())
        .build()
        .unwrap()
}

/// A file that is removed at the end of the test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("nodelock-{}-{name}", std::process::id()));
        fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn reports_on_every_record_of_a_file() {
    let file = TempFile::new("router.lic", FILE.as_bytes());
    let report = device().install_file(&file.0).unwrap();
    let tally = report.tally;
    assert_eq!((tally.installed, tally.for_others, tally.refused), (2, 1, 1));
    let ends: Vec<_> = report.rows.iter().map(|row| row.result.map(|_| ())).collect();
    let expected = [Ok(()), Ok(()), Err(Reason::SignatureMismatch), Err(Reason::OtherDevice)];
    assert_eq!(ends, expected);
    for (row, number) in report.rows.iter().zip(1..) {
        assert_eq!(row.number, number);
        let text_line = FILE.lines().nth(row.line.unwrap() - 1).unwrap();
        assert!(text_line.contains(row.feature().unwrap()), "{row}");
        assert!(text_line.contains(&row.id().unwrap().to_string()), "{row}");
        assert!(FILE[row.offset..].starts_with("LICENSE"));
    }
    let refused: Vec<_> = report.refused().map(|(row, _)| row.number).collect();
    assert_eq!(refused, [3]);
    let text = report.to_string();
    assert!(text.starts_with("2 installed, 0 installed already, 0 keys, 1 for other devices, 1"));
    assert!(text.contains("(firewall): the signature does not match"), "{text}");
    assert!(text.contains(Reason::SignatureMismatch.remedy()), "{text}");
}

#[test]
fn text_and_binary_are_the_same_file() {
    let mut from_text = device();
    let mut from_binary = device();
    let a = from_text.install_bytes(FILE.as_bytes()).unwrap();
    let b = from_binary.install_bytes(&to_binary(FILE)).unwrap();
    assert_eq!(a.tally, b.tally);
    assert!(b.rows.iter().all(|row| row.line.is_none()));
    assert!(from_text.rights().eq(from_binary.rights()));
    let again = from_text.install_bytes(&to_binary(FILE)).unwrap();
    assert_eq!((again.tally.installed, again.tally.existing), (0, 2));
}

#[test]
fn decides_by_name_version_and_units() {
    let mut device = device();
    assert!(!device.check("routing").is_granted());
    device.install_bytes(FILE.as_bytes()).unwrap();
    assert!(device.check("routing:1.9").is_granted());
    assert!(device.check("routing:2").is_granted());
    assert!(device.check_units("vpn-tunnels", 25).is_granted());
    let grant = device.require_units("vpn-tunnels", 5).unwrap();
    assert_eq!(grant.licensed, Count::Units(25));
    for (feature, units, reason, text) in [
        ("routing:2.1", 1, Reason::VersionTooLow, ": 2.1 needed, licensed up to 2.0"),
        ("vpn-tunnels", 26, Reason::CountTooLow, ": 26 needed, 25 licensed"),
        ("firewall", 1, Reason::NoLicense, "firewall is denied"),
        ("no feature", 1, Reason::BadFeature, "no feature is denied"),
        ("routing:x", 1, Reason::BadVersion, "routing:x is denied"),
    ] {
        let denied = device.require_units(feature, units).unwrap_err();
        assert_eq!(denied.denial.reason, reason);
        assert_eq!(denied.feature, feature);
        let message = denied.to_string();
        assert!(message.contains(text) && message.contains(reason.remedy()), "{message}");
        assert!(matches!(device.check_units(feature, units), Verdict::Denied(_)));
    }
}

#[test]
fn explains_line_by_line() {
    let mut device = device();
    device.install_bytes(FILE.as_bytes()).unwrap();
    let explain = |feature, units| {
        let mut text = String::new();
        device.explain_units(feature, units, &mut text).unwrap();
        text
    };
    assert_eq!(
        explain("vpn-tunnels", 5),
        "vpn-tunnels is granted: 25 licensed\n  \
         line 5f1c0a9e27d4b8631002: permanent 1.0, 25, ISR4331/K9:FDO1234ABCD: enough\n"
    );
    let denied = explain("vpn-tunnels", 26);
    let lines: Vec<_> = denied.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains(": 26 needed, 25 licensed; obtain more units"));
    assert!(lines[1].ends_with(": fewer units are licensed than were asked for"));
    assert_eq!(explain("no feature", 1).lines().count(), 1);
}

#[test]
fn slots_grow_with_the_lines_that_count() {
    let vendor = TestVendor::new();
    let mut device = device();
    let file = lines_for_others(100) + &vendor.own_lines(70);
    let report = device.install_bytes(file.as_bytes()).unwrap();
    assert_eq!((report.tally.installed, report.tally.for_others), (70, 100));
    assert!(report.rows[100..].iter().all(|row| row.result == Ok(InstallEffect::New)));
    assert!((0..70).all(|i| device.check(&feature_name(i)).is_granted()));
    assert_eq!(device.rights().count(), 70);
    let again = device.install_bytes(file.as_bytes()).unwrap();
    assert_eq!((again.tally.installed, again.tally.existing), (0, 70));
}

#[test]
fn files_that_cannot_be_read() {
    let missing = device().install_file("no/such/file.lic").unwrap_err();
    assert!(missing.to_string().contains("no/such/file.lic"));
    assert!(matches!(missing, Error::Read { .. }));
    let large = TempFile::new("large.lic", b"");
    let file = fs::File::options().write(true).open(&large.0).unwrap();
    // Sparse: nobody reads the bytes.
    file.set_len(MAX_FILE_LEN as u64 + 1).unwrap();
    let error = device().install_file(&large.0).unwrap_err();
    assert!(matches!(&error, Error::TooLarge { path: Some(path) } if *path == large.0));
    assert!(error.to_string().contains("16777216"));
    let exact = vec![b'\n'; MAX_FILE_LEN];
    assert_eq!(device().install_bytes(&exact).unwrap().rows, []);
    let error = device().install_bytes(&vec![b'\n'; MAX_FILE_LEN + 1]).unwrap_err();
    assert!(matches!(error, Error::TooLarge { path: None }));
}

/// A file without a length of its own: the limit holds while it is read.
#[test]
#[cfg(target_os = "linux")]
fn endless_files_end_at_the_limit() {
    let error = device().install_file("/dev/zero").unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }));
}

#[test]
fn the_builder_checks_what_it_is_given() {
    let anchor = TestVendor::new().anchor();
    let error = Device::builder().build().unwrap_err();
    assert!(matches!(error, Error::NoTrustAnchor));
    let error = Device::builder().trust_pem("no key", Role::Production).build().unwrap_err();
    assert!(matches!(error, Error::Pem));
    // Two keys, or a key that is said to be for something else.
    for pem in [KEY.repeat(2), format!("nodelock-role: evaluation\n{KEY}")] {
        let error = Device::builder().trust_pem(&pem, Role::Production).build().unwrap_err();
        assert!(matches!(error, Error::Pem), "{pem}");
    }
    let wrong = TrustAnchor { id: KeyId([0; 4]), ..anchor };
    let error = Device::builder().trust(wrong).build().unwrap_err();
    assert!(matches!(error, Error::TrustAnchor { reason: Reason::KeyIdMismatch, .. }));
    let error = Device::builder().trust(anchor).udi("ISR4331/K9").build().unwrap_err();
    assert!(matches!(error, Error::Udi { reason: Reason::BadUdi, .. }));
    assert!(error.to_string().contains("write PID:SN"));
    let stack = (0..10).fold(Device::builder().trust(anchor), |b, i| b.udi(format!("PID:SN{i}")));
    assert!(matches!(stack.build().unwrap_err(), Error::TooManyUdis));
}

#[test]
fn members_of_a_stack_share_the_rights() {
    let mut stack = Device::builder()
        .trust(TestVendor::new().anchor())
        .udi("ISR4331/K9:FDO0000AAAA")
        .udi("ISR4331/K9:FDO1234ABCD")
        .build()
        .unwrap();
    stack.install_bytes(FILE.as_bytes()).unwrap();
    assert!(stack.rights().all(|right| right.member() == Some(1)));
    assert!(stack.check("routing").is_granted());
}

#[test]
fn development_keys_count_only_on_demand() {
    let anchor = TrustAnchor { role: Role::Development, ..TestVendor::new().anchor() };
    let builder = || Device::builder().trust(anchor).udi("ISR4331/K9:FDO1234ABCD");
    let mut shipped = builder().build().unwrap();
    let report = shipped.install_bytes(FILE.as_bytes()).unwrap();
    assert_eq!(report.tally.installed, 0);
    assert_eq!(report.rows[0].result, Err(Reason::DevelopmentKey));
    let mut bench = builder().danger_accept_development_keys().build().unwrap();
    assert_eq!(bench.install_bytes(FILE.as_bytes()).unwrap().tally.installed, 2);
}

#[test]
fn pem_is_read_as_others_write_it() {
    let key = TestVendor::new().anchor().key;
    assert_eq!(public_key_from_pem(KEY), Some(key));
    let crlf = KEY.replace('\n', "\r\n");
    assert_eq!(public_key_from_pem(&format!("a note\n{crlf}more")), Some(key));
    let private = KEY.replace("PUBLIC", "PRIVATE");
    for damaged in
        ["", &KEY.repeat(2), &private, &KEY.replace("MFkw", "MFk"), &KEY.replace("MFkw", "MF!w")]
    {
        assert_eq!(public_key_from_pem(damaged), None);
    }
}
