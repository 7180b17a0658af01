//! A vendor whose signatures cost nothing: they look like signatures, and are checked by making
//! them again.

use std::fmt::Write as _;

use nodelock::bytes::Sink;
use nodelock::crypto::SignatureVerifier;
use nodelock::record::{Message, Terms};
use nodelock::value::{Date, Signature};
use nodelock::{KeyId, PublicKey, Reason, Role, TrustAnchor};

use crate::history::LineSpec;

/// The device.
pub const UDI: &str = "P1:S1";

/// The key, which is no point of any curve.
const KEY: [u8; 64] = [0x5A; 64];

/// The name of the key.
const KEY_ID: KeyId = KeyId([0xC0, 0xFF, 0xEE, 0x01]);

/// What the product trusts.
pub const ANCHORS: [TrustAnchor; 1] =
    [TrustAnchor { id: KEY_ID, key: PublicKey::from_xy(KEY), role: Role::Production }];

/// The verifier.
#[derive(Debug, Clone, Copy)]
pub struct Toy;

struct Fold(u64);

impl Sink for Fold {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

const fn spread(seed: u64, at: u64) -> u64 {
    let mut z = seed ^ at.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn widen<const N: usize>(seed: u64, salt: u64) -> [u8; N] {
    let mut out = [0; N];
    for (at, part) in out.chunks_mut(8).enumerate() {
        part.copy_from_slice(&spread(seed, salt + at as u64 + 1).to_le_bytes());
    }
    out
}

fn digest(seed: u64) -> [u8; 32] {
    widen(seed, 0)
}

fn sign(digest: &[u8; 32]) -> [u8; 64] {
    let mut fold = Fold(0xCBF2_9CE4_8422_2325);
    fold.put(&digest[..16]);
    let mut rs: [u8; 64] = widen(fold.0, 100);
    // r and s lie in 1 to n - 1, and s in the lower half.
    rs[0] = rs[0] & 0x3F | 1;
    rs[32] = rs[32] & 0x3F | 1;
    rs
}

impl SignatureVerifier for Toy {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        let mut fold = Fold(0xCBF2_9CE4_8422_2325);
        message.write(&mut fold);
        Ok(digest(fold.0))
    }

    fn verify(&self, _: &PublicKey, of: &[u8; 32], signature: &Signature) -> Result<(), Reason> {
        if signature.as_bytes() == &sign(of) { Ok(()) } else { Err(Reason::SignatureMismatch) }
    }
}

fn base64url(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for part in bytes.chunks(3) {
        let at = |i: usize| u32::from(part.get(i).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..=part.len() {
            out.push(char::from(DIGITS[(word >> (18 - 6 * digit) & 63) as usize]));
        }
    }
}

/// A day as lines write it.
#[must_use]
pub fn day(days: u32) -> String {
    let (year, month, day) = Date::from_days(days).unwrap_or(Date::EPOCH).civil();
    format!("{year:04}-{month:02}-{day:02}")
}

fn period(seconds: u64) -> String {
    for (unit, length) in [('d', 86_400), ('h', 3600), ('m', 60)] {
        if seconds.is_multiple_of(length) {
            return format!("{}{unit}", seconds / length);
        }
    }
    format!("{seconds}s")
}

fn seal(domain: &str, key: KeyId, text: &mut String) {
    let mut fold = Fold(0xCBF2_9CE4_8422_2325);
    fold.put(domain.as_bytes());
    fold.put(text.as_bytes());
    let _ = write!(text, " sig={key}:");
    base64url(&sign(&digest(fold.0)), text);
    text.push('\n');
}

/// The id of a line of a history.
#[must_use]
pub fn line_id(line: usize) -> [u8; 10] {
    let mut id = [0x11; 10];
    id[9] = u8::try_from(line).unwrap_or(u8::MAX);
    id
}

/// The text of a line, signed by the root.
#[must_use]
pub fn license(line: usize, spec: &LineSpec, feature: &str) -> String {
    signed_by(KEY_ID, line, spec, feature)
}

/// The text of a line with a `KEY` record before it, signed by the key that this one delegates.
#[must_use]
pub fn delegated(line: usize, spec: &LineSpec, feature: &str) -> String {
    let key = [0x33; 64];
    let digest = Toy.sha256(&Message::PublicKey(&PublicKey::from_xy(key))).unwrap_or_default();
    let id = KeyId([digest[0], digest[1], digest[2], digest[3]]);
    let mut text = format!("KEY 1 {id} production key=");
    base64url(&key, &mut text);
    text.push_str(" not-before=2026-01-01 not-after=2030-12-31");
    seal("nodelock key 1\n", KEY_ID, &mut text);
    text + &signed_by(id, line, spec, feature)
}

fn signed_by(key: KeyId, line: usize, spec: &LineSpec, feature: &str) -> String {
    let mut text = format!("LICENSE 1 {feature} {}.0 {} ", spec.version, spec.license_type.name());
    let _ = match spec.units {
        0 => write!(text, "uncounted id="),
        units => write!(text, "{units} id="),
    };
    for byte in line_id(line) {
        let _ = write!(text, "{byte:02x}");
    }
    let _ = write!(text, " udi={UDI} issued={}", day(spec.issued));
    if spec.license_type.is_dated() {
        if let Some(start) = spec.start {
            let _ = write!(text, " start={}", day(start));
        }
        let _ = write!(text, " end={}", day(spec.end));
    }
    if spec.license_type.is_metered() {
        let _ = write!(text, " usage={}", period(spec.usage));
    }
    if spec.additive && spec.units > 0 {
        text.push_str(" combine=additive");
    }
    if spec.license_type.is_dated() || spec.license_type.is_metered() {
        text.push_str(["", " expiry=immediate", " expiry=report"][usize::from(spec.expiry)]);
    }
    if spec.eula {
        text.push_str(" eula=terms");
    }
    seal("nodelock license 1\n", key, &mut text);
    text
}

/// A device key, which is no point of any curve either.
#[must_use]
pub const fn device_key(device: u8) -> PublicKey {
    PublicKey::from_xy([device ^ 0xA5; 64])
}

/// The signature of a device, or of anybody.
#[must_use]
pub fn signature(digest: &[u8; 32]) -> Signature {
    Signature::from_rs(sign(digest))
}

/// The text of a record of the vendor, signed by the root.
#[must_use]
pub fn signed<'a, T: Terms<'a>>(terms: &T) -> String {
    let mut text = Text(Vec::new());
    terms.emit(&mut text);
    let mut text = String::from_utf8(text.0).unwrap_or_default();
    seal(core::str::from_utf8(T::DOMAIN).unwrap_or_default(), KEY_ID, &mut text);
    text
}

struct Text(Vec<u8>);

impl Sink for Text {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// The text of a `REPAIR` record, signed.
#[must_use]
pub fn repair(kind: &str, number: u64, issued: u32) -> String {
    let issued = day(issued);
    let mut text = format!(
        "REPAIR 1 {kind} {number} id=2222222222222222{number:04x} udi={UDI} issued={issued}"
    );
    seal("nodelock repair 1\n", KEY_ID, &mut text);
    text
}
