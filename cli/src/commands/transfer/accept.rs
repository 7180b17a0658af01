//! `nodelock transfer accept`

use std::fmt::Write;
use std::path::PathBuf;

use nodelock_authority::DeviceUdi;
use nodelock_authority::Value;
use nodelock_authority::transfer::{Accepted, Credential, Units};
use serde::Serialize;

use super::books::{BooksArg, DeskArgs, EvidenceArgs, OpenDesk};
use super::shape::{RecordsOut, encoded, issued, number, written};
use crate::input::{Form, LicenseFile};
use crate::output::OutArgs;
use crate::report::{Failure, Report, Status};
use crate::slips;

/// Book what a device has proved, and write the lines for the other one
///
/// Takes what license revoke, license revoke cancel and license revoke give-up have written. The same word gets the
/// same answer each time.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The proof, as the device has written it
    #[arg(value_name = "PROOF")]
    proof: PathBuf,
    #[command(flatten)]
    desk: DeskArgs,
    #[command(flatten)]
    books: BooksArg,
    /// Credential of a device that the books do not know yet
    #[arg(long, value_name = "FILE")]
    credential: Option<PathBuf>,
    /// The device in that credential, where it is of a stack
    #[arg(long, value_name = "PID:SN", requires = "credential", value_parser = DeviceUdi::read)]
    member: Option<DeviceUdi>,
    #[command(flatten)]
    evidence: EvidenceArgs,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

#[derive(Serialize)]
struct Shape {
    ticket: String,
    done: &'static str,
    again: bool,
    to: String,
    format: Form,
    for_destination: RecordsOut,
    taken: Vec<Taken>,
    notes: Vec<String>,
    warnings: Vec<slips::WarningJson>,
}

#[derive(Serialize)]
struct Taken {
    id: String,
    /// Whether units were taken.
    taken: bool,
    /// `null` if it is not counted.
    units: Option<u64>,
    by_word: u64,
}

pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let proof = LicenseFile::read(&args.proof)?;
    let credential = match &args.credential {
        None => None,
        Some(path) => {
            let member = args.member.as_ref().map(DeviceUdi::as_str);
            Some(Credential::read(LicenseFile::read(path)?.bytes(), member)?)
        }
    };
    let desk = args.desk.open()?;
    let evidence = args.evidence.read()?;
    args.out.check()?;
    let mut books = args.books.open()?;
    let roots = &desk.roots;
    let accepted =
        books.accept(proof.bytes(), credential.as_ref(), &evidence, roots, &desk.desk())?;
    deliver(&accepted, args.format, &args.out, &desk)
}

/// Tells what a word has done, and writes the lines for the destination if there are some.
pub(super) fn deliver(
    accepted: &Accepted,
    form: Form,
    out: &OutArgs,
    desk: &OpenDesk,
) -> Result<Report, Failure> {
    let records = issued(&accepted.records)?;
    let file = out.file().filter(|_| !records.is_empty());
    let taken = accepted.taken.iter().map(|line| Taken {
        id: line.id.to_string(),
        taken: line.units.is_some(),
        units: line.units.and_then(number),
        by_word: line.by_word,
    });
    let shape = Shape {
        ticket: accepted.ticket.to_string(),
        done: accepted.done.name(),
        again: accepted.again,
        to: accepted.to.clone(),
        format: form,
        for_destination: RecordsOut::new(file, &records),
        taken: taken.collect(),
        notes: accepted.notes.clone(),
        warnings: desk.warnings.iter().map(Into::into).collect(),
    };
    let content = encoded(&records, form);
    let report = if records.is_empty() || file.is_some() {
        let mut plain = String::new();
        let again = if accepted.again { ", as before" } else { "" };
        let _ = writeln!(plain, "ticket {}: {}{again}", accepted.ticket, shape.done);
        for line in &accepted.taken {
            let what = match (line.units, line.by_word) {
                (Some(units), _) => format!("{} taken", Units(units)),
                (None, 0) => "was not there".to_owned(),
                (None, word) => format!("was gone by word {word}"),
            };
            let _ = writeln!(plain, "  line {}: {what}", line.id);
        }
        if let Some(path) = file {
            out.write(path, &content)?;
            written(
                path,
                &records,
                &format!("for {}: install them there", accepted.to),
                &mut plain,
            );
        }
        Report::new(Status::Yes, plain, &shape)
    } else {
        Report::exact(content, &shape)
    };
    let report = report.note(desk.note.clone());
    let notes = accepted.notes.iter().cloned();
    let warnings = desk.warnings.iter().map(slips::text);
    Ok(notes.fold(report, |report, note| report.note(Some(note))).warn(warnings))
}
