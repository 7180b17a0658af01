//! [`SecretKey`]: a signing key in memory.

use nodelock::value::Signature;
use nodelock::{Role, TrustAnchor};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use p256::elliptic_curve::Generate;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::pem::{Block, ENCRYPTED, heading, one_role, to_xy};
use crate::error::Error;
use crate::sign::Signer;

/// A P-256 signing key and its role. Wiped from memory when dropped; never shown.
pub struct SecretKey {
    key: p256::SecretKey,
    /// The same for signing, which takes a multiplication to make.
    signing: SigningKey,
    anchor: TrustAnchor,
}

impl SecretKey {
    /// Makes a key from the system's random numbers.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate(role: Role) -> Result<Self, Error> {
        let key = p256::SecretKey::try_generate().map_err(|e| Error::Random(e.to_string()))?;
        Self::new(key, role)
    }

    /// From a secret number, 32 bytes big-endian. For keys that come from elsewhere, and for
    /// tests; [`generate`](Self::generate) makes new ones.
    ///
    /// # Errors
    /// [`Error::Key`] for 0 and for numbers not below the order of the curve.
    pub fn from_scalar(scalar: &[u8; 32], role: Role) -> Result<Self, Error> {
        let key = p256::SecretKey::from_slice(scalar)
            .map_err(|_| Error::Key("not a secret number of the curve P-256".into()))?;
        Self::new(key, role)
    }

    /// Reads `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` (SEC1), and the role, which the text before the
    /// key must say.
    ///
    /// # Errors
    /// [`Error::Key`] for anything but one P-256 key that is not encrypted.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let encrypted =
            || Err(Error::Key("the key is encrypted, and no passphrase was given".into()));
        Self::from_pem_with(pem, None, encrypted)
    }

    /// The same with a role for a file that says none, and for `ENCRYPTED PRIVATE KEY` (PKCS#8 with
    /// PBES2) with a passphrase, which is asked for when it is needed.
    ///
    /// # Errors
    /// [`Error::Key`]; what `passphrase` gives.
    pub fn from_pem_with(
        pem: &str,
        role: Option<Role>,
        passphrase: impl FnOnce() -> Result<Zeroizing<String>, Error>,
    ) -> Result<Self, Error> {
        let block = Block::find(pem)?;
        let key = open(&block, passphrase)?;
        let id = TrustAnchor::new(to_xy(&key.public_key())?, Role::Production).id;
        block.check_id(id)?;
        Self::new(key, one_role(id, block.role, role)?)
    }

    /// The PKCS#8 file, with role and id in the text before the key.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn to_pem(&self) -> Result<Zeroizing<String>, Error> {
        self.to_pem_saying(FIRST_PLAIN)
    }

    /// The same with another first line.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn to_pem_saying(&self, first: &str) -> Result<Zeroizing<String>, Error> {
        let pem = self.key.to_pkcs8_pem(LineEnding::LF).map_err(cannot_encode)?;
        Ok(joined(&heading(first, self.anchor.id, self.anchor.role), &pem))
    }

    /// The same, encrypted with a passphrase.
    ///
    /// # Errors
    /// [`Error::Key`], also for an empty passphrase; [`Error::Random`].
    pub fn to_encrypted_pem(&self, passphrase: &str) -> Result<Zeroizing<String>, Error> {
        Ok(joined(
            &heading(FIRST_ENCRYPTED, self.anchor.id, self.anchor.role),
            &encrypted(&self.key, passphrase)?,
        ))
    }

    fn new(key: p256::SecretKey, role: Role) -> Result<Self, Error> {
        let anchor = TrustAnchor::new(to_xy(&key.public_key())?, role);
        Ok(Self { signing: SigningKey::from(&key), key, anchor })
    }
}

/// What stands first in key files that this library writes.
const FIRST_PLAIN: &str = "nodelock signing key: keep it secret, whoever has it can issue licenses";
const FIRST_ENCRYPTED: &str =
    "nodelock signing key, encrypted: whoever has it and its passphrase can issue licenses";

/// Encrypts the key of a PEM file with another passphrase, or with none, and leaves the text around it, but for
/// the first line of [`SecretKey::to_pem`] and [`SecretKey::to_encrypted_pem`].
///
/// # Errors
/// [`Error::Key`], [`Error::Random`]; what `old` gives, which is asked only for an encrypted key.
pub fn change_passphrase(
    pem: &str,
    old: impl FnOnce() -> Result<Zeroizing<String>, Error>,
    new: Option<&str>,
) -> Result<Zeroizing<String>, Error> {
    let block = Block::find(pem)?;
    let key = open(&block, old)?;
    block.check_id(TrustAnchor::new(to_xy(&key.public_key())?, Role::Production).id)?;
    let body = match new {
        Some(passphrase) => encrypted(&key, passphrase)?,
        None => key.to_pkcs8_pem(LineEnding::LF).map_err(cannot_encode)?,
    };
    let (before, after) = (&pem[..block.place.start], &pem[block.place.end..]);
    let before = match new {
        Some(_) => before.replace(FIRST_PLAIN, FIRST_ENCRYPTED),
        None => before.replace(FIRST_ENCRYPTED, FIRST_PLAIN),
    };
    let text = joined(&before, body.trim_end());
    Ok(joined(&text, if after.is_empty() { "\n" } else { after }))
}

fn cannot_encode(error: impl core::fmt::Display) -> Error {
    Error::Key(format!("the key cannot be encoded: {error}"))
}

/// Two texts as one, at its full size from the start, so that growing leaves no copy behind.
fn joined(first: &str, second: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(first.len() + second.len()));
    text.push_str(first);
    text.push_str(second);
    text
}

const UNKNOWN_ENCRYPTION: &str = "the key is encrypted in a way that is not known here; openssl pkcs8 -topk8 \
     -v2 aes-256-cbc -in OLD -out NEW makes it one that is";

/// Whether a key is encrypted in one of the old ways of PKCS#12 or PKCS#5: the algorithm stands in front.
fn is_pbe(der: &[u8]) -> bool {
    const PKCS12: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01];
    const PKCS5: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05];
    let front = der.get(..32).unwrap_or(der);
    [PKCS12, PKCS5].iter().any(|name| front.windows(name.len()).any(|part| part == *name))
}

/// The private key of a block.
fn open(
    block: &Block,
    passphrase: impl FnOnce() -> Result<Zeroizing<String>, Error>,
) -> Result<p256::SecretKey, Error> {
    let der = block.der.as_bytes();
    let key = match block.label.as_str() {
        "PRIVATE KEY" => p256::SecretKey::from_pkcs8_der(der).ok(),
        "EC PRIVATE KEY" => p256::SecretKey::from_sec1_der(der).ok(),
        ENCRYPTED => {
            let encrypted = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| {
                Error::Key(if is_pbe(der) {
                    UNKNOWN_ENCRYPTION.into()
                } else {
                    "the encrypted key is damaged".into()
                })
            })?;
            let plain =
                encrypted.decrypt(passphrase()?.as_bytes()).map_err(|error| {
                    Error::Key(match error {
                        pkcs8::Error::EncryptedPrivateKey(
                            pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. },
                        )
                        | pkcs8::Error::EncryptedPrivateKey(
                            pkcs8::pkcs5::Error::NoPbes1CryptSupport,
                        ) => UNKNOWN_ENCRYPTION.to_owned(),
                        _ => "the passphrase is not that of the key, or the file is damaged"
                            .to_owned(),
                    })
                })?;
            let key = p256::SecretKey::from_pkcs8_der(plain.as_bytes());
            return key.map_err(|_| block.not_p256_in(plain.as_bytes()));
        }
        "PUBLIC KEY" => {
            return Err(Error::Key("this is a public key; the private one is needed here".into()));
        }
        other => return Err(Error::Key(format!("{other} is not a private key"))),
    };
    key.ok_or_else(|| block.not_p256())
}

/// Rounds of PBKDF2, which each guess costs too. OpenSSL reads what comes out.
const ROUNDS: u32 = 600_000;

fn encrypted(key: &p256::SecretKey, passphrase: &str) -> Result<Zeroizing<String>, Error> {
    if passphrase.is_empty() {
        return Err(Error::Key("the passphrase is empty".into()));
    }
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    for random in [&mut salt, &mut iv] {
        getrandom::fill(random).map_err(|error| Error::Random(error.to_string()))?;
    }
    let params =
        pkcs8::pkcs5::pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &salt, iv)
            .map_err(cannot_encode)?;
    let plain = key.to_pkcs8_der().map_err(cannot_encode)?;
    let info = PrivateKeyInfoRef::try_from(plain.as_bytes()).map_err(cannot_encode)?;
    let document = info.encrypt_with_params(params, passphrase).map_err(cannot_encode)?;
    document.to_pem(ENCRYPTED, LineEnding::LF).map_err(cannot_encode)
}

impl core::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SecretKey").field("id", &self.anchor.id).finish_non_exhaustive()
    }
}

impl Signer for SecretKey {
    fn anchor(&self) -> TrustAnchor {
        self.anchor
    }

    /// Deterministic (RFC 6979): the same line always gets the same signature.
    fn sign(&self, message: &[u8]) -> Result<Signature, Error> {
        let signature: p256::ecdsa::Signature = self
            .signing
            .try_sign(message)
            .map_err(|error| Error::Signer(format!("signing failed: {error}")))?;
        Ok(Signature::from_rs(signature.to_bytes().into()))
    }
}
