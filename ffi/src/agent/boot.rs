//! From power-on to the end: boot, time, deinitialise.

use core::mem::size_of;

use nodelock::agent::Memory;
use nodelock::value::WithSecret;
use nodelock::{Agent, Product, Rules};

use crate::agent::catalog;
use crate::agent::config::{nodelock_agent_config, nodelock_now, nodelock_uptime};
use crate::agent::identity::Identity;
use crate::agent::memory::nodelock_agent_memory;
use crate::agent::state::{Content, begin, change_at, close, look, nodelock_agent};
use crate::agent::storage::Flash;
use crate::config::{Anchors, load_or, nodelock_config};
use crate::port::Crypto;
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_AGENT_CONFIG_SIZE, NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_MEMORY_FEATURES,
    NODELOCK_ERR_NO_STORAGE, nodelock_result, number,
};
use crate::rights::install::check_anchors;
use crate::udis::Udis;

/// In place of a deadline or of seconds left: there is no end.
pub const NODELOCK_NO_END: u64 = u64::MAX;

/// Starts the agent, once after each power-on: reads what is stored, checks every signature and UDI
/// again, chooses the levels of the image, and can be asked from then on.
///
/// agent       Memory for the agent; whatever is in it is overwritten. It must not be moved.
/// agent_size  sizeof(nodelock_agent), as the program knows it.
/// config      See nodelock_agent_config. Must outlive the agent.
/// memory      See nodelock_agent_memory.
/// now         The time.
///
/// It succeeds even if the storage fails or holds garbage: what cannot be read or trusted grants nothing and is
/// reported as an event. So is a trial of the catalog that finds no line free. Calling it again on the same agent is a reboot.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_AGENT_CONFIG_SIZE, NODELOCK_ERR_AGENT_MEMORY_SIZE,
/// NODELOCK_ERR_NO_STORAGE, NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_MEMORY_...,
/// NODELOCK_ERR_CATALOG_..., NODELOCK_ERR_COUNTERS_TOO_WEAK, NODELOCK_ERR_DEVICE_SECRET_BLANK,
/// NODELOCK_ERR_CHARGE_INTERVAL, NODELOCK_ERR_BACK_TOLERANCE, NODELOCK_ERR_FORWARD_BOUND, NODELOCK_ERR_FORWARD_WAIT,
/// NODELOCK_ERR_BUILT, NODELOCK_ERR_WALL, NODELOCK_ERR_ARGUMENT (time, expiry), NODELOCK_ERR_RESERVED;
/// NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_STORAGE_NOT_OPEN or another -9xx that the first load returns, because
/// the storage is not connected then; those of nodelock_init about the configuration and its anchors.
/// After a failure the agent is not initialised.
/// Writes: agent and the arrays of memory; storage, if metered licenses continue at once or the date has changed.
/// Calls: read_udi, sha256_..., verify_signature, load, store, counters_.... Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_boot(
    agent: *mut nodelock_agent,
    agent_size: usize,
    config: *const nodelock_agent_config,
    memory: *const nodelock_agent_memory,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: passed on.
    number(unsafe { boot(agent, agent_size, config, memory, now) })
}

unsafe fn boot(
    agent: *mut nodelock_agent,
    agent_size: usize,
    config: *const nodelock_agent_config,
    memory: *const nodelock_agent_memory,
    now: *const nodelock_now,
) -> Result<(), Code> {
    ptr::check(agent)?;
    if agent_size < size_of::<nodelock_agent>() {
        return Err(Code(NODELOCK_ERR_CTX_SIZE));
    }
    // SAFETY: not NULL, aligned, large enough; the rest is the caller's promise. After `assemble` all parts are
    // written.
    unsafe {
        begin(agent, |at| {
            assemble(at, config, memory)?;
            let core = &mut (*at).core;
            Ok(core.start((*at).pace.judge(nodelock_now::read(now)?, 0)?)?)
        })
    }
}

/// Writes all parts of an agent that has not started. What they refer to stays where it is until the agent
/// ends. Functions of their own in machine code too, this and the next: boot needs the stack that they take.
///
/// The caller's promise: `at` comes from `begin`, and nobody has a reference to it; the rest as for booting.
#[inline(never)]
unsafe fn assemble(
    at: *mut Content,
    config: *const nodelock_agent_config,
    memory: *const nodelock_agent_memory,
) -> Result<(), Code> {
    // SAFETY: the caller's promise; zero is a value of every field.
    let config: nodelock_agent_config =
        unsafe { load_or(config, Code(NODELOCK_ERR_AGENT_CONFIG_SIZE)) }?;
    // SAFETY: the caller's promise.
    let settings = unsafe { nodelock_config::load(config.base) }?;
    config.check()?;
    settings.check()?;
    let rules = config.rules(settings.accepts_development())?;
    // SAFETY: the caller's promise.
    let rooms = unsafe { nodelock_agent_memory::open(memory) }?;
    // SAFETY: the caller's promise.
    let catalog = unsafe { catalog::fill(&config, rooms.catalog, rooms.names) }?;
    if rooms.memory.features.len() < catalog.features().len() {
        return Err(Code(NODELOCK_ERR_MEMORY_FEATURES));
    }
    // SAFETY: the caller's promise.
    unsafe {
        (&raw mut (*at).settings).write(settings);
        (&raw mut (*at).anchors).write(Anchors::none());
        (&raw mut (*at).catalog).write(catalog);
        settings.read_anchors(&mut (*at).anchors)?;
        check_anchors(&(*at).anchors, &Crypto::new(&(*at).settings, &(*at).error))?;
        assemble_core(at, &config, rules, rooms.memory)
    }
}

/// The last part.
///
/// The caller's promise: as above, and the other parts are written.
#[inline(never)]
unsafe fn assemble_core(
    at: *mut Content,
    config: &nodelock_agent_config,
    rules: Rules,
    memory: Memory<'static>,
) -> Result<(), Code> {
    // SAFETY: the caller's promise.
    let (error, settings, anchors, catalog) =
        unsafe { (&(*at).error, &(*at).settings, &(*at).anchors, &(*at).catalog) };
    let storage = Flash::new(config, settings.user, error).ok_or(Code(NODELOCK_ERR_NO_STORAGE))?;
    storage.check_connected(memory.scratch)?;
    let product = Product { catalog, anchors: anchors.as_slice(), rules };
    // SAFETY: what the callback points to stays until the agent ends: the caller's promise.
    let (udis, secret) = unsafe { (Udis::read(settings, error), config.secret()) };
    // SAFETY: the caller's promise.
    let device = unsafe { Identity::new(udis, config, settings.user, error) };
    let device = WithSecret { device, secret };
    let core = Agent::new(product, device, Crypto::new(settings, error), storage, memory);
    // SAFETY: as above.
    unsafe { (&raw mut (*at).core).write(core) };
    Ok(())
}

/// Tells the agent the time. The agent charges metered use, ends licenses, gives warnings and judges the clock. Call it
/// at nodelock_agent_next_deadline at the latest; more often does no harm.
///
/// agent  The agent.
/// now    The time. An uptime that goes back counts as no time at all.
///
/// Results: NODELOCK_OK, even if the storage fails. That is reported by an event, once until the storage works again,
/// and the agent tries to store again every minute at the latest; NODELOCK_ERR_UPTIME, NODELOCK_ERR_WALL: see
/// nodelock_now, nothing is charged then; NODELOCK_ERR_ARGUMENT for a wall_known other than 0 and 1,
/// NODELOCK_ERR_RESERVED.
/// Writes: agent; storage, at most once for each metered license that runs, twice for each that ends, once for the
/// date, and for a trial that becomes a right to use the writes of "a trial turns into a right to use", three.
/// Calls: load, store. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_agent_tick(
    agent: *mut nodelock_agent,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            core.tick(now);
            Ok(())
        })
    })
}

/// When nodelock_agent_tick is due again. If it is called more than charge_interval too late, metered features are
/// denied with NODELOCK_ERR_TICK_OVERDUE until then.
///
/// agent   The agent.
/// uptime  The uptime; its seconds are NODELOCK_NO_END if time changes nothing.
///
/// Every other call that changes the agent can change the deadline, so ask again after each. With a wall clock, or
/// once a time was believed, there is a deadline at least once a day, because the date is stored, even if no license
/// has an end. Without a clock, and without licenses that time can change, there is none. The agent sees a clock that
/// appears or is set only in the next tick, so call nodelock_agent_tick then, whatever the deadline is.
/// Results: NODELOCK_OK.
/// Writes: *uptime on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_next_deadline(
    agent: *const nodelock_agent,
    uptime: *mut nodelock_uptime,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(uptime)?;
            let seconds = core.next_deadline().unwrap_or(NODELOCK_NO_END);
            ptr::put(uptime, nodelock_uptime { seconds });
            Ok(())
        })
    })
}

/// Ends the use of an agent. Its memory and the configuration belong to the program again. Nothing else has to be
/// released or saved: every change is durable before its call returns.
///
/// Results: NODELOCK_OK.
/// Writes: agent. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_agent_deinit(agent: *mut nodelock_agent) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { close(agent) })
}
