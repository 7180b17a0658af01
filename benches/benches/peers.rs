//! One signature check of a message of 300 bytes, SHA-256 included, by every verifier of this project
//! and by others, in one run. 64 keys' worth of messages and signatures of one key take turns, so that
//! no branch predictor learns one of them. Read ratios, not times.

use criterion::{Criterion, criterion_group, criterion_main};
use nodelock::PublicKey;
use nodelock::crypto::SignatureVerifier;
use nodelock::crypto::pinned_tables::{Entry, GENERATOR, PinnedKey, Table, build, digest};
use nodelock::record::Message;
use nodelock_std::AwsLcVerifier;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

struct Case {
    message: [u8; 300],
    signature: [u8; 64],
    der: Vec<u8>,
}

fn cases(key: &SigningKey) -> Vec<Case> {
    (0..64_u8)
        .map(|number| {
            let message = core::array::from_fn(|at| at.to_le_bytes()[0].wrapping_mul(31) ^ number);
            let signature: Signature = key.sign(&message);
            let der = signature.to_der().as_bytes().to_vec();
            Case { message, signature: signature.to_bytes().into(), der }
        })
        .collect()
}

fn measure(criterion: &mut Criterion, name: &str, cases: &[Case], verify: impl Fn(&Case) -> bool) {
    assert!(cases.iter().all(&verify), "{name}");
    let mut turns = cases.iter().cycle();
    criterion.benchmark_group("verify 300 bytes").bench_function(name, |bencher| {
        bencher.iter(|| turns.next().is_some_and(&verify));
    });
}

fn pinned<const COUNT: usize>(criterion: &mut Criterion, name: &str, cases: &[Case], xy: [u8; 64]) {
    let table = |xy: &[u8; 64]| -> [Entry; COUNT] { build(xy).expect("a point") };
    let (generator, key) = (table(&GENERATOR), table(&xy));
    let [generator, key] =
        [&generator, &key].map(|made| Table::new(made, digest(made)).expect("a table"));
    let keys = [PinnedKey { xy, table: key }];
    measure(criterion, name, cases, |case| {
        let hash = Sha256::digest(case.message).into();
        nodelock::crypto::pinned_tables::verify(&generator, &keys, &xy, &hash, &case.signature)
            .is_ok()
    });
}

fn peers(criterion: &mut Criterion) {
    let key = SigningKey::from_slice(&[7; 32]).expect("below the order");
    let cases = cases(&key);
    let public = VerifyingKey::from(&key);
    let sec1 = public.to_sec1_point(false);
    let xy: [u8; 64] = sec1.as_bytes()[1..].try_into().expect("x and y");

    pinned::<4>(criterion, "pinned, 0.5 KB", &cases, xy);
    pinned::<8>(criterion, "pinned, 1 KB", &cases, xy);
    pinned::<16>(criterion, "pinned, 2 KB", &cases, xy);
    pinned::<32>(criterion, "pinned, 4 KB", &cases, xy);
    pinned::<64>(criterion, "pinned, 8 KB", &cases, xy);
    pinned::<128>(criterion, "pinned, 16 KB", &cases, xy);
    let generator = build::<32>(&GENERATOR).expect("a table");
    let generator = Table::new(&generator, digest(&generator)).expect("a table");
    measure(criterion, "pinned, key without table", &cases, |case| {
        let hash = Sha256::digest(case.message).into();
        nodelock::crypto::pinned_tables::verify(&generator, &[], &xy, &hash, &case.signature)
            .is_ok()
    });
    measure(criterion, "p256", &cases, |case| {
        let signature = Signature::from_slice(&case.signature).expect("in range");
        public.verify(&case.message, &signature).is_ok()
    });
    let ring = ring::signature::UnparsedPublicKey::new(
        &ring::signature::ECDSA_P256_SHA256_FIXED,
        sec1.as_bytes(),
    );
    measure(criterion, "ring", &cases, |case| ring.verify(&case.message, &case.signature).is_ok());
    // A key that came as bytes, as in a license file: read anew for each signature.
    let key = PublicKey::from_xy(xy);
    measure(criterion, "AwsLcVerifier", &cases, |case| {
        let digest = AwsLcVerifier.sha256(&Message::Eula(&case.message)).expect("a hash");
        let signature = nodelock::value::Signature::from_rs(case.signature);
        AwsLcVerifier.verify(&key, &digest, &signature).is_ok()
    });
    let aws = aws_lc_rs::signature::ParsedPublicKey::new(
        &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED,
        sec1.as_bytes(),
    )
    .expect("a key");
    measure(criterion, "aws-lc-rs", &cases, |case| {
        aws.verify_sig(&case.message, &case.signature).is_ok()
    });
    let openssl = openssl_key(sec1.as_bytes());
    measure(criterion, "openssl", &cases, |case| {
        let hash: [u8; 32] = Sha256::digest(case.message).into();
        let signature = openssl::ecdsa::EcdsaSig::from_der(&case.der).expect("a signature");
        signature.verify(&hash, &openssl).expect("an answer")
    });
}

fn openssl_key(sec1: &[u8]) -> openssl::ec::EcKey<openssl::pkey::Public> {
    use openssl::bn::BigNumContext;
    use openssl::ec::{EcGroup, EcKey, EcPoint};
    let group = EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).expect("a curve");
    let mut context = BigNumContext::new().expect("memory");
    let point = EcPoint::from_bytes(&group, sec1, &mut context).expect("a point");
    EcKey::from_public_key(&group, &point).expect("a key")
}

criterion_group!(benches, peers);
criterion_main!(benches);
