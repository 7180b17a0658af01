//! Jobs: what a fleet manager or an operator lets a device do, one after another, with a result
//! for each license. docs/SPEC.md section 15.
//!
//! The table is volatile and bounded. It does no I/O: who drives it fetches files and sends them,
//! and tells when that failed.

mod cause;
mod perform;

pub use cause::JobCause;
pub use perform::{JobHost, Material};

use crate::named::named;
use crate::reason::Reason;
use crate::value::license::LineId;
use crate::value::time::Now;

/// Seconds for which the results of a finished job are kept at least.
pub const RESULT_RETENTION: u64 = 300;

named! {
    /// What a job does.
    #[non_exhaustive]
    pub enum Action {
        /// Nothing.
        NoOp = 1 "no-op",
        /// Installs the lines of a file.
        Install = 2 "install",
        /// Clears a line.
        Clear = 3 "clear",
        /// Carries out a permission ticket.
        ProcessPermissionTicket = 4 "process-permission-ticket",
        /// Gives the last rehost ticket once more.
        RegenerateLastRehostTicket = 5 "regenerate-last-rehost-ticket",
        /// Gives every installed line.
        Backup = 6 "backup",
        /// Gives the agreements that the lines of a file need.
        GenerateEula = 7 "generate-eula",
    }
}

named! {
    /// How far a job, or one of its licenses, is.
    pub enum JobState {
        /// Made and not started.
        None = 1 "none",
        /// Waits in the queue.
        Pending = 2 "pending",
        /// Runs.
        InProgress = 3 "in-progress",
        /// Everything was done.
        Successful = 4 "successful",
        /// Some licenses failed.
        PartiallySuccessful = 5 "partially-successful",
        /// Nothing was done, or it stopped at a failure.
        Failed = 6 "failed",
    }
}

impl JobState {
    /// Whether it is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Successful | Self::PartiallySuccessful | Self::Failed)
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct JobRequest {
    /// What to do.
    pub action: Action,
    /// Member of the stack, from 0. Its lines only are installed, cleared or backed up.
    pub member: u8,
    /// The line to clear.
    pub line: Option<LineId>,
    /// Stop at the first license that fails.
    pub stop_on_failure: bool,
    /// Accept the agreements of what is installed.
    pub accept_eula: bool,
}

impl JobRequest {
    /// For the first member, going on after failures, accepting nothing.
    #[must_use]
    pub const fn new(action: Action) -> Self {
        Self { action, member: 0, line: None, stop_on_failure: false, accept_eula: false }
    }
}

/// Names a job. Never given twice between two boots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct JobId(pub u32);

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What was asked for.
    pub request: JobRequest,
    /// How far it is.
    pub state: JobState,
    /// Why it failed as a whole.
    pub cause: JobCause,
    /// Licenses that it had a result for; more than are in the table if that is too small.
    pub results: u32,
    /// Licenses that failed.
    pub failures: u32,
    /// Licenses for other devices or other members of the stack, left alone; no failures.
    pub for_others: u32,
    /// Order in which it was started.
    #[cfg_attr(feature = "serde", serde(skip))]
    order: u32,
    /// Uptime at which it ended.
    #[cfg_attr(feature = "serde", serde(skip))]
    ended: u64,
}

/// What became of one license.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct JobResult {
    /// The job.
    pub job: JobId,
    /// Number of the license in the order of the file, from 1.
    pub number: u32,
    /// Successful or failed; none of a license for another device or another member, which was left
    /// alone.
    pub state: JobState,
    /// Why it failed.
    pub cause: JobCause,
    /// The reason in full.
    pub reason: Option<Reason>,
}

/// Room for a job.
#[derive(Debug, Clone, Copy, Default)]
pub struct JobSlot(Option<Job>);

impl JobSlot {
    /// Nothing in it.
    pub const EMPTY: Self = Self(None);
}

/// Room for the result of a license.
#[derive(Debug, Clone, Copy, Default)]
pub struct ResultSlot(Option<JobResult>);

impl ResultSlot {
    /// Nothing in it.
    pub const EMPTY: Self = Self(None);
}

/// Why a call about a job was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum JobError {
    /// No room: all jobs wait, run, or ended less than [`RESULT_RETENTION`] ago.
    TableFull,
    /// There is no such job.
    NoSuchJob,
    /// The job runs, or is not in the state for this call.
    WrongState,
}

impl core::fmt::Display for JobError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::TableFull => "no room for another job: all wait, run, or have just ended",
            Self::NoSuchJob => "there is no such job",
            Self::WrongState => "the job is not in the state for that",
        })
    }
}

impl core::error::Error for JobError {}

/// The jobs of a device, all members of its stack.
#[derive(Debug)]
pub struct Jobs<'m> {
    jobs: &'m mut [JobSlot],
    results: &'m mut [ResultSlot],
    next_id: u32,
    next_order: u32,
}

impl<'m> Jobs<'m> {
    /// No jobs, in this memory.
    pub fn new(jobs: &'m mut [JobSlot], results: &'m mut [ResultSlot]) -> Self {
        jobs.fill(JobSlot::EMPTY);
        results.fill(ResultSlot::EMPTY);
        Self { jobs, results, next_id: 1, next_order: 1 }
    }

    /// Makes a job, which waits to be started. The oldest job that ended long enough ago makes
    /// room if necessary.
    ///
    /// # Errors
    /// [`JobError::TableFull`].
    pub fn create(&mut self, request: JobRequest, now: Now) -> Result<JobId, JobError> {
        if !self.jobs.iter().any(|slot| slot.0.is_none()) {
            let old = self
                .all()
                .filter(|job| job.state.is_over())
                .filter(|job| now.uptime >= job.ended.saturating_add(RESULT_RETENTION))
                .min_by_key(|job| job.ended)
                .map(|job| job.id);
            self.forget(old.ok_or(JobError::TableFull)?);
        }
        let id = JobId(self.next_id);
        let job = Job {
            id,
            request,
            state: JobState::None,
            cause: JobCause::None,
            results: 0,
            failures: 0,
            for_others: 0,
            order: 0,
            ended: 0,
        };
        let slot = self.jobs.iter_mut().find(|slot| slot.0.is_none());
        *slot.ok_or(JobError::TableFull)? = JobSlot(Some(job));
        self.next_id = self.next_id.checked_add(1).unwrap_or(1);
        Ok(id)
    }

    /// Puts a job at the end of the queue.
    ///
    /// # Errors
    /// [`JobError::NoSuchJob`], [`JobError::WrongState`] if it was started before.
    pub fn start(&mut self, id: JobId) -> Result<(), JobError> {
        let order = self.next_order;
        let job = self.get_mut(id)?;
        if job.state != JobState::None {
            return Err(JobError::WrongState);
        }
        (job.state, job.order) = (JobState::Pending, order);
        self.next_order = self.next_order.saturating_add(1);
        Ok(())
    }

    /// Takes the first job of the queue whose member has none running: it is in progress now, and
    /// the driver fetches what it needs and lets the agent [perform](crate::Agent::perform) it.
    pub fn begin(&mut self) -> Option<JobId> {
        let busy = |member: u8| self.running().any(|job| job.request.member == member);
        let first = self
            .all()
            .filter(|job| job.state == JobState::Pending && !busy(job.request.member))
            .min_by_key(|job| job.order)?
            .id;
        self.get_mut(first).ok()?.state = JobState::InProgress;
        Some(first)
    }

    /// Deletes a job with its results: before it runs that cancels it.
    ///
    /// # Errors
    /// [`JobError::NoSuchJob`], [`JobError::WrongState`] while it runs.
    pub fn delete(&mut self, id: JobId) -> Result<(), JobError> {
        if self.get(id).ok_or(JobError::NoSuchJob)?.state == JobState::InProgress {
            return Err(JobError::WrongState);
        }
        self.forget(id);
        Ok(())
    }

    /// A job.
    #[must_use]
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.all().find(|job| job.id == id)
    }

    /// All jobs.
    pub fn all(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter_map(|slot| slot.0.as_ref())
    }

    /// The results of a job, in the order of the file.
    pub fn results(&self, id: JobId) -> impl Iterator<Item = &JobResult> {
        self.results
            .iter()
            .filter_map(|slot| slot.0.as_ref())
            .filter(move |result| result.job == id)
    }

    /// Place of a job in the queue: 0 while it runs, from 1 while it waits.
    #[must_use]
    pub fn queue_position(&self, id: JobId) -> Option<u32> {
        let job = self.get(id)?;
        match job.state {
            JobState::InProgress => Some(0),
            JobState::Pending => {
                let ahead = self
                    .all()
                    .filter(|other| other.state == JobState::Pending && other.order < job.order);
                Some(ahead.fold(1, |place: u32, _| place.saturating_add(1)))
            }
            _ => None,
        }
    }

    /// Whether lines are being cleared: then no backup is taken.
    #[must_use]
    pub fn is_clearing(&self) -> bool {
        self.running().any(|job| job.request.action == Action::Clear)
    }

    fn running(&self) -> impl Iterator<Item = &Job> {
        self.all().filter(|job| job.state == JobState::InProgress)
    }

    fn get_mut(&mut self, id: JobId) -> Result<&mut Job, JobError> {
        let found = self.jobs.iter_mut().filter_map(|slot| slot.0.as_mut());
        found.into_iter().find(|job| job.id == id).ok_or(JobError::NoSuchJob)
    }

    fn forget(&mut self, id: JobId) {
        for slot in self.jobs.iter_mut().filter(|slot| slot.0.is_some_and(|job| job.id == id)) {
            *slot = JobSlot::EMPTY;
        }
        let results = self.results.iter_mut();
        for slot in results.filter(|slot| slot.0.is_some_and(|result| result.job == id)) {
            *slot = ResultSlot::EMPTY;
        }
    }

    /// Notes what became of one license. When all room is taken it is only counted.
    pub(crate) fn note(&mut self, id: JobId, result: Result<(), Reason>) {
        let cause = result.map_or_else(JobCause::of, |()| JobCause::None);
        if result == Err(Reason::AlreadyInstalled) {
            // What was asked for is so.
            return self.keep(id, JobState::Successful, cause, result.err());
        }
        self.note_cause(id, cause, result.err());
    }

    /// Notes a license of a file that is not for this member: it is left alone, which is no failure.
    pub(crate) fn note_for_others(&mut self, id: JobId) {
        let Ok(job) = self.get_mut(id) else { return };
        job.for_others = job.for_others.saturating_add(1);
        let reason = Reason::OtherDevice;
        self.keep(id, JobState::None, JobCause::of(reason), Some(reason));
    }

    pub(crate) fn note_cause(&mut self, id: JobId, cause: JobCause, reason: Option<Reason>) {
        let Ok(job) = self.get_mut(id) else { return };
        let failed = cause != JobCause::None;
        job.failures = job.failures.saturating_add(u32::from(failed));
        let state = if failed { JobState::Failed } else { JobState::Successful };
        self.keep(id, state, cause, reason);
    }

    fn keep(&mut self, id: JobId, state: JobState, cause: JobCause, reason: Option<Reason>) {
        let Ok(job) = self.get_mut(id) else { return };
        job.results = job.results.saturating_add(1);
        let result = JobResult { job: id, number: job.results, state, cause, reason };
        if let Some(free) = self.results.iter_mut().find(|slot| slot.0.is_none()) {
            *free = ResultSlot(Some(result));
        }
    }

    /// Ends a job: as a whole with this cause, or as its licenses did. If all of them are for others it has failed.
    pub(crate) fn end(&mut self, id: JobId, cause: JobCause, now: Now) -> JobState {
        let Ok(job) = self.get_mut(id) else { return JobState::Failed };
        let stopped = job.request.stop_on_failure && job.failures > 0;
        let for_us = job.results.saturating_sub(job.for_others);
        let cause = if cause == JobCause::None && for_us == 0 && job.results > 0 {
            JobCause::LicenseNotValidForDevice
        } else {
            cause
        };
        job.cause = cause;
        job.ended = now.uptime;
        job.state = if cause != JobCause::None || stopped || job.failures == for_us && for_us > 0 {
            JobState::Failed
        } else if job.failures > 0 {
            JobState::PartiallySuccessful
        } else {
            JobState::Successful
        };
        job.state
    }
}

#[cfg(test)]
mod tests;
