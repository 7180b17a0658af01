//! `data.h` and `pinned_tables.h`: keys and license files for the C programs, made anew at each run.

use std::path::Path;

use nodelock::Role;
use nodelock::record::Records;
use nodelock_authority::{TableLanguage, key_tables};

use crate::issue::{Key, anchor_of_vectors, c_anchor, c_bytes};

pub(crate) const PRODUCTION: Key = Key(0x11);
const EVALUATION: Key = Key(0x22);
const DEVELOPMENT: Key = Key(0x33);
const DELEGATED: Key = Key(0x44);
const STRANGER: Key = Key(0x55);

/// One line for member 0 of the device, with a two-digit id.
fn line(head: &str, id: u8, tail: &str) -> String {
    format!("LICENSE 1 {head} id={id:020x} udi=TEST-4/K9:SN0000000001 issued=2026-11-22{tail}")
}

/// Writes what the programs include.
pub(crate) fn write(dir: &Path) -> std::io::Result<()> {
    std::fs::write(dir.join("data.h"), header())?;
    std::fs::write(dir.join("pinned_tables.h"), tables())
}

/// As `nodelock keys tables` writes them.
fn tables() -> String {
    let keys = [PRODUCTION.anchor(Role::Production), EVALUATION.anchor(Role::Evaluation)];
    key_tables(&keys, 5, TableLanguage::C).expect("tables")
}

fn header() -> String {
    let ip = PRODUCTION.license(&line("ipservices 1.0 permanent uncounted", 1, ""));
    let voice = PRODUCTION.license(&line("voice 2.1 permanent 16", 2, ""));
    let more = PRODUCTION.license(&line("voice 2.0 permanent 8", 3, " combine=additive"));
    let dated = PRODUCTION.license(&line(
        "security 1.2.3.4 subscription uncounted",
        4,
        " start=2026-01-01 end=2027-12-31 expiry=report pak=ORDER-7",
    ));
    let second = PRODUCTION.license(
        "LICENSE 1 stacked 1.0 permanent uncounted id=00000000000000000005 \
         udi=TEST-4/K9:SN0000000002 issued=2026-11-22",
    );
    let other = PRODUCTION.license(
        "LICENSE 1 ipservices 1.0 permanent uncounted id=00000000000000000006 \
         udi=TEST-4/K9:SN9999999999 issued=2026-11-22",
    );
    let trial = EVALUATION.license(
        "LICENSE 1 trial 1.0 evaluation uncounted id=00000000000000000007 \
         issued=2026-11-22 usage=60d",
    );
    let by_delegate = DELEGATED.license(&line("plus-one 1.0 permanent uncounted", 8, ""));
    let key = PRODUCTION.delegate(DELEGATED, Role::Production, "plus-");
    let development = DEVELOPMENT.license(&line("lab 1.0 permanent uncounted", 9, ""));
    let stranger = STRANGER.license(&line("strange 1.0 permanent uncounted", 10, ""));
    let evaluation =
        PRODUCTION.license(&line("tunnel 1.0 evaluation uncounted", 0x21, " usage=2d"));
    let right_to_use =
        PRODUCTION.license(&line("mirror 1.0 permanent-right-to-use uncounted", 0x22, ""));
    // The number is that of the device in agent_rollback.c at that time.
    let repair = PRODUCTION.repair(
        "REPAIR 1 rollback 17 id=00000000000000000031 udi=TEST-4/K9:SN0000000001 issued=2026-11-22",
    );
    let tampered = voice.replace(" 16 ", " 61 ").replace("0002 ", "0011 ");
    let conflict = PRODUCTION.license(&line("other 1.0 permanent uncounted", 1, ""));
    let truncated = ip.split(" sig=").next().expect("a first part").to_owned();

    let mixed = format!(
        "# a file with everything\r\n{key}\n{ip}\n\n{voice}\n{more}\n{dated}\n{second}\n{other}\n\
         {trial}\n{by_delegate}\n{tampered}\n{stranger}\n{conflict}\n{ip}\nwhat is this\n{truncated}\n"
    );
    // Without lines whose outcome depends on others.
    let clean = format!(
        "{key}\n{ip}\n{voice}\n{more}\n{dated}\n{second}\n{other}\n{trial}\n{by_delegate}\n\
         {tampered}\n{stranger}\n"
    );
    let mut binary = Vec::new();
    for found in Records::new(format!("{key}\n{ip}\n{by_delegate}\n{other}\n").as_bytes()) {
        let mut buffer = [0; 1024];
        let record = found.record.expect("a record");
        binary.extend_from_slice(record.write_binary(&mut buffer).expect("fits"));
    }
    let four_keys_and_one: String = (0x60..0x65)
        .map(|number| PRODUCTION.delegate(Key(number), Role::Production, "plus-") + "\n")
        .collect();

    let mut text = String::from(
        "/* Generated. TEST keys, not secret. */\n#ifndef DATA_H\n#define DATA_H\n#include <stdint.h>\n",
    );
    text += &c_anchor("ANCHOR_PRODUCTION", &PRODUCTION.anchor(Role::Production));
    text += &c_anchor("ANCHOR_EVALUATION", &EVALUATION.anchor(Role::Evaluation));
    text += &c_anchor("ANCHOR_DEVELOPMENT", &DEVELOPMENT.anchor(Role::Development));
    for (name, file, role) in [
        ("VECTOR_ROOT", "root", Role::Production),
        ("VECTOR_EVALUATION", "evaluation", Role::Evaluation),
        ("VECTOR_DEVELOPMENT", "development", Role::Development),
    ] {
        text += &c_anchor(name, &anchor_of_vectors(file, role));
    }
    for (name, file) in [
        ("FILE_PERMANENT", ip.as_bytes()),
        ("FILE_COUNTED", format!("{voice}\n{more}\n").as_bytes()),
        ("FILE_DATED", dated.as_bytes()),
        ("FILE_OTHER", other.as_bytes()),
        ("FILE_SECOND", second.as_bytes()),
        ("FILE_TRIAL", trial.as_bytes()),
        ("FILE_EVALUATION", evaluation.as_bytes()),
        ("FILE_RIGHT_TO_USE", right_to_use.as_bytes()),
        ("FILE_REPAIR", repair.as_bytes()),
        ("FILE_TAMPERED", tampered.as_bytes()),
        ("FILE_DEVELOPMENT", development.as_bytes()),
        ("FILE_MIXED", mixed.as_bytes()),
        ("FILE_CLEAN", clean.as_bytes()),
        ("FILE_BINARY", &binary),
        ("FILE_FIVE_KEYS", four_keys_and_one.as_bytes()),
    ] {
        text += &c_bytes(name, file);
    }
    text + "#endif\n"
}
