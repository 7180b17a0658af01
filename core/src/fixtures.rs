//! Keys and lines for the unit tests. The secret keys are small numbers: for tests only.

use std::string::String;
use std::vec::Vec;

use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature as EcdsaSignature, SigningKey};

use crate::bytes::sink::SliceSink;
use crate::crypto::sha256;
use crate::record::Terms;
use crate::record::{
    AnyTerms, Extras, KeyTerms, LicenseTerms, List, Message, Repair, RepairTerms, emit_signature,
};
use crate::trust::TrustAnchor;
use crate::value::date::Date;
use crate::value::feature::{FeatureName, Version};
use crate::value::key::{KeyId, PublicKey, Role};
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
use crate::value::signature::Signature;
use crate::value::udi::Udi;

pub(crate) const UDI: &[u8] = b"ISR4331/K9:FDO1234ABCD";

pub(crate) fn udi() -> Udi<'static> {
    Udi::parse(UDI).unwrap()
}

pub(crate) fn secret(number: u8) -> SigningKey {
    let mut scalar = [0; 32];
    scalar[31] = number;
    SigningKey::from_slice(&scalar).unwrap()
}

pub(crate) fn public(number: u8) -> PublicKey {
    let point = secret(number).verifying_key().to_sec1_point(false);
    PublicKey::from_xy(point.as_bytes()[1..].try_into().unwrap())
}

pub(crate) fn anchor(number: u8, role: Role) -> TrustAnchor {
    TrustAnchor::new(public(number), role)
}

pub(crate) fn sign(number: u8, message: &Message<'_>) -> Signature {
    let signature: EcdsaSignature = secret(number).sign_prehash(&sha256(message)).unwrap();
    Signature::from_rs(signature.normalize_s().to_bytes().into())
}

pub(crate) fn terms() -> LicenseTerms<'static> {
    LicenseTerms {
        feature: FeatureName::parse(b"ipservices").unwrap(),
        version: Version::ONE,
        license_type: LicenseType::Permanent,
        count: Count::Uncounted,
        id: LineId([0x5F, 0x1C, 0x0A, 0x9E, 0x27, 0xD4, 0xB8, 0x63, 0x10, 0xC2]),
        udi: Some(udi()),
        issued: Date::parse(b"2026-11-22").unwrap(),
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

pub(crate) fn key_terms(number: u8) -> KeyTerms<'static> {
    KeyTerms {
        id: KeyId::of(&public(number)),
        role: Role::Production,
        key: public(number),
        features: List::default(),
        pids: List::default(),
        not_before: Date::parse(b"2026-01-01").unwrap(),
        not_after: Date::parse(b"2027-12-31").unwrap(),
    }
}

/// The text of a record, signed by a key.
pub(crate) fn signed<'a, T: Terms<'a>>(terms: &T, signer: u8) -> String
where
    for<'m> AnyTerms<'m>: From<&'m T>,
{
    let signature = sign(signer, &Message::of(terms));
    let mut buffer = [0; 1200];
    let mut out = SliceSink::new(&mut buffer);
    terms.emit(&mut out);
    emit_signature(KeyId::of(&public(signer)), &signature, &mut out);
    String::from_utf8(out.finish().unwrap().to_vec()).unwrap()
}

/// The text of a line, signed by a key.
pub(crate) fn license(terms: &LicenseTerms<'_>, signer: u8) -> String {
    signed(terms, signer)
}

/// The text of a `KEY` record, signed by a key.
pub(crate) fn delegation(terms: &KeyTerms<'_>, signer: u8) -> String {
    signed(terms, signer)
}

pub(crate) fn repair_terms() -> RepairTerms<'static> {
    RepairTerms {
        repair: Repair::Rollback,
        number: 17,
        id: LineId([0xAA; 10]),
        udi: udi(),
        issued: Date::parse(b"2026-11-24").unwrap(),
    }
}

/// The text of a `REPAIR` record, signed by a key.
pub(crate) fn repair(terms: &RepairTerms<'_>, signer: u8) -> String {
    signed(terms, signer)
}

/// Bytes of a message in one piece.
pub(crate) fn bytes_of(message: &Message<'_>) -> Vec<u8> {
    let mut buffer = [0; 1200];
    let mut out = SliceSink::new(&mut buffer);
    message.write(&mut out);
    out.finish().unwrap().to_vec()
}
