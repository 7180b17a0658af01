//! Rights that move to other devices, or back to their vendor: credentials, tickets, proofs.

use nodelock::InstallMode;
use nodelock::agent::TicketAction;
use nodelock::limits::MAX_RECORD_LEN;
use nodelock::value::{LineId, ProofLevel};

use crate::agent::config::nodelock_now;
use crate::agent::state::{change, change_at, look, nodelock_agent};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_LENGTH, nodelock_result, number};
use crate::verdict::NODELOCK_LINE_ID_LEN;

/// Proof level: the device proves its words with nothing; a person must believe them.
pub const NODELOCK_PROOF_NONE: u32 = 0;
/// Proof level: with the device secret, to the vendor alone.
pub const NODELOCK_PROOF_SECRET: u32 = 1;
/// Proof level: with a key (device_key of nodelock_agent_config), to everybody.
pub const NODELOCK_PROOF_KEY: u32 = 2;

/// Action of nodelock_agent_ticket: give up, for good, what the ticket names.
pub const NODELOCK_TICKET_APPLY: u32 = 0;
/// Action of nodelock_agent_ticket: never apply the ticket.
pub const NODELOCK_TICKET_CANCEL: u32 = 1;
/// Action of nodelock_agent_ticket: give the proof again of what was done with it.
pub const NODELOCK_TICKET_AGAIN: u32 = 2;

/// Bytes that are enough for every proof: a ticket, its key, and the device's word.
pub const NODELOCK_PROOF_SIZE: usize = 3075;
/// Bytes that are enough for every credential.
pub const NODELOCK_CREDENTIAL_SIZE: usize = 1025;
const _: () = assert!(NODELOCK_PROOF_SIZE == 3 * (MAX_RECORD_LEN + 1));
const _: () = assert!(NODELOCK_CREDENTIAL_SIZE == MAX_RECORD_LEN + 1);

/// With what this device proves its words.
///
/// agent        The agent.
/// proof_level  NODELOCK_PROOF_...
///
/// Results: NODELOCK_OK.
/// Writes: *proof_level on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_proof_level(
    agent: *const nodelock_agent,
    proof_level: *mut u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        look(agent, |core| {
            ptr::check(proof_level)?;
            let level = match core.proof_level() {
                ProofLevel::None => NODELOCK_PROOF_NONE,
                ProofLevel::Secret => NODELOCK_PROOF_SECRET,
                ProofLevel::Key => NODELOCK_PROOF_KEY,
            };
            ptr::put(proof_level, level);
            Ok(())
        })
    })
}

/// Writes a credential: who a member of the stack is and what it has, for a vendor who is to make a ticket. One record
/// has up to 12 lines; where there are more, call again until *more is 0, and send all records.
///
/// agent     The agent.
/// member    The member, from 0; a device that is no stack is member 0.
/// after     NULL for the first record; then last, as the call before has written it.
/// buffer    For the record, a text with the end of its line. NODELOCK_CREDENTIAL_SIZE bytes are always enough. It is
///           overwritten also if the call fails.
/// capacity  Its size in bytes.
/// len       Length of the record.
/// last      NODELOCK_LINE_ID_LEN bytes: the last line of this record. May be the same as after.
/// more      1 if a further record has the next lines, else 0.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_UDI_UNAVAILABLE for a member that is not there; NODELOCK_ERR_REVOCATIONS_UNKNOWN;
/// NODELOCK_ERR_SIGNING_FAILED; NODELOCK_ERR_BUFFER_TOO_SMALL; NODELOCK_ERR_LENGTH, NODELOCK_ERR_STORAGE_...
/// Writes: agent; the buffer; *len, last and *more on NODELOCK_OK. Calls: load, device_sign, sha256_.... Threads: see
/// base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_credential(
    agent: *mut nodelock_agent,
    member: u32,
    after: *const u8,
    buffer: *mut u8,
    capacity: usize,
    len: *mut usize,
    last: *mut u8,
    more: *mut u32,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change(agent, |core, _| {
            ptr::check(len)?;
            ptr::check(last)?;
            ptr::check(more)?;
            let member = u8::try_from(member).map_err(|_| Code(NODELOCK_ERR_ARGUMENT))?;
            let after = match after.is_null() {
                true => None,
                false => Some(super::line_id(after)?),
            };
            let (record, next) = core.credential(member, after, room(buffer, capacity)?)?;
            let written = record.len();
            if let Some(LineId(id)) = next {
                last.cast::<[u8; NODELOCK_LINE_ID_LEN]>().write_unaligned(id);
            }
            ptr::put(more, u32::from(next.is_some()));
            ptr::put(len, written);
            Ok(())
        })
    })
}

/// Applies a ticket of the vendor, cancels it, or gives its proof again. What a ticket names is given up with one
/// write, so a power cut leaves all of it or nothing; the proof is given again for ever, byte by byte, so a proof that
/// was lost costs nothing. It goes to the vendor, or to the other device if that waits for it, which installs it.
///
/// agent      The agent.
/// ticket     The file with the vendor's PERMISSION or REVOKE record, text or binary.
/// len        Its length in bytes.
/// action     NODELOCK_TICKET_....
/// now        The time.
/// proof      For the proof, in the form of the ticket. NODELOCK_PROOF_SIZE bytes are always enough. Must not overlap
///            the ticket. It is overwritten also if the call fails.
/// capacity   Its size in bytes.
/// proof_len  Length of the proof.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_TICKET, NODELOCK_ERR_SEVERAL_TICKETS, or why the file cannot be read;
/// NODELOCK_ERR_UNKNOWN_KEY and others of a signature; NODELOCK_ERR_OTHER_DEVICE; NODELOCK_ERR_NO_SUCH_LINE,
/// NODELOCK_ERR_LINE_MOVED, NODELOCK_ERR_LICENSE_REVOKED, NODELOCK_ERR_UNITS_DIFFER, NODELOCK_ERR_LINE_WAITS,
/// NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_REPAIRS_DIFFER, NODELOCK_ERR_DEVICE_KEY_DIFFERS; NODELOCK_ERR_TICKET_APPLIED,
/// NODELOCK_ERR_TICKET_CANCELLED, NODELOCK_ERR_TICKET_UNKNOWN, NODELOCK_ERR_REVOKE_NOT_CANCELLED; NODELOCK_ERR_TICKETS_FULL,
/// NODELOCK_ERR_SIGNING_FAILED, NODELOCK_ERR_BUFFER_TOO_SMALL, NODELOCK_ERR_STORAGE_.... Nothing was given up then; after
/// NODELOCK_ERR_STORAGE_... the same call tells whether it was.
/// Writes: agent; storage, as "apply or cancel a ticket" of docs/SPEC.md 13.4; the buffer; *proof_len on NODELOCK_OK.
/// Calls: load, store, remove, device_sign, verify_signature, sha256_.... Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_ticket(
    agent: *mut nodelock_agent,
    ticket: *const u8,
    len: usize,
    action: u32,
    now: *const nodelock_now,
    proof: *mut u8,
    capacity: usize,
    proof_len: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            ptr::check(proof_len)?;
            let (file, action) = (ptr::bytes(ticket, len)?, action_of(action)?);
            let out = room(proof, capacity)?;
            let written = core.ticket(file, action, InstallMode::Apply, now, out)?.len();
            ptr::put(proof_len, written);
            Ok(())
        })
    })
}

/// Says what nodelock_agent_ticket would say, and changes nothing.
///
/// agent   The agent.
/// ticket  The file with the ticket.
/// len     Its length in bytes.
/// action  NODELOCK_TICKET_....
/// now     The time.
///
/// Results: those of nodelock_agent_ticket.
/// Writes: agent. Calls: load, verify_signature, sha256_.... Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_ticket_what_if(
    agent: *mut nodelock_agent,
    ticket: *const u8,
    len: usize,
    action: u32,
    now: *const nodelock_now,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            let (file, action) = (ptr::bytes(ticket, len)?, action_of(action)?);
            core.ticket(file, action, InstallMode::DryRun, now, &mut [])?;
            Ok(())
        })
    })
}

/// Gives up for good a line that has come by a ticket, or waits for its proof: the vendor may then have it made for
/// another device. The same word is given again for ever.
///
/// agent     The agent.
/// line_id   Id of the line, NODELOCK_LINE_ID_LEN bytes.
/// now       The time.
/// word      For the device's word. NODELOCK_CREDENTIAL_SIZE bytes are always enough. It is overwritten also if the
///           call fails.
/// capacity  Its size in bytes.
/// word_len  Length of the word.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_NOT_TRANSFERRED, and what fails, as
/// of nodelock_agent_ticket.
/// Writes: agent; storage, as "give up" of docs/SPEC.md 13.4; the buffer; *word_len on NODELOCK_OK. Calls: load, store,
/// remove, device_sign, sha256_.... Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_agent_give_up(
    agent: *mut nodelock_agent,
    line_id: *const u8,
    now: *const nodelock_now,
    word: *mut u8,
    capacity: usize,
    word_len: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe {
        change_at(agent, now, |core, _, now| {
            ptr::check(word_len)?;
            let id = super::line_id(line_id)?;
            let written = core.give_up(id, now, room(word, capacity)?)?.len();
            ptr::put(word_len, written);
            Ok(())
        })
    })
}

const fn action_of(action: u32) -> Result<TicketAction, Code> {
    match action {
        NODELOCK_TICKET_APPLY => Ok(TicketAction::Apply),
        NODELOCK_TICKET_CANCEL => Ok(TicketAction::Cancel),
        NODELOCK_TICKET_AGAIN => Ok(TicketAction::Again),
        _ => Err(Code(NODELOCK_ERR_ARGUMENT)),
    }
}

/// The caller's buffer, filled with zeros: it need not be initialised.
///
/// The caller's promise: `capacity` bytes can be written at `buffer`, and nobody else has them.
unsafe fn room<'b>(buffer: *mut u8, capacity: usize) -> Result<&'b mut [u8], Code> {
    ptr::check(buffer)?;
    if isize::try_from(capacity).is_err() {
        return Err(Code(NODELOCK_ERR_LENGTH));
    }
    // SAFETY: not NULL, bytes need no alignment, no longer than an object can be; the rest is the caller's
    // promise. They are written before they are lent.
    unsafe {
        buffer.write_bytes(0, capacity);
        Ok(core::slice::from_raw_parts_mut(buffer, capacity))
    }
}
