//! The commands of an operator. A row is all that there is of one: from it follow how the command is
//! read, how it is completed, and what the help says of it.

use nodelock::agent::{Priority, TicketAction};
use nodelock::event::EventGroup;
use nodelock::job::Action;
use nodelock::show::Show;

use super::command::Command;
use super::grammar::Arg::{Maybe, OneOf, Options, Rest, Word, WordOr};
use super::grammar::{Arg, Choice, Given, Wrong};
use super::job::{JobCommand, QueuedJob};

const FILE: Arg = Word("FILE", "name of a file");
const FEATURE: Arg = Word("FEATURE", "name of a feature");
const LINE: Arg =
    Word("LINE-ID|FEATURE", "id of a license line, or its feature if that has only one");
const TICKET: Arg = Word("TICKET", "name of the file with the vendor's ticket");
const PROOF: Arg = Word("PROOF", "name of a file for the proof");
const FORCE: Arg = Maybe(&OneOf(|| vec![("force", "replace a file that is there")]));
const WHAT_IF: Choice = ("what-if", "only show what would happen");

/// One command: all that its parser, its completion and its help are made from.
pub(super) struct Row {
    /// The words that it begins with.
    pub(super) path: &'static str,
    /// What stands behind them.
    pub(super) args: &'static [Arg],
    /// What it does, for operators; none for another spelling of a command, which the help does not show. A list
    /// leaves out what stands behind a semicolon if it is long.
    pub(super) help: Option<&'static str>,
    /// The command, from the words behind the path.
    pub(super) command: fn(&Given<'_>) -> Result<Command, Wrong>,
}

/// What commands with the same beginning have in common. Those of two words are one line in the list of all.
pub(super) const GROUPS: &[(&str, &str)] = &[
    ("license", "install, use, clear and look after licenses"),
    ("license job", "queue, run and delete jobs"),
    ("license comment", "keep a comment with a line, or delete it"),
    ("license accept", "accept license agreements"),
    ("license boot", "choose the image level for the next boot"),
    ("license modify", "choose which line is used first"),
    ("license lease", "take units back from whoever has them"),
    ("license revoke", "move licenses to other devices, or give them back"),
    ("license save", "write the installed lines, or a credential, to a file"),
    ("show", "show licenses, features, jobs and leases"),
];

/// What the commands that begin so have in common.
pub(super) fn group_help(path: &str) -> Option<&'static str> {
    GROUPS.iter().find(|(group, _)| *group == path).map(|(_, help)| *help)
}

/// In the order of the help.
pub(super) const ROWS: &[Row] = &[
    Row {
        path: "license install",
        args: &[
            WordOr(
                "FILE",
                "name of a license file; - is the standard input",
                ("terminal", "the lines that are pasted next, up to an empty one"),
            ),
            Maybe(&OneOf(|| vec![WHAT_IF])),
        ],
        help: Some("install the licenses in a file; with what-if, only show what would happen"),
        command: |given| {
            // Written otherwise, e.g. ./terminal, it is a file.
            let file = if given.is_keyword(0) { "-".to_owned() } else { given.text(0) };
            Ok(Command::Install { file, what_if: given.get(1).is_some() })
        },
    },
    Row {
        path: "license install",
        args: &[FILE, OneOf(|| vec![("--what-if", "only show what would happen")])],
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
        args: &[WordOr(
            "LINE-ID|FEATURE",
            "id of a license line, or its feature if that has only one",
            ("refused", "the stored lines that were refused at boot"),
        )],
        help: Some("remove a line; with refused, the stored lines that were refused at boot"),
        command: |given| {
            Ok(match given.is_keyword(0) {
                true => Command::ClearRefused,
                false => Command::Clear(given.text(0)),
            })
        },
    },
    Row {
        path: "license comment add",
        args: &[LINE, Rest("TEXT", "the comment")],
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
        args: &[FILE, Maybe(&OneOf(|| vec![("force", "replace a file that is there")]))],
        help: Some("write the installed lines to a file; with force, also over one that is there"),
        command: |given| Ok(Command::Save { file: given.text(0), force: given.get(1).is_some() }),
    },
    Row {
        path: "license save credential",
        args: &[FILE, FORCE],
        help: Some("write who this device is and what it has, for the vendor"),
        command: |given| {
            Ok(Command::SaveCredential { file: given.text(0), force: given.get(1).is_some() })
        },
    },
    Row {
        path: "license revoke",
        args: &[TICKET, PROOF, FORCE],
        help: Some("give up for good what a ticket names, and write the proof"),
        command: |given| ticket(given, TicketAction::Apply),
    },
    Row {
        path: "license revoke again",
        args: &[TICKET, PROOF, FORCE],
        help: Some("write the proof of a ticket once more"),
        command: |given| ticket(given, TicketAction::Again),
    },
    Row {
        path: "license revoke cancel",
        args: &[TICKET, PROOF, FORCE],
        help: Some("never apply a ticket; write the word that says so"),
        command: |given| ticket(given, TicketAction::Cancel),
    },
    Row {
        path: "license revoke what-if",
        args: &[TICKET],
        help: Some("only show what a ticket would take"),
        command: |given| {
            let (ticket, action) = (given.text(0), TicketAction::Apply);
            Ok(Command::Ticket { ticket, proof: None, action, force: false })
        },
    },
    Row {
        path: "license revoke give-up",
        args: &[LINE, PROOF, FORCE],
        help: Some("give up what has come from another device; write the word that says so"),
        command: |given| {
            let (line, proof) = (given.text(0), given.text(1));
            Ok(Command::GiveUp { line, proof, force: given.get(2).is_some() })
        },
    },
    Row {
        path: "license boot level",
        args: &[
            Word("NAME", "name of an image level"),
            Maybe(&OneOf(|| vec![("disable", "withdraw that choice")])),
        ],
        help: Some("choose the image level for the next boot; disable withdraws that"),
        command: |given| {
            Ok(Command::BootLevel { level: given.text(0), disable: given.get(1).is_some() })
        },
    },
    Row {
        path: "license modify priority",
        args: &[
            LINE,
            OneOf(|| {
                vec![
                    ("high", "before other lines for the feature"),
                    ("low", "after other lines for the feature"),
                    ("default", "as its type says"),
                ]
            }),
        ],
        help: Some("use a line before others for its feature, or after them"),
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
        help: Some("show the license agreements that are open, and accept them"),
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
        args: &[OneOf(|| vec![("activate", "start"), ("deactivate", "stop")]), FEATURE],
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
        args: &[FEATURE, Maybe(&Word("UNITS", "how many, from 1"))],
        help: Some("take units of a counted feature, one if not said; shows a token"),
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
        args: &[Word("TOKEN", "what license acquire has shown")],
        help: Some("give units back that were taken here"),
        command: |given| Ok(Command::Release(given.read(0, "token", |token| token.parse().ok())?)),
    },
    Row {
        path: "license lease release",
        args: &[Word("TOKEN", "of a lease; show license leases lists them")],
        help: Some("take units back from whoever has them"),
        command: |given| {
            Ok(Command::ReleaseLease(given.read(0, "token", |token| token.parse().ok())?))
        },
    },
    Row {
        path: "license job install",
        args: &[FILE, Options],
        help: Some("queue: install the licenses in a file"),
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
        help: Some("queue: remove a line"),
        command: |given| {
            job(given, 1, QueuedJob { line: Some(given.text(0)), ..QueuedJob::new(Action::Clear) })
        },
    },
    Row {
        path: "license job backup",
        args: &[FILE, Options],
        help: Some("queue: write the installed lines to a file"),
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
        args: &[Word("LICENSE-FILE", "name of a license file"), FILE, Options],
        help: Some("queue: write the agreements for a file"),
        command: |given| job(given, 2, from_to(given, Action::GenerateEula)),
    },
    Row {
        path: "license job process-permission-ticket",
        args: &[FILE, Word("REHOST-TICKET-FILE", "name of a file for the rehost ticket"), Options],
        help: Some("queue: carry out a permission ticket"),
        command: |given| job(given, 2, from_to(given, Action::ProcessPermissionTicket)),
    },
    Row {
        path: "license job regenerate-last-rehost-ticket",
        args: &[FILE, Options],
        help: Some("queue: write the last rehost ticket again"),
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
        args: &[Word("NUMBER", "of a job; show license jobs lists them")],
        help: Some("delete a job"),
        command: |given| {
            let number = given.read(0, "job", |number| number.parse().ok())?;
            Ok(Command::Job(JobCommand::Delete(number)))
        },
    },
    Row {
        path: "license events",
        args: &[
            OneOf(groups),
            OneOf(|| vec![("on", "report them"), ("off", "do not report them")]),
        ],
        help: Some("report events of a group, or do not; until the next boot"),
        command: |given| {
            let known = |name: &str| EventGroup::ALL.into_iter().find(|group| group.name() == name);
            let group = given.read(0, "group of events", known)?;
            Ok(Command::Events { group, on: given.get(1) == Some("on") })
        },
    },
    Row {
        path: "show license",
        args: &[Maybe(&OneOf(forms))],
        help: Some("show the installed lines, or one of these lists"),
        command: |given| match given.get(0) {
            None => Ok(Command::Show(Show::Brief)),
            Some("brief") => Ok(Command::ShowTable),
            Some("jobs") => Ok(Command::ShowJobs),
            Some("leases") => Ok(Command::ShowLeases),
            Some(_) => Ok(Command::Show(given.read(0, "form", Show::parse)?)),
        },
    },
    Row {
        path: "explain",
        args: &[FEATURE, Maybe(&Word("UNITS", "how many, from 1"))],
        help: Some("say why a feature may run or not, and what to do"),
        command: |given| {
            let units = match given.get(1) {
                None => 0,
                Some(_) => given.read(1, "number of units", |units| {
                    units.parse().ok().filter(|&units| units > 0)
                })?,
            };
            Ok(Command::Explain { feature: given.text(0), units })
        },
    },
    Row {
        path: "help",
        args: &[Maybe(&Rest("COMMAND", "the first words of commands"))],
        help: Some("list the commands, or say more of those that begin so"),
        command: |given| Ok(Command::Help(given.rest(0).join(" "))),
    },
];

fn forms() -> Vec<Choice> {
    let of_agent = Show::ALL.iter().filter(|(word, _)| !word.is_empty());
    let mut forms: Vec<_> = of_agent.map(|(word, form)| (*word, form_help(*form))).collect();
    forms.push(("brief", "a table with one row for each line"));
    forms.push(("jobs", "jobs and what became of them"));
    forms.push(("leases", "who has which units"));
    forms.sort_unstable();
    forms
}

fn form_help(form: Show) -> &'static str {
    match form {
        Show::All => "all lines, grouped by where they came from",
        Show::Detail => "all lines, with everything that is known",
        Show::Feature => "the features of the product",
        Show::Statistics => "how many lines of which kind, and what went wrong",
        Show::Status => "clock, levels and storage",
        Show::Udi => "the device's own UDIs",
        Show::Evaluation => "trials",
        Show::Expiring => "lines that will end, or have",
        Show::InUse => "lines that serve a running feature",
        Show::Permanent => "lines without an end",
        Show::History => "what happened to lines in the life of the device",
        Show::File => "the installed lines as a license file",
        _ => "",
    }
}

fn groups() -> Vec<Choice> {
    let help = |group| match group {
        EventGroup::Usage => "what is used, and what ends",
        EventGroup::Deployment => "what is installed, cleared and accepted",
        EventGroup::Error => "what is wrong with storage and clocks",
    };
    EventGroup::ALL.iter().map(|group| (group.name(), help(*group))).collect()
}

fn ticket(given: &Given<'_>, action: TicketAction) -> Result<Command, Wrong> {
    let (ticket, proof) = (given.text(0), Some(given.text(1)));
    Ok(Command::Ticket { ticket, proof, action, force: given.get(2).is_some() })
}

/// A job that reads its first file and writes its second.
fn from_to(given: &Given<'_>, action: Action) -> QueuedJob {
    let (source, destination) = (Some(given.text(0)), Some(given.text(1)));
    QueuedJob { source, destination, ..QueuedJob::new(action) }
}

/// A job with the options that stand from this place on.
fn job(given: &Given<'_>, place: usize, mut job: QueuedJob) -> Result<Command, Wrong> {
    match job.set_options(given.rest(place)) {
        Ok(()) => Ok(Command::Job(JobCommand::Queue(job))),
        Err(wrong) => {
            let word = given.text(place + wrong);
            Err(Wrong { what: "member of a stack, from 1", place: place + wrong, word })
        }
    }
}
