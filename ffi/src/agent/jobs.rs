//! Jobs: a queue of actions with a result for each license.

use core::ffi::{c_char, c_void};
use core::mem::{align_of, needs_drop, size_of};

use nodelock::{
    Action, Cause, FeatureId, Job, JobError, JobHost, JobId, JobRequest, JobResult, JobSlot,
    JobState, Jobs, LineId, Material, ResultSlot,
};

use crate::agent::check::{handle_of, nodelock_handle};
use crate::agent::config::nodelock_now;
use crate::agent::flag;
use crate::agent::memory::{array, fits, has_room};
use crate::agent::state::{change, nodelock_agent};
use crate::config::load;
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_BAD_VALUE, NODELOCK_ERR_BUSY, NODELOCK_ERR_CONFIG_FLAGS,
    NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_JOB_STATE, NODELOCK_ERR_JOBS_FULL, NODELOCK_ERR_NO_SLOTS,
    NODELOCK_ERR_NO_SUCH_INDEX, NODELOCK_ERR_NO_SUCH_JOB, NODELOCK_ERR_NOT_INITIALIZED,
    NODELOCK_ERR_SLOT_SIZE, NODELOCK_OK, nodelock_result, number,
};
use crate::verdict::NODELOCK_LINE_ID_LEN;

/// 64-bit words in a nodelock_jobs.
pub const NODELOCK_JOBS_WORDS: usize = 10;
/// 64-bit words in a nodelock_job_slot.
pub const NODELOCK_JOB_SLOT_WORDS: usize = 10;
/// 64-bit words in a nodelock_job_result_slot.
pub const NODELOCK_JOB_RESULT_SLOT_WORDS: usize = 3;

/// The jobs of one device, all members of its stack. The program gives it memory, passes it to
/// nodelock_jobs_init, and does not look into it. It is volatile: jobs end with the boot.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_jobs {
    /// Not for the program.
    _private: [u64; NODELOCK_JOBS_WORDS],
}

/// Room for one job.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_JOB_SLOT_WORDS],
}

/// Room for the result of one license.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job_result_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_JOB_RESULT_SLOT_WORDS],
}

const _: () = assert!(has_room::<JobSlot, nodelock_job_slot>());
const _: () = assert!(has_room::<ResultSlot, nodelock_job_result_slot>());

/// Action of a job: nothing.
pub const NODELOCK_ACTION_NO_OP: u32 = 1;
/// Action of a job: install the lines of a file.
pub const NODELOCK_ACTION_INSTALL: u32 = 2;
/// Action of a job: clear a line.
pub const NODELOCK_ACTION_CLEAR: u32 = 3;
/// Action of a job: carry out a permission ticket. No device has been given one yet: it fails.
pub const NODELOCK_ACTION_PROCESS_PERMISSION_TICKET: u32 = 4;
/// Action of a job: give the last rehost ticket once more. There is none yet: it fails.
pub const NODELOCK_ACTION_REGENERATE_LAST_REHOST_TICKET: u32 = 5;
/// Action of a job: give every installed line.
pub const NODELOCK_ACTION_BACKUP: u32 = 6;
/// Action of a job: give the agreements that the lines of a file need.
pub const NODELOCK_ACTION_GENERATE_EULA: u32 = 7;

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

/// Cause of a failure: none.
pub const NODELOCK_CAUSE_NONE: u32 = 1;
/// Cause of a failure: any that has no number of its own.
pub const NODELOCK_CAUSE_GENERAL_FAILURE: u32 = 2;
/// Cause of a failure: no way to fetch or send files like that.
pub const NODELOCK_CAUSE_TRANSFER_PROTOCOL_NOT_SUPPORTED: u32 = 3;
/// Cause of a failure: the server does not answer.
pub const NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE: u32 = 4;
/// Cause of a failure: the stack has no such member.
pub const NODELOCK_CAUSE_UNRECOGNIZED_ENTITY: u32 = 5;
/// Cause of a failure: there is no such file.
pub const NODELOCK_CAUSE_INVALID_LICENSE_FILE_PATH: u32 = 6;
/// Cause of a failure: the file holds no license.
pub const NODELOCK_CAUSE_INVALID_LICENSE_FILE: u32 = 7;
/// Cause of a failure: the line cannot be read or trusted.
pub const NODELOCK_CAUSE_INVALID_LICENSE_LINE: u32 = 8;
/// Cause of a failure: the line is installed already.
pub const NODELOCK_CAUSE_LICENSE_ALREADY_EXISTS: u32 = 9;
/// Cause of a failure: the line is for another device.
pub const NODELOCK_CAUSE_LICENSE_NOT_VALID_FOR_DEVICE: u32 = 10;
/// Cause of a failure: the count of the line.
pub const NODELOCK_CAUSE_INVALID_LICENSE_COUNT: u32 = 11;
/// Cause of a failure: the period of the line.
pub const NODELOCK_CAUSE_INVALID_LICENSE_PERIOD: u32 = 12;
/// Cause of a failure: the line is in use.
pub const NODELOCK_CAUSE_LICENSE_IN_USE: u32 = 13;
/// Cause of a failure: the license storage does not work.
pub const NODELOCK_CAUSE_INVALID_LICENSE_STORE: u32 = 14;
/// Cause of a failure: the license storage is full.
pub const NODELOCK_CAUSE_LICENSE_STORAGE_FULL: u32 = 15;
/// Cause of a failure: there is no permission ticket.
pub const NODELOCK_CAUSE_INVALID_PERMISSION_TICKET_FILE: u32 = 16;
/// Cause of a failure: the permission ticket is none for this device.
pub const NODELOCK_CAUSE_INVALID_PERMISSION_TICKET: u32 = 17;
/// Cause of a failure: the file for the rehost ticket.
pub const NODELOCK_CAUSE_INVALID_REHOST_TICKET_FILE: u32 = 18;
/// Cause of a failure: there is no rehost ticket.
pub const NODELOCK_CAUSE_INVALID_REHOST_TICKET: u32 = 19;
/// Cause of a failure: the backup could not be written.
pub const NODELOCK_CAUSE_INVALID_LICENSE_BACKUP_FILE: u32 = 20;
/// Cause of a failure: lines are being cleared.
pub const NODELOCK_CAUSE_LICENSE_CLEAR_IN_PROGRESS: u32 = 21;
/// Cause of a failure: the agreement is not there, or could not be written.
pub const NODELOCK_CAUSE_INVALID_LICENSE_EULA_FILE: u32 = 22;

/// What a job shall do. Begin with zeros.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job_request {
    /// NODELOCK_ACTION_...
    pub action: u32,
    /// Member of the stack, from 0. Its lines only are installed, cleared or backed up.
    pub member: u32,
    /// 1 to stop at the first license that fails, else 0.
    pub stop_on_failure: u32,
    /// 1 to accept the agreements of what is installed, else 0.
    pub accept_eula: u32,
    /// Id of the line to clear; not used by other actions.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// 0.
    pub reserved: [u8; 6],
}

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
}

/// What became of one license.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job_result {
    /// Number of the license in the order of the file, from 1.
    pub number: u32,
    /// NODELOCK_JOB_SUCCESSFUL or NODELOCK_JOB_FAILED.
    pub state: u32,
    /// NODELOCK_CAUSE_...
    pub cause: u32,
    /// NODELOCK_OK, or why in full, if there is more to say than the cause.
    pub reason: nodelock_result,
}

/// What a running job needs from the program.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job_port {
    /// sizeof(nodelock_job_port), as the program knows it.
    pub size: u32,
    /// 0.
    pub reserved: u32,
    /// Passed to the functions.
    pub user: *mut c_void,
    /// Gives the text of the agreement for a feature: *text, valid until the next callback, and its length.
    /// Returns 0, or another number if there is none. May be NULL: there are none.
    pub agreement: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            handle: nodelock_handle,
            text: *mut *const c_char,
            len: *mut usize,
        ) -> i32,
    >,
    /// Takes a piece of a backup or of an agreement; at the end it is called once with NULL and 0. Returns
    /// 0. May be NULL: jobs that have output fail.
    pub output: Option<unsafe extern "C" fn(user: *mut c_void, data: *const u8, len: usize) -> i32>,
}

const READY: u64 = 0x6A6F_6273_A7C3_9B51;
/// A job runs, whose callbacks must not change the table.
const RUNNING: u64 = 0x6A6F_6273_58E4_6CAE;

#[repr(C)]
struct Content {
    word: u64,
    jobs: Jobs<'static>,
}

const _: () = assert!(has_room::<Content, nodelock_jobs>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_jobs>());
const _: () = assert!(!needs_drop::<Content>());

/// Jobs that are initialised, and none of which runs.
///
/// The caller's promise: `jobs` leads to a `nodelock_jobs`, in whatever state.
unsafe fn open(jobs: *const nodelock_jobs) -> Result<*mut Content, Code> {
    ptr::check(jobs)?;
    let at = jobs.cast_mut().cast::<Content>();
    // SAFETY: aligned for it, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        READY => Ok(at),
        RUNNING => Err(Code(NODELOCK_ERR_BUSY)),
        _ => Err(Code(NODELOCK_ERR_NOT_INITIALIZED)),
    }
}

unsafe fn with<T>(
    jobs: *mut nodelock_jobs,
    work: impl FnOnce(&mut Jobs<'static>) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on.
    let at = unsafe { open(jobs) }?;
    // SAFETY: the word says that all of it is written; other calls are kept apart by the caller's lock.
    work(unsafe { &mut (*at).jobs })
}

unsafe fn read<T>(
    jobs: *const nodelock_jobs,
    work: impl FnOnce(&Jobs<'static>) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on.
    let at = unsafe { open(jobs) }?;
    // SAFETY: as in `with`.
    work(unsafe { &(*at).jobs })
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

fn cause(number: u32) -> Result<Cause, Code> {
    let mut all = Cause::ALL.into_iter();
    all.find(|&cause| cause as u32 == number).ok_or(Code(NODELOCK_ERR_BAD_VALUE))
}

impl nodelock_job_request {
    fn open(&self) -> Result<JobRequest, Code> {
        let action = match self.action {
            NODELOCK_ACTION_NO_OP => Action::NoOp,
            NODELOCK_ACTION_INSTALL => Action::Install,
            NODELOCK_ACTION_CLEAR => Action::Clear,
            NODELOCK_ACTION_PROCESS_PERMISSION_TICKET => Action::ProcessPermissionTicket,
            NODELOCK_ACTION_REGENERATE_LAST_REHOST_TICKET => Action::RegenerateLastRehostTicket,
            NODELOCK_ACTION_BACKUP => Action::Backup,
            NODELOCK_ACTION_GENERATE_EULA => Action::GenerateEula,
            _ => return Err(Code(NODELOCK_ERR_BAD_VALUE)),
        };
        if self.reserved != [0; 6] {
            return Err(Code(NODELOCK_ERR_BAD_VALUE));
        }
        Ok(JobRequest {
            action,
            member: u8::try_from(self.member).map_err(|_| Code(NODELOCK_ERR_BAD_VALUE))?,
            line: (action == Action::Clear).then_some(LineId(self.line_id)),
            stop_on_failure: flag(self.stop_on_failure)?,
            accept_eula: flag(self.accept_eula)?,
        })
    }

    fn of(request: &JobRequest) -> Self {
        Self {
            action: request.action as u32,
            member: u32::from(request.member),
            stop_on_failure: u32::from(request.stop_on_failure),
            accept_eula: u32::from(request.accept_eula),
            line_id: request.line.map_or([0; NODELOCK_LINE_ID_LEN], |id| id.0),
            reserved: [0; 6],
        }
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

/// The arrays that jobs work in. Begin it with NODELOCK_JOBS_MEMORY_INIT, or in C++17 with
/// NODELOCK_JOBS_MEMORY_SET_SIZES. The structure itself is used during nodelock_jobs_init only; the arrays belong to
/// the jobs from then on. Whatever is in them is overwritten.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_jobs_memory {
    /// sizeof(nodelock_jobs_memory), as the program knows it. So are the next two, of their types.
    pub size: u32,
    /// sizeof(nodelock_job_slot).
    pub slot_size: u32,
    /// sizeof(nodelock_job_result_slot).
    pub result_slot_size: u32,
    /// 0.
    pub reserved: u32,
    /// One for each job that is kept at a time.
    pub slots: *mut nodelock_job_slot,
    /// Number of slots.
    pub slot_count: usize,
    /// One for each result of a license that is kept at a time. May be NULL if there are 0: then jobs only count
    /// what became of their licenses.
    pub results: *mut nodelock_job_result_slot,
    /// Number of results.
    pub result_count: usize,
}

/// Begins with no jobs.
///
/// jobs       Memory for the jobs; whatever is in it is overwritten. It must not be moved.
/// jobs_size  sizeof(nodelock_jobs), as the program knows it.
/// memory     See there.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_CONFIG_FLAGS,
/// NODELOCK_ERR_SLOT_SIZE, NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_NULL_ARGUMENT,
/// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_BUSY.
/// Writes: jobs and the arrays of memory. Calls: nothing. Threads: see the top. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_init(
    jobs: *mut nodelock_jobs,
    jobs_size: usize,
    memory: *const nodelock_jobs_memory,
) -> nodelock_result {
    let work = || {
        ptr::check(jobs)?;
        if jobs_size < size_of::<nodelock_jobs>() {
            return Err(Code(NODELOCK_ERR_CTX_SIZE));
        }
        // SAFETY: checked above; whatever else is in it does not count.
        if let Err(busy @ Code(NODELOCK_ERR_BUSY)) = unsafe { open(jobs) } {
            return Err(busy);
        }
        // SAFETY: the caller's promise; zero is a value of every field.
        let given: nodelock_jobs_memory = unsafe { load(memory) }?;
        if given.reserved != 0 {
            return Err(Code(NODELOCK_ERR_CONFIG_FLAGS));
        }
        if !fits::<nodelock_job_slot>(given.slot_size)
            || !fits::<nodelock_job_result_slot>(given.result_slot_size)
        {
            return Err(Code(NODELOCK_ERR_SLOT_SIZE));
        }
        if given.slot_count == 0 {
            return Err(Code(NODELOCK_ERR_NO_SLOTS));
        }
        // SAFETY: the caller's promise; each slot type has room for the core's, as asserted above.
        let (slots, results) = unsafe {
            (
                array(given.slots, given.slot_count, || JobSlot::EMPTY)?,
                array(given.results, given.result_count, || ResultSlot::EMPTY)?,
            )
        };
        let content = Content { word: READY, jobs: Jobs::new(slots, results) };
        // SAFETY: aligned for it, and large enough.
        unsafe { jobs.cast::<Content>().write(content) };
        Ok(())
    };
    number(work())
}

/// Makes a job, which waits to be started. If there is no room, the oldest job that has been over for five
/// minutes makes some.
///
/// jobs     The jobs.
/// request  What to do.
/// now      The time.
/// id       Its name, never 0.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_JOBS_FULL, NODELOCK_ERR_BAD_VALUE; and as for every call on jobs
/// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
/// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
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

/// Puts a job at the end of the queue.
///
/// jobs  The jobs.
/// id    The job.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE if it was started before.
/// Writes: jobs. Calls: nothing. Threads: see the top. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_jobs_start(jobs: *mut nodelock_jobs, id: u32) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { with(jobs, |jobs| Ok(jobs.start(JobId(id))?)) })
}

/// Takes the first job of the queue whose member has none running. It is in progress now: fetch its file and
/// call nodelock_agent_perform.
///
/// jobs  The jobs.
/// id    The job, or 0 if none waits.
///
/// Results: NODELOCK_OK.
/// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
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

/// Deletes a job with its results: before it runs that cancels it.
///
/// jobs  The jobs.
/// id    The job.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE while it runs.
/// Writes: jobs. Calls: nothing. Threads: see the top. ISR: no.
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
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
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
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
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

/// What became of one license of a job, in the order of its file.
///
/// jobs   The jobs.
/// id     The job.
/// index  From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
/// out    The result, copied.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
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

/// Carries out a job that was begun, with what was fetched for it, and ends it. What fails in the job itself is
/// in its state, its cause and its results.
///
/// agent    The agent.
/// jobs     The jobs.
/// id       The job.
/// fetched  NODELOCK_CAUSE_NONE, or why its file could not be fetched: the job fails with that.
/// file     The file; NULL if the job needs none. Used during the call only.
/// len      Its length in bytes.
/// port     See there; NULL if the job has neither agreements nor output.
/// now      The time.
/// state    How it ended: NODELOCK_JOB_...
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB, NODELOCK_ERR_JOB_STATE if it was not begun,
/// NODELOCK_ERR_BAD_VALUE, NODELOCK_ERR_LENGTH, NODELOCK_ERR_CONFIG_SIZE for port. The job is still in
/// progress then.
/// Writes: agent, jobs, storage as the action itself; *state on NODELOCK_OK. Calls: as the action itself,
/// and those of port. Threads: see the top. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_perform(
    agent: *mut nodelock_agent,
    jobs: *mut nodelock_jobs,
    id: u32,
    fetched: u32,
    file: *const u8,
    len: usize,
    port: *const nodelock_job_port,
    now: *const nodelock_now,
    state: *mut u32,
) -> nodelock_result {
    let work = |core: &mut super::Core, _: &crate::config::nodelock_config| {
        ptr::check(state)?;
        // SAFETY: the caller's promise.
        let now = unsafe { nodelock_now::read(now) }?;
        let material = match cause(fetched)? {
            Cause::None if file.is_null() => Material::Nothing,
            // SAFETY: the caller's promise.
            Cause::None => Material::File(unsafe { ptr::bytes(file, len) }?),
            cause => Material::Failed(cause),
        };
        // SAFETY: the caller's promise.
        let mut host = unsafe { Port::open(port) }?;
        // SAFETY: the caller's promise.
        let at = unsafe { open(jobs) }?;
        // SAFETY: the word says that all of it is written; it keeps callbacks out meanwhile.
        let ended = unsafe {
            (&raw mut (*at).word).write(RUNNING);
            let ended = core.perform(&mut (*at).jobs, JobId(id), material, &mut host, now);
            (&raw mut (*at).word).write(READY);
            ended
        };
        let ended: JobState = ended?;
        // SAFETY: checked above.
        unsafe { ptr::put(state, ended as u32) };
        Ok(())
    };
    // SAFETY: the caller's promise.
    number(unsafe { change(agent, work) })
}

/// The program's side of a job.
struct Port(Option<nodelock_job_port>);

impl Port {
    /// The caller's promise: `port` is NULL or leads to one.
    unsafe fn open(port: *const nodelock_job_port) -> Result<Self, Code> {
        if port.is_null() {
            return Ok(Self(None));
        }
        // SAFETY: the caller's promise; zero is a value of every field.
        let given: nodelock_job_port = unsafe { load(port) }?;
        if given.reserved != 0 {
            return Err(Code(NODELOCK_ERR_BAD_VALUE));
        }
        Ok(Self(Some(given)))
    }

    fn put(&mut self, data: *const u8, len: usize) -> Result<(), ()> {
        let port = self.0.as_ref().ok_or(())?;
        let output = port.output.ok_or(())?;
        // SAFETY: the program's function, called as the header says.
        if unsafe { output(port.user, data, len) } == 0 { Ok(()) } else { Err(()) }
    }
}

impl JobHost for Port {
    fn agreement(&mut self, feature: FeatureId) -> Option<&[u8]> {
        let port = self.0.as_ref()?;
        let mut text = core::ptr::null();
        let mut len = 0;
        // SAFETY: the program's function, called as the header says.
        let answer = unsafe {
            (port.agreement?)(port.user, handle_of(feature), &raw mut text, &raw mut len)
        };
        if answer != 0 {
            return None;
        }
        // SAFETY: the callback's promise: as much text, until the next callback.
        unsafe { ptr::text(text, len) }.ok()
    }

    fn output(&mut self, content: &[u8]) -> Result<(), ()> {
        self.put(content.as_ptr(), content.len())
    }

    fn finish(&mut self) -> Result<(), ()> {
        self.put(core::ptr::null(), 0)
    }
}
