//! Installing into the store of the agent.

use nodelock::rights::{InstallEffect, RecordReport};
use nodelock::{InstallMode, Reason};

use crate::agent::config::nodelock_now;
use crate::agent::state::{change_at, nodelock_agent};
use crate::config::nodelock_config;
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_NO_RECORD, nodelock_result, number};
use crate::rights::license::{describe, nodelock_tally};

/// Install mode: install.
pub const NODELOCK_INTENT_INSTALL: u32 = 0;
/// Install mode: change nothing, but report what would happen.
pub const NODELOCK_INTENT_WHAT_IF: u32 = 1;

/// Effect of a record: none.
pub const NODELOCK_EFFECT_NONE: u8 = 0;
/// Effect of a record: a key is trusted for the lines that follow it.
pub const NODELOCK_EFFECT_KEY: u8 = 1;
/// Effect of a record: the first line for its feature.
pub const NODELOCK_EFFECT_NEW: u8 = 2;
/// Effect of a record: one more line for its feature; which one serves is decided by the rules.
pub const NODELOCK_EFFECT_JOINS: u8 = 3;
/// Effect of a record: its units are added to those of other lines.
pub const NODELOCK_EFFECT_ADDS: u8 = 4;
/// Effect of a record: it takes over from a trial.
pub const NODELOCK_EFFECT_REPLACES: u8 = 5;
/// Effect: what a REPAIR record names is repaired.
pub const NODELOCK_EFFECT_REPAIRS: u8 = 6;
/// A ticket is known, for the proof behind it.
pub const NODELOCK_EFFECT_TICKET: u8 = 8;
/// By the proof of its transfer a line is active.
pub const NODELOCK_EFFECT_ACTIVATES: u8 = 9;
/// The time is known.
pub const NODELOCK_EFFECT_TIME: u8 = 10;
/// Effect of a record: it is installed and adds no units, because an exclusive line for as many or more is there.
pub const NODELOCK_EFFECT_ADDS_NOTHING: u8 = 7;

/// Installs every line of a license file that is for this device, and stores it. A record that is refused does not
/// affect the others.
///
/// agent   The agent.
/// data    The file, as the owner of the device got it. Used during the call only. Read are text, in which records may
///         stand among other text, and the binary form. Base64, UTF-16 and quoted mails are not: on a host,
///         nodelock_std_read_license makes text of them; elsewhere the command nodelock convert, before the file gets
///         to the device.
/// len     Its length in bytes.
/// intent  NODELOCK_INTENT_INSTALL or NODELOCK_INTENT_WHAT_IF.
/// now     The time.
/// out     What became of its records; may be NULL.
///
/// The callback on_record hears of each record; a line that it hears of with NODELOCK_OK is durable. If it hears
/// NODELOCK_ERR_STORAGE_... the line may be installed all the same, which NODELOCK_EVENT_INSTALL tells at the
/// latest after the next ticks; the file can be installed again in any case. KEY records must stand before
/// the lines that they are for; an agent takes two of them from one file.
///
/// Results: NODELOCK_OK if the whole file was read, even if every line was refused: see out and the
/// callback on_record; NODELOCK_ERR_NO_RECORD if there is none in it, not even one that was refused;
/// NODELOCK_ERR_LENGTH, NODELOCK_ERR_ARGUMENT.
/// Writes: agent; storage: for each line the writes of "install", three, or four for a line with a period or dates;
/// for a REPAIR record those of "repair"; with NODELOCK_INTENT_WHAT_IF none; *out on NODELOCK_OK. Calls: sha256_...,
/// verify_signature, load, store, remove, on_record. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_install(
    agent: *mut nodelock_agent,
    data: *const u8,
    len: usize,
    intent: u32,
    now: *const nodelock_now,
    out: *mut nodelock_tally,
) -> nodelock_result {
    let work = |core: &mut super::Core, settings: &nodelock_config, now| {
        // SAFETY: the caller's promise.
        let file = unsafe { ptr::bytes(data, len) }?;
        let mode = match intent {
            NODELOCK_INTENT_INSTALL => InstallMode::Apply,
            NODELOCK_INTENT_WHAT_IF => InstallMode::DryRun,
            _ => return Err(Code(NODELOCK_ERR_ARGUMENT)),
        };
        if !out.is_null() {
            ptr::check(out)?;
        }
        let mut tally = nodelock_tally::NOTHING;
        let mut holds_records = false;
        core.install(file, mode, now, |taken| {
            holds_records |= take(&mut tally, settings, taken);
        });
        if !holds_records {
            return Err(Code(NODELOCK_ERR_NO_RECORD));
        }
        if !out.is_null() {
            // SAFETY: checked above.
            unsafe { ptr::put(out, tally) };
        }
        Ok(())
    };
    // SAFETY: the caller's promise.
    number(unsafe { change_at(agent, now, work) })
}

/// Counts a record, and tells the program of it. Says whether it is one: other text is none.
pub(super) fn take(
    tally: &mut nodelock_tally,
    settings: &nodelock_config,
    taken: &RecordReport<'_, '_>,
) -> bool {
    tally.add(taken.number, taken.result);
    let result = number(taken.result.map(drop).map_err(Code::from));
    let mut record = describe(taken.number, taken.offset, taken.record, result);
    record.effect = taken.result.map_or(NODELOCK_EFFECT_NONE, effect);
    if let Some(hook) = settings.on_record {
        // SAFETY: the program's function, called as the header says.
        unsafe { hook(settings.user, &raw const record) };
    }
    taken.result != Err(Reason::StrayText)
}

const fn effect(effect: InstallEffect) -> u8 {
    match effect {
        InstallEffect::Key => NODELOCK_EFFECT_KEY,
        InstallEffect::New => NODELOCK_EFFECT_NEW,
        InstallEffect::Joins => NODELOCK_EFFECT_JOINS,
        InstallEffect::AddsNothing => NODELOCK_EFFECT_ADDS_NOTHING,
        InstallEffect::Adds(_) => NODELOCK_EFFECT_ADDS,
        InstallEffect::Replaces(_) => NODELOCK_EFFECT_REPLACES,
        InstallEffect::Repairs => NODELOCK_EFFECT_REPAIRS,
        InstallEffect::Ticket => NODELOCK_EFFECT_TICKET,
        InstallEffect::Activates(_) => NODELOCK_EFFECT_ACTIVATES,
        InstallEffect::Time => NODELOCK_EFFECT_TIME,
    }
}
