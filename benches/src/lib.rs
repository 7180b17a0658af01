//! License files for benchmarks, instruction counts and tests: made by a vendor whose secret key
//! is public, so always the same bytes, and worthless.

use nodelock::bytes::{SliceSink, Text};
use nodelock::crypto::sha256;
use nodelock::record::Terms as _;
use nodelock::record::{Extras, LicenseTerms, Message, Record, Records, emit_signature};
use nodelock::value::{
    Combine, Count, Date, ExpiryPolicy, FeatureName, LicenseType, LineId, Signature, Version,
};
use nodelock::{KeyId, PublicKey, Role, TrustAnchor, Udi, limits::MAX_RECORD_LEN};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature as EcdsaSignature, SigningKey};

pub mod agent;
pub mod baseline;
pub mod scenarios;

/// UDI of the device that all measurements run on.
pub const UDI: &[u8] = b"ISR4331/K9:FDO1234ABCD";

/// The device's UDI.
#[must_use]
pub fn udi() -> Udi<'static> {
    Udi::parse(UDI).expect("a valid UDI")
}

/// Public key of the test vendor, x and y.
const TEST_KEY: [u8; 64] = *b"\
    \x02\x17\xe6\x17\xf0\xb6\x44\x39\x28\x27\x8f\x96\x99\x9e\x69\xa2\
    \x3a\x4f\x2c\x15\x2b\xdf\x6d\x6c\xdf\x66\xe5\xb8\x02\x82\xd4\xed\
    \x19\x4a\x7d\xeb\xcb\x97\x71\x2d\x2d\xda\x3c\xa8\x5a\xa8\x76\x5a\
    \x56\xf4\x5f\xc7\x58\x59\x96\x52\xf2\x89\x7c\x65\x30\x6e\x57\x94";

/// Signs with the TEST key, whose secret scalar is 32 times 0x11.
#[derive(Debug)]
pub struct TestVendor {
    key: SigningKey,
    anchor: TrustAnchor,
}

impl Default for TestVendor {
    fn default() -> Self {
        Self::new()
    }
}

impl TestVendor {
    /// The one test vendor.
    #[must_use]
    pub fn new() -> Self {
        let key = SigningKey::from_slice(&[0x11; 32]).expect("a valid scalar");
        let point = key.verifying_key().to_sec1_point(false);
        let xy = point.as_bytes()[1..].try_into().expect("x and y");
        Self { key, anchor: TrustAnchor::new(PublicKey::from_xy(xy), Role::Production) }
    }

    /// What devices trust, known without a signing key.
    #[must_use]
    pub const fn test_anchor() -> TrustAnchor {
        TrustAnchor {
            id: KeyId([0x76, 0x80, 0x5A, 0x63]),
            key: PublicKey::from_xy(TEST_KEY),
            role: Role::Production,
        }
    }

    /// What devices trust.
    #[must_use]
    pub const fn anchor(&self) -> TrustAnchor {
        self.anchor
    }

    /// The line's text, signed.
    #[must_use]
    pub fn sign(&self, terms: &LicenseTerms<'_>) -> String {
        let digest = sha256(&Message::of(terms));
        let signature: EcdsaSignature = self.key.sign_prehash(&digest).expect("a signature");
        let signature = Signature::from_rs(signature.normalize_s().to_bytes().into());
        text_of(terms, self.anchor.id, &signature)
    }

    /// Lines for this device, one per feature, as a file.
    #[must_use]
    pub fn own_lines(&self, count: u32) -> String {
        (0..count)
            .map(|i| {
                let feature = feature_name(i);
                let terms = LicenseTerms { id: line_id(i), ..terms(feature.as_bytes(), udi()) };
                self.sign(&terms) + "\n"
            })
            .collect()
    }
}

/// Name of the n-th feature; all names have one length, so that a look-up cannot tell them apart
/// by it.
#[must_use]
pub fn feature_name(i: u32) -> String {
    format!("feature-{i:04}")
}

/// Lines for other devices. Their signatures are made up: nobody looks at them.
#[must_use]
pub fn lines_for_others(count: u32) -> String {
    let signature = Signature::from_rs([0x42; 64]);
    (0..count)
        .map(|i| {
            let feature = feature_name(i % 16);
            let sn = format!("FDO{i:04}ZZZZ");
            let udi = Udi::new(b"ISR4331/K9", sn.as_bytes()).expect("a valid UDI");
            let terms = LicenseTerms { id: line_id(i), ..terms(feature.as_bytes(), udi) };
            text_of(&terms, KeyId([0x12, 0x34, 0x56, 0x78]), &signature) + "\n"
        })
        .collect()
}

/// A signed line of exactly 300 bytes, as long as lines with an agreement, an order and extension
/// fields get.
#[must_use]
pub fn line_of_300_bytes(vendor: &TestVendor) -> String {
    let filler = "x-order=".to_owned() + &"7".repeat(40);
    let terms = LicenseTerms {
        eula: Text::new(b"standard-2026"),
        pak: Text::new(b"4XQ7-99KD-00A1"),
        extras: Extras::parse(filler.as_bytes()).expect("valid extras"),
        ..terms(b"ipservices", udi())
    };
    vendor.sign(&terms)
}

/// The binary twin of a text file.
///
/// # Panics
/// If a record of the file is damaged.
#[must_use]
pub fn to_binary(text: &str) -> Vec<u8> {
    let mut buffer = [0; MAX_RECORD_LEN];
    let mut file = Vec::new();
    for found in Records::new(text.as_bytes()) {
        let record: Record<'_> = found.record.expect("a valid record");
        file.extend_from_slice(record.write_binary(&mut buffer).expect("large enough"));
    }
    file
}

/// A permanent line for a feature of a device.
///
/// # Panics
/// If the name is not one of a feature.
#[must_use]
pub fn terms<'a>(feature: &'a [u8], udi: Udi<'a>) -> LicenseTerms<'a> {
    LicenseTerms {
        feature: FeatureName::parse(feature).expect("a valid name"),
        version: Version::ONE,
        license_type: LicenseType::Permanent,
        count: Count::Uncounted,
        id: line_id(0),
        udi: Some(udi),
        issued: Date::parse(b"2026-11-22").expect("a valid date"),
        start: None,
        end: None,
        usage: None,
        combine: Combine::Exclusive,
        expiry: ExpiryPolicy::UntilReboot,
        eula: None,
        pak: None,
        needs: None,
        extras: Extras::NONE,
    }
}

fn line_id(i: u32) -> LineId {
    let mut id = [0xA5; 10];
    id[6..].copy_from_slice(&i.to_be_bytes());
    LineId(id)
}

fn text_of(terms: &LicenseTerms<'_>, signer: KeyId, signature: &Signature) -> String {
    let mut buffer = [0; MAX_RECORD_LEN];
    let mut out = SliceSink::new(&mut buffer);
    terms.emit(&mut out);
    emit_signature(signer, signature, &mut out);
    String::from_utf8(out.finish().expect("large enough").to_vec()).expect("ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_what_they_say() {
        let vendor = TestVendor::new();
        assert_eq!(vendor.anchor(), TestVendor::test_anchor());
        assert_eq!(line_of_300_bytes(&vendor).len(), 300);
        assert_eq!(vendor.own_lines(3), TestVendor::new().own_lines(3));
        assert_eq!(lines_for_others(20).lines().count(), 20);
    }

    #[test]
    fn every_scenario_runs() {
        for scenario in scenarios::SCENARIOS {
            let mut operation = (scenario.prepare)();
            operation();
            operation();
        }
    }
}
