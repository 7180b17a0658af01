//! Tables for keys that a product knows when it is built, as source text.

use std::fmt::Write;

use nodelock::TrustAnchor;
use nodelock_p256::{Entry, GENERATOR, build, digest};

use crate::error::Error;

/// The language of the source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableLanguage {
    /// A module with a static `VERIFIER`, for `nodelock` with the feature `pinned`.
    Rust,
    /// A header with `nodelock_pinned`, for `nodelock_config.pinned`.
    C,
}

struct Named {
    name: String,
    key: [u8; 64],
    entries: Vec<Entry>,
}

/// Writes the tables of the group's base point and of these keys, for 3 to 8 teeth.
///
/// # Errors
/// [`Error::Order`] for another number of teeth, no key, a key twice, or one that is no point of the
/// curve.
pub fn key_tables(
    keys: &[TrustAnchor],
    teeth: u32,
    language: TableLanguage,
) -> Result<String, Error> {
    if keys.is_empty() {
        return Err(Error::Order("give at least one public key".into()));
    }
    let generator = Named::new("generator".into(), GENERATOR, teeth)?;
    let mut named: Vec<Named> = Vec::new();
    for anchor in keys {
        let key = *anchor.key.as_bytes();
        if named.iter().any(|known| known.key == key) {
            return Err(Error::Order(format!("key {} is given twice", anchor.id)));
        }
        named.push(Named::new(format!("key_{}", anchor.id), key, teeth)?);
    }
    let bytes = generator.entries.len() * 64 * (named.len() + 1);
    let about = format!(
        "Tables of multiples of the base point and of {} public {}, with {teeth} teeth: {bytes}\n\
         bytes. Trust material exactly like the keys: keep it in signed flash. Made by\n\
         \"nodelock keys tables\"; the same command makes the same tables again.",
        named.len(),
        if named.len() == 1 { "key" } else { "keys" },
    );
    Ok(match language {
        TableLanguage::Rust => rust(&about, &generator, &named),
        TableLanguage::C => c(&about, &generator, &named),
    })
}

impl Named {
    fn new(name: String, key: [u8; 64], teeth: u32) -> Result<Self, Error> {
        let entries = match teeth {
            3 => build::<4>(&key).map(Vec::from),
            4 => build::<8>(&key).map(Vec::from),
            5 => build::<16>(&key).map(Vec::from),
            6 => build::<32>(&key).map(Vec::from),
            7 => build::<64>(&key).map(Vec::from),
            8 => build::<128>(&key).map(Vec::from),
            _ => return Err(Error::Order(format!("{teeth} teeth: there are 3 to 8"))),
        };
        let entries =
            entries.ok_or_else(|| Error::Order(format!("{name} is no point of the curve")))?;
        Ok(Self { name, key, entries })
    }

    fn digest(&self) -> u64 {
        digest(&self.entries)
    }

    /// The suffix is that of each number: in C, MISRA C:2012 rule 7.2 asks for "u".
    fn words(&self, indent: &str, entry: (&str, &str), suffix: &str) -> String {
        self.entries.iter().fold(String::new(), |mut text, words| {
            let _ = writeln!(text, "{indent}{}", entry.0);
            for row in words.chunks(4) {
                let row: Vec<_> = row.iter().map(|word| format!("0x{word:08x}{suffix}")).collect();
                let _ = writeln!(text, "{indent}    {},", row.join(", "));
            }
            if !entry.1.is_empty() {
                let _ = writeln!(text, "{indent}{}", entry.1);
            }
            text
        })
    }

    fn key_bytes(&self, indent: &str) -> String {
        self.key.chunks(12).fold(String::new(), |mut text, row| {
            let row: Vec<_> = row.iter().map(|byte| format!("0x{byte:02x}")).collect();
            let _ = writeln!(text, "{indent}{},", row.join(", "));
            text
        })
    }
}

fn rust(about: &str, generator: &Named, keys: &[Named]) -> String {
    let mut text = String::new();
    for line in about.lines() {
        let _ = writeln!(text, "// {line}");
    }
    text.push_str(
        "\nuse nodelock::PinnedVerifier;\nuse nodelock::crypto::pinned_tables::{Entry, PinnedKey, Table};\n\n\
         /// Checks signatures with the tables below.\n\
         pub static VERIFIER: PinnedVerifier<'static> = PinnedVerifier {\n    generator: table(\
         &GENERATOR, GENERATOR_DIGEST),\n    keys: &KEYS,\n};\n\n\
         const fn table(entries: &'static [Entry], digest: u64) -> Table<'static> {\n    \
         match Table::new(entries, digest) {\n        Some(table) => table,\n        \
         None => panic!(\"another number of entries\"),\n    }\n}\n\n",
    );
    let _ = writeln!(text, "static KEYS: [PinnedKey<'static>; {}] = [", keys.len());
    for key in keys {
        let name = key.name.to_ascii_uppercase();
        let _ = writeln!(
            text,
            "    PinnedKey {{\n        xy: [\n{}        ],\n        table: table(&{name}, \
             {name}_DIGEST),\n    }},",
            key.key_bytes("            "),
        );
    }
    text.push_str("];\n");
    for named in core::iter::once(generator).chain(keys) {
        let name = named.name.to_ascii_uppercase();
        let _ = writeln!(
            text,
            "\nconst {name}_DIGEST: u64 = 0x{:016x};\nstatic {name}: [Entry; {}] = [\n{}];",
            named.digest(),
            named.entries.len(),
            named.words("    ", ("[", "],"), ""),
        );
    }
    text
}

fn c(about: &str, generator: &Named, keys: &[Named]) -> String {
    let mut text = String::from("/*\n");
    for line in about.lines() {
        let _ = writeln!(text, " * {line}");
    }
    text.push_str(
        " */\n#ifndef NODELOCK_PINNED_TABLES_H\n#define NODELOCK_PINNED_TABLES_H\n\n\
         #include \"nodelock.h\"\n",
    );
    for named in core::iter::once(generator).chain(keys) {
        let _ = writeln!(
            text,
            "\nstatic const uint32_t nodelock_{}_entries[{}] = {{\n{}}};",
            named.name,
            named.entries.len() * 16,
            named.words("", ("", ""), "u").replace("\n\n", "\n").trim_start_matches('\n'),
        );
    }
    let table = |named: &Named| {
        format!(
            "{{UINT64_C(0x{:016x}), nodelock_{}_entries, {}}}",
            named.digest(),
            named.name,
            named.entries.len(),
        )
    };
    let _ = writeln!(text, "\nstatic const nodelock_pinned_key nodelock_pinned_key_list[] = {{");
    for key in keys {
        let _ = writeln!(
            text,
            "    {{{{\n{}     }},\n     {}}},",
            key.key_bytes("         "),
            table(key)
        );
    }
    let _ = writeln!(
        text,
        "}};\n\n/* For nodelock_config.pinned. */\nstatic const nodelock_pinned_keys nodelock_pinned = \
         {{\n    {},\n    nodelock_pinned_key_list, {}}};\n\n#endif",
        table(generator),
        keys.len(),
    );
    text
}
