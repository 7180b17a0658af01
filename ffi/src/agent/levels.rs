//! The levels of the image.

use nodelock::FeatureHandle;
use nodelock::catalog::FeatureKind;

use crate::agent::check::{NODELOCK_NO_HANDLE, handle_of, nodelock_handle};
use crate::agent::feature;
use crate::agent::state::{Core, change, look, nodelock_agent};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_NOT_A_LEVEL, nodelock_result, number};

/// Asks for a level at the next boot, which then chooses the highest licensed level up to this one. Trials of levels
/// run only if their level is asked for.
///
/// agent   The agent.
/// handle  The level.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_NOT_A_LEVEL; NODELOCK_ERR_STORAGE_...
/// Writes: agent; storage, once. Calls: store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_request_level(
    agent: *mut nodelock_agent,
    handle: nodelock_handle,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { change(agent, |core, _| Ok(core.request_level(level(core, handle)?)?)) })
}

/// Withdraws the request: the highest licensed level of the package is chosen at the next boot.
///
/// agent   The agent.
/// handle  Any level of the package.
///
/// Results: as nodelock_agent_request_level.
/// Writes: agent; storage, once. Calls: remove. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_request_any_level(
    agent: *mut nodelock_agent,
    handle: nodelock_handle,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { change(agent, |core, _| Ok(core.request_any_level(level(core, handle)?)?)) })
}

/// The level that runs.
///
/// agent   The agent.
/// handle  Any level of the package.
/// level   The level that was chosen at boot; NODELOCK_NO_HANDLE if handle is no level.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
/// Writes: *level on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_booted_level(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    level: *mut nodelock_handle,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { look(agent, |core| tell(core.booted_level(feature(core, handle)?), level)) })
}

/// The level that would run if the device booted now.
///
/// agent   The agent.
/// handle  Any level of the package.
/// level   That level; NODELOCK_NO_HANDLE if handle is no level.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
/// Writes: *level on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_next_level(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    level: *mut nodelock_handle,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { look(agent, |core| tell(core.next_level(feature(core, handle)?), level)) })
}

/// The level that a handle names.
fn level(core: &Core, handle: nodelock_handle) -> Result<FeatureHandle, Code> {
    let id = feature(core, handle)?;
    match core.catalog().feature(id).map(nodelock::Feature::kind) {
        Some(FeatureKind::Level { .. }) => Ok(id),
        _ => Err(Code(NODELOCK_ERR_NOT_A_LEVEL)),
    }
}

/// The caller's promise: a handle can be written.
unsafe fn tell(level: Option<FeatureHandle>, out: *mut nodelock_handle) -> Result<(), Code> {
    ptr::check(out)?;
    // SAFETY: checked above.
    unsafe { ptr::put(out, level.map_or(NODELOCK_NO_HANDLE, handle_of)) };
    Ok(())
}
