//! Well-formed records that must not be trusted.

use nodelock::value::Signature;
use nodelock::{PublicKey, Reason, Role, TrustAnchor};
use nodelock_authority::Signer;

use crate::invalid::Invalid;
use crate::invalid_list::TYPICAL;
use crate::keys::{Keys, sign_text, signature, signed_text};
use crate::valid::delegation;

/// Well-formed lines whose signature does not hold.
pub(crate) fn signatures(keys: &Keys) -> Result<Vec<Invalid>, String> {
    let root = keys.root.anchor();
    let right = signature(TYPICAL, &keys.root);
    let typical = sign_text(TYPICAL, &keys.root);
    let claimed = signed_text(TYPICAL, root.id, &signature(TYPICAL, &keys.other));
    let refuse = |name: &str, what: &str, file: String, reason| {
        Invalid::at(name, what, file + "\n", reason, "LICENSE")
    };
    let as_key = {
        let message = [
            <nodelock::record::KeyTerms<'_> as nodelock::record::Terms>::DOMAIN,
            TYPICAL.as_bytes(),
        ]
        .concat();
        let signature = keys.root.sign(&message).map_err(|e| e.to_string())?;
        signed_text(TYPICAL, root.id, &nodelock_authority::low_s(signature))
    };
    Ok(vec![
        refuse(
            "unknown-key",
            "signed by a key that nobody trusts",
            sign_text(TYPICAL, &keys.other),
            Reason::UnknownKey,
        )?,
        refuse(
            "signature-mismatch",
            "another serial number than was signed",
            typical.replacen("ABCD", "ABCE", 1),
            Reason::SignatureMismatch,
        )?,
        refuse(
            "signature-mismatch-key",
            "another key signed than is named",
            claimed,
            Reason::SignatureMismatch,
        )?,
        refuse(
            "signature-mismatch-domain",
            "signed as if it were a KEY record",
            as_key,
            Reason::SignatureMismatch,
        )?,
        refuse(
            "signature-mismatch-zero",
            "r and s are zero",
            signed_text(TYPICAL, root.id, &Signature::from_rs([0; 64])),
            Reason::SignatureMismatch,
        )?,
        refuse(
            "signature-not-low-s",
            "the second form of a right signature",
            signed_text(TYPICAL, root.id, &high_s(&right)),
            Reason::SignatureNotLowS,
        )?,
        refuse(
            "key-role",
            "the evaluation root signs a permanent line",
            sign_text(TYPICAL, &keys.evaluation),
            Reason::KeyRole,
        )?,
        refuse(
            "key-role-grace",
            "the evaluation root signs a grace line",
            sign_text(
                &(TYPICAL.replacen("permanent", "grace", 1) + " usage=60d"),
                &keys.evaluation,
            ),
            Reason::KeyRole,
        )?,
        refuse(
            "development-key",
            "signed by the development root, where it is not accepted",
            sign_text(TYPICAL, &keys.development),
            Reason::DevelopmentKey,
        )?,
    ])
}

/// r and n - s.
fn high_s(signature: &Signature) -> Signature {
    const ORDER: [u8; 32] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63,
        0x25, 0x51,
    ];
    let mut rs = *signature.as_bytes();
    let mut borrow = 0_u16;
    for i in (0..32).rev() {
        let difference = 0x100 + u16::from(ORDER[i]) - u16::from(rs[32 + i]) - borrow;
        borrow = u16::from(difference < 0x100);
        rs[32 + i] = difference.to_le_bytes()[0];
    }
    Signature::from_rs(rs)
}

/// `KEY` records that are refused, and lines outside of what they allow.
pub(crate) fn delegations(keys: &Keys) -> Result<Vec<Invalid>, String> {
    let key = delegation(keys, &["ip"], &["ISR4331/K9"])?.text;
    let key_text = key.split(" sig=").next().unwrap_or_default();
    let by_delegate = |text: &str| format!("{key}\n{}\n", sign_text(text, &keys.delegated));
    let refuse = |name: &str, what: &str, file: String, reason, at: &str| {
        Invalid::at(name, what, file, reason, at)
    };
    let changed =
        |old: &str, new: &str| sign_text(&key_text.replacen(old, new, 1), &keys.root) + "\n";
    let id = keys.delegated.anchor().id.to_string();
    // No point of the curve has x = y = 1.
    let mut one = [0; 64];
    (one[31], one[63]) = (1, 1);
    let off_curve = TrustAnchor::new(PublicKey::from_xy(one), Role::Production);
    let off_curve_text = key_record(&off_curve);
    let any_signature = signature(TYPICAL, &keys.root);

    Ok(vec![
        refuse(
            "key-feature",
            "a feature outside of the delegated prefixes",
            by_delegate(&TYPICAL.replacen("ipservices", "voice", 1)),
            Reason::KeyFeature,
            "LICENSE",
        )?,
        refuse(
            "key-product",
            "a product outside of the delegation",
            by_delegate(&TYPICAL.replacen("ISR4331/K9", "ISR4351/K9", 1)),
            Reason::KeyProduct,
            "LICENSE",
        )?,
        refuse(
            "key-product-unlocked",
            "no device at all, where the products are limited",
            by_delegate(
                "LICENSE 1 ipservices 1.0 evaluation uncounted id=5f1c0a9e27d4b86310c2 issued=2026-11-22 usage=60d",
            ),
            Reason::KeyProduct,
            "LICENSE",
        )?,
        refuse(
            "key-period",
            "issued a day too late",
            by_delegate(&TYPICAL.replacen("2026-11-22", "2028-01-01", 1)),
            Reason::KeyPeriod,
            "LICENSE",
        )?,
        refuse(
            "key-id-mismatch",
            "the id of another key",
            changed(&id, "00000000"),
            Reason::KeyIdMismatch,
            "KEY",
        )?,
        refuse(
            "not-a-root",
            "a delegated key delegates",
            format!("{key}\n{}\n", sign_text(&key_record(&keys.other.anchor()), &keys.delegated)),
            Reason::NotARoot,
            &key_record(&keys.other.anchor()),
        )?,
        refuse(
            "key-role-delegation",
            "the evaluation root delegates a production key",
            sign_text(key_text, &keys.evaluation) + "\n",
            Reason::KeyRole,
            "KEY",
        )?,
        refuse(
            "development-key-delegation",
            "the development root delegates, where it is not accepted",
            sign_text(key_text, &keys.development) + "\n",
            Reason::DevelopmentKey,
            "KEY",
        )?,
        refuse(
            "unknown-key-delegation",
            "a KEY record signed by a key that nobody trusts",
            sign_text(key_text, &keys.other) + "\n",
            Reason::UnknownKey,
            "KEY",
        )?,
        refuse(
            "unknown-key-order",
            "the KEY record is missing",
            sign_text(TYPICAL, &keys.delegated) + "\n",
            Reason::UnknownKey,
            "LICENSE",
        )?,
        refuse(
            "signature-mismatch-delegation",
            "a KEY record for more products than was signed",
            key.replacen("pids=ISR4331/K9", "pids=ISR4331/K9,X", 1) + "\n",
            Reason::SignatureMismatch,
            "KEY",
        )?,
        refuse(
            "key-slots-full",
            "the fifth delegation where there is room for four",
            five_keys(keys, key_text),
            Reason::KeySlotsFull,
            &key_text.replacen("2027-12-31", "2031-12-31", 1),
        )?,
        refuse(
            "invalid-key",
            "a line of a key that is no point of the curve",
            format!(
                "{}\n{}\n",
                sign_text(&off_curve_text, &keys.root),
                signed_text(TYPICAL, off_curve.id, &any_signature)
            ),
            Reason::InvalidKey,
            "LICENSE",
        )?,
        refuse(
            "bad-role",
            "a role that does not exist",
            changed("production", "owner"),
            Reason::BadRole,
            "owner",
        )?,
        refuse(
            "bad-key-text",
            "a public key of 87 characters",
            changed("key=", "key=A"),
            Reason::BadKeyText,
            "key=",
        )?,
        refuse(
            "bad-value-key-id",
            "the key id in upper case",
            changed(&id, &id.to_uppercase()),
            Reason::BadValue,
            &id.to_uppercase(),
        )?,
        refuse(
            "bad-value-list",
            "a list that is not in order",
            changed("features=ip", "features=voice,ip"),
            Reason::BadValue,
            "features=",
        )?,
        refuse(
            "end-before-start-key",
            "valid to before it is valid from",
            changed("2027-12-31", "2025-12-31"),
            Reason::EndBeforeStart,
            "KEY",
        )?,
    ])
}

/// Several reasons to refuse a record, of which one counts: SPEC.md 5.7, 6.5.
pub(crate) fn precedence(keys: &Keys) -> Result<Vec<Invalid>, String> {
    let root = keys.root.anchor().id;
    let typical = sign_text(TYPICAL, &keys.root);
    let trial = sign_text(TYPICAL, &keys.evaluation);
    let by_delegate = sign_text(TYPICAL, &keys.delegated);
    let root_again = sign_text(&key_record(&keys.evaluation.anchor()), &keys.root);
    let other_feature = delegation(keys, &["voice"], &[])?.text;
    let unlimited = delegation(keys, &[], &[])?.text;
    let unlimited_text = unlimited.split(" sig=").next().unwrap_or_default();
    let short = sign_text(&unlimited_text.replacen("2027-12-31", "2026-01-31", 1), &keys.root);
    let for_developers = unlimited_text.replacen("production", "development", 1);
    let id = keys.delegated.anchor().id.to_string();
    let lines = |lines: &[&str]| lines.join("\n") + "\n";
    Ok(vec![
        Invalid::at(
            "key-role-root",
            "a KEY record for the evaluation root does not make more of it",
            lines(&[&root_again, &trial]),
            Reason::KeyRole,
            "LICENSE",
        )?,
        Invalid::at(
            "key-role-first",
            "the evaluation root, and another serial number than was signed",
            lines(&[&trial.replacen("ABCD", "ABCE", 1)]),
            Reason::KeyRole,
            "LICENSE",
        )?,
        Invalid::at(
            "key-period-last",
            "two delegations, of which none allows the line: the last one gives the reason",
            lines(&[&other_feature, &short, &by_delegate]),
            Reason::KeyPeriod,
            "LICENSE",
        )?,
        Invalid::at(
            "key-feature-last",
            "the same in the other order",
            lines(&[&short, &other_feature, &by_delegate]),
            Reason::KeyFeature,
            "LICENSE",
        )?,
        Invalid::at(
            "signature-not-low-s-first",
            "the second form of a signature of something else",
            lines(&[&signed_text(TYPICAL, root, &high_s(&signature(&typical, &keys.root)))]),
            Reason::SignatureNotLowS,
            "LICENSE",
        )?,
        Invalid::at(
            "signature-mismatch-key-id",
            "another key id than was signed, which is not the one of the key either",
            lines(&[&unlimited.replacen(&id, "00000000", 1)]),
            Reason::SignatureMismatch,
            "KEY",
        )?,
        Invalid::at(
            "development-key-role",
            "a production root delegates a development key, where it is not accepted",
            lines(&[&sign_text(&for_developers, &keys.root)]),
            Reason::DevelopmentKey,
            "KEY",
        )?,
    ])
}

fn key_record(key: &TrustAnchor) -> String {
    let encoded = data_encoding::BASE64URL_NOPAD.encode(key.key.as_bytes());
    format!("KEY 1 {} production key={encoded} not-before=2026-01-01 not-after=2027-12-31", key.id)
}

/// One key, delegated five times with different ends.
fn five_keys(keys: &Keys, key_text: &str) -> String {
    (2027..=2031)
        .map(|year| {
            let text = key_text.replacen("2027-12-31", &format!("{year}-12-31"), 1);
            sign_text(&text, &keys.root) + "\n"
        })
        .collect()
}
