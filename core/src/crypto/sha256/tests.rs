use std::vec;
use std::vec::Vec;

use sha2::{Digest, Sha256};

use super::{START, compress, sha256};
use crate::bytes::hex;
use crate::crypto::{P256Verifier, SignatureVerifier, hmac};
use crate::reason::Reason;
use crate::record::{HmacKey, Message};
use crate::testing::Dice;
use crate::value::key::PublicKey;
use crate::value::signature::Signature;

/// A hash that sees nothing but the bytes, like those of C programs.
struct BytesOnly;

impl SignatureVerifier for BytesOnly {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        struct Collect(Vec<u8>);
        impl crate::bytes::Sink for Collect {
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
        assert_eq!(sha256(&Message::Eula(message)), *Sha256::digest(message), "{len}");
    }
}

/// The examples of FIPS 180-2 appendix B, and the empty message.
#[test]
fn the_examples_of_the_standard() {
    let million = vec![b'a'; 1_000_000];
    for (text, digest) in [
        (&b""[..], b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            b"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (&million, b"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ] {
        assert_eq!(Some(sha256(&Message::Eula(text))), hex::decode(digest));
    }
}

/// Pieces that part at every place of a block.
#[test]
fn it_does_not_matter_where_pieces_part() {
    let mut dice = Dice::new(7);
    let key = HmacKey::new([0x36; 32]);
    let bytes: Vec<u8> = (0..130).map(|_| dice.byte()).collect();
    let whole = hmac(&BytesOnly, &key, &[&bytes]).unwrap();
    for part in 0..=bytes.len() {
        let (a, b) = bytes.split_at(part);
        assert_eq!(hmac(&P256Verifier, &key, &[a, b]), Ok(whole), "{part}");
    }
}

#[test]
fn both_compression_functions_are_the_same() {
    let mut dice = Dice::new(6);
    let mut state = START;
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
