//! `vectors/README.md`.

use crate::invalid::{Invalid, KEY_SLOTS};
use crate::valid::{UDI, Valid};

pub(crate) fn text(valid: &[Valid], invalid: &[Invalid]) -> String {
    let mut text = format!(
        "# Test vectors

Golden files for every implementation of format 1. They are made by

    cargo run -q -p nodelock-authority --example make-vectors -- vectors

and compared by the same with `--check` before the directory. Nothing here is random: the keys come
from fixed numbers, the signatures are deterministic (RFC 6979).

**The keys are for tests only.** Everybody knows the private ones.

## Keys

`keys/NAME.key.pem` (PKCS#8) and `keys/NAME.pub.pem`. A reader of the vectors trusts the roots
`root` (production), `evaluation` and `development`, has room for {KEY_SLOTS} delegated keys, and refuses
development keys unless the vector says otherwise. `delegated` is trusted only through a KEY record,
`other` never.

## valid/

| file | content |
| --- | --- |
| `NAME.lic` | the license file, text |
| `NAME.bin` | all its records as binary twins |
| `NAME.b64` | the same in base64, as `base64 -d` reads it; to a reader of records one piece of `stray-text` (7.5) |
| `NAME.signed` | the bytes under the signature; `NAME.N.signed` for record N if there are several |
| `NAME.json` | `development`: whether development keys must be accepted; `records`: for each its offsets in `NAME.lic`, its signer, its canonical text, and its fields |

Every record is accepted. Most lines are locked to `{UDI}`.

| NAME | what it shows |
| --- | --- |
"
    );
    for vector in valid {
        text.push_str(&format!("| {} | {} |\n", vector.name, vector.what));
    }
    text.push_str(
        "
## invalid/

`NAME.expect` has one line for each refusal that `NAME.lic` meets, in the order of the file: the name
of the reason, a space, and the offset of the wrong byte or token; where the record is well-formed
but not trusted, the offset of its first byte. No license line of these files is accepted; a `KEY` record
may be, and then has no line in `NAME.expect`. Where the grammar refuses, the signature would be right.

| NAME | what is wrong |
| --- | --- |
",
    );
    for vector in invalid {
        text.push_str(&format!("| {} | {} |\n", vector.name, vector.what));
    }
    text
}
