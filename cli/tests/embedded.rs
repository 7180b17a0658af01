//! What `nodelock pubkey` prints can be built into a product, and is the key.

mod common;

use std::process::Command;

use common::{nodelock, run, vector};
use nodelock::{KeyId, PublicKey, Role, TrustAnchor};

const ROOT: TrustAnchor = include!("embedded/root.rs.in");

#[test]
fn rust() {
    let printed = nodelock(["pubkey", "keys/root.pub.pem"]).ok();
    assert_eq!(printed.text(), include_str!("embedded/root.rs.in"));
    let path = vector("keys/root.pub.pem");
    assert_eq!(ROOT, nodelock_authority::read_public(path.as_ref()).unwrap());
    assert_eq!(ROOT.check(&nodelock::P256Verifier), Ok(()));
}

/// Left out where there is no C compiler, unless NODELOCK_REQUIRE_ALL=1.
#[test]
fn c() {
    if Command::new("cc").arg("--version").output().is_err() {
        let all = std::env::var("NODELOCK_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!all, "cc is missing; apt-get install gcc");
        eprintln!("left out: there is no cc");
        return;
    }
    for role in ["root", "evaluation", "development"] {
        let key = format!("keys/{role}.pub.pem");
        let printed = nodelock(["pubkey", &key, "--format", "c"]).ok();
        let source = format!(
            "#include \"nodelock.h\"\n\
             static const struct nodelock_trust_anchor anchor[] = {{\n{},\n}};\n\
             int main(void) {{ return anchor[0].key[63] == 0; }}\n",
            printed.text()
        );
        let include = concat!(env!("CARGO_MANIFEST_DIR"), "/../include");
        let flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c", "-"];
        run(Command::new("cc").arg("-I").arg(include).args(flags), source.as_bytes()).ok();
    }
}
