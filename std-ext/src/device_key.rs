//! [`DeviceKey`]: the key with which a host proves its words, in a file.

use std::io;
use std::path::Path;

use nodelock::value::{Signature, UdiSource};
use nodelock::{PublicKey, Reason, Udi};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature as EcdsaSignature, SigningKey};
use p256::elliptic_curve::Generate;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};

use crate::files;
use crate::writing::FileWriter;

/// Longest key file.
const MAX_LEN: usize = 64 * 1024;

/// A P-256 key of this device. It never leaves this type but into its file, is wiped from memory when dropped, and is
/// not shown.
///
/// Signatures are those of RFC 6979, so one word has one signature. The crate `p256` computes them in constant
/// time as far as the processor multiplies so. Whoever can read the file can sign in the device's name: a vendor
/// who must rule that out gives the device a secure element instead.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// use nodelock_std::DeviceKey;
/// let path = directory.path().join("device.key.pem");
/// let key = DeviceKey::open(&path)?;
/// assert_eq!(DeviceKey::open(&path)?.public_key(), key.public_key());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct DeviceKey(SigningKey);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DeviceKey").field(&self.public_key()).finish()
    }
}

impl DeviceKey {
    /// Reads the key from a PEM file (PKCS#8), and makes one where there is no file: readable for this user only
    /// (mode 600), and durable before it is used. A key that is gone for good is another device to the vendor, so
    /// the file belongs into the same backups as the licenses.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::InvalidData`] for a file that is no such key.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        match files::read_file(path, MAX_LEN) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = p256::SecretKey::try_generate().map_err(io::Error::other)?;
                let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other)?;
                // Whoever was faster has made the key.
                match FileWriter::new().private(true).own(true).write(path, pem.as_bytes()) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::open(path),
                    written => written.map(|()| Self(SigningKey::from(&key))),
                }
            }
            content => {
                let content = content?;
                let text = std::str::from_utf8(&content).ok();
                let key = text.and_then(|pem| Self::from_pem(pem).ok());
                key.ok_or_else(|| {
                    let words = format!(
                        "{}: no P-256 private key in PKCS#8 PEM; put the device's key file back",
                        crate::visible_path(path)
                    );
                    io::Error::new(io::ErrorKind::InvalidData, words)
                })
            }
        }
    }

    /// From the text of a PEM file (PKCS#8).
    ///
    /// # Errors
    /// [`Reason::InvalidKey`].
    pub fn from_pem(pem: &str) -> Result<Self, Reason> {
        let key = p256::SecretKey::from_pkcs8_pem(pem).map_err(|_| Reason::InvalidKey)?;
        Ok(Self(SigningKey::from(&key)))
    }

    /// What everybody may know.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let point = self.0.verifying_key().to_sec1_point(false);
        let mut xy = [0; 64];
        // Behind the byte that says that it is not compressed.
        for (to, from) in xy.iter_mut().zip(point.as_bytes().iter().skip(1)) {
            *to = *from;
        }
        PublicKey::from_xy(xy)
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        let signature: EcdsaSignature =
            self.0.sign_prehash(digest).map_err(|_| Reason::SigningFailed)?;
        Ok(Signature::from_rs(signature.to_bytes().into()))
    }
}

/// A device with a key, if it has one.
#[derive(Debug)]
pub struct WithKey<U> {
    /// Who it is.
    pub device: U,
    /// Its key.
    pub key: Option<DeviceKey>,
}

impl<U: UdiSource> UdiSource for WithKey<U> {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        self.device.udi(member)
    }

    fn secret(&self) -> Option<[u8; 32]> {
        self.device.secret()
    }

    fn public_key(&self) -> Option<PublicKey> {
        match &self.key {
            Some(key) => Some(key.public_key()),
            None => self.device.public_key(),
        }
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        match &self.key {
            Some(key) => key.sign(digest),
            None => self.device.sign(digest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("device.key.pem");
        let key = DeviceKey::open(&path).unwrap();
        let again = DeviceKey::open(&path).unwrap();
        assert_eq!(key.public_key(), again.public_key());
        let digest = [7; 32];
        assert_eq!(key.sign(&digest), again.sign(&digest));
        assert!(!format!("{key:?}").contains("PRIVATE"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "no key").unwrap();
        let error = DeviceKey::open(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains("put the device's key file back"), "{error}");
    }
}
