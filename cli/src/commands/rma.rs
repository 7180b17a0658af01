//! `nodelock rma`

use std::fmt::Write;
use std::path::PathBuf;

use nodelock_authority::transfer::{IssuedLines, ReplaceWish};
use nodelock_authority::{DeviceUdi, Value};
use serde::Serialize;

use crate::commands::transfer::{BooksArg, DeskArgs, RecordsOut, encoded, issued};
use crate::input::{Form, LicenseFile, shown};
use crate::output::OutArgs;
use crate::report::{Failure, Report, Status};
use crate::slips;

/// Put a device in the place of one that is dead
///
/// The device in its place gets provisional lines, for 60 days. When the dead one is there (--booked-in), or its proof is
/// accepted after all, it gets the final ones. What a dead device has in tickets goes to their destinations, and
/// never back to it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    #[command(flatten)]
    books: BooksArg,
    /// The device that is dead
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    from: DeviceUdi,
    /// The device in its place
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    to: DeviceUdi,
    /// License file with lines of the dead device; may be repeated. What came to it by a ticket stands in the books
    #[arg(long, value_name = "FILE", num_args = 1..)]
    licenses: Vec<PathBuf>,
    /// The dead device is here: settle everything for good
    #[arg(long)]
    booked_in: bool,
    /// Whoever says so; it is noted in the books
    #[arg(long, value_name = "WHO")]
    approve: String,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

#[derive(Serialize)]
struct Shape {
    from: String,
    to: String,
    booked_in: bool,
    tickets: Vec<String>,
    format: Form,
    for_destination: RecordsOut,
    notes: Vec<String>,
    warnings: Vec<slips::WarningJson>,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let desk = args.desk.open()?;
    let mut lines = IssuedLines::default();
    for path in &args.licenses {
        let file = LicenseFile::read(path)?;
        desk.take_lines(&file, &mut lines)?;
    }
    args.out.check()?;
    let (mut books, new) = args.books.open_or_make()?;
    let (from, to) = (&args.from, &args.to);
    let wish = ReplaceWish { from, to, booked_in: args.booked_in, by: &args.approve };
    let replaced = books.replace(&wish, &lines, &desk.desk())?;
    let records = issued(&replaced.records)?;
    let shape = Shape {
        from: from.as_str().to_owned(),
        to: to.as_str().to_owned(),
        booked_in: args.booked_in,
        tickets: replaced.tickets.iter().map(ToString::to_string).collect(),
        format: args.format,
        for_destination: RecordsOut::new(args.out.file(), &records),
        notes: replaced.notes.clone(),
        warnings: desk.warnings.iter().map(Into::into).collect(),
    };
    let content = encoded(&records, args.format);
    let report = match args.out.file() {
        None => Report::exact(content, &shape),
        Some(path) => {
            args.out.write(path, &content)?;
            let kind = if args.booked_in { "final" } else { "provisional, for 60 days" };
            let mut plain = String::new();
            let many = if records.len() == 1 { "record" } else { "records" };
            let (file, n, to) = (shown(path), records.len(), to.as_str());
            let _ = writeln!(plain, "{file}: {n} {many} written, for {to}: {kind}");
            Report::new(Status::Yes, plain, &shape)
        }
    };
    let report = report.note(desk.note).note(new);
    let warnings = desk.warnings.iter().map(slips::text);
    let notes = replaced.notes.into_iter();
    Ok(notes.fold(report, |report, note| report.note(Some(note))).warn(warnings))
}
