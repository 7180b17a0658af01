//! May the feature run? The core alone answers: no heap, no files, no clock.

use nodelock::rights::{Entitlements, Slot, Verdict, install};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::FeatureRequest;
use nodelock::{P256Verifier, PublicKey, Role, TrustAnchor, Udi};

/// The vendor's public key, x and y. This is a TEST key: its secret is 32 times 0x11.
const VENDOR_KEY: [u8; 64] = *b"\
    \x02\x17\xe6\x17\xf0\xb6\x44\x39\x28\x27\x8f\x96\x99\x9e\x69\xa2\
    \x3a\x4f\x2c\x15\x2b\xdf\x6d\x6c\xdf\x66\xe5\xb8\x02\x82\xd4\xed\
    \x19\x4a\x7d\xeb\xcb\x97\x71\x2d\x2d\xda\x3c\xa8\x5a\xa8\x76\x5a\
    \x56\xf4\x5f\xc7\x58\x59\x96\x52\xf2\x89\x7c\x65\x30\x6e\x57\x94";

/// What the owner of the device was sent.
const LICENSES: &[u8] = b"LICENSE 1 ipservices 1.0 permanent uncounted \
    id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 sig=76805a63:\
    6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw";

fn main() {
    let anchors = [TrustAnchor::new(PublicKey::from_xy(VENDOR_KEY), Role::Production)];
    let device = Udi::parse(b"ISR4331/K9:FDO1234ABCD").expect("PID:SN");
    let (mut keys, mut slots) = ([KeySlot::EMPTY; 2], [Slot::EMPTY; 8]);
    let mut ring = KeyRing::new(&anchors, &mut keys);
    let mut rights = Entitlements::new(&mut slots);
    let tally = install(LICENSES, &mut ring, &P256Verifier, &device, &mut rights, |_| {});

    let request = FeatureRequest::parse(b"ipservices").expect("NAME or NAME:VERSION");
    let verdict = rights.check(&request);
    match verdict {
        Verdict::Granted(grant) => println!("ipservices runs, by line {}", grant.id),
        Verdict::Denied(denial) => println!("ipservices does not run: {}", denial.reason),
    }
    assert!(tally.installed == 1 && verdict.is_granted());
}
