//! The lines of an agent, for showing them.

use nodelock::agent::{AgentLine, LineSource, LineState};
use nodelock::calendar::Dated;

use crate::agent::boot::NODELOCK_NO_END;
use crate::agent::check::{NODELOCK_NO_HANDLE, handle_of, nodelock_handle};
use crate::agent::feature;
use crate::agent::state::{Core, look, nodelock_agent};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_NO_SUCH_INDEX, nodelock_result, number};
use crate::rights::license::nodelock_license;

/// State of a line: it cannot be chosen now: other version, license agreement not accepted, not activated, outside
/// its dates, or a better line serves. Shown as "Inactive", or as "Active, Not in Use, EULA not accepted" where only
/// the acceptance is missing.
pub const NODELOCK_STATE_INACTIVE: u32 = 1;
/// State of a line: it would serve its feature, which does not run. Shown as "Active, Not in Use".
pub const NODELOCK_STATE_NOT_IN_USE: u32 = 2;
/// State of a line: it serves its feature. Shown as "Active, In Use".
pub const NODELOCK_STATE_IN_USE: u32 = 3;
/// State of a line: it serves its feature, and all units are in use.
pub const NODELOCK_STATE_COUNT_CONSUMED: u32 = 4;
/// State of a line: it has ended, and its feature goes on until the next boot.
pub const NODELOCK_STATE_EXPIRED_IN_USE: u32 = 5;
/// State of a line: it has ended.
pub const NODELOCK_STATE_EXPIRED_NOT_IN_USE: u32 = 6;

/// Source of a line: installed.
pub const NODELOCK_SOURCE_INSTALLED: u32 = 1;
/// Source of a line: a trial of the catalog.
pub const NODELOCK_SOURCE_BUILT_IN: u32 = 2;

/// License agreement of a line: needs none.
pub const NODELOCK_EULA_NONE: u32 = 0;
/// License agreement of a line: has to be accepted before use.
pub const NODELOCK_EULA_OPEN: u32 = 1;
/// License agreement of a line: was accepted.
pub const NODELOCK_EULA_ACCEPTED: u32 = 2;

/// Dates of a line: has none.
pub const NODELOCK_DATES_NONE: u32 = 0;
/// Dates of a line: before its first day.
pub const NODELOCK_DATES_NOT_STARTED: u32 = 1;
/// Dates of a line: between its first and its last day.
pub const NODELOCK_DATES_ACTIVE: u32 = 2;
/// Dates of a line: after its last day.
pub const NODELOCK_DATES_ENDED: u32 = 3;
/// Dates of a line: unknown without a wall clock.
pub const NODELOCK_DATES_UNKNOWN: u32 = 4;

/// A line that an agent holds.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_agent_line {
    /// What it says.
    pub license: nodelock_license,
    /// Seconds of running time that were used, of metered lines; else 0.
    pub used_seconds: u64,
    /// Seconds to its end, of running time for metered lines; NODELOCK_NO_END if it has none.
    pub left_seconds: u64,
    /// Units of its feature that are in use.
    pub in_use: u64,
    /// NODELOCK_TYPE_... of now: a trial that has turned into a right to use is one.
    pub license_type: u32,
    /// NODELOCK_STATE_...
    pub state: u32,
    /// NODELOCK_SOURCE_...
    pub source: u32,
    /// NODELOCK_PRIORITY_... that counts now: high, medium or low.
    pub priority: u32,
    /// NODELOCK_EULA_...
    pub eula: u32,
    /// NODELOCK_DATES_...
    pub dates: u32,
    /// Its feature, or NODELOCK_NO_HANDLE if this firmware has none of that name.
    pub handle: nodelock_handle,
    /// 0.
    pub reserved: [u16; 3],
}

// Nothing in it but its fields, so that no stray byte of the stack gets to the caller.
const _: () = assert!(core::mem::size_of::<nodelock_agent_line>() == 128 + 56);

impl nodelock_agent_line {
    fn of(core: &Core, held: &AgentLine) -> Self {
        let uptime = core.uptime();
        let meter = held.meter().filter(|_| held.is_metered());
        let left = match (meter, held.dated()) {
            (Some(meter), _) => meter.left(uptime),
            (None, Some(Dated::Active { left })) => left,
            (None, Some(_)) => 0,
            (None, None) => NODELOCK_NO_END,
        };
        Self {
            license: nodelock_license::of(held.right()),
            used_seconds: held.meter().map_or(0, |meter| meter.used(uptime)),
            left_seconds: left,
            in_use: held.feature().map_or(0, |id| core.in_use(id)),
            license_type: held.license_type() as u32,
            state: match core.state(held) {
                LineState::Inactive => NODELOCK_STATE_INACTIVE,
                LineState::NotInUse => NODELOCK_STATE_NOT_IN_USE,
                LineState::InUse => NODELOCK_STATE_IN_USE,
                LineState::CountConsumed => NODELOCK_STATE_COUNT_CONSUMED,
                LineState::ExpiredInUse => NODELOCK_STATE_EXPIRED_IN_USE,
                LineState::ExpiredNotInUse => NODELOCK_STATE_EXPIRED_NOT_IN_USE,
            },
            source: match held.source() {
                LineSource::Installed => NODELOCK_SOURCE_INSTALLED,
                LineSource::BuiltIn => NODELOCK_SOURCE_BUILT_IN,
            },
            priority: held.priority() as u32,
            eula: match held.eula_accepted() {
                None => NODELOCK_EULA_NONE,
                Some(false) => NODELOCK_EULA_OPEN,
                Some(true) => NODELOCK_EULA_ACCEPTED,
            },
            dates: match held.dated() {
                None => NODELOCK_DATES_NONE,
                Some(Dated::NotStarted) => NODELOCK_DATES_NOT_STARTED,
                Some(Dated::Active { .. }) => NODELOCK_DATES_ACTIVE,
                Some(Dated::Ended) => NODELOCK_DATES_ENDED,
                Some(Dated::Unknown) => NODELOCK_DATES_UNKNOWN,
            },
            handle: held.feature().map_or(NODELOCK_NO_HANDLE, handle_of),
            reserved: [0; 3],
        }
    }
}

/// How many lines the agent holds, installed ones and trials of the catalog.
///
/// agent  The agent.
/// count  Their number.
///
/// Results: NODELOCK_OK.
/// Writes: *count on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_line_count(
    agent: *const nodelock_agent,
    count: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(count)?;
            // Not `count()`, which panics where overflow checks are on.
            ptr::put(count, core.lines().fold(0_usize, |n, _| n.saturating_add(1)));
            Ok(())
        })
    })
}

/// One of the lines, as of the time that the agent was told last.
///
/// agent  The agent.
/// index  From 0 up to what nodelock_agent_line_count says, less one.
/// out    The line, copied.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_line_at(
    agent: *const nodelock_agent,
    index: usize,
    out: *mut nodelock_agent_line,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(out)?;
            let held = core.lines().nth(index).ok_or(Code(NODELOCK_ERR_NO_SUCH_INDEX))?;
            ptr::put(out, nodelock_agent_line::of(core, held));
            Ok(())
        })
    })
}

/// One of the lines for a feature, and whether it alone could serve.
///
/// agent   The agent.
/// handle  The feature.
/// index   From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
/// out     The line, copied.
/// reason  NODELOCK_OK if it could serve, else why not, e.g. NODELOCK_ERR_EULA_NOT_ACCEPTED.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_NO_SUCH_INDEX.
/// Writes: *out and *reason on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_explain_line(
    agent: *const nodelock_agent,
    handle: nodelock_handle,
    index: usize,
    out: *mut nodelock_agent_line,
    reason: *mut nodelock_result,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(out)?;
            ptr::check(reason)?;
            let found = core.explain(feature(core, handle)?).nth(index);
            let (held, _, why) = found.ok_or(Code(NODELOCK_ERR_NO_SUCH_INDEX))?;
            ptr::put(out, nodelock_agent_line::of(core, held));
            ptr::put(reason, number(why.map_err(Code::from)));
            Ok(())
        })
    })
}
