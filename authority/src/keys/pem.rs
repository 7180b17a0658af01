//! PEM: the blocks that OpenSSL writes, and the explanatory text before them (RFC 7468 section
//! 5.2), where the role of a key is kept. OpenSSL skips that text.

use nodelock::{KeyId, PublicKey, Role, TrustAnchor};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::{DecodePublicKey, EncodePublicKey, LineEnding, SecretDocument};

use crate::error::Error;

const ROLE: &str = "nodelock-role:";
const KEY_ID: &str = "nodelock-key-id:";

/// The block of a PEM file that holds the key, and what stands before it.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) der: SecretDocument,
    pub(crate) role: Role,
    key_id: Option<KeyId>,
}

impl Block {
    /// Finds the first block that is a key. Others, such as the `EC PARAMETERS` that OpenSSL
    /// writes first, are passed over.
    pub(crate) fn find(pem: &str) -> Result<Self, Error> {
        let begin = pem
            .match_indices("-----BEGIN ")
            .map(|(at, _)| at)
            .find(|&at| !pem[at..].starts_with("-----BEGIN EC PARAMETERS-----"))
            .ok_or_else(|| Error::Key("not a PEM file: no -----BEGIN line".into()))?;
        let (heading, block) = pem.split_at(begin);
        let end = block
            .find("-----END ")
            .and_then(|at| block[at..].find('\n').map(|eol| at + eol).or(Some(block.len())))
            .ok_or_else(|| Error::Key("the PEM block has no -----END line".into()))?;
        let block = block[..end].trim_end();
        if block.starts_with("-----BEGIN ENCRYPTED") || block.contains("Proc-Type:") {
            return Err(Error::Key(
                "the key is encrypted; decrypt it with openssl pkey, or sign with a command".into(),
            ));
        }
        let (label, der) = SecretDocument::from_pem(block)
            .map_err(|error| Error::Key(format!("the PEM block is damaged: {error}")))?;
        Ok(Self {
            label: label.to_owned(),
            der,
            role: single(heading, ROLE)?.map_or(Ok(Role::Production), role)?,
            key_id: single(heading, KEY_ID)?
                .map(|id| KeyId::parse(id.as_bytes()))
                .transpose()
                .map_err(|_| Error::Key(format!("{KEY_ID} is not 8 hexadecimal digits")))?,
        })
    }

    /// Compares the key id in the text, if there is one, with the key's.
    pub(crate) fn check_id(&self, id: KeyId) -> Result<(), Error> {
        match self.key_id {
            Some(said) if said != id => Err(Error::Key(format!(
                "the text before the key says {KEY_ID} {said}, but the key has the id {id}; \
                 the file was put together wrongly"
            ))),
            _ => Ok(()),
        }
    }

    /// A key of another kind, or damage.
    pub(crate) fn not_p256(&self) -> Error {
        // The object id of prime256v1, in DER.
        const CURVE: [u8; 10] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        let named = self.der.as_bytes().windows(CURVE.len()).any(|part| part == CURVE);
        Error::Key(if named {
            "the key is damaged: its parts do not belong together".into()
        } else {
            "not a P-256 key; nodelock signs with the curve P-256 (prime256v1) only: make a key \
             with nodelock keygen or openssl ecparam -name prime256v1 -genkey"
                .into()
        })
    }
}

/// The value of a `name: value` line that may stand once.
fn single<'t>(heading: &'t str, name: &str) -> Result<Option<&'t str>, Error> {
    let mut values = heading.lines().filter_map(|line| line.trim().strip_prefix(name));
    match (values.next(), values.next()) {
        (Some(_), Some(_)) => Err(Error::Key(format!("{name} stands more than once"))),
        (value, _) => Ok(value.map(str::trim)),
    }
}

fn role(text: &str) -> Result<Role, Error> {
    Role::parse(text.as_bytes()).map_err(|reason| {
        Error::Key(format!("{ROLE} {text:?}: {}; {}", reason.text(), reason.remedy()))
    })
}

/// The explanatory text of a key file.
pub(crate) fn heading(first: &str, id: KeyId, role: Role) -> String {
    format!("{first}\n{ROLE} {}\n{KEY_ID} {id}\n", role.name())
}

/// Reads a public key (`PUBLIC KEY`, as `openssl pkey -pubout` writes it) and its role, which is
/// "production" if the text before the key does not say otherwise.
///
/// # Errors
/// [`Error::Key`] for anything but a P-256 key; also for a private key, so that one is never given
/// where a public one will do.
pub fn public_from_pem(pem: &str) -> Result<TrustAnchor, Error> {
    let block = Block::find(pem)?;
    match block.label.as_str() {
        "PUBLIC KEY" => {}
        "PRIVATE KEY" | "EC PRIVATE KEY" => {
            return Err(Error::Key(
                "this is a private key; give the public one (NAME.pub.pem, or openssl pkey -pubout)"
                    .into(),
            ));
        }
        other => return Err(Error::Key(format!("{other} is not a public key"))),
    }
    let key =
        p256::PublicKey::from_public_key_der(block.der.as_bytes()).map_err(|_| block.not_p256())?;
    let anchor = TrustAnchor::new(to_xy(&key)?, block.role);
    block.check_id(anchor.id)?;
    Ok(anchor)
}

/// Writes a public key with its role and id in the text before it.
///
/// # Errors
/// [`Error::Key`] if it is not a point of the curve.
pub fn public_to_pem(anchor: &TrustAnchor) -> Result<String, Error> {
    public_to_pem_saying(anchor, "nodelock public key")
}

/// The same with another first line.
///
/// # Errors
/// [`Error::Key`] if it is not a point of the curve.
pub fn public_to_pem_saying(anchor: &TrustAnchor, first: &str) -> Result<String, Error> {
    let mut sec1 = vec![4];
    sec1.extend_from_slice(anchor.key.as_bytes());
    let pem = p256::PublicKey::from_sec1_bytes(&sec1)
        .ok()
        .and_then(|key| key.to_public_key_pem(LineEnding::LF).ok())
        .ok_or_else(|| Error::Key("the key is not a point of the curve P-256".into()))?;
    Ok(heading(first, anchor.id, anchor.role) + &pem)
}

pub(crate) fn to_xy(key: &p256::PublicKey) -> Result<PublicKey, Error> {
    key.to_sec1_point(false)
        .as_bytes()
        .strip_prefix(&[4])
        .and_then(|xy| xy.try_into().ok())
        .map(PublicKey::from_xy)
        .ok_or_else(|| Error::Key("the key is the point at infinity".into()))
}
