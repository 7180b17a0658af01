//! Jobs on a stack of three members.

use crate::agent::AgentMemory;
use crate::reason::Reason;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::agent::tests::rig::*;
use crate::agent::{Agent, Product};
use crate::fixtures::{anchor, license};
use crate::job::{
    Action, JobCause, JobError, JobHost, JobId, JobRequest, JobSlot, JobState, Jobs, Material,
    ResultSlot,
};
use crate::record::LicenseTerms;
use crate::value::feature::FeatureHandle;
use crate::value::key::Role;
use crate::value::license::{LicenseType, LineId};
use crate::value::udi::Udi;

/// Agreements by feature, and what was written.
#[derive(Default)]
struct Desk {
    text: Option<&'static [u8]>,
    written: Vec<u8>,
    full: bool,
}

impl JobHost for Desk {
    fn eula_text(&mut self, _: FeatureHandle) -> Option<&[u8]> {
        self.text
    }

    fn output(&mut self, content: &[u8]) -> Result<(), ()> {
        if self.full {
            return Err(());
        }
        self.written.extend_from_slice(content);
        Ok(())
    }
}

type Stack<'a> = Agent<'a, (&'a mut Ram, Remembering, [Udi<'static>; 3])>;

fn members() -> [Udi<'static>; 3] {
    ["R1:SN1", "R1:SN2", "R1:SN3"].map(|udi| Udi::parse(udi.as_bytes()).unwrap())
}

fn with_stack(then: impl FnOnce(&mut Stack<'_>, &mut Jobs<'_>)) {
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
    let mut storage = Ram::default();
    let mut memory = AgentMemory::<12, 13, 8, 64>::new();
    let mut agent =
        Agent::boot(product, members(), Remembering, &mut storage, &mut memory, noon(0)).unwrap();
    let mut slots = [JobSlot::EMPTY; 8];
    let mut results = [ResultSlot::EMPTY; 16];
    then(&mut agent, &mut Jobs::new(&mut slots, &mut results));
}

fn for_member(member: usize, feature: &'static str, number: u8) -> LicenseTerms<'static> {
    LicenseTerms { udi: Some(members()[member]), ..line(feature, LicenseType::Permanent, number) }
}

fn file(lines: &[LicenseTerms<'_>]) -> String {
    lines.iter().map(|terms| license(terms, 1)).collect::<Vec<_>>().join("\n")
}

fn run(
    agent: &mut Stack<'_>,
    jobs: &mut Jobs<'_>,
    request: JobRequest,
    material: Material<'_>,
    desk: &mut Desk,
) -> (JobId, JobState) {
    let id = jobs.create(request, noon(0)).unwrap();
    assert_eq!(
        agent.perform(jobs, id, material, desk, noon(0)),
        Err(JobError::WrongState),
        "only what was begun"
    );
    jobs.start(id).unwrap();
    assert_eq!(jobs.begin(), Some(id));
    let state = agent.perform(jobs, id, material, desk, noon(0)).unwrap();
    (id, state)
}

fn feature(name: &str) -> FeatureHandle {
    id(name)
}

fn causes(jobs: &Jobs<'_>, id: JobId) -> Vec<JobCause> {
    jobs.results(id).map(|result| result.cause).collect()
}

// shows: F001-030
#[test]
fn a_remote_install_has_a_result_for_each_license() {
    with_stack(|agent, jobs| {
        let text =
            file(&[for_member(0, "vpn", 1), for_member(0, "voice", 2), for_member(1, "vpn", 3)]);
        let mut desk = Desk::default();
        let install = JobRequest::new(Action::Install);
        let (id, state) = run(agent, jobs, install, Material::File(text.as_bytes()), &mut desk);
        // What is for another member is left alone, which is no failure.
        assert_eq!(state, JobState::Successful);
        let job = jobs.get(id).unwrap();
        assert_eq!((job.results, job.failures, job.for_others), (3, 0, 1));
        assert_eq!(
            causes(jobs, id),
            [JobCause::None, JobCause::None, JobCause::LicenseNotValidForDevice]
        );
        let left = jobs.results(id).last().unwrap();
        assert_eq!((left.state, left.reason), (JobState::None, Some(Reason::OtherDevice)));
        let (id, state) = run(agent, jobs, install, Material::File(text.as_bytes()), &mut desk);
        // What is there already is there, as was asked.
        assert_eq!(state, JobState::Successful);
        assert_eq!(causes(jobs, id)[0], JobCause::LicenseAlreadyExists);
        // Stopping at the first failure leaves the rest untouched.
        let text = file(&[for_member(0, "vpn", 9), for_member(0, "patient", 4)]);
        let text = text.replacen(" 1.0 ", " 1.1 ", 1);
        let stop = JobRequest { stop_on_failure: true, ..install };
        let (id, state) = run(agent, jobs, stop, Material::File(text.as_bytes()), &mut desk);
        assert_eq!((state, causes(jobs, id).len()), (JobState::Failed, 1));
        assert!(!agent.check(feature("patient"), 0).is_granted());
    });
}

#[test]
fn a_greeting_is_no_license_and_a_file_for_others_fails() {
    with_stack(|agent, jobs| {
        let (own, others) = (file(&[for_member(0, "vpn", 1)]), file(&[for_member(1, "vpn", 3)]));
        let mut desk = Desk::default();
        // Not even a job that stops at failures stops at them.
        let stop = JobRequest { stop_on_failure: true, ..JobRequest::new(Action::Install) };
        let mail = format!("Dear customer,\n{others}\n{own}\nKind regards\n");
        let (id, state) = run(agent, jobs, stop, Material::File(mail.as_bytes()), &mut desk);
        assert_eq!((state, causes(jobs, id).len()), (JobState::Successful, 2));
        // What is damaged is a failure.
        let damaged = format!("{}\n", own.replacen("LICENSE", "LICENCE", 1));
        let (id, state) = run(agent, jobs, stop, Material::File(damaged.as_bytes()), &mut desk);
        assert_eq!(state, JobState::Failed);
        assert_eq!(jobs.results(id).next().unwrap().reason, Some(Reason::DamagedKeyword));
        let (id, state) = run(agent, jobs, stop, Material::File(others.as_bytes()), &mut desk);
        assert_eq!(state, JobState::Failed);
        assert_eq!(jobs.get(id).unwrap().cause, JobCause::LicenseNotValidForDevice);
        let (id, state) = run(agent, jobs, stop, Material::File(b"Kind regards"), &mut desk);
        assert_eq!(state, JobState::Failed);
        assert_eq!(jobs.get(id).unwrap().cause, JobCause::InvalidLicenseFile);
    });
}

// shows: F002-066
#[test]
fn a_stack_has_a_job_for_each_member() {
    with_stack(|agent, jobs| {
        let text = file(&[
            for_member(0, "vpn", 1),
            for_member(1, "voice", 2),
            for_member(2, "patient", 3),
        ]);
        let mut desk = Desk::default();
        for member in 0..3 {
            let request = JobRequest { member, ..JobRequest::new(Action::Install) };
            let (id, state) = run(agent, jobs, request, Material::File(text.as_bytes()), &mut desk);
            assert_eq!(state, JobState::Successful);
            assert_eq!(causes(jobs, id).iter().filter(|c| **c == JobCause::None).count(), 1);
        }
        for name in ["vpn", "voice", "patient"] {
            assert!(agent.check(feature(name), 0).is_granted(), "{name}");
        }
        // A backup holds the lines of its member, and installs again.
        let backup = JobRequest { member: 1, ..JobRequest::new(Action::Backup) };
        let (_, state) = run(agent, jobs, backup, Material::Nothing, &mut desk);
        assert_eq!(state, JobState::Successful);
        let written = String::from_utf8(desk.written.clone()).unwrap();
        assert_eq!(written.lines().count(), 1);
        assert!(written.contains("R1:SN2"), "{written}");
        // Nobody clears the line of another member.
        let clear = |member| JobRequest {
            member,
            line: Some(LineId([2; 10])),
            ..JobRequest::new(Action::Clear)
        };
        let (id, state) = run(agent, jobs, clear(2), Material::Nothing, &mut desk);
        assert_eq!(state, JobState::Failed);
        assert_eq!(causes(jobs, id), [JobCause::LicenseNotValidForDevice]);
        let (_, state) = run(agent, jobs, clear(1), Material::Nothing, &mut desk);
        assert_eq!(state, JobState::Successful);
        let beyond = JobRequest { member: 3, ..JobRequest::new(Action::Install) };
        let (id, _) = run(agent, jobs, beyond, Material::File(b""), &mut desk);
        assert_eq!(jobs.get(id).unwrap().cause, JobCause::UnrecognizedEntity);
    });
}

#[test]
fn a_clear_in_progress_blocks_backups() {
    with_stack(|agent, jobs| {
        let clear = JobRequest { member: 1, ..JobRequest::new(Action::Clear) };
        let clear = jobs.create(clear, noon(0)).unwrap();
        jobs.start(clear).unwrap();
        assert_eq!(jobs.begin(), Some(clear));
        let mut desk = Desk::default();
        let backup = JobRequest::new(Action::Backup);
        let (id, state) = run(agent, jobs, backup, Material::Nothing, &mut desk);
        assert_eq!(state, JobState::Failed);
        assert_eq!(jobs.get(id).unwrap().cause, JobCause::LicenseClearInProgress);
    });
}

#[test]
fn agreements_are_accepted_only_if_the_job_says_so() {
    with_stack(|agent, jobs| {
        let trial =
            LicenseTerms { udi: Some(members()[0]), ..line("voice", LicenseType::Evaluation, 1) };
        let text = file(&[trial]);
        let mut desk = Desk { text: Some(b"the agreement"), ..Desk::default() };
        let generate = JobRequest::new(Action::GenerateEula);
        let (_, state) = run(agent, jobs, generate, Material::File(text.as_bytes()), &mut desk);
        assert_eq!((state, desk.written.as_slice()), (JobState::Successful, &b"the agreement"[..]));
        let install = JobRequest::new(Action::Install);
        run(agent, jobs, install, Material::File(text.as_bytes()), &mut desk);
        assert!(agent.activate(feature("voice"), noon(0)).is_err());
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
        let accept = JobRequest { accept_eula: true, ..install };
        run(agent, jobs, accept, Material::File(text.as_bytes()), &mut desk);
        agent.activate(feature("voice"), noon(0)).unwrap();
        // Without its text, an agreement can be neither written nor accepted.
        desk.text = None;
        let (id, state) = run(agent, jobs, generate, Material::File(text.as_bytes()), &mut desk);
        assert_eq!(state, JobState::Failed);
        assert_eq!(causes(jobs, id), [JobCause::InvalidLicenseEulaFile]);
    });
}

#[test]
fn what_could_not_be_fetched_or_written_fails_with_its_cause() {
    with_stack(|agent, jobs| {
        let mut desk = Desk::default();
        let cases = [
            (Action::NoOp, Material::Nothing, JobCause::None),
            (Action::Install, Material::Nothing, JobCause::InvalidLicenseFilePath),
            (Action::Install, Material::File(b"# nothing"), JobCause::InvalidLicenseFile),
            (
                Action::Install,
                Material::Failed(JobCause::TransferProtocolNotSupported),
                JobCause::TransferProtocolNotSupported,
            ),
            (
                Action::ProcessPermissionTicket,
                Material::Nothing,
                JobCause::InvalidPermissionTicketFile,
            ),
            (
                Action::ProcessPermissionTicket,
                Material::File(b"x"),
                JobCause::InvalidPermissionTicket,
            ),
            (Action::RegenerateLastRehostTicket, Material::Nothing, JobCause::InvalidRehostTicket),
            (Action::Clear, Material::Nothing, JobCause::InvalidLicenseLine),
        ];
        for (action, material, cause) in cases {
            let (id, _) = run(agent, jobs, JobRequest::new(action), material, &mut desk);
            assert_eq!(jobs.get(id).unwrap().cause, cause, "{action:?}");
            jobs.delete(id).unwrap();
        }
        let text = file(&[for_member(0, "vpn", 1)]);
        run(
            agent,
            jobs,
            JobRequest::new(Action::Install),
            Material::File(text.as_bytes()),
            &mut desk,
        );
        desk.full = true;
        let backup = JobRequest::new(Action::Backup);
        let (id, _) = run(agent, jobs, backup, Material::Nothing, &mut desk);
        assert_eq!(jobs.get(id).unwrap().cause, JobCause::InvalidLicenseBackupFile);
    });
}
