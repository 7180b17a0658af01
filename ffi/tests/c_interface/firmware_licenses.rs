//! `licenses.h` of the firmware example: a vendor's key, and license files as its customers get them.

use nodelock::Role;

use crate::issue::{Key, c_anchor};

/// The same key as `vectors/keys/root.key.pem`.
const VENDOR: Key = Key(0x11);

pub(crate) fn header() -> String {
    let ip = "LICENSE 1 ipservices 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2";
    let voice = "LICENSE 1 voice 2.1 permanent 16 id=00000000000000000002";
    let ours = "udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22";
    let others = "udi=ISR4331/K9:FDO9999WXYZ issued=2026-11-22";
    let one = VENDOR.license(&format!("{ip} {ours}"));
    let two = VENDOR.license(&format!("{voice} {ours}"));
    let other = VENDOR.license(&format!("{ip} {others}"));
    let tampered = two.replace(" 16 ", " 61 ");

    let mut text = String::from(
        "/* Made by `cargo run -q -p nodelock-ffi --example make-firmware-licenses`.\n \
         * The key is for tests only: everybody knows the private one. */\n\
         #ifndef LICENSES_H\n#define LICENSES_H\n\n",
    );
    text += &c_anchor("VENDOR_KEY", &VENDOR.anchor(Role::Production));
    for (name, lines) in [
        ("ONE_LICENSE", vec![one.as_str()]),
        ("OUR_LICENSES", vec!["# Licenses for ISR4331/K9:FDO1234ABCD", one.as_str(), two.as_str()]),
        ("ANOTHER_DEVICES_LICENSE", vec![other.as_str()]),
        ("TAMPERED_LICENSE", vec![tampered.as_str()]),
    ] {
        text += &format!("\nstatic const char {name}[] =");
        for line in lines {
            let (terms, signature) = line.split_once(" sig=").unwrap_or((line, ""));
            let end = if signature.is_empty() { "\\n" } else { "" };
            text += &format!("\n    \"{terms}{end}\"");
            if !signature.is_empty() {
                text += &format!("\n    \" sig={signature}\\n\"");
            }
        }
        text += ";\n";
    }
    text + "\n#endif\n"
}
