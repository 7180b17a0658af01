//! The commands about jobs: `license job ...`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::ErrorKind;
use std::path::Path;

use nodelock::agent::Ports;
use nodelock::catalog::Catalog;
use nodelock::job::{
    Action, JobCause, JobError, JobHost, JobId, JobRequest, JobState, Jobs, Material,
};
use nodelock::{Agent, FeatureHandle, Now};

use super::find::find_line;
use super::host::{Host, not_written, read_license_file};
use crate::reading::Reading;
use crate::storage::Backups;
use crate::visible::visible;
use crate::writing::is_same_file;

/// What an operator wants of the jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobCommand {
    /// Make a job and put it at the end of the queue.
    Queue(QueuedJob),
    /// Carry out what is in the queue.
    Run,
    /// Delete a job, by its number.
    Delete(u32),
}

/// A job as the operator asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    /// What to do; the line to clear is still a word of the operator.
    pub request: JobRequest,
    /// Line id or feature to clear.
    pub line: Option<String>,
    /// File to read.
    pub source: Option<String>,
    /// File to write.
    pub destination: Option<String>,
    /// Write it also over one that is there.
    pub force: bool,
}

/// What can be said of a job besides its kind.
pub(super) struct JobOption {
    pub(super) word: &'static str,
    /// What it does, for operators.
    pub(super) help: &'static str,
    /// Name of the word behind it, if there is one.
    pub(super) value: Option<&'static str>,
    /// `None` if that word is not what it should be.
    set: fn(&mut QueuedJob, &str) -> Option<()>,
}

pub(super) const OPTIONS: &[JobOption] = &[
    JobOption {
        word: "member",
        help: "the member of the stack that the job is for, from 1",
        value: Some("NUMBER"),
        set: |job, number| {
            job.request.member = number.parse::<u8>().ok()?.checked_sub(1)?;
            Some(())
        },
    },
    JobOption {
        word: "stop-on-failure",
        help: "stop at the first license that fails",
        value: None,
        set: |job, _| {
            job.request.stop_on_failure = true;
            Some(())
        },
    },
    JobOption {
        word: "accept-eula",
        help: "accept the license agreements of what is installed",
        value: None,
        set: |job, _| {
            job.request.accept_eula = true;
            Some(())
        },
    },
    JobOption {
        word: "force",
        help: "replace a file that is there",
        value: None,
        set: |job, _| {
            job.force = true;
            Some(())
        },
    },
];

impl JobOption {
    pub(super) fn usage(&self) -> String {
        self.value.map_or(self.word.to_owned(), |value| format!("{} {value}", self.word))
    }
}

impl QueuedJob {
    pub(super) fn new(action: Action) -> Self {
        let request = JobRequest::new(action);
        Self { request, line: None, source: None, destination: None, force: false }
    }

    /// The index of the word that is not right, if one is not.
    pub(super) fn set_options(&mut self, words: &[String]) -> Result<(), usize> {
        let mut words = words.iter().enumerate();
        while let Some((place, word)) = words.next() {
            let option = OPTIONS.iter().find(|option| option.word == word).ok_or(place)?;
            let (place, value) = match option.value {
                Some(_) => words.next().map(|(at, word)| (at, word.as_str())).ok_or(place)?,
                None => (place, ""),
            };
            (option.set)(self, value).ok_or(place)?;
        }
        Ok(())
    }
}

/// The files of a job.
#[derive(Debug, Clone, Default)]
struct Files {
    source: Option<String>,
    destination: Option<String>,
    force: bool,
}

/// The jobs of a device, with the files that they are about.
#[derive(Debug)]
pub struct JobQueue<'m> {
    jobs: Jobs<'m>,
    files: BTreeMap<JobId, Files>,
}

impl<'m> JobQueue<'m> {
    /// No jobs yet.
    #[must_use]
    pub fn new(jobs: Jobs<'m>) -> Self {
        Self { jobs, files: BTreeMap::new() }
    }

    /// The jobs.
    #[must_use]
    pub fn jobs(&self) -> &Jobs<'m> {
        &self.jobs
    }

    pub(super) fn carry_out<P: Ports>(
        &mut self,
        agent: &mut Agent<'_, P>,
        command: &JobCommand,
        now: Now,
        host: &mut dyn Host,
        text: &mut String,
    ) -> Result<bool, String> {
        match command {
            JobCommand::Queue(job) => self.queue(agent, job, now, text),
            JobCommand::Run => self.run(agent, now, host, text),
            JobCommand::Delete(number) => {
                self.jobs.delete(JobId(*number)).map_err(job_error)?;
                self.files.remove(&JobId(*number));
                let _ = writeln!(text, "job {number} deleted");
                Ok(true)
            }
        }
    }

    fn queue<P: Ports>(
        &mut self,
        agent: &Agent<'_, P>,
        job: &QueuedJob,
        now: Now,
        text: &mut String,
    ) -> Result<bool, String> {
        let line = job.line.as_deref().map(|line| find_line(agent, line)).transpose()?;
        let request = JobRequest { line, ..job.request };
        let id = self.jobs.create(request, now).map_err(job_error)?;
        self.jobs.start(id).map_err(job_error)?;
        self.files.retain(|id, _| self.jobs.get(*id).is_some());
        let (source, destination) = (job.source.clone(), job.destination.clone());
        self.files.insert(id, Files { source, destination, force: job.force });
        let place = self.jobs.queue_position(id).unwrap_or_default();
        let _ = writeln!(
            text,
            "job {}: {}, place {place} in the queue; license job run starts it",
            id.0,
            request.action.name()
        );
        Ok(true)
    }

    /// Carries out what is in the queue.
    fn run<P: Ports>(
        &mut self,
        agent: &mut Agent<'_, P>,
        now: Now,
        host: &mut dyn Host,
        text: &mut String,
    ) -> Result<bool, String> {
        let (mut all, mut any) = (true, false);
        while let Some(id) = self.jobs.begin() {
            any = true;
            all &= self.perform(agent, id, now, host, text)? == JobState::Successful;
        }
        if any {
            let _ = self.jobs.show(text);
        } else {
            text.push_str("no job waits\n");
        }
        Ok(all)
    }

    fn perform<P: Ports>(
        &mut self,
        agent: &mut Agent<'_, P>,
        id: JobId,
        now: Now,
        host: &mut dyn Host,
        text: &mut String,
    ) -> Result<JobState, String> {
        let Files { source, destination, force } = self.files.get(&id).cloned().unwrap_or_default();
        let content = source.as_deref().map(|name| read_license_file(host, name));
        if let (Some(name), Some(content)) = (source.as_deref(), &content) {
            say_of_file(id, name, content, text);
        }
        let material = match &content {
            None => Material::Nothing,
            Some(Ok(reading)) => Material::File(reading.bytes()),
            Some(Err(error)) if error.kind() == ErrorKind::FileTooLarge => {
                Material::Failed(JobCause::InvalidLicenseFile)
            }
            Some(Err(_)) => Material::Failed(JobCause::InvalidLicenseFilePath),
        };
        let catalog = agent.catalog();
        let action = self.jobs.get(id).map(|job| job.request.action);
        let backups = (action == Some(Action::Backup)).then(|| Backups::of(agent));
        let mut job_host = ConsoleJobHost {
            host,
            catalog,
            source,
            destination,
            force,
            backups,
            agreement: String::new(),
            output: Vec::new(),
            problem: None,
        };
        let performed = agent.perform(&mut self.jobs, id, material, &mut job_host, now);
        if let Some(problem) = job_host.problem {
            let _ = writeln!(text, "job {}: {problem}", id.0);
        }
        performed.map_err(job_error)
    }
}

/// What the cause of a job cannot tell.
fn say_of_file(id: JobId, name: &str, content: &std::io::Result<Reading<'_>>, text: &mut String) {
    let name = visible(name);
    let _ = match content {
        Err(error) => writeln!(text, "job {}: cannot read {name}: {error}", id.0),
        Ok(reading) if reading.is_empty() => {
            writeln!(text, "job {}: {name}: the file is empty", id.0)
        }
        Ok(reading) => match reading.undone_text() {
            Some(undone) => writeln!(text, "job {}: {name}: {undone}", id.0),
            None => Ok(()),
        },
    };
}

/// What a running job needs, from the host of the console.
struct ConsoleJobHost<'h, 'c> {
    host: &'h mut dyn Host,
    catalog: &'c Catalog<'c>,
    source: Option<String>,
    destination: Option<String>,
    force: bool,
    /// Of a job that writes the device's own lines.
    backups: Option<Backups>,
    agreement: String,
    output: Vec<u8>,
    /// Why the file was not written.
    problem: Option<String>,
}

impl JobHost for ConsoleJobHost<'_, '_> {
    fn eula_text(&mut self, feature: FeatureHandle) -> Option<&[u8]> {
        let name = self.catalog.feature(feature)?.eula_name()?;
        self.agreement = self.host.eula_text(name)?;
        Some(self.agreement.as_bytes())
    }

    fn output(&mut self, content: &[u8]) -> Result<(), ()> {
        self.output.extend_from_slice(content);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ()> {
        let name = self.destination.as_deref().ok_or(())?;
        if self.source.as_deref().is_some_and(|source| {
            source == name || is_same_file(Path::new(source), Path::new(name))
        }) {
            let name = visible(name);
            self.problem = Some(format!(
                "{name} is read by this job, and is not overwritten; write to another file"
            ));
            return Err(());
        }
        if self.force
            && let Some(backups) = &self.backups
            && let Some(old) = self.host.read_old(name)
            && let Some(why) = backups.refuse(&Reading::of_bytes(old), &self.output)
        {
            self.problem = Some(format!("{} is not overwritten: {why}", visible(name)));
            return Err(());
        }
        self.host.write(name, &self.output, self.force).map_err(|error| {
            self.problem = Some(not_written(name, &error, "the option force"));
        })
    }
}

fn job_error(error: JobError) -> String {
    match error {
        JobError::TableFull => {
            "refused: no room for another job; delete one, or wait until one has been over for \
             five minutes"
        }
        JobError::NoSuchJob => "refused: there is no such job; show license jobs lists them",
        JobError::WrongState => "refused: the job is not in the state for this",
    }
    .to_owned()
}
