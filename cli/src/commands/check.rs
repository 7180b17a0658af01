//! `nodelock check`

use std::fmt::Write;
use std::path::PathBuf;

use nodelock::{
    Count, Entitlements, FeatureRequest, Installed, P256Verifier, Reason, Record, RecordReport,
    Slot, Udi, Verdict, install,
};
use serde::Serialize;

use crate::args::{self, Wanted};
use crate::input::{LicenseFile, LineCounter};
use crate::keys::{self, TrustArgs};
use crate::report::{Failure, ReasonJson, Report, Status, reason_line};
use crate::{style, summary};

/// Check what a license file grants on a device: granted (0) or denied (1), and why
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// License file, in any form
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
    /// The device; repeated for the members of a stack, up to 9
    #[arg(long, value_name = "PID:SN", required = true, value_parser = args::udi)]
    udi: Vec<String>,
    /// The feature, and the version of it that will run
    #[arg(long, value_name = "NAME[:VERSION]", value_parser = args::wanted)]
    feature: Wanted,
    /// Units needed
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
}

/// Lines described in plain output; the JSON has more.
const MAX_LISTED: usize = 200;

/// Beyond this, records are only counted: nobody reads more, and a file of the largest size filled
/// with nothing but keywords would need a hundred times its size in memory.
const MAX_REPORTED: usize = 100_000;

#[derive(Serialize)]
struct Shape {
    granted: bool,
    feature: String,
    version: Option<String>,
    count: u64,
    udi: Vec<String>,
    /// Units licensed; `null` is "uncounted" if granted.
    licensed: Option<u64>,
    /// The line that grants, or that came closest.
    by: Option<String>,
    reason: Option<ReasonJson>,
    /// Records and stray pieces in the file; `lines` ends with the first 100,000.
    total: usize,
    lines: Vec<Considered>,
}

/// Where a record stands.
struct Piece<'a> {
    found: nodelock::Found<'a>,
    bytes: Option<&'a [u8]>,
    line: Option<usize>,
}

/// One record of the file and what came of it.
#[derive(Serialize)]
struct Considered {
    number: u32,
    line: Option<usize>,
    offset: usize,
    id: Option<String>,
    /// What it is, in words.
    text: Option<String>,
    /// Whether it is for the feature that was asked for, as far as can be told.
    concerns: bool,
    /// Whether it helps.
    helps: bool,
    reason: Option<ReasonJson>,
    #[serde(skip)]
    why_not: Option<Reason>,
    #[serde(skip)]
    outcome: String,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    if args.udi.len() > nodelock::limits::MAX_UDIS {
        return Err(Failure::usage(format!(
            "a stack has up to {} members, each with one --udi",
            nodelock::limits::MAX_UDIS
        )));
    }
    if args.trust.files.is_empty() {
        return Err(Failure::usage("no key is trusted: give the vendor's public key with --trust"));
    }
    let anchors = args.trust.anchors()?;
    let file = LicenseFile::read(&args.file)?;
    let wrong = |reason: Reason| Failure::usage(reason.text());
    let device: Vec<Udi<'_>> = args
        .udi
        .iter()
        .map(|udi| Udi::parse(udi.as_bytes()))
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    let request = FeatureRequest {
        feature: args.feature.feature().map_err(wrong)?,
        version: args.feature.version,
        count: args.count,
    };

    let mut key_slots = keys::slots_for(&file);
    let mut ring = args.trust.ring(&anchors, &mut key_slots);
    let ours = file.records().filter(|found| {
        matches!(&found.record, Ok(Record::License(line)) if line.may_concern(device.as_slice()))
    });
    let mut slots = vec![Slot::EMPTY; ours.count()];
    let mut rights = Entitlements::new(&mut slots);
    let mut reports: Vec<RecordReport<'_>> = Vec::new();
    let mut total = 0;
    install(&file.bytes, &mut ring, &P256Verifier, device.as_slice(), &mut rights, |report| {
        total += 1;
        if total <= MAX_REPORTED {
            reports.push(*report);
        }
    });
    let verdict = rights.check(&request);

    let mut counter = LineCounter::new(&file);
    let lines: Vec<Considered> = reports
        .iter()
        .zip(file.records())
        .map(|(report, found)| {
            let line = counter.line(found.start);
            let piece = Piece { bytes: file.bytes.get(found.start..found.end), found, line };
            consider(report, &piece, &request, &rights, verdict)
        })
        .collect();
    Ok(conclude(args, verdict, lines, total))
}

/// What came of one record, seen from the request.
fn consider(
    report: &RecordReport<'_>,
    piece: &Piece<'_>,
    request: &FeatureRequest<'_>,
    rights: &Entitlements<'_>,
    verdict: Verdict,
) -> Considered {
    let wanted = request.feature;
    let concerns = match &report.record {
        Some(Record::License(line)) => line.terms().feature == wanted,
        Some(Record::Key(_)) => false,
        // What is damaged may still show what it was for.
        None => piece.mentions(wanted.as_bytes()),
    };
    let (helps, why_not, outcome) = match report.result {
        Err(reason) => (false, Some(reason), reason_line(reason)),
        Ok(Installed::Key) => (false, None, "key taken in".into()),
        Ok(Installed::License(_)) if !concerns => (false, None, "for another feature".into()),
        Ok(Installed::License(id)) => {
            let alone = rights.explain(request).find(|(right, _)| right.id() == id);
            match alone.map(|(_, result)| result) {
                // Too few alone, but enough together with others.
                Some(Err(Reason::CountTooLow)) if verdict.is_granted() => {
                    (true, None, "grants it together with others".into())
                }
                Some(Err(reason)) => (false, Some(reason), reason_line(reason)),
                _ => (true, None, "grants it".into()),
            }
        }
    };
    Considered {
        number: report.number,
        line: piece.line,
        offset: piece.found.start,
        id: match &report.record {
            Some(Record::License(line)) => Some(line.terms().id.to_string()),
            _ => None,
        },
        text: report.record.as_ref().map(summary::one_line),
        concerns,
        helps,
        reason: why_not.map(ReasonJson::from),
        why_not,
        outcome,
    }
}

impl Piece<'_> {
    fn mentions(&self, name: &[u8]) -> bool {
        self.bytes.unwrap_or_default().windows(name.len()).any(|part| part == name)
    }
}

fn conclude(args: &Args, verdict: Verdict, lines: Vec<Considered>, total: usize) -> Report {
    let (reason, closest, licensed) = match verdict {
        Verdict::Granted(grant) => {
            let units = match grant.licensed {
                Count::Uncounted => None,
                Count::Units(units) => Some(units),
            };
            (None, Some(grant.id.to_string()), units)
        }
        Verdict::Denied(denial) if denial.reason == Reason::NoLicense => {
            // No line was taken in; of those that were not, the closest tells more.
            let best = lines.iter().filter(|line| line.concerns).max_by_key(|line| {
                // Of equals, the first.
                (line.why_not.map_or(0, closeness), std::cmp::Reverse(line.number))
            });
            let reason = best.and_then(|line| line.why_not).unwrap_or(denial.reason);
            (Some(reason), best.and_then(|line| line.id.clone()), Some(0))
        }
        Verdict::Denied(denial) => {
            (Some(denial.reason), denial.closest.map(|id| id.to_string()), Some(denial.licensed))
        }
    };
    let shape = Shape {
        granted: verdict.is_granted(),
        feature: args.feature.name.clone(),
        version: args.feature.version.map(|version| version.to_string()),
        count: args.count,
        udi: args.udi.clone(),
        licensed,
        by: closest,
        reason: reason.map(ReasonJson::from),
        total,
        lines,
    };
    let status = if shape.granted { Status::Yes } else { Status::No };
    let plain = plain(&shape, reason, verdict);
    Report::new(status, plain, &shape)
}

/// How near a refused line came to granting something here.
fn closeness(reason: Reason) -> u8 {
    match reason.code() {
        -499..=-400 => 4,
        -299..=-200 => 3,
        // Damage hides what the line was; still nearer than a whole line for somebody else.
        -199..=-100 => 2,
        _ => 1,
    }
}

fn plain(shape: &Shape, reason: Option<Reason>, verdict: Verdict) -> String {
    let mut out = String::new();
    let asked = match (&shape.version, shape.count) {
        (None, 1) => shape.feature.clone(),
        (None, n) => format!("{n} x {}", shape.feature),
        (Some(version), 1) => format!("{} {version}", shape.feature),
        (Some(version), n) => format!("{n} x {} {version}", shape.feature),
    };
    let device = shape.udi.join(", ");
    let id = shape.by.as_deref().unwrap_or_default();
    match (reason, verdict) {
        (None, Verdict::Granted(grant)) => {
            let _ = writeln!(out, "{}: {asked} on {device}", style::good("granted"));
            let kind = grant.license_type.name();
            let _ = match grant.licensed {
                Count::Uncounted => writeln!(out, "  by line {id} ({kind}, uncounted)"),
                Count::Units(n) => writeln!(out, "  by line {id} ({kind}, {n} units in all)"),
            };
        }
        (reason, verdict) => {
            let reason = reason.unwrap_or(Reason::NoLicense);
            let _ = writeln!(out, "{}: {asked} on {device}", style::bad("denied"));
            let _ = writeln!(out, "  reason: {}", reason_line(reason));
            if let Verdict::Denied(denial) = verdict {
                let _ = match (reason, denial.version) {
                    (Reason::CountTooLow, _) => {
                        writeln!(out, "  needed: {}, licensed: {}", denial.needed, denial.licensed)
                    }
                    (Reason::VersionTooLow, Some(version)) => {
                        writeln!(out, "  licensed: up to version {version}")
                    }
                    _ => Ok(()),
                };
            }
            let _ = writeln!(out, "  remedy: {}", keys::remedy(reason));
        }
    }
    list(shape, &mut out);
    out
}

fn list(shape: &Shape, out: &mut String) {
    if shape.lines.is_empty() {
        out.push_str("there is no record in the file\n");
        return;
    }
    out.push_str("records considered:\n");
    for line in shape.lines.iter().take(MAX_LISTED) {
        let place = match line.line {
            Some(number) => format!("line {number}"),
            None => format!("byte {}", line.offset),
        };
        let text = line.text.as_deref().map_or(String::new(), |text| format!("{text}: "));
        let _ = writeln!(out, "  {} ({place}): {text}{}", line.number, line.outcome);
    }
    if let Some(more) = shape.total.checked_sub(MAX_LISTED).filter(|&more| more > 0) {
        let _ = writeln!(out, "  and {more} more (--json shows them)");
    }
}
