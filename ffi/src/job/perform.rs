//! Carrying a job out.

use core::ffi::{c_char, c_void};

use nodelock::FeatureHandle;
use nodelock::job::{JobCause, JobHost, JobId, JobState, Material};

use crate::agent::{Core, change_at, handle_of, nodelock_agent, nodelock_handle, nodelock_now};
use crate::config::{load, nodelock_config};
use crate::job::cause::cause;
use crate::job::memory::{READY, RUNNING, nodelock_jobs, open};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_RESERVED, nodelock_result, number};

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
    pub eula: Option<
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

/// Carries out a job that was begun, with the file that was fetched for it, and ends it. If the job itself fails, its
/// state, its cause and its results say so.
///
/// agent    The agent.
/// jobs     The jobs.
/// id       The job.
/// fetched  NODELOCK_CAUSE_NONE, or why its file could not be fetched: the job fails with that.
/// file     The file; NULL if the job needs none. Used during the call only.
/// len      Its length in bytes.
/// port     See nodelock_job_port; NULL if the job needs neither license agreements nor output.
/// now      The time.
/// state    How it ended: NODELOCK_JOB_...
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB, NODELOCK_ERR_JOB_STATE if it was not begun,
/// NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_LENGTH, NODELOCK_ERR_CONFIG_SIZE and NODELOCK_ERR_RESERVED for port. The job is
/// still in progress then.
/// Writes: agent, jobs, storage as the action itself; *state on NODELOCK_OK. Calls: as the action itself,
/// and those of port. Threads: see base.h. ISR: no.
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
    let work = |core: &mut Core, _: &nodelock_config, now| {
        ptr::check(state)?;
        let material = match cause(fetched)? {
            JobCause::None if file.is_null() => Material::Nothing,
            // SAFETY: the caller's promise.
            JobCause::None => Material::File(unsafe { ptr::bytes(file, len) }?),
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
    number(unsafe { change_at(agent, now, work) })
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
            return Err(Code(NODELOCK_ERR_RESERVED));
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
    fn eula_text(&mut self, feature: FeatureHandle) -> Option<&[u8]> {
        let port = self.0.as_ref()?;
        let mut text = core::ptr::null();
        let mut len = 0;
        // SAFETY: the program's function, called as the header says.
        let answer =
            unsafe { (port.eula?)(port.user, handle_of(feature), &raw mut text, &raw mut len) };
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
