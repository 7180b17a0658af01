//! A verifier on the crate `aws-lc-rs`: for services that check many signatures of keys which are not
//! known when they are built.

use aws_lc_rs::digest::{Context, Digest, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use nodelock::bytes::Sink;
use nodelock::crypto::SignatureVerifier;
use nodelock::record::Message;
use nodelock::value::Signature;
use nodelock::{PublicKey, Reason};

/// Hash and signature check of `aws-lc-rs`. It brings C and assembler code; a device rather takes
/// [`P256Verifier`](nodelock::P256Verifier) or the one for pinned keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct AwsLcVerifier;

struct Hash(Context);

impl Sink for Hash {
    fn put(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

impl SignatureVerifier for AwsLcVerifier {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        let mut hash = Hash(Context::new(&SHA256));
        message.write(&mut hash);
        hash.0.finish().as_ref().try_into().map_err(|_| Reason::CryptoFailure)
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        let mut sec1 = [4; 65];
        sec1[1..].copy_from_slice(key.as_bytes());
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, sec1);
        let key = key.map_err(|_| Reason::InvalidKey)?;
        let digest =
            Digest::import_less_safe(digest, &SHA256).map_err(|_| Reason::CryptoFailure)?;
        let verified = key.verify_digest_sig(&digest, signature.as_bytes());
        verified.map_err(|_| Reason::SignatureMismatch)
    }
}
