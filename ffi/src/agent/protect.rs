//! Older copies of the storage, and rights that are taken back.

use nodelock::record::Repair;
use nodelock::store::RollbackState;

use crate::agent::config::nodelock_now;
use crate::agent::line_id;
use crate::agent::state::{change, change_at, look, nodelock_agent};
use crate::ptr;
use crate::result::{self, nodelock_result, number};

/// Rollback state: there are no rollback counters, so it is unknown whether the stored values are the latest.
pub const NODELOCK_ROLLBACK_STATE_UNPROTECTED: u32 = 0;
/// Rollback state: the stored values are the latest.
pub const NODELOCK_ROLLBACK_STATE_LATEST: u32 = 1;
/// Rollback state: they are older than the rollback counters; rights with a time limit are denied.
pub const NODELOCK_ROLLBACK_STATE_ROLLED_BACK: u32 = 2;
/// Rollback state: they are older than the rollback counters, or cannot be compared with them, and a right was revoked
/// since; all are denied.
pub const NODELOCK_ROLLBACK_STATE_REVOCATIONS_MISSING: u32 = 3;
/// Rollback state: the rollback counters do not answer; rights with a time limit wait.
pub const NODELOCK_ROLLBACK_STATE_COUNTERS_FAILED: u32 = 4;
/// Rollback state: the manifest, which binds the values to the rollback counters, cannot be read; what was paid for
/// goes on, trials and new licenses wait.
pub const NODELOCK_ROLLBACK_STATE_MANIFEST_UNREADABLE: u32 = 5;

/// Whether the stored values are the latest ones, as boot has found.
///
/// agent     The agent.
/// rollback_state  NODELOCK_ROLLBACK_STATE_...
///
/// Results: NODELOCK_OK.
/// Writes: *rollback_state on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_rollback_state(
    agent: *const nodelock_agent,
    rollback_state: *mut u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(rollback_state)?;
            let found = match core.rollback_state() {
                RollbackState::Unanchored => NODELOCK_ROLLBACK_STATE_UNPROTECTED,
                RollbackState::Latest => NODELOCK_ROLLBACK_STATE_LATEST,
                RollbackState::RolledBack { revocations_missing: false } => {
                    NODELOCK_ROLLBACK_STATE_ROLLED_BACK
                }
                RollbackState::ManifestUnreadable { revocations_missing: false } => {
                    NODELOCK_ROLLBACK_STATE_MANIFEST_UNREADABLE
                }
                RollbackState::RolledBack { revocations_missing: true }
                | RollbackState::ManifestUnreadable { revocations_missing: true } => {
                    NODELOCK_ROLLBACK_STATE_REVOCATIONS_MISSING
                }
                RollbackState::CountersFailed => NODELOCK_ROLLBACK_STATE_COUNTERS_FAILED,
            };
            ptr::put(rollback_state, found);
            Ok(())
        })
    })
}

/// Repair: the stored values are older than the rollback counters.
pub const NODELOCK_REPAIR_ROLLBACK: u32 = 1;
/// Repair: stored values cannot be read.
pub const NODELOCK_REPAIR_DAMAGE: u32 = 2;
/// Repair: the device believes in a date that is not true.
pub const NODELOCK_REPAIR_CLOCK: u32 = 3;

/// The number that a REPAIR record for the present state must have: what the owner tells the vendor. The
/// record is then installed by nodelock_agent_install, and the number changes.
///
/// agent   The agent.
/// repair  NODELOCK_REPAIR_...
/// number  The number.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NOTHING_TO_REPAIR, NODELOCK_ERR_STORAGE_ROLLED_BACK if that must be
/// repaired first, NODELOCK_ERR_COUNTERS_FAILED, NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_ARGUMENT.
/// Writes: *number on NODELOCK_OK; agent. Calls: load, counters_..., sha256_... with a device secret.
/// Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_repair_number(
    agent: *mut nodelock_agent,
    repair: u32,
    number: *mut u64,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    result::number(unsafe {
        change(agent, |core, _| {
            ptr::check(number)?;
            let repair = u8::try_from(repair).ok().and_then(Repair::from_number);
            let found =
                core.repair_number(repair.ok_or(result::Code(result::NODELOCK_ERR_ARGUMENT))?)?;
            ptr::put(number, found);
            Ok(())
        })
    })
}

/// Revokes a right: its line is removed, and neither it nor a copy of it is ever accepted again on this device;
/// with rollback counters, this holds for older copies of the storage too.
///
/// agent    The agent.
/// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes. It may be in use, or not installed.
/// now      The time.
///
/// Results: NODELOCK_OK, also if it was revoked before; NODELOCK_ERR_BUILT_IN_LINE,
/// NODELOCK_ERR_REVOCATIONS_FULL, NODELOCK_ERR_COUNTERS_FAILED, NODELOCK_ERR_STORAGE_...,
/// NODELOCK_ERR_ARGUMENT. Nothing has happened then; but after NODELOCK_ERR_STORAGE_... or
/// NODELOCK_ERR_COUNTERS_FAILED the right is revoked or it is not; the agent shows the same as a reboot would after
/// the next ticks at the latest, and NODELOCK_EVENT_REVOKED tells if it is. Revoke it again then.
/// Writes: agent; storage: the writes of "revoke", four. Calls: load, store, remove,
/// counters_..., sha256_... with a device secret. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_revoke(
    agent: *mut nodelock_agent,
    line_id: *const u8,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| Ok(core.revoke(self::line_id(line_id)?, now)?))
    })
}
