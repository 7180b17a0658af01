//! Carrying commands out.

use std::fmt::Write;
use std::io::{self, ErrorKind};
use std::path::Path;

use nodelock::{
    Agent, Date, Effect, FeatureId, Intent, LeaseToken, LineId, Now, Reason, Refused, Repair,
    SignatureVerifier, Source, Storage, UdiSource, limits::MAX_FILE_LEN,
};

use super::command::Command;
use super::grammar;
use super::job::JobQueue;
use super::table::ROWS;
use crate::files;
use crate::visible::visible;

/// Owner of the units that an operator acquires.
const OPERATOR: u32 = 0;

/// What a console needs from its surroundings.
pub trait Host {
    /// Reads a file that the operator names, or says that it is too long. Unless something else is
    /// said: one of the system, as [`read_file`](crate::read_file) does.
    ///
    /// # Errors
    /// What the system says.
    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        files::read_file(name, MAX_FILE_LEN)
    }

    /// Writes a file that the operator names. Unless something else is said: one of the system.
    ///
    /// # Errors
    /// What the system says.
    fn write(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        files::write_file(Path::new(name), content)
    }

    /// The text of a license agreement.
    fn agreement(&mut self, name: &str) -> Option<String>;

    /// Shows a text and asks a question; no answer is no.
    fn confirm(&mut self, text: &str, question: &str) -> bool;
}

/// What to print, and whether it was a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// For the operator.
    pub text: String,
    /// Whether everything that was asked for was done, or granted.
    pub done: bool,
}

/// Carries a command out. The queue is that of the same boot: jobs end with it.
pub fn run<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &mut Agent<'_, S, V, U>,
    jobs: &mut JobQueue<'_>,
    command: &Command,
    now: Now,
    host: &mut dyn Host,
) -> Outcome {
    let mut text = String::new();
    let result = carry_out(agent, jobs, command, now, host, &mut text);
    match result {
        Ok(done) => Outcome { text, done },
        Err(problem) => {
            text.push_str(&problem);
            text.push('\n');
            Outcome { text, done: false }
        }
    }
}

fn carry_out<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &mut Agent<'_, S, V, U>,
    jobs: &mut JobQueue<'_>,
    command: &Command,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, String> {
    agent.tick(now);
    match command {
        Command::Install { file, what_if } => install(agent, file, *what_if, now, host, text),
        Command::Clear(line) => {
            let id = find_line(agent, line)?;
            agent.clear(id, now).map_err(refusal)?;
            let _ = writeln!(text, "line {id} cleared");
            Ok(true)
        }
        Command::ClearRefused => clear_refused(agent, text),
        Command::Job(command) => jobs.carry_out(agent, command, now, host, text),
        Command::Events { group, on } => {
            agent.enable_events(*group, *on);
            let switch = if *on { "on" } else { "off" };
            let _ =
                writeln!(text, "events about {} are {switch} until the next boot", group.name());
            Ok(true)
        }
        Command::ShowJobs => {
            let _ = jobs.jobs().show(text);
            Ok(true)
        }
        Command::Comment { line, text: comment } => {
            let id = find_line(agent, line)?;
            agent.comment(id, comment.as_bytes()).map_err(refusal)?;
            let _ = writeln!(text, "comment of line {id} kept");
            Ok(true)
        }
        Command::Save(file) => save(agent, file, host, text),
        Command::BootLevel { level, disable } => {
            let id = find_feature(agent, level)?;
            let result =
                if *disable { agent.request_any_level(id) } else { agent.request_level(id) };
            result.map_err(refusal)?;
            let next = agent.next_level(id).and_then(|id| agent.catalog().feature(id));
            let next = next.map_or("none", |feature| feature.name());
            let _ = writeln!(text, "next reboot level: {next}");
            Ok(true)
        }
        Command::Priority { line, priority } => {
            let id = find_line(agent, line)?;
            agent.set_priority(id, *priority).map_err(refusal)?;
            let _ = writeln!(text, "priority of line {id} set");
            Ok(true)
        }
        Command::Accept(feature) => accept(agent, feature.as_deref(), now, host, text),
        Command::Activate(feature) => {
            let id = find_feature(agent, feature)?;
            agent.activate(id, now).map_err(|denial| refusal(denial.reason))?;
            let _ = writeln!(text, "{feature} activated");
            Ok(true)
        }
        Command::Deactivate(feature) => {
            let id = find_feature(agent, feature)?;
            agent.deactivate(id, now).map_err(refusal)?;
            let _ = writeln!(text, "{feature} deactivated");
            Ok(true)
        }
        Command::Acquire { feature, units } => {
            let id = find_feature(agent, feature)?;
            match agent.acquire(id, *units, OPERATOR, now) {
                Ok(token) => {
                    let _ =
                        writeln!(text, "{units} of {feature} acquired, token {}", token.to_bits());
                    Ok(true)
                }
                Err(denial) if denial.reason == Reason::CountTooLow => Err(format!(
                    "refused: {}: {} needed, {} licensed",
                    denial.reason, denial.needed, denial.licensed
                )),
                Err(denial) => Err(refusal(denial.reason)),
            }
        }
        Command::Release(token) => {
            agent.release(LeaseToken::from_bits(*token), OPERATOR, now).map_err(refusal)?;
            text.push_str("released\n");
            Ok(true)
        }
        Command::Show(form) => {
            let _ = agent.show(*form, text);
            Ok(true)
        }
        Command::Explain(feature) => {
            let id = find_feature(agent, feature)?;
            let _ = agent.show_explanation(id, text);
            Ok(agent.check(id, now.uptime).is_granted())
        }
        Command::Help => {
            text.push_str(&grammar::help(ROWS));
            Ok(true)
        }
    }
}

fn install<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &mut Agent<'_, S, V, U>,
    file: &str,
    what_if: bool,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, String> {
    let content = host.read(file).and_then(|content| {
        // A host of another kind may have read more.
        if content.len() > MAX_FILE_LEN { Err(ErrorKind::FileTooLarge.into()) } else { Ok(content) }
    });
    let content = content.map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => {
            format!("{} has more than {MAX_FILE_LEN} bytes and is no license file", visible(file))
        }
        _ => format!("cannot read {}: {error}", visible(file)),
    })?;
    let (mut installed, mut existing, mut failed) = (0_u32, 0_u32, 0_u32);
    let intent = if what_if { Intent::WhatIf } else { Intent::Install };
    let mut dates = Vec::new();
    agent.install(&content, intent, now, |taken| {
        let what = match &taken.record {
            Some(nodelock::Record::License(line)) => format!("{}", line.terms().feature),
            Some(nodelock::Record::Key(key)) => format!("key {}", key.terms().id),
            Some(nodelock::Record::Repair(record)) => {
                format!("repair of {}", record.terms().repair.name())
            }
            None => format!("byte {}", taken.offset),
        };
        let day = match &taken.record {
            Some(nodelock::Record::License(line)) => Some((line.terms().issued, false)),
            Some(nodelock::Record::Repair(record)) => {
                let terms = record.terms();
                Some((terms.issued, terms.repair == Repair::Clock))
            }
            _ => None,
        };
        if let Some((issued, restarts)) = day.filter(|_| what_if && taken.result.is_ok()) {
            dates.push((taken.number, issued, restarts));
        }
        let says = match taken.result {
            Ok(effect) => {
                installed += u32::from(effect != Effect::Key);
                effect_text(effect, what_if)
            }
            Err(Reason::AlreadyInstalled) => {
                existing += 1;
                "is installed already".to_owned()
            }
            Err(reason) => {
                failed += 1;
                format!("refused: {reason}")
            }
        };
        let _ = writeln!(text, "{} {what}: {says}", taken.number);
    });
    for (number, issued, restarts) in dates {
        text.push_str(&date_text(agent, number, issued, restarts));
    }
    let total = installed + existing + failed;
    let verb = if what_if { "would be installed" } else { "installed" };
    let _ = writeln!(
        text,
        "{installed}/{total} {verb}, {existing}/{total} existing, {failed}/{total} failed"
    );
    Ok(failed == 0 && total > 0)
}

/// What a record would do to the clock, and what would end by that.
fn date_text<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &Agent<'_, S, V, U>,
    number: u32,
    issued: Date,
    restarts: bool,
) -> String {
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

fn effect_text(effect: Effect, what_if: bool) -> String {
    let would = if what_if { "would be " } else { "" };
    match effect {
        Effect::Key => format!("{would}trusted for the lines behind it"),
        Effect::Repairs => format!("{would}done"),
        Effect::New => format!("{would}installed"),
        Effect::Joins => format!("{would}installed beside other lines for the feature"),
        Effect::Adds(units) => format!("{would}installed, adds {units} units"),
        Effect::Replaces(id) => format!("{would}installed, takes over from line {id}"),
    }
}

/// Gives up what was refused at boot.
fn clear_refused<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &mut Agent<'_, S, V, U>,
    text: &mut String,
) -> Result<bool, String> {
    let refused: Vec<_> = agent.refused().collect();
    for Refused { place, reason } in &refused {
        agent.discard_refused(*place).map_err(refusal)?;
        let _ = writeln!(text, "stored line at place {place} removed; it was refused: {reason}");
    }
    if refused.is_empty() {
        text.push_str("no stored line was refused\n");
    }
    Ok(true)
}

fn save<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &mut Agent<'_, S, V, U>,
    file: &str,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, String> {
    let mut content = String::new();
    let _ = agent.show(nodelock::Show::File, &mut content);
    host.write(file, content.as_bytes())
        .map_err(|error| format!("cannot write {}: {error}", visible(file)))?;
    let _ = writeln!(text, "{} lines saved to {}", content.lines().count(), visible(file));
    Ok(true)
}

fn accept<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &mut Agent<'_, S, V, U>,
    feature: Option<&str>,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, String> {
    let wanted = feature.map(|name| find_feature(agent, name)).transpose()?;
    let mut open: Vec<FeatureId> = agent
        .lines()
        .filter(|held| held.agreement() == Some(false))
        .filter_map(|held| held.feature())
        .filter(|&id| wanted.is_none_or(|wanted| wanted == id))
        .collect();
    open.dedup();
    if open.is_empty() {
        text.push_str("there is no agreement to accept\n");
        return Ok(true);
    }
    let mut all = true;
    for id in open {
        let Some(entry) = agent.catalog().feature(id) else { continue };
        let name = entry.agreement().unwrap_or("agreement named by the license line");
        let agreement = host
            .agreement(name)
            .ok_or_else(|| format!("the text of the agreement {name} is not there"))?;
        let question = format!("Do you accept the agreement {name} for {}?", entry.name());
        if !host.confirm(&agreement, &question) {
            let _ = writeln!(text, "{}: not accepted", entry.name());
            all = false;
            continue;
        }
        agent.accept_eula(id, agreement.as_bytes(), now).map_err(refusal)?;
        let _ = writeln!(text, "{}: accepted", entry.name());
    }
    Ok(all)
}

fn find_feature<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &Agent<'_, S, V, U>,
    name: &str,
) -> Result<FeatureId, String> {
    agent.catalog().find(name.as_bytes()).ok_or_else(|| {
        let names: Vec<_> = agent.catalog().features().iter().map(|f| f.name()).collect();
        let name = visible(name);
        format!("{name}: {}; there are: {}", Reason::UnknownFeature, names.join(", "))
    })
}

/// A line by its id, or by its feature if that has only one.
pub(super) fn find_line<S: Storage, V: SignatureVerifier, U: UdiSource>(
    agent: &Agent<'_, S, V, U>,
    word: &str,
) -> Result<LineId, String> {
    let installed = || agent.lines().filter(|held| held.source() == Source::Installed);
    if let Some(held) = installed().find(|held| held.right().id().to_string() == word) {
        return Ok(held.right().id());
    }
    let of_feature: Vec<_> =
        installed().filter(|held| held.right().feature() == word.as_bytes()).collect();
    match of_feature.as_slice() {
        [] => {
            let (word, reason) = (visible(word), Reason::NoSuchLine);
            Err(format!("{word}: {reason}; {}", reason.remedy()))
        }
        [held] => Ok(held.right().id()),
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|held| format!("{} ({})", held.right().id(), held.license_type().name()))
                .collect();
            Err(format!("{word} has several lines; name one of {}", ids.join(", ")))
        }
    }
}

fn refusal(reason: Reason) -> String {
    format!("refused: {reason}; {}", reason.remedy())
}
