//! The verifier for pinned keys against `p256`: the same answer to everything.

use std::sync::OnceLock;

use nodelock::crypto::SignatureVerifier;
use nodelock::crypto::pinned_tables::{Entry, GENERATOR, PinnedKey, Table, build, digest};
use nodelock::value::Signature;
use nodelock::{P256Verifier, PublicKey, Reason};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;

/// A key with its tables.
struct Known {
    secret: SigningKey,
    xy: [u8; 64],
    table: [Entry; 16],
}

fn known() -> &'static ([Entry; 16], [Known; 3]) {
    static KNOWN: OnceLock<([Entry; 16], [Known; 3])> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let keys = [1, 2, 0x77].map(|number| {
            let mut secret = [0; 32];
            secret[31] = number;
            let secret = SigningKey::from_slice(&secret).expect("below the order");
            let point = secret.verifying_key().to_sec1_point(false);
            let xy = point.as_bytes()[1..].try_into().expect("x and y");
            Known { secret, xy, table: build(&xy).expect("a point") }
        });
        (build(&GENERATOR).expect("a point"), keys)
    })
}

/// Takes from the input: which key, a digest, and a signature; or signs, and changes what it signed.
pub fn pinned_verifier(data: &[u8]) {
    let Some((&[head, place, mask], rest)) = data.split_first_chunk::<3>() else { return };
    let Some((hash, rest)) = rest.split_first_chunk::<32>() else { return };
    let (of_generator, keys) = known();
    let key = &keys[usize::from(head & 0x7F) % keys.len()];
    let mut rs = match rest.first_chunk::<64>() {
        Some(given) if head & 0x80 != 0 => *given,
        _ => {
            let signature: p256::ecdsa::Signature = key.secret.sign_prehash(hash).expect("signs");
            signature.to_bytes().into()
        }
    };
    rs[usize::from(place) % 64] ^= mask;
    let table = |entries| Table::new(entries, digest(entries)).expect("a table");
    let generator = table(of_generator);
    let pinned = [PinnedKey { xy: key.xy, table: table(&key.table) }];
    let (xy, signature) = (PublicKey::from_xy(key.xy), Signature::from_rs(rs));
    let expected = P256Verifier.verify(&xy, hash, &signature);
    assert!(matches!(expected, Ok(()) | Err(Reason::SignatureMismatch)));
    for keys in [&pinned[..], &[]] {
        let ours = nodelock::PinnedVerifier { generator, keys }.verify(&xy, hash, &signature);
        assert_eq!(ours, expected);
    }
}
