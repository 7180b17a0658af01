//! `nodelock transfer list`

use std::fmt::Write;

use nodelock_authority::transfer::{Revocation, State, Ticket};
use nodelock_authority::{DeviceUdi, Value};
use serde::Serialize;

use super::books::BooksArg;
use super::shape::{TicketShape, WordShape, describe};
use crate::report::{Failure, Report, Status};

/// List tickets and revocations: what goes where, since when, and what became of it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    books: BooksArg,
    /// Only those from or to this device
    #[arg(long, value_name = "PID:SN", value_parser = DeviceUdi::read)]
    udi: Option<DeviceUdi>,
    /// Only those on which a device has not said anything yet
    #[arg(long)]
    open: bool,
}

#[derive(Serialize)]
struct Shape {
    tickets: Vec<TicketShape>,
    revocations: Vec<RevocationShape>,
    devices: Vec<DeviceShape>,
}

#[derive(Serialize)]
struct RevocationShape {
    ticket: String,
    udi: String,
    issued: String,
    lines: Vec<String>,
    word: Option<WordShape>,
}

#[derive(Serialize)]
struct DeviceShape {
    udi: String,
    proof: &'static str,
    key: Option<String>,
    enrolled: bool,
    storage: &'static str,
    repairs: u64,
    /// The last word up to which none is missing in the books.
    booked_word: u64,
    /// The last word that is known of.
    last_word: u64,
    since: String,
    replaced_by: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let books = args.books.open()?;
    let wanted = |udi: &str| args.udi.as_ref().is_none_or(|wanted| wanted.as_str() == udi);
    let mut tickets: Vec<&Ticket> = books
        .tickets()
        .filter(|it| wanted(&it.from) || it.destinations.iter().any(|to| wanted(&to.udi)))
        .filter(|it| !args.open || books.state(it) == State::Open)
        .collect();
    tickets.sort_by_key(|it| (it.issued, it.ticket));
    let revocations: Vec<&Revocation> = books
        .revocations()
        .filter(|it| wanted(&it.udi) && (!args.open || it.word.is_none()))
        .collect();
    let mut plain = String::new();
    for ticket in &tickets {
        describe(ticket, &books, &mut plain);
    }
    for it in &revocations {
        let what = if it.word.is_some() { "done" } else { "open" };
        let _ =
            writeln!(plain, "revocation {}: {what}, of {}, since {}", it.ticket, it.udi, it.issued);
        for line in &it.lines {
            let _ = writeln!(plain, "  line {line}");
        }
    }
    if plain.is_empty() {
        plain.push_str("nothing\n");
    }
    let shape = Shape {
        tickets: tickets.iter().map(|ticket| TicketShape::of(ticket, &books)).collect(),
        revocations: revocations.into_iter().map(RevocationShape::of).collect(),
        devices: books
            .devices()
            .filter(|it| wanted(&it.udi))
            .map(|it| DeviceShape {
                udi: it.udi.clone(),
                proof: it.proof.name(),
                key: it.key.map(|key| data_encoding::HEXLOWER.encode(key.as_bytes())),
                enrolled: it.enrolled,
                storage: it.storage.name(),
                repairs: it.repairs,
                booked_word: books.booked_word(it),
                last_word: it.last_word.max(books.booked_word(it)),
                since: it.since.to_string(),
                replaced_by: it.replaced_by.clone(),
            })
            .collect(),
    };
    Ok(Report::new(Status::Yes, plain, &shape))
}

impl RevocationShape {
    fn of(it: &Revocation) -> Self {
        Self {
            ticket: it.ticket.to_string(),
            udi: it.udi.clone(),
            issued: it.issued.to_string(),
            lines: it.lines.iter().map(ToString::to_string).collect(),
            word: it.word.as_ref().map(|word| WordShape {
                of: word.of.clone(),
                number: word.number,
                outcome: "taken-back",
            }),
        }
    }
}
