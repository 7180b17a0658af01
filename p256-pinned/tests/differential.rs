//! The same answers as the crate `p256`, for signatures that are right and for such that were
//! changed; with tables and without.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers")]

use nodelock_p256::{GENERATOR, PinnedKey, Table, build, digest, verify};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

/// A stream of numbers that is the same every time (splitmix64, Steele and others, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.next() as u8)
    }
}

const N: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

/// n - a, for a below n.
fn negated(a: &[u8]) -> [u8; 32] {
    let (mut out, mut borrow) = (N, 0);
    for (out, a) in out.iter_mut().zip(a).rev() {
        let difference = i16::from(*out) - i16::from(*a) - borrow;
        borrow = i16::from(difference < 0);
        *out = difference as u8;
    }
    out
}

/// Changes a signature or the digest, or leaves them as they are.
fn change(random: &mut Random, digest: &mut [u8; 32], signature: &mut [u8; 64]) {
    match random.below(10) {
        0..4 => {}
        4 => signature[random.below(64)] ^= 1 << random.below(8),
        5 => digest[random.below(32)] ^= 1 << random.below(8),
        // The other s, which is as good; the other r, which is not.
        6 => {
            let s = negated(&signature[32..]);
            signature[32..].copy_from_slice(&s);
        }
        7 => {
            let r = negated(&signature[..32]);
            signature[..32].copy_from_slice(&r);
        }
        8 => signature.rotate_left(32),
        _ => *signature = random.bytes(),
    }
}

fn run<const COUNT: usize>(seed: u64, signatures: u64) -> (u64, u64) {
    let mut random = Random(seed);
    let of_generator = build::<COUNT>(&GENERATOR).unwrap();
    let generator = Table::new(&of_generator, digest(&of_generator)).unwrap();
    let key = SigningKey::from_slice(&random.bytes::<32>()).unwrap();
    let theirs = VerifyingKey::from(&key);
    let xy: [u8; 64] = theirs.to_sec1_point(false).as_bytes()[1..].try_into().unwrap();
    let of_key = build::<COUNT>(&xy).unwrap();
    let table = Table::new(&of_key, digest(&of_key)).unwrap();
    let pinned = [PinnedKey { xy, table }];
    let (mut accepted, mut refused) = (0, 0);
    for number in 0..signatures {
        let mut hash = random.bytes::<32>();
        let signature: Signature = key.sign_prehash(&hash).unwrap();
        let mut signature: [u8; 64] = signature.to_bytes().into();
        change(&mut random, &mut hash, &mut signature);
        let expected = Signature::from_slice(&signature)
            .is_ok_and(|parsed| theirs.verify_prehash(&hash, &parsed).is_ok());
        let ours = verify(&generator, &pinned, &xy, &hash, &signature).is_ok();
        assert_eq!(ours, expected, "seed {seed}, {number}: {hash:02x?} {signature:02x?}");
        if number % 8 == 0 {
            assert_eq!(verify(&generator, &[], &xy, &hash, &signature).is_ok(), expected);
        }
        if expected { accepted += 1 } else { refused += 1 }
    }
    (accepted, refused)
}

/// 20,000 signatures; with `NODELOCK_LONG=1` a million.
#[test]
fn the_same_answers_as_p256() {
    let rounds = if std::env::var_os("NODELOCK_LONG").is_some() { 50 } else { 1 };
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..rounds {
        let answers = [
            run::<4>(1000 + round, 3_000),
            run::<8>(2000 + round, 3_000),
            run::<16>(3000 + round, 4_000),
            run::<32>(4000 + round, 4_000),
            run::<64>(5000 + round, 3_000),
            run::<128>(6000 + round, 3_000),
        ];
        for (of_size_accepted, of_size_refused) in answers {
            assert!(of_size_accepted > 0 && of_size_refused > 0);
            accepted += of_size_accepted;
            refused += of_size_refused;
        }
    }
    println!("{accepted} accepted, {refused} refused, as by p256");
    assert_eq!(accepted + refused, 20_000 * rounds);
}
