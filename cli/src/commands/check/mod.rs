//! `nodelock check`

mod considered;
mod plain;

use std::path::PathBuf;

use nodelock::record::Record;
use nodelock::rights::{Answer, Entitlements, Fact, Slot, Verdict, install};
use nodelock::value::{Count, FeatureRequest};
use nodelock::{P256Verifier, Reason, Udi};
use nodelock_authority::{DeviceUdi, Value};
use serde::Serialize;

use crate::input::{LicenseFile, LineCounter};
use crate::keys::{self, TrustArgs};
use crate::report::{Failure, ReasonJson, Report, Status};
use crate::values::{self, Wanted};
use considered::{Considered, Outcome, Piece, closeness, consider};

/// Check what a license file grants on a device: granted (0) or denied (1), and why
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// License file, in any form
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
    /// The device; repeated for the members of a stack, up to 9
    #[arg(long, value_name = "PID:SN", required = true, value_parser = DeviceUdi::read)]
    udi: Vec<DeviceUdi>,
    /// The feature, and the version of it that will run
    #[arg(long, value_name = "NAME[:VERSION]", value_parser = values::wanted)]
    feature: Wanted,
    /// Units needed
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..=nodelock::limits::MAX_COUNT))]
    count: u64,
}

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
    /// What decided, in words, if the reason alone does not say it.
    fact: Option<String>,
    /// What was undone before the file was read, e.g. the line breaks of a mail program.
    undone: Vec<String>,
    /// What stands in the file and was not read, e.g. behind `#`.
    unread: Vec<String>,
    #[serde(skip)]
    nothing: String,
    /// Records and stray pieces in the file; `lines` ends with the first 100,000.
    total: usize,
    lines: Vec<Considered>,
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
    let device: Vec<Udi<'_>> =
        args.udi.iter().map(DeviceUdi::udi).collect::<Result<_, _>>().map_err(wrong)?;
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
    let mut reports: Vec<Outcome<'_>> = Vec::new();
    let mut total = 0;
    install(file.bytes(), &mut ring, &P256Verifier, device.as_slice(), &mut rights, |report| {
        total += 1;
        if total <= MAX_REPORTED {
            let (number, result) = (report.number, report.result);
            let fact = |reason| file.reading.fact(report.offset, report.record, reason);
            let fact = result.err().and_then(fact);
            reports.push(Outcome { number, record: report.record.copied(), result, fact });
        }
    });
    let verdict = rights.check(&request);

    let mut counter = LineCounter::new(&file);
    let lines: Vec<Considered> = reports
        .iter()
        .zip(file.records())
        .map(|(report, found)| {
            let line = counter.line(found.start);
            let piece = Piece { bytes: file.bytes().get(found.start..found.end), found, line };
            let considered = consider(report, &piece, &request, &rights, verdict);
            Considered { offset: file.reading.offset_in_file(considered.offset), ..considered }
        })
        .collect();
    Ok(conclude(args, &file, &rights.answer(&request), lines, total)
        .note(file.note())
        .note(file.crowded()))
}

fn conclude(
    args: &Args,
    file: &LicenseFile,
    answer: &Answer<'_>,
    lines: Vec<Considered>,
    total: usize,
) -> Report {
    let verdict = answer.verdict;
    let mut fact =
        Some(answer.fact).filter(|fact| *fact != Fact::None).map(|fact| fact.to_string());
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
            fact = fact.or_else(|| best.and_then(|line| line.fact.clone()));
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
        udi: args.udi.iter().map(|udi| udi.as_str().to_owned()).collect(),
        licensed,
        by: closest,
        reason: reason.map(ReasonJson::from),
        fact,
        undone: file.undone(),
        unread: file.unread(),
        nothing: file.nothing(),
        total,
        lines,
    };
    let status = if shape.granted { Status::Yes } else { Status::No };
    let plain = plain::text(&shape, reason, verdict);
    Report::new(status, plain, &shape)
}
