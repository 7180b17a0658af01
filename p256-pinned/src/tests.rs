use std::vec::Vec;

use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey};

use crate::comb;
use crate::field::{Field, P};
use crate::point::{Affine, Point};
use crate::scalar::{self, N};
use crate::words::{self, Words};
use crate::*;

/// A stream of numbers that is the same every time (splitmix64, Steele and others, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut out = [0; 32];
        out.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.next().to_be_bytes()));
        out
    }
}

fn to_bytes(number: &Words) -> [u8; 32] {
    let table = words::to_table(number);
    let bytes: Vec<u8> = table.iter().rev().flat_map(|word| word.to_be_bytes()).collect();
    bytes.try_into().unwrap()
}

fn small(number: u8) -> Words {
    let mut bytes = [0; 32];
    bytes[31] = number;
    words::from_bytes(&bytes)
}

fn xy(key: &SigningKey) -> [u8; 64] {
    key.verifying_key().to_sec1_point(false).as_bytes()[1..].try_into().unwrap()
}

/// The key whose secret is a given number.
fn secret(number: &Words) -> SigningKey {
    SigningKey::from_slice(&to_bytes(number)).unwrap()
}

fn sign(key: &SigningKey, digest: &[u8; 32]) -> [u8; 64] {
    let signature: Signature = key.sign_prehash(digest).unwrap();
    signature.to_bytes().into()
}

/// The answer with tables of a given size, which must be the one without a pinned key.
fn verify_with<const COUNT: usize>(
    key: &[u8; 64],
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), Error> {
    let (of_generator, of_key) =
        (build::<COUNT>(&GENERATOR).unwrap(), build::<COUNT>(key).unwrap());
    let generator = Table::new(&of_generator, comb::digest(&of_generator)).unwrap();
    let table = Table::new(&of_key, comb::digest(&of_key)).unwrap();
    let pinned = verify(&generator, &[PinnedKey { xy: *key, table }], key, digest, signature);
    assert_eq!(pinned, verify(&generator, &[], key, digest, signature));
    pinned
}

fn verify_all(key: &[u8; 64], digest: &[u8; 32], signature: &[u8; 64]) -> Result<(), Error> {
    let answer = verify_with::<4>(key, digest, signature);
    assert_eq!(answer, verify_with::<8>(key, digest, signature));
    assert_eq!(answer, verify_with::<16>(key, digest, signature));
    assert_eq!(answer, verify_with::<32>(key, digest, signature));
    assert_eq!(answer, verify_with::<64>(key, digest, signature));
    assert_eq!(answer, verify_with::<128>(key, digest, signature));
    answer
}

#[test]
fn every_size_agrees_with_p256() {
    let mut random = Random(1);
    for _ in 0..20 {
        let key = SigningKey::from_slice(&random.bytes()).unwrap();
        let digest = random.bytes();
        let mut signature = sign(&key, &digest);
        assert_eq!(verify_all(&xy(&key), &digest, &signature), Ok(()));
        signature[usize::try_from(random.next() % 64).unwrap()] ^= 1 << (random.next() % 8);
        assert_eq!(verify_all(&xy(&key), &digest, &signature), Err(Error::Signature));
    }
}

/// With the secrets 1, n - 1, 2, n - 2 both tables hold the same points or opposite ones, so equal and
/// opposite points meet in almost every check.
#[test]
fn keys_that_are_small_multiples_of_the_generator() {
    let mut random = Random(2);
    for number in 1..=9 {
        for secret_number in [small(number), words::sub(&N, &small(number)).0] {
            let key = secret(&secret_number);
            for _ in 0..4 {
                let digest = random.bytes();
                assert_eq!(verify_all(&xy(&key), &digest, &sign(&key, &digest)), Ok(()));
            }
        }
    }
}

#[test]
fn sums_at_the_edges() {
    let g = Affine::from_bytes(&GENERATOR).unwrap();
    let point = Point::from_affine(&g);
    // Equal points, with Z = 1 and another Z.
    let doubled = |mut point: Point| {
        point.double();
        point
    };
    let sum = |mut point: Point, other: &Affine| {
        point.add(other);
        point
    };
    let twice = doubled(point);
    let affine = |point: Point| crate::point::normalize(&[point]).map(|[point]| point);
    assert_eq!(affine(sum(point, &g)), affine(twice));
    let two = affine(twice).unwrap();
    assert_eq!(affine(sum(twice, &two)), affine(doubled(twice)));
    // Opposite points.
    assert!(sum(point, &g.opposite()).z.is_zero());
    let none = sum(twice, &two.opposite());
    assert!(none.z.is_zero());
    assert!(affine(none).is_none());
    // Infinity on the left; doubled.
    assert_eq!(affine(sum(Point::INFINITY, &g)), Some(g));
    assert!(doubled(Point::INFINITY).z.is_zero());
    assert_eq!(affine(sum(none, &g)), Some(g));
    // Infinity has no x, although its X is anything.
    let anything = Point { x: Field::ZERO, ..Point::INFINITY };
    assert!(!anything.has_x(&small(1)) && !anything.has_x(&small(0)));
    // r + n beyond 256 bits stands for no x.
    let five = Point { x: Field::new(&small(5)).unwrap(), z: Field::ONE, ..anything };
    let wraps = words::add(&words::sub(&words::ZERO, &N).0, &small(5)).0;
    assert!(five.has_x(&small(5)) && !five.has_x(&wraps));
    // Nor does an r + n of p and more.
    let beyond = words::add(&words::sub(&P, &N).0, &small(5)).0;
    assert!(!five.has_x(&beyond));
    // 3 G = G + 2 G.
    let mut three = [0; 64];
    three.copy_from_slice(&xy(&secret(&small(3))));
    assert_eq!(affine(sum(twice, &g)), Affine::from_bytes(&three));
}

/// u1 G + u2 Q at infinity: Q = -(u1 / u2) G, which is chosen by r = -e / d.
#[test]
fn a_sum_at_infinity_is_no_signature() {
    let mut digest = [0; 32];
    digest[31] = 7;
    // d = 1: r = -e = n - 7, any s.
    let key = xy(&secret(&small(1)));
    for s in [small(1), small(5), words::sub(&N, &small(1)).0] {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&to_bytes(&words::sub(&N, &small(7)).0));
        signature[32..].copy_from_slice(&to_bytes(&s));
        assert_eq!(verify_all(&key, &digest, &signature), Err(Error::Signature));
    }
}

/// Points with the same y and another x are neither equal nor opposite. The base point G has such a partner Q:
/// x of Q is a root of x^2 + x Gx + Gx^2 - 3, and G + Q is (-Gx - Qx, -Gy), on the line through both.
#[test]
fn points_that_share_only_y_are_added() {
    let bytes = |text: &str| -> [u8; 32] {
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        core::array::from_fn(|at| digit(2 * at))
    };
    let mut partner = GENERATOR;
    partner[..32].copy_from_slice(&bytes(
        "65488bd7e2ef08a7b94e915132548f1bfc403a781b58b462f555794f39ba8ac7",
    ));
    let x = bytes("2f9fa2343be4b5114df487c96a072ff18cbc4807b6bc17fc16094d6aedacb2a2");
    let mut sum = Point::INFINITY;
    for point in [&GENERATOR, &partner] {
        sum.add(&Affine::from_bytes(point).unwrap());
    }
    assert!(sum.has_x(&words::from_bytes(&x)));
}

/// r below p - n stands for two x. A signature with x = r + n for a key made to fit:
/// Q = (s R - e G) / r, as key recovery does it (SEC 1 section 4.1.6).
#[test]
fn r_can_stand_for_r_plus_n() {
    use p256::ecdsa::{RecoveryId, VerifyingKey};
    let mut found = 0;
    for number in 1..40 {
        let (r, s) = (small(number), small(number.wrapping_add(90)));
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&to_bytes(&r));
        signature[32..].copy_from_slice(&to_bytes(&s));
        let digest = Random(u64::from(number)).bytes();
        let parsed = Signature::from_slice(&signature).unwrap();
        for id in 0..4 {
            let id = RecoveryId::from_byte(id).unwrap();
            let Ok(key) = VerifyingKey::recover_from_prehash(&digest, &parsed, id) else {
                continue;
            };
            key.verify_prehash(&digest, &parsed).unwrap();
            let xy: [u8; 64] = key.to_sec1_point(false).as_bytes()[1..].try_into().unwrap();
            assert_eq!(verify_all(&xy, &digest, &signature), Ok(()), "{number} {id:?}");
            // r + n and s + n are the same modulo n, and refused.
            for (at, value) in [(0, &r), (32, &s)] {
                let mut same = signature;
                same[at..at + 32].copy_from_slice(&to_bytes(&words::add(value, &N).0));
                assert_eq!(verify_all(&xy, &digest, &same), Err(Error::Signature), "{number}");
            }
            found += usize::from(id.is_x_reduced());
        }
    }
    assert!(found > 10, "{found}");
}

/// Every pair of values at the edges of the range, for a key under which some of them could pass.
#[test]
fn r_and_s_at_the_edges() {
    let n = N;
    let edges = [
        small(0),
        small(1),
        words::sub(&n, &small(1)).0,
        n,
        words::add(&n, &small(1)).0,
        P,
        words::sub(&words::ZERO, &small(1)).0,
    ];
    for number in [small(1), small(2), words::sub(&n, &small(1)).0] {
        let key = secret(&number);
        for digest in [[0; 32], [0xFF; 32], to_bytes(&small(1)), to_bytes(&n), to_bytes(&P)] {
            for (r, s) in edges.iter().flat_map(|r| edges.iter().map(move |s| (r, s))) {
                let mut signature = [0; 64];
                signature[..32].copy_from_slice(&to_bytes(r));
                signature[32..].copy_from_slice(&to_bytes(s));
                let parsed = Signature::from_slice(&signature);
                let expected = parsed.is_ok_and(|parsed| {
                    key.verifying_key().verify_prehash(&digest, &parsed).is_ok()
                });
                assert_eq!(verify_all(&xy(&key), &digest, &signature).is_ok(), expected);
            }
        }
    }
}

#[test]
fn r_and_s_outside_the_range_are_refused_before_anything_else() {
    let parse = |number: &Words| {
        let mut out = words::ZERO;
        scalar::read(&mut out, &to_bytes(number)).map(|()| out)
    };
    for outside in [small(0), N, words::add(&N, &small(1)).0, P, [words::Word::MAX; words::COUNT]] {
        assert_eq!(parse(&outside), None);
    }
    let highest = words::sub(&N, &small(1)).0;
    assert_eq!(parse(&small(1)), Some(small(1)));
    assert_eq!(parse(&highest), Some(highest));
}

#[test]
fn both_s_are_accepted() {
    let (key, digest) = (secret(&small(77)), [0x5A; 32]);
    let mut signature = sign(&key, &digest);
    assert_eq!(verify_all(&xy(&key), &digest, &signature), Ok(()));
    let s = words::from_bytes(signature[32..].try_into().unwrap());
    signature[32..].copy_from_slice(&to_bytes(&words::sub(&N, &s).0));
    assert_eq!(verify_all(&xy(&key), &digest, &signature), Ok(()));
}

#[test]
fn keys_off_the_curve_are_refused() {
    let good = xy(&secret(&small(5)));
    let generator = build::<8>(&GENERATOR).unwrap();
    let generator = Table::new(&generator, comb::digest(&generator)).unwrap();
    for at in 0..64 {
        let mut key = good;
        key[at] ^= 1;
        assert_eq!(verify(&generator, &[], &key, &[1; 32], &[1; 64]), Err(Error::Key), "{at}");
    }
    // Coordinates that are right modulo p, but not below it: x = 0 has a y, since b is a square.
    for key in [[0; 64], [0xFF; 64]] {
        assert_eq!(verify(&generator, &[], &key, &[1; 32], &[1; 64]), Err(Error::Key));
    }
    assert_eq!(Field::new(&P), None);
    assert!(Field::new(&words::sub(&P, &small(1)).0).is_some());
}

/// Two keys with tables and one without: a signature is of one of them and of no other.
#[test]
fn a_signature_is_of_the_key_that_is_asked_for() {
    let keys = [5, 6, 7].map(|number| secret(&small(number)));
    let hash = [0x5A; 32];
    let entries = [0, 1].map(|key| build::<4>(&xy(&keys[key])).unwrap());
    let pinned = [0, 1].map(|key| {
        let table = Table::new(&entries[key], comb::digest(&entries[key])).unwrap();
        PinnedKey { xy: xy(&keys[key]), table }
    });
    for signer in &keys {
        let signature = sign(signer, &hash);
        for key in &keys {
            let answer = verify(&GENERATOR_TABLE, &pinned, &xy(key), &hash, &signature);
            let own = key == signer;
            assert_eq!(answer, if own { Ok(()) } else { Err(Error::Signature) });
        }
    }
}

#[test]
fn tables_are_guarded() {
    let mut entries = build::<8>(&GENERATOR).unwrap();
    let right = comb::digest(&entries);
    assert!(Table::new(&entries, right).unwrap().is_whole());
    assert!(GENERATOR_TABLE.is_whole() && GENERATOR_TABLE.entries() == entries);
    let (key, hash) = (secret(&small(5)), [0x5A; 32]);
    let (key, signature) = (xy(&key), sign(&key, &hash));
    let wrong = Table::new(&entries, right ^ 1).unwrap();
    let whole = Table::new(&entries, right).unwrap();
    let pinned = [PinnedKey { xy: key, table: wrong }];
    assert_eq!(verify(&whole, &pinned, &key, &hash, &signature), Err(Error::Table));
    assert_eq!(verify(&wrong, &[], &key, &hash, &signature), Err(Error::Table));
    for word in 0..8 * 16 {
        for bit in 0..32 {
            entries[word / 16][word % 16] ^= 1 << bit;
            assert!(!Table::new(&entries, right).unwrap().is_whole(), "{word} {bit}");
            entries[word / 16][word % 16] ^= 1 << bit;
        }
    }
    for length in (0..8).filter(|length| *length != 4) {
        let part = &entries[..length];
        assert!(Table::new(part, comb::digest(part)).is_none(), "{length}");
    }
    assert!(build::<2>(&GENERATOR).is_none() && build::<256>(&GENERATOR).is_none());
    assert!(build::<12>(&GENERATOR).is_none() && build::<0>(&GENERATOR).is_none());
}

/// Each entry is the sum that its index says, computed by p256.
#[test]
fn entries_are_the_sums_that_their_index_says() {
    fn check<const COUNT: usize>(key: &SigningKey) {
        let teeth = COUNT.ilog2() + 1;
        let columns = 256_u32.div_ceil(teeth);
        let entries = build::<COUNT>(&xy(key)).unwrap();
        let d = words::from_bytes(&key.to_bytes().into());
        for (index, entry) in entries.iter().enumerate() {
            let mut times = words::ZERO;
            for tooth in 0..teeth {
                let mut power = d;
                for _ in 0..tooth * columns {
                    power = words::add_mod(&power, &power, &N);
                }
                let plus = tooth + 1 == teeth || index >> tooth & 1 == 1;
                times = if plus {
                    words::add_mod(&times, &power, &N)
                } else {
                    words::sub_mod(&times, &power, &N)
                };
            }
            let point = Affine::from_bytes(&xy(&secret(&times))).unwrap();
            assert_eq!(entry[..8], words::to_table(&point.x.0), "{teeth} {index}");
            assert_eq!(entry[8..], words::to_table(&point.y.0), "{teeth} {index}");
        }
    }
    let key = secret(&words::from_bytes(&Random(4).bytes()));
    check::<4>(&key);
    check::<8>(&key);
    check::<16>(&key);
    check::<32>(&key);
    check::<64>(&key);
    check::<128>(&key);
}

#[test]
fn inverses() {
    let mut random = Random(5);
    let highest = words::sub(&P, &small(1)).0;
    let edges = [small(1), small(2), highest];
    let many = (0..2000).map(|_| words::from_bytes(&random.bytes()));
    for number in edges.into_iter().chain(many) {
        let Some(field) = Field::new(&number) else { continue };
        assert_eq!(field.mul(&field.invert()), Field::ONE);
        let number = words::reduce_once(&number, false, &N);
        let mut inverse = number;
        scalar::invert(&mut inverse);
        let product = |mut number: Words| {
            scalar::multiply(&mut number, &inverse);
            number
        };
        assert_eq!(product(number), small(1));
        assert_eq!(product(words::add_mod(&number, &number, &N)), small(2));
    }
    assert_eq!(Field::ZERO.invert(), Field::ZERO);
}

/// On a host this compares the portable arithmetic with itself; that products at the edges are right
/// holds everywhere.
#[test]
fn the_arithmetic_of_the_machine() {
    assert!(self_test::arithmetic_agrees(200));
}
