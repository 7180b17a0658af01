//! Where the pieces of a file begin and end, and which byte is wrong: SPEC.md 1.3, 1.4, 1.8, 1.9, 7.4, 7.6.

use nodelock::Reason;

use crate::invalid::Invalid;
use crate::invalid_list::TYPICAL;
use crate::keys::{Keys, sign_text};
use crate::valid::{UDI, delegation, line};

/// A part of a file, and the reason whose place is its first byte.
type Part<'a> = (&'a str, Option<Reason>);

fn invalid(name: &str, what: &str, parts: &[Part<'_>]) -> Invalid {
    let mut file = Vec::new();
    let mut refusals = Vec::new();
    for (part, reason) in parts {
        refusals.extend(reason.map(|reason| (reason, file.len())));
        file.extend_from_slice(part.as_bytes());
    }
    Invalid { name: name.to_owned(), what: what.to_owned(), file, refusals }
}

/// Damaged records, stray text, and what stands behind them.
pub(crate) fn text(keys: &Keys) -> Result<Vec<Invalid>, String> {
    let whole = delegation(keys, &[], &[])?.text;
    let key = whole.replacen("production", "owner", 1);
    let (before_role, from_role) = key.split_at(key.find("owner").ok_or("no role")?);
    let good = sign_text(TYPICAL, &keys.root);
    let signature = &good[good.find("sig=").ok_or("no signature")?..];
    let without_usage = TYPICAL.replacen("permanent", "extension", 1);
    let without_usage_signed = sign_text(&without_usage, &keys.root);
    let bad_type = sign_text(&TYPICAL.replacen("permanent", "permament", 1), &keys.root);
    let (before_type, from_type) = bad_type.split_at(bad_type.find("permament").ok_or("no type")?);
    let repair =
        "REPAIR 1 rollback 17 id=15151515151515151515 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-24";
    let repair = sign_text(repair, &keys.root);
    let (before_number, from_number) = repair.split_at("REPAIR 1 rollback ".len());
    Ok(vec![
        invalid(
            "truncated-keyword",
            "a cut-off record before a comment and another keyword: it is wrong at its own end",
            &[
                (TYPICAL, None),
                (" # cut off\nLICENSE 1", Some(Reason::Truncated)),
                ("\n", Some(Reason::Truncated)),
            ],
        ),
        invalid(
            "field-order-keyword",
            "a keyword twice: one damaged record",
            &[("LICENSE ", None), (&good, Some(Reason::FieldOrder)), ("\n", None)],
        ),
        invalid(
            "field-order-keywords",
            "three keywords: the last one is the place",
            &[("KEY # LICENSE\nREPAIR ", None), (&good, Some(Reason::FieldOrder)), ("\n", None)],
        ),
        invalid(
            "field-order-signature",
            "three signatures: one damaged record; the words behind them are not part of it",
            &[
                (&good, None),
                ("\n", None),
                (signature, Some(Reason::FieldOrder)),
                (" sig=x ", None),
                ("and more\n", Some(Reason::StrayText)),
            ],
        ),
        invalid(
            "field-order-signature-first",
            "two signatures, and no usage=, which is looked at last",
            &[(&without_usage_signed, None), (" ", None), ("sig=x\n", Some(Reason::FieldOrder))],
        ),
        invalid(
            "bad-signature-text-first",
            "a damaged signature, and no usage=, which is looked at last",
            &[
                (&without_usage, None),
                (" ", None),
                ("sig=76805a63:AAAA\n", Some(Reason::BadSignatureText)),
            ],
        ),
        invalid(
            "bad-type-between",
            "a damaged record ends behind its signature, stray text before the next keyword",
            &[
                (before_type, None),
                (from_type, Some(Reason::BadType)),
                ("\n", None),
                ("best # LICENSE\nregards ", Some(Reason::StrayText)),
                (before_role, None),
                (from_role, Some(Reason::BadRole)),
                ("\n", None),
                ("bye\n", Some(Reason::StrayText)),
            ],
        ),
        invalid(
            "unsupported-format-signatures",
            "all sig= tokens directly behind a damaged record are part of it",
            &[
                ("LICENSE ", None),
                ("2 voice sig=x sig=y ", Some(Reason::UnsupportedFormat)),
                ("words\n", Some(Reason::StrayText)),
            ],
        ),
        invalid(
            "bad-character-signature",
            "a sig= with a byte that no token has ends nothing: the words behind it are part of the record",
            &[
                (TYPICAL, None),
                (" sig=76805a63:A", None),
                ("\u{e9} best regards\n", Some(Reason::BadCharacter)),
                (before_role, None),
                (from_role, Some(Reason::BadRole)),
                ("\n", None),
            ],
        ),
        invalid(
            "stray-text-signature",
            "the same behind a whole KEY record, which is accepted",
            &[(&whole, None), (" ", None), ("sig=x\u{e9} y\n", Some(Reason::StrayText))],
        ),
        invalid(
            "stray-text-bytes",
            "a keyword with a byte that no token has is none",
            &[("\u{feff}", None), ("LICENSE\u{e9} au lait\n", Some(Reason::StrayText))],
        ),
        invalid(
            "bad-value-repair",
            "a number of a REPAIR record that is not in its shortest form",
            &[
                (before_number, None),
                ("0", Some(Reason::BadValue)),
                (from_number, None),
                ("\n", None),
            ],
        ),
    ])
}

/// Frames.
pub(crate) fn binary(keys: &Keys) -> Result<Vec<Invalid>, String> {
    let key = delegation(keys, &[], &[])?.binary;
    let order = format!("udi = \"{UDI}\"\nid = \"5f1c0a9e27d4b86310c2\"\nfeature = \"ipservices\"");
    let typical = line(&order, &keys.root)?.binary;
    // Mark, kind, two bytes of length; then the fields of SPEC.md 7.2.
    let body = typical.get(4..).ok_or("a short frame")?;
    let (feature, version_type) = (0, 11 + 4);
    let udi = version_type + 1 + 1 + 10;
    let changed = |at: usize, len: usize, new: &[u8]| {
        let mut body = body.to_vec();
        body.splice(at..at + len, new.iter().copied());
        frame(1, &body)
    };
    let refuse = |name: &str, what: &str, file: &[u8], refusals: &[(Reason, usize)]| Invalid {
        name: name.to_owned(),
        what: what.to_owned(),
        file: file.to_vec(),
        refusals: refusals.to_vec(),
    };
    let other_kind = frame(10, b"of a later format");
    let bad_feature = changed(feature + 3, 1, b"/");
    let twice = [(Reason::UnsupportedFormat, 0), (Reason::BadFeature, other_kind.len())];
    Ok(vec![
        refuse(
            "unsupported-format-kind",
            "an unknown kind of frame, and behind it one with a slash in the feature",
            &[other_kind, bad_feature].concat(),
            &twice,
        ),
        refuse(
            "bad-binary-mark",
            "no mark behind a KEY frame, which is accepted: the rest of the file is lost",
            &[key.as_slice(), b"\n", &key].concat(),
            &[(Reason::BadBinary, key.len())],
        ),
        refuse(
            "bad-binary-left-over",
            "a byte behind the signature, within the frame",
            &changed(body.len(), 0, b"\0"),
            &[(Reason::BadBinary, 0)],
        ),
        refuse(
            "bad-binary-type",
            "a type with the number 11",
            &changed(version_type, 1, b"\x0b"),
            &[(Reason::BadBinary, 0)],
        ),
        refuse(
            "bad-udi-binary",
            "a UDI without a serial number",
            &changed(udi, 1 + UDI.len(), b"\x02P:"),
            &[(Reason::BadUdi, 0)],
        ),
        refuse(
            "missing-field-binary",
            "a permanent line without UDI",
            &changed(udi, 1 + UDI.len(), b"\0"),
            &[(Reason::MissingField, 0)],
        ),
    ])
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![nodelock::record::BINARY_MARK, kind];
    let mut length = body.len();
    while length >= 0x80 {
        frame.push(low(length) | 0x80);
        length >>= 7;
    }
    frame.push(low(length));
    frame.extend_from_slice(body);
    frame
}

/// The lowest seven bits.
fn low(number: usize) -> u8 {
    number.to_le_bytes()[0] & 0x7F
}
