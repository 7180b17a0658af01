//! `nodelock keys tables`

use std::path::PathBuf;

use nodelock::Role;
use nodelock_authority::{TableLanguage, key_tables};
use serde::Serialize;

use crate::keys;
use crate::output::OutArgs;
use crate::report::{Failure, Report, Status};

/// Write tables of multiples of public keys as source text, for the pinned verifier
///
/// With them a signature is checked several times faster. One table is shared by all keys, and each
/// key has one of the same size: 0.25 KB for 3 teeth, 0.5, 1, 2 and 4 KB for 4 to 7, 8 KB for 8.
#[derive(Debug, clap::Args)]
pub(super) struct TablesArgs {
    /// Public key (PEM) that the product trusts; may be repeated
    #[arg(long, value_name = "PUB", required = true)]
    key: Vec<PathBuf>,
    /// Teeth of the comb, 3 to 8: one more doubles the size of the tables and makes checks faster
    #[arg(long, value_name = "N", default_value = "6", value_parser = clap::value_parser!(u32).range(3..=8))]
    teeth: u32,
    /// Language of the source text [default: that of the output file's name, else rust]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
    #[command(flatten)]
    out: OutArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Language {
    /// A module with a static VERIFIER
    Rust,
    /// A header with nodelock_pinned
    C,
}

#[derive(Serialize)]
struct Shape {
    /// `null` if the text went to the standard output.
    file: Option<String>,
    language: Language,
    teeth: u32,
    keys: Vec<String>,
    text: String,
}

pub(super) fn run(args: &TablesArgs) -> Result<Report, Failure> {
    // A table does not say what the key may sign.
    let mut anchors = Vec::new();
    for path in &args.key {
        let found = keys::found_key(path)?;
        anchors.push(nodelock::TrustAnchor::new(found.key, found.role.unwrap_or(Role::Production)));
    }
    let by_name = || match args.out.file().and_then(|path| path.extension()) {
        Some(ending) if ending == "h" || ending == "c" => Language::C,
        _ => Language::Rust,
    };
    let language = args.language.unwrap_or_else(by_name);
    let text = key_tables(
        &anchors,
        args.teeth,
        match language {
            Language::Rust => TableLanguage::Rust,
            Language::C => TableLanguage::C,
        },
    )?;
    let shape = Shape {
        file: args.out.file().map(|path| path.display().to_string()),
        language,
        teeth: args.teeth,
        keys: anchors.iter().map(|anchor| anchor.id.to_string()).collect(),
        text,
    };
    match args.out.file() {
        None => Ok(Report::exact(shape.text.clone().into_bytes(), &shape)),
        Some(path) => {
            args.out.write(path, shape.text.as_bytes())?;
            let plain =
                format!("{}: tables of {} keys\n", crate::input::shown(path), anchors.len());
            let plain = if anchors.len() == 1 { plain.replace("keys", "key") } else { plain };
            Ok(Report::new(Status::Yes, plain, &shape))
        }
    }
}
