//! Public keys, their ids and their roles.

use crate::bytes::{base64url, hex};
use crate::convert::one_text;
#[cfg(feature = "serde")]
use crate::convert::wire;
use crate::named::named;
use crate::reason::Reason;
use crate::value::license::LicenseType;

/// The first four bytes of SHA-256 over the key's `SubjectPublicKeyInfo` (RFC 5480), so that
/// `openssl pkey -pubin -outform DER | openssl sha256` shows it.
///
/// A hint for finding the key, never a proof: what decides is the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// From 8 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`Reason::BadValue`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        hex::decode(text).map(Self).ok_or(Reason::BadValue)
    }

    /// From the digest of the key's `SubjectPublicKeyInfo`.
    #[must_use]
    pub const fn from_digest(digest: &[u8; 32]) -> Self {
        let [a, b, c, d, ..] = *digest;
        Self([a, b, c, d])
    }
}

one_text!(KeyId, plain: [u8; 4], |id| id.0, |bytes| Some(Self(bytes)));

impl core::fmt::Display for KeyId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A P-256 public key: the coordinates x and y of its point, 32 bytes each, big-endian. Whether
/// the point lies on the curve is for the verifier to see.
///
/// In memory it is the 64 bytes and nothing else.
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 64]);

impl PublicKey {
    /// From x and y.
    #[must_use]
    pub const fn from_xy(xy: [u8; 64]) -> Self {
        Self(xy)
    }

    /// From the 91 bytes of an uncompressed `SubjectPublicKeyInfo` in DER; `None` for another
    /// algorithm, curve or form.
    #[must_use]
    pub fn from_spki_der(der: &[u8]) -> Option<Self> {
        der.strip_prefix(&SPKI_PREFIX)?.try_into().ok().map(Self)
    }

    /// x and y.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// From 86 characters of base64url, the form of a `KEY` record.
    ///
    /// # Errors
    /// [`Reason::BadKeyText`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        base64url::decode_64(text).map(Self).ok_or(Reason::BadKeyText)
    }
}

impl core::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        base64url::display(&self.0, f)
    }
}

one_text!(PublicKey, plain: [[u8; 32]; 2], |key| wire::halves(&key.0), |xy| wire::joined(xy).map(Self));

/// What stands before x and y in the DER of a P-256 `SubjectPublicKeyInfo` (RFC 5480 section 2):
/// two sequences, the object ids id-ecPublicKey and prime256v1, a bit string, and 4 for
/// "uncompressed".
pub const SPKI_PREFIX: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

named! {
    /// What a key may be used for.
    pub enum Role {
        /// Signs every type.
        Production = 1 "production",
        /// Signs trials only ([`LicenseType::is_trial`](crate::LicenseType::is_trial)).
        Evaluation = 2 "evaluation",
        /// Signs everything, for devices that accept development keys.
        Development = 3 "development",
    }
}

impl Role {
    /// The role of this name.
    ///
    /// # Errors
    /// [`Reason::BadRole`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        Self::from_name(text).ok_or(Reason::BadRole)
    }

    /// Whether a root with this role may delegate to a key with that one: never to more rights,
    /// and never from a development root to a key that production builds would accept.
    #[must_use]
    pub const fn may_delegate(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Production, _)
                | (Self::Evaluation, Self::Evaluation)
                | (Self::Development, Self::Development)
        )
    }

    /// Whether a key with this role may sign a line of that type.
    pub(crate) fn may_sign(
        self,
        license_type: LicenseType,
        accepts_development: bool,
    ) -> Result<(), Reason> {
        match self {
            Self::Development if !accepts_development => Err(Reason::DevelopmentKey),
            Self::Evaluation if !license_type.is_trial() => Err(Reason::KeyRole),
            _ => Ok(()),
        }
    }
}
