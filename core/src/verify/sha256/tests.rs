use std::vec::Vec;

use sha2::{Digest, Sha256};

use super::{START, compress, sha256};
use crate::bytes::hex;
use crate::testing::Dice;
use crate::verify::{HmacKey, Message, PublicKey, Signature, SignatureVerifier, hmac};
use crate::{P256Verifier, Reason};

/// A hash that sees nothing but the bytes, like those of C programs.
struct BytesOnly;

impl SignatureVerifier for BytesOnly {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        struct Collect(Vec<u8>);
        impl crate::Sink for Collect {
            fn put(&mut self, bytes: &[u8]) {
                self.0.extend_from_slice(bytes);
            }
        }
        let mut all = Collect(Vec::new());
        message.write(&mut all);
        Ok(Sha256::digest(&all.0).into())
    }

    fn verify(&self, _: &PublicKey, _: &[u8; 32], _: &Signature) -> Result<(), Reason> {
        Err(Reason::CryptoFailure)
    }
}

#[test]
fn messages_of_every_length_hash_as_they_should() {
    let mut dice = Dice::new(5);
    let bytes: Vec<u8> = (0..300).map(|_| dice.byte()).collect();
    for len in 0..bytes.len() {
        let message = &bytes[..len];
        assert_eq!(sha256(&Message::Agreement(message)), *Sha256::digest(message), "{len}");
    }
}

#[test]
fn both_compression_functions_are_the_same() {
    let mut dice = Dice::new(6);
    let mut state = START.0;
    for _ in 0..200 {
        let block = core::array::from_fn(|_| dice.byte());
        let mut other = state;
        compress(&mut state, &block);
        super::compress::compress(&mut other, &block);
        assert_eq!(state, other);
    }
}

/// RFC 4231 section 4.2; a key is filled up with zeros.
#[test]
fn a_mac_is_that_of_the_rfc_whoever_hashes() {
    let mut key = [0; 32];
    key[..20].fill(0x0B);
    let key = HmacKey::new(key);
    let mac = hmac(&P256Verifier, &key, &[b"Hi ", b"There"]).unwrap();
    let expected = b"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    assert_eq!(Some(mac), hex::decode::<32>(expected));
    assert_eq!(hmac(&BytesOnly, &key, &[b"Hi There"]), Ok(mac));
}
