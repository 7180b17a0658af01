//! What is in the memory of an agent, and who may touch it.

use core::cell::Cell;
use core::mem::{align_of, needs_drop, size_of};

use nodelock::catalog::Catalog;
use nodelock::value::WithSecret;
use nodelock::{Agent, Now};

use crate::agent::config::nodelock_now;
use crate::agent::identity::Identity;
use crate::agent::pace::Pace;
use crate::agent::storage::Flash;
use crate::config::{Anchors, nodelock_config};
use crate::port::Crypto;
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_BUSY, NODELOCK_ERR_NOT_INITIALIZED};

/// 64-bit words in an agent. Some are not used yet: a later version with the same ABI number can use them.
#[cfg(target_pointer_width = "64")]
pub const NODELOCK_AGENT_WORDS: usize = 210;
/// 64-bit words in an agent. Some are not used yet: a later version with the same ABI number can use them.
#[cfg(target_pointer_width = "32")]
pub const NODELOCK_AGENT_WORDS: usize = 160;

/// The license agent of one device. The program gives it memory, passes it to nodelock_agent_boot, and
/// does not look into it.
///
/// It must NOT be moved or copied, because parts of it point to each other. A copy counts as not booted.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_agent {
    /// Not for the program.
    _private: [u64; NODELOCK_AGENT_WORDS],
}

/// sizeof(nodelock_agent) of the library that is linked.
///
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_agent_size() -> usize {
    size_of::<nodelock_agent>()
}

/// In `Content::word` of an agent that is booted: made of where the agent lies, so that a copy of one is
/// none. What a check compares costs no register but one in this form, and no constant in memory.
fn ready_at(agent: *const nodelock_agent) -> usize {
    agent.addr() ^ 0x5B00_5B00
}
/// A call is running that may call back. No address of an agent gives this or the next.
const RUNNING: usize = 0x58E4_6CAF;
/// Booting failed; only the port's error can be asked for.
const FAILED: usize = 0xC31D_E2B5;

/// The core's agent on the ports of this crate. Nothing that it refers to ends before it: its parts
/// in `Content` stay where they are, and the rest is the caller's promise.
pub(crate) type Core = Agent<'static, (Flash, Crypto<'static>, WithSecret<Identity<'static>>)>;

/// What is in an agent. No reference to the whole of it is ever made: callbacks run while a call works
/// on `core`, and a callback that calls the library must find `word` readable.
#[repr(C)]
pub(super) struct Content {
    word: usize,
    /// The last failure of a callback since the boot.
    pub(super) error: Cell<i32>,
    pub(super) pace: Pace,
    pub(super) settings: nodelock_config,
    pub(super) anchors: Anchors,
    pub(super) catalog: Catalog<'static>,
    pub(super) core: Core,
}

const _: () = assert!(size_of::<Content>() <= size_of::<nodelock_agent>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_agent>());
// So that its memory may be used for something else, or booted again, just like that.
const _: () = assert!(!needs_drop::<Content>());

/// An agent that is booted and has no call running.
///
/// The caller's promise: `agent` leads to a `nodelock_agent`, in whatever state.
unsafe fn open(agent: *const nodelock_agent) -> Result<*mut Content, Code> {
    ptr::check(agent)?;
    let at = agent.cast_mut().cast::<Content>();
    // SAFETY: aligned for an agent, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        word if word == ready_at(agent) => Ok(at),
        RUNNING => Err(Code(NODELOCK_ERR_BUSY)),
        _ => Err(Code(NODELOCK_ERR_NOT_INITIALIZED)),
    }
}

/// Lets a call read the agent.
///
/// The caller's promise: `agent` leads to a `nodelock_agent`, in whatever state.
pub(super) unsafe fn look<T>(
    agent: *const nodelock_agent,
    work: impl FnOnce(&Core) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on.
    let at = unsafe { open(agent) }?;
    // SAFETY: the word says that all of it is written; calls that change it are kept apart by the
    // caller's lock.
    work(unsafe { &(*at).core })
}

/// The same in the fewest instructions, for the one call that shall have no cost.
///
/// The caller's promise: `agent` leads to a `nodelock_agent`, in whatever state.
#[inline(always)]
pub(super) unsafe fn ready<'a>(agent: *const nodelock_agent) -> Option<&'a Core> {
    // As `ptr::check`, which would be a call.
    if agent.is_null() || !agent.is_aligned() {
        return None;
    }
    let at = agent.cast::<Content>();
    // SAFETY: as in `open` and `look`.
    unsafe { (ptr::word(&raw const (*at).word) == ready_at(agent)).then(|| &(*at).core) }
}

/// Lets a call change the agent, and keeps callbacks out meanwhile.
///
/// The caller's promise: `agent` leads to a `nodelock_agent`, in whatever state.
pub(crate) unsafe fn change<T>(
    agent: *mut nodelock_agent,
    work: impl FnOnce(&mut Core, &nodelock_config) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on.
    let at = unsafe { open(agent) }?;
    // SAFETY: the word says that all of it is written. `core` is exclusive by the state "running", and
    // what it refers to beside itself is only ever read, or a cell.
    let (settings, core) = unsafe {
        (&raw mut (*at).word).write(RUNNING);
        (&(*at).settings, &mut (*at).core)
    };
    let outcome = work(core, settings);
    // SAFETY: as above.
    unsafe { (&raw mut (*at).word).write(ready_at(agent)) };
    outcome
}

/// The same with the time, once it is seen that it counts in seconds.
///
/// The caller's promise: as above, and `now` is NULL or leads to a time.
pub(crate) unsafe fn change_at<T>(
    agent: *mut nodelock_agent,
    now: *const nodelock_now,
    work: impl FnOnce(&mut Core, &nodelock_config, Now) -> Result<T, Code>,
) -> Result<T, Code> {
    // SAFETY: passed on; no callback runs here, nor does anything refer to how fast the time runs.
    let now = unsafe {
        let at = open(agent)?;
        let told = (*at).core.uptime();
        (*at).pace.judge(nodelock_now::read(now)?, told)?
    };
    // SAFETY: passed on.
    unsafe { change(agent, |core, settings| work(core, settings, now)) }
}

/// Boots an agent in this memory, and keeps callbacks out meanwhile. `work` writes all of it if it succeeds.
///
/// The caller's promise: `agent` leads to a `nodelock_agent`, in whatever state.
pub(super) unsafe fn begin(
    agent: *mut nodelock_agent,
    work: impl FnOnce(*mut Content) -> Result<(), Code>,
) -> Result<(), Code> {
    // SAFETY: passed on.
    match unsafe { open(agent) } {
        Ok(_) | Err(Code(NODELOCK_ERR_NOT_INITIALIZED)) => {}
        Err(code) => return Err(code),
    }
    let at = agent.cast::<Content>();
    // SAFETY: aligned for an agent, which is large enough; nobody has a reference to it.
    unsafe {
        (&raw mut (*at).word).write(RUNNING);
        (&raw mut (*at).error).write(Cell::new(0));
        (&raw mut (*at).pace).write(Pace::NEW);
    }
    let outcome = work(at);
    let word = if outcome.is_ok() { ready_at(agent) } else { FAILED };
    // SAFETY: as above.
    unsafe { (&raw mut (*at).word).write(word) };
    outcome
}

/// Ends the use of an agent.
///
/// The caller's promise: `agent` leads to a `nodelock_agent`, in whatever state.
pub(super) unsafe fn close(agent: *mut nodelock_agent) -> Result<(), Code> {
    // SAFETY: passed on.
    let at = unsafe { open(agent) }?;
    // SAFETY: as in `begin`.
    unsafe { (&raw mut (*at).word).write(0) };
    Ok(())
}

/// The error number that a callback of the program returned when one failed last, since nodelock_agent_boot was
/// called. It stays until another one fails, so it is there when NODELOCK_EVENT_STORAGE is fetched, and, unless the
/// storage has failed since, for a NODELOCK_ERR_UDI_UNAVAILABLE: read_udi is called in nodelock_agent_boot only.
///
/// agent  Any agent; NULL and one that never was booted are no error.
///
/// Returns that number, or 0 if every callback did its job so far. It can be asked for after a
/// nodelock_agent_boot that failed, too.
/// Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_agent_last_port_error(agent: *const nodelock_agent) -> i32 {
    if ptr::check(agent).is_err() {
        return 0;
    }
    let at = agent.cast::<Content>();
    // SAFETY: aligned for an agent, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        // SAFETY: the word says that the cell is written.
        RUNNING | FAILED => unsafe { &(*at).error }.get(),
        // SAFETY: as before.
        word if word == ready_at(agent) => unsafe { &(*at).error }.get(),
        _ => 0,
    }
}
