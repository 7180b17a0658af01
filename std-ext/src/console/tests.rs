use nodelock::agent::Priority;
use nodelock::event::EventGroup;
use nodelock::job::{Action, JobRequest};
use nodelock::show::Show;

use super::grammar::{self, Arg, Row};
use super::table::ROWS;
use super::*;

#[test]
fn every_command_of_the_help_is_read() {
    let id = "01010101010101010101";
    for (line, command) in [
        ("help", Command::Help),
        ("  show   license ", Command::Show(Show::Brief)),
        ("show license in-use", Command::Show(Show::InUse)),
        ("explain voice", Command::Explain("voice".into())),
        ("license install a.lic", Command::Install { file: "a.lic".into(), what_if: false }),
        ("license install a.lic what-if", Command::Install { file: "a.lic".into(), what_if: true }),
        (
            "license install --what-if a.lic",
            Command::Install { file: "a.lic".into(), what_if: true },
        ),
        ("license clear voice", Command::Clear("voice".into())),
        (
            "license comment add voice for  the branch",
            Command::Comment { line: "voice".into(), text: "for the branch".into() },
        ),
        (
            "license comment delete voice",
            Command::Comment { line: "voice".into(), text: "".into() },
        ),
        ("license save b.lic", Command::Save { file: "b.lic".into(), force: false }),
        ("license save b.lic force", Command::Save { file: "b.lic".into(), force: true }),
        ("license boot level sec", Command::BootLevel { level: "sec".into(), disable: false }),
        (
            "license boot level sec disable",
            Command::BootLevel { level: "sec".into(), disable: true },
        ),
        (
            "license modify priority voice high",
            Command::Priority { line: "voice".into(), priority: Some(Priority::High) },
        ),
        (
            "license modify priority voice default",
            Command::Priority { line: "voice".into(), priority: None },
        ),
        ("license accept end user agreement", Command::Accept(None)),
        ("license accept end user agreement voice", Command::Accept(Some("voice".into()))),
        ("license right-to-use activate cam", Command::Activate("cam".into())),
        ("license deactivate cam", Command::Deactivate("cam".into())),
        ("license acquire ap 5", Command::Acquire { feature: "ap".into(), units: 5 }),
        ("license acquire ap", Command::Acquire { feature: "ap".into(), units: 1 }),
        ("license release 4294967296", Command::Release(1 << 32)),
        ("license clear refused", Command::ClearRefused),
        ("license events error off", Command::Events { group: EventGroup::Error, on: false }),
        ("show license jobs", Command::ShowJobs),
        ("license job run", Command::Job(JobCommand::Run)),
        ("license job delete 7", Command::Job(JobCommand::Delete(7))),
        (
            "license job install a.lic member 2 accept-eula stop-on-failure",
            Command::Job(JobCommand::Queue(QueuedJob {
                request: JobRequest {
                    member: 1,
                    stop_on_failure: true,
                    accept_eula: true,
                    ..JobRequest::new(Action::Install)
                },
                line: None,
                source: Some("a.lic".into()),
                destination: None,
                force: false,
            })),
        ),
        (&format!("license clear {id}"), Command::Clear(id.into())),
    ] {
        assert_eq!(Command::parse(line), Ok(command), "{line}");
    }
}

#[test]
fn other_lines_are_answered_with_what_there_is() {
    for line in [
        "",
        "license",
        "show",
        "show license everything",
        "license comment add voice",
        "license modify priority voice medium",
        "license acquire ap 0",
        "license acquire ap many",
        "license release x",
        "explain",
        "LICENSE INSTALL x",
        "license events",
        "license events all on",
        "license events usage maybe",
        "license job",
        "license job install",
        "license job install x member 0",
        "license job install x member 256",
        "license job clear x quickly",
        "license job delete x",
    ] {
        let error = Command::parse(line).unwrap_err().to_string();
        assert!(error.contains("license install FILE"), "{line}: {error}");
    }
}

/// Words that a row takes: those that it knows, or one for each name. With its optional words, or
/// without them.
fn sample(row: &Row, all: bool) -> Vec<String> {
    fn word(arg: &Arg) -> String {
        match arg {
            Arg::OneOf(known) | Arg::FeatureKind(_, known) => known()[0].to_owned(),
            Arg::Maybe(arg) => word(arg),
            Arg::Options => "accept-eula".to_owned(),
            Arg::Word("UNITS" | "TOKEN" | "NUMBER") => "7".to_owned(),
            Arg::Word(_) | Arg::WordOr(..) | Arg::Rest(_) => "voice".to_owned(),
        }
    }
    let path = row.path.split(' ').map(str::to_owned);
    let args = row.args.iter().filter(|arg| all || !matches!(arg, Arg::Maybe(_) | Arg::Options));
    path.chain(args.map(word)).collect()
}

#[test]
fn every_row_of_the_table_is_read_completed_and_helped_with() {
    let (help, usage) = (grammar::help(ROWS), grammar::usage(ROWS));
    // Long lists of words are wrapped.
    let plain =
        |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace("| ", "|");
    for row in ROWS {
        for all in [true, false] {
            let words = sample(row, all);
            let line = words.join(" ");
            assert!(Command::parse(&line).is_ok(), "{line}");
            let Some(sentence) = row.help else { continue };
            let written = plain(&format!("{}\n{sentence}", row.usage()));
            assert!(plain(&help).contains(&written), "{written}");
            assert!(plain(&usage).contains(&row.usage()), "{}", row.usage());
            // Each word that the row knows is offered, from its first letter on.
            for (i, word) in
                words.iter().enumerate().filter(|(_, word)| *word != "voice" && *word != "7")
            {
                let begun = format!("{} {}", words[..i].join(" "), &word[..1]);
                let offered = Command::complete(begun.trim_start());
                assert!(
                    offered.iter().any(|offer| offer.trim_end() == word),
                    "{begun}: {offered:?}"
                );
            }
        }
    }
    assert_eq!(Command::complete(""), ["explain ", "help", "license ", "show "]);
    assert_eq!(Command::complete("license clear "), ["refused"]);
    assert_eq!(Command::complete("license job install a.lic m"), ["member"]);
    assert_eq!(Command::complete("explain "), Vec::<String>::new());
    assert_eq!(Command::complete("nonsense "), Vec::<String>::new());
    assert!(Command::complete("show license ").contains(&"jobs".to_owned()));
}

#[test]
fn jobs_are_asked_for_by_the_names_that_lists_show() {
    for row in ROWS.iter().filter(|row| matches!(row.args, [.., Arg::Options])) {
        let Ok(Command::Job(JobCommand::Queue(job))) = Command::parse(&sample(row, true).join(" "))
        else {
            panic!("{}", row.path)
        };
        assert!(row.path.ends_with(job.request.action.name()), "{}", row.path);
        assert!(job.request.accept_eula);
    }
}
