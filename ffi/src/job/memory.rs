//! What is in the memory of jobs, and who may touch it.

use core::mem::{align_of, needs_drop, size_of};

use nodelock::job::{JobSlot, Jobs, ResultSlot};

use crate::agent::{array, fits, has_room};
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_BUSY, NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_JOBS_MEMORY_SIZE,
    NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_RESERVED, nodelock_result,
    number,
};

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

/// In `Content::word`: initialised, and no job runs.
pub(super) const READY: u64 = 0x6A6F_6273_A7C3_9B51;
/// A job runs, whose callbacks must not change the table.
pub(super) const RUNNING: u64 = 0x6A6F_6273_58E4_6CAE;

#[repr(C)]
pub(super) struct Content {
    pub(super) word: u64,
    pub(super) jobs: Jobs<'static>,
}

const _: () = assert!(has_room::<Content, nodelock_jobs>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_jobs>());
const _: () = assert!(!needs_drop::<Content>());

/// Jobs that are initialised, and none of which runs.
///
/// The caller's promise: `jobs` leads to a `nodelock_jobs`, in whatever state.
pub(super) unsafe fn open(jobs: *const nodelock_jobs) -> Result<*mut Content, Code> {
    ptr::check(jobs)?;
    let at = jobs.cast_mut().cast::<Content>();
    // SAFETY: aligned for it, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        READY => Ok(at),
        RUNNING => Err(Code(NODELOCK_ERR_BUSY)),
        _ => Err(Code(NODELOCK_ERR_NOT_INITIALIZED)),
    }
}

pub(super) unsafe fn with<T>(
    jobs: *mut nodelock_jobs,
    work: impl FnOnce(&mut Jobs<'static>) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on.
    let at = unsafe { open(jobs) }?;
    // SAFETY: the word says that all of it is written; other calls are kept apart by the caller's lock.
    work(unsafe { &mut (*at).jobs })
}

pub(super) unsafe fn read<T>(
    jobs: *const nodelock_jobs,
    work: impl FnOnce(&Jobs<'static>) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on.
    let at = unsafe { open(jobs) }?;
    // SAFETY: as in `with`.
    work(unsafe { &(*at).jobs })
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

/// Makes jobs ready: there are none yet.
///
/// jobs       Memory for the jobs; whatever is in it is overwritten. It must not be moved.
/// jobs_size  sizeof(nodelock_jobs), as the program knows it.
/// memory     See nodelock_jobs_memory.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_JOBS_MEMORY_SIZE, NODELOCK_ERR_RESERVED,
/// NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_NULL_ARGUMENT,
/// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_BUSY.
/// Writes: jobs and the arrays of memory. Calls: nothing. Threads: see base.h. ISR: no.
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
        ptr::check(memory)?;
        // SAFETY: the size is the first field in every version.
        let size = unsafe { memory.cast::<u32>().read() };
        if usize::try_from(size) != Ok(size_of::<nodelock_jobs_memory>()) {
            return Err(Code(NODELOCK_ERR_JOBS_MEMORY_SIZE));
        }
        // SAFETY: not NULL, aligned, and as large as one; the rest is the caller's promise.
        let given = unsafe { &*memory };
        if !fits::<nodelock_job_slot>(given.slot_size)
            || !fits::<nodelock_job_result_slot>(given.result_slot_size)
        {
            return Err(Code(NODELOCK_ERR_JOBS_MEMORY_SIZE));
        }
        if given.reserved != 0 {
            return Err(Code(NODELOCK_ERR_RESERVED));
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
