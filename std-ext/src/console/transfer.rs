//! `license save credential` and `license revoke`: rights that move, or go back.

use std::fmt::Write;

use nodelock::agent::{Ports, TicketAction};
use nodelock::limits::{MAX_RECORD_LEN, MAX_UDIS};
use nodelock::record::transfer::Lines;
use nodelock::record::{Record, Records};
use nodelock::value::{Count, LineId, UdiSource};
use nodelock::{Agent, InstallMode, Now, Reason};

use super::find::{find_line, refusal};
use super::host::{Host, not_written, read_license_file};
use super::run::Problem;
use crate::visible::visible;

/// Room for the longest proof.
const PROOF_LEN: usize = 3 * (MAX_RECORD_LEN + 1);

/// Writes credentials: who the device is and what it has.
pub(super) fn save_credential<P: Ports>(
    agent: &mut Agent<'_, P>,
    file: &str,
    force: bool,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, Problem> {
    let mut content = Vec::new();
    let mut buffer = [0; MAX_RECORD_LEN + 1];
    let members = u8::try_from(MAX_UDIS).unwrap_or(u8::MAX);
    for member in 0..members {
        if !matches!(agent.device().udi(member), Ok(Some(_))) {
            break;
        }
        let mut after = None;
        loop {
            let (record, more) = agent.credential(member, after, &mut buffer).map_err(refusal)?;
            content.extend_from_slice(record);
            match more {
                Some(last) => after = Some(last),
                None => break,
            }
        }
    }
    if content.is_empty() {
        return Err(Problem::from(refusal(Reason::UdiUnavailable)));
    }
    put(file, &content, force, host, text)?;
    if file != "-" {
        let _ = writeln!(text, "credential saved to {}; send it to the vendor", visible(file));
    }
    Ok(true)
}

/// What is to be done with a ticket.
pub(super) struct Asked<'a> {
    pub(super) ticket: &'a str,
    /// Where the proof goes; none for what would happen.
    pub(super) proof: Option<&'a str>,
    pub(super) action: TicketAction,
    pub(super) force: bool,
}

/// Applies a ticket, cancels it, or gives its proof again.
pub(super) fn ticket<P: Ports>(
    agent: &mut Agent<'_, P>,
    asked: &Asked<'_>,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, Problem> {
    let reading = read_license_file(host, asked.ticket)
        .map_err(|error| Problem::io(format!("cannot read {}: {error}", visible(asked.ticket))))?;
    let file = reading.bytes();
    let mut buffer = [0; PROOF_LEN];
    let Some(proof) = asked.proof else {
        agent.ticket(file, asked.action, InstallMode::DryRun, now, &mut buffer).map_err(refusal)?;
        tell(file, "would be ", text);
        return Ok(true);
    };
    // Before anything is given up.
    if proof != "-" {
        host.check(proof, asked.force)
            .map_err(|error| Problem::io(not_written(proof, &error, "force behind the name")))?;
    }
    let written =
        agent.ticket(file, asked.action, InstallMode::Apply, now, &mut buffer).map_err(refusal)?;
    match asked.action {
        TicketAction::Cancel => text.push_str("the ticket is cancelled, for good\n"),
        TicketAction::Apply => tell(file, "", text),
        TicketAction::Again => {}
    }
    if let Err(problem) = put(proof, written, asked.force, host, text) {
        return Err(Problem {
            text: format!(
                "{}\n    what to do: the ticket is {}; write its proof elsewhere with license revoke again {} FILE",
                problem.text,
                match asked.action {
                    TicketAction::Cancel => "cancelled",
                    _ => "applied",
                },
                visible(asked.ticket),
            ),
            ..problem
        });
    }
    if proof != "-" {
        let _ = writeln!(
            text,
            "proof saved to {}; send it to the vendor, or install it on the other device if that waits for it",
            visible(proof)
        );
    }
    Ok(true)
}

/// Gives up what has come by a ticket.
pub(super) fn give_up<P: Ports>(
    agent: &mut Agent<'_, P>,
    line: &str,
    proof: &str,
    force: bool,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, Problem> {
    // A line that was given up is held no more: its id is all that there is.
    let id = match line.parse::<LineId>() {
        Ok(id) => id,
        Err(_) => find_line(agent, line)?,
    };
    if proof != "-" {
        host.check(proof, force)
            .map_err(|error| Problem::io(not_written(proof, &error, "force behind the name")))?;
    }
    let mut buffer = [0; PROOF_LEN];
    let word = agent.give_up(id, now, &mut buffer).map_err(refusal)?;
    let _ = writeln!(text, "line {id} given up, for good");
    put(proof, word, force, host, text)?;
    if proof != "-" {
        let _ = writeln!(text, "word saved to {}; send it to the vendor", visible(proof));
    }
    Ok(true)
}

fn put(
    file: &str,
    content: &[u8],
    force: bool,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<(), Problem> {
    if file == "-" {
        text.push_str(&String::from_utf8_lossy(content));
        return Ok(());
    }
    host.write(file, content, force)
        .map_err(|error| Problem::io(not_written(file, &error, "force behind the name")))
}

/// What a ticket takes, line by line.
fn tell(file: &[u8], would: &str, text: &mut String) {
    for found in Records::new(file) {
        match found.record {
            Ok(Record::Permission(ticket)) => {
                let to = ticket.terms().to;
                for line in ticket.terms().lines.entries() {
                    let what = match (line.taken(), line.after) {
                        (Count::Uncounted, _) | (_, 0) => "given up".to_owned(),
                        (Count::Units(units), left) => {
                            format!("{units} units given up, {left} left")
                        }
                    };
                    let _ = writeln!(text, "line {} {would}{what}, for {to}", line.id);
                }
            }
            Ok(Record::Revoke(ticket)) => taken_back(&ticket.terms().lines, would, text),
            _ => {}
        }
    }
}

fn taken_back(lines: &Lines<'_, LineId>, would: &str, text: &mut String) {
    for id in lines.entries() {
        let _ = writeln!(text, "line {id} {would}taken back");
    }
}
