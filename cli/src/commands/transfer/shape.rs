//! Records that go to a device, and how a ticket is told.

use std::fmt::Write;
use std::path::Path;

use nodelock::record::Records;
use nodelock::value::Count;
use nodelock_authority::Issued;
use nodelock_authority::transfer::{Books, Ticket, Units};
use serde::Serialize;

use crate::commands::issue::RecordShape;
use crate::encode;
use crate::input::{Form, shown};
use crate::report::Failure;

/// Records for a file, in JSON.
#[derive(Serialize)]
pub(crate) struct RecordsOut {
    /// `null` if they went to the standard output, or nowhere.
    file: Option<String>,
    records: Vec<RecordShape>,
}

impl RecordsOut {
    pub(crate) fn new(file: Option<&Path>, records: &[Issued]) -> Self {
        let file = file.map(|path| path.display().to_string());
        Self { file, records: records.iter().map(RecordShape::of).collect() }
    }
}

/// Records out of the books, in both forms.
pub(crate) fn issued(texts: &[String]) -> Result<Vec<Issued>, Failure> {
    let one = |text: &String| match Records::new(text.as_bytes()).next().map(|it| it.record) {
        Some(Ok(record)) => Ok(Issued::from_record(&record)?),
        _ => Err(Failure::unavailable("a record in the books is damaged")),
    };
    texts.iter().map(one).collect()
}

pub(crate) fn encoded(records: &[Issued], form: Form) -> Vec<u8> {
    encode::records(records.iter(), form)
}

/// A ticket, in JSON.
#[derive(Serialize)]
pub(super) struct TicketShape {
    ticket: String,
    state: &'static str,
    from: String,
    to: String,
    issued: String,
    one_visit: bool,
    request: Option<String>,
    lines: Vec<LineShape>,
    words: Vec<WordShape>,
    approved: Vec<ApprovalShape>,
}

#[derive(Serialize)]
struct LineShape {
    id: String,
    right: String,
    /// `null` is uncounted.
    before: Option<u64>,
    after: u64,
    /// Its id at the destination.
    becomes: Option<String>,
}

#[derive(Serialize)]
pub(super) struct WordShape {
    pub(super) of: String,
    pub(super) number: u64,
    pub(super) outcome: &'static str,
}

#[derive(Serialize)]
struct ApprovalShape {
    by: String,
    what: String,
    day: String,
}

pub(super) const fn number(count: Count) -> Option<u64> {
    match count {
        Count::Uncounted => None,
        Count::Units(units) => Some(units),
    }
}

impl TicketShape {
    pub(super) fn of(ticket: &Ticket, books: &Books) -> Self {
        let becomes = ticket.destinations.last().map_or(&[][..], |to| &to.lines);
        let lines = ticket.lines.iter().enumerate().map(|(i, line)| LineShape {
            id: line.id.to_string(),
            right: line.right.to_string(),
            before: number(line.before),
            after: line.after,
            becomes: becomes.get(i).map(ToString::to_string),
        });
        let words = ticket.words.iter().map(|word| WordShape {
            of: word.of.clone(),
            number: word.number,
            outcome: word.outcome.name(),
        });
        let approved = ticket.approved.iter().map(|it| ApprovalShape {
            by: it.by.clone(),
            what: it.what.clone(),
            day: it.day.to_string(),
        });
        Self {
            ticket: ticket.ticket.to_string(),
            state: books.state(ticket).name(),
            from: ticket.from.clone(),
            to: ticket.to().to_owned(),
            issued: ticket.issued.to_string(),
            one_visit: ticket.one_visit,
            request: ticket.request.clone(),
            lines: lines.collect(),
            words: words.collect(),
            approved: approved.collect(),
        }
    }
}

/// A ticket in words.
pub(super) fn describe(ticket: &Ticket, books: &Books, plain: &mut String) {
    let (digest, state) = (ticket.ticket, books.state(ticket).name());
    let (from, to, since) = (&ticket.from, ticket.to(), ticket.issued);
    let _ = writeln!(plain, "ticket {digest}: {state}, from {from} to {to}, since {since}");
    for line in &ticket.lines {
        let stay = match line.before {
            Count::Uncounted => "the whole line".to_owned(),
            Count::Units(before) => {
                let moved = Units(Count::Units(before.saturating_sub(line.after)));
                format!("{moved} of {before}, {} stay", line.after)
            }
        };
        let _ = writeln!(plain, "  line {}: {stay}", line.id);
    }
    for word in &ticket.words {
        let (of, number, outcome) = (&word.of, word.number, word.outcome.name());
        let _ = writeln!(plain, "  word {number} of {of}: {outcome}");
    }
    for it in &ticket.approved {
        let _ = writeln!(plain, "  {} by {} on {}", it.what, it.by, it.day);
    }
}

/// `FILE: 2 records written`, for a device.
pub(super) fn written(path: &Path, records: &[Issued], what: &str, plain: &mut String) {
    let many = if records.len() == 1 { "record" } else { "records" };
    let _ = writeln!(plain, "{}: {} {many} written, {what}", shown(path), records.len());
}
