//! Headers of the examples in C: a vendor's key, and license files as its customers get them.

use nodelock::Role;

use crate::issue::{Key, c_anchor, c_bytes};

/// The same key as `vectors/keys/root.key.pem`.
const VENDOR: Key = Key(0x11);

/// What is made, and where it goes.
pub(crate) fn files() -> [(&'static str, String); 2] {
    [
        ("examples/firmware-cortex-m4/licenses.h", firmware()),
        ("examples/c-hosted/vendor.h", hosted()),
    ]
}

const MADE_BY: &str = "/* Made by `cargo run -q -p nodelock-ffi --example make-example-licenses`.\n \
                       * The key is for tests only: everybody knows the private one. */\n";

const IPSERVICES: &str = "LICENSE 1 ipservices 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2";
const VOICE: &str = "LICENSE 1 voice 2.1 permanent 16 id=00000000000000000002";
const TRIAL: &str = "LICENSE 1 tunnel 1.0 evaluation uncounted id=00000000000000000003";
const OURS: &str = "udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22";
const ANOTHERS: &str = "udi=ISR4331/K9:FDO9999WXYZ issued=2026-11-22";

fn firmware() -> String {
    let one = VENDOR.license(&format!("{IPSERVICES} {OURS}"));
    let two = VENDOR.license(&format!("{VOICE} {OURS}"));
    let other = VENDOR.license(&format!("{IPSERVICES} {ANOTHERS}"));
    let trial = VENDOR.license(&format!("{TRIAL} {OURS} usage=1d"));
    let tampered = two.replace(" 16 ", " 61 ");

    let mut text = format!("{MADE_BY}#ifndef LICENSES_H\n#define LICENSES_H\n\n");
    text += &c_anchor("VENDOR_KEY", &VENDOR.anchor(Role::Production));
    text += &c_text("char ONE_LICENSE", &[&one]);
    text += &c_text("char OUR_LICENSES", &["# Licenses for ISR4331/K9:FDO1234ABCD", &one, &two]);
    text += &c_text("char ANOTHER_DEVICES_LICENSE", &[&other]);
    text += &c_text("char TAMPERED_LICENSE", &[&tampered]);
    text += &c_text("char TRIAL_LICENSE", &[&trial]);
    let many: Vec<String> = (0x100..0x120)
        .map(|id| format!("LICENSE 1 voice 2.1 permanent 1 id={id:020x} {OURS} combine=additive"))
        .map(|line| VENDOR.license(&line))
        .collect();
    text += "\nstatic const char *const THIRTY_TWO_LICENSES[] = {";
    for line in &many {
        let (terms, signature) = line.split_once(" sig=").unwrap_or((line, ""));
        text += &format!("\n    \"{terms}\"\n    \" sig={signature}\\n\",");
    }
    text += "\n};\n";
    text + "\n#endif\n"
}

fn hosted() -> String {
    let one = VENDOR.license(&format!("{IPSERVICES} {OURS}"));
    let mut text = format!("{MADE_BY}#ifndef VENDOR_H\n#define VENDOR_H\n\n");
    text += &c_anchor("VENDOR_KEY", &VENDOR.anchor(Role::Production));
    text += "\n/* As a program has it that has read it from a file. */\n";
    text += &c_bytes("LICENSE_FILE", format!("{one}\n").as_bytes());
    text + "\n#endif\n"
}

/// The lines of a file as a C definition.
fn c_text(name: &str, lines: &[&str]) -> String {
    let mut text = format!("\nstatic const {name}[] =");
    for line in lines {
        match line.split_once(" sig=") {
            Some((terms, signature)) => {
                text += &format!("\n    \"{terms}\"\n    \" sig={signature}\\n\"");
            }
            None => text += &format!("\n    \"{line}\\n\""),
        }
    }
    text + ";\n"
}
