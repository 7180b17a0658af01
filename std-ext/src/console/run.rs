//! Carrying commands out.

use std::fmt::Write;

use nodelock::agent::{AgentLine, Ports, Refused};
use nodelock::catalog::FeatureKind;
use nodelock::lease::LeaseToken;
use nodelock::limits::MAX_COMMENT_LEN;
use nodelock::rights::Verdict;
use nodelock::value::LineId;
use nodelock::{Agent, Denial, FeatureHandle, Now, Reason};

use super::command::Command;
use super::find::{find_feature, find_line, refusal};
use super::host::{Host, not_written};
use super::install::{install, install_text};
use super::job::JobQueue;
use super::show;
use crate::agent_device::{agreement_of, answer_on_agent};
use crate::reading::Reading;
use crate::report::InstallReport;
use crate::storage::Backups;
use crate::visible::visible;

/// Owner of the units that an operator acquires.
pub(super) const OPERATOR: u32 = 0;

/// How a command ended. The numbers are the exit statuses of the command `nodelock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// Everything that was asked for was done, or granted.
    Done = 0,
    /// Something was refused, or denied.
    Refused = 1,
    /// It was no command.
    Usage = 2,
    /// Something could not be read or written.
    Io = 3,
    /// Whole license lines were there, and all of them are for other devices.
    NotForThisDevice = 4,
}

/// What to print, and whether it was a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// For the operator.
    pub text: String,
    /// Whether everything that was asked for was done, or granted.
    pub done: bool,
    /// The same, and why not.
    pub ending: Ending,
    /// What became of each record, if a license file was installed.
    pub report: Option<InstallReport>,
}

/// Why a command was not carried out.
pub(super) struct Problem {
    pub(super) text: String,
    pub(super) ending: Ending,
}

impl Problem {
    pub(super) fn io(text: String) -> Self {
        Self { text, ending: Ending::Io }
    }
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self { text, ending: Ending::Refused }
    }
}

/// Carries a command out. The queue is that of the same boot: jobs end with it.
pub fn run<P: Ports>(
    agent: &mut Agent<'_, P>,
    jobs: &mut JobQueue<'_>,
    command: &Command,
    now: Now,
    host: &mut dyn Host,
) -> Outcome {
    let mut text = String::new();
    let mut report = None;
    let result = match command {
        Command::Filtered { command, filters } => {
            let whole = run(agent, jobs, command, now, host);
            text = filters.iter().fold(whole.text, |text, filter| filter.apply(&text));
            Ok(whole.ending)
        }
        Command::Install { file, what_if } => {
            agent.tick(now);
            install(agent, file, *what_if, now, host, &mut text).map(|(told, ending)| {
                report = Some(told);
                ending
            })
        }
        Command::InstallText(records) => {
            agent.tick(now);
            let (told, ending) =
                install_text(agent, &Reading::of_bytes(records.as_bytes()), false, now, &mut text);
            report = Some(told);
            Ok(ending)
        }
        command => carry_out(agent, jobs, command, now, host, &mut text)
            .map(|done| if done { Ending::Done } else { Ending::Refused }),
    };
    let ending = result.unwrap_or_else(|problem| {
        text.push_str(&problem.text);
        text.push('\n');
        problem.ending
    });
    Outcome { text, done: ending == Ending::Done, ending, report }
}

fn carry_out<P: Ports>(
    agent: &mut Agent<'_, P>,
    jobs: &mut JobQueue<'_>,
    command: &Command,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, Problem> {
    agent.tick(now);
    match command {
        Command::Clear(line) => {
            let id = find_line(agent, line)?;
            agent.clear(id, now).map_err(|reason| not_cleared(agent, id, reason))?;
            let _ = writeln!(text, "line {id} cleared");
            Ok(true)
        }
        Command::ClearRefused => Ok(clear_refused(agent, text)?),
        Command::Job(command) => Ok(jobs.carry_out(agent, command, now, host, text)?),
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
            let had_one = agent
                .read_comment(id, &mut [0; MAX_COMMENT_LEN])
                .is_ok_and(|comment| !comment.is_empty());
            agent.comment(id, comment.as_bytes()).map_err(refusal)?;
            let what = if !comment.is_empty() {
                "saved"
            } else if had_one {
                "deleted"
            } else {
                "not there, so nothing was deleted"
            };
            let _ = writeln!(text, "comment of line {id} {what}");
            Ok(true)
        }
        Command::Save { file, force } => save(agent, file, *force, host, text),
        Command::BootLevel { level, disable } => Ok(boot_level(agent, level, *disable, now, text)?),
        Command::Priority { line, priority } => {
            let id = find_line(agent, line)?;
            agent.set_priority(id, *priority).map_err(refusal)?;
            let _ = writeln!(text, "priority of line {id} set");
            Ok(true)
        }
        Command::Accept(feature) => Ok(accept(agent, feature.as_deref(), now, host, text)?),
        Command::Activate(feature) => {
            let id = find_feature(agent, feature)?;
            agent.activate(id, now).map_err(|denial| denied(agent, id, denial, host))?;
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
            Ok(acquire(agent, feature, *units, now, host, text)?)
        }
        Command::Release(token) => {
            agent.release(LeaseToken::from_bits(*token), OPERATOR, now).map_err(refusal)?;
            text.push_str("released\n");
            Ok(true)
        }
        Command::ReleaseLease(token) => {
            let token = LeaseToken::from_bits(*token);
            let lease = agent.leases().find(|lease| lease.token == token);
            let lease = lease.ok_or_else(|| refusal(Reason::NoSuchLease))?;
            agent.release(token, lease.owner, now).map_err(refusal)?;
            let _ = writeln!(text, "{} units taken back from owner {}", lease.units, lease.owner);
            Ok(true)
        }
        Command::ShowTable => {
            show::table(agent, now, text);
            Ok(true)
        }
        Command::ShowLeases => {
            show::leases(agent, text);
            Ok(true)
        }
        Command::Show(form) => {
            let _ = agent.show(*form, text);
            Ok(true)
        }
        Command::Explain { feature, units } => {
            let id = find_feature(agent, feature)?;
            let mut name = String::new();
            let answer = answer_on_agent(agent, id, *units, &mut name, |name| {
                host.eula_text(name).is_some()
            });
            let _ = agent.show_answer(id, &answer, text);
            Ok(answer.verdict.is_granted())
        }
        Command::Help(told) => {
            text.push_str(told);
            Ok(true)
        }
        // Carried out above.
        Command::Install { .. } | Command::InstallText(_) | Command::Filtered { .. } => Ok(false),
    }
}

fn boot_level<P: Ports>(
    agent: &mut Agent<'_, P>,
    level: &str,
    disable: bool,
    now: Now,
    text: &mut String,
) -> Result<bool, String> {
    let id = find_feature(agent, level)?;
    let result = if disable { agent.request_any_level(id) } else { agent.request_level(id) };
    match result {
        Err(Reason::UnknownFeature) => {
            return Err(format!(
                "refused: {} is a feature and no image level; show license status lists the levels",
                visible(level)
            ));
        }
        result => result.map_err(refusal)?,
    }
    let next = agent.next_level(id);
    let name = next.and_then(|id| agent.catalog().feature(id)).map_or("none", |next| next.name());
    let _ = writeln!(text, "next reboot level: {name}");
    if disable || next == Some(id) {
        return Ok(true);
    }
    // What is asked for is remembered; it is chosen as soon as there is a license for it.
    let _ = writeln!(text, "refused: {} cannot be chosen now:", visible(level));
    match agent.check(id, now.uptime) {
        Verdict::Denied(_) => drop(agent.show_explanation(id, 0, text)),
        Verdict::Granted(_) => drop(writeln!(text, "its license has ended")),
    }
    Ok(false)
}

fn acquire<P: Ports>(
    agent: &mut Agent<'_, P>,
    feature: &str,
    units: u64,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, String> {
    let id = find_feature(agent, feature)?;
    let taken = agent.acquire(id, units, OPERATOR, now);
    let token =
        taken.map_err(|denial| denied(agent, id, Denial { needed: units, ..denial }, host))?;
    let _ = writeln!(text, "{units} of {feature} acquired, token {}", token.to_bits());
    Ok(true)
}

/// Why a line was not cleared; of an image level, which level must be chosen first.
fn not_cleared<P: Ports>(agent: &Agent<'_, P>, id: LineId, reason: Reason) -> String {
    let feature = agent.lines().find(|held| held.right().id() == id).and_then(AgentLine::feature);
    let base = feature.filter(|_| reason == Reason::LineInUse).and_then(|level| {
        let catalog = agent.catalog();
        catalog.package(level).find_map(|id| {
            let entry = catalog.feature(id)?;
            matches!(entry.kind(), FeatureKind::Level { rank: 0, .. }).then(|| entry.name())
        })
    });
    match base {
        Some(base) => format!(
            "refused: {reason}; give license boot level {base}, restart the device, and clear the line then"
        ),
        None => refusal(reason),
    }
}

/// What a verb has denied, with the fact that decided.
fn denied<P: Ports>(
    agent: &mut Agent<'_, P>,
    feature: FeatureHandle,
    denial: Denial,
    host: &mut dyn Host,
) -> String {
    let mut name = String::new();
    let has_text = |name: &str| host.eula_text(name).is_some();
    let answer = answer_on_agent(agent, feature, denial.needed, &mut name, has_text);
    if answer.reason() == Some(denial.reason) {
        return format!("refused: {answer}; {}", answer.remedy());
    }
    refusal(denial.reason)
}

/// Gives up what was refused at boot.
fn clear_refused<P: Ports>(agent: &mut Agent<'_, P>, text: &mut String) -> Result<bool, String> {
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

fn save<P: Ports>(
    agent: &mut Agent<'_, P>,
    file: &str,
    force: bool,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, Problem> {
    let mut content = String::new();
    let _ = agent.show(nodelock::show::Show::File, &mut content);
    if file == "-" {
        text.push_str(&content);
        return Ok(true);
    }
    if force
        && let Some(old) = host.read_old(file)
        && let Some(why) = Backups::of(agent).refuse(&Reading::of_bytes(old), content.as_bytes())
    {
        return Err(Problem::from(format!("refused: {} is not overwritten: {why}", visible(file))));
    }
    host.write(file, content.as_bytes(), force)
        .map_err(|error| Problem::io(not_written(file, &error, "force behind the name")))?;
    let count = content.lines().count();
    let lines = if count == 1 { "line" } else { "lines" };
    let _ = writeln!(text, "{count} {lines} saved to {}", visible(file));
    let refused = agent.refused().count();
    if refused > 0 {
        let _ = writeln!(
            text,
            "note: {refused} more cannot be read, or were refused at boot, and are not in it; show license status says why"
        );
    }
    Ok(true)
}

fn accept<P: Ports>(
    agent: &mut Agent<'_, P>,
    feature: Option<&str>,
    now: Now,
    host: &mut dyn Host,
    text: &mut String,
) -> Result<bool, String> {
    let wanted = feature.map(|name| find_feature(agent, name)).transpose()?;
    let mut open: Vec<FeatureHandle> = agent
        .lines()
        .filter(|held| held.eula_accepted() == Some(false))
        .filter_map(|held| held.feature())
        .filter(|&id| wanted.is_none_or(|wanted| wanted == id))
        .collect();
    open.dedup();
    if open.is_empty() {
        text.push_str("there is no agreement to accept\n");
        return Ok(true);
    }
    // Before anybody reads one: none can be accepted.
    if agent.unreadable().any(|reason| reason == Reason::AgreementsUnknown) {
        return Err(refusal(Reason::AgreementsUnknown));
    }
    let mut all = true;
    for id in open {
        let Some(entry) = agent.catalog().feature(id) else { continue };
        let name = agreement_of(agent, id).unwrap_or_default();
        let agreement = host.eula_text(&name).ok_or_else(|| {
            format!(
                "this firmware has no text of the agreement {} for {}; ask the vendor for a firmware that has it, or for \
                 a license without it",
                visible(&name),
                entry.name()
            )
        })?;
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
