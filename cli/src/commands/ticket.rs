//! `nodelock ticket`

use std::fmt::Write;
use std::path::PathBuf;

use clap::Subcommand;
use nodelock::record::transfer::Outcome;
use nodelock::record::{Permission, Record};
use nodelock::value::ProofLevel;
use nodelock::{P256Verifier, PublicKey, Reason};
use nodelock_authority::transfer::signed_by;
use serde::Serialize;

use crate::commands::inspect;
use crate::input::LicenseFile;
use crate::keys::{self, TrustArgs, found_key};
use crate::report::{Failure, Report, Status, reason_line};
use crate::style;

/// Look at tickets and proofs, with public keys only
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Inspect(inspect::Args),
    Verify(VerifyArgs),
}

/// Check every signature of a file: of the vendor, and of the devices
///
/// The word behind a ticket is checked with the key that the ticket names. A word alone, and the proof of a
/// revocation, need --device-key. What a device without a key says, only its vendor can check.
#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// File with a ticket, a proof or a credential, in any form
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
    /// Public key (PEM) of the device
    #[arg(long, value_name = "PUB")]
    device_key: Option<PathBuf>,
}

#[derive(Serialize)]
struct Shape {
    file: String,
    valid: bool,
    records: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    number: usize,
    summary: String,
    valid: bool,
    /// Why not, or whose signature it is.
    text: String,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.verb {
        Verb::Inspect(args) => inspect::run(args),
        Verb::Verify(args) => verify(args),
    }
}

fn verify(args: &VerifyArgs) -> Result<Report, Failure> {
    let anchors = args.trust.anchors()?;
    if anchors.is_empty() {
        return Err(Failure::usage("give the vendor's public key with --trust PUB"));
    }
    let device = args.device_key.as_deref().map(found_key).transpose()?.map(|found| found.key);
    let file = LicenseFile::read(&args.file)?;
    let mut slots = keys::slots_for(&file);
    let mut ring = args.trust.ring(&anchors, &mut slots);
    let mut ticket: Option<Permission<'_>> = None;
    let (mut records, mut plain) = (Vec::new(), String::new());
    for (number, (_, record)) in file.whole_records()?.into_iter().enumerate() {
        let vendor = |result: Result<(), Reason>| match result {
            Ok(()) => Ok("signed by the vendor".to_owned()),
            Err(reason) => Err(format!("{}; {}", reason_line(reason), keys::remedy(reason))),
        };
        let judged = match &record {
            Record::License(line) => vendor(line.verify(&ring, &P256Verifier).map(drop)),
            Record::Key(key) => vendor(ring.admit(key, &P256Verifier)),
            Record::Repair(record) => vendor(record.verify(&ring, &P256Verifier)),
            Record::Revoke(record) => vendor(record.verify(&ring, &P256Verifier)),
            Record::Time(record) => vendor(record.verify(&ring, &P256Verifier)),
            Record::Permission(permission) => {
                let judged = vendor(permission.verify(&ring, &P256Verifier));
                ticket = judged.is_ok().then_some(*permission);
                judged
            }
            Record::Credential(credential) => {
                match (credential.terms().proof, credential.terms().key) {
                    (ProofLevel::Key, Some(key)) => by_device(&record, &key),
                    (proof, _) => Err(only_vendor(proof.name())),
                }
            }
            Record::Rehost(word) => {
                let own = word.terms().outcome != Outcome::GivenUp;
                let of = ticket.filter(|ticket| own && is_of(ticket, word.terms().ticket));
                match (of.map(|ticket| ticket.terms().key), device) {
                    (Some(Some(key)), _) | (None, Some(key)) => by_device(&record, &key),
                    (Some(None), _) => Err(only_vendor("no key")),
                    (None, None) => Err("its ticket does not stand before it; name the device's key with --device-key".to_owned()),
                }
            }
            _ => match device {
                Some(key) => by_device(&record, &key),
                None => Err("name the device's key with --device-key".to_owned()),
            },
        };
        let summary = nodelock_authority::summary(&record);
        let (valid, text) = match judged {
            Ok(text) => (true, text),
            Err(text) => (false, text),
        };
        let outcome = if valid { style::good("valid") } else { style::bad("not verified") };
        let _ = writeln!(plain, "record {}: {summary}: {outcome}\n  {text}", number + 1);
        records.push(Item { number: number + 1, summary, valid, text });
    }
    let valid = records.iter().all(|record| record.valid);
    let status = if valid { Status::Yes } else { Status::No };
    let shape = Shape { file: file.path.clone(), valid, records };
    Ok(Report::new(status, plain, &shape).note(file.note()))
}

fn is_of(ticket: &Permission<'_>, digest: nodelock::value::TicketDigest) -> bool {
    nodelock_authority::transfer::ticket_digest(&Record::Permission(*ticket)) == digest
}

fn by_device(record: &Record<'_>, key: &PublicKey) -> Result<String, String> {
    if signed_by(record, key) {
        Ok("signed by the device".to_owned())
    } else {
        Err("the signature is not that of the device: it was altered, or another device wrote it"
            .to_owned())
    }
}

fn only_vendor(proof: &str) -> String {
    format!("only the vendor can check it: the device proves with {proof}")
}
