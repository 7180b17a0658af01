//! `license install`.

use std::fmt::Write;
use std::io::ErrorKind;

use nodelock::agent::Ports;
use nodelock::record::Repair;
use nodelock::rights::InstallEffect;
use nodelock::value::Date;
use nodelock::{Agent, InstallMode, Now, Reason, limits::MAX_FILE_LEN};

use super::host::{Host, read_license_file};
use crate::agent_device::install_reading as install_on_agent;
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
) -> Result<bool, String> {
    let reading = read_license_file(host, file).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => {
            format!("{} has more than {MAX_FILE_LEN} bytes and is no license file", visible(file))
        }
        _ => format!("cannot read {}: {error}", visible(file)),
    })?;
    install_reading(agent, file, &reading, what_if, now, text)
}

/// The same for what was read already, or pasted; `name` says in errors what it was.
pub(super) fn install_reading<P: Ports>(
    agent: &mut Agent<'_, P>,
    name: &str,
    reading: &Reading<'_>,
    what_if: bool,
    now: Now,
    text: &mut String,
) -> Result<bool, String> {
    if reading.is_empty() {
        return Err(format!("{}: the file is empty", visible(name)));
    }
    let mode = if what_if { InstallMode::DryRun } else { InstallMode::Apply };
    let report = install_on_agent(agent, reading, mode, now);
    if report.rows.is_empty() {
        return Err(format!("{}: there is no record in it", visible(name)));
    }
    if let Some(undone) = reading.undone_text() {
        let _ = writeln!(text, "{undone}");
    }
    for row in &report.rows {
        let what = match &row.subject {
            Some(subject) => subject.to_string(),
            None => format!("byte {}", row.offset),
        };
        let says = match row.result {
            Ok(effect) => effect_text(effect, what_if),
            Err(Reason::AlreadyInstalled) => "is installed already".to_owned(),
            Err(reason) => {
                let damage =
                    row.damage.as_deref().map_or(String::new(), |words| format!(": {words}"));
                format!("refused: {reason}{damage}")
            }
        };
        let _ = writeln!(text, "{} {what}: {says}", row.number);
    }
    if what_if {
        report.rows.iter().for_each(|row| text.push_str(&date_text(agent, row)));
    }
    Ok(totals(&report, what_if, text))
}

/// Whether all was installed, or would be.
fn totals(report: &InstallReport, what_if: bool, text: &mut String) -> bool {
    let (installed, existing) = (report.tally.installed, report.tally.existing);
    let failed = report.tally.refused + report.tally.for_others;
    let total = installed + existing + failed;
    let verb = if what_if { "would be installed" } else { "installed" };
    let _ = writeln!(
        text,
        "{installed}/{total} {verb}, {existing}/{total} existing, {failed}/{total} failed"
    );
    failed == 0 && total > 0
}

/// What a record would do to the clock, and what would end by that.
fn date_text<P: Ports>(agent: &Agent<'_, P>, row: &Row) -> String {
    let (issued, restarts): (Date, bool) = match (&row.subject, row.result) {
        (Some(Subject::License { issued, .. }), Ok(_)) => (*issued, false),
        (Some(Subject::Repair { repair, issued }), Ok(_)) => (*issued, *repair == Repair::Clock),
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
        InstallEffect::New => format!("{would}installed"),
        InstallEffect::Joins => format!("{would}installed beside other lines for the feature"),
        InstallEffect::AddsNothing => format!(
            "{would}installed, and adds no units, because an exclusive line for as many or more is there"
        ),
        InstallEffect::Adds(units) => format!("{would}installed, adds {units} units"),
        InstallEffect::Replaces(id) => format!("{would}installed, takes over from line {id}"),
    }
}
