//! What must be refused. Wherever the grammar refuses, the signature is right: it is not what saves
//! the reader.

use nodelock::Reason;

use crate::changes::CHANGES;
use crate::invalid::Invalid;
use crate::keys::{Keys, sign_text};
use crate::pieces;
use crate::untrusted::{delegations, precedence, signatures};
use crate::valid::{UDI, line};

pub(crate) const TYPICAL: &str = "LICENSE 1 ipservices 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2 \
                       udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22";

pub(crate) fn all(keys: &Keys) -> Result<Vec<Invalid>, String> {
    let mut list = Vec::new();
    for &(name, what, old, new, reason, at) in CHANGES {
        let text = TYPICAL.replacen(old, new, 1);
        if text == TYPICAL {
            return Err(format!("{name}: changes nothing"));
        }
        let file = sign_text(&text, &keys.root) + "\n";
        list.push(Invalid::at(name, what, file, reason, at)?);
    }
    list.extend(damaged(keys)?);
    list.extend(pieces::text(keys)?);
    list.extend(pieces::binary(keys)?);
    list.extend(signatures(keys)?);
    list.extend(delegations(keys)?);
    list.extend(precedence(keys)?);
    Ok(list)
}

/// Damage to whole records.
fn damaged(keys: &Keys) -> Result<Vec<Invalid>, String> {
    let typical = sign_text(TYPICAL, &keys.root);
    let (cut, _) = typical.split_at(typical.len() - 1);
    let binary = line(
        &format!("udi = \"{UDI}\"\nid = \"5f1c0a9e27d4b86310c2\"\nfeature = \"ipservices\""),
        &keys.root,
    )?
    .binary;
    let mut longer_number = binary.clone();
    // The length of the body as three groups of seven bits where two would do.
    longer_number.splice(3..4, [binary[3] | 0x80, 0]);
    let long = format!("{TYPICAL} {}", vec!["x-a=1"; 200].join(" "));
    let long_value = format!("LICENSE 1 {} 1.0", "f".repeat(1100));
    // The last character of a signature carries four bits of its own, which must be zero.
    let last = typical.bytes().last().map_or(0, |b| b + 1);
    let padded = format!("{}{}\n", &typical[..typical.len() - 1], char::from(last));

    let mut list = vec![
        Invalid::at(
            "stray-text",
            "prose that is no comment",
            "Dear customer,\nhere you are.\n",
            Reason::StrayText,
            "Dear",
        )?,
        Invalid::at(
            "damaged-keyword",
            "a damaged keyword",
            typical.replacen("LICENSE", "LICENCE", 1) + "\n",
            Reason::DamagedKeyword,
            "LICENCE",
        )?,
        Invalid::at(
            "truncated",
            "ends before its signature",
            TYPICAL.to_owned() + "\n",
            Reason::Truncated,
            "",
        )?,
        Invalid::at(
            "truncated-signature",
            "the last character is missing",
            cut.to_owned() + "\n",
            Reason::BadSignatureText,
            "sig=",
        )?,
        Invalid::at(
            "record-too-long",
            "over a thousand bytes in one token",
            sign_text(&long_value, &keys.root) + "\n",
            Reason::RecordTooLong,
            &"f".repeat(1100),
        )?,
        Invalid::at(
            "bad-signature-text",
            "padding bits that are not zero",
            padded,
            Reason::BadSignatureText,
            "sig=",
        )?,
        Invalid::at(
            "bad-signature-text-case",
            "the key id in upper case",
            upper_key_id(&typical) + "\n",
            Reason::BadSignatureText,
            "sig=",
        )?,
        binary_damage("bad-binary", "cut off in the middle", &binary[..binary.len() / 2]),
        binary_damage("bad-binary-number", "a number in a longer form", &longer_number),
    ];
    // Extension fields in the wrong order are found before the record gets too long.
    list.push(Invalid::at(
        "field-order-repeated",
        "one x- field two hundred times",
        sign_text(&long, &keys.root) + "\n",
        Reason::FieldOrder,
        "x-a=1 x-a=1",
    )?);
    if let Some(repeated) = list.last_mut() {
        // The second one is wrong.
        repeated.refusals[0].1 += "x-a=1 ".len();
    }
    Ok(list)
}

fn binary_damage(name: &str, what: &str, file: &[u8]) -> Invalid {
    Invalid {
        name: name.to_owned(),
        what: what.to_owned(),
        file: file.to_vec(),
        refusals: vec![(Reason::BadBinary, 0)],
    }
}

fn upper_key_id(line: &str) -> String {
    let (text, block) = line.split_at(line.find("sig=").unwrap_or_default());
    let (id, signature) = block.split_at("sig=00000000".len());
    format!("{text}sig={}{signature}", id["sig=".len()..].to_uppercase())
}
