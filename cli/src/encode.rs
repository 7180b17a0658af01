//! Records in the three forms, and base64.

use nodelock_authority::Issued;
pub(crate) use nodelock_std::{from_base64, to_base64};

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
