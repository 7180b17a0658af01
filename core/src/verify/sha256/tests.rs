use std::string::String;
use std::{format, vec};

use sha2::Digest;

use super::{compact, compress, sha256};
use crate::Message;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The examples of FIPS 180-2 appendix B, and the empty message.
#[test]
fn the_examples_of_the_standard() {
    let million = vec![b'a'; 1_000_000];
    for (text, digest) in [
        (&b""[..], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (&million, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ] {
        assert_eq!(hex(&sha256(&Message::Agreement(text))), digest);
    }
}

/// Every length around two blocks, in two pieces that part at every place of a block.
#[test]
fn lengths_and_pieces_agree_with_sha2() {
    let text: [u8; 200] = core::array::from_fn(|at| u8::try_from(at).unwrap());
    for length in 0..=text.len() {
        let expected: [u8; 32] = sha2::Sha256::digest(&text[..length]).into();
        assert_eq!(sha256(&Message::Agreement(&text[..length])), expected, "{length}");
    }
    let pad = [0x36; 64];
    for part in 0..=64 {
        let pieces = [&text[..part], &text[part..130]];
        let mut whole = pad.to_vec();
        whole.extend(&text[..130]);
        let expected: [u8; 32] = sha2::Sha256::digest(&whole).into();
        assert_eq!(sha256(&Message::Keyed(&pad, &pieces)), expected, "{part}");
    }
}

/// The compression function that firmware has, on blocks that look random.
#[test]
fn the_compact_one_agrees_with_sha2() {
    let mut block = [0; 64];
    let (mut ours, mut theirs) = (super::START, super::START);
    for round in 0_u32..10_000 {
        let change = round.wrapping_mul(0x9E37_79B9).to_be_bytes();
        for (at, byte) in block.iter_mut().enumerate() {
            *byte ^=
                change[at % 4].rotate_left(round % 8) ^ u8::try_from(ours[at % 8] & 0xFF).unwrap();
        }
        compact::compress(&mut ours, &block);
        compress(&mut theirs, &block);
        assert_eq!(ours, theirs, "{round}");
    }
}
