//! The arguments, and how single values are read.

use std::time::Duration;

use clap::{Parser, Subcommand};
use nodelock::FeatureName;

use crate::commands::{
    check, completions, convert, delegate, device, inspect, issue, keygen, keys, man, pubkey, qr,
    repair, signed_bytes,
};
use crate::device::parse_advance;

/// Makes signing keys, issues license files, explains and checks them
#[derive(Debug, Parser)]
#[command(name = "nodelock", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Exit status: 0 yes, 1 no, denied or invalid, 2 wrong usage, 3 input or \
    output failed.\nA file argument - is the standard input.")]
pub(crate) struct Cli {
    /// Print the result as one JSON object
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Keygen(keygen::Args),
    Keys(keys::Args),
    Delegate(delegate::Args),
    Device(device::Args),
    Issue(Box<issue::Args>),
    Repair(repair::Args),
    Inspect(inspect::Args),
    SignedBytes(signed_bytes::Args),
    Check(check::Args),
    Convert(convert::Args),
    Qr(qr::Args),
    Pubkey(pubkey::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// How long to wait for somebody else.
pub(crate) fn timeout(text: &str) -> Result<Duration, String> {
    match parse_advance(text)? {
        0 => Err("no time at all; write for example 90s or 5m".to_owned()),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// `NAME[:VERSION]` of a request.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) version: Option<nodelock::Version>,
}

pub(crate) fn wanted(text: &str) -> Result<Wanted, String> {
    let request = nodelock::FeatureRequest::parse(text.as_bytes())
        .map_err(|reason| format!("{}; {}", reason.text(), reason.remedy()))?;
    Ok(Wanted { name: request.feature.to_string(), version: request.version })
}

impl Wanted {
    pub(crate) fn feature(&self) -> Result<FeatureName<'_>, nodelock::Reason> {
        FeatureName::parse(self.name.as_bytes())
    }
}

pub(crate) fn role(text: &str) -> Result<nodelock::Role, String> {
    nodelock::Role::parse(text.as_bytes()).map_err(|reason| reason.remedy().to_owned())
}
