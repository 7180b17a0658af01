//! Records in the three forms, and base64.

use data_encoding::{BASE64, BASE64_NOPAD};
use nodelock_authority::Issued;

use crate::input::Form;

/// Records as a file of one form.
pub(crate) fn records<'r>(records: impl Iterator<Item = &'r Issued>, form: Form) -> Vec<u8> {
    let mut out = Vec::new();
    for record in records {
        match form {
            Form::Text => {
                out.extend_from_slice(record.text.as_bytes());
                out.push(b'\n');
            }
            Form::Binary | Form::Base64 => out.extend_from_slice(&record.binary),
        }
    }
    if form == Form::Base64 { (to_base64(&out) + "\n").into_bytes() } else { out }
}

/// The standard alphabet with padding, as `base64 -d` reads it.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Either alphabet, with or without padding, white space anywhere.
pub(crate) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain: Vec<u8> = text
        .iter()
        .filter(|b| !b.is_ascii_whitespace())
        .map(|&b| match b {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    let padding = plain.iter().rev().take_while(|&&b| b == b'=').count();
    if padding > 2 {
        return None;
    }
    plain.truncate(plain.len() - padding);
    BASE64_NOPAD.decode(&plain).ok()
}
