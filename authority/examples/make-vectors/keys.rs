//! The keys of the vectors: fixed, public, and therefore worth nothing.

use nodelock::record::Terms as _;
use nodelock::record::emit_signature;
use nodelock::value::Signature;
use nodelock::{KeyId, Role, TrustAnchor};
use nodelock_authority::{SecretKey, Signer, low_s, public_to_pem_saying};

use crate::tree::Tree;

pub(crate) struct Keys {
    pub(crate) root: SecretKey,
    pub(crate) evaluation: SecretKey,
    pub(crate) development: SecretKey,
    pub(crate) delegated: SecretKey,
    pub(crate) other: SecretKey,
}

impl Keys {
    pub(crate) fn new() -> Result<Self, String> {
        let key = |byte, role| SecretKey::from_scalar(&[byte; 32], role).map_err(|e| e.to_string());
        Ok(Self {
            root: key(0x11, Role::Production)?,
            evaluation: key(0x22, Role::Evaluation)?,
            development: key(0x33, Role::Development)?,
            delegated: key(0x44, Role::Production)?,
            other: key(0x55, Role::Production)?,
        })
    }

    /// The roots that every reader of the vectors trusts.
    pub(crate) fn anchors(&self) -> [TrustAnchor; 3] {
        [self.root.anchor(), self.evaluation.anchor(), self.development.anchor()]
    }

    pub(crate) fn write(&self, tree: &mut Tree) -> Result<(), String> {
        let all = [
            ("root", &self.root),
            ("evaluation", &self.evaluation),
            ("development", &self.development),
            ("delegated", &self.delegated),
            ("other", &self.other),
        ];
        for (name, key) in all {
            let first =
                format!("TEST ONLY: the {name} key of the test vectors, known to everybody");
            let secret = key.to_pem_saying(&first).map_err(|e| e.to_string())?;
            let public = public_to_pem_saying(&key.anchor(), &first).map_err(|e| e.to_string())?;
            tree.add(format!("keys/{name}.key.pem"), secret.as_bytes());
            tree.add(format!("keys/{name}.pub.pem"), public);
        }
        Ok(())
    }
}

/// Puts a right signature under any text, well-formed or not.
pub(crate) fn sign_text(text: &str, key: &SecretKey) -> String {
    signed_text(text, key.anchor().id, &signature(text, key))
}

/// The signature of any text, well-formed or not.
pub(crate) fn signature(text: &str, key: &SecretKey) -> Signature {
    let domain = if text.starts_with("KEY") {
        nodelock::record::KeyTerms::DOMAIN
    } else if text.starts_with("REPAIR") {
        nodelock::record::RepairTerms::DOMAIN
    } else {
        nodelock::record::LicenseTerms::DOMAIN
    };
    let message = [domain, text.as_bytes()].concat();
    low_s(key.sign(&message).expect("a key in memory signs everything"))
}

pub(crate) fn signed_text(text: &str, signer: KeyId, signature: &Signature) -> String {
    struct Bytes(Vec<u8>);
    impl nodelock::bytes::Sink for Bytes {
        fn put(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }
    let mut signed = Bytes(text.as_bytes().to_vec());
    emit_signature(signer, signature, &mut signed);
    String::from_utf8(signed.0).expect("made of texts")
}
