//! The commands of an operator. A row is all that there is of one: from it follow how the command is
//! read, how it is completed, and what the help says of it.

use nodelock::agent::Priority;
use nodelock::event::EventGroup;
use nodelock::job::Action;
use nodelock::show::Show;

use super::command::Command;
use super::grammar::Arg::{FeatureKind, Maybe, OneOf, Options, Rest, Word, WordOr};
use super::grammar::{Arg, Given, Row, Wrong};
use super::job::{JobCommand, QueuedJob};

const FILE: Arg = Word("FILE");
const FEATURE: Arg = Word("FEATURE");
const LINE: Arg = Word("LINE-ID|FEATURE");

/// In the order of the help.
pub(super) const ROWS: &[Row] = &[
    Row {
        path: "license install",
        args: &[FILE, Maybe(&OneOf(|| vec!["what-if"]))],
        help: Some("install the licenses in a file; with what-if, only show what would happen"),
        command: |given| {
            Ok(Command::Install { file: given.text(0), what_if: given.get(1).is_some() })
        },
    },
    Row {
        path: "license install",
        args: &[FILE, OneOf(|| vec!["--what-if"])],
        help: None,
        command: |given| Ok(Command::Install { file: given.text(0), what_if: true }),
    },
    Row {
        path: "license install --what-if",
        args: &[FILE],
        help: None,
        command: |given| Ok(Command::Install { file: given.text(0), what_if: true }),
    },
    Row {
        path: "license clear",
        args: &[WordOr("LINE-ID|FEATURE", "refused")],
        help: Some("remove a line; with refused, the stored lines that were refused at boot"),
        command: |given| {
            Ok(match given.get(0) {
                Some("refused") => Command::ClearRefused,
                _ => Command::Clear(given.text(0)),
            })
        },
    },
    Row {
        path: "license comment add",
        args: &[LINE, Rest("TEXT")],
        help: Some("keep a comment with a line"),
        command: |given| {
            Ok(Command::Comment { line: given.text(0), text: given.rest(1).join(" ") })
        },
    },
    Row {
        path: "license comment delete",
        args: &[LINE],
        help: Some("delete the comment of a line"),
        command: |given| Ok(Command::Comment { line: given.text(0), text: String::new() }),
    },
    Row {
        path: "license save",
        args: &[FILE, Maybe(&OneOf(|| vec!["force"]))],
        help: Some("write the installed lines to a file; with force, also over one that is there"),
        command: |given| Ok(Command::Save { file: given.text(0), force: given.get(1).is_some() }),
    },
    Row {
        path: "license boot level",
        args: &[Word("NAME"), Maybe(&OneOf(|| vec!["disable"]))],
        help: Some("choose the image level for the next boot; with disable, withdraw that choice"),
        command: |given| {
            Ok(Command::BootLevel { level: given.text(0), disable: given.get(1).is_some() })
        },
    },
    Row {
        path: "license modify priority",
        args: &[LINE, FeatureKind("priority", || vec!["high", "low", "default"])],
        help: Some("choose whether a line is used before others for the feature, or after them"),
        command: |given| {
            let priority = match given.get(1) {
                Some("high") => Some(Priority::High),
                Some("low") => Some(Priority::Low),
                _ => None,
            };
            Ok(Command::Priority { line: given.text(0), priority })
        },
    },
    Row {
        path: "license accept end user agreement",
        args: &[Maybe(&FEATURE)],
        help: Some("show the license agreements that nobody has accepted yet, and accept them"),
        command: |given| Ok(Command::Accept(given.get(0).map(str::to_owned))),
    },
    Row {
        path: "license activate",
        args: &[FEATURE],
        help: Some("start using a feature"),
        command: |given| Ok(Command::Activate(given.text(0))),
    },
    Row {
        path: "license deactivate",
        args: &[FEATURE],
        help: Some("stop using a feature"),
        command: |given| Ok(Command::Deactivate(given.text(0))),
    },
    Row {
        path: "license right-to-use",
        args: &[OneOf(|| vec!["activate", "deactivate"]), FEATURE],
        help: Some("the same, in the words of rights to use"),
        command: |given| {
            Ok(match given.get(0) {
                Some("activate") => Command::Activate(given.text(1)),
                _ => Command::Deactivate(given.text(1)),
            })
        },
    },
    Row {
        path: "license acquire",
        args: &[FEATURE, Maybe(&Word("UNITS"))],
        help: Some("take units of a counted feature, one if no number is given; shows a token"),
        command: |given| {
            let units = match given.get(1) {
                None => 1,
                Some(_) => given.read(1, "number of units", |units| {
                    units.parse().ok().filter(|&units| units > 0)
                })?,
            };
            Ok(Command::Acquire { feature: given.text(0), units })
        },
    },
    Row {
        path: "license release",
        args: &[Word("TOKEN")],
        help: Some("give units back"),
        command: |given| Ok(Command::Release(given.read(0, "token", |token| token.parse().ok())?)),
    },
    Row {
        path: "license job install",
        args: &[FILE, Options],
        help: Some("queue a job: install the licenses in a file"),
        command: |given| {
            job(
                given,
                1,
                QueuedJob { source: Some(given.text(0)), ..QueuedJob::new(Action::Install) },
            )
        },
    },
    Row {
        path: "license job clear",
        args: &[LINE, Options],
        help: Some("queue a job: remove a line"),
        command: |given| {
            job(given, 1, QueuedJob { line: Some(given.text(0)), ..QueuedJob::new(Action::Clear) })
        },
    },
    Row {
        path: "license job backup",
        args: &[FILE, Options],
        help: Some("queue a job: write the installed lines to a file"),
        command: |given| {
            job(
                given,
                1,
                QueuedJob { destination: Some(given.text(0)), ..QueuedJob::new(Action::Backup) },
            )
        },
    },
    Row {
        path: "license job generate-eula",
        args: &[Word("LICENSE-FILE"), FILE, Options],
        help: Some("queue a job: write the agreements that the licenses in a file need"),
        command: |given| job(given, 2, from_to(given, Action::GenerateEula)),
    },
    Row {
        path: "license job process-permission-ticket",
        args: &[FILE, Word("REHOST-TICKET-FILE"), Options],
        help: Some("queue a job: carry out a permission ticket"),
        command: |given| job(given, 2, from_to(given, Action::ProcessPermissionTicket)),
    },
    Row {
        path: "license job regenerate-last-rehost-ticket",
        args: &[FILE, Options],
        help: Some("queue a job: write the last rehost ticket again"),
        command: |given| {
            let action = Action::RegenerateLastRehostTicket;
            job(given, 1, QueuedJob { destination: Some(given.text(0)), ..QueuedJob::new(action) })
        },
    },
    Row {
        path: "license job no-op",
        args: &[Options],
        help: Some("queue a job that does nothing"),
        command: |given| job(given, 0, QueuedJob::new(Action::NoOp)),
    },
    Row {
        path: "license job run",
        args: &[],
        help: Some("carry out the jobs in the queue"),
        command: |_| Ok(Command::Job(JobCommand::Run)),
    },
    Row {
        path: "license job delete",
        args: &[Word("NUMBER")],
        help: Some("delete a job"),
        command: |given| {
            let number = given.read(0, "job", |number| number.parse().ok())?;
            Ok(Command::Job(JobCommand::Delete(number)))
        },
    },
    Row {
        path: "license events",
        args: &[
            FeatureKind("group of events", groups),
            FeatureKind("switch", || vec!["on", "off"]),
        ],
        help: Some("report the events of a group, or do not, until the next boot"),
        command: |given| {
            let known = |name: &str| EventGroup::ALL.into_iter().find(|group| group.name() == name);
            let group = given.read(0, "group of events", known)?;
            Ok(Command::Events { group, on: given.get(1) == Some("on") })
        },
    },
    Row {
        path: "show license",
        args: &[Maybe(&FeatureKind("form", forms))],
        help: Some("show the installed lines, or one of these lists"),
        command: |given| match given.get(0) {
            None => Ok(Command::Show(Show::Brief)),
            Some(JOBS) => Ok(Command::ShowJobs),
            Some(_) => Ok(Command::Show(given.read(0, "form", Show::parse)?)),
        },
    },
    Row {
        path: "explain",
        args: &[FEATURE],
        help: Some("say why a feature may run or not, and what to do"),
        command: |given| Ok(Command::Explain(given.text(0))),
    },
    Row { path: "help", args: &[], help: Some("show this list"), command: |_| Ok(Command::Help) },
    Row { path: "?", args: &[], help: None, command: |_| Ok(Command::Help) },
];

/// Words behind which nothing but one kind of thing can stand: if none of the rows fits, all that is
/// there is said to be none.
pub(super) const FAMILIES: &[(&[&str], &str)] = &[(&["license", "job"], "job")];

/// The form of `show license` that the agent does not know.
const JOBS: &str = "jobs";

fn forms() -> Vec<&'static str> {
    let words = Show::ALL.iter().map(|(word, _)| *word).filter(|word| !word.is_empty());
    let mut words: Vec<_> = words.chain([JOBS]).collect();
    words.sort_unstable();
    words
}

fn groups() -> Vec<&'static str> {
    EventGroup::ALL.iter().map(|group| group.name()).collect()
}

/// A job that reads its first file and writes its second.
fn from_to(given: &Given<'_>, action: Action) -> QueuedJob {
    let (source, destination) = (Some(given.text(0)), Some(given.text(1)));
    QueuedJob { source, destination, ..QueuedJob::new(action) }
}

/// A job with the options that stand from this place on.
fn job(given: &Given<'_>, place: usize, mut job: QueuedJob) -> Result<Command, Wrong> {
    match job.set_options(given.rest(place)) {
        Some(()) => Ok(Command::Job(JobCommand::Queue(job))),
        None => Err(Wrong { what: "job", word: String::new() }),
    }
}
