//! The default verifier, on the `p256` crate.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature as EcdsaSignature, VerifyingKey};

use crate::key::PublicKey;
use crate::reason::Reason;
use crate::verify::{Message, Signature, SignatureVerifier};

/// Verifies with the `p256` and `sha2` crates.
#[derive(Debug, Clone, Copy, Default)]
pub struct P256Verifier;

impl SignatureVerifier for P256Verifier {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        Ok(crate::verify::sha256(message))
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        let mut sec1 = [4; 65];
        for (to, from) in sec1.iter_mut().skip(1).zip(key.as_bytes()) {
            *to = *from;
        }
        let key = VerifyingKey::from_sec1_bytes(&sec1).map_err(|_| Reason::InvalidKey)?;
        let signature = EcdsaSignature::from_slice(signature.as_bytes())
            .map_err(|_| Reason::SignatureMismatch)?;
        key.verify_prehash(digest, &signature).map_err(|_| Reason::SignatureMismatch)
    }
}
