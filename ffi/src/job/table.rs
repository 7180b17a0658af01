//! The table of jobs: making, starting, deleting and showing them.

use nodelock::job::{Job, JobError, JobId, JobResult, Jobs};

use crate::agent::nodelock_now;
use crate::job::memory::{nodelock_jobs, read, with};
use crate::job::request::nodelock_job_request;
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_JOB_STATE, NODELOCK_ERR_JOBS_FULL, NODELOCK_ERR_NO_SUCH_INDEX,
    NODELOCK_ERR_NO_SUCH_JOB, NODELOCK_OK, nodelock_result, number,
};

/// State of a job: made and not started.
pub const NODELOCK_JOB_NONE: u32 = 1;
/// State of a job: waits in the queue.
pub const NODELOCK_JOB_PENDING: u32 = 2;
/// State of a job: runs.
pub const NODELOCK_JOB_IN_PROGRESS: u32 = 3;
/// State of a job or of a license: everything was done.
pub const NODELOCK_JOB_SUCCESSFUL: u32 = 4;
/// State of a job: some licenses failed.
pub const NODELOCK_JOB_PARTIALLY_SUCCESSFUL: u32 = 5;
/// State of a job or of a license: nothing was done, or the job stopped at a failure.
pub const NODELOCK_JOB_FAILED: u32 = 6;

/// A job.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job {
    /// What was asked for.
    pub request: nodelock_job_request,
    /// Its name, never given twice between two boots.
    pub id: u32,
    /// NODELOCK_JOB_...
    pub state: u32,
    /// NODELOCK_CAUSE_...: why it failed as a whole.
    pub cause: u32,
    /// Place in the queue: from 1 while it waits, else 0.
    pub queue_position: u32,
    /// Licenses that it had a result for; more than can be asked for if the results had no room.
    pub results: u32,
    /// Licenses that failed.
    pub failures: u32,
    /// Licenses for other devices or other members of the stack, left alone; no failures.
    pub for_others: u32,
}

/// What became of one license.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job_result {
    /// Number of the license in the order of the file, from 1.
    pub number: u32,
    /// NODELOCK_JOB_SUCCESSFUL or NODELOCK_JOB_FAILED; NODELOCK_JOB_NONE of a license for another device or another
    /// member of the stack, which was left alone.
    pub state: u32,
    /// NODELOCK_CAUSE_...
    pub cause: u32,
    /// NODELOCK_OK, or why in full, if there is more to say than the cause.
    pub reason: nodelock_result,
}

impl From<JobError> for Code {
    fn from(error: JobError) -> Self {
        Self(match error {
            JobError::TableFull => NODELOCK_ERR_JOBS_FULL,
            JobError::NoSuchJob => NODELOCK_ERR_NO_SUCH_JOB,
            JobError::WrongState => NODELOCK_ERR_JOB_STATE,
        })
    }
}

impl nodelock_job {
    fn of(jobs: &Jobs<'_>, job: &Job) -> Self {
        Self {
            request: nodelock_job_request::of(&job.request),
            id: job.id.0,
            state: job.state as u32,
            cause: job.cause as u32,
            queue_position: jobs.queue_position(job.id).unwrap_or(0),
            results: job.results,
            failures: job.failures,
            for_others: job.for_others,
        }
    }
}

impl nodelock_job_result {
    fn of(result: &JobResult) -> Self {
        Self {
            number: result.number,
            state: result.state as u32,
            cause: result.cause as u32,
            reason: result.reason.map_or(NODELOCK_OK, |reason| reason.code()),
        }
    }
}

/// Makes a job, which waits to be started. If there is no room, it takes the place of the oldest job that ended at
/// least five minutes ago.
///
/// jobs     The jobs.
/// request  What to do.
/// now      The time.
/// id       Its name, never 0.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_JOBS_FULL, NODELOCK_ERR_ARGUMENT; and as for every call on jobs
/// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
/// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_create(
    jobs: *mut nodelock_jobs,
    request: *const nodelock_job_request,
    now: *const nodelock_now,
    id: *mut u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(jobs, |jobs| {
            ptr::check(request)?;
            ptr::check(id)?;
            let made = jobs.create(request.read().open()?, nodelock_now::read(now)?)?;
            ptr::put(id, made.0);
            Ok(())
        })
    })
}

/// Starts a job: puts it at the end of the queue.
///
/// jobs  The jobs.
/// id    The job.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE if it was started before.
/// Writes: jobs. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_start(jobs: *mut nodelock_jobs, id: u32) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { with(jobs, |jobs| Ok(jobs.start(JobId(id))?)) })
}

/// Takes the first job in the queue whose member has no job running. The job is in progress then: fetch its file and
/// call nodelock_agent_perform.
///
/// jobs  The jobs.
/// id    The job, or 0 if none waits.
///
/// Results: NODELOCK_OK.
/// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_begin(
    jobs: *mut nodelock_jobs,
    id: *mut u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        with(jobs, |jobs| {
            ptr::check(id)?;
            ptr::put(id, jobs.begin().map_or(0, |id| id.0));
            Ok(())
        })
    })
}

/// Deletes a job with its results. A job that has not run yet is cancelled.
///
/// jobs  The jobs.
/// id    The job.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE while it runs.
/// Writes: jobs. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_delete(
    jobs: *mut nodelock_jobs,
    id: u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { with(jobs, |jobs| Ok(jobs.delete(JobId(id))?)) })
}

/// A job by its name.
///
/// jobs  The jobs.
/// id    The job.
/// out   The job, copied.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_get(
    jobs: *const nodelock_jobs,
    id: u32,
    out: *mut nodelock_job,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        read(jobs, |jobs| {
            ptr::check(out)?;
            let job = jobs.get(JobId(id)).ok_or(Code(NODELOCK_ERR_NO_SUCH_JOB))?;
            ptr::put(out, nodelock_job::of(jobs, job));
            Ok(())
        })
    })
}

/// One of the jobs, in no particular order.
///
/// jobs   The jobs.
/// index  From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
/// out    The job, copied.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_at(
    jobs: *const nodelock_jobs,
    index: usize,
    out: *mut nodelock_job,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        read(jobs, |jobs| {
            ptr::check(out)?;
            let job = jobs.all().nth(index).ok_or(Code(NODELOCK_ERR_NO_SUCH_INDEX))?;
            ptr::put(out, nodelock_job::of(jobs, job));
            Ok(())
        })
    })
}

/// The result for one license of a job, in the order of its file.
///
/// jobs   The jobs.
/// id     The job.
/// index  From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
/// out    The result, copied.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_result_at(
    jobs: *const nodelock_jobs,
    id: u32,
    index: usize,
    out: *mut nodelock_job_result,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        read(jobs, |jobs| {
            ptr::check(out)?;
            let found = jobs.results(JobId(id)).nth(index);
            let result = found.ok_or(Code(NODELOCK_ERR_NO_SUCH_INDEX))?;
            ptr::put(out, nodelock_job_result::of(result));
            Ok(())
        })
    })
}
