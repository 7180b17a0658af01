//! [`SecretKey`]: a signing key in memory.

use nodelock::value::Signature;
use nodelock::{Role, TrustAnchor};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use p256::elliptic_curve::Generate;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use zeroize::Zeroizing;

use super::pem::{Block, heading, to_xy};
use crate::error::Error;
use crate::sign::Signer;

/// A P-256 signing key and its role. Wiped from memory when dropped; never shown.
pub struct SecretKey {
    key: p256::SecretKey,
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

    /// Reads `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` (SEC1), and the role in the text before
    /// the key; "production" if there is none.
    ///
    /// # Errors
    /// [`Error::Key`] for anything but a P-256 key that is not encrypted.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let block = Block::find(pem)?;
        let der = block.der.as_bytes();
        let key = match block.label.as_str() {
            "PRIVATE KEY" => p256::SecretKey::from_pkcs8_der(der).ok(),
            "EC PRIVATE KEY" => p256::SecretKey::from_sec1_der(der).ok(),
            "PUBLIC KEY" => {
                return Err(Error::Key(
                    "this is a public key; signing needs the private one".into(),
                ));
            }
            other => return Err(Error::Key(format!("{other} is not a private key"))),
        };
        let key = Self::new(key.ok_or_else(|| block.not_p256())?, block.role)?;
        block.check_id(key.anchor.id)?;
        Ok(key)
    }

    /// The PKCS#8 file, with role and id in the text before the key.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn to_pem(&self) -> Result<Zeroizing<String>, Error> {
        let first = "nodelock signing key: keep it secret, whoever has it can issue licenses";
        self.to_pem_saying(first)
    }

    /// The same with another first line.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn to_pem_saying(&self, first: &str) -> Result<Zeroizing<String>, Error> {
        let pem = self
            .key
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| Error::Key(format!("the key cannot be encoded: {error}")))?;
        let heading = heading(first, self.anchor.id, self.anchor.role);
        // At its full size from the start, so that growing leaves no copy behind.
        let mut text = Zeroizing::new(String::with_capacity(heading.len() + pem.len()));
        text.push_str(&heading);
        text.push_str(&pem);
        Ok(text)
    }

    fn new(key: p256::SecretKey, role: Role) -> Result<Self, Error> {
        let anchor = TrustAnchor::new(to_xy(&key.public_key())?, role);
        Ok(Self { key, anchor })
    }
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
        let signature: p256::ecdsa::Signature = SigningKey::from(&self.key)
            .try_sign(message)
            .map_err(|error| Error::Signer(format!("signing failed: {error}")))?;
        Ok(Signature::from_rs(signature.to_bytes().into()))
    }
}
