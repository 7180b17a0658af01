/*
 * nodelock: rights that move to another device, or back to their vendor. A device writes a credential, the vendor makes
 * a ticket from it, the device gives up what the ticket names and proves it; the other device installs the proof, or
 * the line that the vendor sends for it.
 *
 * These functions are in a library that was built with the feature "transfer": in those for hosts, and for bare metal
 * where it was asked for. Proofs of other devices and the vendor's time are installed like licenses.
 *
 * The conventions of nodelock/agent.h hold here.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_TRANSFER_H
#define NODELOCK_TRANSFER_H

#include "agent.h"

// Proof level: the device proves its words with nothing; a person must believe them.
#define NODELOCK_PROOF_NONE 0

// Proof level: with the device secret, to the vendor alone.
#define NODELOCK_PROOF_SECRET 1

// Proof level: with a key (device_key of nodelock_agent_config), to everybody.
#define NODELOCK_PROOF_KEY 2

// Action of nodelock_agent_ticket: give up, for good, what the ticket names.
#define NODELOCK_TICKET_APPLY 0

// Action of nodelock_agent_ticket: never apply the ticket.
#define NODELOCK_TICKET_CANCEL 1

// Action of nodelock_agent_ticket: give the proof again of what was done with it.
#define NODELOCK_TICKET_AGAIN 2

// Bytes that are enough for every proof: a ticket, its key, and the device's word.
#define NODELOCK_PROOF_SIZE 3075

// Bytes that are enough for every credential.
#define NODELOCK_CREDENTIAL_SIZE 1025

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// With what this device proves its words.
//
// agent        The agent.
// proof_level  NODELOCK_PROOF_...
//
// Results: NODELOCK_OK.
// Writes: *proof_level on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_proof_level(const nodelock_agent *agent,
                                           uint32_t *proof_level);

// Writes a credential: who a member of the stack is and what it has, for a vendor who is to make a ticket. One record
// has up to 12 lines; where there are more, call again until *more is 0, and send all records.
//
// agent     The agent.
// member    The member, from 0; a device that is no stack is member 0.
// after     NULL for the first record; then last, as the call before has written it.
// buffer    For the record, a text with the end of its line. NODELOCK_CREDENTIAL_SIZE bytes are always enough. It is
//           overwritten also if the call fails.
// capacity  Its size in bytes.
// len       Length of the record.
// last      NODELOCK_LINE_ID_LEN bytes: the last line of this record. May be the same as after.
// more      1 if a further record has the next lines, else 0.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UDI_UNAVAILABLE for a member that is not there; NODELOCK_ERR_REVOCATIONS_UNKNOWN;
// NODELOCK_ERR_SIGNING_FAILED; NODELOCK_ERR_BUFFER_TOO_SMALL; NODELOCK_ERR_LENGTH, NODELOCK_ERR_STORAGE_...
// Writes: agent; the buffer; *len, last and *more on NODELOCK_OK. Calls: load, device_sign, sha256_.... Threads: see
// base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_credential(nodelock_agent *agent,
                                          uint32_t member,
                                          const uint8_t *after,
                                          uint8_t *buffer,
                                          size_t capacity,
                                          size_t *len,
                                          uint8_t *last,
                                          uint32_t *more);

// Applies a ticket of the vendor, cancels it, or gives its proof again. What a ticket names is given up with one
// write, so a power cut leaves all of it or nothing; the proof is given again for ever, byte by byte, so a proof that
// was lost costs nothing. It goes to the vendor, or to the other device if that waits for it, which installs it.
//
// agent      The agent.
// ticket     The file with the vendor's PERMISSION or REVOKE record, text or binary.
// len        Its length in bytes.
// action     NODELOCK_TICKET_....
// now        The time.
// proof      For the proof, in the form of the ticket. NODELOCK_PROOF_SIZE bytes are always enough. Must not overlap
//            the ticket. It is overwritten also if the call fails.
// capacity   Its size in bytes.
// proof_len  Length of the proof.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_TICKET, NODELOCK_ERR_SEVERAL_TICKETS, or why the file cannot be read;
// NODELOCK_ERR_UNKNOWN_KEY and others of a signature; NODELOCK_ERR_OTHER_DEVICE; NODELOCK_ERR_NO_SUCH_LINE,
// NODELOCK_ERR_LINE_MOVED, NODELOCK_ERR_LICENSE_REVOKED, NODELOCK_ERR_UNITS_DIFFER, NODELOCK_ERR_LINE_WAITS,
// NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_REPAIRS_DIFFER, NODELOCK_ERR_DEVICE_KEY_DIFFERS; NODELOCK_ERR_TICKET_APPLIED,
// NODELOCK_ERR_TICKET_CANCELLED, NODELOCK_ERR_TICKET_UNKNOWN, NODELOCK_ERR_REVOKE_NOT_CANCELLED; NODELOCK_ERR_TICKETS_FULL,
// NODELOCK_ERR_SIGNING_FAILED, NODELOCK_ERR_BUFFER_TOO_SMALL, NODELOCK_ERR_STORAGE_.... Nothing was given up then; after
// NODELOCK_ERR_STORAGE_... the same call tells whether it was.
// Writes: agent; storage, as "apply or cancel a ticket" of docs/SPEC.md 13.4; the buffer; *proof_len on NODELOCK_OK.
// Calls: load, store, remove, device_sign, verify_signature, sha256_.... Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_ticket(nodelock_agent *agent,
                                      const uint8_t *ticket,
                                      size_t len,
                                      uint32_t action,
                                      const nodelock_now *now,
                                      uint8_t *proof,
                                      size_t capacity,
                                      size_t *proof_len);

// Says what nodelock_agent_ticket would say, and changes nothing.
//
// agent   The agent.
// ticket  The file with the ticket.
// len     Its length in bytes.
// action  NODELOCK_TICKET_....
// now     The time.
//
// Results: those of nodelock_agent_ticket.
// Writes: agent. Calls: load, verify_signature, sha256_.... Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_ticket_what_if(nodelock_agent *agent,
                                              const uint8_t *ticket,
                                              size_t len,
                                              uint32_t action,
                                              const nodelock_now *now);

// Gives up for good a line that has come by a ticket, or waits for its proof: the vendor may then have it made for
// another device. The same word is given again for ever.
//
// agent     The agent.
// line_id   Id of the line, NODELOCK_LINE_ID_LEN bytes.
// now       The time.
// word      For the device's word. NODELOCK_CREDENTIAL_SIZE bytes are always enough. It is overwritten also if the
//           call fails.
// capacity  Its size in bytes.
// word_len  Length of the word.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_NOT_TRANSFERRED, and what fails, as
// of nodelock_agent_ticket.
// Writes: agent; storage, as "give up" of docs/SPEC.md 13.4; the buffer; *word_len on NODELOCK_OK. Calls: load, store,
// remove, device_sign, sha256_.... Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_give_up(nodelock_agent *agent,
                                       const uint8_t *line_id,
                                       const nodelock_now *now,
                                       uint8_t *word,
                                       size_t capacity,
                                       size_t *word_len);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_TRANSFER_H */
