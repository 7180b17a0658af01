//! The default verifier, on the `p256` crate.

use p256::AffinePoint;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature as EcdsaSignature, VerifyingKey};
use p256::elliptic_curve::point::AffineCoordinates;

use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::record::Message;
use crate::value::key::PublicKey;
use crate::value::signature::Signature;

/// Verifies with the `p256` and `sha2` crates.
#[derive(Debug, Clone, Copy, Default)]
pub struct P256Verifier;

impl SignatureVerifier for P256Verifier {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        Ok(crate::crypto::sha256(message))
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        let key = verifying_key(key).ok_or(Reason::InvalidKey)?;
        let signature = EcdsaSignature::from_slice(signature.as_bytes())
            .map_err(|_| Reason::SignatureMismatch)?;
        key.verify_prehash(digest, &signature).map_err(|_| Reason::SignatureMismatch)
    }
}

/// From the coordinates and not from SEC1, which would bring the square root for compressed points
/// into every firmware. `None` for points off the curve.
fn verifying_key(key: &PublicKey) -> Option<VerifyingKey> {
    let (x, y) = key.as_bytes().split_first_chunk::<32>()?;
    let y: &[u8; 32] = y.try_into().ok()?;
    let point = AffinePoint::from_coordinates(&(*x).into(), &(*y).into());
    VerifyingKey::from_affine(point.into_option()?).ok()
}
