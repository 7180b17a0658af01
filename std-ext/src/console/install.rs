//! `license install`.

use std::fmt::Write;
use std::io::ErrorKind;

use nodelock::agent::Ports;
use nodelock::catalog::Catalog;
use nodelock::limits::MAX_FILE_LEN;
use nodelock::record::Repair;
use nodelock::rights::{InstallEffect, Tally};
use nodelock::value::{Count, Date};
use nodelock::{Agent, InstallMode, Now, Reason};

use super::host::{Host, read_license_file};
use super::run::{Ending, Problem};
use crate::agent_device::{install_reading as install_on_agent, own_udis};
use crate::reading::Reading;
use crate::report::{InstallReport, Row, Subject};
use crate::visible::visible;

pub(super) fn install<P: Ports>(
    agent: &mut Agent<'_, P>,
    file: &str,
    what_if: bool,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<(InstallReport, Ending), Problem> {
    let reading = read_license_file(host, file).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => Problem::from(format!(
            "{} has more than {MAX_FILE_LEN} bytes and is no license file",
            visible(file)
        )),
        _ => Problem::io(format!("cannot read {}: {error}", visible(file))),
    })?;
    if reading.is_empty() {
        return Err(Problem::from(match file {
            "-" => "nothing was pasted, and nothing is on the standard input".to_owned(),
            _ => format!("{}: the file is empty", visible(file)),
        }));
    }
    Ok(install_text(agent, &reading, what_if, now, text))
}

/// Installs what was read already, or pasted.
pub(super) fn install_text<P: Ports>(
    agent: &mut Agent<'_, P>,
    reading: &Reading<'_>,
    what_if: bool,
    now: Now,
    text: &mut String,
) -> (InstallReport, Ending) {
    let mode = if what_if { InstallMode::DryRun } else { InstallMode::Apply };
    let report = install_on_agent(agent, reading, mode, now);
    if let Some(undone) = reading.undone_text() {
        let _ = writeln!(text, "{undone}");
    }
    report.rows.iter().for_each(|row| tell(agent.catalog(), row, what_if, text));
    if what_if {
        report.rows.iter().for_each(|row| text.push_str(&date_text(agent, row)));
    }
    let ending = totals(agent, &report, what_if, text);
    (report, ending)
}

/// What a record is, and what became of it.
fn tell(catalog: &Catalog<'_>, row: &Row, what_if: bool, text: &mut String) {
    let _ = write!(text, "{} ", row.number);
    let _ = match (&row.subject, row.line) {
        (Some(Subject::License { feature, license_type, count, id, .. }), _) => {
            let units = match count {
                Count::Uncounted => String::new(),
                Count::Units(units) => format!("{units} units, "),
            };
            write!(text, "{} ({}, {units}id {id}): ", visible(feature), license_type.name())
        }
        (Some(subject), _) => write!(text, "{subject}: "),
        (None, Some(line)) => write!(text, "line {line}, byte {}: ", row.offset),
        (None, None) => write!(text, "byte {}: ", row.offset),
    };
    let fact = row.fact.as_ref().map(|fact| format!("; {fact}")).unwrap_or_default();
    let _ = match row.result {
        Ok(effect) => {
            let known = row.feature().is_none_or(|name| catalog.find(name.as_bytes()).is_some());
            let hint = if known { "" } else { "; this firmware has no such feature" };
            writeln!(text, "{}{hint}", effect_text(effect, what_if))
        }
        Err(Reason::AlreadyInstalled) => writeln!(text, "is installed already"),
        Err(Reason::OtherDevice) => writeln!(text, "not for this device{fact}"),
        Err(Reason::StrayText) => writeln!(text, "no license, ignored{fact}"),
        Err(reason) => {
            writeln!(text, "refused: {reason}{fact}\n    what to do: {}", row.remedy(reason))
        }
    };
}

/// How many records met which end. What is not for this device is no failure, unless nothing is for it.
fn totals<P: Ports>(
    agent: &Agent<'_, P>,
    report: &InstallReport,
    what_if: bool,
    text: &mut String,
) -> Ending {
    let Tally { installed, existing, for_others, refused, .. } = report.tally;
    let udis = shortened(&report.other_devices());
    if report.is_for_others() {
        let own = own_udis(agent);
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let _ = writeln!(
            text,
            "refused: nothing in it is for this device, which is {}; it is for {udis}\n    what to do: {}",
            shortened(&own),
            Reason::OtherDevice.remedy()
        );
        return Ending::NotForThisDevice;
    }
    let total = installed + existing + refused;
    if total == 0 && !report.unread.is_empty() {
        let _ = writeln!(text, "refused: {}", report.unread.join("; "));
        return Ending::Refused;
    }
    if total == 0 {
        text.push_str(
            "refused: there is no license in it\n    what to do: give the file, or the text, that the vendor has sent, as it is\n",
        );
        return Ending::Refused;
    }
    for unread in &report.unread {
        let _ = writeln!(text, "note: {unread}");
    }
    let verb = if what_if { "would be installed" } else { "installed" };
    let _ = write!(
        text,
        "{installed}/{total} {verb}, {existing}/{total} existing, {refused}/{total} failed"
    );
    let _ = match for_others {
        0 => writeln!(text),
        1 => writeln!(text, "; 1 is for another device ({udis})"),
        _ => writeln!(text, "; {for_others} are for other devices ({udis})"),
    };
    if refused == 0 { Ending::Done } else { Ending::Refused }
}

/// The first of some UDIs.
fn shortened(udis: &[&str]) -> String {
    const SHOWN: usize = 4;
    let shown = udis.iter().take(SHOWN).map(|udi| visible(udi)).collect::<Vec<_>>().join(", ");
    match udis.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// What a record would do to the clock, and what would end by that.
fn date_text<P: Ports>(agent: &Agent<'_, P>, row: &Row) -> String {
    let (issued, restarts): (Date, bool) = match (&row.subject, row.result) {
        (Some(Subject::License { issued, .. }), Ok(_)) => (*issued, false),
        (Some(Subject::Repair { repair, issued, .. }), Ok(_)) => {
            (*issued, *repair == Repair::Clock)
        }
        _ => return String::new(),
    };
    let number = row.number;
    if restarts {
        return format!(
            "  record {number} would make {issued} the earliest date, and give all time back to rights with dates\n"
        );
    }
    let Some(time) = agent.date_after(issued) else { return String::new() };
    let ended: Vec<_> = agent
        .ended_by(time)
        .map(|held| {
            format!(
                "{} ({})",
                visible(&String::from_utf8_lossy(held.right().feature())),
                held.right().id()
            )
        })
        .collect();
    let ends = match ended.len() {
        0 => String::new(),
        _ => format!("; that would end {}", ended.join(", ")),
    };
    format!("  record {number} would make {issued} the earliest date{ends}\n")
}

fn effect_text(effect: InstallEffect, what_if: bool) -> String {
    let would = if what_if { "would be " } else { "" };
    match effect {
        InstallEffect::Key => format!("{would}trusted for the lines behind it"),
        InstallEffect::Repairs => format!("{would}done"),
        InstallEffect::Ticket => format!("{would}taken for the proof behind it"),
        InstallEffect::Activates(id) => format!("{would}active: line {id} has arrived"),
        InstallEffect::Time => format!("{would}taken, as far as the clock's rules let it"),
        InstallEffect::New => format!("{would}installed"),
        InstallEffect::Joins => format!("{would}installed beside other lines for the feature"),
        InstallEffect::AddsNothing => format!(
            "{would}installed, and adds no units, because an exclusive line for as many or more is there"
        ),
        InstallEffect::Adds(units) => format!("{would}installed, adds {units} units"),
        InstallEffect::Replaces(id) => format!("{would}installed, takes over from line {id}"),
    }
}
