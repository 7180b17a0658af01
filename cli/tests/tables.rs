//! What `nodelock keys tables` prints is source text that checks signatures.

mod common;

use common::{nodelock, vector};
use nodelock::record::{Record, Records};
use nodelock::trust::{KeyRing, KeySlot};

#[allow(clippy::unreadable_literal, unreachable_pub, reason = "generated")]
mod tables {
    include!("embedded/tables.rs.in");
}

#[test]
fn rust() {
    let printed = nodelock(["keys", "tables", "--key", "keys/root.pub.pem", "--teeth", "4"]).ok();
    assert_eq!(printed.text(), include_str!("embedded/tables.rs.in"));
    let root = nodelock_authority::read_public(vector("keys/root.pub.pem").as_ref()).unwrap();
    let (anchors, mut slots) = ([root], [KeySlot::EMPTY; 2]);
    let mut ring = KeyRing::new(&anchors, &mut slots);
    // A delegated key has no table, and works too.
    let typical = std::fs::read(vector("valid/typical.lic")).unwrap();
    let Record::License(line) = Records::new(&typical).next().unwrap().record.unwrap() else {
        panic!("a line")
    };
    assert!(line.verify(&ring, &tables::VERIFIER).is_ok());
    let file = std::fs::read(vector("valid/delegated.lic")).unwrap();
    for found in Records::new(&file) {
        match found.record.unwrap() {
            Record::Key(key) => ring.admit(&key, &tables::VERIFIER).unwrap(),
            Record::License(line) => assert!(line.verify(&ring, &tables::VERIFIER).is_ok()),
            _ => panic!("not there"),
        }
    }
    let file = std::fs::read_to_string(vector("valid/typical.lic")).unwrap();
    let changed = file.replace("permanent", "right-to-use");
    let Record::License(line) = Records::new(changed.as_bytes()).next().unwrap().record.unwrap()
    else {
        panic!("a line")
    };
    let refused = line.verify(&ring, &tables::VERIFIER).err();
    assert_eq!(refused, Some(nodelock::Reason::SignatureMismatch));
}
