//! May it run, and who uses it.

use core::ffi::c_char;

use nodelock::FeatureHandle;
use nodelock::lease::LeaseToken;

use crate::agent::config::{nodelock_now, nodelock_uptime};
use crate::agent::feature;
use crate::agent::state::{change_at, look, nodelock_agent, ready};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_UNKNOWN_FEATURE, nodelock_result, number};
use crate::verdict::{NODELOCK_UNDECIDED, granted_or_0, nodelock_verdict};

/// A feature of the catalog: its index there.
pub type nodelock_handle = u16;

/// In place of a handle: there is no such feature.
pub const NODELOCK_NO_HANDLE: nodelock_handle = 0xFFFF;

pub(crate) fn handle_of(id: FeatureHandle) -> nodelock_handle {
    u16::try_from(id.index()).unwrap_or(NODELOCK_NO_HANDLE)
}

/// A number of units, as an argument. It is a type of its own, as are an owner and a lease, so that none of them can
/// be passed for another or for a handle by mistake: NODELOCK_UNITS(count) makes one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_units {
    /// The number.
    pub count: u64,
}

/// Units of a feature that were acquired.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_lease {
    /// Never 0. Any other number than the one that was given is refused.
    pub token: u64,
}

/// Who has acquired units: any number that the program chooses, e.g. of a task. NODELOCK_OWNER(number) makes one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_owner {
    /// The number.
    pub number: u32,
}

/// The handle of a feature: its index in the catalog. Ask once; checks by handle are look-ups.
///
/// agent   The agent.
/// name    Name of the feature; needs no NUL.
/// len     Its length in bytes.
/// handle  The handle.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_LENGTH, NODELOCK_ERR_UNKNOWN_FEATURE.
/// Writes: *handle on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_find(
    agent: *const nodelock_agent,
    name: *const c_char,
    len: usize,
    handle: *mut nodelock_handle,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(handle)?;
            let found = core.find(ptr::text(name, len)?);
            let id = found.ok_or(Code(NODELOCK_ERR_UNKNOWN_FEATURE))?;
            ptr::put(handle, handle_of(id));
            Ok(())
        })
    })
}

/// May the feature run? A look-up: no hash, no storage, no callback.
///
/// agent    The agent.
/// handle   The feature.
/// uptime   Seconds since power-on, now.
/// verdict  NODELOCK_GRANTED or a denial: the number of the reason without its sign, e.g. 609 for
///          NODELOCK_ERR_NOT_ACTIVATED.
///
/// A denial is an answer, not an error; a handle of no feature is denied with 613. nodelock_verdict_text(verdict)
/// has words for it. Metered licenses and rights to use say yes only while the feature is
/// activated or acquired. Units that are in use do not matter here, but for nodelock_agent_acquire.
///
/// Results: NODELOCK_OK.
/// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED, so that no old answer is left.
/// Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_check(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    uptime: nodelock_uptime,
    verdict: *mut nodelock_verdict,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    unsafe {
        let decided =
            look(agent, |core| Ok(core.check_code(FeatureHandle::at(handle), uptime.seconds)));
        answer(verdict, decided)
    }
}

/// May the feature run? The same by name, for programs that did not keep the handle.
///
/// agent, uptime, verdict  As for nodelock_agent_check.
/// name                    Name of the feature; needs no NUL.
/// len                     Its length in bytes.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_LENGTH.
/// Writes: as nodelock_agent_check. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_check_name(
    agent: *const nodelock_agent,
    name: *const c_char,
    len: usize,
    uptime: nodelock_uptime,
    verdict: *mut nodelock_verdict,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    unsafe {
        let decided = look(agent, |core| {
            // 613 for a name that is none.
            let id =
                core.find(ptr::text(name, len)?).unwrap_or(FeatureHandle::at(NODELOCK_NO_HANDLE));
            Ok(core.check_code(id, uptime.seconds))
        });
        answer(verdict, decided)
    }
}

/// May the feature run? The short form of nodelock_agent_check, for use in a condition:
///
///   if (nodelock_agent_granted(&agent, VOICE, now.uptime) == NODELOCK_GRANTED) { ... }
///
/// agent, handle, uptime  As there.
///
/// Returns NODELOCK_GRANTED or 0, for every denial and wherever nodelock_agent_check has a result other than
/// NODELOCK_OK. The 0 does not tell why: ask nodelock_agent_check, or nodelock_agent_explain.
/// Writes: nothing. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_granted(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    uptime: nodelock_uptime,
) -> nodelock_verdict {
    // SAFETY: the caller's promise.
    match unsafe { ready(agent) } {
        Some(core) => granted_or_0(core.check_code(FeatureHandle::at(handle), uptime.seconds)),
        None => NODELOCK_UNDECIDED,
    }
}

/// The caller's promise: a verdict can be written.
unsafe fn answer(verdict: *mut u32, decided: Result<u32, Code>) -> i32 {
    if let Err(code) = ptr::check(verdict) {
        return number(Err(code));
    }
    let (value, outcome) = match decided {
        Ok(value) => (value, Ok(())),
        Err(code) => (NODELOCK_UNDECIDED, Err(code)),
    };
    // SAFETY: checked above.
    unsafe { ptr::put(verdict, value) };
    number(outcome)
}

/// Takes units of a feature, until they are released or the device reboots. While they are held the feature runs, so
/// metered time is charged.
///
/// agent   The agent.
/// handle  The feature; no level.
/// units   How many; 0 means 1.
/// owner   Only the same owner can release them.
/// now     The time.
/// lease   The units, for nodelock_agent_release.
///
/// Results: NODELOCK_OK; why it may not run or not so often, NODELOCK_ERR_NO_LICENSE,
/// NODELOCK_ERR_COUNT_TOO_LOW (also if the maximum of the catalog is lower) and the other -6xx;
/// NODELOCK_ERR_LEASES_FULL; NODELOCK_ERR_STORAGE_... if its time could not be charged;
/// NODELOCK_ERR_ARGUMENT. Nothing is taken then.
/// Writes: agent; storage once for each metered license that begins to run; *lease on NODELOCK_OK. Calls: load, store.
/// Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_acquire(
    agent: *mut nodelock_agent,
    handle: nodelock_handle,
    units: nodelock_units,
    owner: nodelock_owner,
    now: *const nodelock_now,
    lease: *mut nodelock_lease,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            ptr::check(lease)?;
            let id = feature(core, handle)?;
            let taken = core.acquire(id, units.count, owner.number, now);
            let token = taken.map_err(|denial| Code::from(denial.reason))?.to_bits();
            ptr::put(lease, nodelock_lease { token });
            Ok(())
        })
    })
}

/// Releases units.
///
/// agent  The agent.
/// lease  From nodelock_agent_acquire.
/// owner  The owner given there.
/// now    The time.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LEASE if it was released before, is another owner's, or is
/// none; NODELOCK_ERR_ARGUMENT.
/// Writes: agent; storage as nodelock_agent_tick. Calls: load, store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_agent_release(
    agent: *mut nodelock_agent,
    lease: nodelock_lease,
    owner: nodelock_owner,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            Ok(core.release(LeaseToken::from_bits(lease.token), owner.number, now)?)
        })
    })
}

/// How many units of a feature are in use.
///
/// agent   The agent.
/// handle  The feature.
/// units   Units that are acquired now.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
/// Writes: *units on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_in_use(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    units: *mut u64,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(units)?;
            ptr::put(units, core.in_use(feature(core, handle)?));
            Ok(())
        })
    })
}

/// Switches a feature on, until it is switched off. For rights to use this is remembered over reboots;
/// other features are activated again after each.
///
/// agent   The agent.
/// handle  The feature.
/// now     The time.
///
/// Results: as nodelock_agent_acquire, but for those about leases. It is activated then as it was before.
/// Writes: agent; storage once for each right to use, and once for each metered license that begins to run.
/// Calls: load, store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_activate(
    agent: *mut nodelock_agent,
    handle: nodelock_handle,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            let id = feature(core, handle)?;
            core.activate(id, now).map_err(|denial| Code::from(denial.reason))
        })
    })
}

/// Switches a feature off.
///
/// agent   The agent.
/// handle  The feature.
/// now     The time.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_ARGUMENT;
/// NODELOCK_ERR_STORAGE_... if a right to use could not be forgotten: it is off all the same, until the
/// next boot.
/// Writes: agent; storage once for each right to use. Calls: load, store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_agent_deactivate(
    agent: *mut nodelock_agent,
    handle: nodelock_handle,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            let id = feature(core, handle)?;
            Ok(core.deactivate(id, now)?)
        })
    })
}
