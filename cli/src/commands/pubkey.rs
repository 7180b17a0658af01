//! `nodelock pubkey`

use std::fmt::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use data_encoding::HEXLOWER;
use nodelock::{Role, TrustAnchor};
use serde::Serialize;

use crate::keys;
use crate::report::{Failure, Report, Status};
use crate::values;

/// Print a public key as source text to build into a product
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Public key (PEM)
    #[arg(value_name = "PUB")]
    key: PathBuf,
    /// Role of the key, if its file does not say it
    #[arg(long, value_parser = values::roles())]
    role: Option<Role>,
    /// Form of the output
    #[arg(long, default_value = "rust")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A nodelock::TrustAnchor
    Rust,
    /// An initializer of struct nodelock_trust_anchor
    C,
    /// x and y in hexadecimal
    Hex,
    /// The key id
    Id,
    /// One JSON object
    Json,
}

#[derive(Serialize)]
struct Shape {
    id: String,
    role: &'static str,
    key: String,
}

pub(crate) fn run(args: &Args, json: bool) -> Result<Report, Failure> {
    // Neither of these says anything about the role.
    let needless = matches!(args.format, Format::Hex | Format::Id) && !json;
    let anchor = if needless {
        TrustAnchor::new(keys::found_key(&args.key)?.key, Role::Production)
    } else {
        keys::public_key(&args.key, args.role)?
    };
    let shape = Shape {
        id: anchor.id.to_string(),
        role: anchor.role.name(),
        key: HEXLOWER.encode(anchor.key.as_bytes()),
    };
    let plain = match args.format {
        _ if json => String::new(),
        Format::Rust => rust(&anchor),
        Format::C => c(&anchor),
        Format::Hex => format!("{}\n", shape.key),
        Format::Id => format!("{}\n", shape.id),
        Format::Json => serde_json::to_string_pretty(&shape).unwrap_or_default() + "\n",
    };
    Ok(Report::new(Status::Yes, plain, &shape))
}

fn rust(anchor: &TrustAnchor) -> String {
    format!(
        "// Public key {id} ({name})\nTrustAnchor {{\n    id: KeyId([{bytes}]),\n    \
         key: PublicKey::from_xy([\n{key}    ]),\n    role: Role::{role:?},\n}}\n",
        id = anchor.id,
        name = anchor.role.name(),
        bytes = list(&anchor.id.0),
        key = rows(anchor.key.as_bytes()),
        role = anchor.role,
    )
}

fn c(anchor: &TrustAnchor) -> String {
    format!(
        "/* Public key {id} ({name}) */\n{{\n    {{ {bytes} }},\n    NODELOCK_ROLE_{role},\n    \
         {{\n{key}    }},\n}}\n",
        id = anchor.id,
        name = anchor.role.name(),
        bytes = list(&anchor.id.0),
        key = rows(anchor.key.as_bytes()),
        role = anchor.role.name().to_ascii_uppercase(),
    )
}

fn list(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>().join(", ")
}

fn rows(bytes: &[u8]) -> String {
    bytes.chunks(8).fold(String::new(), |mut text, row| {
        let _ = writeln!(text, "        {},", list(row));
        text
    })
}
