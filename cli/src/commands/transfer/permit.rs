//! `nodelock transfer permit`

use std::path::PathBuf;

use nodelock::value::{LineId, Period};
use nodelock_authority::transfer::{Credential, IssuedLines, MoveWish};
use nodelock_authority::{DeviceUdi, Value};
use serde::Serialize;

use super::books::{BooksArg, DeskArgs, EvidenceArgs};
use super::shape::{RecordsOut, TicketShape, describe, encoded, issued, written};
use crate::input::{Form, LicenseFile};
use crate::keys::found_key;
use crate::output::{self, OutArgs};
use crate::report::{Failure, Report, Status};
use crate::slips;

/// Make a ticket, with which a device gives licenses up for another one
///
/// The device that gives proves by its credential who it is; its key is believed when it comes first, and must be
/// the same from then on. While the ticket is open, the same wish gets the same ticket.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    #[command(flatten)]
    books: BooksArg,
    /// Credential of the device that gives, as license save credential has written it
    #[arg(long, value_name = "FILE")]
    credential: PathBuf,
    /// The device that gives, where the credential is of a stack
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    from: Option<DeviceUdi>,
    /// License file with lines of that device; may be repeated. What came to it by a ticket stands in the books
    #[arg(long, value_name = "FILE", num_args = 1..)]
    licenses: Vec<PathBuf>,
    /// The device that gets
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    to: DeviceUdi,
    /// Line to move, whole or so many units of it; may be repeated [default: all lines of the device]
    #[arg(long = "line", value_name = "ID[:UNITS]", value_parser = line)]
    lines: Vec<(LineId, Option<u64>)>,
    /// Make lines for the device that gets now: they wait for the proof, which need not come here first. Needs --enrolled
    #[arg(long, requires = "for_destination")]
    one_visit: bool,
    /// File for the lines that wait
    #[arg(long, value_name = "FILE", requires = "one_visit")]
    for_destination: Option<PathBuf>,
    /// Running time for which the device that gives may go on, once for each license and device, e.g. 60d
    #[arg(long, value_name = "PERIOD", value_parser = Period::read)]
    grace: Option<Period>,
    /// Public key (PEM) that the vendor recorded when the device was made, of a private key that nobody can read
    #[arg(long, value_name = "PUB")]
    enrolled: Option<PathBuf>,
    /// Id of this request: the same one gets the same answer for ever
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    #[command(flatten)]
    evidence: EvidenceArgs,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

fn line(text: &str) -> Result<(LineId, Option<u64>), String> {
    let (id, units) = match text.split_once(':') {
        None => (text, None),
        Some((id, units)) => {
            let number = units.parse().ok().filter(|units: &u64| *units > 0);
            (id, Some(number.ok_or_else(|| format!("{units:?} is no number of units"))?))
        }
    };
    Ok((LineId::read(id).map_err(|error| error.to_string())?, units))
}

#[derive(Serialize)]
struct Shape {
    #[serde(flatten)]
    ticket: TicketShape,
    /// Whether it was there already.
    again: bool,
    format: Form,
    for_source: RecordsOut,
    for_destination: RecordsOut,
    notes: Vec<String>,
    warnings: Vec<slips::WarningJson>,
}

pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let credential = LicenseFile::read(&args.credential)?;
    let from = args.from.as_ref().map(DeviceUdi::as_str);
    let credential = Credential::read(credential.bytes(), from)?;
    let desk = args.desk.open()?;
    let mut lines = IssuedLines::default();
    for path in &args.licenses {
        let file = LicenseFile::read(path)?;
        desk.take_lines(&file, &mut lines)?;
    }
    let enrolled = args.enrolled.as_deref().map(found_key).transpose()?.map(|found| found.key);
    let evidence = args.evidence.read()?;
    // Before anything is decided.
    args.out.check()?;
    if let Some(path) = &args.for_destination {
        output::check(path, args.out.force)?;
    }
    let wish = MoveWish {
        from: &credential,
        to: &args.to,
        lines: &args.lines,
        one_visit: args.one_visit,
        grace: args.grace,
        request: args.request_id.as_deref(),
        enrolled: enrolled.as_ref(),
    };
    let (mut books, new) = args.books.open_or_make()?;
    let given = books.permit(&wish, &lines, &evidence, &desk.desk())?;
    let (ticket, again, notes) = (given.ticket.clone(), given.again, given.notes);
    let source = issued(&ticket.for_source())?;
    let destination = issued(&ticket.for_destination())?;
    if let Some(path) = args.for_destination.as_deref() {
        output::write(path, &encoded(&destination, args.format), args.out.force)?;
    }
    let shape = Shape {
        ticket: TicketShape::of(&ticket, &books),
        again,
        format: args.format,
        for_source: RecordsOut::new(args.out.file(), &source),
        for_destination: RecordsOut::new(args.for_destination.as_deref(), &destination),
        notes: notes.clone(),
        warnings: desk.warnings.iter().map(Into::into).collect(),
    };
    let content = encoded(&source, args.format);
    let report = match args.out.file() {
        None => Report::exact(content, &shape),
        Some(path) => {
            args.out.write(path, &content)?;
            let mut plain = String::new();
            describe(&ticket, &books, &mut plain);
            let from = format!("for {}: license revoke gives the proof", ticket.from);
            written(path, &source, &from, &mut plain);
            if let Some(path) = &args.for_destination {
                let to = format!("for {}: they wait for the proof", ticket.to());
                written(path, &destination, &to, &mut plain);
            }
            Report::new(Status::Yes, plain, &shape)
        }
    };
    let report = report.note(desk.note).note(new);
    let warnings = desk.warnings.iter().map(slips::text);
    Ok(notes.into_iter().fold(report, |report, note| report.note(Some(note))).warn(warnings))
}
