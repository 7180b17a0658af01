use nodelock::agent::Priority;
use nodelock::event::EventGroup;
use nodelock::job::{Action, JobRequest};
use nodelock::show::Show;

use super::grammar::{Arg, Shape};
use super::table::{GROUPS, ROWS, Row};
use super::*;
use crate::console::help;

#[test]
fn every_command_of_the_help_is_read() {
    let id = "01010101010101010101";
    for (line, command) in [
        ("  show   license ", Command::Show(Show::Brief)),
        ("show license in-use", Command::Show(Show::InUse)),
        ("explain voice", Command::Explain { feature: "voice".into(), units: 0 }),
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
        ("show license brief", Command::ShowTable),
        ("show license leases", Command::ShowLeases),
        ("license lease release 7", Command::ReleaseLease(7)),
        ("license install -", Command::Install { file: "-".into(), what_if: false }),
        ("license install terminal", Command::Install { file: "-".into(), what_if: false }),
        (
            "license install 'terminal'",
            Command::Install { file: "terminal".into(), what_if: false },
        ),
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

fn refusal(line: &str) -> String {
    Command::parse(line).unwrap_err().to_string()
}

#[test]
fn keywords_may_be_shortened_and_written_in_capitals() {
    let install = |file: &str| Ok(Command::Install { file: file.into(), what_if: false });
    for line in ["sh lic", "SHOW LICENSE", "Sho Lic", "show lice"] {
        assert_eq!(Command::parse(line), Ok(Command::Show(Show::Brief)), "{line}");
    }
    assert_eq!(Command::parse("LICENSE INSTALL Abc.LIC"), install("Abc.LIC"));
    assert_eq!(Command::parse("lic inst FILE"), install("FILE"));
    // A name may be like a keyword.
    assert_eq!(Command::parse("license clear ref"), Ok(Command::Clear("ref".into())));
    assert_eq!(Command::parse("license clear 'refused'"), Ok(Command::Clear("refused".into())));
    let ambiguous = refusal("license ac voice");
    assert!(ambiguous.contains("accept or acquire or activate"), "{ambiguous}");
    assert!(refusal("show license f").contains("feature or file"));
}

#[test]
fn names_and_comments_keep_blanks_in_quotes() {
    for line in [r#"license save "a b.lic""#, "license save 'a b.lic'", r"license save a\ b.lic"] {
        assert_eq!(
            Command::parse(line),
            Ok(Command::Save { file: "a b.lic".into(), force: false }),
            "{line}"
        );
    }
    assert_eq!(
        Command::parse("license comment add voice 'two  blanks' why\\?"),
        Ok(Command::Comment { line: "voice".into(), text: "two  blanks why?".into() })
    );
    assert!(refusal("license save 'a").contains("nothing ends this quote"));
}

#[test]
fn a_question_mark_lists_what_can_follow() {
    let told = |line: &str| match Command::parse(line) {
        Ok(Command::Help(text)) => text,
        other => panic!("{line}: {other:?}"),
    };
    assert!(told("?").contains("license") && told("?").contains("explain"));
    let inst = told("license inst?");
    assert!(inst.trim().starts_with("install ") && inst.lines().count() == 1, "{inst}");
    let file = told("license install ?");
    assert!(file.contains("FILE") && file.contains("terminal"), "{file}");
    let forms = told("sh lic ?");
    for (word, help) in [("in-use", "serve a running feature"), ("<Enter>", ""), ("|", "printed")] {
        let line = forms.lines().find(|line| line.trim().starts_with(word));
        assert!(line.is_some_and(|line| line.contains(help)), "{word}: {forms}");
    }
    assert!(told("show license | ?").contains("exclude"));
    assert!(told("license job install a.lic ?").contains("accept-eula"));
    assert!(told("license acquire ap ?").contains("UNITS"));
    // Nothing is missing in any of them.
    for row in ROWS.iter().filter(|row| row.help.is_some()) {
        let mut words = sample(row, true);
        while !words.is_empty() {
            words.pop();
            let text = told(&format!("{} ?", words.join(" ")));
            for line in text.lines() {
                let is_value = line.trim() == "NUMBER";
                assert!(is_value || line.trim().contains("  "), "{words:?}: {line:?}");
                assert!(line.chars().count() < 80, "{line}");
            }
        }
    }
    assert!(refusal("license xyz?").contains("\"xyz\" is not known here"));
}

#[test]
fn what_show_prints_can_be_filtered() {
    let Ok(Command::Filtered { command, filters }) =
        Command::parse("show license | inc 'Feature: V' | count")
    else {
        panic!()
    };
    assert_eq!(*command, Command::Show(Show::Brief));
    assert_eq!(filters, [Filter::Include("Feature: V".into()), Filter::Count(None)]);
    let text = "a Voice\n b\nvideo\n";
    for (filter, left) in [
        (Filter::Include("V".into()), "a Voice\nvideo\n"),
        (Filter::Exclude("v".into()), " b\n"),
        (Filter::Begin("B".into()), " b\nvideo\n"),
        (Filter::Count(None), "3 lines\n"),
        (Filter::Count(Some("v".into())), "2 lines\n"),
    ] {
        assert_eq!(filter.apply(text), left, "{filter:?}");
    }
    for line in ["show license |", "show license | find x", "show license | include"] {
        let told = refusal(line).replace("\n  ", " ");
        assert!(told.contains("filters are include TEXT"), "{told}");
    }
    assert!(refusal("license save a.lic | count").contains("only what show"));
}

#[test]
fn a_record_in_place_of_a_command_is_installed() {
    for text in ["LICENSE 1 voice 1.0", "KEY 1 x\nLICENSE 1 y", "  LICENSE 1\n"] {
        assert_eq!(Command::parse(text), Ok(Command::InstallText(text.into())), "{text}");
    }
    // In a mail, in an answer to one, in base64.
    let record = include_str!("../../../vectors/valid/typical.lic").trim();
    let encoded = data_encoding::BASE64.encode(record.as_bytes());
    for text in [
        format!("> {record}"),
        format!("Dear customer,\nhere it is:\n\n{record}\n\nRegards"),
        encoded.clone(),
        encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n").collect(),
    ] {
        assert_eq!(Command::parse(&text), Ok(Command::InstallText(text.clone())), "{text}");
    }
    // A part of one is told what takes the whole; a greeting is no command that was mistyped.
    let part = refusal(&encoded[..64]);
    assert!(part.contains("license install FILE"), "{part}");
    assert!(refusal(&format!("license install what-if {record}")).contains("license install FILE"));
    for greeting in ["Dear customer,", "Hello,"] {
        assert!(!refusal(greeting).contains("did you mean"), "{}", refusal(greeting));
    }
    for line in ["license 1 voice", "LICENSE SAVE 1", "LICENSE"] {
        assert!(!matches!(Command::parse(line), Ok(Command::InstallText(_))), "{line}");
    }
}

#[test]
fn a_slip_is_shown_where_it_is_with_what_comes_nearest() {
    for (line, column, words) in [
        ("license instal2 x", 8, "did you mean install"),
        ("lisense install x", 0, "did you mean license"),
        ("install x.lic", 0, "did you mean license install FILE"),
        ("show license histroy", 13, "did you mean history"),
        ("license", 8, "something is missing here"),
        ("license comment add voice", 26, "TEXT"),
        ("license acquire ap 0", 19, "no number of units"),
        ("license acquire ap many", 19, "no number of units"),
        ("license release x", 16, "no token"),
        ("license events all on", 15, "deployment, error or usage"),
        ("license events usage maybe", 21, "off or on"),
        ("license modify priority voice medium", 30, "default, high or low"),
        ("license job install x member 0", 29, "no member of a stack"),
        ("license job install x member 256", 29, "no member of a stack"),
        ("license job install x member", 29, "NUMBER"),
        ("license job clear x quickly", 20, "accept-eula, force, member or stop-on-failure"),
        ("license job delete x", 19, "no job"),
        ("license job tidy", 12, "backup, clear"),
        ("explain voice now", 14, "number of units"),
        ("explain", 8, "FEATURE"),
    ] {
        let told = refusal(line);
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines.len() >= 3 && lines[0] == format!("  {line}"), "{told}");
        assert_eq!(lines[1].find('^'), Some(column + 2), "{told}");
        assert!(
            lines[2..].iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").contains(words),
            "{told}"
        );
        assert!(lines.iter().all(|line| line.len() < 80), "{told}");
    }
    assert!(refusal("").contains("help lists them"));
    // A long line is cut, and what a terminal would obey is spelled out.
    let long = refusal(&format!("explain {} \u{1b}[2J", "x".repeat(200)));
    let mut lines = long.lines();
    let (shown, mark) = (lines.next().unwrap(), lines.next().unwrap());
    assert!(shown.len() < 90 && shown[mark.find('^').unwrap()..].starts_with("\\u{1b}"), "{long}");
}

#[test]
fn help_fits_a_screen_and_a_group_can_be_asked_for() {
    let told = |line: &str| match Command::parse(line) {
        Ok(Command::Help(text)) => text,
        other => panic!("{line}: {other:?}"),
    };
    let all = told("help");
    // Four more for the commands of a product.
    assert!(all.lines().count() <= 20, "{all}");
    for text in [all.as_str(), &told("help license"), &told("help lic job")] {
        assert!(text.lines().count() <= 24 && text.lines().all(|line| line.len() < 80), "{text}");
    }
    assert!(told("help license job").contains("license job install FILE [OPTIONS]\n"));
    assert!(told("help license job").contains("OPTIONS: member NUMBER, stop-on-failure"));
    assert!(told("help show").contains("brief"), "{}", told("help show"));
    assert!(refusal("help nonsense").contains("not known"));
    for (path, _) in GROUPS {
        assert!(ROWS.iter().any(|row| row.path.starts_with(path)), "{path}");
    }
}

#[test]
fn a_product_has_commands_of_its_own() {
    const OWN: &[OwnCommand] = &[
        OwnCommand { path: "exit", takes: &[], help: "leave" },
        OwnCommand { path: "show version", takes: &[], help: "of this product" },
        OwnCommand { path: "advance", takes: &[("DURATION", "e.g. 3d2h")], help: "pass time" },
    ];
    let console = Grammar::new(OWN);
    let own = |place, words: &[&str]| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Ok(Typed::Own { place, words })
    };
    assert_eq!(console.parse("exi"), own(0, &[]));
    assert_eq!(console.parse("sh ver"), own(1, &[]));
    assert_eq!(console.parse("ADV '3 d'"), own(2, &["3 d"]));
    assert!(console.parse("ex").unwrap_err().to_string().contains("exit or explain"));
    assert!(console.parse("advance").unwrap_err().to_string().contains("DURATION"));
    assert_eq!(console.complete("sh ").words, ["license ", "version"]);
    let Ok(Typed::Command(Command::Help(help))) = console.parse("help") else { panic!() };
    assert!(help.contains("advance") && help.contains("license install"), "{help}");
}

/// Words that a row takes: those that it knows, or one for each name. With its optional words, or
/// without them.
fn sample(row: &Row, all: bool) -> Vec<String> {
    fn word(arg: &Arg) -> String {
        match arg {
            Arg::OneOf(known) => known()[0].0.to_owned(),
            Arg::Maybe(arg) => word(arg),
            Arg::Options => "accept-eula".to_owned(),
            Arg::Word("UNITS" | "TOKEN" | "NUMBER", _) => "7".to_owned(),
            Arg::Rest("COMMAND", _) => "license".to_owned(),
            Arg::Word(..) | Arg::WordOr(..) | Arg::Rest(..) => "voice".to_owned(),
        }
    }
    let path = row.path.split(' ').map(str::to_owned);
    let args = row.args.iter().filter(|arg| all || !matches!(arg, Arg::Maybe(_) | Arg::Options));
    path.chain(args.map(word)).collect()
}

fn shapes() -> Vec<Shape<'static>> {
    ROWS.iter().map(|row| Shape { path: row.path, args: row.args, help: row.help }).collect()
}

#[test]
fn every_row_of_the_table_is_read_completed_and_helped_with() {
    for row in ROWS {
        for all in [true, false] {
            let words = sample(row, all);
            let line = words.join(" ");
            assert!(Command::parse(&line).is_ok(), "{line}");
            let Some(sentence) = row.help else { continue };
            let help = help::help(&shapes(), row.path);
            assert!(help.contains(sentence), "{sentence}: {help}");
            // Each word that the row knows is offered, from its first letter on.
            for (i, word) in words.iter().enumerate().filter(|(i, word)| {
                *word != "voice" && *word != "7" && (row.path != "help" || *i == 0)
            }) {
                let begun = format!("{} {}", words[..i].join(" "), &word[..1]);
                let offered = Command::complete(begun.trim_start());
                assert!(
                    offered.iter().any(|offer| offer.trim_end() == word),
                    "{begun}: {offered:?}"
                );
            }
        }
    }
    assert_eq!(Command::complete(""), ["explain ", "help ", "license ", "show "]);
    assert_eq!(Command::complete("license clear "), ["refused"]);
    assert_eq!(Command::complete("LIC JOB install a.lic M"), ["member "]);
    assert_eq!(Command::complete("show license | ex"), ["exclude "]);
    assert_eq!(Command::complete("explain "), Vec::<String>::new());
    assert_eq!(Command::complete("nonsense "), Vec::<String>::new());
    assert!(Command::complete("show license ").contains(&"jobs".to_owned()));
    let file = Grammar::default().complete("license install a");
    assert_eq!((file.at, file.names), (16, vec!["FILE"]));
    let quoted = Grammar::default().complete("license save 'a b");
    assert_eq!((quoted.at, quoted.names), (13, vec!["FILE"]));
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

#[test]
fn a_license_behind_other_text_is_told_the_way() {
    let line = "LICENSE 1 voice 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2";
    for before in ["> ", "[14:03] Anna: ", "# "] {
        let words = refusal(&format!("{before}{line}"));
        assert!(words.contains("license install terminal"), "{words}");
    }
    assert!(!refusal("show LICENSE plates").contains("stand in this line"));
}
