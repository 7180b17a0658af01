//! Keys and signed records for tests and examples. TEST keys: the secret is one byte, 32 times.

use std::path::Path;

use nodelock::bytes::SliceSink;
use nodelock::crypto::sha256;
use nodelock::record::Terms as _;
use nodelock::record::{
    KeyTerms, LicenseTerms, List, Message, Records, RepairTerms, emit_signature,
};
use nodelock::value::{Date, Signature};
use nodelock::{KeyId, PublicKey, Role, TrustAnchor};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature as EcdsaSignature, SigningKey};

/// The key of this number.
#[derive(Clone, Copy)]
pub(crate) struct Key(pub(crate) u8);

impl Key {
    fn secret(self) -> SigningKey {
        SigningKey::from_slice(&[self.0; 32]).expect("below the order of the group")
    }

    pub(crate) fn public(self) -> PublicKey {
        let point = self.secret().verifying_key().to_sec1_point(false);
        PublicKey::from_xy(point.as_bytes()[1..].try_into().expect("x and y"))
    }

    pub(crate) fn id(self) -> KeyId {
        KeyId::of(&self.public())
    }

    pub(crate) fn anchor(self, role: Role) -> TrustAnchor {
        TrustAnchor::new(self.public(), role)
    }

    /// A license line from its text up to the signature.
    pub(crate) fn license(self, text: &str) -> String {
        self.sign(text, &Message::Text { domain: LicenseTerms::DOMAIN, text: text.as_bytes() })
    }

    /// A `REPAIR` record from its text up to the signature.
    pub(crate) fn repair(self, text: &str) -> String {
        self.sign(text, &Message::Text { domain: RepairTerms::DOMAIN, text: text.as_bytes() })
    }

    /// The `KEY` record by which this key, a root, delegates to another.
    pub(crate) fn delegate(self, to: Key, role: Role, features: &str) -> String {
        let date = |text: &str| Date::parse(text.as_bytes()).expect("a date");
        let terms = KeyTerms {
            id: to.id(),
            role,
            key: to.public(),
            features: List::features(features.as_bytes()).expect("a list of features"),
            pids: List::default(),
            not_before: date("2026-01-01"),
            not_after: date("2027-12-31"),
        };
        let mut buffer = [0; 1024];
        let mut out = SliceSink::new(&mut buffer);
        terms.emit(&mut out);
        let text = out.finish().expect("shorter than any record");
        self.sign(
            core::str::from_utf8(text).expect("ASCII"),
            &Message::Text { domain: KeyTerms::DOMAIN, text },
        )
    }

    fn sign(self, text: &str, message: &Message<'_>) -> String {
        let signature: EcdsaSignature =
            self.secret().sign_prehash(&sha256(message)).expect("signing");
        let signature = Signature::from_rs(signature.normalize_s().to_bytes().into());
        let mut buffer = [0; 100];
        let mut out = SliceSink::new(&mut buffer);
        emit_signature(self.id(), &signature, &mut out);
        let end = out.finish().expect("100 bytes");
        let record = format!("{text}{}", core::str::from_utf8(end).expect("ASCII"));
        let found = Records::new(record.as_bytes()).next().expect("a record");
        assert!(found.record.is_ok(), "{record}: {:?}", found.record.err());
        record
    }
}

/// The public key in a PEM file of `vectors/keys`.
pub(crate) fn anchor_of_vectors(name: &str, role: Role) -> TrustAnchor {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keys");
    let path = keys.join(format!("{name}.pub.pem"));
    let pem = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (_, body) = pem.split_once("-----BEGIN PUBLIC KEY-----").expect("a public key");
    let (body, _) = body.split_once("-----END").expect("its end");
    let key = PublicKey::from_spki_der(&base64(body)).expect("a P-256 key");
    TrustAnchor::new(key, role)
}

fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for letter in text.bytes() {
        let Some(six) = LETTERS.iter().position(|&l| l == letter) else { continue };
        bits = bits << 6 | u32::try_from(six).expect("below 64");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held).to_le_bytes()[0]);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

/// An array of bytes as a C definition.
pub(crate) fn c_bytes(name: &str, bytes: &[u8]) -> String {
    let mut text = format!("static const uint8_t {name}[{}] = {{", bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        text.push_str(if at % 16 == 0 { "\n    " } else { " " });
        text.push_str(&format!("{byte:3},"));
    }
    text.push_str("\n};\n");
    text
}

/// A trust anchor as a C initialiser.
pub(crate) fn c_anchor(name: &str, anchor: &TrustAnchor) -> String {
    let list = |bytes: &[u8]| {
        let lines: Vec<String> = bytes
            .chunks(12)
            .map(|line| line.iter().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>())
            .map(|line| line.join(", "))
            .collect();
        lines.join(", \\\n      ")
    };
    format!(
        "#define {name} \\\n    {{{{{}}}, {}, \\\n     {{{}}}}}\n",
        list(&anchor.id.0),
        anchor.role as u8,
        list(anchor.key.as_bytes())
    )
}
