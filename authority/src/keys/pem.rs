//! PEM: the blocks that OpenSSL writes, and the explanatory text before them (RFC 7468 section
//! 5.2), where the role of a key is kept. OpenSSL skips that text.

use nodelock::{KeyId, PublicKey, Role, TrustAnchor};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey, LineEnding, SecretDocument};

use crate::error::Error;

const ROLE: &str = "nodelock-role:";
const KEY_ID: &str = "nodelock-key-id:";

/// A block of a PEM file that holds a key, and what stands before it.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) der: SecretDocument,
    pub(crate) role: Option<Role>,
    key_id: Option<KeyId>,
    /// Where it stands in the text.
    pub(crate) place: core::ops::Range<usize>,
}

/// The block that stands alone in a file.
pub(crate) const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

impl Block {
    /// The only key. Another one might be the one that is meant.
    pub(crate) fn find(pem: &str) -> Result<Self, Error> {
        let mut all = Self::all(pem)?;
        match all.pop() {
            Some(one) if all.is_empty() => Ok(one),
            Some(last) => {
                all.push(last);
                let names: Vec<String> = all.iter().map(Self::name).collect();
                Err(Error::Key(format!(
                    "there are {} keys in the file, and one is wanted: {}; put the one that is meant \
                     into a file of its own",
                    all.len(),
                    names.join(", ")
                )))
            }
            None => Err(Error::Key("not a PEM file: no -----BEGIN line".into())),
        }
    }

    /// All keys. Other blocks, such as the `EC PARAMETERS` that OpenSSL writes first, are passed over.
    pub(crate) fn all(pem: &str) -> Result<Vec<Self>, Error> {
        let (mut blocks, mut from) = (Vec::new(), 0);
        while let Some(at) = pem.get(from..).and_then(|rest| rest.find("-----BEGIN ")) {
            let (heading, block) = pem[from..].split_at(at);
            let end = block
                .find("-----END ")
                .and_then(|at| block[at..].find('\n').map(|eol| at + eol).or(Some(block.len())))
                .ok_or_else(|| Error::Key("the PEM block has no -----END line".into()))?;
            let begin = from + at;
            from = begin + end;
            let block = block[..end].trim_end();
            if block.starts_with("-----BEGIN EC PARAMETERS-----") {
                continue;
            }
            if block.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----") {
                return Err(Error::Key(
                    "this is a key of OpenSSH; ssh-keygen -p -m PKCS8 -f FILE writes it as PKCS#8: work on a copy"
                        .into(),
                ));
            }
            if block.contains("Proc-Type:") {
                return Err(Error::Key(
                    "the key is encrypted in an old way; openssl pkcs8 -topk8 -in OLD -out NEW makes \
                     it one that is encrypted as PKCS#8"
                        .into(),
                ));
            }
            let (label, der) = SecretDocument::from_pem(block)
                .map_err(|error| Error::Key(format!("the PEM block is damaged: {error}")))?;
            blocks.push(Self {
                label: label.to_owned(),
                der,
                role: single(heading, ROLE)?.map(role).transpose()?,
                key_id: single(heading, KEY_ID)?
                    .map(|id| KeyId::parse(id.as_bytes()))
                    .transpose()
                    .map_err(|_| Error::Key(format!("{KEY_ID} is not 8 hexadecimal digits")))?,
                place: begin..begin + block.len(),
            });
        }
        if blocks.is_empty() {
            return Err(Error::Key("not a PEM file: no -----BEGIN line".into()));
        }
        Ok(blocks)
    }

    /// Which key it is, for people.
    fn name(&self) -> String {
        let id = self.public().map(|key| TrustAnchor::new(key, Role::Production).id);
        match id.ok().or(self.key_id) {
            Some(id) => format!("{} {id}", self.label.to_ascii_lowercase()),
            None => self.label.to_ascii_lowercase(),
        }
    }

    /// The key id in the text before the key.
    pub(crate) const fn said_id(&self) -> Option<KeyId> {
        self.key_id
    }

    /// The public key, or the public half of a private one that is not encrypted.
    pub(crate) fn public(&self) -> Result<PublicKey, Error> {
        let der = self.der.as_bytes();
        let key = match self.label.as_str() {
            "PUBLIC KEY" => p256::PublicKey::from_public_key_der(der).ok(),
            "PRIVATE KEY" => p256::SecretKey::from_pkcs8_der(der).ok().map(|key| key.public_key()),
            "EC PRIVATE KEY" => {
                p256::SecretKey::from_sec1_der(der).ok().map(|key| key.public_key())
            }
            _ => None,
        };
        to_xy(&key.ok_or_else(|| self.not_p256())?)
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
        self.not_p256_in(self.der.as_bytes())
    }

    /// The same of a key that was encrypted.
    pub(crate) fn not_p256_in(&self, der: &[u8]) -> Error {
        // The object id of prime256v1, in DER.
        const CURVE: [u8; 10] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        let named = der.windows(CURVE.len()).any(|part| part == CURVE);
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

/// A public key as it stands in a file, which may not say its role: what `openssl pkey -pubout` writes
/// does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundKey {
    /// The key.
    pub key: PublicKey,
    /// Its id.
    pub id: KeyId,
    /// Its role, if the text before it says one.
    pub role: Option<Role>,
}

impl FoundKey {
    fn of(block: &Block) -> Result<Self, Error> {
        match block.label.as_str() {
            "PUBLIC KEY" => {}
            "PRIVATE KEY" | "EC PRIVATE KEY" | ENCRYPTED => {
                return Err(Error::Key(
                    "this is a private key; give the public one (NAME.pub.pem, or nodelock keys public)"
                        .into(),
                ));
            }
            other => return Err(Error::Key(format!("{other} is not a public key"))),
        }
        let key = block.public()?;
        let id = TrustAnchor::new(key, Role::Production).id;
        block.check_id(id)?;
        Ok(Self { key, id, role: block.role })
    }

    /// The key with its role: that of the file, else the one that is given.
    ///
    /// # Errors
    /// [`Error::Key`] if there is none, or if the two are not the same.
    pub fn anchor(&self, given: Option<Role>) -> Result<TrustAnchor, Error> {
        Ok(TrustAnchor::new(self.key, one_role(self.id, self.role, given)?))
    }
}

/// A role is never guessed: what is taken for production may sign everything.
pub(crate) fn one_role(id: KeyId, said: Option<Role>, given: Option<Role>) -> Result<Role, Error> {
    match (said, given) {
        (Some(said), Some(given)) if said != given => Err(Error::Key(format!(
            "the file says that the key {id} has the role {}, and --role says {}",
            said.name(),
            given.name()
        ))),
        (Some(role), _) | (None, Some(role)) => Ok(role),
        (None, None) => Err(Error::Key(format!(
            "the file does not say the role of the key {id}: give it with --role (production, \
             evaluation or development), or as a line {ROLE} ROLE before the key"
        ))),
    }
}

/// Reads a public key (`PUBLIC KEY`, as `openssl pkey -pubout` writes it) and its role, which the text
/// before the key must say.
///
/// # Errors
/// [`Error::Key`] for anything but one P-256 key; also for a private key, so that one is never given
/// where a public one will do.
pub fn public_from_pem(pem: &str) -> Result<TrustAnchor, Error> {
    found_in_pem(pem)?.anchor(None)
}

/// The same for a key whose role may be said elsewhere.
///
/// # Errors
/// [`Error::Key`].
pub fn found_in_pem(pem: &str) -> Result<FoundKey, Error> {
    FoundKey::of(&Block::find(pem)?)
}

/// All public keys of a file.
///
/// # Errors
/// [`Error::Key`] if there is none, or if one of them is no public P-256 key.
pub fn all_in_pem(pem: &str) -> Result<Vec<FoundKey>, Error> {
    Block::all(pem)?.iter().map(FoundKey::of).collect()
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
