//! Each form against a golden file. `NODELOCK_BLESS=1` writes them anew.

use std::format;
use std::path::Path;
use std::string::String;

use super::*;
use crate::agent::Priority;
use crate::agent::tests::rig::*;
use crate::record::LicenseTerms;
use crate::value::license::{Combine, Count, LicenseType, LineId};

/// A device in the middle of its life, three days after its first boot.
fn with_device(then: impl FnOnce(&mut Booted<'_>)) {
    let mut storage = Ram::default();
    let counted = |number, units, combine| LicenseTerms {
        count: Count::Units(units),
        combine,
        ..line("ap-count", LicenseType::Permanent, number)
    };
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("security", LicenseType::Permanent, 1)], noon(0));
    });
    boot(&mut storage, noon(0), |agent| {
        let lines = [
            line("vpn", LicenseType::Evaluation, 2),
            line("voice", LicenseType::Evaluation, 3),
            counted(4, 12, Combine::Exclusive),
            counted(5, 25, Combine::Additive),
            line("nat", LicenseType::Subscription, 6),
            line("not-in-this-firmware", LicenseType::Permanent, 7),
        ];
        assert_eq!(install(agent, &lines, noon(0)), []);
        agent.set_priority(LineId([2; 10]), Some(Priority::High)).unwrap();
        agent.comment(LineId([2; 10]), "for the \u{e4}rea\nyard".as_bytes()).unwrap();
        agent.comment(LineId([3; 10]), &[0xFF, 0]).unwrap();
        agent.activate(id("video"), noon(0)).unwrap();
        agent.acquire(id("ap-count"), 20, 1, noon(0)).unwrap();
        pass(agent, noon(0), 3 * DAY + 5_000);
        then(agent);
    });
}

pub(super) fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/show/golden").join(name);
    if std::env::var_os("NODELOCK_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{name} differs from its golden file");
}

#[test]
fn every_form_shows_what_its_golden_file_says() {
    with_device(|agent| {
        for (word, show) in Show::ALL {
            let mut text = String::new();
            agent.show(show, &mut text).unwrap();
            let name = if word.is_empty() { "brief" } else { word };
            golden(&format!("{name}.txt"), &text);
        }
        let mut text = String::new();
        for feature in
            ["vpn", "voice", "ap-count", "nat", "enterprise", "ipbase", "video", "camera"]
        {
            agent.show_explanation(id(feature), 0, &mut text).unwrap();
        }
        golden("explain.txt", &text);
    });
}

#[test]
fn lines_that_were_refused_are_shown_with_what_to_do() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
    });
    let other = crate::Udi::parse(b"ISR4331/K9:FDO1234ABCE").unwrap();
    boot_as(&mut storage, other, noon(0), |agent| {
        let mut text = String::new();
        agent.show(Show::Detail, &mut text).unwrap();
        golden("refused.txt", &text);
    });
}

/// The lines of the status from one that begins so, to the last that does or is indented below one.
fn of_status(agent: &mut Booted<'_>, beginnings: &[&str]) -> String {
    let mut text = String::new();
    agent.show(Show::Status, &mut text).unwrap();
    let mut belongs = false;
    let wanted = text.lines().filter(|line| {
        belongs = beginnings.iter().any(|begin| line.starts_with(begin))
            || belongs && line.starts_with("    ");
        belongs
    });
    wanted.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_storage_that_cannot_be_written_is_in_the_status() {
    let works = "License storage: works; whether it is an older copy cannot be known here\n";
    let fails = "License storage: cannot be written at present\n\
         Cannot be written: what changes with time, e.g. what was used of a trial; rights with a time limit may be denied until it can\n    \
         what to do: look again in a minute, for it is tried again by itself; if this stays, restart the device; if that does not help, have its storage repaired\n";
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &[line("vpn", LicenseType::Evaluation, 1)], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
    });
    for (writes_left, told) in [(None, works), (Some(0), fails), (None, works)] {
        storage.writes_left = writes_left;
        boot(&mut storage, noon(0), |agent| {
            let _ = agent.activate(id("vpn"), noon(0));
            let _ = agent.acquire(id("vpn"), 1, 1, noon(0));
            pass(agent, noon(0), 2 * DAY);
            assert_eq!(of_status(agent, &["License storage", "Cannot be"]), told);
        });
    }
}

#[test]
fn refused_lines_are_counted_in_the_status_by_reason_with_what_to_do() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        let lines = [1, 2, 3].map(|number| line("vpn", LicenseType::Permanent, number));
        assert_eq!(install(agent, &lines, noon(0)), []);
    });
    for place in [0x0100, 0x0102] {
        storage.values.get_mut(&place).unwrap()[30..40].fill(0);
    }
    let told = "License storage: works, but not everything in it can be used\n\
         Stored lines refused at boot: 2: a stored value is damaged\n    \
         what to do: restart the device; if the license is still refused then, install its file again, and remove what is damaged with license clear refused\n";
    boot(&mut storage, noon(0), |agent| {
        assert_eq!(of_status(agent, &["License storage", "Stored lines"]), told);
    });
    let other = crate::Udi::parse(b"ISR4331/K9:FDO1234ABCE").unwrap();
    boot_as(&mut storage, other, noon(0), |agent| {
        let shown = of_status(agent, &["License storage", "Stored lines"]);
        assert!(shown.starts_with(told), "{shown}");
        assert!(
            shown.contains("Stored lines refused at boot: 1: the line is for another device\n"),
            "{shown}"
        );
        assert!(shown.ends_with("license clear refused removes what is not needed any more\n"));
    });
}

#[test]
fn jobs_are_shown_with_their_results() {
    use crate::job::{Action, JobCause, JobRequest, JobSlot, Jobs, ResultSlot};
    let mut slots = [JobSlot::EMPTY; 4];
    let mut results = [ResultSlot::EMPTY; 3];
    let mut jobs = Jobs::new(&mut slots, &mut results);
    let mut text = String::new();
    jobs.show(&mut text).unwrap();
    for (action, member) in
        [(Action::Install, 0), (Action::Backup, 1), (Action::Clear, 0), (Action::NoOp, 0)]
    {
        let request = JobRequest { member, ..JobRequest::new(action) };
        let id = jobs.create(request, noon(0)).unwrap();
        if action != Action::NoOp {
            jobs.start(id).unwrap();
        }
    }
    let first = jobs.begin().unwrap();
    for result in [Ok(()), Err(Reason::OtherDevice), Ok(()), Ok(())] {
        jobs.note(first, result);
    }
    jobs.end(first, JobCause::None, noon(0));
    let second = jobs.begin().unwrap();
    jobs.end(second, JobCause::InvalidLicenseBackupFile, noon(0));
    jobs.show(&mut text).unwrap();
    golden("jobs.txt", &text);
}

#[test]
fn words_ask_for_forms() {
    assert_eq!(Show::parse("in-use"), Some(Show::InUse));
    assert_eq!(Show::parse(""), Some(Show::Brief));
    assert_eq!(Show::parse("everything"), None);
}

// shows: F000-026, F002-062
#[test]
fn features_and_udi_are_shown() {
    with_device(|agent| {
        let mut text = String::new();
        agent.show(Show::Udi, &mut text).unwrap();
        assert!(text.contains("*1       ISR4331/K9"), "{text}");
        assert!(text.contains("ISR4331/K9:FDO1234ABCD"), "{text}");
        text.clear();
        agent.show(Show::Feature, &mut text).unwrap();
        assert_eq!(text.lines().count(), 1 + CATALOG.features().len());
    });
}
