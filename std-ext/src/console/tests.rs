use nodelock::{Action, EventGroup, JobRequest, Priority, Show};

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
        ("license save b.lic", Command::Save("b.lic".into())),
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
