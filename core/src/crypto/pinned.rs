//! The verifier for keys that are known when the program is built.

use nodelock_p256::{Error, GENERATOR_TABLE, PinnedKey, Table};

use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::record::Message;
use crate::value::key::PublicKey;
use crate::value::signature::Signature;

/// Checks signatures with precomputed tables: of the base point, and of the keys that the product
/// trusts. Other keys, which come in `KEY` records, are checked more slowly.
///
/// The tables are trust material exactly like the keys.
#[derive(Debug, Clone, Copy)]
pub struct PinnedVerifier<'t> {
    /// The table of the base point.
    pub generator: Table<'t>,
    /// The keys with their tables.
    pub keys: &'t [PinnedKey<'t>],
}

impl PinnedVerifier<'_> {
    /// Without tables of keys: every key is checked as those of `KEY` records are.
    pub const WITHOUT_KEYS: PinnedVerifier<'static> =
        PinnedVerifier { generator: GENERATOR_TABLE, keys: &[] };
}

impl SignatureVerifier for PinnedVerifier<'_> {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        Ok(super::sha256(message))
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        let (key, signature) = (key.as_bytes(), signature.as_bytes());
        nodelock_p256::verify(&self.generator, self.keys, key, digest, signature).map_err(|error| {
            match error {
                Error::Key => Reason::InvalidKey,
                Error::Table => Reason::CryptoFailure,
                Error::Signature => Reason::SignatureMismatch,
            }
        })
    }
}
