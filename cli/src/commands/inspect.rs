//! `nodelock inspect`

use std::fmt::Write;
use std::path::{Path, PathBuf};

use nodelock::record::{Found, Record};
use nodelock::trust::KeyRing;
use nodelock::{KeyId, P256Verifier, Reason, TrustAnchor};
use nodelock_authority::{RecordView, ViewRow};
use serde::Serialize;

use crate::input::{Form, LicenseFile, LineCounter, shown};
use crate::keys::{self, TrustArgs};
use crate::output;
use crate::report::{Failure, ReasonJson, Report, Status, reason_line};
use crate::slips;
use crate::style;

/// Explain every record of a license file, field by field, and whether it is valid
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// License file, in any form
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
    /// Write the file as it was before mail programs and the like have changed it, as far as that can be undone
    #[arg(long, value_name = "NEW")]
    mended: Option<PathBuf>,
    /// Overwrite the mended file if it is there
    #[arg(long, requires = "mended")]
    force: bool,
    #[command(flatten)]
    catalog: slips::CatalogArg,
}

/// Beyond this, pieces are counted and no longer described: a file of the largest size, filled with
/// nothing but keywords, would otherwise need a hundred times its size in memory.
const MAX_LISTED: usize = 100_000;

/// Beyond this, nobody looks at what can be read of what is damaged.
const MAX_READABLE: usize = 1_000;
/// More tokens than every record has.
const MAX_FIELDS: usize = 24;

#[derive(Serialize)]
struct Shape {
    file: String,
    form: Form,
    /// Whether signatures were checked.
    checked: bool,
    well_formed: usize,
    valid: usize,
    refused: usize,
    /// What was undone before the file was read, e.g. the line breaks of a mail program.
    undone: Vec<String>,
    /// What stands in the file and was not read, e.g. behind `#`.
    unread: Vec<String>,
    /// Where the mended file was written.
    mended: Option<String>,
    /// Pieces of text that belong to no record.
    stray: usize,
    records: Vec<Item>,
    warnings: Vec<slips::WarningJson>,
}

#[derive(Serialize)]
struct Item {
    /// From 1; stray text counts too.
    number: usize,
    /// Line of a text file, from 1.
    line: Option<usize>,
    offset: usize,
    /// Offset behind the last byte.
    end: usize,
    outcome: Outcome,
    reason: Option<ReasonJson>,
    /// Offset of what is wrong, and the text there.
    wrong_at: Option<usize>,
    wrong_text: Option<String>,
    /// What seems to have happened to what is no record.
    damage: Option<String>,
    /// What can be read of what is no record; nothing of it is checked.
    readable: Vec<Readable>,
    signer: Option<String>,
    record: Option<RecordView>,
}

#[derive(Serialize)]
struct Readable {
    name: String,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    /// The signature was checked and is right.
    Valid,
    /// Well-formed; no key was given to check it with.
    NotChecked,
    Refused,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let anchors = args.trust.anchors()?;
    let file = LicenseFile::read(&args.file)?;
    let warnings = slips::of_file(&args.catalog, &file)?;
    let mut slots = keys::slots_for(&file);
    let mut ring = args.trust.ring(&anchors, &mut slots);
    let checked = !anchors.is_empty();

    let mut lines = LineCounter::new(&file);
    let mut shape = Shape {
        file: file.path.clone(),
        form: file.form,
        checked,
        well_formed: 0,
        valid: 0,
        refused: 0,
        undone: file.undone(),
        unread: file.unread(),
        mended: args.mended.as_ref().map(|path| path.display().to_string()),
        stray: 0,
        records: Vec::new(),
        warnings: warnings.iter().map(Into::into).collect(),
    };
    let mut plain = String::new();
    let mut number = 0;
    for found in file.records() {
        number += 1;
        let result = judge(&found, checked.then_some(&mut ring));
        shape.well_formed += usize::from(found.record.is_ok());
        shape.valid += usize::from(result == Ok(Outcome::Valid));
        // A greeting is no failure.
        let is_stray = result == Err(Reason::StrayText);
        shape.stray += usize::from(is_stray);
        shape.refused += usize::from(result.is_err() && !is_stray);
        if number <= MAX_LISTED {
            let item = Item::new(number, &found, result, &mut lines, &file);
            let signer = match &found.record {
                Ok(record) => signer(record.signer(), &anchors, &ring),
                Err(_) => String::new(),
            };
            describe(&item, &found, result, &signer, &mut plain);
            shape.records.push(item);
        }
    }
    if number > MAX_LISTED {
        let _ = writeln!(plain, "({} more are only counted)\n", number - MAX_LISTED);
    }
    let _ = writeln!(plain, "{}", totals(&shape, &file, number));
    if let Some(path) = &args.mended {
        mend(&file, path, args.force)?;
        let _ = writeln!(plain, "{}: written", shown(path));
    }
    let good = shape.well_formed > 0 && shape.refused == 0;
    let status = if good { Status::Yes } else { Status::No };
    let report = Report::new(status, plain, &shape).note(file.note()).note(file.crowded());
    Ok(report.warn(warnings.iter().map(slips::text)))
}

/// Writes what was read.
fn mend(file: &LicenseFile, path: &Path, force: bool) -> Result<(), Failure> {
    if !file.records().any(|found| found.record.is_ok()) {
        let name = &file.name;
        return Err(Failure::no(format!("{name}: there is nothing in it that can be mended")));
    }
    output::write(path, file.bytes(), force)
}

fn judge<'a>(found: &Found<'a>, ring: Option<&mut KeyRing<'_, 'a>>) -> Result<Outcome, Reason> {
    let record = found.record.map_err(|error| error.reason)?;
    let Some(ring) = ring else { return Ok(Outcome::NotChecked) };
    match record {
        Record::License(line) => line.verify(ring, &P256Verifier).map(|_| Outcome::Valid),
        Record::Key(key) => ring.admit(&key, &P256Verifier).map(|()| Outcome::Valid),
        Record::Repair(repair) => repair.verify(ring, &P256Verifier).map(|()| Outcome::Valid),
        Record::Permission(record) => record.verify(ring, &P256Verifier).map(|()| Outcome::Valid),
        Record::Revoke(record) => record.verify(ring, &P256Verifier).map(|()| Outcome::Valid),
        Record::Time(record) => record.verify(ring, &P256Verifier).map(|()| Outcome::Valid),
        // Signed by a device.
        _ => Ok(Outcome::NotChecked),
    }
}

impl Item {
    fn new(
        number: usize,
        found: &Found<'_>,
        result: Result<Outcome, Reason>,
        lines: &mut LineCounter<'_>,
        file: &LicenseFile,
    ) -> Self {
        let wrong_at = found.record.as_ref().err().map(|error| error.offset);
        let wrong_text = wrong_at.filter(|_| file.form == Form::Text).map(|at| {
            let rest = file.bytes().get(at..found.end.max(at)).unwrap_or_default();
            let token = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            // Stray text is shown up to the end of its line, a field by itself.
            let stray = result == Err(Reason::StrayText);
            let line = rest.split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default();
            style::excerpt(if stray { line } else { token })
        });
        let in_file = |offset| file.reading.offset_in_file(offset);
        let piece = file.bytes().get(found.start..found.end).unwrap_or_default();
        Self {
            number,
            line: lines.line(found.start),
            offset: in_file(found.start),
            end: in_file(found.end.saturating_sub(1)) + 1,
            outcome: result.unwrap_or(Outcome::Refused),
            reason: result.err().map(|reason| {
                let at = wrong_at.unwrap_or(found.start);
                let remedy = file.reading.remedy(at, found.record.as_ref().ok(), reason);
                ReasonJson::from(reason).with_remedy(remedy)
            }),
            wrong_at: wrong_at.map(in_file),
            damage: wrong_at.and_then(|at| file.reading.damage(at)).map(str::to_owned),
            readable: match wrong_at {
                Some(_) if file.form == Form::Text && number <= MAX_READABLE => readable(piece),
                _ => Vec::new(),
            },
            wrong_text: wrong_text.filter(|text| !text.is_empty()),
            signer: found.record.as_ref().ok().map(|record| record.signer().to_string()),
            record: found.record.as_ref().ok().map(RecordView::of),
        }
    }
}

/// The fields of what is no record, as far as they are where they should be.
fn readable(piece: &[u8]) -> Vec<Readable> {
    let places: &[&str] = match piece.split(u8::is_ascii_whitespace).next() {
        Some(b"LICENSE") => &["feature", "version", "type", "count"],
        Some(b"KEY") => &["key-id", "role"],
        Some(b"REPAIR") => &["repair", "number"],
        _ => return Vec::new(),
    };
    let tokens = piece.split(u8::is_ascii_whitespace).filter(|token| !token.is_empty());
    let fields = tokens.take(MAX_FIELDS).enumerate().skip(2).filter_map(|(at, token)| {
        let (name, value) = match token.iter().position(|&b| b == b'=') {
            Some(equals) => (token.get(..equals)?, token.get(equals + 1..)?),
            None => (places.get(at - 2)?.as_bytes(), token),
        };
        let known = name.len() < 24 && name.is_ascii() && name != b"sig" && name != b"key";
        known.then(|| Readable { name: style::excerpt(name), value: style::excerpt(value) })
    });
    fields.collect()
}

/// Which key signed, and why it is trusted, if keys to trust were given.
fn signer(id: KeyId, anchors: &[TrustAnchor], ring: &KeyRing<'_, '_>) -> String {
    let root = anchors.iter().find(|anchor| anchor.id == id).map(|anchor| anchor.role);
    let delegated = ring.delegated().find(|terms| terms.id == id).map(|terms| terms.role);
    match (root, delegated) {
        (Some(role), _) => format!("key {id} (trusted root, {})", role.name()),
        (None, Some(role)) => format!("key {id} (delegated, {})", role.name()),
        (None, None) if anchors.is_empty() => format!("key {id}"),
        (None, None) => format!("key {id} (not trusted)"),
    }
}

fn describe(
    item: &Item,
    found: &Found<'_>,
    result: Result<Outcome, Reason>,
    signer: &str,
    plain: &mut String,
) {
    let place = match item.line {
        Some(line) => format!("line {line}, byte {}", item.offset),
        None => format!("byte {}", item.offset),
    };
    let what = match &found.record {
        Ok(Record::License(_)) => "license line",
        Ok(Record::Key(_)) => "delegated key",
        Ok(Record::Repair(_)) => "repair",
        Ok(Record::Credential(_)) => "credential of a device",
        Ok(Record::Permission(_)) => "ticket",
        Ok(Record::Rehost(_)) => "proof of a ticket",
        Ok(Record::Revoke(_)) => "revocation",
        Ok(Record::Confirm(_)) => "proof of a revocation",
        Ok(Record::Time(_)) => "time",
        Ok(_) => "record",
        Err(error) if error.reason == Reason::StrayText => "stray text",
        Err(_) => "not a record",
    };
    let outcome = match result {
        Ok(Outcome::Valid) => style::good("valid"),
        Ok(_) => style::open("well-formed, signature not checked"),
        Err(Reason::StrayText) => style::open("ignored"),
        Err(_) => style::bad("refused"),
    };
    let _ = writeln!(plain, "record {} ({place}): {what}: {outcome}", item.number);
    if let Some(record) = &item.record {
        for ViewRow { name, value, meaning } in record.rows() {
            let meaning = if meaning.is_empty() { "" } else { &format!(" ({meaning})") };
            let _ = writeln!(plain, "  {name:<12}{value}{meaning}");
        }
        let _ = writeln!(plain, "  {:<12}{signer}", "signed by");
    }
    if let Err(reason) = result {
        let _ = writeln!(plain, "  {:<12}{}", "reason", reason_line(reason));
        if let Some(at) = item.wrong_at {
            let text = item.wrong_text.as_deref().map_or(String::new(), |t| format!(": {t}"));
            let _ = writeln!(plain, "  {:<12}byte {at}{text}", "at");
        }
        if let Some(damage) = &item.damage {
            let _ = writeln!(plain, "  {:<12}{damage}", "damage");
        }
        if !item.readable.is_empty() {
            let fields =
                item.readable.iter().map(|field| format!("{} {}", field.name, field.value));
            let fields = fields.collect::<Vec<_>>().join(", ");
            let _ = writeln!(plain, "  {:<12}{fields}", "readable");
        }
        let _ = writeln!(
            plain,
            "  {:<12}{}",
            "remedy",
            match (&item.reason, &found.record) {
                (Some(told), Err(_)) => told.remedy().to_owned(),
                _ => keys::remedy(reason),
            }
        );
    }
    plain.push('\n');
}

fn totals(shape: &Shape, from: &LicenseFile, number: usize) -> String {
    let file = &from.name;
    if number == 0 {
        return format!("{file}: {}", from.nothing());
    }
    let records = if number == 1 { "1 record".into() } else { format!("{number} records") };
    if shape.checked {
        format!("{file}: {records}, {} valid, {} refused", shape.valid, shape.refused)
    } else {
        format!(
            "{file}: {records}, {} well-formed, {} refused; no signature was checked, --trust PUB does that",
            shape.well_formed, shape.refused
        )
    }
}
