//! Public keys in PEM, as OpenSSL and `nodelock keygen` write them.

use nodelock::{PublicKey, Role};

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// What the text before a key says of it, as the nodelock command writes it.
const ROLE: &str = "nodelock-role:";

/// Reads the only P-256 public key of a PEM text (RFC 7468, uncompressed point). Text around it
/// is ignored.
///
/// `None` if there is none, or one of another algorithm, or several: the first would not be the one
/// that is meant more often than the second.
#[must_use]
pub fn public_key_from_pem(pem: &str) -> Option<PublicKey> {
    let (_, rest) = pem.split_once(BEGIN)?;
    let (body, after) = rest.split_once(END)?;
    if after.contains(BEGIN) {
        return None;
    }
    let letters: Vec<u8> = body.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    PublicKey::from_spki_der(&base64(&letters)?)
}

/// The same of a key that shall be trusted in a role: `None` too if the text before it says another.
pub(crate) fn public_key_with_role(pem: &str, role: Role) -> Option<PublicKey> {
    let (before, _) = pem.split_once(BEGIN)?;
    let mut said = before.lines().filter_map(|line| line.trim().strip_prefix(ROLE));
    said.all(|said| said.trim() == role.name()).then(|| public_key_from_pem(pem)).flatten()
}

/// Base64 with padding (RFC 4648 section 4). The key's structure has a fixed beginning and length,
/// so what is wrong at the edges of the encoding cannot pass for another key.
fn base64(letters: &[u8]) -> Option<Vec<u8>> {
    let end = letters.iter().rposition(|&c| c != b'=').map_or(0, |last| last + 1);
    let digits = &letters[..end];
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for place in 0..4 {
            bits = bits << 6 | group.get(place).map_or(Some(0), |&c| digit(c))?;
        }
        let [_, group_bytes @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&group_bytes[..group.len() * 3 / 4]);
    }
    Some(bytes)
}

fn digit(c: u8) -> Option<u32> {
    let value = match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
